"""The best assignment of mentees to places, by scipy (Jonker and Volgenant's shortest augmenting paths).

Every mentee gets one place or a column of their own that stands for no mentor. That column costs more than
all scores together can gain, so as many mentees as possible get a place, whatever their scores are.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, min_weight_full_bipartite_matching

Whole = NDArray[np.int64]
Small = NDArray[np.int32]

_EXACT = 1 << 52
"""scipy calculates in floats of 53 bits; sums up to here are exact."""
_UNREACHED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Mentees are rows, mentors are columns; an edge is a pair that may be formed.

    `row`, `column`, `score` and `points` have shape (edges,), ascending by row and column; `points` is what
    the edge adds to the total. `free` and `held` have shape (mentors,): places, and how many a mentor fills
    already. `penalty` is what each place before it takes off the points of a place.
    """

    rows: int
    row: Whole
    column: Whole
    score: Whole
    points: Whole
    free: Whole
    held: Whole
    penalty: int

    def above(self, floor: int) -> "Graph":
        """The graph with the edges that score at least `floor`."""
        return self.only(self.score >= floor)

    def only(self, kept: NDArray[np.bool_]) -> "Graph":
        return replace(
            self,
            row=self.row[kept],
            column=self.column[kept],
            score=self.score[kept],
            points=self.points[kept],
        )

    @property
    def scale(self) -> int:
        """What one point is multiplied by so that the rank of a mentee settles between equal totals, and that
        alone.

        1 where whole numbers would grow too large for it, from some 50,000 mentees on.
        """
        scale = self.rows * self.rows // 4 + 2
        spread = int(self.points.max(initial=0) - self.points.min(initial=0))
        widest = spread + self.penalty * int((usable(self) + self.held).max(initial=0)) + 2
        return scale if self.rows * widest * scale < _EXACT else 1

    def values(self, scale: int) -> Whole:
        """What each edge is worth; of two mentees worth the same the first in order goes before."""
        rank = self.rows - 1 - self.row if scale > 1 else 0
        return self.points * scale + rank


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """`edge` (mentees,) is the edge chosen for each, -1 for none."""

    edge: Whole

    @property
    def matched(self) -> NDArray[np.bool_]:
        return self.edge >= 0


def solve(graph: Graph) -> Solution:
    """The assignment with the most pairs, and among these the most points."""
    chosen = np.full(graph.rows, -1, dtype=np.int64)
    edge, place = _spread(graph)
    if not len(edge):
        return Solution(chosen)
    cost = _costs(graph, edge, place)
    columns = _column_of_place(graph)
    size = int(columns[-1])
    matrix = _with_nobody(graph, edge, columns[graph.column[edge]] + place, cost, size)
    rows, places = min_weight_full_bipartite_matching(matrix)
    got = places < size
    mentor = np.searchsorted(columns, places[got], side="right") - 1
    chosen[rows[got]] = _edges_of(graph, rows[got], mentor)
    return Solution(chosen)


def _costs(graph: Graph, edge: Small, place: Small) -> Whole:
    """What each edge costs at each place: at least 1, since scipy takes no pair that costs nothing."""
    scale = graph.scale
    cost = -graph.values(scale)[edge]
    if graph.penalty:
        cost += graph.penalty * scale * (graph.held[graph.column[edge]] + place)
    cost += 1 - int(cost.min())
    return cost


def _with_nobody(graph: Graph, edge: Small, columns: Whole, cost: Whole, size: int) -> csr_array:
    """The matrix of costs with one more column for each mentee, in the place where scipy wants it: each
    earlier row has one entry more, and its own comes last."""
    at = graph.row[edge]
    ends = np.cumsum(np.bincount(at, minlength=graph.rows) + 1)
    at += np.arange(len(edge))
    data = np.full(len(edge) + graph.rows, graph.rows * int(cost.max()) + 1, dtype=np.float64)
    data[at] = cost
    indices = np.empty(len(data), dtype=np.int32)
    indices[at] = columns
    indices[ends - 1] = size + np.arange(graph.rows)
    starts = np.concatenate(([0], ends)).astype(np.int32)
    return csr_array((data, indices, starts), shape=(graph.rows, size + graph.rows))


def fair_floor(graph: Graph) -> int:
    """The highest score that the worst pair can have while as many mentees are paired as at all possible."""
    levels = np.unique(graph.score)
    if not len(levels):
        return 0
    most = _most_pairs(graph)
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _most_pairs(graph.above(int(levels[middle]))) == most:
            low = middle
        else:
            high = middle - 1
    return int(levels[low])


def one_more_place(graph: Graph, solution: Solution) -> list[list[int]]:
    """For each mentee without a place the mentors of whom one more place would get them one, the best first.

    `solution` is the best of the graph. With one more place for a mentor the best pairing differs by one
    chain, from a mentee without a place over mentees who move to another mentor, to that place. So the mentee
    whose chain gains most is the one who profits. The chains of all grow at once; what a chain gains says by
    its last digits where it began, because the rank of that mentee alone is new in the total.
    """
    found: list[list[int]] = [[] for _ in range(graph.rows)]
    scale = graph.scale
    if scale == 1 or solution.matched.all():
        return found
    gain = _chains(graph, solution, graph.values(scale))
    reached = np.flatnonzero(gain != _UNREACHED)
    worth = gain[reached] - graph.penalty * scale * (graph.held + graph.free)[reached]
    for place in np.lexsort((reached, -worth)):
        rank = int(gain[reached[place]] % scale)
        found[graph.rows - 1 - rank].append(int(reached[place]))
    return found


def _chains(graph: Graph, solution: Solution, values: Whole) -> Whole:
    """Shape (mentors,): the most that a chain to a new place of the mentor can gain."""
    best = np.full(len(graph.free), _UNREACHED, dtype=np.int64)
    mine = solution.edge[solution.matched]
    staying, current, worth = np.flatnonzero(solution.matched), graph.column[mine], values[mine]
    at = np.full(graph.rows, _UNREACHED, dtype=np.int64)
    at[~solution.matched] = 0
    grown = ~solution.matched
    # Without a cycle that gains, which the best pairing does not have, a chain meets nobody twice.
    for _ in range(graph.rows + 1):
        edges = np.flatnonzero(grown[graph.row])
        if not len(edges):
            break
        np.maximum.at(best, graph.column[edges], at[graph.row[edges]] + values[edges])
        further = np.where(best[current] == _UNREACHED, _UNREACHED, best[current] - worth)
        grown = np.zeros(graph.rows, dtype=np.bool_)
        grown[staying] = further > at[staying]
        at[staying] = np.maximum(further, at[staying])
    return best


def _spread(graph: Graph) -> tuple[Small, Small]:
    """Every edge once for each place of its mentor: the edges, and which place it is, from 0.

    A mentor never fills more places than they have edges.
    """
    times = usable(graph)[graph.column]
    edge = np.repeat(np.arange(len(graph.row), dtype=np.int32), times)
    place = np.arange(len(edge), dtype=np.int32)
    place -= np.repeat((np.cumsum(times) - times).astype(np.int32), times)
    return edge, place


def usable(graph: Graph) -> Whole:
    return np.minimum(graph.free, np.bincount(graph.column, minlength=len(graph.free)))


def _column_of_place(graph: Graph) -> Whole:
    """Shape (mentors + 1,): where the columns of each mentor's places begin."""
    return np.concatenate(([0], np.cumsum(usable(graph))))


def _most_pairs(graph: Graph) -> int:
    edge, place = _spread(graph)
    columns = _column_of_place(graph)
    if not len(edge):
        return 0
    matrix = csr_array(
        (
            np.ones(len(edge), dtype=np.int8),
            (graph.row[edge], columns[graph.column[edge]] + place),
        ),
        shape=(graph.rows, int(columns[-1])),
    )
    return int((maximum_bipartite_matching(matrix, perm_type="column") >= 0).sum())


def _edges_of(graph: Graph, rows: Whole, columns: Whole) -> Whole:
    keys = graph.row * len(graph.free) + graph.column
    return np.searchsorted(keys, rows * len(graph.free) + columns)
