"""Pairs the mentees of a programme with its mentors, all at once; pure, and the same for the same people.

As many people as possible are paired first; among such pairings the one with the highest total counts, which
is the scores with the bonus of who waited, less the penalty for a mentor's further places. The order in which
people and candidates are given never matters: everything is put in the order of ids first.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.matching.assignment import Graph, Solution, fair_floor, one_more_place, solve
from models.matching.candidates import Candidates, Options, Pin, Places, Tables, Whole

NAMED = 3
"""How many mentors are named to somebody without one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair of the outcome."""

    mentee: str
    mentor: str
    score: int
    pinned: bool = False


class Why(StrEnum):
    """Why a mentee has no mentor; the first that is true."""

    NO_MENTOR = "no-mentor"
    """No candidate was given: a hard rule stands against every mentor, or there is none."""
    BELOW_FLOOR = "below-floor"
    FORBIDDEN = "forbidden"
    """Every mentor above the floor was forbidden by hand."""
    FULL = "full"
    """Every mentor who fits was full before anybody was paired."""
    TAKEN = "taken"
    """The places of all who fit went to better pairs."""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A mentee without a mentor.

    `best` is the highest score among all their candidates, below the floor or not. `fits` are mentors who fit
    and have no place for them, the closest first. With one more place for any single one of `one_more` and
    everything else as it is, this mentee would be paired; that mentor need not be the one who gets them.
    """

    mentee: str
    why: Why
    best: int | None = None
    fits: tuple[str, ...] = ()
    one_more: tuple[str, ...] = ()


class Lapse(StrEnum):
    """Why a pin does not hold."""

    GONE = "gone"
    """One of the two is not among the mentees or mentors any more."""
    FORBIDDEN = "forbidden"
    TWICE = "pinned-twice"
    """The mentee is pinned to somebody else as well."""
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A pin that does not hold; its mentee is paired like everybody else."""

    pin: Pin
    why: Lapse


@dataclass(frozen=True, slots=True)
class Pairing:
    """The outcome, by the ids of mentees. `worst` is None without a pair that was not pinned."""

    pairs: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...]
    lapsed: tuple[Lapsed, ...] = ()

    @property
    def total_score(self) -> int:
        return sum(pair.score for pair in self.pairs)

    @property
    def worst(self) -> int | None:
        return min((pair.score for pair in self.pairs if not pair.pinned), default=None)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a pin costs everybody but its own mentee.

    So many `fewer` are paired and so many `points` of score are lost; both are negative where the others
    gain. `without` have no mentor for it, `instead` have one for it, `moved` have another one.
    """

    fewer: int
    points: int
    without: tuple[str, ...]
    instead: tuple[str, ...]
    moved: tuple[str, ...]


_PLAIN = Options()


def pair(candidates: Candidates, places: Places, options: Options = _PLAIN) -> Pairing:
    """The best pairing. Raises ValueError when a pair or an id stands twice."""
    tables = Tables.of(candidates, places)
    pins, lapsed = _holding(tables, options)
    fitting = _graph(tables, options, pins)
    graph = fitting.above(fair_floor(fitting)) if options.fair else fitting
    solution = solve(graph)
    pairs = [_pinned(tables, pin) for pin in pins] + _pairs(tables, graph, solution)
    chains = one_more_place(graph, solution)
    return Pairing(
        tuple(sorted(pairs, key=lambda one: one.mentee)),
        tuple(_unpaired(tables, fitting, chains, {one.mentee for one in pairs}, options.floor)),
        tuple(lapsed),
    )


def cost_of(pin: Pin, candidates: Candidates, places: Places, options: Options) -> Cost:
    """What it costs the others that `pin` is among the pins, whether or not `options` has it already."""
    others = tuple(one for one in options.pinned if one != pin)
    with_it = _others(pair(candidates, places, replace(options, pinned=(*others, pin))), pin.mentee)
    free = _others(pair(candidates, places, replace(options, pinned=others)), pin.mentee)
    return Cost(
        fewer=len(free) - len(with_it),
        points=sum(one.score for one in free.values()) - sum(one.score for one in with_it.values()),
        without=tuple(sorted(free.keys() - with_it.keys())),
        instead=tuple(sorted(with_it.keys() - free.keys())),
        moved=tuple(
            sorted(one for one in free.keys() & with_it.keys() if free[one].mentor != with_it[one].mentor)
        ),
    )


def _others(pairing: Pairing, mentee: str) -> dict[str, Pair]:
    return {one.mentee: one for one in pairing.pairs if one.mentee != mentee}


def _holding(tables: Tables, options: Options) -> tuple[list[Pin], list[Lapsed]]:
    """The pins that hold, the closest pair first, and the others."""
    free, pins, lapsed = tables.free.copy(), dict[str, Pin](), list[Lapsed]()
    for pin in sorted(set(options.pinned), key=lambda one: (-one.score, one.mentee, one.mentor)):
        why = _against(tables, options, pin, free)
        if why is None and pin.mentee in pins:
            why = Lapse.TWICE
        if why:
            lapsed.append(Lapsed(pin, why))
        else:
            free[tables.mentor_at[pin.mentor]] -= 1
            pins[pin.mentee] = pin
    return list(pins.values()), lapsed


def _against(tables: Tables, options: Options, pin: Pin, free: Whole) -> Lapse | None:
    if pin.mentee not in tables.mentee_at or pin.mentor not in tables.mentor_at:
        return Lapse.GONE
    if (pin.mentee, pin.mentor) in options.forbidden:
        return Lapse.FORBIDDEN
    return None if free[tables.mentor_at[pin.mentor]] else Lapse.FULL


def _graph(tables: Tables, options: Options, pins: list[Pin]) -> Graph:
    """What is left to be decided when the pins hold."""
    given = tables.candidates
    used = np.bincount([tables.mentor_at[pin.mentor] for pin in pins], minlength=len(given.mentors))
    pinned = np.zeros(len(given.mentees), dtype=np.bool_)
    pinned[[tables.mentee_at[pin.mentee] for pin in pins]] = True
    bonus = np.array([options.bonus.get(one, 0) for one in given.mentees], dtype=np.int64)
    graph = Graph(
        rows=len(given.mentees),
        row=given.mentee,
        column=given.mentor,
        score=given.score,
        points=given.score + bonus[given.mentee],
        free=tables.free - used,
        held=tables.held + used,
        penalty=options.penalty,
    )
    return graph.only((given.score >= options.floor) & ~pinned[given.mentee] & tables.but(options.forbidden))


def _pairs(tables: Tables, graph: Graph, solution: Solution) -> list[Pair]:
    given = tables.candidates
    return [
        Pair(given.mentees[graph.row[at]], given.mentors[graph.column[at]], int(graph.score[at]))
        for at in solution.edge[solution.matched].tolist()
    ]


def _pinned(tables: Tables, pin: Pin) -> Pair:
    score = tables.score(pin.mentee, pin.mentor)
    return Pair(pin.mentee, pin.mentor, pin.score if score is None else score, pinned=True)


def _unpaired(
    tables: Tables, fitting: Graph, chains: list[list[int]], paired: set[str], floor: int
) -> list[Unpaired]:
    """Those who are not among `paired`; `fitting` has all edges above the floor."""
    given = tables.candidates
    starts = np.searchsorted(fitting.row, np.arange(fitting.rows + 1))
    return [
        _reason(tables, fitting, slice(starts[row], starts[row + 1]), row, chains[row], floor)
        for row, mentee in enumerate(given.mentees)
        if mentee not in paired
    ]


def _reason(tables: Tables, fitting: Graph, own: slice, row: int, chain: list[int], floor: int) -> Unpaired:
    given, scores = tables.candidates, tables.scores_of(row)
    best = int(scores.max()) if len(scores) else None
    mentors = fitting.column[own]
    closest = mentors[np.lexsort((mentors, -fitting.score[own]))][:NAMED]
    if best is None:
        why = Why.NO_MENTOR
    elif best < floor:
        why = Why.BELOW_FLOOR
    elif not len(mentors):
        why = Why.FORBIDDEN
    else:
        why = Why.TAKEN if tables.free[mentors].any() else Why.FULL
    return Unpaired(
        given.mentees[row],
        why,
        best,
        tuple(given.mentors[at] for at in closest),
        tuple(given.mentors[at] for at in chain[:NAMED]),
    )
