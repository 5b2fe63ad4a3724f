"""What every update and signal needs for `workflows.trust` to stand before it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import workflow

from models.process import names
from worker import VERSIONED, WORKFLOWS

KINDS = sorted({*WORKFLOWS, *VERSIONED}, key=lambda kind: kind.__name__)
SAYS_NOTHING = {"begun", "move_on"}
"""They change nothing: one answers when something is done, the other wakes up."""


def definition(kind: type) -> Any:
    return workflow._Definition.must_from_class(kind)


def parameters(handler: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(handler).parameters)[1:]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_update_has_a_validator(kind: type) -> None:
    updates = definition(kind).updates
    assert [name for name, update in updates.items() if update.validator is None] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whatever_changes_something_says_what_it_is_about(kind: type) -> None:
    """An argument is what can be sealed."""
    known = definition(kind)
    handlers = {**known.updates, **known.signals}
    assert {name for name, one in handlers.items() if len(parameters(one.fn)) != 1} <= SAYS_NOTHING


def test_the_signals_that_are_sent_are_those_that_are_taken() -> None:
    known = {name for kind in KINDS for name in definition(kind).signals}
    sent = {names.OVERTAKEN, names.LEFT_TO_ADMINS, names.GIVEN_BACK, names.PARTY_LEFT, names.MAIL_BOUNCED}
    assert known >= sent | {names.MOVE_ON, names.DISCARD}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_signal_is_called_like_its_method(kind: type) -> None:
    """The guard looks up how many arguments it takes."""
    for name, signal in definition(kind).signals.items():
        assert signal.fn is getattr(kind, name)
