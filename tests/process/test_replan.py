"""The dates of an open request under new rules: nothing is due at once, no promise is broken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM
from models.process.policy import ProgrammePolicy
from models.process.request import moves
from models.process.request.commands import ExtendRequest
from models.process.request.replan import replanned
from models.process.request.reports import LeaveToAdmins, NewPolicy
from models.process.request.state import Request, RequestState
from tests.process.factories import ADMIN, DAY, NOW, REQUEST_ID, pending, request_in, rules

S = RequestState


def new(revision: int = 2, **changes: Any) -> ProgrammePolicy:
    return rules(last_wait=DAY, **changes).model_copy(update={"revision": revision})


def told(request: Request, policy: ProgrammePolicy, days: int) -> Any:
    report = NewPolicy(process_id=REQUEST_ID, policy=policy)
    return moves.decide(request, report, SYSTEM, NOW + days * DAY)


def days_of(request: Request) -> tuple[list[int], int | None]:
    """Reminders and the closing date, in days after it was sent."""
    closes = request.closes_at
    return [(at - NOW).days for at in request.reminders], (closes - NOW).days if closes else None


def test_dates_count_from_the_beginning_of_the_wait_and_both_are_told_of_the_closing_date() -> None:
    done = told(pending(), new(remind_after=(3 * DAY, 21 * DAY), close_after=28 * DAY), days=4)
    assert days_of(done.after) == ([21], 28)
    assert [order.props.kind for order in done.mails] == ["request-dates-changed"] * 2
    assert (done.entries[0].what, done.entries[0].note) == ("RulesChanged", "2026-03-30")
    assert done.after.since == NOW


def test_what_would_be_due_at_once_gets_a_last_wait() -> None:
    done = told(pending(), new(remind_after=(), close_after=3 * DAY), days=10)
    assert days_of(done.after) == ([], 11)
    assert [order.props.kind for order in done.mails] == ["request-dates-changed"] * 2


def test_nothing_is_put_off_that_closes_sooner_than_a_last_wait_already() -> None:
    before = pending()
    done = told(before, new(remind_after=(), close_after=3 * DAY), days=14)
    assert done.after.closes_at == before.closes_at
    assert not done.mails


def test_missed_reminders_are_one_and_no_mail_goes_where_the_closing_date_stays() -> None:
    done = told(pending(), new(remind_after=(2 * DAY, 3 * DAY), close_after=14 * DAY), days=5)
    assert days_of(done.after) == ([6 + 1], 14)  # day 6 is a Sunday
    assert not done.mails


def test_an_extension_is_never_taken_back() -> None:
    longer = moves.decide(pending(), ExtendRequest(days=14), ADMIN, NOW + DAY).after
    done = told(longer, new(close_after=7 * DAY), days=2)
    assert done.after.closes_at == longer.closes_at
    assert longer.reminders[-1] in done.after.reminders
    further = told(longer, new(close_after=60 * DAY), days=2)
    assert days_of(further.after)[1] == 60


def test_an_older_or_the_same_revision_changes_nothing() -> None:
    once = told(pending(), new(close_after=28 * DAY), days=1).after
    for revision in (0, 1, 2):
        again = told(once, new(revision, close_after=5 * DAY), days=2)
        assert (again.after, again.entries, again.mails) == (once, (), ())


def test_switched_off_it_closes_no_longer_and_back_on_it_does() -> None:
    off = told(pending(), new(close_after=None), days=1)
    assert off.after.closes_at is None
    assert [order.props.kind for order in off.mails] == ["request-dates-changed"] * 2
    on = told(off.after, new(3, close_after=5 * DAY), days=9)
    assert days_of(on.after)[1] == 10


def test_left_to_the_admins_nobody_is_reminded() -> None:
    gone = LeaveToAdmins(cause=ReleaseCause.MENTOR_LEFT)
    left = moves.decide(pending(), gone, SYSTEM, NOW + DAY).after
    done = told(left, new(remind_after=(5 * DAY,), close_after=20 * DAY), days=2)
    assert days_of(done.after) == ([], 21)  # day 20 is a Sunday
    assert [order.to for order in done.mails] == [left.mentee_id]


def test_periods_of_its_own_stay() -> None:
    own = pending(policy=rules(own_periods=True, close_after=3 * DAY, remind_after=()))
    done = told(own, new(close_after=28 * DAY, comment_required=frozenset()), days=1)
    assert done.after.closes_at == own.closes_at
    assert done.after.policy.request.comment_required == frozenset()


DAYS = st.integers(1, 60).map(timedelta)
PERIODS = st.none() | DAYS | st.integers(1, 100_000).map(lambda seconds: timedelta(seconds=seconds))


@given(
    state=st.sampled_from((S.PENDING, S.AMENDMENT_REQUESTED)),
    close=PERIODS,
    remind=st.lists(DAYS, max_size=3).map(lambda found: tuple(sorted(set(found)))),
    passed=st.integers(0, 13 * 24 * 3600),
)
def test_no_date_lies_in_the_past_and_the_end_is_last(
    state: RequestState, close: timedelta | None, remind: tuple[timedelta, ...], passed: int
) -> None:
    now = NOW + timedelta(seconds=passed)
    names = ("close_after", "remind_after", "amendment_close_after", "amendment_remind_after")
    periods: dict[str, Any] = dict(zip(names, (close, remind, close, remind), strict=True))
    policy = new(**periods)
    before = request_in(state)
    found = replanned(before, policy, now).request
    assert all(at > now for at in found.reminders)
    if found.closes_at is not None:
        assert found.closes_at >= min(now + timedelta(hours=1), before.closes_at or now)
        assert all(at < found.closes_at for at in found.reminders)
    assert replanned(found, policy, now).request == found
