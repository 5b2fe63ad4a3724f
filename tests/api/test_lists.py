"""Pages of lists: complete, in order, from an index, in a fixed number of queries."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from api.web.paging import cursor_of
from models.store.processes import RequestRow, TimelineRow
from models.store.tables import MemberRow, PersonRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, START, Json, Someone, World

HERE = f"/api/v1/programmes/{SLUG}"


async def many_requests(town: World, mentee: Someone, count: int) -> list[str]:
    """Ended requests of one mentee, three for every instant; their ids, newest first."""
    programme, ids = town.programmes[SLUG], [str(uuid.uuid4()) for _ in range(count)]
    people = [str(uuid.uuid4()) for _ in range(count)]
    ages = {one: START - timedelta(minutes=place // 3) for place, one in enumerate(ids)}
    rows = [_row(programme, mentee.id, other, one, ages[one]) for one, other in zip(ids, people, strict=True)]
    entries = [_entry(programme, row, seq) for row in rows for seq in (1, 2)]
    with town.database.writing() as session:
        named = [
            {"id": one, "email": f"{one}@example.org", "name": one[:8], "created_at": START} for one in people
        ]
        session.execute(insert(PersonRow), named)
        members = [
            {"programme_id": programme, "person_id": one["id"], "name": one["name"], "time_zone": "UTC"}
            for one in named
        ]
        session.execute(insert(MemberRow), [{**one, "joined_at": START} for one in members])
        session.execute(insert(RequestRow), rows)
        session.execute(insert(TimelineRow), entries)
    return sorted(ids, key=lambda one: (ages[one], one), reverse=True)


def _row(programme: str, mentee: str, mentor: str, request: str, at: Any) -> Json:
    return {
        "id": request,
        "programme_id": programme,
        "mentee_id": mentee,
        "mentor_id": mentor,
        "pair": "/".join(sorted((mentee, mentor))),
        "workflow_id": f"request/{request}",
        "kind": "request",
        "state": "expired",
        "is_open": False,
        "version": 2,
        "basis": "gaps",
        "score": 50,
        "reasons": [{"kind": "gap-covered", "text": "x"}],
        "message": "Hello",
        "revision": 1,
        "created_at": at,
        "since": at,
        "decided_at": at,
        "closes_at": None,
        "next_reminder_at": None,
        "relationship_id": None,
    }


def _entry(programme: str, row: Json, seq: int) -> Json:
    return {
        "process_id": row["id"],
        "seq": seq,
        "programme_id": programme,
        "at": row["created_at"],
        "what": "RequestSubmitted" if seq == 1 else "RequestExpired",
        "by": row["mentee_id"] if seq == 1 else None,
        "by_role": "mentee" if seq == 1 else "system",
        "on_behalf_of": None,
        "note": None,
        "audience": "both",
    }


@contextmanager
def statements(town: World) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    engines = (town.database.reads.engine, town.database.writes.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


async def all_pages(someone: Someone, path: str, **params: Any) -> list[Json]:
    found: list[Json] = []
    cursor: Json = {}
    while True:
        page = await someone.get(path, **params, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_pages_show_everything_once_in_order(town: World, cast: Cast) -> None:
    ids = await many_requests(town, cast.mentee, 23)
    found = await all_pages(cast.mentee, f"{HERE}/requests", limit=5)
    assert [one["id"] for one in found] == ids
    assert (await cast.bystander.get(f"{HERE}/requests"))["items"] == []
    admin = await all_pages(cast.admin, f"{HERE}/requests", **{"as": "admin", "limit": 23})
    assert [one["id"] for one in admin] == ids


@SQLITE
async def test_a_list_is_a_fixed_number_of_queries(town: World, cast: Cast) -> None:
    await many_requests(town, cast.mentee, 40)
    counts = []
    for limit in (2, 40):
        with statements(town) as sent:
            page = await cast.mentee.get(f"{HERE}/requests", limit=limit)
        assert len(page["items"][0]["timeline"]) == 2
        counts.append(len(sent))
    assert counts[0] == counts[1]


@SQLITE
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"cursor": "x"},
        {"state": "pending"},
        {"as": "mentor"},
        {"as": "admin"},
        {"as": "admin", "state": "expired"},
        {"as": "admin", "older_than": "P1D"},
    ],
)
async def test_lists_come_from_an_index(town: World, cast: Cast, params: Json) -> None:
    someone = await town.person("Al", "mentee", "admin")
    await many_requests(town, someone, 5)
    if "cursor" in params:
        params = {"cursor": (await someone.get(f"{HERE}/requests", limit=2))["next"]}
    with statements(town) as sent:
        await someone.get(f"{HERE}/requests", **params)
    listing = next(one for one in sent if "FROM requests" in one)
    with town.database.reading() as session:
        connection = session.connection()
        arguments = ("x",) * listing.count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {listing}", arguments).all()
    steps = " ".join(str(row[-1]) for row in plan)
    assert "USING INDEX" in steps
    assert not re.search(r"SCAN (requests|members|people)", steps)


@SQLITE
async def test_filters(town: World, cast: Cast) -> None:
    old = await town.ask(cast.mentee, cast.mentor)
    town.clock.forward(days=3)
    new = await town.ask(cast.mentee, cast.bystander)
    await cast.mentor.post(f"/api/v1/requests/{old['id']}/request-amendment", {"comment": "Why?"})

    async def listed(someone: Someone, **params: Any) -> list[str]:
        return [one["id"] for one in (await someone.get(f"{HERE}/requests", **params))["items"]]

    assert await listed(cast.mentee) == [new["id"], old["id"]]
    assert await listed(cast.mentee, state="pending") == [new["id"]]
    assert await listed(cast.mentee, state=["pending", "amendment_requested"]) == [new["id"], old["id"]]
    assert await listed(cast.mentee, older_than="P2D") == [old["id"]]
    assert await listed(cast.mentee, older_than="", state="") == [new["id"], old["id"]]
    assert await listed(cast.mentor) == [old["id"]]
    assert await listed(cast.bystander) == []
    assert await listed(cast.bystander, **{"as": "mentor"}) == [new["id"]]


NOT_IN_UTC = ("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00")
BAD_QUESTIONS: list[tuple[Json, str]] = [
    ({"cursor": "nonsense"}, "cursor"),
    ({"cursor": "W10"}, "cursor"),
    ({"cursor": "WzEsMl0"}, "cursor"),
    ({"cursor": "x" * 500}, "cursor"),
    *(({"cursor": cursor_of(datetime.fromisoformat(at), str(uuid.uuid4()))}, "cursor") for at in NOT_IN_UTC),
    ({"limit": "0"}, "limit"),
    ({"limit": "201"}, "limit"),
    ({"limit": "many"}, "limit"),
    ({"older_than": "7"}, "older_than"),
    ({"older_than": "yesterday"}, "older_than"),
    ({"older_than": "-P1D"}, "older_than"),
    ({"older_than": "P99999999D"}, "older_than"),
    ({"older_than": "P9999999999999D"}, "older_than"),
    ({"state": "accepting"}, "state"),
    ({"state": "stuck"}, "state"),
    ({"as": "system"}, "as"),
    ({"as": "boss"}, "as"),
]


@SQLITE
async def test_bad_questions_are_told_what_is_wrong(town: World, cast: Cast) -> None:
    for params, field in BAD_QUESTIONS:
        response = await cast.mentee.http.get(f"{HERE}/requests", params=params)
        assert response.status_code == 422, (params, response.text)
        error = response.json()["errors"][0]
        assert error["field"].startswith(field), (params, error)
        assert error["message"].endswith("."), (params, error)


@SQLITE
async def test_relationships_page_too(town: World, cast: Cast) -> None:
    await cast.admin.http.patch(f"{HERE}/settings", json={"mentors_per_mentee": 3})
    pairs = []
    for mentor in (cast.mentor, cast.bystander):
        pairs.append(await town.paired(cast.mentee, mentor))
        town.clock.forward(hours=1)
    found = await all_pages(cast.mentee, f"{HERE}/relationships", limit=1)
    assert [one["id"] for one in found] == pairs[::-1]
    assert all(one["contacts"] is None for one in found)
    assert len((await cast.mentor.get(f"{HERE}/relationships"))["items"]) == 1
    ended = await cast.admin.get(f"{HERE}/relationships", **{"as": "admin", "state": "completed"})
    assert ended["items"] == []


@SQLITE
async def test_stalled_pages_through_the_engines_cursor(town: World, cast: Cast) -> None:
    await town.ask(cast.mentee, cast.mentor)
    await town.ask(cast.mentee, cast.bystander)
    town.clock.forward(days=30)
    found = await all_pages(cast.admin, f"{HERE}/stalled", limit=1)
    assert len({one["request_id"] for one in found}) == 2
    one = await cast.admin.get(f"{HERE}/stalled", mentor=cast.mentor.id, state="pending")
    assert [item["mentor"]["id"] for item in one["items"]] == [cast.mentor.id]
    bad = await cast.admin.http.get(f"{HERE}/stalled", params={"mentor": "x' OR 1=1"})
    assert bad.status_code == 422
    assert (await cast.admin.http.get(f"{HERE}/stalled", params={"state": "expired"})).status_code == 422


@SQLITE
async def test_stalled_are_told_by_how_long_they_wait_with_all_their_dates(town: World, cast: Cast) -> None:
    first = await town.ask(cast.mentee, cast.mentor)
    town.clock.forward(days=2)
    second = await town.ask(cast.mentee, cast.bystander)
    town.clock.forward(days=3)
    await cast.admin.post(f"/api/v1/requests/{first['id']}/remind", {})
    reminded = town.clock().isoformat().replace("+00:00", "Z")
    found = (await cast.admin.get(f"{HERE}/stalled", older_than="P1D"))["items"]
    assert [one["request_id"] for one in found] == [first["id"], second["id"]]
    assert [one["closes_at"] for one in found] == [first["closes_at"], second["closes_at"]]
    assert [(one["last_event"], one["last_event_at"], one["reminded_at"]) for one in found] == [
        ("ReminderSent", reminded, reminded),
        ("RequestSubmitted", second["created_at"], None),
    ]
    town.clock.forward(days=1)
    await cast.mentor.post(f"/api/v1/requests/{first['id']}/request-amendment", {"comment": "More?"})
    (two, one) = (await cast.admin.get(f"{HERE}/stalled", older_than="P0D"))["items"]
    assert (two["request_id"], one["request_id"]) == (second["id"], first["id"])
    assert one["reminded_at"] is None


@SQLITE
async def test_what_was_just_closed_is_not_shown_as_stalled(town: World, cast: Cast) -> None:
    """The engine's lists show an end up to a second late; whoever closed one should not see it again."""
    closed = (await town.ask(cast.mentee, cast.mentor))["id"]
    waiting = (await town.ask(cast.mentee, cast.bystander))["id"]
    town.clock.forward(days=30)
    with town.database.writing() as session:
        row = session.get_one(RequestRow, closed)
        row.state, row.is_open = "closed", False
    found = await cast.admin.get(f"{HERE}/stalled")
    assert [one["request_id"] for one in found["items"]] == [waiting]
