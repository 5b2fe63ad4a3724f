"""No statement of the daily work reads a growing table from one end to the other, on both databases.

The real statements are recorded while the real functions run over a filled database, and explained there.
PostgreSQL runs them again and tells how many rows it read; SQLite tells by what it looks rows up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.housekeeping import PRUNES
from api.pages import queries
from bench.filling import Filler, add_sessions
from bench.people import Programme, Someone, add_people, add_programme, add_tokens
from models.links import Purpose
from models.mail import SignIn
from models.matching.search import Criteria
from models.process.match import Basis
from models.process.relationship.base import RelationshipState
from models.process.request.state import RequestState
from models.store import (
    access,
    asking,
    finding,
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
    timeline,
)
from models.store.database import Database
from models.store.delivery import LinkRow, MailRow
from models.store.pool import MentorPools
from models.store.processes import PlaceRow, RelationshipRow, RequestRow

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


Work = Callable[[AsyncSession, World], Awaitable[Any]]


async def test_no_statement_of_the_daily_work_reads_a_whole_table(migrated_url: str) -> None:
    database = Database(migrated_url)
    world = await _filled(database)
    offenders = {}
    for name, work in WORK.items():
        with _recording(database) as recorded:
            async with database.write() as session:
                await work(session, world)
        assert recorded, name
        found = await _offences(database, recorded)
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
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("ANALYZE")
            await connection.commit()
    async with database.read() as session:
        request = (await session.scalars(select(RequestRow).where(RequestRow.is_open))).first()
        related = (await session.scalars(select(RelationshipRow))).first()
        mail = (await session.scalars(select(MailRow))).first()
    assert request is not None
    assert related is not None
    assert mail is not None
    scope = finding.Scope(programme.id, programme.settings, 1)
    pools = MentorPools()
    await pools.get(database, programme.id, 1)
    people_of = {one.id: one for one in (*mentees, *mentors)}
    mentee, mentor = people_of[request.mentee_id], people_of[request.mentor_id]
    return World(database, programme, mentee, mentor, request, related, mail, pools, scope)


async def _lists(session: AsyncSession, world: World) -> None:
    """Of requests and relationships, as each role, first pages and deep ones, with filters and without."""
    sides: tuple[dict[str, str], ...] = ({"mentee_id": world.mentee.id}, {"mentor_id": world.mentor.id}, {})
    for side in sides:
        for after in (None, (NOW - timedelta(days=500), world.request.id)):
            common: dict[str, Any] = {**side, "programme_id": world.programme.id, "after": after}
            for states in ((), (RequestState.PENDING,), (RequestState.REJECTED, RequestState.EXPIRED)):
                for before in (None, NOW - timedelta(days=7)):
                    wanted = requests.Wanted(**common, states=states, created_before=before)
                    await requests.page(session, wanted)
            for ends in ((), (RelationshipState.COMPLETED, RelationshipState.WITHDRAWN)):
                await relationships.page(session, relationships.Wanted(**common, states=ends))


async def _mail_log(session: AsyncSession, world: World) -> None:
    first = await mail_log.page(session, world.programme.id)
    await mail_log.page(session, world.programme.id, cursor=first.next)
    for state in ("queued", "sent", "bounced"):
        await mail_log.page(session, world.programme.id, state=state)


async def _one_request(session: AsyncSession, world: World) -> None:
    one = world.request
    await requests.find(session, one.id, world.mentee.id)
    await requests.version_of(session, one.id)
    await timeline.told_of(session, [one.id])
    await people.names_of(session, world.programme.id, [one.mentee_id, one.mentor_id])
    await relationships.find(session, world.relationship.id, world.relationship.mentee_id)
    await projections.workflow_of(session, world.relationship.id)


async def _who_is_it(session: AsyncSession, world: World) -> None:
    await access.person_of_api_token(session, world.mentee.token, NOW)
    await access.person_of_session(session, "token", NOW, NOW)
    await access.use_sign_in(session, "token", NOW)
    await people.membership(session, world.programme.slug, world.mentee.id)
    await people.programmes_of(session, world.mentee.id)
    await people.person_by_email(session, "nobody@example.org")
    await rates.count(session, "somebody", NOW, timedelta(hours=1))
    await idempotency.claim(session, world.mentee.id, "key", "0" * 64, NOW)
    await idempotency.answer(session, world.mentee.id, "key", 200, None, "{}")


async def _opening(session: AsyncSession, world: World) -> None:
    pair = (world.mentee.id, world.mentor.id)
    settings = world.programme.settings
    await asking.load_facts(session, world.programme, settings, *pair, NOW, lock=True)
    await finding.match_pair(session, world.scope, *pair, Basis.GAPS)


async def _saving(session: AsyncSession, world: World) -> None:
    view = requests.view_of(world.request)
    await projections.beginning_of(session, view.id)
    await projections.save_request(session, view.model_copy(update={"version": 9}), "workflow")
    found = await relationships.find(session, world.relationship.id, world.relationship.mentee_id)
    assert found is not None
    await projections.save_relationship(session, found.view, "workflow")
    await projections.save_goals(session, found.view.id, found.view.goals)
    await projections.save_surveys(session, found.view, (), ())
    await places.release(session, found.view.id, NOW)


async def _claiming(session: AsyncSession, world: World) -> None:
    one = world.request
    place = places.Place(
        request_id=one.id,
        relationship_id=world.mail.id,
        programme_id=one.programme_id,
        mentee_id=one.mentee_id,
        mentor_id=one.mentor_id,
        now=NOW,
    )
    await places.claim(session, place)
    await places.overtaken_by(session, place)


async def _delivering(session: AsyncSession, world: World) -> None:
    await mails.queue_to_address(
        session,
        key="plans",
        address="a@example.org",
        props=SignIn(),
        now=NOW,
        programme_id=world.programme.id,
    )
    await mails.anything_due(session, NOW)
    (row,) = await mails.lease(session, "worker", NOW, NOW + timedelta(minutes=1), 50)
    await session.flush()
    await mails.retry(session, row, NOW, "later")
    await mails.settle(session, row, mails.BOUNCED, NOW)
    await mails.sent(session, [row.id], NOW)
    await mails.give_back(session, "worker", [row.id], NOW)


async def _links(session: AsyncSession, world: World) -> None:
    link = (await session.scalars(select(LinkRow).where(LinkRow.subject_id == world.request.id))).one()
    await links.find(session, link.id, Purpose.DECIDE)
    await links.revoke(session, world.request.id, NOW, person_id=world.mentor.id)


async def _searching(session: AsyncSession, world: World) -> None:
    asking = (world.database, world.pools, world.scope, world.mentee.id, Criteria(), NOW)
    await finding.find_mentors(*asking)


async def _people(session: AsyncSession, world: World) -> None:
    await profiles.load_profiles(session, world.programme.id, [world.mentee.id, world.mentor.id])
    await profiles.touch_people(session, world.programme.id, [world.mentor.id])
    await invitations.page(session, world.programme.id, (NOW, world.mail.id), 50)
    for whose in (PlaceRow.mentor_id == world.mentor.id, PlaceRow.mentee_id == world.mentee.id):
        await asking.held_places(session, world.programme.id, whose)
    await session.execute(queries.people_page(world.programme.id, "", None, 50))


async def _tidying(session: AsyncSession, world: World) -> None:
    before = NOW - timedelta(days=300)
    for prune in PRUNES:
        await prune(session, before)


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
    "tidying": _tidying,
}


@contextmanager
def _recording(database: Database) -> Iterator[Recorded]:
    found: Recorded = {}

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
            found[statement] = parameters[0] if many else parameters

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


async def _offences(database: Database, recorded: Recorded) -> list[str]:
    explain = _on_sqlite if database.is_sqlite else _on_postgresql
    found = []
    async with database.engine.connect() as connection:
        for statement, parameters in recorded.items():
            why = await explain(connection, statement, parameters)
            await connection.rollback()
            found += [f"{one}: {' '.join(statement.split())}" for one in why]
    return found


async def _on_sqlite(connection: AsyncConnection, statement: str, parameters: Any) -> list[str]:
    rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
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


async def _on_postgresql(connection: AsyncConnection, statement: str, parameters: Any) -> list[str]:
    await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    rows = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
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
