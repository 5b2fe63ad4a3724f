"""Why a mentor of a shortlist was passed over, and why a list ended before its last name."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from models.mails.frame import ReleaseCause
from models.process import asking
from models.process.asking import Facts
from models.process.errors import (
    AlreadyOpen,
    LimitReached,
    MenteeFull,
    MentorFull,
    NotListed,
    ProcessError,
    Refused,
)
from models.process.terms import Sentence


class Why(StrEnum):
    """Kept by its word, and said in the programme's own terms."""

    OPEN = "open"
    TOGETHER = "together"
    FULL = "full"
    UNAVAILABLE = "unavailable"
    OFTEN = "often"
    LIMIT = "limit"
    FOUND = "found"
    """Another mentor of the list accepted first."""
    FOUND_ELSEWHERE = "found-elsewhere"
    TAKEN_BACK = "taken-back"
    LEFT = "left"
    INCOMPLETE = "incomplete"


SENTENCES: dict[Why, str] = {
    Why.OPEN: Sentence("{t.A_request} between the two of you was open already."),
    Why.TOGETHER: "The two of you work together already.",
    Why.FULL: Sentence("No place was left with this {t.mentor}."),
    # One sentence for all: a hard rule may be the wish of the other side, which stays theirs.
    Why.UNAVAILABLE: Sentence("This {t.mentor} could not be asked at that moment."),
    Why.OFTEN: Sentence("You had asked this {t.mentor} several times within a day."),
    Why.LIMIT: Sentence("You had as many open {t.requests} as this programme allows."),
    Why.FOUND: Sentence("Another {t.mentor} of the list had accepted."),
    Why.FOUND_ELSEWHERE: Sentence("Another {t.request} of yours was accepted."),
    Why.TAKEN_BACK: "You took the list back.",
    Why.LEFT: Sentence("You do not look for {t.a_mentor} in this programme any more."),
    Why.INCOMPLETE: "Your profile is not complete any more, so nobody else can be asked.",
}

OF_CAUSE: dict[ReleaseCause, Why] = {
    ReleaseCause.MENTEE_MATCHED: Why.FOUND_ELSEWHERE,
    ReleaseCause.MENTEE_LEFT: Why.LEFT,
    ReleaseCause.MENTEE_STOPPED: Why.LEFT,
}
"""What a request was released for that ends the whole list; of other causes only that one ends."""

ENDS = frozenset({Why.FOUND_ELSEWHERE, Why.LEFT, Why.INCOMPLETE})
"""What stands against every further name of the list."""


def hindrance(facts: Facts) -> Why | None:
    """Why the mentor cannot be asked now; None where they can. The limit of open requests is the list's."""
    try:
        asking.check(replace(facts, limit=0))
    except ProcessError as error:
        return of_error(error, is_together=facts.active_between and not facts.open_between)
    return None


def of_error(error: ProcessError, *, is_together: bool = False) -> Why:
    """The same of the rule that stood against a request."""
    match error:
        case AlreadyOpen():
            return Why.TOGETHER if is_together else Why.OPEN
        case MentorFull():
            return Why.FULL
        case NotListed():
            return Why.UNAVAILABLE
        case LimitReached():
            return Why.OFTEN
        case MenteeFull():
            return Why.FOUND_ELSEWHERE
        case _:
            return Why.INCOMPLETE


def check_mentee(facts: Facts, counts: int) -> None:
    """Raises what stands against a list of the mentee that stands for so many open requests."""
    if not facts.mentee_may_ask:
        raise Refused(Sentence("Please complete your profile first; then you can ask {t.a_mentor}."))
    if facts.mentee_places >= facts.mentee_maximum:
        raise MenteeFull(
            Sentence(
                "You work with as many {t.mentors} as this programme allows; finish with one "
                "before you ask another."
            )
        )
    if facts.limit and facts.open_requests + counts > facts.limit:
        raise LimitReached(
            Sentence(
                "With this list you would have {count} open {t.requests}, and this programme allows {limit} "
                "at a time; name fewer, ask one after the other, or wait for an answer.",
                count=facts.open_requests + counts,
                limit=facts.limit,
            )
        )
