"""Asking on pages: promised dates hold, and every way back leads to the list with its search."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from httpx import Response

from models.process.programme import ProgrammeSettings
from models.store.tables import ProgrammeRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Form, Page
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager, send

BASE = f"/p/{SLUG}/mentors"
AGAIN = "Please look at the dates again"
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee", skills={"python": 2}, targets={"python": 4})


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor", skills={"python": 5})


async def checked(mentee: Villager, mentor: Villager) -> Form:
    """The form of the page that promises the dates."""
    form = (await mentee.open(f"{BASE}/{mentor.id}/ask")).form_with("message")
    return confirm(await send(mentee.browser, form, step="check", message="May I?"), mentee)


def confirm(response: Response, mentee: Villager) -> Form:
    return Page.of(response, mentee.browser).form_with("step", "send")


async def set_rules(village: Village, **settings: Any) -> None:
    with village.world.database.writing() as session:
        row = session.get_one(ProgrammeRow, village.programme_id)
        row.settings = ProgrammeSettings(**settings).stored()


@pytest.mark.parametrize(
    ("settings", "days", "shown"),
    [
        ({}, 1, "Tuesday 17 March at"),
        ({"close_after": "P10D"}, 0, "Thursday 12 March at"),
        ({"remind_after": ["P3D"]}, 0, "Thursday 5 March at"),
        ({"remind_after": []}, 0, "Monday 16 March at"),
        ({"close_after": None}, 0, "There is no closing date"),
        ({"day_ends": "18:00"}, 0, "Monday 16 March at 17:"),
    ],
)
async def test_dates_that_moved_since_the_check_are_shown_before_it_goes(
    village: Village, mentee: Villager, mentor: Villager, settings: dict[str, Any], days: int, shown: str
) -> None:
    gateway = village.world.gateway
    first = await checked(mentee, mentor)
    village.world.clock.forward(days=days)
    await set_rules(village, **settings)
    again = await send(mentee.browser, first, step="send")
    assert (again.status_code, broken_rules(again)) == (409, [])
    assert AGAIN in words_of(again)
    assert shown in words_of(again)
    assert not gateway.requests
    sent = await send(mentee.browser, confirm(again, mentee), step="send")
    assert sent.status_code == 303
    (request,) = gateway.requests.values()
    assert request.message == "May I?"


async def test_a_few_minutes_move_no_promise_of_a_very_short_round(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    await set_rules(village, close_after="PT30M", remind_after=["PT10M"])
    form = await checked(mentee, mentor)
    village.world.clock.forward(minutes=4)
    assert (await send(mentee.browser, form, step="send")).status_code == 303
    other = await village.person("Cleo Helper", "mentor")
    late = await checked(mentee, other)
    village.world.clock.forward(minutes=6)
    assert AGAIN in words_of(await send(mentee.browser, late, step="send"))


async def test_what_has_gone_is_not_checked_again(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    form = await checked(mentee, mentor)
    first = await send(mentee.browser, form, step="send")
    village.world.clock.forward(days=1)
    await set_rules(village, close_after="P10D")
    twice = await send(mentee.browser, form, step="send")
    assert (twice.status_code, len(village.world.gateway.requests)) == (303, 1)
    assert twice.headers["location"] == first.headers["location"]


@pytest.mark.parametrize("promised", ["never", "x", "2026-03-16T16:00:00", "9" * 400, "\N{SNOWMAN}"])
async def test_a_promise_that_we_did_not_make_is_none(
    village: Village, mentee: Villager, mentor: Villager, promised: str
) -> None:
    form = await checked(mentee, mentor)
    answer = await send(mentee.browser, form, step="send", promised=promised)
    assert (answer.status_code, len(village.world.gateway.requests)) == (409, 0)
    assert promised not in words_of(answer)


async def test_every_way_back_keeps_the_search(village: Village, mentee: Villager, mentor: Villager) -> None:
    here = f"{BASE}?basis=preferences&q=Ben+%26+co&country=DE"
    found = await mentee.get(f"{BASE}?basis=preferences&q=Ben&country=DE")
    (ask,) = (path for path in _links(found) if "/ask" in path)
    assert parse_qs(urlsplit(ask).query)["back"] == [f"{BASE}?basis=preferences&q=Ben&country=DE"]
    page = await mentee.get(f"{BASE}/{mentor.id}/ask?back={quote(here)}")
    assert here in _links(page)
    form = Page.of(page, mentee.browser).form_with("message")
    empty = await send(mentee.browser, form, step="check", message="")
    assert here in _links(empty)
    check = confirm(await send(mentee.browser, form, step="check", message="May I?"), mentee)
    assert here in _links(await send(mentee.browser, check, step="change"))
    await mentee.ask(mentor)
    refused = await send(mentee.browser, check, step="send")
    assert refused.status_code == 409
    assert here in _links(refused)


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example/p/demo/mentors",
        "/\\evil.example",
        "/p/demo/mentors\n",
        "/p/demo/mentors/../../..//evil.example",
        "/p/demo/mentorsx",
        "/p/other/mentors?q=a",
        "/sign-out",
        "javascript:alert(1)",
        f"{BASE}?q=ä",
        "",
    ],
)
async def test_a_way_back_leads_nowhere_else(
    village: Village, mentee: Villager, mentor: Villager, back: str
) -> None:
    page = await mentee.get(f"{BASE}/{mentor.id}/ask?back={quote(back)}")
    assert (page.status_code, broken_rules(page)) == (200, [])
    assert [path for path in _links(page) if path.startswith(BASE)] == [BASE, BASE], "navigation, way back"
    assert "evil" not in page.text


def _links(response: Response) -> list[str]:
    """Where the links lead to, but for the place on that page."""
    return [(attrs.get("href") or "").partition("#")[0] for attrs in seen(response).all("a")]


async def test_did_you_mean_leads_to_the_search_that_was_meant(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    for others, names in (("", ["Ben Helper"]), ("negotiation, ", ["Ben Helper"])):
        found = await mentee.get(f"{BASE}?q=Ben&skill={quote(others)}pyton&cursor=0.0.x")
        assert (found.status_code, broken_rules(found)) == (200, [])
        assert "Nobody here names “pyton”. Did you mean python?" in words_of(found)
        meant = f"{BASE}?{urlencode({'q': 'Ben', 'skill': f'{others}python'})}"
        assert meant in _links(found)
        meant_page = await mentee.get(meant)
        assert "Did you mean" not in words_of(meant_page)
        assert all(name in words_of(meant_page) for name in names)


async def test_an_unknown_skill_that_is_like_no_other_is_only_named(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    found = await mentee.get(f"{BASE}?skill={quote('<i>cooking')}")
    assert "Nobody here names “<i>cooking”." in words_of(found)
    assert "Did you mean" not in words_of(found)
