"""The list of mentors on its page: rows, filters that can be taken away, what to change when it is empty."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager

BASE = f"/p/{SLUG}/mentors"
MOST_BYTES = 60_000
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    skills = {"python": 2, "sales": 1}
    return await village.person(
        "Ada Asker", "mentee", skills=skills, targets={"python": 4, "sales": 3}, location="Lagos"
    )


async def _mentor(village: Village, name: str, **profile: Any) -> Villager:
    return await village.person(name, "mentor", **({"skills": {"python": 5}} | profile))


async def _chips(mentee: Villager, query: str, kind: str = "chip on") -> dict[str, dict[str, list[str]]]:
    """Where the chips of a search lead to, by their text."""
    page = await mentee.get(f"{BASE}?{query}")
    assert (page.status_code, broken_rules(page)) == (200, [])
    found: dict[str, dict[str, list[str]]] = {}
    for part in page.text.split(f'<a class="{kind}" href="')[1:]:
        href, text = part.split('">', 1)
        words = text.partition("</bdi>")[0].removeprefix("<bdi>")
        found[words] = parse_qs(urlsplit(href.replace("&amp;", "&")).query)
    return found


async def test_each_filter_is_a_chip_that_takes_it_away(village: Village, mentee: Villager) -> None:
    await _mentor(village, "Ben", country="DE", languages=["de"])
    await _mentor(village, "Cleo", country="NG", languages=["en"])
    query = "q=Ben&basis=preferences&exact=yes&skill=python,+sales&country=DE&cursor=90.0.x&language="
    kept = {
        "q": ["Ben"],
        "basis": ["preferences"],
        "exact": ["yes"],
        "skill": ["python, sales"],
        "country": ["DE"],
    }
    assert await _chips(mentee, query) == {
        "“Ben”": {name: one for name, one in kept.items() if name != "q"},
        "By preferences only": {name: one for name, one in kept.items() if name != "basis"},
        "Covers all my skills": {name: one for name, one in kept.items() if name != "exact"},
        "python": kept | {"skill": ["sales"]},
        "sales": kept | {"skill": ["python"]},
        "Country: Germany": {name: one for name, one in kept.items() if name != "country"},
    }
    assert await _chips(mentee, "") == {}


async def test_what_is_shared_with_mentors_is_offered(village: Village, mentee: Villager) -> None:
    await _mentor(village, "Ben", country="DE", languages=["de", "en"], location="Lagos")
    await _mentor(village, "Cleo", country="NG", languages=["en"], location="Kano")
    offered = {
        "Covers all my skills": {"exact": ["yes"]},
        "Speaks English": {"language": ["en"]},
        "Speaks German": {"language": ["de"]},
        "In Germany": {"country": ["DE"]},
    }
    assert await _chips(mentee, "", "chip") == offered
    narrowed = await _chips(mentee, "language=de&q=b", "chip")
    assert narrowed["In Lagos"] == {"language": ["de"], "q": ["b"], "location": ["Lagos"]}
    assert not any(name.startswith("Speaks") for name in narrowed)
    assert await _chips(mentee, "q=nobody", "chip") == {}, "an empty list is not narrowed further"


async def test_an_empty_list_says_what_each_filter_costs(village: Village, mentee: Villager) -> None:
    for name in ("Ben", "Cleo"):
        await _mentor(village, name, country="DE")
    await _mentor(village, "Dan", country="NG", skills={"sales": 1})
    page = await mentee.get(f"{BASE}?exact=yes&country=NG")
    words = words_of(page)
    assert "No mentor for this search" in words
    assert (
        "Take away what matters least: Covers all my skills ×, remove1 without itCountry: Nigeria ×, remove"
        in words
    )
    page = await mentee.get(f"{BASE}?q=nobody")
    assert "without the words searched for there are 3" in words_of(page)


async def test_one_row_is_open_at_a_time_and_holds_the_button(village: Village, mentee: Villager) -> None:
    best = await _mentor(village, "Ben", about="I draw. " * 400, location="Kano", country="NG")
    other = await _mentor(village, "Cleo", skills={"sales": 1}, capacity=1)
    page = await mentee.get(BASE)
    rows = [one for one in seen(page).all("details") if one.get("class") == "row find"]
    assert [(row["name"], "open" in row) for row in rows] == [("mentor", True), ("mentor", False)]
    for mentor in (best, other):
        assert f'id="ask-{mentor.id}" href="{BASE}/{mentor.id}/ask"' in page.text
    words = words_of(page)
    assert "Not covered: sales" in words
    assert "You want to get from level 2 to 4, and they are at 5." in words
    assert "Kano, Nigeria" in words
    assert "1 place free" in words
    assert "I draw. I draw." in words
    assert words.count("I draw.") < 30, "the rest stands where they are asked"


async def test_the_way_back_leads_to_the_row(village: Village, mentee: Villager) -> None:
    mentor = await _mentor(village, "Ben")
    listed = await mentee.get(f"{BASE}?q=ben")
    (ask,) = (one["href"] for one in seen(listed).all("a") if "/ask" in (one.get("href") or ""))
    page = await mentee.get(ask or "")
    assert f"{BASE}?q=ben#ask-{mentor.id}" in [one.get("href") for one in seen(page).all("a")]


async def test_a_full_page_is_light(village: Village, mentee: Villager) -> None:
    """What each row repeats is drawn once: 20 mentors who all wrote a page of text stay under 60 kB."""
    for n in range(26):
        levels = {"python": 1 + n % 5, "sales": n % 4}
        await _mentor(
            village,
            f"Mentor Number {n}-Hyphenated",
            skills={name: level for name, level in levels.items() if level},
            headline="Systems architect, happiest at a whiteboard",
            about="I have drawn systems for nineteen years. " * 90,
            unit="Digital Services",
            location="Leipzig",
        )
    page = await mentee.get(f"{BASE}?q=systems&language=en&country=DE")
    assert page.text.count('class="row find"') == 20
    assert len(page.content) < MOST_BYTES
    assert page.text.count('id="d2-4-5"') == 1
