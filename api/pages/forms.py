"""What a form shows and what came back from it: values, errors, and the two hidden fields."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from starlette.datastructures import FormData

from models.process.errors import Invalid, ProcessError

Values = dict[str, list[str]]


@dataclass(slots=True)
class Form:
    """One form of one page. `prefix` keeps the ids of several forms on a page apart.

    `key` is the idempotency key, made when the page is: a double click is one act.
    """

    csrf: str
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    prefix: str = "f"

    def value(self, name: str) -> str:
        """The first value of a field, as it was typed."""
        return next(iter(self.values.get(name, [])), "")

    def ticked(self, name: str, value: object) -> bool:
        return str(value) in self.values.get(name, [])

    def anchor(self, name: str) -> str:
        """The id of a field's element."""
        return f"{self.prefix}-{name}"

    def refused(self, error: ProcessError) -> None:
        """Keeps the sentence at the field it is about."""
        self.errors[error.field or ""] = error.sentence


class Sent:
    """The fields of a posted form; files and repeated keys are no surprise to it."""

    def __init__(self, data: FormData) -> None:
        self.values: Values = {}
        for name, value in data.multi_items():
            if isinstance(value, str):
                self.values.setdefault(name, []).append(value)

    def text(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "").strip()

    def all(self, name: str) -> list[str]:
        return [value for value in self.values.get(name, []) if value]

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def number(self, name: str, sentence: str) -> int | None:
        """A whole number, or None when the field is empty. Raises Invalid with `sentence`."""
        text = self.text(name)
        if not text:
            return None
        # isdecimal alone would let in digits of other scripts and numbers of any length.
        if not text.isascii() or not text.isdecimal() or len(text) > len("1000000000"):
            raise Invalid(sentence, field=name)
        return int(text)

    def day(self, name: str, sentence: str) -> date | None:
        """A date as `<input type=date>` sends it, or None. Raises Invalid with `sentence`."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise Invalid(sentence, field=name) from error

    @property
    def key(self) -> str:
        """The idempotency key; one that is missing or overlong is replaced, so the act counts as new."""
        sent = self.text("key")
        return sent if 0 < len(sent) <= MAX_KEY else str(uuid.uuid4())


MAX_KEY = 100


def values_of(pairs: Mapping[str, object | Iterable[str]]) -> Values:
    """What a form shows at first, from plain values; None is an empty field."""
    shown: Values = {}
    for name, value in pairs.items():
        if isinstance(value, (list, tuple, set, frozenset)):
            shown[name] = [str(one) for one in value]
        else:
            shown[name] = [] if value is None else [str(value)]
    return shown
