"""Joining a programme by oneself: the address, the form, the wait, and the list of those who wait."""

from __future__ import annotations

import uuid

from playwright.async_api import Page

from models.store import registrations
from models.store.programmes import change_settings
from models.store.registrations import Wish
from models.store.tables import MemberRow, PersonRow
from tests.browser.scenes.stage import BASE, Stage, press
from tests.pages.village import Villager

JOIN = f"{BASE}/join"
QUESTIONS = [
    {"key": "why", "text": "What would you like to learn, or to give?", "kind": "text"},
    {
        "key": "hours",
        "text": "How much time do you have?",
        "kind": "choice",
        "choices": ["1 h", "2 h"],
    },
    {"key": "sure", "text": "How sure are you?", "required": False},
]
ANSWERS = {"why": "To speak in front of people without shaking, and to say no kindly.", "hours": "1 h"}


async def joining(stage: Stage) -> None:
    village, now = stage.village, stage.village.world.clock()
    settings = {
        "self_registration": "approval",
        "registration_questions": QUESTIONS,
        "registration_domains": ["example.org"],
        "hold_invitations": "until_ready",
    }
    with village.world.database.writing() as session:
        change_settings(session, village.programme_id, settings, now)
    grace, henry = [await _stranger(stage, name) for name in ("Grace Njoroge", "Henry Aldous-Whitmore")]
    for one in (await _stranger(stage, "Ivan Petrov"), henry):
        wish = Wish(one.id, one.name, "Africa/Nairobi", ("mentee", "mentor"), ANSWERS)
        with village.world.database.writing() as session:
            registrations.register(session, village.programme_id, wish, now)
    admin = await village.person("Ada Registrar", "admin")

    async def without_a_word(page: Page) -> None:
        await page.get_by_role("checkbox", name="Choose Ivan Petrov").check()
        await press(page, "Refuse those chosen")

    page = await admin.open(f"{BASE}/admin/people")
    await page.submit(page.form_with("email"), email="kim@example.org", roles="mentee")
    stage.add("readiness", f"{BASE}/admin/readiness", admin)
    stage.add("join", JOIN)
    stage.add("join-form", JOIN, grace)
    stage.add("join-waits", JOIN, henry)
    stage.add("registrations", f"{BASE}/admin/registrations", admin)
    stage.add("registrations-refused", f"{BASE}/admin/registrations?state=refused", admin)
    stage.add("registrations-errors", f"{BASE}/admin/registrations", admin, without_a_word)


async def _stranger(stage: Stage, name: str) -> Villager:
    """Somebody who is signed in and takes part in nothing."""
    found = await stage.village.person(f"{name} {uuid.uuid4().hex[:3]}", "mentee")
    with stage.village.world.database.writing() as session:
        session.delete(session.get_one(MemberRow, (stage.village.programme_id, found.id)))
        session.get_one(PersonRow, found.id).name = name
    return Villager(found.village, found.id, name, found.email, found.browser)
