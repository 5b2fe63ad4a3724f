"""Every column says what erasing a person does to it, and that is what happens: a canary in each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Mapped

from models.process.erasure import FORMER, placeholder_address
from models.process.programme import ProgrammeSettings
from models.store import erasing
from models.store.database import Database
from models.store.erasing import Asked
from models.store.erasure_policy import POLICY, TablePolicy, column_policies, plain, table_policy
from models.store.schema import metadata
from models.store.tables import Base

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
CANARY = "Kanarienvogel"
ADDRESS = f"{CANARY.lower()}@example.org"
PROGRAMME, GONE, OTHER, THIRD = (f"00000000-0000-4000-8000-00000000000{n}" for n in range(4))
REQUEST, PAIR, FOREIGN, SKILL = (f"00000000-0000-4000-9000-00000000000{n}" for n in range(4))
NOBODY = "00000000-0000-4000-8000-0000000000ff"
INVITED, INVITING, MAIL = (f"00000000-0000-4000-a000-00000000000{n}" for n in range(3))


def rows() -> dict[str, list[dict[str, Any]]]:
    """A row or two in every table, with the canary in all that can hold a text about the person `GONE`."""
    process: dict[str, Any] = {"programme_id": PROGRAMME, "mentee_id": GONE, "mentor_id": OTHER}
    process |= {"version": 3, "since": NOW, "rest": {"version": 3, "mentee_zone": CANARY}}
    request = {
        "kind": "request",
        "basis": "gaps",
        "score": 50,
        "revision": 1,
        "created_at": NOW,
        "reasons": [{"kind": "gap", "text": CANARY}],
        "message": f"I am {CANARY}.",
        "comment": f"Dear {CANARY}",
        "reason": CANARY,
    }
    mail: dict[str, Any] = {
        "kind": "request-received",
        "props": {"message": CANARY},
        "queued_at": NOW,
        "message_id": "m",
    }
    goal: dict[str, Any] = dict.fromkeys(
        ("specific", "measurable", "attainable", "relevant"), f"{CANARY} helps"
    )
    goal |= {"relationship_id": PAIR, "due": date(2027, 1, 1), "progress": 0, "title": f"With {CANARY}"}
    survey = {
        "relationship_id": PAIR,
        "questions": [],
        "asked_at": NOW,
        "closes_at": NOW,
        "state": "answered",
    }
    entry: dict[str, Any] = {
        "programme_id": PROGRAMME,
        "at": NOW,
        "what": "RequestEdited",
        "by_role": "mentee",
    }
    entry |= {"audience": "both"}
    return {
        "programmes": [
            {"id": PROGRAMME, "slug": "p", "name": "P", "settings": ProgrammeSettings().stored(),
             "created_at": NOW, "people_version": 5},
        ],
        "people": [
            {"id": GONE, "email": ADDRESS, "name": f"{CANARY} Gelb", "created_at": NOW},
            {"id": OTHER, "email": "other@example.org", "name": "Other", "created_at": NOW},
            {"id": THIRD, "email": "third@example.org", "name": "Third", "created_at": NOW},
        ],
        "members": [
            {"programme_id": PROGRAMME, "person_id": GONE, "is_admin": True, "joined_at": NOW,
             "languages": [CANARY], "attributes": {CANARY: CANARY}, "capacity": 2, "complete": True,
             "time_zone": CANARY, "country": "DE", "commitment_at": NOW, "available_from": date(2026, 1, 1),
             **dict.fromkeys(("name", "headline", "about", "unit", "location", "contact"), CANARY),
             "manager_email": "boss@example.org"},
            {"programme_id": PROGRAMME, "person_id": OTHER, "joined_at": NOW, "name": "Other",
             "languages": [], "attributes": {}, "time_zone": "UTC", "manager_email": ADDRESS},
        ],
        "skills": [{"id": SKILL, "programme_id": PROGRAMME, "name": "python"}],
        "member_skills": [{"programme_id": PROGRAMME, "person_id": GONE, "skill_id": SKILL, "level": 3}],
        "member_preferences": [{"programme_id": PROGRAMME, "person_id": GONE, "option": CANARY}],
        "do_not_pair": [
            {"id": one, "programme_id": PROGRAMME, "lower_id": lower, "higher_id": higher, "set_by": by,
             "set_as": role, "set_at": NOW, "why": CANARY}
            for one, lower, higher, by, role in (
                (REQUEST, GONE, OTHER, OTHER, "mentor"), (PAIR, GONE, THIRD, THIRD, "admin"),
                (FOREIGN, OTHER, THIRD, GONE, "admin"),
            )
        ],
        "bookmarks": [
            {"programme_id": PROGRAMME, "person_id": one, "mentor_id": other, "marked_at": NOW}
            for one, other in ((GONE, OTHER), (OTHER, GONE), (OTHER, THIRD))
        ],
        "registrations": [
            {"id": INVITED, "programme_id": PROGRAMME, "person_id": GONE, "name": CANARY, "time_zone": "UTC",
             "roles": "mentee", "answers": [{"question": "Why?", "answer": CANARY}], "state": "joined",
             "created_at": NOW},
            {"id": INVITING, "programme_id": PROGRAMME, "person_id": THIRD, "name": "Third",
             "time_zone": "UTC", "roles": "mentee", "answers": [], "state": "refused", "word": CANARY,
             "created_at": NOW, "decided_at": NOW, "decided_by": GONE},
        ],
        "invitations": [
            {"id": INVITED, "programme_id": PROGRAMME, "email": ADDRESS, "name": CANARY, "roles": "mentee",
             "invited_by": OTHER, "created_at": NOW, "expires_at": NOW},
            {"id": INVITING, "programme_id": PROGRAMME, "email": "third@example.org", "roles": "mentee",
             "invited_by": GONE, "created_at": NOW, "expires_at": NOW, "held_at": NOW, "note": CANARY},
        ],
        "requests": [
            {"id": REQUEST, "pair": "a/b", "workflow_id": "w1", "state": "accepted", "is_open": False,
             **process, **request},
            {"id": FOREIGN, "pair": "c/d", "workflow_id": "w2", "state": "closed", "is_open": False,
             **process, **request, "mentee_id": THIRD, "message": "m", "reason": "", "reasons": []},
        ],
        "shortlists": [
            {"id": REQUEST, "workflow_id": "w4", "state": "withdrawn", "is_open": False, "counts": 0,
             "mode": "in_order", "basis": "gaps", "message": f"I am {CANARY}.", "asks": [], "created_at": NOW,
             **{name: value for name, value in process.items() if name != "mentor_id"}},
        ],
        "relationships": [
            {"id": PAIR, "request_id": REQUEST, "workflow_id": "w3", "state": "active", "started_at": NOW,
             **process},
        ],
        "questions": [
            {"id": REQUEST, "programme_id": PROGRAMME, "mentee_id": GONE, "mentor_id": OTHER,
             "asked_by": GONE, "state": "answered", "text": CANARY, "answer": f"Dear {CANARY}",
             "asked_at": NOW},
        ],
        "drafts": [
            {"id": PAIR, "programme_id": PROGRAMME, "kind": "pairing", "state": "draft", "version": 1,
             "options": {}, "created_by": GONE, "created_at": NOW},
        ],
        "draft_items": [
            {"draft_id": PAIR, "mentee_id": one, "why_none": CANARY if one == GONE else "", "before": GONE}
            for one in (GONE, OTHER)
        ],
        "draft_choices": [
            {"draft_id": PAIR, "mentee_id": one, "mentor_id": other, "place": 0, "score": 1,
             "reasons": [{"kind": "gap", "text": CANARY}]}
            for one, other in ((GONE, THIRD), (OTHER, GONE))
        ],
        "draft_forbidden": [{"draft_id": PAIR, "mentee_id": GONE, "mentor_id": OTHER}],
        "recommendations": [
            {"programme_id": PROGRAMME, "mentee_id": OTHER, "mentor_id": GONE, "draft_id": PAIR, "place": 0,
             "pushed_at": NOW},
        ],
        "assignments": [
            {"id": PAIR, "programme_id": PROGRAMME, "mentee_id": GONE, "mentor_id": OTHER,
             "topic_kind": "skill", "topic_id": SKILL, "topic": "python", "state": "ended",
             "assigned_by": OTHER, "assigned_at": NOW,
             "notified": False, "ended_by": OTHER, "comment": CANARY},
            {"id": FOREIGN, "programme_id": PROGRAMME, "mentee_id": THIRD, "mentor_id": OTHER,
             "topic_kind": "skill", "topic_id": SKILL, "topic": "python", "state": "ended",
             "assigned_by": GONE, "assigned_at": NOW, "notified": False, "ended_by": GONE, "comment": CANARY},
        ],
        "goals": [
            {**goal, "id": THIRD, "position": 0, "set_by": GONE, "created_at": NOW, "updated_at": NOW},
            {**goal, "id": OTHER, "position": 1, "set_by": OTHER, "created_at": NOW, "updated_at": NOW},
        ],
        "surveys": [
            {**survey, "person_id": GONE, "answers": {"remark": CANARY}},
            {**survey, "person_id": OTHER, "answers": {"remark": f"{CANARY} was kind", "useful": "5"}},
        ],
        "timeline": [
            {**entry, "process_id": REQUEST, "seq": 1, "by": GONE, "note": CANARY},
            {**entry, "process_id": PAIR, "seq": 1, "by": OTHER, "note": f"Thanks {CANARY}"},
            {**entry, "process_id": FOREIGN, "seq": 1, "by": GONE, "note": CANARY, "what": "RequestClosed"},
            {**entry, "process_id": FOREIGN, "seq": 2, "by": THIRD, "note": "stays"},
        ],
        "places": [
            {"request_id": REQUEST, "relationship_id": PAIR, "programme_id": PROGRAMME, "mentor_id": OTHER,
             "mentee_id": GONE, "claimed_at": NOW},
        ],
        "mails": [
            {**mail, "id": MAIL, "key": "a", "process_id": REQUEST, "to_person": OTHER, "state": "sent",
             "next_attempt_at": NOW, "error": CANARY},
            {**mail, "id": THIRD, "key": "b", "process_id": REQUEST, "to_person": GONE, "state": "queued",
             "next_attempt_at": NOW},
            {**mail, "id": GONE, "key": "c", "to_address": ADDRESS, "state": "queued",
             "next_attempt_at": NOW},
            {**mail, "id": OTHER, "key": f"invitation/{INVITING}", "to_address": "third@example.org",
             "state": "queued", "next_attempt_at": NOW, "kind": "invitation",
             "props": {"kind": "invitation", "note": CANARY}},
            {**mail, "id": FOREIGN, "key": "d", "process_id": FOREIGN, "to_person": THIRD, "state": "sent",
             "next_attempt_at": NOW, "kind": "request-closed", "props": {"comment": CANARY}},
        ],
        "mailbox": [
            {"mail_id": one, "to_address": address, "subject": CANARY, "raw": CANARY.encode(), "at": NOW}
            for one, address in ((MAIL, "other@example.org"), (GONE, ADDRESS), (FOREIGN, "third@example.org"))
        ],
        "links": [
            {"id": MAIL, "purpose": "decide", "subject_id": REQUEST, "person_id": GONE, "round": 1,
             "created_at": NOW, "expires_at": NOW},
            {"id": INVITED, "purpose": "invitation", "subject_id": INVITED, "round": 1, "created_at": NOW,
             "expires_at": NOW},
        ],
        "sign_in_links": [
            {"token_hash": CANARY, "person_id": GONE, "next_path": f"/{CANARY}", "expires_at": LATER},
        ],
        "sessions": [
            {"token_hash": CANARY, "person_id": GONE, "created_at": NOW, "expires_at": LATER},
        ],
        "api_tokens": [{"token_hash": CANARY, "person_id": GONE, "created_at": NOW}],
        "idempotency_keys": [
            {"person_id": GONE, "key": CANARY, "request_hash": "h", "body": CANARY, "created_at": NOW},
            {"person_id": OTHER, "key": "k", "request_hash": "h", "created_at": NOW,
             "body": f'{{"mentee": {{"id": "{GONE}", "name": "{CANARY}"}}}}'},
        ],
        "rates": [{"key": "write/abc", "until": LATER, "hits": 1}],
        "exports": [
            {"id": GONE, "person_id": GONE, "asked_at": NOW, "content": CANARY.encode()},
            {"id": OTHER, "person_id": OTHER, "asked_at": NOW, "content": CANARY.encode()},
            # Of somebody whose request the person closed as a coordinator, with a word that stands in it.
            {"id": THIRD, "person_id": THIRD, "asked_at": NOW, "content": CANARY.encode()},
        ],
    }  # fmt: skip


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    with made.writing() as session:
        for name, found in rows().items():
            table = metadata.tables[name]
            for row in found:
                session.execute(insert(table).values(_defaults(table) | row))
    yield made
    await made.close()


def _defaults(table: Table) -> dict[str, Any]:
    """An empty text where a text has to be."""
    return {
        column.name: ""
        for column in table.columns
        if not column.nullable and column.default is None and column.type.python_type is str
    }


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.reading() as session:
        return {
            name: [dict(row) for row in session.execute(_sorted(table)).mappings()]
            for name, table in metadata.tables.items()
        }


def _sorted(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


VERSIONS = {"people_version", "changed_in"}
"""What tells the directories of mentors whom to read again."""


async def erased(database: Database, times: int = 1) -> dict[str, list[dict[str, Any]]]:
    with database.writing() as session:
        erasing.ask(session, Asked(GONE, NOW, NOW, by_operator=False))
        erasing.begin(session, Asked(GONE, NOW, NOW, by_operator=False))
    for _ in range(times):
        with database.writing() as session:
            erasing.erase(session, GONE, LATER)
    with database.writing() as session:
        erasing.confirm(session, GONE, LATER)
    return await everything(database)


def test_a_table_and_a_column_about_which_nobody_has_decided_cannot_be_made() -> None:
    with pytest.raises(AttributeError, match="__erasure__"):

        class WithoutPolicy(Base):
            __tablename__ = "undecided_table"

            id: Mapped[int] = plain(primary_key=True)

    with pytest.raises(TypeError, match=r"undecided_columns\.words"):

        class WithoutColumnPolicy(Base):
            __tablename__ = "undecided_columns"
            __erasure__ = TablePolicy("stays")

            id: Mapped[int] = plain(primary_key=True)
            words: Mapped[str]

    for name in ("undecided_table", "undecided_columns"):
        metadata.remove(metadata.tables[name])


def test_every_policy_names_what_is_done() -> None:
    for table in metadata.tables.values():
        assert table_policy(table).why
        if not table_policy(table).goes:
            assert all(POLICY in column.info for column in table.columns), table.name


IDS_ONLY = {"member_skills", "erasures", "links", "bookmarks", "draft_forbidden", "recommendations"}
"""Their rows go, or lose an address, and hold no text of people."""


async def test_no_canary_is_left_in_any_table(database: Database) -> None:
    before = await everything(database)
    singing = {name for name, found in before.items() if CANARY.lower() in str(found).lower()}
    personal = {
        name
        for name, table in metadata.tables.items()
        if table_policy(table).goes or any(one.is_personal for one in column_policies(table).values())
    }
    assert singing | IDS_ONLY == personal, "every place has to be tried"
    after = await erased(database)
    # The last mail keeps the address until it has left.
    last = [mail for mail in after["mails"] if mail["key"] == erasing.last_word(GONE)]
    assert [mail["to_address"] for mail in last] == [ADDRESS]
    after["mails"] = [mail for mail in after["mails"] if mail not in last]
    left = {name: found for name, found in after.items() if CANARY.lower() in str(found).lower()}
    assert left == {}
    with database.writing() as session:
        assert erasing.forget_address(session, GONE, at_any_rate=True)
    assert ADDRESS not in str(await everything(database))


UNTRIED = {"members.country", "erasures.address"}
"""Too short for the canary; written by the erasure itself."""


async def test_the_canary_sits_in_every_personal_text(database: Database) -> None:
    before = await everything(database)
    without = {
        f"{name}.{column}"
        for name, table in metadata.tables.items()
        if not table_policy(table).goes
        for column, policy in column_policies(table).items()
        if policy.is_personal and table.columns[column].type.python_type in {str, dict, list}
        if not any(CANARY.lower() in str(row[column]).lower() for row in before[name])
    }
    assert without == UNTRIED, "fill these columns in `rows`"


async def test_what_is_kept_is_as_it_was(database: Database) -> None:
    """Ids, dates and states of everybody; all of those who did not ask for anything."""
    before, after = await everything(database), await erased(database)
    changed = {"state", "left_at", "settled_at", "released_at", "ended_at", *VERSIONS}
    for name, table in metadata.tables.items():
        kept = {key for key, one in column_policies(table).items() if not one.is_personal} - changed
        if table_policy(table).goes or name in {"erasures", "mails"}:
            continue
        assert [{key: row[key] for key in kept} for row in before[name]] == [
            {key: row[key] for key in kept} for row in after[name]
        ], name
    others = [[row for row in found["people"] if row["id"] != GONE] for found in (before, after)]
    assert others[0] == others[1]
    assert [row["note"] for row in after["timeline"]] == [None, None, None, "stays"]


async def test_the_other_side_keeps_what_is_their_own(database: Database) -> None:
    after = await erased(database)
    assert {row["set_by"]: row["title"] for row in after["goals"]} == {GONE: "(erased)", OTHER: "With …"}
    answers = {row["person_id"]: row["answers"] for row in after["surveys"]}
    assert answers == {GONE: {}, OTHER: {"remark": "… was kind", "useful": "5"}}
    person = next(row for row in after["people"] if row["id"] == GONE)
    assert (person["name"], person["email"]) == (FORMER, placeholder_address(GONE))
    assert {row["person_id"]: row["manager_email"] for row in after["members"]} == {GONE: "", OTHER: ""}


async def test_of_pairs_that_are_not_to_be_only_those_of_others_stay(database: Database) -> None:
    after = await erased(database)
    assert [(row["lower_id"], row["higher_id"], row["why"]) for row in after["do_not_pair"]] == [
        (OTHER, THIRD, "")
    ]
    assert [(row["person_id"], row["mentor_id"]) for row in after["bookmarks"]] == [(OTHER, THIRD)]
    assert [row["mentee_id"] for row in after["draft_items"]] == [OTHER]
    assert after["draft_choices"] == after["draft_forbidden"] == after["recommendations"] == []


async def test_what_had_no_process_any_more_is_ended_all_the_same(database: Database) -> None:
    """After the loss of an engine: nothing may stay open that nobody can end."""
    after = await erased(database)
    assert [row["state"] for row in after["relationships"]] == ["withdrawn"]
    assert [row["released_at"] for row in after["places"]] == [LATER]


async def test_twice_is_once(database: Database) -> None:
    once = await erased(database)
    again = await erased(database, times=2)
    for found in (once, again):
        for row in (*found["programmes"], *found["members"]):
            for version in VERSIONS & row.keys():
                del row[version]
    assert again == once


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_file_forgets_too(database: Database) -> None:
    await erased(database)
    with database.writing() as session:
        erasing.forget_address(session, GONE, at_any_rate=True)
    await database.sweep()
    file = database.url.partition("///")[2]
    for name in (file, f"{file}-wal"):
        with open(name, "rb") as found:  # noqa: ASYNC230, PTH123
            assert CANARY.lower().encode() not in found.read().lower()


async def test_the_only_admin_is_known(database: Database) -> None:
    with database.reading() as session:
        assert erasing.without_other_admin(session, GONE) == ["P"]
        assert erasing.without_other_admin(session, OTHER) == []


async def test_somebody_unknown_changes_nothing(database: Database) -> None:
    before = await everything(database)
    with database.writing() as session:
        erasing.ask(session, Asked(NOBODY, NOW, NOW, by_operator=True))
        assert erasing.begin(session, Asked(NOBODY, NOW, NOW, by_operator=True)) is None
        erasing.erase(session, NOBODY, NOW)
        erasing.keep(session, NOBODY, NOW)
        erasing.confirm(session, NOBODY, NOW)
    assert await everything(database) == before
