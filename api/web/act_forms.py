"""Commands as forms: which ones a page offers, and the command that a form sends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from models.process.commands import Command
from models.process.inputs import Input, Label, Offer, Place, Widget, inputs_of
from models.process.terms import Sentence

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, as the macros of `parts/form.html` draw it."""

    name: str
    input: Input
    label: str
    hint: str
    optional: bool

    @property
    def bounds(self) -> tuple[int | None, int | None]:
        return self.input.between or (self.input.least, self.input.most)


@dataclass(frozen=True, slots=True)
class Act:
    """One command that a page offers, with its form. `fields` are empty where a press is enough."""

    command: type[Command]
    form: Form
    fields: tuple[Field, ...]
    other: str

    @property
    def carried(self) -> list[str]:
        """The fields that the form carries without asking."""
        return [name for name, one in inputs_of(self.command).items() if one.widget is Widget.HIDDEN]

    @property
    def name(self) -> str:
        return self.command.name

    def words(self, name: str, extension: str = "") -> Sentence:
        """A text of the offer, by its name."""
        return Sentence(getattr(self.offer, name), other=self.other, extension=extension)

    @property
    def offer(self) -> Offer:
        return self.command.offer


def fields_of(
    command: type[Command],
    other: str = "",
    comment_required: Collection[str] | None = None,
    labels: Mapping[str, Label] = MappingProxyType({}),
) -> dict[str, Field]:
    """What a form asks for. `other` is the other side; `comment_required` names the commands that need a
    comment, where the programme decides on that; `labels` go before those of the command."""
    inputs = {name: one for name, one in inputs_of(command).items() if one.widget is not Widget.HIDDEN}
    may_be_empty = set(command.offer.optional)
    if comment_required is not None and command.name not in comment_required:
        may_be_empty.add("comment")
    called = {**command.offer.labels, **labels}
    return {
        name: _field(name, one, called.get(name, Label(name.capitalize())), other, name in may_be_empty)
        for name, one in inputs.items()
    }


def _field(name: str, one: Input, label: Label, other: str, is_optional: bool) -> Field:
    text, hint = Sentence(label.text, other=other), Sentence(label.hint, other=other)
    return Field(name, replace(one, rows=label.rows or one.rows), text, hint, is_optional)


def begun(command: type[Command], process: Any) -> dict[str, list[str]]:
    """The values that a form of the command begins with, from what `process` shows of itself."""
    return values_of({name: getattr(process, name) for name, one in inputs_of(command).items() if one.begins})


def acts_of(
    commands: Mapping[str, type[Command]],
    forms: Mapping[str, Form],
    other: str = "",
    comment_required: Collection[str] | None = None,
) -> list[Act]:
    """The commands that `forms` offer and that have no form of their own."""
    return [
        Act(
            command,
            forms[name],
            tuple(fields_of(command, other, comment_required).values()),
            other,
        )
        for name, command in commands.items()
        if name in forms and command.offer.place is not Place.OWN
    ]


def command_of(commands: Mapping[str, type[Command]], name: str) -> type[Command]:
    """The command that a form of `acts_of` sends. Raises NotFound."""
    command = commands.get(name)
    if command is None or not command.is_act() or command.offer.place is Place.OWN:
        raise NotFound
    return command


def read(command: type[C], sent: Sent, **known: Any) -> C:
    """The command in a posted form; `known` are the fields that no form asks for. Raises Invalid."""
    inputs = {name: one for name, one in inputs_of(command).items() if name not in known}
    return command(**known, **{name: _given(sent, name, one) for name, one in inputs.items()})


def _given(sent: Sent, name: str, one: Input) -> str | int | date | None:
    if one.widget is Widget.DATE:
        return sent.day(name, one.wrong)
    if one.widget in {Widget.NUMBER, Widget.HIDDEN}:
        return sent.number(name, one.wrong)
    return sent.text(name)
