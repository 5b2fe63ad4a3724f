"""The questions of a survey as fields of a form, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.web.forms import NOT_TYPED, READY, Sent
from models.process.surveys import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the name of its field."""

    name: str
    question: Question


def asked(questions: Iterable[Question]) -> list[Asked]:
    return [Asked(field_name(question.key), question) for question in questions]


def labels(questions: Iterable[Asked]) -> dict[str, str]:
    """The questions by the names of their fields."""
    return {one.name: one.question.text for one in questions}


def answers(questions: Iterable[Question], sent: Sent) -> dict[str, str]:
    """Question key -> what was answered; the empty ones are left out."""
    found = {question.key: sent.text(field_name(question.key)) for question in questions}
    return {key: answer for key, answer in found.items() if answer}


def field_name(key: str) -> str:
    """The key itself, unless a field of other forms has that name."""
    return f"answer-{key}" if key in NOT_TYPED or key.startswith(READY) else key
