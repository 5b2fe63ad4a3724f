"""Stands in for the engine: the same pure decisions and the same saving, in one process and without time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from activities.departures import Departures
from activities.exporting import Exporting
from activities.messages import Claim, DoneAct, ExportStep, Opening, SaveRelationship, SaveRequest, Succession
from activities.records import Records
from api.web.errors import KeyReused
from api.web.failures import EngineDown, Unconfirmed
from api.web.stalled import StalledFilter, StalledPage, StalledRequest, page_of
from models.process import errors, names
from models.process.actors import SYSTEM, Actor
from models.process.commands import Command
from models.process.draft.state import DraftAct
from models.process.effects import (
    ClaimPlaces,
    HandOn,
    RecordAnswers,
    ReleaseOthers,
    ReleasePlaces,
    StartRelationship,
    StartSuccessor,
)
from models.process.erasure import ErasureState
from models.process.errors import IllegalMove, MenteeFull, MentorFull, Refused
from models.process.relationship import moves as relationship_moves
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request import moves as request_moves
from models.process.request.reports import (
    BeOvertaken,
    GiveBack,
    HandedOver,
    HandOverRefused,
    LeaveToAdmins,
    PlacesClaimed,
    PlacesRefused,
)
from models.process.request.state import Request, relationship_id
from models.process.request.state import next_step as next_of_request
from models.process.request.view import RequestView
from models.process.shortlist.state import Shortlist
from models.process.step import Decision
from models.process.whole import rest_of
from models.store import erasing
from models.store import exporting as store
from models.store.database import Database
from models.store.erasing import Asked
from tests.api.drafting import FakeDrafts
from tests.api.shortlists import FakeShortlists
from workflows.claims import GONE
from workflows.messages import DraftView, ErasureView, ExportView


class FakeGateway(FakeShortlists):
    """Holds all processes. `is_down`, `is_slow`: both honest failures; `saves` False: lists stay behind."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.records = Records(database, lambda: None, clock=clock)
        self.clock = clock
        self.drafts = FakeDrafts(database, clock, self.open_request)
        self.requests: dict[str, Request] = {}
        self.shortlists: dict[str, Shortlist] = {}
        self.relationships: dict[str, Relationship] = {}
        self.handled: dict[tuple[str, str], tuple[str, Refused | None]] = {}
        """By process and key: the hash of what was sent, and the failure if it failed after it was taken."""
        self.acts = 0
        self.is_down = False
        self.is_slow = False
        self.hangs = False
        self.after_act: Callable[[], None] = lambda: None
        self.saves = True
        self.begins_when: asyncio.Event | None = None
        """Set, a relationship begins only after its acceptance was answered, as on the engine."""
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def open_request(self, draft: Request) -> RequestView:
        self._check()
        async with self._locks[draft.id]:
            running = self.requests.get(draft.id)
            if running is not None and running.is_open:
                return RequestView.of(running)
            opening = Opening(view=RequestView.of(draft), workflow_id=_workflow(draft), now=self.clock())
            opened = await self.records.open_request(opening)
            if opened.refusal:
                refusal = opened.refusal
                raise errors.from_name(
                    refusal.error, refusal.sentence, refusal.field, (), refusal.packed
                ) or AssertionError(refusal)
            self.acts += 1
            await self._take(request_moves.open_request(draft, self.clock()))
            return RequestView.of(self.requests[draft.id])

    async def act_on_request(
        self, view: RequestView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RequestView:
        self._check()
        async with self._locks[view.id]:
            if self._is_known(view.id, key, request_hash):
                return RequestView.of(self.requests[view.id])
            decision = request_moves.decide(self.requests[view.id], command, actor, self.clock())
            self.acts += 1
            try:
                await self._take(decision, _done(actor, key, request_hash))
            except Refused as refused:
                # The act was taken before the claim failed: sent again, it gets the same answer.
                self.handled[view.id, key] = request_hash, refused
                raise
            self.handled[view.id, key] = request_hash, None
            self.after_act()
            return RequestView.of(self.requests[view.id])

    async def act_on_relationship(
        self, relationship_id: str, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RelationshipView:
        self._check()
        async with self._locks[relationship_id]:
            if self._is_known(relationship_id, key, request_hash):
                return RelationshipView.of(self.relationships[relationship_id])
            before = self.relationships.get(relationship_id)
            if before is None or before.is_finished:
                raise IllegalMove("This has ended in the meantime, so it takes no more acts.")
            decision = relationship_moves.decide(before, command, actor, self.clock())
            self.acts += 1
            await self._keep(decision, _done(actor, key, request_hash))
            self.handled[relationship_id, key] = request_hash, None
            return RelationshipView.of(self.relationships[relationship_id])

    def _is_known(self, process_id: str, key: str, request_hash: str) -> bool:
        if (process_id, key) not in self.handled:
            return False
        before, failure = self.handled[process_id, key]
        if failure:
            raise failure
        if request_hash and before not in ("", request_hash):
            raise KeyReused
        return True

    async def stalled(self, wanted: StalledFilter, limit: int, cursor: str | None) -> StalledPage:
        self._check()
        wanted.query()
        found = [
            _stalled(one)
            for one in self.requests.values()
            if one.is_open
            and one.programme_id == wanted.programme_id
            and (one.since <= wanted.waiting_since or one.last_event == "RequestLeftToAdmins")
            and wanted.mentor_id in {None, one.mentor_id}
            and wanted.mentee_id in {None, one.mentee_id}
            and wanted.state in {None, one.public_state.value}
        ]
        return page_of(found, limit, cursor)

    async def begin_erasure(
        self, person_id: str, grace: timedelta, *, by_operator: bool = False
    ) -> ErasureView:
        """Takes the first step of it; the rest has its tests on the real engine."""
        self._check()
        begins_at = self.clock() + grace
        with self.records.database.writing() as session:
            erasing.ask(session, Asked(person_id, self.clock(), begins_at, by_operator))
            row = erasing.begin(session, Asked(person_id, self.clock(), begins_at, by_operator))
        return ErasureView(state="waiting" if row else "unknown", begins_at=begins_at)

    async def keep_data(self, person_id: str) -> ErasureView:
        self._check()
        with self.records.database.writing() as session:
            row = erasing.find(session, person_id)
            if row is None or row.state != ErasureState.WAITING:
                raise IllegalMove("It has begun already, and what is gone cannot be brought back.")
            erasing.keep(session, person_id, self.clock())
            return ErasureView(state="kept", begins_at=row.begins_at)

    async def begin_export(self, person_id: str, export_id: str) -> ExportView:
        self._check()
        exporting = Exporting(self.records.database, lambda: None)
        with self.records.database.reading() as session:
            earlier = store.of_person(session, person_id)
        ends = self.clock() + timedelta(days=7)
        step = ExportStep(
            export_id=earlier.id if earlier else export_id,
            person_id=person_id,
            now=self.clock(),
            expires_at=ends,
        )
        if earlier is None:
            with self.records.database.writing() as session:
                store.ask(session, export_id, person_id, self.clock())
        if self.saves and (earlier is None or earlier.content is None):
            await exporting.collect_export(step)
        return ExportView(export_id=step.export_id, state="ready", expires_at=ends)

    async def delete_export(self, person_id: str) -> ExportView:
        self._check()
        with self.records.database.writing() as session:
            row = store.of_person(session, person_id)
            if row is None:
                raise IllegalMove("This has ended in the meantime, so it takes no more acts.")
            store.discard(session, row.id)
        return ExportView(export_id=row.id, state="deleted")

    async def do_with_draft(self, draft_id: str, act: DraftAct | None, actor_id: str) -> DraftView:
        self._check()
        return await self.drafts.do(draft_id, act, actor_id)

    async def is_reachable(self) -> bool:
        if self.hangs:
            await asyncio.sleep(60)
        return not self.is_down

    async def overdue(self, request_id: str) -> None:
        """What silence does once the date has come."""
        command = request_moves.due(self.requests[request_id], self.clock())
        assert command is not None, "nothing is due"
        await self._take(request_moves.decide(self.requests[request_id], command, SYSTEM, self.clock()))

    def _check(self) -> None:
        if self.is_down:
            raise EngineDown
        if self.is_slow:
            raise Unconfirmed

    async def _take(self, decision: Decision[Request], acts: tuple[DoneAct, ...] = ()) -> None:
        before = self.requests.get(decision.after.id)
        self.requests[decision.after.id] = decision.after
        if self.saves and (before is None or decision.after.version > before.version):
            await self.records.save_request(_step(decision, acts))
        for effect in decision.effects:
            await self._do(decision.after, effect, acts)
        if not decision.after.is_open:
            await self.ask_ended(decision.after)

    async def _do(self, request: Request, effect: Any, acts: tuple[DoneAct, ...]) -> None:
        match effect:
            case ClaimPlaces():
                await self._claim(request, acts)
            case HandOn():
                await self._hand_on(request, acts)
            case StartSuccessor():
                assert request.handing is not None
                await self._take(request_moves.open_request(request.handing.to, self.clock()))
            case StartRelationship():
                starting = self._start_relationship(request, effect)
                if self.begins_when:
                    self.begun = asyncio.create_task(_after(self.begins_when, starting))
                else:
                    await starting
            case ReleaseOthers():
                for other in effect.others:
                    command = BeOvertaken(cause=other.cause)
                    stands = self.requests[other.process_id]
                    await self._take(request_moves.decide(stands, command, SYSTEM, self.clock()))

    async def _claim(self, request: Request, acts: tuple[DoneAct, ...]) -> None:
        claimed = await self.records.claim_places(
            Claim(
                request_id=request.id,
                relationship_id=relationship_id(request.id),
                now=self.clock(),
                **request.model_dump(include={"programme_id", "mentee_id", "mentor_id"}),
            )
        )
        command: Command = PlacesClaimed(overtaken=claimed.overtaken)
        if claimed.full:
            command, acts = PlacesRefused(full=claimed.full, gone=claimed.gone), ()
        await self._take(request_moves.decide(request, command, SYSTEM, self.clock()), acts)
        if claimed.full and claimed.gone:
            raise GONE[claimed.full]
        if claimed.full:
            raise MentorFull("No place is left.") if claimed.full == "mentor" else MenteeFull("Matched.")

    async def _hand_on(self, request: Request, acts: tuple[DoneAct, ...]) -> None:
        assert request.handing is not None
        to, now = request.handing.to, self.clock()
        ended = request_moves.decide(request, HandedOver(), SYSTEM, now)
        opening = Opening(view=RequestView.of(to), workflow_id=_workflow(to), now=now)
        opened = await self.records.hand_over_request(Succession(opening=opening, step=_step(ended, acts)))
        if opened.refusal is None:
            await self._take(ended)
            return
        await self._take(request_moves.decide(request, HandOverRefused(), SYSTEM, now))
        refused = opened.refusal
        raise errors.from_name(
            refused.error, refused.sentence, refused.field, (), refused.packed
        ) or AssertionError(refused)

    async def tell_departures(self) -> None:
        """What the loop beside a worker does: the signals, taken at once."""

        async def tell(workflow_id: str, signal: str, what: Any) -> bool:
            if signal == "party_left":
                pair = self.relationships[workflow_id.removeprefix("relationship/")]
                await self._keep(relationship_moves.decide(pair, what, SYSTEM, self.clock()))
                return True
            stands = self.requests[what if signal == "given_back" else what.process_id]
            command: Command = GiveBack()
            if signal != "given_back":
                kind = LeaveToAdmins if signal == "left_to_admins" else BeOvertaken
                command = kind(cause=what.cause)
            await self._take(request_moves.decide(stands, command, SYSTEM, self.clock()))
            return True

        await Departures(self.records.database, tell, self.clock).tell_due()

    async def _start_relationship(self, request: Request, effect: StartRelationship) -> None:
        shared = {"programme_id", "mentee_id", "mentor_id", "mentee_zone", "mentor_zone"}
        fresh = Relationship(
            id=effect.relationship_id,
            version=0,
            request_id=request.id,
            started_at=self.clock(),
            since=self.clock(),
            policy=request.policy,
            **request.model_dump(include=shared),
        )
        begun = relationship_moves.start(
            fresh, self.clock(), decided_by=effect.decided_by, paired=effect.paired
        )
        await self._keep(begun)

    async def _keep(self, decision: Decision[Relationship], acts: tuple[DoneAct, ...] = ()) -> None:
        self.relationships[decision.after.id] = decision.after
        if not self.saves:
            return
        questions = decision.after.policy.relationship.survey_questions
        await self.records.save_relationship(
            SaveRelationship(
                view=RelationshipView.of(decision.after),
                workflow_id=names.relationship_workflow(decision.after.id),
                entries=decision.entries,
                mails=decision.mails,
                acts=acts,
                release_places=any(isinstance(one, ReleasePlaces) for one in decision.effects),
                answers=tuple(one for one in decision.effects if isinstance(one, RecordAnswers)),
                questions=questions if decision.after.surveys else (),
            )
        )


def _done(actor: Actor, key: str, request_hash: str) -> tuple[DoneAct, ...]:
    return (
        (DoneAct(person_id=actor.person_id, key=key, request_hash=request_hash),)
        if request_hash and actor.person_id
        else ()
    )


async def _after(event: asyncio.Event, work: Awaitable[None]) -> None:
    await event.wait()
    await work


def _step(decision: Decision[Request], acts: tuple[DoneAct, ...]) -> SaveRequest:
    return SaveRequest(
        view=RequestView.of(decision.after),
        rest=rest_of(decision.after),
        workflow_id=_workflow(decision.after),
        entries=decision.entries,
        mails=decision.mails,
        acts=acts,
    )


def _workflow(request: Request) -> str:
    return names.request_workflow(request.programme_id, request.mentee_id, request.mentor_id)


def _stalled(request: Request) -> StalledRequest:
    step = next_of_request(request)
    return StalledRequest(
        request_id=request.id,
        mentee_id=request.mentee_id,
        mentor_id=request.mentor_id,
        state=request.public_state.value,
        since=request.since,
        next_at=step.at if step else None,
        next_what=step.what if step else None,
        last_event=request.last_event,
    )
