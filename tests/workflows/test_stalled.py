"""The engine itself is asked which requests wait, for how long, and what happens to them next (A2)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.web.stalled import StalledFilter, StalledRequest, list_stalled
from models.process.errors import Invalid
from models.process.request.commands import RejectRequest, RequestAmendment
from models.process.request.view import RequestView
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office, request_id

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def all_of(made: Office, wanted: StalledFilter, limit: int = 50) -> list[StalledRequest]:
    found: list[StalledRequest] = []
    cursor: str | None = None
    while True:
        page = await made.gateway.stalled(wanted, limit, cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def wanted(made: Office, **more: str | None) -> StalledFilter:
    return StalledFilter(made.people.programme_id, datetime.now(UTC) + timedelta(minutes=1), **more)


async def shows(made: Office, what: StalledFilter, views: list[RequestView]) -> None:
    """Visibility follows in a moment."""

    async def look() -> bool:
        return {item.request_id for item in await all_of(made, what)} == {view.id for view in views}

    await eventually(look)


async def test_it_pages_through_all_and_names_the_next_date_of_each(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=7) as made:
        asked = await asyncio.gather(*(made.ask(mentee) for mentee in range(7)))
        await shows(made, wanted(made), asked)
        paged = await all_of(made, wanted(made), limit=3)
        assert sorted(item.request_id for item in paged) == sorted(view.id for view in asked)
        views = {view.id: view for view in asked}
        for item in paged:
            view = views[item.request_id]
            assert (item.mentee_id, item.mentor_id, item.state) == (view.mentee_id, view.mentor_id, "pending")
            assert (item.next_at, item.next_what) == (view.next_reminder_at, "reminder")
            assert item.last_event == "RequestSubmitted"
            assert item.since == view.since


async def test_it_is_narrowed_by_state_age_and_person(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2, mentors=2) as made:
        one, two, three = await made.ask(0, 0), await made.ask(0, 1), await made.ask(1, 0)
        await made.tell(one, RequestAmendment(comment="More?"), made.mentor)
        await shows(made, wanted(made, state="amendment_requested"), [one])
        await shows(made, wanted(made, state="pending"), [two, three])
        await shows(made, wanted(made, mentor_id=made.people.mentors[0]), [one, three])
        await shows(made, wanted(made, mentee_id=made.people.mentees[0]), [one, two])
        await shows(
            made,
            wanted(made, mentee_id=made.people.mentees[1], mentor_id=made.people.mentors[1]),
            [],
        )
        long_ago = StalledFilter(made.people.programme_id, datetime.now(UTC) - timedelta(days=1))
        assert await all_of(made, long_ago) == []
        assert await all_of(made, StalledFilter(new_id(), datetime.now(UTC))) == []


async def test_the_longest_wait_comes_first_however_many_there_are(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """In windows of few, with gaps of months, ties, and more in one second than a window takes."""
    begun = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
    apart = (0, 0, 0.25, 0.25, 0.5, 0.75, 0.75, 1, 1.5, 60, 3600, 3601, 86_400, 9e6, 9e6, 9_000_001.125)
    waits = [begun + timedelta(seconds=seconds) for seconds in (*apart, *(n * 7e4 for n in range(1, 15)))]
    async with office(virtual_engine, migrated_url, mentees=len(waits), works=False) as made:
        asked = [await made.waiting_since(since, mentee) for mentee, since in enumerate(waits)]
        ranks = sorted((request.since, request.id) for request in asked)

        async def counted() -> bool:
            return len(await all_of(made, wanted(made))) == len(waits)

        await eventually(counted)
        client = virtual_engine.client
        for limit in (1, 4, 50):
            found: list[StalledRequest] = []
            cursor: str | None = None
            while cursor or not found:
                page = await list_stalled(client, wanted(made), limit, cursor, many=3)
                assert len(page.items) == limit or page.next is None
                found, cursor = found + page.items, page.next
            assert [(one.since, one.request_id) for one in found] == ranks
        old = StalledFilter(made.people.programme_id, begun + timedelta(seconds=1.25))
        assert [one.since for one in await all_of(made, old, limit=3)] == [since for since, _ in ranks[:8]]


async def test_what_has_ended_is_gone_from_it(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await shows(made, wanted(made), [asked])
        no = RejectRequest(comment="No", reason="I have no time at the moment")
        await made.tell(asked, no, made.mentor)
        await made.ended(request_id(asked))
        await shows(made, wanted(made), [])


@pytest.mark.parametrize("cursor", ["?", "AAAA", "bm90IGEgY3Vyc29y"])
async def test_a_cursor_that_was_not_given_out_is_refused(
    virtual_engine: VirtualEngine, migrated_url: str, cursor: str
) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        with pytest.raises(Invalid) as refused:
            await made.gateway.stalled(wanted(made), 10, cursor)
        assert refused.value.field == "cursor"


@pytest.mark.parametrize("bad", [{"state": "accepted"}, {"mentor_id": "' OR ''='"}, {"mentee_id": "x"}])
async def test_a_filter_is_no_way_into_the_query(
    virtual_engine: VirtualEngine, migrated_url: str, bad: dict[str, str]
) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        with pytest.raises(Invalid):
            await made.gateway.stalled(wanted(made, **bad), 10, None)
