"""A directory that followed its changes is the one that would be built anew."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from models.matching.directory import Directory, Listing
from models.matching.pool import Columns

THEN = datetime(2027, 1, 1, tzinfo=UTC)
SKILLS = ("go", "python", "rust", "sql")


def test_any_changes_lead_to_what_would_be_built_anew() -> None:
    draw = random.Random(7)
    now: dict[str, Listing] = {}
    directory = Directory.of([])
    for _ in range(200):
        some = {f"m{draw.randrange(30):02}" for _ in range(draw.randrange(6))}
        stay = {one for one in some if draw.random() < 0.7}
        changed = [_listing(draw, one) for one in stay]
        now = {one: listing for one, listing in now.items() if one not in some}
        now |= {listing.id: listing for listing in changed}
        directory = directory.renewed(changed, some)
        assert _told(directory) == _told(Directory.of(now.values()))


def test_the_one_before_stays_as_it_was() -> None:
    ada = Listing("ada", levels={"go": 3}, facets=[("country", "DE")], texts=["Ada"])
    before = Directory.of([ada])
    after = before.renewed([Listing("ben", levels={"go": 5}, texts=["Ben"])], ["ada"])
    assert (before.pool.ids, before.containing("ada").tolist()) == (("ada",), [True])
    assert (after.pool.ids, after.choices()) == (("ben",), {})


def test_choices_are_spelt_as_somebody_spells_them() -> None:
    people = [
        Listing("a", facets=[("unit", "North"), ("language", "de"), ("language", "en")]),
        Listing("b", facets=[("unit", "North"), ("cohort", "2027"), ("location", "")]),
    ]
    expected = {"unit": {"North"}, "language": {"de", "en"}, "cohort": {"2027"}}
    assert Directory.of(people).choices() == expected


def _listing(draw: random.Random, one: str) -> Listing:
    return Listing(
        one,
        levels={skill: draw.randint(1, 5) for skill in SKILLS if draw.random() < 0.4},
        preferences=[option for option in ("x", "y") if draw.random() < 0.5],
        facets=[("unit", draw.choice(("North", "south", ""))), ("cohort", str(draw.randrange(9)))],
        texts=[one, draw.choice(SKILLS)],
        back_at=draw.choice((None, THEN)),
        capacity=draw.choice((None, 1, 2)),
        time_zone=draw.choice(("UTC", "Asia/Tokyo", "Europe/Berlin")),
    )


def _told(directory: Directory) -> tuple[object, ...]:
    return (
        directory.pool.ids,
        directory.pool.positions,
        _entries(directory.pool.levels),
        _entries(directory.pool.preferences),
        _entries(directory.facets),
        directory.words,
        directory.back_at.tolist(),
        directory.capacity.tolist(),
        [directory.zones[place] for place in directory.zone],
        directory.choices(),
    )


def _entries(columns: Columns) -> dict[str, list[tuple[int, int]]]:
    return {
        key: list(zip(*(part.tolist() for part in columns.column(key)), strict=True))
        for key in columns.places
    }
