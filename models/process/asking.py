"""Whether a mentee may ask a mentor now (R2, M4, P4): one rule for the page, the API and the final word.

The API asks before it bothers the engine, and the process asks again under locks when it records the request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from models.matching.rules import Rule
from models.process.errors import AlreadyOpen, LimitReached, MenteeFull, MentorFull, NotListed, Refused
from models.process.request.kinds import RequestKind
from models.process.terms import Sentence

A_WHILE = timedelta(hours=24)
MOST_IN_A_WHILE = 3
"""A mentee may ask, withdraw and ask again; more would only bother the mentor."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How the two stand at one moment. A limit of 0 open requests means no limit."""

    is_self: bool
    forbidden: tuple[Rule, ...]
    """The hard rules of the programme that stand against the two (`models.matching.rules`)."""
    mentee_may_ask: bool
    """Is a mentee of the programme who has not left, with a complete profile."""
    mentor_is_listed: bool
    """Is a mentor who has not left, with a complete profile, available now."""
    open_between: bool
    """An open request between the two, in either direction."""
    asked_lately: int
    """How often the mentee asked this mentor within `A_WHILE`."""
    active_between: bool
    """A relationship between the two that still holds its place, in either direction."""
    open_requests: int
    limit: int
    mentor_places: int
    """How many places of the mentor are taken, of `mentor_capacity`."""
    mentor_capacity: int
    mentee_places: int
    """How many mentors the mentee has, of `mentee_maximum`."""
    mentee_maximum: int


def check(facts: Facts) -> None:
    """Raises the first rule that stands against the request: Refused or one of its children."""
    if facts.is_self:
        raise NotListed("You cannot ask yourself.", field="mentor_id")
    if not facts.mentee_may_ask:
        raise Refused(Sentence("Please complete your profile first; then you can ask {t.a_mentor}."))
    _check_pair(facts)
    _check_patience(facts)
    _check_room(facts)


def check_offer(facts: Facts) -> None:
    """The same where a mentor offers a mentee to mentor them. `Facts.limit` is that of their open offers."""
    rules = (
        (facts.is_self, NotListed("You cannot offer that to yourself.", field="mentee_id")),
        (not facts.mentor_is_listed, NOT_OFFERING),
        (facts.open_between, AlreadyOpen(OPEN_ALREADY, field="mentee_id")),
        (facts.active_between, AlreadyOpen("The two of you work together already.", field="mentee_id")),
        (bool(facts.forbidden) or not facts.mentee_may_ask, NotListed(NOT_OFFERED, field="mentee_id")),
        (facts.asked_lately >= MOST_IN_A_WHILE, LimitReached(OFFERED_OFTEN, field="mentee_id")),
        (facts.mentor_places >= facts.mentor_capacity, MentorFull(YOUR_PLACES)),
        (facts.mentee_places >= facts.mentee_maximum, MenteeFull(MENTEE_FULL, field="mentee_id")),
        (bool(facts.limit) and facts.open_requests >= facts.limit, _too_many_offers(facts)),
    )
    for stands_against, error in rules:
        if stands_against:
            raise error


NO_OFFERS = Refused(Sentence("This programme takes no offers: {t.mentees} ask the {t.mentors}."))
NOT_OFFERING = Refused(
    Sentence("Please complete your profile and be available; then you can offer to be {t.a_mentor}.")
)
NOT_OFFERED = Sentence("You cannot offer that to this {t.mentee} at the moment.")
OFFERED_OFTEN = Sentence(
    "You have made this {t.mentee} {times} offers within 24 hours, with a mail each time. "
    "Please wait until tomorrow.",
    times=MOST_IN_A_WHILE,
)
YOUR_PLACES = Sentence("All your places are taken; raise your capacity in your profile, or end one first.")


def _too_many_offers(facts: Facts) -> LimitReached:
    return LimitReached(
        f"You have {facts.open_requests} open offers, and this programme allows {facts.limit} at a time; "
        "withdraw one or wait for an answer."
    )


CHECKS: dict[RequestKind, Callable[[Facts], None]] = {
    RequestKind.REQUEST: check,
    RequestKind.OFFER: check_offer,
}


def check_for_admin(facts: Facts) -> None:
    """The same where a coordinator brings the two together, who is told whose rule it is. No limit counts
    that keeps a mentee from asking too many."""
    rules = (
        (facts.is_self, NotListed("Nobody can be brought together with themselves.", field="mentor_id")),
        (not facts.mentee_may_ask, NO_MENTEE),
        (facts.open_between, AlreadyOpen(OPEN_ALREADY, field="mentor_id")),
        (facts.active_between, AlreadyOpen("The two work together already.", field="mentor_id")),
        (bool(facts.forbidden), _ruled_out(facts)),
        (not facts.mentor_is_listed, NotListed(NOT_LISTED, field="mentor_id")),
        (facts.mentee_places >= facts.mentee_maximum, MenteeFull(MENTEE_FULL)),
        (facts.mentor_places >= facts.mentor_capacity, MentorFull(MENTOR_FULL, field="mentor_id")),
    )
    for stands_against, error in rules:
        if stands_against:
            raise error


def _ruled_out(facts: Facts) -> NotListed:
    return NotListed(next((rule.sentence for rule in facts.forbidden), ""), field="mentor_id")


OPEN_ALREADY = Sentence("{t.A_request} between the two is open already.")
NOT_LISTED = Sentence("This {t.mentor} takes no {t.requests} at the moment.")
NO_MENTEE = Refused(
    Sentence("This {t.mentee} does not look for {t.a_mentor}, or their profile is not complete.")
)
MENTEE_FULL = Sentence("This {t.mentee} works with as many {t.mentors} as the programme allows.")
MENTOR_FULL = Sentence("No place is left with this {t.mentor} at the moment.")


def _check_pair(facts: Facts) -> None:
    if facts.open_between:
        raise AlreadyOpen(
            Sentence("{t.A_request} between the two of you is open already."), field="mentor_id"
        )
    if facts.active_between:
        raise AlreadyOpen("The two of you work together already.", field="mentor_id")
    if facts.forbidden or not facts.mentor_is_listed:
        raise not_listed()


def not_listed() -> NotListed:
    """One sentence for all reasons: a rule may be the wish of the other side, which stays theirs."""
    return NotListed(Sentence("You cannot ask this {t.mentor} at the moment."), field="mentor_id")


def _check_patience(facts: Facts) -> None:
    if facts.asked_lately >= MOST_IN_A_WHILE:
        raise LimitReached(
            Sentence(
                "You have asked this {t.mentor} {times} times within 24 hours, with a mail each time. "
                "Please wait until tomorrow, or ask somebody else.",
                times=facts.asked_lately,
            ),
            field="mentor_id",
        )


def _check_room(facts: Facts) -> None:
    if facts.mentee_places >= facts.mentee_maximum:
        raise MenteeFull(
            Sentence(
                "You work with as many {t.mentors} as this programme allows; finish with one "
                "before you ask another."
            )
        )
    if facts.mentor_places >= facts.mentor_capacity:
        raise MentorFull(MENTOR_FULL, field="mentor_id")
    if facts.limit and facts.open_requests >= facts.limit:
        raise LimitReached(
            Sentence(
                "You have {count} open {t.requests}, and this programme allows {limit} "
                "at a time; withdraw one or wait for an answer.",
                count=facts.open_requests,
                limit=facts.limit,
            )
        )


def obstacles(facts: Facts, mentor_away: str | None = None) -> list[tuple[str, str]]:
    """All that keeps the mentor off the mentee's list, for coordinators: (kind, sentence).

    `mentor_away` says why the mentor takes no requests from anybody.
    """
    found = [(rule.value, rule.sentence) for rule in facts.forbidden]
    if not facts.mentee_may_ask:
        found.append(("mentee", Sentence("The first is no {t.mentee} with a complete profile.")))
    if facts.open_between:
        found.append(("open", Sentence("{t.A_request} between the two is open.")))
    if facts.active_between:
        found.append(("together", "The two work together already."))
    if mentor_away:
        found.append(("away", mentor_away))
    if facts.mentor_places >= facts.mentor_capacity:
        found.append(("full", Sentence("The {t.mentor} has no free place.")))
    return found
