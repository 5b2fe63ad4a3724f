"""The hard rules: each alone, and for all mentors at once as for each pair."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.matching.directory import Directory, Listing
from models.matching.rules import Rule, Rules, Traits
from models.process.programme import ProgrammeSettings

WINTER, SUMMER = datetime(2027, 1, 15, tzinfo=UTC), datetime(2027, 7, 15, tzinfo=UTC)
ALL = Rules(exclude_manager=True, units_must_differ=True, hours_apart=3, common_language=True)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Honolulu")

people = st.builds(
    Traits,
    id=st.sampled_from("abcdef"),
    unit=st.sampled_from(("", " ", "North", "NORTH ", "Süd", "Sud")),
    time_zone=st.sampled_from(ZONES),
    languages=st.lists(st.sampled_from(("de", "en", "fr")), unique=True).map(tuple),
    manager_id=st.sampled_from((None, "a", "b")),
)
programmes = st.builds(
    Rules,
    exclude_manager=st.booleans(),
    units_must_differ=st.booleans(),
    hours_apart=st.sampled_from((None, 0, 1, 6, 12)),
    common_language=st.booleans(),
)


def listed(mentor: Traits) -> Listing:
    facets = [("unit", mentor.unit), *(("language", one) for one in mentor.languages), ("country", "DE")]
    return Listing(mentor.id, facets=facets, time_zone=mentor.time_zone)


@given(programmes, people, st.lists(people, unique_by=lambda one: one.id), st.sets(st.sampled_from("cdxyz")))
def test_for_all_at_once_as_for_each_pair(
    rules: Rules, mentee: Traits, mentors: list[Traits], apart: set[str]
) -> None:
    for now in (WINTER, SUMMER):
        directory = Directory.of(map(listed, mentors))
        masks = rules.over(directory, now)
        allowed = masks.allowed(mentee, apart)
        found = {one for one, is_allowed in zip(directory.pool.ids, allowed, strict=True) if is_allowed}
        singly = {
            one.id for one in mentors if not rules.against(mentee, one, do_not_pair=one.id in apart, now=now)
        }
        assert found == singly
        assert masks.counts(mentee, apart) == Counter(
            rule
            for one in mentors
            for rule in rules.against(mentee, one, do_not_pair=one.id in apart, now=now)
        )
        assert not masks.counts(mentee, apart, among=allowed)


@pytest.mark.parametrize(
    ("mentee", "mentor", "expected"),
    [
        (Traits("a"), Traits("a"), Rule.ONESELF),
        (Traits("a", manager_id="b"), Traits("b"), Rule.MANAGER),
        (Traits("a", unit="North"), Traits("b", unit="north "), Rule.UNIT),
        (Traits("a", time_zone="America/New_York"), Traits("b", time_zone="Europe/Berlin"), Rule.CLOCKS),
        (Traits("a", languages=("de",)), Traits("b", languages=("en", "fr")), Rule.LANGUAGE),
    ],
)
def test_each_rule_alone(mentee: Traits, mentor: Traits, expected: Rule) -> None:
    assert ALL.against(mentee, mentor, do_not_pair=False, now=WINTER) == (expected,)
    none = Rules(exclude_manager=False)
    left = () if expected is not Rule.ONESELF else (Rule.ONESELF,)
    assert none.against(mentee, mentor, do_not_pair=False, now=WINTER) == left


def test_nobody_is_kept_apart_by_what_they_do_not_state() -> None:
    silent, other = Traits("a"), Traits("b", unit="North", languages=("de",), manager_id="c")
    assert ALL.against(silent, other, do_not_pair=False, now=WINTER) == ()
    assert ALL.against(other, silent, do_not_pair=False, now=WINTER) == ()


def test_a_manager_may_learn_from_their_own_people() -> None:
    """Only one's own manager is not listed, as the setting says."""
    assert ALL.against(Traits("b"), Traits("a", manager_id="b"), do_not_pair=False, now=WINTER) == ()


def test_clocks_are_compared_around_the_date_line_and_by_the_day() -> None:
    one = Rules(hours_apart=1)
    auckland, honolulu = (Traits(zone, time_zone=zone) for zone in ("Pacific/Auckland", "Pacific/Honolulu"))
    # 23 hours apart: their clocks differ by one.
    assert one.against(auckland, honolulu, do_not_pair=False, now=WINTER) == ()
    assert one.against(auckland, honolulu, do_not_pair=False, now=SUMMER) == (Rule.CLOCKS,)


@given(people, people)
def test_a_pair_that_is_not_to_be_is_forbidden_whatever_the_settings(mentee: Traits, mentor: Traits) -> None:
    rules = Rules.of(ProgrammeSettings())
    assert Rule.DO_NOT_PAIR in rules.against(mentee, mentor, do_not_pair=True, now=WINTER)


def test_each_rule_has_a_sentence() -> None:
    assert len({rule.sentence for rule in Rule}) == len(Rule)
    assert all(rule.sentence.endswith(".") for rule in Rule)
