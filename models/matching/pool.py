"""The mentors of a programme, laid out so that a search touches only the columns it asks for.

Levels and preferences are kept column by column (the compressed sparse column layout): for each skill the
positions of the mentors who name it, and their levels. 100,000 mentors with eight skills each take 4 MB.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOP_LEVEL = 255
"""The highest level that a cell can hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A sparse matrix of mentors x keys: column k holds rows[starts[k]:starts[k + 1]], ascending.

    Shapes: `starts` (keys + 1,), `rows` and `cells` (entries,). No row stands twice in a column.
    """

    places: dict[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    cells: NDArray[np.uint8]

    @classmethod
    def of(cls, keys: Sequence[str], rows: Sequence[int], cells: Sequence[int]) -> "Columns":
        """Builds the columns from entries in any order: cells[i] of mentor rows[i] under keys[i].

        Raises ValueError when an entry stands twice or a cell is outside 0..255.
        """
        places = {key: place for place, key in enumerate(sorted(set(keys)))}
        column = np.fromiter((places[key] for key in keys), dtype=np.int64, count=len(keys))
        row = np.asarray(rows, dtype=np.int32)
        cell = np.asarray(cells, dtype=np.int64)
        if cell.size and (int(cell.min()) < 0 or int(cell.max()) > TOP_LEVEL):
            raise ValueError(f"A level must be from 0 to {TOP_LEVEL}.")
        order = np.lexsort((row, column))
        column, row = column[order], row[order]
        if np.any((column[1:] == column[:-1]) & (row[1:] == row[:-1])):
            raise ValueError("A mentor can name a skill or an option only once.")
        starts = np.searchsorted(column, np.arange(len(places) + 1))
        return cls(places, starts, row, cell[order].astype(np.uint8))

    def column(self, key: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Rows and cells of one key; both empty for a key that nobody has."""
        place = self.places.get(key)
        if place is None:
            return self.rows[:0], self.cells[:0]
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.rows[part], self.cells[part]

    def cell(self, key: str, row: int) -> int:
        """The cell of one mentor under one key, 0 if there is none."""
        rows, cells = self.column(key)
        at = int(np.searchsorted(rows, row))
        return int(cells[at]) if at < len(rows) and rows[at] == row else 0


@dataclass(frozen=True, slots=True, eq=False)
class MentorPool:
    """All who may be listed, by ascending id: position i is `ids[i]`. Immutable: threads can share it.

    `positions` is the way back from an id. Preferences are a matrix of ones.
    """

    ids: tuple[str, ...]
    positions: dict[str, int]
    levels: Columns
    preferences: Columns

    @classmethod
    def of(
        cls,
        ids: Iterable[str],
        levels: Sequence[tuple[str, str, int]] = (),
        preferences: Sequence[tuple[str, str]] = (),
    ) -> "MentorPool":
        """Builds a pool from ids, (mentor id, skill key, level) and (mentor id, option key).

        Entries of mentors who are not among the ids are left out.
        """
        ordered = tuple(sorted(set(ids)))
        positions = {mentor: place for place, mentor in enumerate(ordered)}
        known = [entry for entry in levels if entry[0] in positions]
        ticked = [entry for entry in preferences if entry[0] in positions]
        return cls(
            ordered,
            positions,
            Columns.of([e[1] for e in known], [positions[e[0]] for e in known], [e[2] for e in known]),
            Columns.of([e[1] for e in ticked], [positions[e[0]] for e in ticked], [1] * len(ticked)),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def mask(self, ids: Iterable[str]) -> NDArray[np.bool_]:
        """Shape (mentors,): true where the id is among `ids`; ids that are not here are passed over."""
        found = np.zeros(len(self.ids), dtype=np.bool_)
        at = [place for place in map(self.positions.get, ids) if place is not None]
        found[at] = True
        return found
