"""The copy of a person's data: collected by a process, kept for a week, without a word of it in a history."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.process import names
from models.process.errors import IllegalMove
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.surveys import AnswerSurvey
from models.store import exporting
from models.store.delivery import MailRow
from models.store.privacy import ExportRow
from models.store.tables import MemberRow, PersonRow
from tests.infra.engine import VirtualEngine
from tests.infra.opened import opened
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office

DAY = timedelta(days=1)


async def kept(made: Office) -> ExportRow | None:
    with made.database.reading() as session:
        return exporting.of_person(session, made.people.mentees[0])


async def exported(made: Office) -> dict[str, Any]:
    await made.gateway.begin_export(made.people.mentees[0], new_id())

    async def look() -> bool:
        row = await kept(made)
        return row is not None and row.content is not None

    await eventually(look)
    row = await kept(made)
    assert row is not None
    found: dict[str, Any] = json.loads(row.content or b"")
    return found


async def test_holds_what_is_kept_and_nothing_of_others_that_is_not_theirs_to_see(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        with made.database.writing() as session:
            for person, name in ((made.people.mentors[0], "Momo"), (made.people.mentees[1], "Stranger")):
                session.get_one(PersonRow, person).email = f"{name.lower()}@example.org"
                member = session.get_one(MemberRow, (made.people.programme_id, person))
                member.name, member.contact, member.about = name, f"phone of {name}", f"secret of {name}"
        pair = await made.paired()
        await made.ask(1)
        answers = {"useful": "1", "goals": "1", "recommend": "1", "remark": "for the admins"}
        for command, actor in (
            (SignOff(comment="Done?"), made.mentee),
            (ConfirmCompletion(comment="Yes!"), made.mentor),
            (AnswerSurvey(answers=answers), made.mentor),
        ):
            pair = await made.say(pair, command, actor)
        await made.saved(pair)
        found = await exported(made)
    (programme,) = found["programmes"]
    (request,), (relationship,) = programme["requests"], programme["relationships"]
    assert (request["message"], request["you_are"], request["with"]) == (
        "Would you help me?",
        "mentee",
        "Momo",
    )
    assert [entry["note"] for entry in request["timeline"]] == ["Would you help me?", "Gladly."]
    assert [entry["by"] for entry in request["timeline"]] == ["you", "mentor"]
    assert relationship["survey"]["answers"] == {}
    assert found["summary"] == ["Open doors: your profile, 1 request, 1 relationship."]
    text = json.dumps(found)
    for hidden in ("momo@example.org", "phone of", "secret of", "for the admins", "Stranger", "stranger@"):
        assert hidden not in text
    assert found["person"]["email"] in text


async def test_is_told_by_mail_and_deleted_after_a_week(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        await exported(made)
        workflow_id = names.export_workflow(made.people.mentees[0])
        with made.database.reading() as session:
            mails = session.scalars(select(MailRow.kind))
            assert list(mails) == ["export-ready"]
        await made.engine.fast_forward(workflow_id, 6 * DAY)
        assert await kept(made) is not None
        await made.engine.fast_forward(workflow_id, DAY + timedelta(seconds=1))
        await made.ended(workflow_id)
        assert await kept(made) is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_is_deleted_when_the_person_says_so_and_can_be_made_again(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        person = made.people.mentees[0]
        with pytest.raises(IllegalMove):
            await made.gateway.delete_export(person)
        await exported(made)

        async def is_ready() -> bool:
            return (await made.gateway.begin_export(person, new_id())).state == "ready"

        # The copy is in the database a moment before the process knows.
        await eventually(is_ready)
        same = await made.gateway.begin_export(person, new_id())
        first = await kept(made)
        assert first is not None
        assert (same.export_id, same.state) == (first.id, "ready")
        assert (await made.gateway.delete_export(person)).state == "deleted"
        assert await kept(made) is None
        await made.ended(names.export_workflow(person))
        await exported(made)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_nothing_of_it_travels_through_the_history(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        await made.ask()
        await exported(made)
        handle = made.handle(names.export_workflow(made.people.mentees[0]))
        await made.gateway.delete_export(made.people.mentees[0])
        await handle.result()
        decoded = await opened(virtual_engine.client, await handle.fetch_history())
        assert made.people.mentees[0].encode() in decoded
        assert b"Would you help me?" not in decoded
        assert b"@" not in decoded


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_of_nobody_there_is_none(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        assert (await made.gateway.begin_export(new_id(), new_id())).state == "deleted"
