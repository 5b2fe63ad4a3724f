"""A form of ours that comes back at another address: it does there what it says, and nothing to the first."""

from __future__ import annotations

from sqlalchemy import select

from models.store.processes import RequestRow
from models.store.tables import InvitationRow
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.pages.village import Village

pytestmark = SQLITE


async def test_a_request_for_one_mentor_sent_to_another_asks_both(village: Village) -> None:
    mentee = await village.person("Ada", "mentee")
    mentors = [await village.person(name, "mentor") for name in ("Ben", "Bo")]
    form = (await mentee.open("/")).form_with("csrf")
    sent = {"csrf": form.fields["csrf"], "key": "one", "step": "send", "message": "May I learn from you?"}
    for mentor in mentors:
        done = await mentee.browser.post(f"/p/{SLUG}/mentors/{mentor.id}/ask", data=sent)
        assert done.status_code == 303
        assert mentor.name in (await mentee.get(done.headers["location"])).text
    with village.world.database.reading() as session:
        asked = set(session.scalars(select(RequestRow.mentor_id)))
    assert asked == {mentor.id for mentor in mentors}


async def test_an_invitation_sent_to_another_programme_invites_to_both(village: Village) -> None:
    admin = await village.person("Ines", "admin")
    await village.world.join(admin.id, "Ines", "admin", slug=OTHER)
    form = (await admin.open("/")).form_with("csrf")
    sent = {"csrf": form.fields["csrf"], "key": "one", "email": "new@example.org", "roles": "mentee"}
    for slug in (SLUG, OTHER):
        done = await admin.browser.post(f"/p/{slug}/admin/people", data=sent)
        assert done.status_code == 303
    with village.world.database.reading() as session:
        invited = set(session.scalars(select(InvitationRow.programme_id)))
    assert invited == set(village.world.programmes.values())
