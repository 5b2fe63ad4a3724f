"""A filled database of 0.2 gets its folded names, and names for its skills, by the migration."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text

from models.process.programme import ProgrammeSettings
from models.process.request.view import RequestView
from models.store import stored_processes
from models.store.database import Database
from models.store.migrate import upgrade
from models.store.tables import ProgrammeRow

COUNT = 2_500
"""More than are filled at once."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def test_a_filled_database_gets_its_folded_names_and_skills(database: Database) -> None:
    await upgrade(database.url, "0006")
    with database.writing() as session:
        at = "'2026-01-01 00:00:00+00:00'"
        session.execute(
            text(
                "INSERT INTO programmes (id, slug, name, settings, people_version, created_at) "
                f"VALUES ('p', 'here', 'Here', '{{}}', 0, {at})"
            )
        )
        people = [
            {"id": f"{n:04}", "email": f"o'neil-{n}@example.org", "name": f"Łukasz Ω{n}"}
            for n in range(COUNT)
        ]
        session.execute(
            text(f"INSERT INTO people (id, email, name, created_at) VALUES (:id, :email, :name, {at})"),
            people,
        )
        session.execute(
            text(
                "INSERT INTO members (programme_id, person_id, is_mentee, is_mentor, is_admin, "
                "name, time_zone, headline, about, unit, location, country, languages, "
                "attributes, contact, manager_email, available, complete, joined_at) "
                "VALUES ('p', :id, true, false, false, :name, 'UTC', '', '', '', '', '', '[]', '{}', '', '', "
                f"true, true, {at})"
            ),
            people,
        )
        session.execute(
            text("INSERT INTO skills (id, programme_id, name, \"group\") VALUES (:id, 'p', :name, '')"),
            [{"id": "1", "name": "business_skills"}, {"id": "2", "name": "python"}],
        )
    await upgrade(database.url)
    with database.reading() as session:
        names: dict[str, str] = dict(
            session.execute(text("SELECT person_id, name_folded FROM members")).all()
        )
        emails: dict[str, str] = dict(session.execute(text("SELECT id, email_folded FROM people")).all())
        titles = session.execute(text("SELECT title FROM skills ORDER BY id")).scalars().all()
    assert names == {f"{n:04}": f"lukasz ω{n}" for n in range(COUNT)}
    assert emails["0007"] == "oneil 7@example.org"
    assert len(emails) == COUNT
    assert titles == ["Business skills", "python"]


async def test_requests_and_relationships_of_0_2_are_shown_as_before(database: Database) -> None:
    """What their processes know beyond that comes with the next save."""
    await upgrade(database.url, "0012")
    at, ids = "'2026-01-01 00:00:00+00:00'", {"programme_id": "p", "mentee_id": "a", "mentor_id": "b"}
    with database.writing() as session:
        session.execute(
            text(
                "INSERT INTO programmes (id, slug, name, settings, people_version, created_at) "
                f"VALUES ('p', 'here', 'Here', '{{}}', 0, {at})"
            )
        )
        session.execute(
            text(
                "INSERT INTO people (id, email, name, created_at) "
                f"VALUES ('a', 'a@example.org', 'A', {at}), ('b', 'b@example.org', 'B', {at})"
            )
        )
        session.execute(
            text(
                "INSERT INTO requests (id, programme_id, mentee_id, mentor_id, pair, workflow_id, kind, "
                "state, is_open, version, basis, score, reasons, message, revision, comment, reason, "
                "created_at, since, last_event, rules) "
                "VALUES ('r', 'p', 'a', 'b', 'a/b', 'w', 'request', 'pending', true, 3, "
                "'gaps', 80, '[{\"kind\": \"gap\", \"text\": \"x\"}]', 'Please.', 2, '', '', "
                f"{at}, {at}, 'RequestEdited', '{{\"comment_required\": [], \"decline_reasons\": []}}')"
            )
        )
        session.execute(
            text(
                "INSERT INTO relationships (id, programme_id, request_id, mentee_id, mentor_id, workflow_id, "
                "state, version, started_at, since, sign_offs, last_event) VALUES ('s', 'p', 'q', 'a', 'b', "
                f"'w', 'active', 1, {at}, {at}, 0, 'RelationshipStarted')"
            )
        )
    await upgrade(database.url)
    with database.reading() as session:
        request = stored_processes.kept(session, "request", "r")
        pair = stored_processes.kept(session, "relationship", "s")
    assert request
    assert pair
    assert isinstance(request.view, RequestView)
    assert ids.items() <= request.view.model_dump().items()
    assert (request.view.message, request.view.reasons[0].text, request.version) == ("Please.", "x", 3)
    assert pair.view.state == "active"
    assert (request.process, pair.process) == (None, None)


async def test_what_could_be_filtered_by_still_can(database: Database) -> None:
    await upgrade(database.url, "0022")
    at = "'2026-01-01 00:00:00+00:00'"
    with database.writing() as session:
        for one, settings in (("p", '{"levels": 4}'), ("q", "{}"), ("r", "{}")):
            session.execute(
                text(
                    "INSERT INTO programmes (id, slug, name, settings, people_version, created_at) "
                    f"VALUES (:id, :id, 'Here', :settings, 0, {at})"
                ),
                {"id": one, "settings": settings},
            )
        long, odd = "x" * 121, "a|b"
        attributes = [{"Site": "A", "cohort": "1"}, {"site": "B", long: "c", odd: "d"}, {"cohort": "2"}, {}]
        for number, found in enumerate(attributes):
            values = {"id": str(number), "programme": "q" if number == 3 else "p", "found": json.dumps(found)}
            session.execute(
                text(f"INSERT INTO people (id, email, name, created_at) VALUES (:id, :id, 'A', {at})"), values
            )
            session.execute(
                text(
                    "INSERT INTO members (programme_id, person_id, is_mentee, is_mentor, is_admin, name, "
                    "time_zone, headline, about, unit, location, country, languages, attributes, contact, "
                    "manager_email, available, complete, joined_at) VALUES (:programme, :id, true, false, "
                    f"false, 'A', 'UTC', '', '', '', '', '', '[]', :found, '', '', true, true, {at})"
                ),
                values,
            )
    await upgrade(database.url)
    with database.reading() as session:
        rows: dict[str, Any] = dict(session.execute(select(ProgrammeRow.id, ProgrammeRow.settings)).all())
    assert rows == {"p": {"levels": 4, "filterable": ["cohort", "Site"]}, "q": {}, "r": {}}
    assert ProgrammeSettings.kept(rows["p"]).shows("SITE")
