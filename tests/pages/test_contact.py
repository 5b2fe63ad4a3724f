"""Where a programme is reached, on every page that belongs to one; and in the API."""

from __future__ import annotations

from models.links import Purpose
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG, START
from tests.pages.village import a_village

pytestmark = SQLITE
OFFICE = 'href="mailto:office@example.org">office@example.org</a>'


async def test_the_pages_of_a_programme_show_its_contact(migrated_url: str) -> None:
    async with a_village(migrated_url, reply_to="Programme office <office@example.org>") as village:
        mentee = await village.person("Ada Asker", "mentee")
        mentor = await village.person("Ben Helper", "mentor")
        asked = await mentee.ask(mentor)
        for path in ("/", f"/p/{SLUG}/profile", f"/p/{SLUG}/mentors", f"/requests/{asked}"):
            assert OFFICE in (await mentee.get(path)).text
        browser = village.browser()
        decide = await village.link(Purpose.DECIDE, asked, mentor, 1)
        invitation = await village.invitation("new@example.org")
        for path in (decide, invitation):
            assert OFFICE in (await browser.get(path)).text
        with village.world.database.writing() as session:
            row = session.get_one(MemberRow, (village.programme_id, mentor.id))
            row.left_at = START
        # Somebody who has left is sent to the people who run the programme.
        assert OFFICE in (await browser.get(decide)).text
        assert OFFICE not in (await browser.get("/")).text


async def test_a_programme_without_a_contact_shows_none(migrated_url: str) -> None:
    async with a_village(migrated_url, reply_to="office@example.org") as village:
        elsewhere = await village.person("Ola Other", "mentee", slug=OTHER)
        page = await elsewhere.get(f"/p/{OTHER}/profile")
        assert page.status_code == 200
        assert "mailto:" not in page.text
        me = await elsewhere.get("/api/v1/me")
        assert [one["contact"] for one in me.json()["programmes"]] == [None]
        mentee = await village.person("Ada Asker", "mentee")
        me = await mentee.get("/api/v1/me")
        assert [one["contact"] for one in me.json()["programmes"]] == ["office@example.org"]
