"""Activities of drafts: computing whom to recommend or to pair, and publishing it. Each goes on where an
earlier attempt was killed: what is done is in the database, and a mail has one key for each mentee."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from temporalio import activity

from activities.messages import DraftStands, DraftStep, OfDraft
from models.matching.candidates import Pin
from models.matching.directory import Directory, Listing
from models.matching.draft import Candidate, Ground, Served, paired, recommended
from models.matching.search import Hit
from models.process.draft.state import DraftKind, DraftOptions, DraftState
from models.process.member import MemberProfile
from models.process.request.state import Request
from models.process.terms import in_terms
from models.store import draft_people, drafting, pairing, recommending
from models.store.database import Database
from models.store.draft_people import AT_ONCE, Circle
from models.store.drafting import Choice, Found, Item
from models.store.drafts import DraftRow
from models.store.listings import all_listings

BEAT_SECONDS = 5.0
RECOMMENDED_AT_ONCE = 50
PAIRED_AT_ONCE = 16
"""Each is a process that begins."""

LANES = 8
"""Pairs that are begun at the same time."""

OpenPair = Callable[[Request], Awaitable[str]]
"""Begins a pair, once; the sentence of the rule that stands against it, or nothing."""
Part = tuple[list[Found], int]
"""What was found, and the progress in per cent."""


@dataclass(frozen=True)
class Drafting:
    """`wake_mail` is called after mails were queued."""

    database: Database
    wake_mail: Callable[[], None]
    open_pair: OpenPair

    @activity.defn(name="begin-draft")
    async def begin_draft(self, of: OfDraft) -> DraftStands:
        """How a draft stands; of one that no row asks for, nothing."""

        def work(session: Session) -> DraftStands:
            row = session.get(DraftRow, of.draft_id)
            if row is None:
                return DraftStands(state=None)
            return DraftStands(
                state=DraftState(row.state),
                version=row.version,
                round=max(row.round, 1),
                expires_at=row.expires_at,
            )

        return await self.database.read(work)

    @activity.defn(name="save-draft")
    async def save_draft(self, step: DraftStep) -> None:
        await self.database.write(
            lambda session: drafting.save(
                session, step.draft_id, step.state, step.version, step.now, step.actor_id
            )
        )

    @activity.defn(name="compute-draft")
    async def compute_draft(self, step: DraftStep) -> None:
        """Computes one round. An attempt after a kill begins anew: it takes a minute at the most."""
        async with _beating():
            await self._compute(step)

    async def _compute(self, step: DraftStep) -> None:
        draft_id, number = step.draft_id, step.round
        row = await self.database.write(lambda session: _begun(session, draft_id, number))
        ground, circle = await self._read(row, step.now)
        compute = self._pairs if row.kind == DraftKind.PAIRING else self._recommendations
        async for found, progress in compute(row, ground, circle):
            if not await self._kept(draft_id, number, found, progress):
                return
        await self.database.write(lambda session: drafting.end_round(session, draft_id, number))

    async def _kept(self, draft_id: str, number: int, found: Sequence[Found], progress: int) -> bool:
        """False where the draft was discarded meanwhile."""

        def work(session: Session) -> bool:
            if not drafting.is_computing(session, draft_id, number):
                return False
            drafting.keep_found(session, draft_id, number, found, progress)
            return True

        return await self.database.write(work)

    async def _read(self, row: DraftRow, now: datetime) -> tuple[Ground, Circle]:
        directory, waiting = Directory.of([]), list[Listing]()
        async for part in all_listings(self.database, row.programme_id):
            waiting += part
        directory = await asyncio.to_thread(directory.renewed, waiting)
        return await self.database.read(
            lambda session: draft_people.read(session, row.programme_id, directory, now)
        )

    async def _mentees(self, row: DraftRow) -> AsyncIterator[tuple[list[MemberProfile], int]]:
        """Some mentees at a time, with the share of all that they complete, in per cent."""
        options, programme_id = DraftOptions.model_validate(row.options), row.programme_id
        chosen = row.id if options.only_chosen else None
        whole = await self.database.read(
            lambda session: draft_people.count_mentees(session, programme_id, chosen)
        )
        last, done = "", 0
        while part := await self._part(programme_id, chosen, last):
            last, done = part[-1].person_id, done + len(part)
            yield part, min(99, 100 * done // max(whole, 1))

    async def _part(self, programme_id: str, draft_id: str | None, after: str) -> list[MemberProfile]:
        return await self.database.read(
            lambda session: draft_people.mentees(session, programme_id, draft_id, after, AT_ONCE)
        )

    async def _recommendations(self, row: DraftRow, ground: Ground, circle: Circle) -> AsyncIterator[Part]:
        options = DraftOptions.model_validate(row.options)
        forbidden = await self.database.read(lambda session: drafting.forbidden(session, row.id))

        def work(part: Sequence[MemberProfile]) -> list[Found]:
            found, candidates = _sorted(circle, part, forbidden)
            served = recommended(ground, candidates, options.minimum_score, options.per_mentee)
            return found + [_found(circle, one) for one in served]

        async for part, progress in self._mentees(row):
            yield await asyncio.to_thread(work, part), progress

    async def _pairs(self, row: DraftRow, ground: Ground, circle: Circle) -> AsyncIterator[Part]:
        """Reading people is the first half of the progress, solving and saving the second."""
        options = DraftOptions.model_validate(row.options)
        forbidden = await self.database.read(lambda session: drafting.forbidden(session, row.id))
        by_hand = await self.database.read(lambda session: drafting.by_hand(session, row.id))
        pins = [Pin(mentee, *chosen) for mentee, mentors in by_hand.items() for chosen in mentors]
        without = {mentee for mentee, mentors in by_hand.items() if not mentors}
        found, candidates = list[Found](), list[Candidate]()
        async for part, progress in self._mentees(row):
            aside, more = _sorted(circle, part, forbidden)
            found += aside
            candidates += (one for one in more if one.traits.id not in without)
            found += (Found(one.traits.id) for one in more if one.traits.id in without)
            yield [], progress // 2
        served, lapsed = await asyncio.to_thread(
            lambda: paired(ground, candidates, pins, options.minimum_score, fair=options.fair)
        )
        gone = [pin.mentee for pin in lapsed]
        await self.database.write(lambda session: drafting.unpin(session, row.id, gone))
        found += [_found(circle, one) for one in served]
        for start in range(0, len(found), AT_ONCE):
            yield found[start : start + AT_ONCE], 50 + 49 * start // len(found)

    @activity.defn(name="publish-draft")
    async def publish_draft(self, step: DraftStep) -> None:
        """Publishes what is not published yet, some people at a time."""
        kind = await self.database.read(lambda session: session.get_one(DraftRow, step.draft_id).kind)
        some = self._pair_some if kind == DraftKind.PAIRING else self._recommend_some
        async with _beating():
            while await some(step):
                activity.heartbeat()

    async def _recommend_some(self, step: DraftStep) -> bool:
        """Whether there was something left to be published."""
        went_on = await self.database.write(lambda session: _recommended(session, step))
        self.wake_mail()
        return went_on

    async def _pair_some(self, step: DraftStep) -> bool:
        """The same for pairs. Each becomes a request that is accepted with its beginning; what was begun by
        an attempt that died has the same id, and counts."""

        def read(session: Session) -> tuple[DraftRow, list[Item], list[Request]]:
            row = session.get_one(DraftRow, step.draft_id)
            items = drafting.unsettled(session, row.id, PAIRED_AT_ONCE)
            return row, items, pairing.requests_of(session, row, items, step.now)

        row, items, requests = await self.database.read(read)
        free = asyncio.Semaphore(LANES)

        async def begin(request: Request) -> str:
            async with free:
                return await self.open_pair(request)

        sentences = await asyncio.gather(*(begin(request) for request in requests))
        refusals = {one.id: said for one, said in zip(requests, sentences, strict=True)}

        def write(session: Session) -> None:
            draft = session.get_one(DraftRow, row.id, with_for_update=True)
            settled = {item.row.mentee_id for item in items}
            now = drafting.unsettled(session, row.id, PAIRED_AT_ONCE)
            pairing.settle(session, draft, [one for one in now if one.row.mentee_id in settled], refusals)

        await self.database.write(write)
        return bool(items)


def _begun(session: Session, draft_id: str, number: int) -> DraftRow:
    drafting.begin_round(session, draft_id, number)
    return session.get_one(DraftRow, draft_id)


def _recommended(session: Session, step: DraftStep) -> bool:
    row = session.get_one(DraftRow, step.draft_id, with_for_update=True)
    items = drafting.unsettled(session, step.draft_id, RECOMMENDED_AT_ONCE)
    if items:
        recommending.publish(session, row, items, step.now)
    return bool(items)


def _sorted(
    circle: Circle, part: Sequence[MemberProfile], forbidden: Mapping[str, set[str]]
) -> tuple[list[Found], list[Candidate]]:
    """Those for whom nobody is sought, with the reason, and the others."""
    words = circle.settings.terms.words
    whys = {one.person_id: circle.why_not(one) for one in part}
    aside = [Found(one, why_none=in_terms(why, words)) for one, why in whys.items() if why]
    sought = [one for one in part if not whys[one.person_id]]
    return aside, [circle.candidate(one, forbidden.get(one.person_id, ())) for one in sought]


def _found(circle: Circle, one: Served) -> Found:
    why = in_terms(one.why, circle.settings.terms.words)
    return Found(one.mentee_id, tuple(_choice(hit) for hit in one.hits), why, one.one_more)


def _choice(hit: Hit) -> Choice:
    return Choice(hit.mentor_id, hit.score, [reason.model_dump(mode="json") for reason in hit.reasons])


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Tells the engine that this attempt lives, for as long as it does."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_SECONDS)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
        with suppress(asyncio.CancelledError):
            await beats
