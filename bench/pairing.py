"""How long a pairing takes, beside other solvers on the same input: `python -m bench.pairing [--peers]`.

The peers are munkres (Hungarian method), matching (stable hospital-resident games) and OR-tools CP-SAT: `pip
install -e '.[bench]'`, in an environment of its own. Each gets a minute of its own process, and one that is
missing or fails is named with the error. Scores are whole numbers from 1 to 100 that a seed makes up. Times
are of the processor, which on an idle machine is the waiting time (CP-SAT uses two processors).
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from bench.ranking import listing, seeker
from models.matching.bulk import Sought, Wanted, best_for_all
from models.matching.candidates import Candidates, Options, Places
from models.matching.directory import Directory
from models.matching.pairing import pair

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """Mentees, mentors, candidates of each mentee, places of each mentor."""

    mentees: int
    mentors: int
    each: int
    places: int
    peers: tuple[str, ...] = ()

    def __str__(self) -> str:
        each = "all" if self.each == self.mentors else str(self.each)
        return f"{self.mentees:,} x {self.mentors:,}, {each} of each, {self.places} places"


PEERS = ("munkres", "matching", "cp-sat")
CASES = (
    Case(50, 50, 50, 1, PEERS),
    Case(100, 100, 100, 1, PEERS),
    Case(200, 200, 200, 1, PEERS),
    Case(500, 500, 500, 1, PEERS),
    Case(2_000, 900, 45, 3, ("cp-sat",)),
    Case(2_000, 2_000, 2_000, 1),
    Case(10_000, 10_000, 30, 1),
    Case(10_000, 4_000, 30, 3),
    Case(10_000, 900, 30, 3),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    paired: int
    total: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="the other solvers too")
    chosen = parser.parse_args()
    for case in CASES:
        print(case)
        _run("Steadfast", _ours, case)
        _run("Steadfast, fair", _fair, case)
        for name in case.peers if chosen.peers else ():
            _run(name, SOLVERS[name], case)
    _bulk()


def _run(name: str, solver: Callable[[Case], tuple[float, Outcome]], case: Case) -> None:
    """In a process of its own, so that memory is its own and one that takes too long can be ended."""
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(its, solver, case))
    process.start()
    says = mine.recv() if mine.poll(PATIENCE + 30) else f"ended after {PATIENCE:.0f} s"
    process.kill()
    process.join()
    print(f"  {name:16} {says}", flush=True)


def _measure(line: Connection, solver: Callable[[Case], tuple[float, Outcome]], case: Case) -> None:
    try:
        taken, found = solver(case)
    except Exception as error:  # noqa: BLE001 - whatever a peer fails with is its result
        line.send(f"failed: {type(error).__name__}: {str(error)[:80]}")
        return
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line.send(f"{taken:8.3f} s, {found.paired:,} paired, total {found.total:,}, {memory:.0f} MB")


def candidates(case: Case) -> Candidates:
    """The same for every solver."""
    random = np.random.default_rng(20_270_101)
    drawn = (random.permutation(case.mentors)[: case.each] for _ in range(case.mentees))
    columns = np.concatenate([np.sort(one) for one in drawn])
    rows = np.repeat(np.arange(case.mentees), case.each)
    return Candidates(
        tuple(f"s{at:05}" for at in range(case.mentees)),
        tuple(f"m{at:05}" for at in range(case.mentors)),
        rows,
        columns,
        random.integers(1, 101, len(rows)),
    )


def _ours(case: Case, fair: bool = False) -> tuple[float, Outcome]:
    given, places = candidates(case), Places(np.full(case.mentors, case.places))
    began = time.process_time()
    found = pair(given, places, Options(fair=fair, penalty=0))
    return time.process_time() - began, Outcome(len(found.pairs), found.total_score)


def _fair(case: Case) -> tuple[float, Outcome]:
    return _ours(case, fair=True)


def _munkres(case: Case) -> tuple[float, Outcome]:
    munkres: Any = importlib.import_module("munkres")
    score = _dense(case)
    began = time.process_time()
    found = munkres.Munkres().compute((100 - score).tolist())
    taken = time.process_time() - began
    return taken, Outcome(len(found), sum(int(score[row, column]) for row, column in found))


def _matching(case: Case) -> tuple[float, Outcome]:
    """A stable pairing: no two would rather have each other. The total is no aim of it."""
    games: Any = importlib.import_module("matching.games")
    score = _dense(case)
    mentees = {f"s{row}": [f"m{at}" for at in np.argsort(-score[row])] for row in range(case.mentees)}
    mentors = {f"m{at}": [f"s{row}" for row in np.argsort(-score[:, at])] for at in range(case.mentors)}
    began = time.process_time()
    game = games.HospitalResident.create_from_dictionaries(
        mentees, mentors, dict.fromkeys(mentors, case.places)
    )
    found = game.solve()
    taken = time.process_time() - began
    pairs = [
        (int(str(one)[1:]), int(str(mentor)[1:])) for mentor, several in found.items() for one in several
    ]
    return taken, Outcome(len(pairs), sum(int(score[row, column]) for row, column in pairs))


def _cp_sat(case: Case) -> tuple[float, Outcome]:
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")
    given = candidates(case)
    began = time.process_time()
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in given.score]
    for ends, most in ((given.mentee, 1), (given.mentor, case.places)):
        order = np.argsort(ends, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(ends[order])) + 1):
            model.add(sum(chosen[at] for at in part.tolist()) <= most)
    model.maximize(sum((10_000 + int(one)) * var for one, var in zip(given.score, chosen, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = PATIENCE
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        raise TimeoutError(solver.status_name(status))
    picked = [int(one) for one, var in zip(given.score, chosen, strict=True) if solver.boolean_value(var)]
    return time.process_time() - began, Outcome(len(picked), sum(picked))


def _dense(case: Case) -> np.ndarray[Any, np.dtype[np.int64]]:
    return candidates(case).score.reshape(case.mentees, case.mentors)


SOLVERS: dict[str, Callable[[Case], tuple[float, Outcome]]] = {
    "munkres": _munkres,
    "matching": _matching,
    "cp-sat": _cp_sat,
}


def _bulk(size: int = 10_000) -> None:
    """The best three of as many mentors for so many mentees."""
    directory = Directory.of(listing(at) for at in range(size))
    everybody = np.ones(size, dtype=np.bool_)
    began = time.process_time()
    best_for_all(directory.pool, (Sought(f"s{at}", seeker(at), everybody) for at in range(size)), Wanted(3))
    taken = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"the best 3 of {size:,} mentors for {size:,} mentees: {taken:.1f} s, {memory:.0f} MB")


if __name__ == "__main__":
    main()
