"""What a page confirms: what has just happened, once, and nothing that an address says."""

from __future__ import annotations

import pytest

from api.web import words
from models.process.relationship.commands import WithdrawRelationship
from models.process.relationship.moves import COMMANDS as RELATIONSHIP
from models.process.relationship.parts.completion import DeclineCompletion
from models.process.request.commands import ExtendRequest
from models.process.request.moves import COMMANDS as REQUEST
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.reading import broken_rules, words_of
from tests.pages.test_people_pages import form_to
from tests.pages.village import Village, Villager, send

BASE = f"/p/{SLUG}"
COOKIE = "steadfast-notice"


@pytest.fixture
async def ines(village: Village) -> Villager:
    return await village.person("Ines", "admin", "mentee")


async def saved(person: Villager) -> str:
    """The location that the saved profile leads to."""
    done = await send(person.browser, form_to(await person.open(f"{BASE}/profile"), "/profile"))
    assert done.status_code == 303
    return done.headers["location"]


@SQLITE
async def test_no_address_makes_a_page_confirm_anything(village: Village, ines: Villager) -> None:
    mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    together = await mentee.mentored_by(mentor)
    request = village.world.gateway.relationships[together].request_id
    pages = {
        f"/requests/{request}": mentee,
        f"/relationships/{together}": mentee,
        "/your-data": mentee,
        **{f"{BASE}{path}": ines for path in ("/profile", "/admin/stalled", "/admin/people", "/mentors")},
    }
    for path, reader in pages.items():
        plain = words_of(await reader.get(path))
        for what in words.DONE:
            crafted = await reader.get(f"{path}?done={what}&behind=1&notice={what}")
            assert crafted.status_code == 200
            assert words.DONE[what] not in words_of(crafted), (path, what)
            assert words.BEHIND not in words_of(crafted)
        assert words_of(await reader.get(f"{path}?done=accept")) == plain


@SQLITE
async def test_a_notice_shows_once(village: Village, ines: Villager) -> None:
    assert await saved(ines) == f"{BASE}/profile"
    first = await ines.get(f"{BASE}/profile")
    assert words.DONE["profile"] in words_of(first)
    assert broken_rules(first) == []
    assert words.DONE["profile"] not in words_of(await ines.get(f"{BASE}/profile"))


@SQLITE
async def test_a_notice_waits_for_its_own_page_and_not_long(village: Village, ines: Villager) -> None:
    path = await saved(ines)
    assert words.DONE["profile"] not in words_of(await ines.get("/your-data"))
    assert words.DONE["profile"] in words_of(await ines.get(path))
    await saved(ines)
    village.world.clock.forward(minutes=2)
    assert words.DONE["profile"] not in words_of(await ines.get(path))


@SQLITE
async def test_a_notice_is_of_one_session_and_cannot_be_made(village: Village, ines: Villager) -> None:
    path = await saved(ines)
    kept = next(one for one in ines.browser.cookies.jar if one.name == COOKIE)
    other = await village.person("Ola", "mentee")
    for value in (kept.value, "", "e30.", f"{kept.value}x", "A" * 400, "WyJZb3Ugd29uIiwgZmFsc2UsIDldCg==.00"):
        for reader in (other, ines) if value != kept.value else (other,):
            reader.browser.cookies.set(COOKIE, value or "", domain="localhost.local", path=path)
            page = await reader.get(path)
            assert page.status_code == 200
            assert 'role="status"' not in page.text


@SQLITE
async def test_the_notice_of_a_list_leaves_its_filters_alone(village: Village, ines: Villager) -> None:
    asked = await (await village.person("Ada", "mentee")).ask(await village.person("Ben", "mentor"))
    village.world.clock.forward(days=8)
    back = f"{BASE}/admin/stalled?older_than=P3D&state=pending"
    row = (await ines.open(back)).form_with("back")
    row.action = f"/requests/{asked}/extend"
    done = await send(ines.browser, row)
    assert done.headers["location"] == back
    assert ExtendRequest.offer.said in (await ines.open(back)).text
    assert ExtendRequest.offer.said not in (await ines.open(back)).text


@SQLITE
async def test_what_was_decided_is_what_is_said(village: Village) -> None:
    """The answer to a sign-off names itself in the form, and a forged one confirms nothing."""
    mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    base = f"/relationships/{await mentee.mentored_by(mentor)}"
    await send(mentee.browser, form_to(await mentee.open(base), "/complete"))
    form = (await mentor.open(base)).form_with("decision", "confirm")
    assert (await send(mentor.browser, form, decision="survey")).status_code == 422
    later = await send(mentor.browser, form, decision="decline", comment="The talk is still to come.")
    assert DeclineCompletion.offer.said in words_of(await mentor.get(later.headers["location"]))
    ended = await send(mentor.browser, form_to(await mentor.open(base), "/withdraw"))
    assert WithdrawRelationship.offer.said in words_of(await mentor.get(ended.headers["location"]))


def test_every_notice_is_a_sentence() -> None:
    acts = [one for one in (*REQUEST.values(), *RELATIONSHIP.values()) if one.is_act()]
    assert all(text.endswith(".") for text in (*words.DONE.values(), *(one.offer.said for one in acts)))
