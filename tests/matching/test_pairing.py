"""The pairing against every possible one, on small inputs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching.candidates import Candidates, Options, Pin, Places
from models.matching.pairing import Lapse, Pairing, Why, cost_of, pair

Edges = dict[tuple[str, str], int]
Outcome = dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """A small programme: the scores of pairs, the places of mentors, and what an admin wishes."""

    mentees: tuple[str, ...]
    places: Mapping[str, int]
    held: Mapping[str, int]
    edges: Edges
    options: Options

    def solved(self, mentee_order: tuple[str, ...] = (), backwards: bool = False) -> Pairing:
        return pair(*self.arrays(mentee_order, backwards), self.options)

    def arrays(
        self, mentee_order: tuple[str, ...] = (), backwards: bool = False
    ) -> tuple[Candidates, Places]:
        mentees = mentee_order or self.mentees
        mentors = tuple(reversed(list(self.places))) if backwards else tuple(self.places)
        pairs = list(reversed(self.edges.items())) if backwards else list(self.edges.items())
        candidates = Candidates(
            mentees,
            mentors,
            np.array([mentees.index(one) for (one, _), _ in pairs], dtype=np.int64),
            np.array([mentors.index(one) for (_, one), _ in pairs], dtype=np.int64),
            np.array([score for _, score in pairs], dtype=np.int64),
        )
        places = Places(
            np.array([self.places[one] for one in mentors]), np.array([self.held[one] for one in mentors])
        )
        return candidates, places


MENTEES = ("a", "b", "c", "d")
MENTORS = ("v", "w", "x", "y")
scores = st.integers(0, 6).map(lambda tens: tens * 10) | st.integers(0, 100)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    mentees = MENTEES[: draw(st.integers(1, 4))]
    mentors = MENTORS[: draw(st.integers(1, 4))]
    every = list(itertools.product(mentees, mentors))
    pairs = draw(st.lists(st.sampled_from(every), unique=True))
    a_pair = st.sampled_from(every)
    return Case(
        mentees,
        {one: draw(st.integers(0, 3)) for one in mentors},
        {one: draw(st.integers(0, 2)) for one in mentors},
        {one: draw(scores) for one in pairs},
        Options(
            floor=draw(st.sampled_from([0, 0, 20, 50])),
            fair=draw(st.booleans()),
            penalty=draw(st.sampled_from([0, 2, 15])),
            pinned=tuple(Pin(*one, 7) for one in draw(st.lists(a_pair, max_size=2, unique=True))),
            forbidden=frozenset(draw(st.lists(a_pair, max_size=2))),
            bonus=draw(st.dictionaries(st.sampled_from(mentees), st.integers(0, 30))),
        ),
    )


@settings(deadline=None, max_examples=150)
@given(cases())
def test_no_possible_pairing_is_better(case: Case) -> None:
    found = case.solved()

    pins = {one.mentee: one.mentor for one in found.pairs if one.pinned}
    best = max(_worth(case, pins, outcome) for outcome in _possible(case, pins))
    chosen: Outcome = dict.fromkeys(case.mentees)
    chosen.update({one.mentee: one.mentor for one in found.pairs})
    assert chosen in list(_possible(case, pins))
    assert _worth(case, pins, chosen) == best
    assert {one.mentee for one in found.pairs} | {one.mentee for one in found.unpaired} == set(case.mentees)
    assert all(one.score == case.edges.get((one.mentee, one.mentor), 7) for one in found.pairs)


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(case: Case, random: object) -> None:
    order = list(case.mentees)
    random.shuffle(order)  # type: ignore[attr-defined]
    assert case.solved() == case.solved(tuple(order), backwards=True)


@settings(deadline=None)
@given(cases())
def test_pins_hold_unless_there_is_a_reason(case: Case) -> None:
    found = case.solved()

    held = {(one.mentee, one.mentor) for one in found.pairs if one.pinned}
    lapsed = {(one.pin.mentee, one.pin.mentor): one.why for one in found.lapsed}
    assert held | lapsed.keys() == {(one.mentee, one.mentor) for one in case.options.pinned}
    assert not held & lapsed.keys()
    for (mentee, mentor), why in lapsed.items():
        filled = Counter(one for _, one in held)[mentor] >= case.places[mentor]
        expected = {
            Lapse.FORBIDDEN: (mentee, mentor) in case.options.forbidden,
            Lapse.FULL: filled,
            Lapse.TWICE: mentee in {one for one, _ in held},
        }
        assert expected[why]


@settings(deadline=None, max_examples=150)
@given(cases())
def test_the_reason_of_everybody_without_a_mentor_is_true(case: Case) -> None:
    found = case.solved()
    taken = Counter(one.mentor for one in found.pairs)

    for one in found.unpaired:
        own = {mentor: score for (mentee, mentor), score in case.edges.items() if mentee == one.mentee}
        above = {mentor: score for mentor, score in own.items() if score >= case.options.floor}
        fitting = {m: s for m, s in above.items() if (one.mentee, m) not in case.options.forbidden}
        assert all(taken[mentor] >= case.places[mentor] for mentor in fitting)
        expected = (
            Why.NO_MENTOR
            if not own
            else Why.BELOW_FLOOR
            if not above
            else Why.FORBIDDEN
            if not fitting
            else Why.TAKEN
            if any(case.places[mentor] for mentor in fitting)
            else Why.FULL
        )
        assert one.why is expected
        assert one.best == (max(own.values()) if own else None)
        assert one.fits == tuple(sorted(fitting, key=lambda mentor: (-fitting[mentor], mentor)))[:3]


@settings(deadline=None, max_examples=150)
@given(cases())
def test_one_more_place_changes_what_it_is_said_to_change(case: Case) -> None:
    found = case.solved()

    for one in found.unpaired:
        helping = {
            mentor
            for mentor in case.places
            if one.mentee not in {left.mentee for left in _with_one_more(case, mentor).unpaired}
        }
        assert set(one.one_more) <= helping
        # Of a fair pairing, a place that lets the worst pair be worse is not looked for.
        if not case.options.fair and not found.lapsed:
            assert len(one.one_more) == min(3, len(helping))


def _with_one_more(case: Case, mentor: str) -> Pairing:
    held = {(one.mentee, one.mentor) for one in case.solved().pairs if one.pinned}
    pins = tuple(one for one in case.options.pinned if (one.mentee, one.mentor) in held)
    wider = {**case.places, mentor: case.places[mentor] + 1}
    return replace(case, places=wider, options=replace(case.options, pinned=pins)).solved()


@settings(deadline=None)
@given(cases(), st.sampled_from(MENTEES), st.sampled_from(MENTORS))
def test_what_a_pin_costs_is_the_difference_for_the_others(case: Case, mentee: str, mentor: str) -> None:
    pin = Pin(mentee, mentor)
    others = tuple(one for one in case.options.pinned if one.mentee != mentee)
    without, with_it = (
        replace(case, options=replace(case.options, pinned=pins)).solved()
        for pins in (others, (*others, pin))
    )

    cost = cost_of(pin, *case.arrays(), replace(case.options, pinned=others))

    before, after = (
        {one.mentee: one for one in found.pairs if one.mentee != mentee} for found in (without, with_it)
    )
    assert cost.fewer == len(before) - len(after) == len(cost.without) - len(cost.instead)
    assert cost.points == sum(p.score for p in before.values()) - sum(p.score for p in after.values())
    assert set(cost.without) == before.keys() - after.keys()


def _possible(case: Case, pins: Mapping[str, str]) -> Iterator[Outcome]:
    """Every pairing within places, floor and forbidden pairs in which the pins hold."""
    choices = [
        [pins[mentee]]
        if mentee in pins
        else [None, *(mentor for mentor in case.places if _may(case, mentee, mentor))]
        for mentee in case.mentees
    ]
    for chosen in itertools.product(*choices):
        if all(chosen.count(mentor) <= places for mentor, places in case.places.items()):
            yield dict(zip(case.mentees, chosen, strict=True))


def _may(case: Case, mentee: str, mentor: str) -> bool:
    score = case.edges.get((mentee, mentor), -1)
    return score >= case.options.floor and (mentee, mentor) not in case.options.forbidden


def _worth(case: Case, pins: Mapping[str, str], outcome: Outcome) -> tuple[int, int, int]:
    """How many pairs, the worst of those that are not pinned (if it counts), and the total."""
    pairs = {mentee: mentor for mentee, mentor in outcome.items() if mentor}
    free = [case.edges[pair] for pair in pairs.items() if pair[0] not in pins]
    total = sum(free) + sum(case.options.bonus.get(one, 0) for one in pairs if one not in pins)
    for mentor, count in Counter(pairs.values()).items():
        total -= case.options.penalty * sum(case.held[mentor] + place for place in range(count))
    return len(pairs), min(free, default=0) if case.options.fair else 0, total


def test_a_pair_or_a_person_twice_is_an_error() -> None:
    one = np.zeros(2, dtype=np.int64)
    places = Places(np.ones(1, dtype=np.int64))
    with pytest.raises(ValueError, match="pair can stand only once"):
        pair(Candidates(("a",), ("v",), one, one, one), places)
    with pytest.raises(ValueError, match="person can stand only once"):
        pair(Candidates(("a", "a"), ("v",), one[:0], one[:0], one[:0]), places)


def test_programmes_without_people_have_an_empty_pairing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert pair(Candidates((), (), none, none, none), Places(none)) == Pairing((), ())
