"""What every command is. One class says all of a command; what repeats it elsewhere is made from the class:
the update of the workflow, the permission, the route of the API with its text, the form on pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from types import ModuleType
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from models.process import texts
from models.process.actors import Part, Role
from models.process.errors import ProcessError
from models.process.inputs import Input, Offer
from models.process.step import Step
from models.process.timeline import Audience

BY_MENTEE = frozenset({Role.MENTEE})
BY_MENTOR = frozenset({Role.MENTOR})
BY_SENDER = frozenset({Part.SENDER})
BY_DECIDER = frozenset({Part.DECIDER})
BY_BOTH = frozenset({Role.MENTEE, Role.MENTOR})
BY_ADMIN = frozenset({Role.ADMIN})
BY_SYSTEM = frozenset({Role.SYSTEM})


Refusals = tuple[type[ProcessError], ...]


class Command(BaseModel):
    """Holds what a person wrote, unchecked: `do` checks, so that an old history always decodes.

    The docstring of a command that people send is what the API says about its route.
    """

    model_config = ConfigDict(frozen=True)

    name: ClassVar[str]
    """The word for it in paths, tables and histories."""
    by: ClassVar[frozenset[Role | Part]]
    """Who may send it; a part in it is a role that `senders` knows."""
    refusals: ClassVar[Refusals] = ()
    """What it can be refused with besides what every act can, for the text of the API."""

    verb: ClassVar[str] = "be changed"
    """Ends the sentence "This request has been withdrawn, so it cannot ..."."""

    @classmethod
    def senders(cls, process: Any) -> frozenset[Role]:
        """The roles that may send it to this process."""
        return frozenset(Role(role) for role in cls.by)

    @classmethod
    def hindrance(cls, process: Any, role: Role) -> ProcessError | None:
        """What stands against it, besides the table of moves, for a person in `role`."""
        return None

    event: ClassVar[tuple[str, str] | None] = None
    """What it notes on the timeline, and how a page says that, where a text may name terms (`{t.mentor}`)."""
    offer: ClassVar[Offer]
    """What pages show of it; every command of people has one."""
    body: ClassVar[str] = ""
    """The name of its body in the API, where several commands have the same one or it is named otherwise."""

    def do(self, step: Any) -> None:
        """Changes the state in `step`, and notes, mails and asks for what follows. Raises ProcessError."""
        raise NotImplementedError

    @classmethod
    def is_act(cls) -> bool:
        """Whether people send it: then it is an update of the workflow and a route of the API."""
        return Role.SYSTEM not in cls.by


class Comment(Command):
    """What many commands bring: some words to the other side."""

    body = "CommentIn"
    comment: Annotated[str, Input(limit=texts.MAX_COMMENT)] = ""


class MailBounced(Command):
    """Reported by the delivery: a mail of this process can never arrive. `kind` is the kind of mail."""

    name = "mail-bounced"
    event = ("MailBounced", "A mail could not be delivered")
    by = BY_SYSTEM
    process_id: str
    kind: str

    def do(self, step: Step[Any]) -> None:
        step.note("MailBounced", self.kind, Audience.ADMINS)


def table_of(moves: Iterable[tuple[StrEnum, str]], *modules: ModuleType) -> dict[str, type[Command]]:
    """The commands of one kind of process by name, in the order in which `modules` declare them.

    Raises TypeError where the table and the classes do not fit, or a class leaves something out. Called when
    the modules are loaded, so that nothing starts with a command that is half there.
    """
    found: dict[str, type[Command]] = {}
    for command in (one for module in modules for one in _complete(module)):
        if found.setdefault(command.name, command) is not command:
            raise TypeError(f"{command.__name__} and {found[command.name].__name__} have the same name")
    found[MailBounced.name] = MailBounced
    named = dict.fromkeys(name for _, name in moves)
    if lacking := named.keys() - found.keys():
        raise TypeError(f"the table of moves names commands without a class: {', '.join(sorted(lacking))}")
    if lacking := found.keys() - named.keys():
        raise TypeError(f"no row of the table of moves takes the commands: {', '.join(sorted(lacking))}")
    return found


def sendable(
    moves: Iterable[tuple[StrEnum, str]], commands: Mapping[str, type[Command]], process: Any, role: Role
) -> list[str]:
    """The commands that a person in `role` may send now, in the order of the table of moves.

    `process`: its state or any view of it, with what `hindrance` looks at.
    """
    return [
        name
        for state, name in moves
        if state == process.state
        and role is not Role.SYSTEM
        and role in commands[name].senders(process)
        and commands[name].hindrance(process, role) is None
    ]


def check_waits(
    moves: Iterable[tuple[StrEnum, str]], commands: Mapping[str, type[Command]], like: StrEnum, waits: StrEnum
) -> None:
    """Raises TypeError unless the state `waits` takes all reports that the state `like` takes."""
    rows = list(moves)
    reported = [name for state, name in rows if state == like and not commands[name].is_act()]
    if lacking := [name for name in reported if (waits, name) not in rows]:
        raise TypeError(f"the table of moves has no row for the state {waits} with: {', '.join(lacking)}")


def check_complete(what: str, said: Iterable[StrEnum], states: Iterable[StrEnum]) -> None:
    """Raises TypeError that names the states of which `what` says nothing."""
    if lacking := sorted(set(states) - set(said)):
        raise TypeError(f"{what} says nothing of the states: {', '.join(lacking)}")


def _complete(module: ModuleType) -> Iterator[type[Command]]:
    for command in vars(module).values():
        if not (isinstance(command, type) and issubclass(command, Command) and "name" in vars(command)):
            continue
        if not hasattr(command, "by"):
            raise TypeError(f"{command.__name__} does not say who may send it (`by`)")
        if "do" not in vars(command):
            raise TypeError(f"{command.__name__} does not say what it does (`do`)")
        if command.is_act() and not command.__doc__:
            raise TypeError(f"{command.__name__} has no docstring, which is the text of its route")
        if command.is_act() and not hasattr(command, "offer"):
            raise TypeError(f"{command.__name__} does not say what pages offer for it (`offer`)")
        if command.is_act() and "{other}" in command.offer.done:
            raise TypeError(f"{command.__name__} names {{other}} in `done`, where nobody knows who that is")
        yield command
