"""A command that is half there is refused when its module is loaded, with its name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import ModuleType
from typing import Any

import pytest

from models.process.commands import (
    BY_MENTOR,
    BY_SYSTEM,
    Command,
    MailBounced,
    check_complete,
    check_waits,
    table_of,
)
from models.process.inputs import Offer
from models.process.step import Step
from tests.process.factories import RELATIONSHIP_COMMANDS, REQUEST_COMMANDS


class State(StrEnum):
    OPEN = "open"
    LATER = "later"


NUDGED = Offer("Nudge", done="It is nudged.")


class Nudge(Command):
    """The mentor nudges."""

    name = "nudge"
    by = BY_MENTOR
    offer = NUDGED

    def do(self, step: Step[Any]) -> None:
        step.note("Nudged")


class Unseen(Command):
    """No page offers it."""

    name = "unseen"
    by = BY_MENTOR

    def do(self, step: Step[Any]) -> None:
        step.note("Unseen")


class Named(Nudge):
    """Says at the end whom it nudged."""

    name = "named"
    offer = Offer("Nudge", done="{other} is nudged.")

    def do(self, step: Step[Any]) -> None:
        step.note("Named")


class Silent(Command):
    name = "silent"
    by = BY_MENTOR
    offer = NUDGED

    def do(self, step: Step[Any]) -> None:
        step.note("Silent")


class ByNobody(Command):
    """Somebody."""

    name = "by-nobody"

    def do(self, step: Step[Any]) -> None:
        step.note("ByNobody")


class Idle(Command):
    """Does nothing."""

    name = "idle"
    by = BY_SYSTEM


class Again(Nudge):
    """Has the name of another."""

    name = "nudge"

    def do(self, step: Step[Any]) -> None:
        step.note("Again")


def module(*commands: type[Command]) -> ModuleType:
    made = ModuleType("made")
    vars(made).update({one.__name__: one for one in commands})
    return made


def moves(*names: str) -> Mapping[tuple[State, str], frozenset[State]]:
    return {(State.OPEN, name): frozenset({State.OPEN}) for name in (*names, MailBounced.name)}


def test_a_command_and_its_row_are_enough() -> None:
    assert table_of(moves("nudge"), module(Nudge)) == {"nudge": Nudge, MailBounced.name: MailBounced}


@pytest.mark.parametrize(
    ("names", "commands", "said"),
    [
        (("nudge", "poke"), (Nudge,), "names commands without a class: poke"),
        ((), (Nudge,), "no row of the table of moves takes the commands: nudge"),
        (("unseen",), (Unseen,), r"Unseen does not say what pages offer for it \(`offer`\)"),
        (("named",), (Named,), r"Named names {other} in `done`"),
        (("silent",), (Silent,), "Silent has no docstring"),
        (("by-nobody",), (ByNobody,), r"ByNobody does not say who may send it \(`by`\)"),
        (("idle",), (Idle,), r"Idle does not say what it does \(`do`\)"),
        (("nudge",), (Nudge, Again), "Again and Nudge have the same name"),
    ],
)
def test_what_is_forgotten_is_named(
    names: tuple[str, ...], commands: tuple[type[Command], ...], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        table_of(moves(*names), module(*commands))


def test_a_state_that_waits_and_does_not_hear_of_the_world_is_named() -> None:
    rows = [(State.OPEN, "nudge"), (State.OPEN, "idle"), (State.LATER, "nudge")]
    commands: dict[str, type[Command]] = {"nudge": Nudge, "idle": Idle}
    with pytest.raises(TypeError, match="has no row for the state later with: idle"):
        check_waits(rows, commands, State.OPEN, State.LATER)
    check_waits([*rows, (State.LATER, "idle")], commands, State.OPEN, State.LATER)


def test_a_state_without_a_word_is_named() -> None:
    with pytest.raises(TypeError, match="The words says nothing of the states: later, open"):
        check_complete("The words", [], State)


@pytest.mark.parametrize("command", [*REQUEST_COMMANDS.values(), *RELATIONSHIP_COMMANDS.values()])
def test_a_command_decodes_from_what_it_encodes_to(command: tuple[Command, Any]) -> None:
    one, _ = command
    assert type(one).model_validate_json(one.model_dump_json()) == one
