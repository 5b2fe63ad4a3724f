"""The dates of an open request under new rules of its programme (R12), as a pure function.

The process and the preview of an admin both compute with it, so that a preview says what happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.process import calendar
from models.process.policy import ProgrammePolicy
from models.process.request.state import Request, clock_of, schedule

LEAST_WAIT = timedelta(days=1)
"""What is left before a date that would be due at once, where the programme has no last wait."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """`request` with its new rules and dates. `at_once`: by them it would have closed already, or nearly, and
    gets a last wait instead."""

    request: Request
    moved: bool
    at_once: bool


def replanned(request: Request, policy: ProgrammePolicy, now: datetime) -> Replanned:
    """The dates count from the beginning of the present wait, as if the rules had held then."""
    after = request.model_copy(update={"policy": _for(request, policy)})
    old, was_planned = schedule(request, request.since)
    planned, closes_at = schedule(after, request.since)
    soonest = _soonest(after, now)
    put_off = request.closes_at is not None and request.closes_at != was_planned
    if put_off and closes_at and request.closes_at:
        # An admin has extended it, or a late reminder has: nobody loses what was promised.
        closes_at = max(closes_at, request.closes_at)
    at_once = closes_at is not None and closes_at < min(soonest, request.closes_at or soonest)
    if at_once:
        closes_at = min(soonest, request.closes_at or soonest)
    own = set(request.reminders) - set(old) if put_off else set()
    reminders = _ahead({*planned, *own}, closes_at, now)
    missed = any(at <= now for at in planned) and (
        request.reminded_at is None or request.reminded_at < request.since
    )
    if missed and not reminders and (closes_at is None or soonest < closes_at):
        reminders = (soonest,)
    changes = {"closes_at": closes_at, "reminders": () if request.left_to_admins else reminders}
    return Replanned(after.model_copy(update=changes), closes_at != request.closes_at, at_once)


def _for(request: Request, policy: ProgrammePolicy) -> ProgrammePolicy:
    """The new rules for this one: periods that were given to it alone stay its own."""
    own = request.policy.request
    if not own.own_periods:
        return policy
    kept = {name: getattr(own, name) for name in ("own_periods", *PERIODS)}
    return policy.model_copy(update={"request": policy.request.model_copy(update=kept)})


PERIODS = ("remind_after", "close_after", "amendment_remind_after", "amendment_close_after")


def _soonest(request: Request, now: datetime) -> datetime:
    working, zone = clock_of(request)
    wait = request.policy.request.last_wait or LEAST_WAIT
    return calendar.due(now, wait, working, zone, request.id)


def _ahead(dates: set[datetime], end: datetime | None, now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in sorted(dates) if at > now and (end is None or at < end))
