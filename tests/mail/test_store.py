"""The outbox: queued once, held by one, given up in the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from models.links import Purpose
from models.mails.person import Invitation, SignIn
from models.store import links, mail_log, mails
from models.store.database import Database
from models.store.delivery import LinkRow, MailRow
from tests.mail import world
from tests.mail.tools import on_one_database
from tests.mail.world import ADMIN, INVITATION, MENTOR, PROGRAMME, REQUEST, START

MINUTE = timedelta(minutes=1)


async def lease(
    database: Database, worker: str = "w1", after: timedelta = timedelta(), limit: int = 10
) -> list[MailRow]:
    now = START + after
    return await database.write(
        lambda session: mails.lease(session, mails.Lease(worker, now + 2 * MINUTE), now, limit)
    )


async def test_a_step_that_runs_twice_queues_once(database: Database) -> None:
    order = world.received("request/1")
    await world.queue(database, order, world.received("request/2"))
    await world.queue(database, order, now=START + MINUTE)
    found = await world.rows(database)
    assert [(row.key, row.queued_at, row.state) for row in found] == [
        ("request/1", START, "queued"),
        ("request/2", START, "queued"),
    ]
    assert {(row.programme_id, row.process_id, row.to_person, row.kind) for row in found} == {
        (PROGRAMME, REQUEST, MENTOR, "request-received")
    }


async def test_ten_that_queue_the_same_at_once_queue_one(database: Database) -> None:
    order = world.received("request/1")
    await asyncio.gather(*(world.queue(database, order) for _ in range(10)))
    assert await world.states(database) == ["queued"]


@on_one_database
async def test_nothing_to_queue_is_nothing(database: Database) -> None:
    await world.queue(database)
    assert await world.rows(database) == []


@on_one_database
async def test_an_id_says_nothing_of_its_key(database: Database) -> None:
    await world.queue(database, world.received("a@example.org"))
    (row,) = await world.rows(database)
    assert len(row.message_id) == 40
    assert "example" not in row.message_id
    assert row.id == mails.mail_id("a@example.org")


async def test_a_virtual_future_does_not_delay_a_mail(database: Database) -> None:
    await world.queue(database, world.received(), now=START + timedelta(days=400))
    with database.reading() as session:
        assert mails.anything_due(session, START)
    assert len(await lease(database)) == 1


async def test_a_leased_mail_is_nobody_elses_until_the_lease_ends(database: Database) -> None:
    await world.queue(database, world.received())
    (row,) = await lease(database, "w1")
    assert (row.attempts, row.leased_by) == (1, "w1")
    assert await lease(database, "w2", MINUTE) == []
    (again,) = await lease(database, "w2", 2 * MINUTE)
    assert (again.attempts, again.leased_by) == (2, "w2")


async def test_many_workers_never_hold_the_same_mail(database: Database) -> None:
    await world.queue(database, *(world.received() for _ in range(40)))
    taken = await asyncio.gather(*(lease(database, f"w{n}", limit=7) for n in range(8)))
    ids = [row.id for rows in taken for row in rows]
    assert len(ids) == len(set(ids))
    assert len(ids) == 40


async def test_given_back_it_is_due_and_the_attempt_not_counted(database: Database) -> None:
    await world.queue(database, world.received())
    (row,) = await lease(database)
    with database.writing() as session:
        mails.give_back(session, "w1", [row.id], START)
    (again,) = await lease(database, "w2")
    assert again.attempts == 1


async def test_only_the_holder_bounces_but_sent_is_sent(database: Database) -> None:
    await world.queue(database, world.received())
    (late,) = await lease(database, "w1")
    (holder,) = await lease(database, "w2", 2 * MINUTE)
    with database.writing() as session:
        assert not mails.settle(session, late, mails.BOUNCED, START, "550")
        assert not mails.retry(session, late, START, "451")
        assert mails.sent(session, [late.id], START) == 1
        assert mails.sent(session, [late.id], START) == 0
        assert not mails.settle(session, holder, mails.BOUNCED, START, "550")
        assert not mails.retry(session, holder, START, "451")
    assert await world.states(database) == ["sent"]


@on_one_database
async def test_a_mail_that_failed_waits_and_keeps_the_reason(database: Database) -> None:
    await world.queue(database, world.received())
    waited = timedelta()
    for pause in mails.PAUSES[:3]:
        (row,) = await lease(database, after=waited)
        with database.writing() as session:
            assert mails.retry(session, row, START + waited, "451 later " * 100)
        (row,) = await world.rows(database)
        assert row.next_attempt_at == START + waited + pause
        waited += pause
        assert row.error is not None
        assert len(row.error) == 300


def tries(kind: str) -> int:
    """After how many attempts a mail is given up."""
    return next(n for n in range(1, 1000) if mails.out_of_patience(MailRow(kind=kind, attempts=n)))


def test_pauses_grow_and_patience_is_three_days() -> None:
    assert list(mails.PAUSES) == sorted(mails.PAUSES)
    assert mails.PAUSES[0] <= timedelta(seconds=30)
    assert timedelta(hours=72) <= sum(mails.PAUSES, timedelta()) <= timedelta(hours=73)
    assert tries("request-received") == len(mails.PAUSES) + 1


def test_nobody_waits_for_a_sign_in_for_days() -> None:
    patience = sum(mails.PAUSES[: tries("sign-in") - 1], timedelta())
    assert timedelta(minutes=30) < patience < timedelta(hours=2)


async def test_the_log_is_paged_newest_first(database: Database) -> None:
    for day in range(5):
        await world.queue(database, world.received(f"key-{day}"), now=START + timedelta(days=day // 2))
    with database.writing() as session:
        invitation = Invitation(invitation_id=INVITATION, note="")
        mails.queue_to_address(
            session, key="i", address="new@example.org", props=invitation, now=START, programme_id=PROGRAMME
        )
        mails.queue_to_address(session, key="s", address="x@example.org", props=SignIn(), now=START)
    seen: list[mail_log.LoggedMail] = []
    more = True
    while more:
        after = (seen[-1].queued_at, seen[-1].id) if seen else None
        with database.reading() as session:
            page = mail_log.page(session, PROGRAMME, limit=4, after=after)
        seen += page.items
        more = page.more
    assert len({one.id for one in seen}) == len(seen) == 6
    assert [one.queued_at for one in seen] == sorted((one.queued_at for one in seen), reverse=True)
    assert {one.to for one in seen} == {"Jørgen", "new@example.org"}
    assert {one.retries_at for one in seen} == {None}


async def test_the_log_shows_what_is_waiting_and_only_the_wanted_state(database: Database) -> None:
    await world.queue(database, world.received("a"), world.received("b"))
    first, _second = await lease(database)
    with database.writing() as session:
        mails.retry(session, first, START, "451 busy")
        page = mail_log.page(session, PROGRAMME, states=("queued",))
        assert mail_log.page(session, PROGRAMME, states=("sent",)).items == []
        assert mail_log.page(session, "another").items == []
    waiting = next(one for one in page.items if one.id == first.id)
    assert (waiting.retries_at, waiting.error) == (START + mails.PAUSES[0], "451 busy")


def new_link(number: int, purpose: Purpose = Purpose.DECIDE, person: str | None = MENTOR) -> links.NewLink:
    link_id = links.id_for(mails.mail_id(str(number)), purpose)
    return links.NewLink(link_id, purpose, REQUEST, person, 1, START + timedelta(days=number))


async def test_minting_again_changes_nothing(database: Database) -> None:
    link = new_link(1)
    with database.writing() as session:
        links.mint(session, [link], START)
        assert links.revoke(session, REQUEST, START) == 1
    with database.writing() as session:
        links.mint(session, [new_link(1), new_link(2)], START + MINUTE)
        links.mint(session, [], START)
    with database.reading() as session:
        found = links.find(session, link.id, Purpose.DECIDE)
        assert found is not None
        assert (found.revoked_at, found.created_at, found.round) == (START, START, 1)
        assert links.find(session, link.id, Purpose.AMEND) is None
        assert links.find(session, mails.mail_id("other"), Purpose.DECIDE) is None


async def test_links_are_revoked_by_subject_purpose_and_person(database: Database) -> None:
    all_links = [new_link(1), new_link(2, Purpose.AMEND), new_link(3, person=ADMIN), new_link(4, person=None)]
    with database.writing() as session:
        links.mint(session, all_links, START)
        assert links.revoke(session, REQUEST, START, person_id=ADMIN) == 1
        assert links.revoke(session, REQUEST, START, purpose=Purpose.AMEND) == 1
        assert links.revoke(session, "other", START) == 0
        assert links.revoke(session, REQUEST, START) == 2
        assert set(session.scalars(select(LinkRow.revoked_at))) == {START}


async def test_the_only_worker_takes_back_what_a_dead_one_held(database: Database) -> None:
    await world.queue(database, world.received("request/1"), world.received("request/2"))
    (first,) = await lease(database, "dead", limit=1)
    assert [row.id for row in await lease(database)] != [first.id]
    with database.writing() as session:
        mails.take_back(session)
        mails.settle(session, first, mails.BOUNCED, START)
    assert await world.states(database) == ["queued", "queued"]
    assert len(await lease(database, "new")) == 2
