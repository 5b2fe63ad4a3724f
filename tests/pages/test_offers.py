"""A mentor makes an offer on pages, and the mentee decides: by the page of the request, and by mail link."""

from __future__ import annotations

import pytest

from models.links import Purpose
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Page
from tests.pages.reading import words_of
from tests.pages.test_asking import set_rules
from tests.pages.village import Village, Villager, send

BASE = f"/p/{SLUG}/mentees"
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    await set_rules(village, offers_by_mentors=True)
    return await village.person("Mina Seeks", "mentee", skills={"python": 2}, targets={"python": 4})


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor", skills={"python": 5})


async def offered(mentor: Villager, mentee: Villager) -> str:
    """The path of an offer that was made on pages."""
    assert "Mina Seeks" in words_of(await mentor.get(BASE))
    form = (await mentor.open(f"{BASE}/{mentee.id}/offer")).form_with("message")
    sent = await send(mentor.browser, form, message="I have led such a team for years.")
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].partition("?")[0]


async def test_an_offer_goes_from_the_list_to_the_mentee_who_accepts(
    mentor: Villager, mentee: Villager
) -> None:
    path = await offered(mentor, mentee)
    own = words_of(await mentor.get(path))
    assert "Your offer to Mina Seeks" in own
    assert "Mina Seeks has your offer and has not answered yet." in own
    home = words_of(await mentee.get("/"))
    assert "Ben Helper offers to be your mentor" in home
    page, words = await mentee.open(path), words_of(await mentee.get(path))
    assert "Ben Helper offers to be your mentor" in words
    assert "unavailable" not in words
    accepted = await send(mentee.browser, page.form_with("decision"), decision="accept", comment="Gladly.")
    assert accepted.status_code == 303, accepted.text
    done = words_of(await mentor.get(path))
    assert "Mina Seeks accepted your offer." in done
    assert "What Mina Seeks wrote" in done
    lists = words_of(await mentee.get(f"/p/{SLUG}/requests?show=all"))
    assert "Offers to be your mentor" in lists


@pytest.mark.parametrize(
    ("decision", "title"),
    [
        ("accept", "Ben Helper is now your mentor"),
        ("amend", "You asked for a change"),
        ("reject", "You declined"),
    ],
)
async def test_a_mentee_decides_from_the_mail(
    village: Village, mentor: Villager, mentee: Villager, decision: str, title: str
) -> None:
    path = await offered(mentor, mentee)
    link = await village.link(Purpose.DECIDE, path.rpartition("/")[2], mentee, 1)
    nobody = village.browser()
    opened = await nobody.get(link)
    assert "Ben Helper offers to be your mentor" in words_of(opened)
    page = Page.of(opened, nobody)
    done = await send(nobody, page.form_with("decision"), decision=decision, comment="Thank you.")
    assert done.status_code == 200, done.text
    assert title in words_of(done)
    again = words_of(await nobody.get(link))
    assert "You answer as" not in again


async def test_without_the_setting_there_are_no_offers(village: Village, mentor: Villager) -> None:
    await set_rules(village)
    refused = await mentor.get(BASE)
    assert refused.status_code == 409
    assert "takes no offers" in words_of(refused)
    assert f'href="{BASE}"' not in (await mentor.get("/")).text
