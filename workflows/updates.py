"""The updates of a workflow, made from the commands that people send to its process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.process.commands import Command
    from workflows.messages import Act

W = TypeVar("W", bound=type)


class Taker(Protocol):
    """A workflow that takes acts."""

    def check(self, act: Act[Any]) -> None:
        """Refuses without a trace what cannot be done."""

    async def take(self, act: Act[Any]) -> Any:
        """Does it and answers with the view."""


def takes(commands: Mapping[str, type[Command]], answer: type[BaseModel]) -> Callable[[W], W]:
    """Gives a workflow an update with its validator for each command of people, named as the command is.

    A command that has a method in the class is taken by that method: it answers in a way of its own.
    """

    def give(kind: W) -> W:
        for command in commands.values():
            method = command.name.replace("-", "_")
            if command.is_act() and method not in vars(kind):
                setattr(kind, method, _update(command, answer))
        return kind

    return give


@cache
def _update(command: type[Command], answer: type[BaseModel]) -> Callable[..., Awaitable[Any]]:
    """One for all runs: the sandbox makes the class of a workflow anew for each."""

    async def handle(self: Taker, act: Act[Any]) -> Any:
        return await self.take(act)

    def check(self: Taker, act: Act[Any]) -> None:
        self.check(act)

    handle.__name__ = handle.__qualname__ = command.name.replace("-", "_")
    # The SDK reads from them what an act is decoded as; `self` has none, or it would count as an argument.
    handle.__annotations__ = {"act": Act[command], "return": answer}  # type: ignore[valid-type]
    check.__annotations__ = {"act": Act[command], "return": None}  # type: ignore[valid-type]
    update: Any = workflow.update(name=command.name)(handle)
    update.validator(check)
    return update  # type: ignore[no-any-return]
