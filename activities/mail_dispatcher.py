"""The dispatcher: a loop in every worker process that delivers what is due in the outbox.

Any number of them run side by side. A lease keeps two from taking the same mail; a mail whose worker was
killed falls due when its lease ends. One case cannot be decided over SMTP: when the connection or the worker
dies after the message went over and before the answer is recorded, or the worker cannot record it before its
lease ends and another one takes the mail, it is sent again, with the same Message-ID.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from activities.letters import Letter
from activities.mail_writer import Draft, Drafted, LetterWriter, Nobody, Unwritable
from activities.taking import Batch, Taking
from activities.transport import LETTER_SECONDS, MailboxTransport, Outcome, SmtpTransport, Transport, Verdict
from models import addresses
from models.smtp import SmtpSettings
from models.store import mails
from models.store.database import Database
from models.store.delivery import MailRow

BATCH = 10
POLL_SECONDS = 1.0
REST_SECONDS = (2, 4, 8, 16, 30)
"""How long no mail is tried after the server could not be reached, growing with each failure in a row."""
SETTLE_AGAIN_SECONDS = 0.5
SETTLE_ATTEMPTS = 7200
"""An hour: longer than most outages of a database, and an end should a record be impossible to write."""
SETTLE_ATTEMPTS_AT_STOP = 10
TELL_SECONDS = 10

OnBounce = Callable[[str, str], Awaitable[None]]

_log = structlog.get_logger(__name__)


def wall_clock() -> datetime:
    return datetime.now(UTC)


class MailDispatcher:
    """`on_bounce(process_id, kind)` is told of every mail of a process that will never arrive.

    It is told before the mail is settled, at least once; when it raises, the mail is tried again later, so it
    should raise only what can pass. `clock` is the wall clock (aware UTC).
    """

    def __init__(
        self,
        database: Database,
        writer: LetterWriter,
        transport: Transport,
        on_bounce: OnBounce,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._database = database
        self._writer = writer
        self._transport = transport
        self._on_bounce = on_bounce
        self._clock = clock
        self._woken = asyncio.Event()
        self._stopping = False
        self._free = asyncio.Semaphore(transport.lanes)
        self._lanes: asyncio.TaskGroup | None = None
        self._failures = 0
        self._rests_until = 0.0
        self._handed_over: set[str] = set()
        """Ids of mails that the server has taken, until that is recorded: a lease may end before."""

    def wake(self) -> None:
        """Something was queued: deliver now rather than at the next poll."""
        self._woken.set()

    def stop(self) -> None:
        """Ends `run` after the letters that are under way; the rest of their batches is given back."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Delivers until `stop`; no failure of a mail, the mail server or the database ends it."""
        async with asyncio.TaskGroup() as self._lanes:
            while not self._stopping:
                await self._free.acquire()
                self._woken.clear()
                batch = await self._take()
                if batch:
                    self._lanes.create_task(self._deliver_and_free(batch))
                else:
                    self._free.release()
                    await self._sleep()

    @asynccontextmanager
    async def taking(self, count: int) -> AsyncIterator[Taking]:
        """See `activities.taking.Take`. Where no lane is free, or for many mails, they wait in the outbox."""
        if self._lanes is None or not self._may_take() or self._free.locked() or not 0 < count <= BATCH:
            yield Taking()
            if count:
                self.wake()
            return
        await self._free.acquire()
        taking = Taking(self._writer, self._clock)
        try:
            yield taking
        except BaseException:
            self._free.release()
            raise
        if taking.batch:
            self._begin(self._lanes, taking.batch)
        else:
            self._free.release()
            self.wake()

    def _begin(self, lanes: asyncio.TaskGroup, batch: Batch) -> None:
        delivering = self._deliver_and_free(batch)
        try:
            lanes.create_task(delivering)
        except RuntimeError:
            # `run` has been cut off meanwhile. The step is saved all the same; its mails fall due again.
            delivering.close()
            self._free.release()
            _log.warning("mail_batch_abandoned", error="ended", mails=[row.id for row, _ in batch])

    def _may_take(self) -> bool:
        return not self._stopping and asyncio.get_running_loop().time() >= self._rests_until

    async def deliver_due(self) -> int:
        """Delivers, in this task, everything that is due now; says how many mails were taken up."""
        count = 0
        while batch := await self._take():
            await self._deliver(batch)
            count += len(batch)
        return count

    async def _sleep(self) -> None:
        if not self._stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def _take(self) -> Batch:
        """What is due, leased and drafted in one transaction."""
        if not self._may_take():
            return []
        now = self._clock()
        try:
            due = await self._database.read(lambda session: mails.anything_due(session, now))
            if not due:
                return []
            return await self._database.write(lambda session: self._lease(session, now))
        except Exception as error:  # noqa: BLE001
            # The drivers raise a dozen kinds while a database is away; mail waits until it is back.
            _log.warning("mail_outbox_unreachable", error=type(error).__name__)
            return []

    def _lease(self, session: Session, now: datetime) -> Batch:
        rows = mails.lease(session, mails.Lease.of(now), now, BATCH)
        # Of a letter that was handed over only the record is missing, and another lane sees to that.
        unsent = [row for row in rows if row.id not in self._handed_over]
        return self._writer.draft(session, unsent)

    async def _deliver_and_free(self, batch: Batch) -> None:
        try:
            await self._deliver(batch)
        except Exception as error:  # noqa: BLE001
            # Nothing is lost: what was not settled falls due again when the lease ends.
            _log.warning(
                "mail_batch_abandoned", error=type(error).__name__, mails=[row.id for row, _ in batch]
            )
        finally:
            self._free.release()

    async def _deliver(self, batch: Batch) -> None:
        written = [(row, await self._write(drafted)) for row, drafted in batch]
        letters = {letter.mail_id: (row, letter) for row, letter in written if isinstance(letter, Letter)}
        await self._settle([_End.of_unwritten(row, w) for row, w in written if not isinstance(w, Letter)])
        async with aclosing(self._transport.send(self._in_time(list(letters.values())))) as answers:
            async for group in answers:
                await self._settle([_End.of(*letters.pop(x.mail_id), outcome) for x, outcome in group])
        if letters:
            holder = batch[0][0].leased_by
            await self._database.write(
                lambda session: mails.give_back(session, holder, list(letters), self._clock())
            )

    async def _write(self, drafted: Drafted) -> Letter | Nobody | Unwritable:
        if not isinstance(drafted, Draft):
            return drafted
        # Writing takes 2 ms of processor time; a batch in one piece would keep people's decisions waiting.
        await asyncio.sleep(0)
        return self._writer.write(drafted)

    def _in_time(self, letters: Sequence[tuple[MailRow, Letter]]) -> Iterator[Letter]:
        """Letters whose lease lasts for one more attempt; the others are given back."""
        for row, letter in letters:
            until = row.leased_until
            if self._stopping or until is None or self._clock() + timedelta(seconds=LETTER_SECONDS) > until:
                return
            yield letter

    async def _settle(self, ends: Sequence[_End]) -> None:
        """Tells the processes what will never arrive, then records the ends, with patience."""
        sent = {end.row.id for end in ends if end.state == mails.SENT}
        self._handed_over |= sent
        try:
            await self._record_in_the_end([await self._told(end) for end in ends])
        finally:
            self._handed_over -= sent

    async def _record_in_the_end(self, ends: Sequence[_End]) -> None:
        for attempt in range(SETTLE_ATTEMPTS if ends else 0):
            try:
                await self._record(ends)
                return
            except Exception as error:  # noqa: BLE001
                # The server has its mail and the database is away: forgetting that now would send it twice.
                _log.warning("mail_not_recorded_yet", error=type(error).__name__)
            if self._stopping and attempt >= SETTLE_ATTEMPTS_AT_STOP:
                return
            await asyncio.sleep(SETTLE_AGAIN_SECONDS)

    async def _record(self, ends: Sequence[_End]) -> None:
        now = self._clock()
        arrived = [end.letter for end in ends if end.state == mails.SENT and end.letter]

        def work(session: Session) -> None:
            if arrived:
                self._transport.record(session, arrived)
                mails.sent(session, [letter.mail_id for letter in arrived], now)
            for end in ends:
                if end.state == mails.QUEUED:
                    mails.retry(session, end.row, now, end.error or "")
                elif end.state != mails.SENT:
                    mails.settle(session, end.row, end.state, now, end.error)

        await self._database.write(work)

    async def _told(self, end: _End) -> _End:
        self._note_health(end)
        if end.state in {mails.BOUNCED, mails.FAILED} and not await self._tell(end.row):
            end = replace(end, state=mails.QUEUED)
        _log.info(
            "mail_attempted", mail=end.row.id, kind=end.row.kind, attempt=end.row.attempts, state=end.state
        )
        return end

    async def _tell(self, row: MailRow) -> bool:
        if row.process_id is None:
            return True
        try:
            async with asyncio.timeout(TELL_SECONDS):
                await self._on_bounce(row.process_id, row.kind)
        except Exception as error:  # noqa: BLE001
            _log.warning("mail_process_not_told", mail=row.id, kind=row.kind, error=type(error).__name__)
            return False
        return True

    def _note_health(self, end: _End) -> None:
        if end.state == mails.SENT:
            self._failures = 0
        elif end.down:
            pause = REST_SECONDS[min(self._failures, len(REST_SECONDS) - 1)]
            self._failures += 1
            self._rests_until = asyncio.get_running_loop().time() + pause
            _log.warning("mail_server_unusable", error=end.error, pause_seconds=pause)


@dataclass(frozen=True, slots=True)
class _End:
    """What an attempt comes to: the state it leads to, `queued` for another attempt."""

    row: MailRow
    state: str
    error: str | None = None
    letter: Letter | None = None
    down: bool = False

    @classmethod
    def of(cls, row: MailRow, letter: Letter, outcome: Outcome) -> _End:
        states = {Verdict.SENT: mails.SENT, Verdict.REFUSED: mails.BOUNCED, Verdict.LATER: _later(row)}
        return cls(row, states[outcome.verdict], outcome.error, letter, outcome.down)

    @classmethod
    def of_unwritten(cls, row: MailRow, why: Nobody | Unwritable) -> _End:
        if isinstance(why, Nobody):
            return cls(row, mails.DROPPED, why.why)
        return cls(row, _later(row), f"cannot be written: {why.error}")


def _later(row: MailRow) -> str:
    return mails.FAILED if mails.out_of_patience(row) else mails.QUEUED


def build_dispatcher(
    database: Database,
    *,
    base_url: str,
    mail_from: str,
    keys: Sequence[str | bytes],
    smtp: SmtpSettings | None,
    on_bounce: OnBounce,
    clock: Callable[[], datetime] = wall_clock,
) -> MailDispatcher:
    """The dispatcher of an installation; without `smtp` it delivers into the mailbox. Raises ValueError for a
    `mail_from` that is not one address."""
    sender = addresses.sender(mail_from)
    writer = LetterWriter(base_url=base_url, sender=sender, keys=keys, clock=clock)
    transport: Transport = MailboxTransport(clock) if smtp is None else SmtpTransport(smtp, sender.domain)
    return MailDispatcher(database, writer, transport, on_bounce, clock)
