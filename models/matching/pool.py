"""The mentors of a programme, laid out so that a search touches only the columns it asks for.

Levels and preferences are stored column by column (the compressed sparse column layout): for each skill the
positions of the mentors who name it, and their levels. 100,000 mentors with eight skills each take 4 MB.
"""

import bisect
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TOP_LEVEL = 255
"""The highest level that a cell can hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How rows move when some of them are replaced.

    Shapes: `kept` (rows before,), true for those that stay; `moved` (rows that stay,), their new positions;
    `added` (rows that come,), the positions of those. `size` is how many there are afterwards.
    """

    kept: NDArray[np.bool_]
    moved: NDArray[np.int64]
    added: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, ids: Sequence[str], gone: Collection[str], new: Sequence[str]) -> "Shift":
        """Without `gone` and with `new` in `ids`. `new` and `ids` ascend; one that is in both is replaced."""
        kept = np.ones(len(ids), dtype=np.bool_)
        for one in (*gone, *new):
            at = bisect.bisect_left(ids, one)
            if at < len(ids) and ids[at] == one:
                kept[at] = False
        staying = np.concatenate(([0], np.cumsum(kept)))
        before = np.array([staying[bisect.bisect_left(ids, one)] for one in new], dtype=np.int64)
        moved = np.arange(staying[-1], dtype=np.int64)
        moved += np.searchsorted(before, moved, side="right")
        return cls(kept, moved, before + np.arange(len(new)), int(staying[-1]) + len(new))

    def apply(self, old: NDArray[Any], new: Sequence[Any]) -> NDArray[Any]:
        """One value per row: those of `old` (rows before,) that stay, and `new` (rows that come,)."""
        found = np.empty(self.size, dtype=old.dtype)
        found[self.moved] = old[self.kept]
        found[self.added] = new
        return found


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
        empty = cls({}, np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint8))
        size = max(rows, default=0) + 1
        return empty.shifted(Shift.of((), (), [""] * size), keys, rows, cells)

    def shifted(
        self, shift: Shift, keys: Sequence[str], rows: Sequence[int], cells: Sequence[int]
    ) -> "Columns":
        """The columns after `shift`, with the entries of the rows that came (`rows` are new positions).

        A key without people goes. Raises ValueError as `of` does.
        """
        entries, old = self._staying(shift)
        left = np.unique(entries // shift.size)
        names = [*self.places]
        used = {names[place] for place in left}
        places = {key: place for place, key in enumerate(sorted(used.union(keys)))}
        renumbered = np.array([places.get(name, 0) for name in names], dtype=np.int64)
        entries = renumbered[entries // shift.size] * shift.size + entries % shift.size
        added = np.fromiter((places[key] for key in keys), dtype=np.int64, count=len(keys)) * shift.size
        added += np.asarray(rows, dtype=np.int64)
        order = np.argsort(added, kind="stable")
        at = np.searchsorted(entries, added[order])
        merged = np.insert(entries, at, added[order])
        if np.any(merged[1:] == merged[:-1]):
            raise ValueError("A mentor can name a skill or an option only once.")
        column = merged // shift.size
        starts = np.searchsorted(column, np.arange(len(places) + 1))
        return Columns(
            places,
            starts,
            (merged % shift.size).astype(np.int32),
            np.insert(old, at, _checked(cells)[order]),
        )

    def _staying(self, shift: Shift) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """The entries that stay, each as one number that grows along the columns, and their cells."""
        column = np.repeat(np.arange(len(self.places), dtype=np.int64), np.diff(self.starts))
        stay = shift.kept[self.rows] if len(self.rows) else np.zeros(0, np.bool_)
        position = np.zeros(len(shift.kept), dtype=np.int64)
        position[shift.kept] = shift.moved
        return column[stay] * shift.size + position[self.rows[stay]], self.cells[stay]

    def column(self, key: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Rows and cells of one key; both empty for a key without people."""
        place = self.places.get(key)
        if place is None:
            return self.rows[:0], self.cells[:0]
        part = slice(int(self.starts[place]), int(self.starts[place + 1]))
        return self.rows[part], self.cells[part]

    def cells_at(self, key: str, at: Sequence[int]) -> list[int]:
        """The cells of some mentors under one key, 0 where there is none; `at` are their positions."""
        rows, cells = self.column(key)
        if not len(rows):
            return [0] * len(at)
        nearest = np.minimum(np.searchsorted(rows, at), len(rows) - 1)
        found: list[int] = np.where(rows[nearest] == at, cells[nearest], 0).tolist()
        return found


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
        nobody = cls((), {}, Columns.of([], [], []), Columns.of([], [], []))
        ordered = sorted(set(ids))
        return nobody.shifted(Shift.of((), (), ordered), ordered, levels, preferences)

    def shifted(
        self,
        shift: Shift,
        new: Sequence[str],
        levels: Sequence[tuple[str, str, int]],
        preferences: Sequence[tuple[str, str]],
    ) -> "MentorPool":
        """The pool after `shift`, with all entries of the `new` ids in the form of `of`."""
        ids = tuple(shift.apply(np.array(self.ids, dtype=object), new).tolist())
        positions = dict(zip(ids, range(len(ids)), strict=True))
        own = set(new)
        known = [entry for entry in levels if entry[0] in own]
        ticked = [entry for entry in preferences if entry[0] in own]
        return MentorPool(
            ids,
            positions,
            self.levels.shifted(
                shift, [e[1] for e in known], [positions[e[0]] for e in known], [e[2] for e in known]
            ),
            self.preferences.shifted(
                shift, [e[1] for e in ticked], [positions[e[0]] for e in ticked], [1] * len(ticked)
            ),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def mask(self, ids: Iterable[str]) -> NDArray[np.bool_]:
        """Shape (mentors,): true where the id is among `ids`; ids that are not here are passed over."""
        found = np.zeros(len(self.ids), dtype=np.bool_)
        at = [place for place in map(self.positions.get, ids) if place is not None]
        found[at] = True
        return found


def _checked(cells: Sequence[int]) -> NDArray[np.uint8]:
    found = np.asarray(cells, dtype=np.int64)
    if found.size and (int(found.min()) < 0 or int(found.max()) > TOP_LEVEL):
        raise ValueError(f"A level must be from 0 to {TOP_LEVEL}.")
    return found.astype(np.uint8)
