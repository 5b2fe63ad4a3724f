"""Mentees and mentors as hypothesis makes them up: few skills and options, so that they often meet."""

from __future__ import annotations

from hypothesis import strategies as st

from models.matching.criteria import Gap, Seeker
from models.matching.pool import MentorPool
from models.process.match import Basis

SKILLS = [f"skill {letter}" for letter in "abcdefgh"]
OPTIONS = ["one", "two", "three", "four"]
TOP = 5

Mentor = tuple[dict[str, int], frozenset[str]]

gaps = st.builds(
    lambda skill, current, size, weight: Gap(skill, current, min(TOP, current + size), weight),
    st.sampled_from(SKILLS),
    st.integers(0, TOP - 1),
    st.integers(1, TOP),
    st.sampled_from((100, 100, 0, 25, 250)),
)
seekers = st.builds(
    Seeker,
    basis=st.sampled_from(Basis),
    gaps=st.lists(gaps, max_size=6, unique_by=lambda gap: gap.skill).map(tuple),
    preferences=st.frozensets(st.sampled_from(OPTIONS)),
    skill_weight=st.integers(0, 100),
)
mentors = st.tuples(
    st.dictionaries(st.sampled_from(SKILLS), st.integers(1, TOP)), st.frozensets(st.sampled_from(OPTIONS))
)


def pool_of(people: list[Mentor]) -> MentorPool:
    """Mentors `m00`, `m01` ... in the order of the list."""
    return MentorPool.of(
        [name_of(place) for place in range(len(people))],
        [
            (name_of(place), skill, level)
            for place, one in enumerate(people)
            for skill, level in one[0].items()
        ],
        [(name_of(place), option) for place, one in enumerate(people) for option in one[1]],
    )


def name_of(place: int) -> str:
    return f"m{place:02}"
