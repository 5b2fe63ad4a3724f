"""What a programme decided, as far as a running process needs it; it travels in the workflow's input."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from models.process.calendar import IN_ORDER, WorkingTime
from models.process.surveys import Question


def days(*counts: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(days=count) for count in counts)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class RequestPolicy(Frozen):
    """The rules one request lives under (R4, R5, R7). None or an empty tuple switches a period off."""

    working: WorkingTime = WorkingTime()
    remind_after: tuple[timedelta, ...] = days(7, 12)
    close_after: timedelta | None = timedelta(days=14)
    last_wait: timedelta | None = None
    """What a reminder that comes too late leaves at the least; None in processes that began before 0.3."""
    amendment_remind_after: tuple[timedelta, ...] = days(7)
    amendment_close_after: timedelta | None = timedelta(days=14)
    extend_by: timedelta = timedelta(days=7)
    remind_again_after: timedelta | None = None
    """How long after one press of *remind* the next one counts. A request of before 0.3 carries none."""
    comment_required: Annotated[frozenset[str], IN_ORDER] = frozenset(
        {"accept", "request-amendment", "reject", "close"}
    )
    release_overtaken: bool = True
    """Whether a request is released when the mentee is matched elsewhere or the last place goes (R9)."""
    decline_reasons: tuple[str, ...] = ()
    own_periods: bool = False
    """Whether its periods are not those of the programme, as in an ask of a shortlist."""


class RelationshipPolicy(Frozen):
    """The rules one relationship lives under (L14)."""

    working: WorkingTime = WorkingTime()
    confirm_after: timedelta = timedelta(days=14)
    last_wait: timedelta | None = None
    survey_remind_after: tuple[timedelta, ...] = days(7, 14, 21)
    survey_close_after: timedelta = timedelta(days=28)
    survey_questions: tuple[Question, ...] = ()


class ProgrammePolicy(Frozen):
    """Both sets of rules; a request hands the second one on to the relationship it starts."""

    request: RequestPolicy = RequestPolicy()
    relationship: RelationshipPolicy = RelationshipPolicy()
    revision: int = 0
    """Which settings of the programme these are: it grows with every change. 0: those of before 0.3."""

    def for_shortlist(self, ask_for: timedelta) -> ProgrammePolicy:
        """The same for a request of a shortlist: it closes after `ask_for`, with one reminder before."""
        whole, day = ask_for.seconds == 0 and ask_for.microseconds == 0, timedelta(days=1)
        remind = ask_for - day if whole and ask_for > day else ask_for / 2
        request = self.request.model_copy(
            update={"own_periods": True, "close_after": ask_for, "remind_after": (remind,)}
        )
        return self.model_copy(update={"request": request})
