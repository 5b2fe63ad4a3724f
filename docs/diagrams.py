"""Draws the diagrams and tables in docs/ from the tables that the code runs on.

`make docs` (or `python docs/diagrams.py`) writes them anew between their markers; a test fails while they
differ.
"""

# ruff: noqa: INP001

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Table

from models.process.actors import Part, Role
from models.process.commands import Command
from models.process.relationship import base as relationship_base
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RUNNING, RelationshipState
from models.process.request import moves as request_moves
from models.process.request import state as request_state
from models.process.request.state import TERMINAL, RequestState
from models.store.erasure_policy import TablePolicy, column_policies, table_policy
from models.store.schema import metadata

DOCUMENT = Path(__file__).parent / "processes.md"
PRIVACY = Path(__file__).parent / "privacy.md"

S = TypeVar("S", bound=StrEnum)
Moves = Mapping[tuple[S, str], frozenset[S]]
Commands = Mapping[str, type[Command]]

COMPLETED_ENDS = "both surveys answered or closed"


def diagram(moves: Moves[S], commands: Commands, start: S, ends: Mapping[S, str]) -> str:
    """A Mermaid state diagram. Commands between the same two states share an arrow."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {start}"]
    for (state, to), names in _arrows(moves).items():
        label = "<br/>".join(f"{name} ({_roles(commands[name].by)})" for name in names)
        lines.append(f"    {state} --> {to}: {label}")
    lines += [f"    {state} --> [*]{label and f': {label}'}" for state, label in ends.items()]
    return "\n".join([*lines, "```"])


def table(moves: Moves[S], commands: Commands) -> str:
    """The same as a Markdown table."""
    rows = ["| in state | command | by | leads to |", "|---|---|---|---|"]
    for (state, name), targets in moves.items():
        to = " or ".join(f"`{target}`" for target in _ordered(targets))
        rows.append(f"| `{state}` | `{name}` | {_roles(commands[name].by)} | {to} |")
    return "\n".join(rows)


def _arrows(moves: Moves[S]) -> dict[tuple[S, S], list[str]]:
    found: dict[tuple[S, S], list[str]] = {}
    for (state, name), targets in moves.items():
        for to in _ordered(targets):
            found.setdefault((state, to), []).append(name)
    return found


def _ordered(states: Iterable[S]) -> list[S]:
    """In the order in which they are declared, for a set has none."""
    declared: list[StrEnum] = [*RequestState, *RelationshipState]
    return sorted(states, key=declared.index)


def _roles(roles: frozenset[Role | Part]) -> str:
    return ", ".join(role.value for role in (*Part, *Role) if role in roles)


def _request_diagram() -> str:
    ends = {state: "" for state in RequestState if state in TERMINAL}
    return diagram(request_state.MOVES, request_moves.COMMANDS, RequestState.PENDING, ends)


def _relationship_diagram() -> str:
    states = RelationshipState
    over = [state for state in states if state not in RUNNING]
    ends = {state: COMPLETED_ENDS if state is states.COMPLETED else "" for state in over}
    return diagram(relationship_base.MOVES, relationship_moves.COMMANDS, states.ACTIVE, ends)


def _erasure() -> str:
    rows = ["| table | when somebody is erased | what is emptied | kept otherwise for |", "|---|---|---|---|"]
    for table in metadata.sorted_tables:
        policy = table_policy(table)
        kept_for = policy.lives or "as long as it exists"
        rows.append(f"| `{table.name}` | {policy.why} | {_emptied(table, policy)} | {kept_for} |")
    return "\n".join(rows)


def _emptied(table: Table, policy: TablePolicy) -> str:
    columns = [f"`{name}`" for name, one in column_policies(table).items() if one.is_personal]
    return "the row" if policy.goes else ", ".join(columns) or "nothing"


ERASURE_PART: dict[str, Callable[[], str]] = {"erasure": _erasure}
PARTS: dict[str, Callable[[], str]] = {
    "request-diagram": _request_diagram,
    "request-moves": lambda: table(request_state.MOVES, request_moves.COMMANDS),
    "relationship-diagram": _relationship_diagram,
    "relationship-moves": lambda: table(relationship_base.MOVES, relationship_moves.COMMANDS),
}


def drawn(text: str, parts: Mapping[str, Callable[[], str]] = PARTS) -> str:
    """`text` with everything between the markers drawn anew. Raises ValueError when a marker is missing."""
    for name, draw in parts.items():
        begin, end = f"<!-- {name}: drawn by docs/diagrams.py -->", f"<!-- end of {name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"the document has no place for {name}, or more than one")
        text = pattern.sub(f"{begin}\n{draw()}\n{end}".replace("\\", r"\\"), text)
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text()))
    PRIVACY.write_text(drawn(PRIVACY.read_text(), ERASURE_PART))
