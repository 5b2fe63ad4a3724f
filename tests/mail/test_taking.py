"""Mails taken with their step: each leaves once, whatever becomes of the step, the mail or the worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from activities.letters import Letter
from activities.mail_dispatcher import BATCH, MailDispatcher
from activities.taking import Taking
from activities.transport import SENT, Outcome
from models.mails.order import MailOrder
from models.mails.request import RequestEdited
from models.store import mails
from models.store.database import Database
from tests.mail import world
from tests.mail.test_dispatcher import all_settled, running, until
from tests.mail.tools import Told
from tests.mail.world import MENTOR, PROGRAMME, REQUEST, START, Clock


class Held:
    """Answers no letter before `let_go`."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()

    async def __call__(self, _letter: Letter) -> Outcome:
        await self.let_go.wait()
        return SENT


def queueing(taking: Taking, orders: list[MailOrder], **more: object) -> Callable[[Session], None]:
    def work(session: Session) -> None:
        about = {"programme_id": PROGRAMME, "process_id": REQUEST, "now": START}
        taking.queue(session, orders, **about, **more)

    return work


async def step(database: Database, dispatcher: MailDispatcher, *orders: MailOrder, **more: object) -> None:
    async with dispatcher.taking(len(orders)) as taking:
        await database.write(queueing(taking, list(orders), **more))


async def failing_step(database: Database, dispatcher: MailDispatcher, order: MailOrder) -> None:
    async with dispatcher.taking(1) as taking:

        def work(session: Session) -> None:
            queueing(taking, [order])(session)
            raise ZeroDivisionError

        await database.write(work)


async def is_running(dispatcher: MailDispatcher) -> bool:
    async with dispatcher.taking(1) as taking:
        return taking.writer is not None


async def test_a_mail_leaves_with_its_step(database: Database, clock: Clock) -> None:
    held = Held()
    transport = Told(held)
    dispatcher, other = world.dispatcher(database, clock, transport), world.dispatcher(database, clock)
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        await step(database, dispatcher, world.received("one"))
        (row,) = await world.rows(database)
        assert (row.state, row.attempts, row.leased_until) == ("queued", 1, START + mails.LEASED_FOR)
        assert await other.deliver_due() == 0
        held.let_go.set()
        await until(lambda: all_settled(database))
        # The same step once more, as after a worker that was killed before it could report.
        await step(database, dispatcher, world.received("one"))
        await step(database, dispatcher, world.received("two"))
        await until(lambda: all_settled(database))
    assert await world.states(database) == ["sent", "sent"]
    assert len(transport.seen) == 2


async def test_a_step_that_is_rolled_back_sends_nothing_and_frees_its_lane(
    database: Database, clock: Clock
) -> None:
    transport = Told()
    dispatcher = world.dispatcher(database, clock, transport)
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await failing_step(database, dispatcher, world.received("one"))
        assert await world.rows(database) == []
        await step(database, dispatcher, world.received("one"))
        await until(lambda: all_settled(database))
    assert await world.states(database) == ["sent"]
    assert len(transport.seen) == 1


async def test_a_mail_that_cannot_be_taken_fails_no_step(database: Database, clock: Clock) -> None:
    dispatcher = world.dispatcher(database, clock)
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        with database.writing() as session:
            session.execute(text("ALTER TABLE links RENAME TO links_away"))
        with capture_logs() as logs:
            await step(database, dispatcher, world.received("one"))
        assert "mails_not_taken_with_their_step" in [entry["event"] for entry in logs]
        (row,) = await world.rows(database)
        assert (row.state, row.attempts, row.leased_by) == ("queued", 0, None)
        with database.writing() as session:
            session.execute(text("ALTER TABLE links_away RENAME TO links"))
        dispatcher.wake()
        await until(lambda: all_settled(database))
    assert await world.states(database) == ["sent"]


async def test_more_steps_than_lanes_leave_the_others_to_the_outbox(database: Database, clock: Clock) -> None:
    transport = Told()
    dispatcher = world.dispatcher(database, clock, transport)
    orders = [world.received(f"{number}") for number in range(6)]  # more about the same would be too many
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        await asyncio.gather(*(step(database, dispatcher, order) for order in orders))
        await until(lambda: all_settled(database))
    assert await world.states(database) == ["sent"] * 6
    assert sorted(transport.seen) == sorted({mails.mail_id(order.key) for order in orders})


async def test_very_many_mails_wait_for_the_outbox(database: Database, clock: Clock) -> None:
    held = Held()
    dispatcher = world.dispatcher(database, clock, Told(held))
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        async with dispatcher.taking(BATCH + 1) as taking:
            assert taking.writer is None
        held.let_go.set()


async def test_without_a_delivery_beside_it_a_step_only_queues(database: Database, clock: Clock) -> None:
    dispatcher = world.dispatcher(database, clock)
    await step(database, dispatcher, world.received())
    (row,) = await world.rows(database)
    assert (row.state, row.attempts, row.leased_by) == ("queued", 0, None)
    assert await dispatcher.deliver_due() == 1


async def test_what_waits_for_more_edits_is_not_taken(database: Database, clock: Clock) -> None:
    props = RequestEdited(request_id=REQUEST, revision=2, message="Please.", closes_at=None)
    edited = MailOrder(key="edited", to=MENTOR, props=props)
    dispatcher = world.dispatcher(database, clock)
    async with running(dispatcher):
        await until(lambda: is_running(dispatcher))
        await step(database, dispatcher, edited, edits_due=START + timedelta(minutes=10))
        (row,) = await world.rows(database)
        assert (row.state, row.attempts, row.leased_by) == ("queued", 0, None)


async def test_a_worker_killed_after_the_step_leaves_its_mail_to_another(
    database: Database, clock: Clock
) -> None:
    dispatcher = world.dispatcher(database, clock, Told(Held()))
    killed = asyncio.create_task(dispatcher.run())
    await until(lambda: is_running(dispatcher))
    await step(database, dispatcher, world.received())
    killed.cancel()
    await asyncio.wait([killed])
    other = world.dispatcher(database, clock)
    assert await other.deliver_due() == 0
    clock.forward(mails.LEASED_FOR)
    assert await other.deliver_due() == 1
    assert await world.states(database) == ["sent"]


async def test_a_step_is_done_though_the_delivery_beside_it_has_been_cut_off(
    database: Database, clock: Clock
) -> None:
    dispatcher = world.dispatcher(database, clock)
    cut_off = asyncio.create_task(dispatcher.run())
    await until(lambda: is_running(dispatcher))
    async with dispatcher.taking(1) as taking:
        await database.write(queueing(taking, [world.received()]))
        cut_off.cancel()
        await asyncio.wait([cut_off])
    clock.forward(mails.LEASED_FOR)
    assert await world.dispatcher(database, clock).deliver_due() == 1
    assert await world.states(database) == ["sent"]
