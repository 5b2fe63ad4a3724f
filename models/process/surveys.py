"""The brief survey at the end of a relationship: questions of the programme, answers of one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.process import texts
from models.process.errors import Invalid

MAX_ANSWER = 4000
SCALE = ("1", "2", "3", "4", "5")


class QuestionKind(StrEnum):
    SCALE = "scale"
    TEXT = "text"
    CHOICE = "choice"


class Question(BaseModel):
    """`key` names the answer; `choices` belongs to `choice` only; a scale is 1 (poor) to 5 (good)."""

    model_config = ConfigDict(frozen=True)

    key: str
    text: str
    kind: QuestionKind = QuestionKind.SCALE
    required: bool = True
    choices: tuple[str, ...] = ()

    @property
    def can_be_answered(self) -> bool:
        if not (self.key.strip() and self.text.strip()):
            return False
        return self.kind is not QuestionKind.CHOICE or any(choice.strip() for choice in self.choices)

    def check(self, answer: str) -> None:
        """Raises Invalid when `answer` (clean) does not fit the question."""
        if not answer:
            if self.required:
                raise Invalid(f"Please answer “{self.text}”.", field=self.key)
            return
        if self.kind is QuestionKind.SCALE and answer not in SCALE:
            raise Invalid(f"“{self.text}” takes a number from 1 to 5.", field=self.key)
        if self.kind is QuestionKind.CHOICE and answer not in {choice.strip() for choice in self.choices}:
            raise Invalid(f"“{self.text}” takes one of: {', '.join(self.choices)}.", field=self.key)


def checked(questions: tuple[Question, ...], answers: dict[str, str]) -> dict[str, str]:
    """The answers, clean and without the empty ones. Raises Invalid that names everything that is wrong."""
    unknown = sorted(set(answers) - {question.key for question in questions})
    if unknown:
        raise Invalid(f"The survey has no question “{unknown[0]}”.", field=unknown[0])
    found: dict[str, str] = {}
    wrong: list[tuple[str, str]] = []
    for question in questions:
        try:
            found[question.key] = texts.clean(answers.get(question.key, ""), question.key, MAX_ANSWER)
            question.check(found[question.key])
        except Invalid as error:
            wrong.append((question.key, error.sentence))
    if wrong:
        (field, sentence), *further = wrong
        raise Invalid(sentence, field, further)
    return {key: answer for key, answer in found.items() if answer}


def shown(questions: Iterable[Question], answers: Mapping[str, str]) -> dict[str, str | int]:
    """The answers as JSON has them: what was given on a scale is a number."""
    scales = {question.key for question in questions if question.kind is QuestionKind.SCALE}
    return {
        key: int(answer) if key in scales and answer in SCALE else answer for key, answer in answers.items()
    }
