"""The median of the waits for an answer, against cases worked out by hand."""

from __future__ import annotations

import pytest

from models.process.answering import Outcome, Wait, median_days

A, N, U = Outcome.ANSWERED, Outcome.NEVER, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("waits", "median"),
    [
        ([], None),
        ([(3, A)], 3),
        ([(1, A), (2, A), (3, A), (4, A)], 2),
        ([(3, A), (1, A), (2, A)], 2),
        ([(1, A), (14, N)], 1),
        ([(1, A), (14, N), (14, N)], None),
        ([(5, U), (5, U)], None),
        # One that waits for a day says nothing about later days: of four others two answered by day 4.
        ([(1, U), (2, A), (4, A), (9, U), (9, U)], 4),
        ([(1, U), (2, A), (4, A), (9, U), (9, U), (9, U)], None),
        ([(1, U), (2, A), (4, A), (9, U)], 4),
        # An answer and a last look at the same moment: the one looked at was still at risk.
        ([(2, A), (2, U), (3, A), (5, U)], 3),
        ([(0, A)] * 5 + [(14, N)] * 5, 0),
        ([(n / 10, A) for n in range(1, 50)] + [(14, N)] * 50, None),
        ([(n / 10, A) for n in range(1, 51)] + [(14, N)] * 50, 5),
    ],
)
def test_half_are_answered_within(waits: list[tuple[float, Outcome]], median: float | None) -> None:
    assert median_days([Wait(*one) for one in waits]) == median
