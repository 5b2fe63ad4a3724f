"""How a person sends a command: the button and its form on a page, and how each field is given.

An `Input` stands in the annotation of a field and checks nothing there: `do` does, so that an old history
decodes. The API checks it before, and a form is drawn from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from models.links import Purpose
from models.process.terms import Sentence

if TYPE_CHECKING:
    from models.process.commands import Command


class Widget(StrEnum):
    """Names of the macros of a form; `hidden` is carried by the form and asked of nobody."""

    AREA = "area"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Input:
    """`limit`: characters of a text at the most. `least` and `most`: the numbers that the API takes."""

    widget: Widget = Widget.AREA
    limit: int | None = None
    rows: int = 3
    least: int | None = None
    most: int | None = None
    between: tuple[int, int] | None = None
    """What the field of a form allows, where `do` says it in a sentence of its own."""
    required: bool = False
    """Whether the API refuses a body without it."""
    begins: bool = False
    """Whether a form begins with what the process has under this name."""
    about: str = ""
    """What the description of the API says about it."""
    example: str = ""
    wrong: str = "Please write a whole number."
    """What a form says where a number or a day cannot be read."""


class Place(StrEnum):
    """Where the page of a process shows the form of a command."""

    OPEN = "open"
    """A card of its own."""
    FOLDED = "folded"
    """Behind its title."""
    DESK = "desk"
    """Among what coordinators do: one press, or folded where it asks for something."""
    OWN = "own"
    """In a form that a template draws, together with other commands or with what else is asked there."""


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    hint: str = ""
    rows: int = 0
    """Of an area that is to be higher or lower than others; 0: as the field says."""


@dataclass(frozen=True, slots=True)
class ByLink:
    """The page of a mail link that sends the command, as `Purpose` of the mail says."""

    purpose: Purpose
    title: str
    heading: str
    form: str
    labels: Mapping[str, Label] = field(default_factory=dict)
    """Where a field is called otherwise than on the page of the process."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page offers for a command. A text may name terms of the programme, such as `{t.mentor}`, and the
    other side by `{other}`; `done` names nobody.

    `tone` is how the button looks: empty for the one that is usually meant, `quiet`, or `no`.
    """

    button: str
    done: str
    """What the next page says that was done."""
    place: Place = Place.FOLDED
    title: str = ""
    press: str = ""
    """A button that sends it at once, without its form; `{extension}` is the programme's own period."""
    lead: str = ""
    tone: str = ""
    labels: Mapping[str, Label] = field(default_factory=dict)
    link: ByLink | None = None
    ready: str = ""
    """The setting of the programme that has ready words for its comment."""
    optional: frozenset[str] = frozenset()
    """Fields that may stay empty; a comment may wherever the programme asks for none."""

    @property
    def by_link(self) -> ByLink:
        """Raises LookupError where no mail leads to it."""
        if self.link is None:
            raise LookupError("no mail link sends this command")
        return self.link

    @property
    def said(self) -> Sentence:
        """What was done, as a sentence that can be put into a programme's words."""
        return Sentence(self.done)


def inputs_of(command: type[Command]) -> dict[str, Input]:
    """What a person gives, by the names of the fields; other fields follow from where the command is sent."""
    return {
        name: one
        for name, info in command.model_fields.items()
        for one in info.metadata
        if isinstance(one, Input)
    }
