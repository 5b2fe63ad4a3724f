"""The minimum commitment is asked where a mentor first says yes, and hides nobody who has not said it."""

from __future__ import annotations

import pytest
from httpx import Response

from models.links import Purpose
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Form, Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager, send

ASKED = "By accepting you say that you can give one hour a month to each mentee."
JOINING = "By joining as a mentor you say that you can give one hour a month to each mentee."
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor")


async def committed(village: Village, person_id: str) -> bool:
    with village.world.database.reading() as session:
        row = session.get_one(MemberRow, (village.programme_id, person_id))
    return row.commitment_at is not None


async def page_of(village: Village, mentor: Villager, asked: str, by_link: bool) -> tuple[Response, Form]:
    """Where the mentor answers, and the form."""
    path = await village.link(Purpose.DECIDE, asked, mentor, 1) if by_link else f"/requests/{asked}"
    shown = await mentor.get(path)
    return shown, Page.of(shown, mentor.browser).form_with("decision", "accept")


@pytest.mark.parametrize("by_link", [True, False])
async def test_the_first_acceptance_says_and_records_it(
    village: Village, mentee: Villager, mentor: Villager, by_link: bool
) -> None:
    other = await village.person("Bo Asker", "mentee")
    shown, form = await page_of(village, mentor, await mentee.ask(mentor), by_link)
    assert (ASKED in words_of(shown), broken_rules(shown)) == (True, [])
    assert not await committed(village, mentor.id)
    await send(mentor.browser, form, decision="accept", comment="Gladly.")
    assert await committed(village, mentor.id)
    again, _ = await page_of(village, mentor, await other.ask(mentor), by_link)
    assert ASKED not in words_of(again)


@pytest.mark.parametrize("decision", ["amend", "reject"])
async def test_no_other_answer_records_it(
    village: Village, mentee: Villager, mentor: Villager, decision: str
) -> None:
    _, form = await page_of(village, mentor, await mentee.ask(mentor), by_link=True)
    reason = "I have no time at the moment"
    answer = await send(mentor.browser, form, decision=decision, comment="Sorry.", reason=reason)
    assert answer.status_code < 400
    assert not await committed(village, mentor.id)


async def test_an_acceptance_that_is_refused_records_nothing(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    _, form = await page_of(village, mentor, await mentee.ask(mentor), by_link=False)
    assert (await send(mentor.browser, form, decision="accept", comment="")).status_code == 422
    assert not await committed(village, mentor.id)


@pytest.mark.parametrize("roles", ["mentor", "mentee,mentor", "mentee"])
async def test_an_invitation_to_be_a_mentor_says_and_records_it(village: Village, roles: str) -> None:
    path = await village.invitation("new@example.org", roles)
    browser = village.browser()
    shown = await browser.get(path)
    assert (JOINING in words_of(shown)) is ("mentor" in roles)
    form = Page.of(shown, browser).form_with("time_zone")
    joined = await send(browser, form, name="Nell")
    assert joined.status_code == 303
    profile = (await browser.get(f"/api/v1/programmes/{SLUG}/profile")).json()
    assert profile["commitment"] is ("mentor" in roles)
