"""A mentor's own page, marking, and the comparison of up to three."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from models.store.drafts import DraftRow, RecommendationRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager

BASE, MARKS = f"/p/{SLUG}/mentors", f"/p/{SLUG}/bookmarks"
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee", skills={"python": 2}, targets={"python": 4})


async def mentor(village: Village, name: str, **profile: Any) -> Villager:
    return await village.person(name, "mentor", **({"skills": {"python": 5}} | profile))


async def shown(who: Villager, path: str) -> str:
    page = await who.get(path)
    assert (page.status_code, broken_rules(page)) == (200, [])
    return words_of(page)


async def pressed(who: Villager, path: str, **fields: str) -> Response:
    form = (await who.open("/")).form_with("csrf")
    return await who.browser.post(path, data={"csrf": form.fields["csrf"], **fields})


async def test_a_mentor_has_a_page_with_all_that_they_name(village: Village, mentee: Villager) -> None:
    ben = await mentor(
        village, "Ben", skills={"python": 5, "sales": 2}, about="I build.", languages=["de"], headline="Dev"
    )
    page = await shown(mentee, f"{BASE}/{ben.id}")
    for words in ("I build.", "Dev", "German", "Level 5", "Level 2", "You can ask now", "100%"):
        assert words in page, words
    assert f'href="{BASE}/{ben.id}/ask"' in (await mentee.get(f"{BASE}/{ben.id}")).text
    assert f'href="{BASE}/{ben.id}"' in (await mentee.get(BASE)).text
    for stranger in (mentee.id, "11111111-1111-4111-8111-111111111111", "nobody"):
        assert (await mentee.get(f"{BASE}/{stranger}")).status_code == 404


async def test_marks_are_set_and_taken_away_where_they_are_pressed(
    village: Village, mentee: Villager
) -> None:
    ben, cleo = await mentor(village, "Ben"), await mentor(village, "Cleo")
    for one, back in ((ben, ""), (cleo, f"{BASE}?q=Cleo")):
        done = await pressed(mentee, MARKS, on=one.id, back=back)
        assert (done.status_code, done.headers["location"]) == (303, back or f"{BASE}/{one.id}")
    assert "Marked by me" in await shown(mentee, BASE)
    assert "2 marked by you" in await shown(mentee, "/")
    page = await shown(mentee, f"{BASE}?marked=yes&q=Cleo")
    assert "Cleo" in page
    assert "Ben" not in page
    # Away, she is still among the marked ones, and cannot be asked.
    api = f"/api/v1/programmes/{SLUG}/profile"
    assert (await cleo.browser.put(api, json={"available": False})).status_code == 200
    assert "Cannot be asked at the moment" in await shown(mentee, f"{BASE}?marked=yes")
    assert "Not at the moment" in await shown(mentee, f"{BASE}/{cleo.id}")
    assert "No mentor for this search" in await shown(mentee, f"{BASE}?q=Cleo")
    done = await pressed(mentee, MARKS, off=ben.id, back="https://evil.example.org")
    assert done.headers["location"] == f"{BASE}/{ben.id}"
    assert "Ben" not in await shown(mentee, f"{BASE}?marked=yes")


async def test_up_to_three_are_compared(village: Village, mentee: Villager) -> None:
    people = [
        await mentor(village, name, skills={"python": n})
        for n, name in enumerate(("Ben", "Cleo", "Dan", "Eve"), 2)
    ]
    ticked = "&".join(f"c={one.id}" for one in people)
    page = await shown(mentee, f"{BASE}/compare?{ticked}")
    assert [name in page for name in ("Ben", "Cleo", "Dan", "Eve")] == [True, True, True, False]
    assert "Up to three can be compared" in page
    assert "python: level 3" in page
    page = await shown(mentee, f"{BASE}/compare?c={people[0].id}&c={people[0].id}&c=nobody&c={mentee.id}")
    assert "Ben" in page
    assert "Up to three can be compared" not in page
    assert "Nobody to compare" in await shown(mentee, f"{BASE}/compare")


async def test_recommended_mentors_come_first_on_the_home(village: Village, mentee: Villager) -> None:
    best, pushed = await mentor(village, "Ben"), await mentor(village, "Cleo", skills={"python": 3})
    programme, now = village.world.programmes[SLUG], village.world.clock()
    with village.world.database.writing() as session:
        draft = {"programme_id": programme, "kind": "recommendations", "state": "published", "version": 1}
        session.add(DraftRow(id="d", options={}, created_by=mentee.id, created_at=now, **draft))
        session.flush()
        row = {"programme_id": programme, "mentee_id": mentee.id, "draft_id": "d", "pushed_at": now}
        session.add(RecommendationRow(mentor_id=pushed.id, place=0, **row))
    page = await shown(mentee, "/")
    assert page.index("Cleo") < page.index("Recommended") < page.index("Ben")
    home = (await mentee.browser.get(f"/api/v1/programmes/{SLUG}/home")).json()
    names = [(one["mentor"]["id"], one["pushed"]) for one in home["recommended"]]
    assert names == [(pushed.id, True), (best.id, False)]
