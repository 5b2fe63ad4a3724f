"""What erasing and exporting a person do to a table and to each of its columns: said there, carried out by
`models.store.erased_rows` and `models.store.exporting`.

`plain` and `personal` make the columns; with one made otherwise the module of its table cannot be imported.
docs/privacy.md shows the policies as a table, drawn by `make docs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import MappedColumn, mapped_column

POLICY = "erasure policy"


class Whose(StrEnum):
    """How a row is related to the person who is erased. Which rows these are says `erased_rows.ROWS`."""

    OWN = "own"
    """It is the person's, or tells of them and is of no use without them."""
    SHARED = "shared"
    """Written by another person, and may speak of this one."""
    WORDED = "worded"
    """It is about others, and holds what the person wrote as a coordinator."""


class Cut(StrEnum):
    TRACES = "traces"
    """Only the person's names and address are cut out of a text, or of the texts of an object."""


class Unusable(StrEnum):
    ADDRESS = "address"
    """An address that cannot exist takes its place."""
    FOLDED_ADDRESS = "folded address"
    """The same, as a column for searching holds it."""


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """`why` is the sentence of docs/privacy.md. `goes`: rows are deleted, so columns need no policy.
    `lives`: how long a row stays without an erasure, where that is not for ever."""

    why: str
    goes: bool = False
    lives: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPolicy:
    """`erased`: what is written into the column, by whose row it is; empty for what stays."""

    erased: Mapping[Whose, Any] = field(default_factory=dict)
    is_exported: bool = False
    is_personal: bool = False


def plain(*args: Any, exported: bool = False, **options: Any) -> MappedColumn[Any]:
    """A column of ids, states, numbers and dates, which erasing keeps."""
    return mapped_column(*args, info={POLICY: ColumnPolicy(is_exported=exported)}, **options)


_KEPT: Any = object()


def personal(
    *args: Any,
    own: Any = _KEPT,
    shared: Any = _KEPT,
    worded: Any = _KEPT,
    exported: bool = True,
    **options: Any,
) -> MappedColumn[Any]:
    """A column that tells of a person.

    `own`, `shared` and `worded` are what an erasure writes into rows of that kind: a value, `Cut.TRACES` or
    `Unusable.ADDRESS`. None of them: the process `Erasure` empties it at a step of its own.
    """
    written = {Whose.OWN: own, Whose.SHARED: shared, Whose.WORDED: worded}
    erased = {whose: value for whose, value in written.items() if value is not _KEPT}
    policy = ColumnPolicy(erased, is_exported=exported, is_personal=True)
    return mapped_column(*args, info={POLICY: policy}, **options)


_OF_TABLES: dict[str, TablePolicy] = {}
"""Not in the tables' own `info`, which Alembic would write into migrations."""


def decide(table: Table, policy: TablePolicy) -> None:
    """Stores the policy of a table with it. Raises TypeError for a column without a policy."""
    _OF_TABLES[table.name] = policy
    undecided = [column.name for column in table.columns if POLICY not in column.info]
    if undecided and not policy.goes:
        column = f"{table.name}.{undecided[0]}"
        raise TypeError(f"Say what erasing a person does to {column}: make it with `plain` or `personal`.")


def table_policy(table: Table) -> TablePolicy:
    return _OF_TABLES[table.name]


def column_policies(table: Table) -> dict[str, ColumnPolicy]:
    """By column; those of tables whose rows go may have none."""
    return {column.name: column.info[POLICY] for column in table.columns if POLICY in column.info}


def exported(row: Any) -> tuple[str, ...]:
    """The columns of a row that an export shows to the person, in the order of the table."""
    policies = column_policies(row.__table__)
    return tuple(name for name, policy in policies.items() if policy.is_exported)
