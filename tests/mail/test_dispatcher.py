"""The loop: many at once, killed, stopped, slow, woken, and without its server or its database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from activities.letters import Letter
from activities.mail_dispatcher import MailDispatcher
from activities.transport import SENT, Outcome
from models.store import mails
from models.store.database import Database
from tests.infra.postgres import Postgres
from tests.mail import world
from tests.mail.sink import Sink
from tests.mail.tools import SECONDS, Outage, Told, on_one_database, smtp
from tests.mail.world import (
    START,
    Clock,
)


@asynccontextmanager
async def running(*dispatchers: MailDispatcher) -> AsyncGenerator[None, None]:
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        for dispatcher in dispatchers:
            group.create_task(dispatcher.run())
        try:
            yield
        finally:
            for dispatcher in dispatchers:
                dispatcher.stop()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await condition():
            await asyncio.sleep(0.02)


async def all_settled(database: Database) -> bool:
    return "queued" not in await world.states(database)


async def test_two_dispatchers_at_the_same_time_send_each_mail_once(
    database: Database, clock: Clock, sink: Sink, migrated_url: str
) -> None:
    orders = [world.received(message=f"number {n}") for n in range(40)]
    await world.queue(database, *orders, process_id=None)
    other = Database(migrated_url)
    try:
        pair = [world.dispatcher(one, clock, smtp(sink)) for one in (database, other)]
        async with running(*pair):
            await until(lambda: all_settled(database))
    finally:
        await other.close()
    assert len({message["Message-ID"] for message in sink.accepted}) == len(sink.accepted) == 40
    assert set(await world.states(database)) == {"sent"}


async def test_a_killed_workers_mail_is_taken_over(database: Database, clock: Clock) -> None:
    await world.queue(database, world.received())
    with database.writing() as session:
        assert mails.lease(session, mails.Lease("killed", START + mails.LEASED_FOR), START, 10)
    dispatcher = world.dispatcher(database, clock)
    assert await dispatcher.deliver_due() == 0
    clock.forward(mails.LEASED_FOR)
    assert await dispatcher.deliver_due() == 1
    assert await world.states(database) == ["sent"]


async def test_a_stop_gives_back_what_was_not_begun(database: Database, clock: Clock) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(_letter: Letter) -> Outcome:
        begun.set()
        await go_on.wait()
        return SENT

    await world.queue(database, *(world.received() for _ in range(5)))
    dispatcher = world.dispatcher(database, clock, Told(slowly))
    async with running(dispatcher):
        await begun.wait()
        dispatcher.stop()
        go_on.set()
    found = await world.rows(database)
    assert sorted(row.state for row in found) == ["queued"] * 4 + ["sent"]
    assert {row.attempts for row in found if row.state == "queued"} == {0}
    assert await world.dispatcher(database, clock).deliver_due() == 4


@on_one_database
async def test_a_lease_that_runs_out_in_a_slow_batch_is_given_back(database: Database, clock: Clock) -> None:
    async def slowly(_letter: Letter) -> Outcome:
        clock.forward(timedelta(seconds=45))
        return SENT

    transport = Told(slowly)
    await world.queue(database, *(world.received() for _ in range(5)))
    await world.dispatcher(database, clock, transport).deliver_due()
    assert len(transport.seen) == len(set(transport.seen)) == 5
    assert set(await world.states(database)) == {"sent"}
    assert {row.attempts for row in await world.rows(database)} == {1}


@on_one_database
async def test_waking_delivers_before_the_next_poll(database: Database, clock: Clock) -> None:
    dispatcher = world.dispatcher(database, clock)
    async with running(dispatcher):
        await asyncio.sleep(0.1)
        await world.queue(database, world.received())
        dispatcher.wake()
        async with asyncio.timeout(0.8):
            await until(lambda: all_settled(database))


@on_one_database
async def test_a_server_that_is_away_is_left_alone_for_a_while(
    database: Database, clock: Clock, sink: Sink
) -> None:
    transport = smtp(sink)
    await sink.stop()
    await world.queue(database, *(world.received() for _ in range(30)), process_id=None)
    dispatcher = world.dispatcher(database, clock, transport)
    with capture_logs() as logs:
        await dispatcher.deliver_due()
    assert [entry["event"] for entry in logs].count("mail_server_unusable") == 1
    assert sorted(row.attempts for row in await world.rows(database)) == [0] * 29 + [1]


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_mail_that_was_taken_is_recorded_though_the_database_goes_away(
    postgres: Postgres, clock: Clock, database: Database
) -> None:
    """Forgetting the server's yes would send the mail again."""

    async def then_no_database(_letter: Letter) -> Outcome:
        postgres.stop()
        asyncio.get_running_loop().call_later(0.7, postgres.start)
        return SENT

    transport = Told(then_no_database)
    await world.queue(database, world.received())
    async with asyncio.timeout(SECONDS):
        await world.dispatcher(database, clock, transport).deliver_due()
        clock.forward(10 * mails.LEASED_FOR)
        await world.dispatcher(database, clock, transport).deliver_due()
    assert len(transport.seen) == 1
    assert await world.states(database) == ["sent"]


async def test_mail_that_was_taken_is_not_sent_again_after_an_outage_that_outlasts_its_lease(
    database: Database, clock: Clock, sink: Sink, migrated_url: str
) -> None:
    """Another lane of the worker comes before the next attempt to record it."""
    await world.queue(database, world.received())
    async with Outage.of(migrated_url) as outage:
        sink.answers = lambda command, _address: (
            outage.begin() if command == "DATA" and not sink.accepted else None
        )
        dispatcher = world.dispatcher(outage, clock, smtp(sink))
        async with asyncio.timeout(SECONDS):
            lane = asyncio.create_task(dispatcher.deliver_due())
            await outage.noticed.wait()
            clock.forward(mails.LEASED_FOR)
            outage.end()
            await dispatcher.deliver_due()
            await lane
    assert len(sink.accepted) == 1
    assert await world.states(database) == ["sent"]


async def test_what_was_not_begun_before_an_outage_is_given_back_only_by_who_holds_it(
    database: Database, clock: Clock, migrated_url: str
) -> None:
    """Another lane has taken it over meanwhile, and is about to hand it over."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def then_no_database(_letter: Letter) -> Outcome:
        if len(transport.seen) == 1:
            outage.begin()
        else:
            begun.set()
            await go_on.wait()
        return SENT

    transport = Told(then_no_database)
    await world.queue(database, world.received(), world.received())
    async with Outage.of(migrated_url) as outage, asyncio.timeout(SECONDS):
        dispatcher = world.dispatcher(outage, clock, transport)
        first = asyncio.create_task(dispatcher.deliver_due())
        await outage.noticed.wait()
        clock.forward(mails.LEASED_FOR)
        outage.end()
        second = asyncio.create_task(dispatcher.deliver_due())
        await begun.wait()
        await first
        assert await dispatcher.deliver_due() == 0
        go_on.set()
        await second
    assert len(transport.seen) == len(set(transport.seen)) == 2
    assert await world.states(database) == ["sent", "sent"]
