"""The mails about a question between two members."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from models.links import Purpose
from models.mails.frame import Props, Words


class AboutQuestion(Props):
    """`about_request`: whether it is about an open request, and not before one."""

    question_id: str
    about_request: bool

    @property
    def link_subject(self) -> str:
        return self.question_id


class QuestionAsked(AboutQuestion):
    kind: Literal["question-asked"] = "question-asked"
    label = "Question"
    leads_to = Purpose.ANSWER
    words = Words.OTHER
    message: str
    closes_at: datetime | None


class QuestionAnswered(AboutQuestion):
    """To the one who asked."""

    kind: Literal["question-answered"] = "question-answered"
    label = "Answer to a question"
    words = Words.OTHER
    message: str
    comment: str
    """What was asked, and the answer."""


class QuestionClosed(AboutQuestion):
    """To both when no answer came in time. `left`: to the asker alone, as the other has left."""

    kind: Literal["question-closed"] = "question-closed"
    label = "Question closed unanswered"
    tells_of_leaving = True
    asked: bool
    """Whether the reader is the one who asked."""
    left: bool = False
