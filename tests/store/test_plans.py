"""No statement of the daily work reads a growing table from one end to the other, on both databases.

The real statements are recorded while the real functions run over a filled database, and explained there.
PostgreSQL runs them again and tells how many rows it read; SQLite tells by what it looks rows up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from api.web.housekeeping import PRUNES
from bench.filling import Filler, add_sessions
from bench.people import Programme, Someone, add_people, add_programme, add_tokens
from models.links import Purpose
from models.mails.person import SignIn
from models.matching.search import Criteria
from models.process.match import Basis
from models.process.relationship.base import RelationshipState
from models.process.request.state import RequestState
from models.store import (
    access,
    asking,
    desk,
    finding,
    health,
    idempotency,
    invitations,
    links,
    mail_log,
    mails,
    people,
    places,
    profiles,
    projections,
    rates,
    relationships,
    requests,
    roster,
    timeline,
)
from models.store.database import Database
from models.store.delivery import LinkRow, MailRow
from models.store.pool import MentorPools
from models.store.processes import PlaceRow, RelationshipRow, RequestRow
from models.store.skills import SkillBooks

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
REQUESTS = 4000
PEOPLE = 400
GROWING = frozenset(
    {"requests", "relationships", "goals", "surveys", "timeline", "places", "mails", "mailbox", "links"}
    | {"sign_in_links", "sessions", "api_tokens", "idempotency_keys", "rates", "invitations"}
    | {"people", "members", "member_skills", "member_preferences"}
)
FEW = 300
"""Rows that a statement may read of a table that holds thousands: a page and what belongs to it."""
OPEN_NOW = frozenset({"ix_places_mentor_held", "ix_places_mentee_held", "uq_requests_open_pair"})
"""Partial indexes of what is open or held at present: as long as the programme is large, not old."""

Recorded = dict[str, Any]
"""Statement -> parameters of one of its runs."""


@dataclass(frozen=True)
class World:
    database: Database
    programme: Programme
    mentee: Someone
    mentor: Someone
    request: RequestRow
    relationship: RelationshipRow
    mail: MailRow
    pools: MentorPools
    scope: finding.Scope


Work = Callable[[Session, World], Any]


async def test_no_statement_of_the_daily_work_reads_a_whole_table(migrated_url: str) -> None:
    database = Database(migrated_url)
    world = await _filled(database)
    offenders = {}
    for name, work in WORK.items():
        with _recording(database) as recorded, database.writing() as session:
            done = work(session, world)
            if isawaitable(done):
                await done
        assert recorded, name
        found = _offences(database, recorded)
        if found:
            offenders[name] = found
    await database.close()
    assert offenders == {}


async def _filled(database: Database) -> World:
    programme = await add_programme(database, "plans")
    mentees = await add_people(database, programme, "mentee", PEOPLE // 2)
    mentors = await add_people(database, programme, "mentor", PEOPLE // 2)
    await add_tokens(database, [*mentees, *mentors])
    await add_sessions(database, mentees, NOW)
    await Filler(programme, mentees, mentors, NOW).fill(database, REQUESTS)
    if not database.is_sqlite:  # PostgreSQL does so by itself after a while, SQLite does not
        with database.writing() as session:
            session.execute(text("ANALYZE"))
    with database.reading() as session:
        request = session.scalars(select(RequestRow).where(RequestRow.is_open)).first()
        related = session.scalars(select(RelationshipRow)).first()
        mail = session.scalars(select(MailRow)).first()
    assert request is not None
    assert related is not None
    assert mail is not None
    scope = finding.Scope(programme.id, programme.settings, 1)
    pools = MentorPools()
    await pools.get(database, programme.id, 1)
    people_of = {one.id: one for one in (*mentees, *mentors)}
    mentee, mentor = people_of[request.mentee_id], people_of[request.mentor_id]
    return World(database, programme, mentee, mentor, request, related, mail, pools, scope)


def _lists(session: Session, world: World) -> None:
    """Of requests and relationships, as each role, first pages and deep ones, with filters and without."""
    sides: tuple[dict[str, str], ...] = ({"mentee_id": world.mentee.id}, {"mentor_id": world.mentor.id}, {})
    for side in sides:
        for after in (None, (NOW - timedelta(days=500), world.request.id)):
            common: dict[str, Any] = {**side, "programme_id": world.programme.id, "after": after}
            for states in ((), (RequestState.PENDING,), (RequestState.REJECTED, RequestState.EXPIRED)):
                for before in (None, NOW - timedelta(days=7)):
                    wanted = requests.Wanted(**common, states=states, created_before=before)
                    requests.page(session, wanted)
            for ends in ((), (RelationshipState.COMPLETED, RelationshipState.WITHDRAWN)):
                relationships.page(session, relationships.Wanted(**common, states=ends))


def _mail_log(session: Session, world: World) -> None:
    for after in (None, (NOW, world.request.id)):
        mail_log.page(session, world.programme.id, after=after)
    for states in (("queued",), ("sent",), ("bounced", "failed")):
        mail_log.page(session, world.programme.id, states=states)


def _one_request(session: Session, world: World) -> None:
    one = world.request
    requests.find(session, one.id, world.mentee.id)
    requests.version_of(session, one.id)
    timeline.told_of(session, [one.id])
    people.names_of(session, world.programme.id, [one.mentee_id, one.mentor_id])
    relationships.find(session, world.relationship.id, world.relationship.mentee_id)
    projections.workflow_of(session, world.relationship.id)


def _who_is_it(session: Session, world: World) -> None:
    access.person_of_api_token(session, world.mentee.token, NOW)
    access.person_of_session(session, "token", NOW, NOW)
    access.use_sign_in(session, "token", NOW)
    people.membership(session, world.programme.slug, world.mentee.id)
    people.programmes_of(session, world.mentee.id)
    people.person_by_email(session, "nobody@example.org")
    rates.count(session, "somebody", NOW, timedelta(hours=1))
    idempotency.claim(session, world.mentee.id, "key", "0" * 64, NOW)
    idempotency.answer(session, world.mentee.id, "key", 200, None, "{}")


def _opening(session: Session, world: World) -> None:
    pair = (world.mentee.id, world.mentor.id)
    settings = world.programme.settings
    asking.load_facts(session, world.programme, settings, *pair, NOW, lock=True)
    finding.match_pair(session, SkillBooks(), world.scope, *pair, Basis.GAPS)


def _saving(session: Session, world: World) -> None:
    view = requests.view_of(world.request)
    projections.beginning_of(session, view.id)
    projections.save_request(session, view.model_copy(update={"version": 9}), "workflow")
    found = relationships.find(session, world.relationship.id, world.relationship.mentee_id)
    assert found is not None
    projections.save_relationship(session, found.view, "workflow")
    projections.save_goals(session, found.view.id, found.view.goals)
    projections.save_surveys(session, found.view, (), ())
    places.release(session, found.view.id, NOW)


def _claiming(session: Session, world: World) -> None:
    one = world.request
    place = places.Place(
        request_id=one.id,
        relationship_id=world.mail.id,
        programme_id=one.programme_id,
        mentee_id=one.mentee_id,
        mentor_id=one.mentor_id,
        now=NOW,
    )
    places.claim(session, place)
    places.overtaken_by(session, place)


def _delivering(session: Session, world: World) -> None:
    mails.queue_to_address(
        session,
        key="plans",
        address="a@example.org",
        props=SignIn(),
        now=NOW,
        programme_id=world.programme.id,
    )
    mails.anything_due(session, NOW)
    (row,) = mails.lease(session, mails.Lease("worker", NOW + timedelta(minutes=1)), NOW, 50)
    session.flush()
    mails.retry(session, row, NOW, "later")
    mails.settle(session, row, mails.BOUNCED, NOW)
    mails.sent(session, [row.id], NOW)
    mails.give_back(session, "worker", [row.id], NOW)


def _links(session: Session, world: World) -> None:
    link = session.scalars(select(LinkRow).where(LinkRow.subject_id == world.request.id)).one()
    links.find(session, link.id, Purpose.DECIDE)
    links.revoke(session, world.request.id, NOW, person_id=world.mentor.id)


async def _searching(session: Session, world: World) -> None:
    asking = (world.database, world.pools, world.scope, world.mentee.id, Criteria(), NOW)
    await finding.find_mentors(*asking)


def _people(session: Session, world: World) -> None:
    profiles.load_profiles(session, world.programme.id, [world.mentee.id, world.mentor.id])
    profiles.touch_people(session, world.programme.id, [world.mentor.id])
    invitations.page(session, world.programme.id, (NOW, world.mail.id), 50)
    for whose in (PlaceRow.mentor_id == world.mentor.id, PlaceRow.mentee_id == world.mentee.id):
        asking.held_places(session, world.programme.id, whose)
    roster.page(session, roster.Wanted(world.programme.id, NOW))


def _desk(session: Session, world: World) -> None:
    programme = world.programme.id
    session.scalars(desk.overlong(programme, NOW - timedelta(days=7))).one()
    session.execute(desk.bounced(programme, NOW)).all()
    health.most_loaded(session, programme, world.programme.settings)


def _tidying(session: Session, world: World) -> None:
    before = NOW - timedelta(days=300)
    for prune in PRUNES:
        prune(session, before)


WORK: dict[str, Work] = {
    "lists": _lists,
    "mail log": _mail_log,
    "one request": _one_request,
    "who is it": _who_is_it,
    "asking": _opening,
    "saving": _saving,
    "claiming": _claiming,
    "delivering": _delivering,
    "links": _links,
    "searching": _searching,
    "people": _people,
    "desk": _desk,
    "tidying": _tidying,
}


@contextmanager
def _recording(database: Database) -> Iterator[Recorded]:
    found: Recorded = {}

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
            found[statement] = parameters[0] if many else parameters

    engines = (database.reads.engine, database.writes.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


def _offences(database: Database, recorded: Recorded) -> list[str]:
    explain = _on_sqlite if database.is_sqlite else _on_postgresql
    found = []
    with database.writes.engine.connect() as connection:
        for statement, parameters in recorded.items():
            why = explain(connection, statement, parameters)
            connection.rollback()
            found += [f"{one}: {' '.join(statement.split())}" for one in why]
    return found


def _on_sqlite(connection: Connection, statement: str, parameters: Any) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [row[-1] for row in rows]
    sorts = any("USE TEMP B-TREE FOR ORDER BY" in step for step in steps)
    return [step for step in steps if _reads_all(step, sorts)]


def _reads_all(step: str, sorts: bool) -> bool:
    """Whether it looks at every row, or at every row of the programme to sort them."""
    match = re.match(r"(SCAN|SEARCH) (\w+)(.*)", step)
    if match is None or match[2].removesuffix("_1").split("_")[-1] not in _LAST_WORDS:
        return False
    if match[1] == "SCAN":
        return True
    by_programme_alone = match[3].endswith("(programme_id=?)")
    return by_programme_alone and sorts and not any(name in match[3] for name in OPEN_NOW)


_LAST_WORDS = frozenset(name.split("_")[-1] for name in GROWING)


def _on_postgresql(connection: Connection, statement: str, parameters: Any) -> list[str]:
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    told = rows.scalar_one()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return [why for node in _nodes(plan) if (why := _too_much(node))]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _too_much(node: dict[str, Any]) -> str | None:
    if "Scan" not in node["Node Type"] or node.get("Relation Name") not in GROWING:
        return None
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    rows = round(read * node["Actual Loops"])
    if node["Node Type"] == "Seq Scan" or rows > FEW:
        return f"{node['Node Type']} of {node['Relation Name']} by {node.get('Index Name')} reads {rows} rows"
    return None
