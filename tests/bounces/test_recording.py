"""A bounce that is handed in: recorded once, and told to the process at least once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from activities.bounces import LEASE, LateBounces
from models.bounces import Bounce, read
from models.store import bounces, mail_log
from models.store.bounces import Answer, Outcome, StillBeingSent
from models.store.database import Database
from models.store.delivery import MailRow
from tests.bounces.notices import POSTFIX, of
from tests.mail import world
from tests.mail.tools import Outage
from tests.mail.world import PROGRAMME, REQUEST, START, Bounces, Clock

LATER = START + timedelta(days=1)


async def hand_in(database: Database, message_id: str, notice: str = POSTFIX) -> Answer:
    with database.writing() as session:
        return bounces.record(session, read(of(message_id, notice)), LATER)


async def told(database: Database, clock: Clock | None = None) -> list[tuple[str, str]]:
    bounced = Bounces()
    await LateBounces(database, bounced, clock or Clock()).tell_due()
    return bounced.told


async def test_a_sent_mail_becomes_bounced_and_its_process_is_told(database: Database, sent: MailRow) -> None:
    answer = await hand_in(database, sent.message_id)
    assert answer.outcome is Outcome.RECORDED
    assert answer.sentence == (
        "Recorded: the mail request-received came back with status 5.1.1. A worker notes it on the timeline."
    )
    with database.reading() as session:
        (line,) = mail_log.page(session, PROGRAMME, states=("bounced",)).items
    assert (line.state, line.settled_at, line.is_dead) == ("bounced", LATER, True)
    assert (line.error or "").startswith("550 5.1.1 <(address)>: Recipient address rejected")
    assert await told(database) == [(REQUEST, "request-received")]
    assert await told(database) == []


async def test_twice_is_once_even_at_the_same_time(database: Database, sent: MailRow) -> None:
    answers = await asyncio.gather(*(hand_in(database, sent.message_id) for _ in range(8)))
    assert sorted(answer.outcome for answer in answers) == [*["known"] * 7, "recorded"]
    loops = [LateBounces(database, bounced := Bounces(), Clock()) for _ in range(1)]
    loops += [LateBounces(database, bounced, Clock()) for _ in range(3)]
    await asyncio.gather(*(one.tell_due() for one in loops))
    assert bounced.told == [(REQUEST, "request-received")]
    assert (await hand_in(database, sent.message_id)).outcome is Outcome.KNOWN
    assert await told(database) == []


async def test_what_names_no_mail_of_ours_changes_nothing(database: Database, sent: MailRow) -> None:
    """The address is that of the mentor, and an id of another length, or of no row, does not make it ours."""
    for message_id in ("f" * 40, sent.message_id[:-1], sent.id):
        answer = await hand_in(database, message_id)
        assert answer.outcome is Outcome.IGNORED
        assert "names no mail" in answer.sentence
    assert await world.states(database) == ["sent"]
    assert await told(database) == []


async def test_a_process_that_could_not_be_told_is_told_later(database: Database, sent: MailRow) -> None:
    await hand_in(database, sent.message_id)
    clock, bounced = Clock(), Bounces()
    bounced.broken = True
    loop = LateBounces(database, bounced, clock)
    await loop.tell_due()
    bounced.broken = False
    await loop.tell_due()
    assert bounced.told == [], "it is tried again after a pause"
    clock.forward(LEASE)
    await loop.tell_due()
    assert bounced.told == [(REQUEST, "request-received")]


async def test_a_worker_that_dies_before_it_recorded_the_telling_leaves_it_to_the_next(
    migrated_url: str, database: Database, sent: MailRow
) -> None:
    await hand_in(database, sent.message_id)
    clock = Clock()
    async with Outage.of(migrated_url) as failing:

        async def tell(process_id: str, kind: str) -> None:
            failing.begin()

        with pytest.raises(Exception, match="write"):
            await LateBounces(failing, tell, clock).tell_due()
    assert await told(database, clock) == []
    clock.forward(LEASE)
    assert await told(database, clock) == [(REQUEST, "request-received")]


async def test_a_mail_without_a_process_stands_in_the_log_alone(database: Database) -> None:
    await world.queue(database, world.received("asked"), process_id=None)
    await world.dispatcher(database, Clock()).deliver_due()
    (row,) = await world.rows(database)
    answer = await hand_in(database, row.message_id)
    assert answer.sentence == "Recorded: the mail request-received came back with status 5.1.1."
    assert await world.states(database) == ["bounced"]
    assert await told(database) == []


@pytest.mark.parametrize(
    ("state", "attempts", "outcome"),
    [
        ("unknown", 0, "recorded"),
        ("queued", 0, "ignored"),
        ("dropped", 1, "ignored"),
        ("failed", 9, "known"),
        ("bounced", 1, "known"),
    ],
)
async def test_what_becomes_of_a_mail_in_another_state(
    database: Database, sent: MailRow, state: str, attempts: int, outcome: str
) -> None:
    with database.writing() as session:
        row = session.get_one(MailRow, sent.id)
        row.state, row.attempts = state, attempts
    assert (await hand_in(database, sent.message_id)).outcome == outcome
    expected = "bounced" if outcome == "recorded" else state
    assert await world.states(database) == [expected]


async def test_a_bounce_that_overtakes_the_record_of_the_sending_is_asked_for_again(
    database: Database, sent: MailRow
) -> None:
    """Or a forged one could keep a mail that waits for its next attempt from being sent."""
    with database.writing() as session:
        session.get_one(MailRow, sent.id).state = "queued"
    with pytest.raises(StillBeingSent):
        await hand_in(database, sent.message_id)
    assert await world.states(database) == ["queued"]


async def test_no_words_come_back_to_an_erased_person(database: Database, sent: MailRow) -> None:
    with database.writing() as session:
        session.get_one(MailRow, sent.id).props = {}
        bounces.record(session, Bounce(sent.message_id, "5.2.2", "5.2.2 of somebody"), LATER)
    (row,) = await world.rows(database)
    assert (row.state, row.error) == ("bounced", "5.2.2")


async def test_the_loop_tells_until_it_is_stopped(database: Database, sent: MailRow) -> None:
    heard = asyncio.Event()

    async def tell(process_id: str, kind: str) -> None:
        heard.set()

    loop = LateBounces(database, tell, Clock())
    running = asyncio.create_task(loop.run())
    await hand_in(database, sent.message_id)
    async with asyncio.timeout(20):
        await heard.wait()
        loop.stop()
        await running
