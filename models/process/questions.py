"""A question between two people before a request, or about an open one (M5). Pure.

A question is content and no process of the engine: it has two ends and one date, and nothing of it has to be
decided under a race. One row says whose answer is missing and until when; a sweep beside every worker closes
what is due (`activities.questions`). So it lives without the engine, and costs it nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from models.process import asking
from models.process.errors import IllegalMove, LimitReached, ProcessError, Refused
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence

MOST_IN_A_WHILE = 10
"""Questions of one person to one other within `asking.A_WHILE`: each is a mail."""


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the one who asks has out already: open questions, and how many went to this person of late."""

    open: int
    lately: int


def check_allowed(settings: ProgrammeSettings) -> None:
    """Raises Refused where the programme has no questions."""
    if not settings.questions:
        raise Refused("This programme has no questions between members. Please ask the people who run it.")


def check_listed(facts: asking.Facts) -> None:
    """Raises what stands against writing to a mentor before a request: who cannot be asked is not written to.

    The limits of requests do not count, nor how many mentors the mentee has.
    """
    try:
        asking.check(replace(facts, asked_lately=0, limit=0, mentee_places=0, mentee_maximum=1))
    except ProcessError as error:
        raise type(error)(error.sentence, "to" if error.field else None) from None


def check_patience(asked: Asked, limit: int) -> None:
    """Raises LimitReached. A `limit` of 0 open questions means no limit."""
    if limit and asked.open >= limit:
        raise LimitReached(
            Sentence(
                "You have {count} open {questions}, and this programme allows {limit} at a time. "
                "Please wait for an answer, or until one closes.",
                count=asked.open,
                questions="question" if asked.open == 1 else "questions",
                limit=limit,
            )
        )
    if asked.lately >= MOST_IN_A_WHILE:
        raise LimitReached(
            f"You have written to this person {asked.lately} times within 24 hours, with a mail each time. "
            "Please wait until tomorrow.",
            field="to",
        )


def check_answerable(state: str, *, is_request_open: bool) -> None:
    """Raises IllegalMove for a question that takes no answer any more."""
    if state == QuestionState.ANSWERED:
        raise IllegalMove("This question has its answer already.")
    if state != QuestionState.OPEN:
        raise IllegalMove("This question has closed, so it takes no answer any more.")
    if not is_request_open:
        raise decided()


def decided() -> IllegalMove:
    """What is answered to an act about a request that is open no longer."""
    return IllegalMove(
        Sentence("The {t.request} has been decided already, so questions about it have closed.")
    )
