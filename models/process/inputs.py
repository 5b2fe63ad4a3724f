"""How a person gives one field of a command: what the API checks before, and how a form asks for it.

It stands in the annotation of the field and checks nothing there: `do` does, so that an old history decodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

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
    about: str = ""
    """What the description of the API says about it."""
    example: str = ""


def inputs_of(command: type[Command]) -> dict[str, Input]:
    """What a person gives, by the names of the fields; other fields follow from where the command is sent."""
    return {
        name: one
        for name, field in command.model_fields.items()
        for one in field.metadata
        if isinstance(one, Input)
    }
