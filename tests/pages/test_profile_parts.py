"""The profile in sections: each says how it stands, and another row for a skill loses nothing."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from tests.api.conftest import SQLITE
from tests.api.world import BASE as HOME
from tests.api.world import SLUG
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, send

PATH = f"/p/{SLUG}/profile"
pytestmark = SQLITE


def _sections(html: str) -> dict[str, tuple[bool, str]]:
    """Whether each is open, and its mark, by title."""
    head = r'<details class="row part"( open)?>.*?<h2 class="name">(.*?)</h2>'
    found = re.findall(
        head + r'.*?<span class="mark.*?">(.*?)</span>',
        html,
        re.DOTALL,
    )
    return {title: (bool(is_open), mark) for is_open, title, mark in found}


async def test_a_section_says_whether_it_is_complete(village: Village) -> None:
    mentor = await village.person(
        "Ben", "mentor", skills={"python": 5}, headline="Helps", location="Kano", country="NG", contact=""
    )
    page = await mentor.get(PATH)
    assert broken_rules(page) == []
    assert _sections(page.text) == {
        "You": (False, "Complete"),
        "Where you are": (False, "Complete"),
        "Your part in the programme": (False, "Complete"),
        "Skills": (False, "Complete"),
        "Preferences": (False, "Complete"),
        "As a mentor": (False, "Complete"),
        "How to reach you": (False, "If you like"),
    }
    words = words_of(page)
    for said in ("Kano, Nigeria · English, German", "1 skill, none to learn", "Video calls"):
        assert said in words
    assert "Up to 3 mentees at once; takes new requests" in words


async def test_what_is_missing_or_wrong_stands_open(village: Village) -> None:
    fresh = await village.person(
        "Tom", "mentee", "mentor", skills={}, targets={}, preferences=frozenset(), headline="", capacity=1
    )
    page, html = await fresh.open(PATH), (await fresh.get(PATH)).text
    open_now = {title: mark for title, (is_open, mark) in _sections(html).items() if is_open}
    assert open_now == {"You": "1 to add", "Skills": "1 to add", "Preferences": "1 to add"}
    assert "Up to 1 mentee at once" in html
    form = page.form_with("headline")
    refused = await send(fresh.browser, form, headline="Here", time_zone="Mars/Olympus", capacity="99")
    assert refused.status_code == 422
    sections = _sections(refused.text)
    assert sections["Where you are"] == (True, "Please correct")
    refused = await send(fresh.browser, form, headline="Here", skill_0="astrology", level_0="1")
    assert _sections(refused.text)["Skills"] == (True, "Please correct")


async def test_a_row_for_another_skill_saves_nothing_and_loses_nothing(village: Village) -> None:
    mentor = await village.person("Ben", "mentor", skills={"python": 5, "sales": 2})
    form = (await mentor.open(PATH)).form_with("headline")
    typed = {"headline": "Typed", "skill_2": "negotiation", "level_2": "3", "capacity": "99"}
    more = await send(mentor.browser, form, step="add", **typed)
    assert (more.status_code, broken_rules(more)) == (200, [])
    shown = Page.of(more, mentor.browser).form_with("headline").fields
    assert {name: shown[name] for name in typed} == typed
    assert "skill_3" in shown
    assert _sections(more.text)["Skills"][0]
    again = await send(mentor.browser, Page.of(more, mentor.browser).form_with("headline"), step="add")
    assert "skill_4" in Page.of(again, mentor.browser).form_with("headline").fields
    assert (await mentor.open(PATH)).form_with("headline").fields["headline"] == "Builds ships"


async def test_a_form_without_a_mentors_fields_leaves_them_as_they_are(village: Village) -> None:
    """It was opened before its sender became a mentor, and is sent once more."""
    person = await village.person("Ben", "mentee")
    form = (await person.open(PATH)).form_with("headline")
    for _ in range(2):
        both = {**form.fields, "roles": ["mentee", "mentor"]}
        done = await person.browser.post(PATH, data=both)
        assert done.status_code == 303
    profile = (await person.browser.get(f"/api/v1/programmes/{SLUG}/profile")).json()
    assert profile["roles"] == ["mentee", "mentor"]
    assert profile["available"] is True


async def test_enter_saves_and_adds_no_row(village: Village) -> None:
    """Browsers press the first button of a form then; fields in closed sections must not hold that up."""
    mentor = await village.person("Ben", "mentor", skills={"python": 5})
    page = await mentor.get(PATH)
    (form,) = [one for one in seen(page).all("form") if one.get("action") == PATH]
    assert "novalidate" in form
    (add,) = [one for one in seen(page).all("button") if one.get("name") == "step"]
    assert add["formaction"] == f"{PATH}#f-skill_2"
    first = next(one for one in seen(page).all("button") if one.get("class") != "link")
    assert (first["class"], "name" in first) == ("hidden", False)


async def test_after_signing_in_again_the_form_is_there(village: Village) -> None:
    """A form that was sent too late leads back to the page it stands on, with the search in its address."""
    mentor = await village.person("Ben", "mentor", skills={"python": 5})
    stranger = village.browser()
    ask = f"/p/{SLUG}/mentors/{mentor.id}/ask"
    for referer, way_back in (
        (f"{HOME}{ask}?back=%2Fp%2F{SLUG}%2Fmentors%3Fq%3Dben", f"{ask}?back"),
        (f"{HOME}{PATH}", PATH),
        (f"{HOME}/requests/x/withdraw", "/"),
        ("http://evil.example/", "/"),
        ("", "/"),
    ):
        answer = await stranger.post(ask, data={"message": "Hello"}, headers={"referer": referer})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
        assert _next(answer.headers["location"]).startswith(way_back)
        assert way_back != "/" or _next(answer.headers["location"]) == "/"


def _next(location: str) -> str:
    return parse_qs(urlsplit(location).query).get("next", ["/"])[0]
