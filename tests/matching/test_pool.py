from __future__ import annotations

import pytest

from models.matching.pool import Columns, MentorPool


def test_a_column_gives_the_mentors_who_have_the_key() -> None:
    columns = Columns.of(["b", "a", "b", "c"], [2, 1, 0, 2], [5, 4, 3, 2])
    rows, cells = columns.column("b")
    assert (rows.tolist(), cells.tolist()) == ([0, 2], [3, 5])
    assert columns.cells_at("b", range(4)) == [3, 0, 5, 0]


def test_a_key_that_nobody_has_is_an_empty_column() -> None:
    columns = Columns.of(["a"], [0], [1])
    assert columns.column("z")[0].size == 0
    assert columns.cells_at("z", [0, 0]) == [0, 0]


@pytest.mark.parametrize("cell", [-1, 256])
def test_a_level_that_fits_no_cell_is_refused(cell: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 255"):
        Columns.of(["a"], [0], [cell])


def test_naming_a_skill_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="only once"):
        Columns.of(["a", "a"], [3, 3], [1, 2])


def test_entries_of_strangers_are_left_out() -> None:
    pool = MentorPool.of(["m2", "m1"], [("m1", "a", 3), ("m9", "a", 5)], [("m9", "x"), ("m2", "x")])
    assert pool.ids == ("m1", "m2")
    assert pool.levels.column("a")[0].tolist() == [0]
    assert pool.preferences.column("x")[0].tolist() == [1]


def test_a_mask_passes_over_unknown_ids() -> None:
    pool = MentorPool.of(["m1", "m2", "m3"])
    assert pool.mask(["m3", "nobody", "m1"]).tolist() == [True, False, True]
    assert pool.mask([]).tolist() == [False, False, False]
