"""Whoever is to be erased stays hidden: nothing restores a membership before they call it off themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.process.erasure import GRACE, ErasureState
from models.process.errors import Refused
from models.store import erasing, invitations
from models.store.administration import add_admin
from models.store.database import Database
from models.store.erasing import Asked
from models.store.privacy import ErasureRow
from models.store.tables import InvitationRow, ProgrammeRow
from tests.store.population import new_id
from tests.store.programme import NOW, add_programme, ids, import_lines, profiles

HEADER = "email,name,roles,skills"
ADA = "ada@b.de,Ada,mentor,python:5"
BEN = "ben@b.de,Ben,mentee,python:1"


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


async def hidden(database: Database, name: str = "ada") -> str:
    """The id of somebody who has just asked to be erased."""
    person_id = (await ids(database))[name]

    def work(session: Session) -> None:
        asked = Asked(person_id, NOW, NOW + GRACE, by_operator=False)
        erasing.ask(session, asked)
        assert erasing.begin(session, asked) is not None

    await database.write(work)
    return person_id


async def kept(database: Database, person_id: str) -> None:
    with database.writing() as session:
        erasing.keep(session, person_id, NOW)


async def invited(database: Database, programme_id: str) -> InvitationRow:
    row = InvitationRow(
        id=new_id(),
        programme_id=programme_id,
        email="ada@b.de",
        name="Ada",
        roles="mentee",
        created_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    with database.writing() as session:
        session.add(row)
    return row


async def accept(database: Database, invitation: InvitationRow) -> None:
    def work(session: Session) -> None:
        row = invitations.locked(session, invitation.id)
        assert row is not None
        invitations.accept(session, row, "Ada", "UTC", NOW)

    await database.write(work)


async def make_admin(database: Database, programme_id: str) -> bool:
    with database.writing() as session:
        programme = session.get_one(ProgrammeRow, programme_id)
        return add_admin(session, programme, "ada@b.de", "Ada", NOW)


@pytest.mark.parametrize("dry_run", [False, True])
async def test_an_import_passes_them_over_and_says_so(database: Database, dry_run: bool) -> None:
    here, there = await add_programme(database), await add_programme(database, "there")
    await import_lines(database, here, HEADER, ADA)
    await hidden(database)
    before = await profiles(database, here)
    changed = ADA.replace("mentor", "mentor|mentee")
    for programme in (here, there):
        report = await import_lines(database, programme, HEADER, changed, BEN, dry_run=dry_run)
        assert (report.ok, report.people, report.created, report.updated) == (True, 2, 1, 0)
        assert [(warning.line, "ada@b.de" in warning.sentence) for warning in report.warnings] == [(2, True)]
    assert (await profiles(database, here))["ada"] == before["ada"]
    assert before["ada"].left_at == NOW
    assert "ada" not in await profiles(database, there)


async def test_an_import_takes_those_who_stayed(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA)
    await kept(database, await hidden(database))
    report = await import_lines(database, here, HEADER, ADA.replace("mentor", "mentee"))
    assert (report.updated, report.warnings) == (1, [])
    assert (await profiles(database, here))["ada"].left_at is None


@pytest.mark.parametrize("is_member", [True, False])
async def test_an_invitation_waits_until_they_stay(database: Database, is_member: bool) -> None:
    here, there = await add_programme(database), await add_programme(database, "there")
    await import_lines(database, here, HEADER, ADA)
    person_id, programme = await hidden(database), here if is_member else there
    invitation = await invited(database, programme)
    with pytest.raises(Refused, match="stop that first"):
        await accept(database, invitation)
    found = (await profiles(database, programme)).get("ada")
    assert found is None or found.left_at == NOW
    await kept(database, person_id)
    await accept(database, invitation)
    joined = (await profiles(database, programme))["ada"]
    assert (joined.is_mentee, joined.left_at) == (True, None)


async def test_they_are_made_no_admin_before_they_stay(database: Database) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA)
    person_id = await hidden(database)
    with pytest.raises(Refused, match="cannot be made an admin"):
        await make_admin(database, here)
    assert (await profiles(database, here))["ada"].left_at == NOW
    await kept(database, person_id)
    assert await make_admin(database, here)
    assert (await profiles(database, here))["ada"].left_at is None


@pytest.mark.parametrize("state", ErasureState)
async def test_locked_is_the_same_for_one_and_for_many(database: Database, state: ErasureState) -> None:
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA, BEN)
    person_id = await hidden(database)
    with database.writing() as session:
        session.get_one(ErasureRow, person_id).state = state.value
    with database.reading() as session:
        is_locked = erasing.is_locked(session, person_id)
        among = erasing.locked_among(session, (await ids(database)).values())
    assert is_locked == (state not in {ErasureState.ASKED, ErasureState.KEPT})
    assert among == ({person_id} if is_locked else set())


async def test_of_a_join_and_an_erasure_at_once_the_erasure_stands(database: Database) -> None:
    """Whichever comes first, and in a programme that the person was never in."""
    here = await add_programme(database)
    await import_lines(database, here, HEADER, ADA)
    for number in range(8):
        there = await add_programme(database, f"there-{number}")
        invitation = await invited(database, there)
        results = await asyncio.gather(accept(database, invitation), hidden(database), return_exceptions=True)
        assert isinstance(results[0], Refused | None)
        person_id = str(results[1])
        found = (await profiles(database, there)).get("ada")
        assert found is None or found.left_at is not None
        await kept(database, person_id)
