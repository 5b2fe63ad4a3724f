"""What a form shows and what came back from it: values, errors, and the two hidden fields."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from starlette.datastructures import FormData

from models.process.errors import Invalid, ProcessError
from models.process.terms import joined

Values = dict[str, list[str]]


@dataclass(slots=True)
class Form:
    """One form of one page. `prefix` keeps the ids of several forms on a page apart.

    `key` is the idempotency key, made when the page is: a double click is one act. On the page of a mail
    link, `answers_as` is the name it answers in, and `stranger` somebody else who is signed in there.
    """

    csrf: str
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    prefix: str = "f"
    answers_as: str = ""
    stranger: str = ""

    def value(self, name: str) -> str:
        """The first value of a field, as it was typed."""
        return next(iter(self.values.get(name, [])), "")

    def ticked(self, name: str, value: object) -> bool:
        return str(value) in self.values.get(name, [])

    @property
    def is_undone(self) -> bool:
        """Whether the form was refused as a whole: no field of it needs a correction."""
        return set(self.errors) == {""}

    def anchor(self, name: str) -> str:
        """The id of a field's element."""
        return f"{self.prefix}-{name}"

    def refused(self, error: ProcessError) -> None:
        """Keeps each sentence at the field it is about."""
        self.errors[error.field or ""] = error.sentence
        self.errors |= {field or "": sentence for field, sentence in error.further}


@dataclass(slots=True)
class Forms:
    """The forms of a page by name, and what came back with a refusal.

    `refused` are shown in the summary. `lost` is what somebody typed into a form that is no longer offered.
    """

    offered: dict[str, Form]
    refused: list[Form] = field(default_factory=list)
    lost: str = ""

    @classmethod
    def of(
        cls, offered: dict[str, Form], refused: Mapping[str, Form], labels: Mapping[str, str] | None = None
    ) -> Forms:
        """Refused forms take the place of the empty ones; of one that is not offered the errors and what was
        typed remain. `labels` name fields of it.
        """
        forms = cls(dict(offered), list(refused.values()))
        for name, form in refused.items():
            if name in offered:
                forms.offered[name] = form
            else:
                form.errors = {"": joined(" ", form.errors.values())}
                forms.lost = typed(form.values, labels)
        return forms


class Sent:
    """The fields of a posted form; files and repeated keys are no surprise to it."""

    def __init__(self, data: FormData, path: str = "") -> None:
        """`path` is where it was sent to: one form may have buttons for several acts."""
        self.path = path
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

    def typed(self, labels: Mapping[str, str] | None = None) -> str:
        """What somebody wrote, for a page that cannot offer the form again; `labels` name fields."""
        return typed(self.values, labels)

    @property
    def form_key(self) -> str:
        """The key that the form was made with; a form without one counts as new each time."""
        sent = self.text("key")
        return sent if 0 < len(sent) <= MAX_KEY else str(uuid.uuid4())

    @property
    def key(self) -> str:
        """The idempotency key of what was sent: a double click is one act.

        The content is part of it: somebody who goes back, changes the text and sends the old page again means
        a new act, and must not be told that it was done when it was taken for the first one.
        """
        content = sorted((name, values) for name, values in self.values.items() if name != "csrf")
        return self.key_for(self.path, json.dumps(content))

    def key_for(self, *said: str) -> str:
        """The same of what is said alone, for one act that is sent by two forms in turn."""
        digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
        return f"{self.form_key}-{digest[:32]}"


MAX_KEY = 100
NOT_TYPED = frozenset(
    {"csrf", "key", "revision", "basis", "step", "decision", "back", "make_room", "unavailable", "promised"}
    | {"confirmed", "reason"}
)
"""Fields that forms carry, or that are ticked, chosen or pressed."""
READY = "ready-"
"""Begins the names of fields for ready words, which are chosen."""


def typed(values: Values, labels: Mapping[str, str] | None = None) -> str:
    """The texts of a form, one after the other."""
    named = labels or {}
    return "\n\n".join(
        f"{named[name]}\n{text.strip()}" if name in named else text.strip()
        for name, texts in values.items()
        if name not in NOT_TYPED and not name.startswith(READY)
        for text in texts
        if text.strip()
    )


def values_of(pairs: Mapping[str, object | Iterable[str]]) -> Values:
    """What a form shows at first, from plain values; None is an empty field."""
    shown: Values = {}
    for name, value in pairs.items():
        if isinstance(value, (list, tuple, set, frozenset)):
            shown[name] = [str(one) for one in value]
        else:
            shown[name] = [] if value is None else [str(value)]
    return shown
