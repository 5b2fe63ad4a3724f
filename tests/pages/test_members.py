"""The pages on which admins take access away, and what the people concerned then read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.links import Purpose
from models.store.tables import MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.village import Village, Villager

pytestmark = SQLITE
PEOPLE = f"/p/{SLUG}/admin/people"


@pytest.fixture
async def admin(village: Village) -> Villager:
    return await village.person("Ines", "admin")


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Amara", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Mo", "mentee", "mentor")


async def to_admins(village: Village) -> None:
    with village.world.database.writing() as session:
        row = session.get_one(ProgrammeRow, village.programme_id)
        row.settings = {**row.settings, "when_mentor_leaves": "admins"}


async def left(village: Village, who: Villager) -> bool:
    query = select(MemberRow.left_at).where(MemberRow.person_id == who.id)
    with village.world.database.reading() as session:
        return session.scalar(query) is not None


async def test_a_removal_is_asked_for_with_what_it_touches(
    village: Village, admin: Villager, mentee: Villager, mentor: Villager
) -> None:
    request_id = await mentee.ask(mentor)
    assert f'href="{PEOPLE}/{mentor.id}?' in (await admin.get(PEOPLE)).text
    page = await admin.open(f"{PEOPLE}/{mentor.id}/remove")
    assert "1 open request will be released, and the other side is told." in page.text
    assert not await left(village, mentor)
    form = next(one for one in page.forms if one.action.endswith("/remove"))
    done = await page.submit(form)
    assert "Membership ended; those who waited for them have been told." in done.text
    assert await left(village, mentor)
    await village.world.gateway.tell_departures()
    shown = await mentee.open(f"/requests/{request_id}")
    assert "The mentor has left the programme." in shown.text
    assert (await mentor.get(f"/requests/{request_id}")).status_code == 404


async def test_a_role_is_taken_away_and_the_page_says_what_follows(
    village: Village, admin: Villager, mentee: Villager, mentor: Villager
) -> None:
    await mentee.ask(mentor)
    page = await admin.open(f"{PEOPLE}/{mentor.id}")
    assert "No longer a mentor: 1 open request will be released" in page.text
    form = next(one for one in page.forms if one.action.endswith(mentor.id))
    saved = await page.submit(form, roles="mentee")
    assert "Roles saved." in saved.text


async def test_an_admin_gives_up_their_own_right_only_on_purpose(village: Village, admin: Villager) -> None:
    await village.person("Second", "admin")
    page = await admin.open(f"{PEOPLE}/{admin.id}/remove")
    form = next(one for one in page.forms if one.action.endswith("/remove"))
    refused = await page.submit(form)
    assert "your own access" in refused.text
    assert not await left(village, admin)


async def test_the_only_admin_is_told_to_make_another_one_first(admin: Villager, mentee: Villager) -> None:
    page = await admin.open(f"{PEOPLE}/{admin.id}/remove")
    assert "Somebody has to take over first" in page.text
    assert not [one for one in page.forms if one.action.endswith("/remove")]


async def test_what_was_left_to_the_coordinators_reads_so_for_everybody(
    village: Village, admin: Villager, mentee: Villager, mentor: Villager
) -> None:
    await to_admins(village)
    request_id = await mentee.ask(mentor)
    link = await village.link(Purpose.DECIDE, request_id, mentor, 1)
    page = await admin.open(f"{PEOPLE}/{mentor.id}")
    await page.submit(next(one for one in page.forms if one.action.endswith(mentor.id)), roles="mentee")
    await village.world.gateway.tell_departures()
    assert "the coordinators look after this one" in (await mentee.open(f"/requests/{request_id}")).text
    of_admin = await admin.open(f"/requests/{request_id}")
    assert "waits for a coordinator" in of_admin.text
    assert "Remind now" not in of_admin.text
    assert "Close with a comment" in of_admin.text
    stalled = await admin.open(f"/p/{SLUG}/admin/stalled")
    assert "The mentor takes no requests any more: a coordinator decides." in stalled.text
    assert "The request was left to the coordinators" in stalled.text
    extending = next(one for one in of_admin.forms if one.action.endswith("/extend"))
    await of_admin.submit(extending)
    # The extension is the last event now, and the request waits for a coordinator as before.
    stalled = await admin.open(f"/p/{SLUG}/admin/stalled?older_than=P0D")
    assert "The mentor takes no requests any more: a coordinator decides." in stalled.text
    assert "Remind now" not in stalled.text
    by_link = await village.browser().get(link)
    assert "You take no requests here any more" in by_link.text
    posted = await village.browser().post(link, data={"decision": "accept", "comment": "Gladly."})
    assert posted.status_code == 409


async def test_a_link_of_somebody_who_has_left_says_so(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    request_id = await mentee.ask(mentor)
    link = await village.link(Purpose.DECIDE, request_id, mentor, 1)
    await village.world.leave(mentor.id)
    shown = await village.browser().get(link)
    assert shown.status_code == 200
    assert "You do not take part in this programme any more" in shown.text
    assert "May I learn from you?" not in shown.text
    posted = await village.browser().post(link, data={"decision": "accept", "comment": "Gladly."})
    assert posted.status_code == 409
    assert village.world.gateway.requests[request_id].state == "pending"
