"""A programme whose words are made up: no page of it shows one of the usual words.

This is the net for new pages. What a page is not expected to know stands in `OUTSIDE`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from models.links import Purpose
from models.process.request.commands import WithdrawRequest
from models.process.terms import Terms
from models.store.processes import TimelineRow
from models.store.tables import PersonRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.browser.scenes.programme import GROUPS, scenes_of
from tests.pages.reading import paths, seen
from tests.pages.village import Village, Villager, a_village, send

pytestmark = SQLITE
BASE = f"/p/{SLUG}"
TERMS = {
    "mentor": {"one": "zorb", "many": "zorben"},
    "mentee": {"one": "ulme", "many": "ulmen"},
    "coordinator": {"one": "blim", "many": "blimmen", "a": "an blim"},
    "request": {"one": "frob", "many": "frobben"},
    "relationship": {"one": "dwee", "many": "dweeben"},
}
SETTINGS: dict[str, Any] = {"terms": TERMS, "survey_questions": [{"key": "useful", "text": "Was it useful?"}]}
USUAL = re.compile(r"\b(?:mentor|mentee|coordinator|request|relationship|mentorship)\w*", re.IGNORECASE)
assert set(TERMS) == set(Terms.model_fields), "a term without a made-up word"
SHOWN = ("aria-label", "title", "alt", "placeholder")
OUTSIDE = ("/sign-in", "/sign-out", "/mailbox", "/your-data", "/docs", "/style")
"""Pages of no programme."""
OF_STEADFAST = "Steadfast runs mentoring programmes in which no request is left in silence."
"""At the foot of pages on which nobody is known."""


async def names_in(village: Village) -> list[str]:
    """What people are called; some have a usual word in their name."""
    with village.world.database.reading() as session:
        names = set(session.scalars(select(PersonRow.name)))
    return sorted(names, key=len, reverse=True)


def usual_words(response: Response, names: Sequence[str] = ()) -> list[str]:
    """The usual words on a page, each with what stands around it."""
    page = seen(response)
    texts = [" ".join("".join(page.text).split()).replace(OF_STEADFAST, "")]
    texts += [attrs[name] or "" for _, attrs in page.tags for name in SHOWN if attrs.get(name)]
    for name in names:
        texts = [text.replace(name, "") for text in texts]
    return [text[max(0, one.start() - 40) : one.end() + 40] for text in texts for one in USUAL.finditer(text)]


def is_outside(path: str) -> bool:
    return path.startswith(OUTSIDE)


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "mails"])
async def test_every_scene_speaks_in_the_words_of_its_programme(group: str, migrated_url: str) -> None:
    found = []
    async with a_village(migrated_url, **SETTINGS) as village:
        for scene in await scenes_of(village, [group]):
            if is_outside(scene.path) or (scene.who is None and scene.path == "/"):
                continue
            browser = scene.who.browser if scene.who else village.browser()
            shown = usual_words(await browser.get(scene.path), await names_in(village))
            found += [f"{scene.name}: {text}" for text in shown]
    assert not found, "\n".join(found)


async def people_of(village: Village) -> list[Villager]:
    mentee = await village.person("Ada", "mentee", skills={"python": 1}, targets={"python": 4})
    other = await village.person("Eve", "mentee")
    mentor = await village.person("Ben", "mentor", skills={"python": 3}, capacity=1)
    admin = await village.person("Cleo", "admin", "mentee", "mentor")
    fresh = await village.person("Tom", "mentee", "mentor", preferences=frozenset())
    await village.invitation("new@example.org", "mentee,mentor,admin")
    await mentee.mentored_by(mentor)
    await other.ask(admin)
    return [mentee, other, mentor, admin, fresh]


async def test_every_page_that_a_person_reaches_does(migrated_url: str) -> None:
    found, reached = [], set()
    async with a_village(migrated_url, **SETTINGS) as village:
        for person in await people_of(village):
            todo, walked = ["/"], set[str]()
            while todo:
                path = todo.pop()
                if path in walked or is_outside(path) or path.endswith("/raw"):
                    continue
                walked.add(path)
                response = await person.get(path)
                found += [f"{path}: {text}" for text in usual_words(response)]
                todo += paths(seen(response))
            reached |= walked
    assert not found, "\n".join(found)
    assert {f"{BASE}/admin/stalled", f"{BASE}/profile", f"{BASE}/mentors"} <= reached


async def test_refusals_on_pages_do(migrated_url: str) -> None:
    async with a_village(migrated_url, **SETTINGS) as village:
        mentee, other, mentor, admin, fresh = await people_of(village)
        asked = await other.ask(await village.person("Dora", "mentor"))
        link = await village.link(Purpose.DECIDE, asked, mentor, 1)
        answers = [await fresh.get(f"{BASE}/mentors"), await mentor.get(f"{BASE}/admin")]
        for person, path, button, filled in (
            (mentee, f"{BASE}/mentors/{mentor.id}/ask", "step", {"message": "", "step": "check"}),
            (other, f"{BASE}/mentors/{mentor.id}/ask", "step", {"message": "Please", "step": "send"}),
            (mentor, f"{BASE}/profile", "capacity", {"capacity": "99"}),
            (mentor, f"{BASE}/profile", "capacity", {"capacity": "many"}),
            (fresh, f"{BASE}/profile", "headline", {"roles": "admin"}),
            (admin, f"{BASE}/admin/people/{admin.id}", "roles", {"roles": "mentee"}),
        ):
            page = await person.open(path)
            if button in page.text:
                answers.append(await send(person.browser, page.form_with(button), **filled))
        answers.append(await village.browser().get(link))
        assert [text for answer in answers for text in usual_words(answer)] == []
        assert "zorb" in answers[0].text
        assert "blim" in answers[1].text


async def test_people_read_their_own_words_as_they_wrote_them(migrated_url: str) -> None:
    typed = "My mentor {t.mentor} {mentor} {{ t.mentor }} requests a coordinator"
    async with a_village(migrated_url, **SETTINGS) as village:
        mentee = await village.person("Mentor Mentee", "mentee", headline=typed)
        mentor = await village.person("Ben", "mentor", headline=typed)
        asked = await mentee.ask(mentor, typed)
        for person in (mentee, mentor):
            page = (await person.get(f"/requests/{asked}")).text
            assert typed in page
            assert "zorb" in page
        answer = await mentor.browser.get(f"/api/v1/requests/{asked}")
        assert answer.json()["message"] == typed


async def test_the_api_refuses_in_the_words_of_the_programme_and_keeps_its_names(migrated_url: str) -> None:
    async with a_village(migrated_url, **SETTINGS) as village:
        mentee = await village.person("Ada", "mentee")
        mentor = await village.person("Ben", "mentor")
        api = {"Accept": "application/json"}
        asked = await mentee.ask(mentor)
        refused = await mentee.browser.post(
            f"/api/v1/programmes/{SLUG}/requests", json={"mentor_id": mentor.id, "message": "x"}, headers=api
        )
        assert (refused.status_code, refused.json()["type"]) == (409, "/docs#already-open")
        assert refused.json()["detail"] == "A frob between the two of you is open already."
        again = await mentee.browser.post(f"/api/v1/requests/{asked}/accept", json={}, headers=api)
        assert again.json()["detail"] == "Only the zorb or an blim of the programme can do this."
        await village.world.leave(mentor.id)
        gone = await mentee.browser.get(f"/api/v1/requests/{asked}", headers=api)
        assert gone.json()["state"] in {"pending", "released"}


async def test_an_admin_renames_and_takes_back_over_the_api(migrated_url: str) -> None:
    async with a_village(migrated_url) as village:
        admin = await village.person("Cleo", "admin", "mentee")
        path = f"/api/v1/programmes/{SLUG}/settings"
        words = {"mentor": {"one": "coach", "many": "coaches"}, "mentee": {"one": "user", "many": "users"}}
        for sent in ({"terms": words}, {"terms": json.dumps(words)}):
            changed = await admin.browser.patch(path, json=sent)
            assert changed.status_code == 200, changed.text
            assert changed.json()["settings"]["terms"]["mentor"]["many"] == "coaches"
            assert "Find a coach" in (await admin.get(f"{BASE}/mentors")).text
        for bad in (
            {"mentor": {"one": "user"}},
            {"guru": words["mentor"]},
            {"mentor": words["mentee"] | {"x": 1}},
        ):
            refused = await admin.browser.patch(path, json={"terms": bad})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "terms")
            assert refused.json()["detail"].startswith("The setting “terms” takes")
        await admin.browser.patch(path, json={"terms": "off"})
        assert "Find a mentor" in (await admin.get(f"{BASE}/mentors")).text


async def test_a_reason_that_the_process_noted_is_read_in_the_words_of_the_programme(
    migrated_url: str,
) -> None:
    note = "The mentor has left the programme."
    async with a_village(migrated_url, **SETTINGS) as village:
        mentee = await village.person("Ada", "mentee")
        mentor = await village.person("Ben", "mentor")
        asked = await mentee.ask(mentor, note)
        await mentee.tell(asked, WithdrawRequest(comment=note))
        released = await mentee.ask(await village.person("Cy", "mentor"))
        at = village.world.clock()
        with village.world.database.writing() as session:
            session.add(
                TimelineRow(
                    process_id=released,
                    programme_id=village.programme_id,
                    seq=9,
                    at=at,
                    what="RequestReleased",
                    by_role="system",
                    audience="both",
                    note=note,
                )
            )
        for request_id, read in ((asked, note), (released, "The zorb has left the programme.")):
            timeline = (await mentee.get(f"/api/v1/requests/{request_id}")).json()["timeline"]
            assert timeline[-1]["note"] == read
            assert read in (await mentee.get(f"/requests/{request_id}")).text
