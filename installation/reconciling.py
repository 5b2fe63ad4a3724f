"""`steadfast doctor --repair`: finds where the engine and the database disagree, and mends it.

All that the engine lists is held against the rows; all rows that need a process against the engine; and the
places against the relationships. What differs is looked at again after a pause, since a row may be behind for
a moment; and whatever is written is guarded by versions, so that a process that goes on meanwhile wins.
Nothing but ids leaves this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from installation.cases import DONE, FOUND, HELD_TOO_LONG, NEVER_BEGAN, NOT_HELD, Case, Sum
from installation.comparing import Known, Run, Verdict, judge
from installation.processes import Listed, Processes, is_alike
from installation.repairer import Repairer
from models.process.errors import ProcessError
from models.process.names import relationship_workflow
from models.process.request.view import RequestView
from models.store import stored_processes
from models.store.database import Database
from models.store.stored_processes import Kind, StoredProcess, StrayPlace, Waiting

AT_A_TIME = 8
PAGE = 200
PAUSES = (1.0, 3.0, 9.0)
"""In seconds before each further look: the task of a worker that was killed is taken over after ten."""
KINDS: tuple[Kind, ...] = ("request", "relationship")

_MAY_PASS = {Verdict.BUSY, Verdict.MUTE, Verdict.FORGOTTEN}
_MUTE = {RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.INTERNAL}

T = TypeVar("T", Waiting, StrayPlace)
Page = Callable[[Session, str, int], list[T]]
Progress = Callable[[str, int, int | None], None]
"""Takes the stage, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class RepairOptions:
    """How to go about it. `mends`: otherwise it only looks. `closely`: every open process is asked for its
    version, which finds steps that the engine's lists do not show (a goal, a second wording). `limit`: of
    disagreements, after which it stops looking. `pauses` are in seconds."""

    mends: bool
    closely: bool
    limit: int | None = None
    pauses: tuple[float, ...] = PAUSES


@dataclass(frozen=True, slots=True)
class _Suspect:
    kind: Kind
    id: str
    workflow_id: str


@dataclass(frozen=True, slots=True)
class _Judged:
    suspect: _Suspect
    verdict: Verdict
    known: Known = field(default_factory=lambda: Known(Run.NONE))


class Reconciler:
    def __init__(
        self,
        database: Database,
        processes: Processes,
        repairer: Repairer,
        options: RepairOptions,
        progress: Progress,
    ) -> None:
        self._database = database
        self._processes = processes
        self._repairer = repairer
        self._options = options
        self._progress = progress
        self._gate = asyncio.Semaphore(AT_A_TIME)
        self.sum = Sum()

    async def run(self) -> AsyncIterator[Case]:
        """The cases as they are found or mended. Raises RPCError, TimeoutError, WorkersTooOld, and what the
        database raises."""
        found: set[_Suspect] = set()
        again: list[_Suspect] = []
        async for suspects in self._suspects():
            # A row that needs a process may differ from it as well, and would come up twice.
            for judged in await self._confirmed([each for each in suspects if each not in found]):
                found.add(judged.suspect)
                case = await self._treated(judged)
                if case.is_mended or not self._options.mends:
                    yield self._counted(case)
                else:
                    again.append(judged.suspect)
            if self._is_enough():
                return
        async for case in self._rest(again):
            yield self._counted(case)
        # After their requests, which tell them of their end.
        async for case in self._repairer.lists(mends=self._options.mends):
            yield self._counted(case)

    async def _rest(self, again: Sequence[_Suspect]) -> AsyncIterator[Case]:
        # What stood in the way of these, an older request of the same two say, may have been mended since.
        for judged in await self._confirmed(again):
            yield await self._treated(judged)
        async for requests in self._pages(stored_processes.not_started):
            await asyncio.sleep(self._options.pauses[0])
            for row in requests:
                if case := await self._begun(_Suspect("request", row.id, row.workflow_id)):
                    yield case
        async for places in self._astray():
            for place in places:
                if case := await self._placed(place):
                    yield case

    def _counted(self, case: Case) -> Case:
        if case.is_mended:
            self.sum.mended += 1
        else:
            self.sum.left += 1
        return case

    def _is_enough(self) -> bool:
        limit = self._options.limit
        self.sum.is_complete = limit is None or self.sum.left < limit
        return not self.sum.is_complete

    async def _suspects(self) -> AsyncIterator[list[_Suspect]]:
        total = await self._processes.count()
        for kind in KINDS:
            async for page in self._processes.pages(kind):
                yield await self._different(kind, page)
                self.sum.looked_at += len(page)
                self._progress("processes", self.sum.looked_at, total)
        for kind in KINDS:
            async for rows in self._pages(_waiting(kind)):
                running = await self._processes.running(kind, [row.id for row in rows])
                yield [_Suspect(kind, row.id, row.workflow_id) for row in rows if row.id not in running]

    async def _different(self, kind: Kind, page: Sequence[Listed]) -> list[_Suspect]:
        rows = await self._database.read(
            lambda session: stored_processes.summaries(session, kind, {one.process_id for one in page})
        )

        def is_suspect(one: Listed) -> bool:
            if self._options.closely and one.is_running:
                return True
            return one.glance is not None and not is_alike(kind, one.glance, rows.get(one.process_id))

        found = {one.process_id: one.workflow_id for one in page if is_suspect(one)}
        return [_Suspect(kind, process_id, workflow_id) for process_id, workflow_id in found.items()]

    async def _pages(self, read: Page[T]) -> AsyncIterator[list[T]]:
        """All rows in the order of their first column, the one that `read` goes on after."""
        after = ""
        while True:
            rows = await self._page(read, after)
            if not rows:
                return
            yield rows
            after = rows[-1][0]

    async def _page(self, read: Page[T], after: str) -> list[T]:
        return await self._database.read(lambda session: read(session, after, PAGE))

    async def _confirmed(self, suspects: Sequence[_Suspect]) -> list[_Judged]:
        """What differs and still does when it is looked at again, with patience for what may pass."""
        waiting, confirmed = list(suspects), list[_Judged]()
        pauses = (0.0, *self._options.pauses)
        for look, pause in enumerate(pauses):
            if not waiting:
                break
            await asyncio.sleep(pause)
            judged = [one for one in await self._judged(waiting) if one.verdict is not Verdict.FINE]
            is_last = look == len(pauses) - 1
            confirmed += (one for one in judged if is_last or (look and one.verdict not in _MAY_PASS))
            waiting = [one.suspect for one in judged if one not in confirmed]
        return confirmed

    async def _judged(self, suspects: Sequence[_Suspect]) -> list[_Judged]:
        return await asyncio.gather(*(self._judge(suspect) for suspect in suspects))

    async def _judge(self, suspect: _Suspect) -> _Judged:
        async with self._gate:
            # Read first: whatever is saved meanwhile makes the process newer than this, never older.
            kept = await self._kept(suspect)
            try:
                known = await self._processes.known(suspect.kind, suspect.id, suspect.workflow_id)
            except TimeoutError:
                return _Judged(suspect, Verdict.MUTE)
            except RPCError as error:
                if error.status not in _MUTE:
                    raise
                return _Judged(suspect, Verdict.MUTE)
            verdict = judge(kept, known)
            if verdict is Verdict.BEHIND and judge(await self._kept(suspect), known) is not verdict:
                # A step was made and saved between the two looks: the process is busy, not the row behind.
                verdict = Verdict.BUSY
            return _Judged(suspect, verdict, known)

    async def _kept(self, suspect: _Suspect) -> StoredProcess | None:
        return await self._database.read(
            lambda session: stored_processes.kept(session, suspect.kind, suspect.id)
        )

    async def _treated(self, judged: _Judged) -> Case:
        suspect, verdict = judged.suspect, judged.verdict
        found = Case(suspect.kind, suspect.id, FOUND[verdict])
        if not self._options.mends or verdict not in DONE:
            return found
        kept, known = await self._kept(suspect), judged.known
        match verdict:
            case Verdict.BEHIND:
                act = self._repairer.save_again(suspect.kind, suspect.workflow_id, known, kept)
            case Verdict.LOST:
                act = self._repairer.take_up(suspect.kind, suspect.workflow_id, known, kept)
            case _:
                act = self._repairer.put_back(suspect.kind, suspect.workflow_id, known, kept)
        return await _attempted(found, DONE[verdict], act)

    async def _begun(self, suspect: _Suspect) -> Case | None:
        """A relationship that an accepted request should have started, where nothing else will."""
        kept = await self._kept(suspect)
        if kept is None or not isinstance(kept.view, RequestView) or kept.view.relationship_id is None:
            return None
        missing = kept.view.relationship_id
        request = await self._processes.known(suspect.kind, suspect.id, suspect.workflow_id)
        known = await self._processes.known("relationship", missing, relationship_workflow(missing))
        if request.run is Run.OPEN or known.run not in {Run.NONE, Run.BROKEN}:
            return None
        found = Case("relationship", missing, NEVER_BEGAN)
        if not self._options.mends:
            return found
        return await _attempted(found, f"{NEVER_BEGAN}: begun", self._repairer.begin(kept, request, known))

    async def _astray(self) -> AsyncIterator[list[StrayPlace]]:
        """Places that are stray twice, with a pause between."""
        after = ""
        while True:
            first = await self._page(stored_processes.stray_places, after)
            if not first:
                return
            await asyncio.sleep(self._options.pauses[0])
            second = await self._page(stored_processes.stray_places, after)
            yield [place for place in first if place in second]
            after = first[-1].request_id

    async def _placed(self, place: StrayPlace) -> Case | None:
        found = Case("relationship", place.relationship_id, HELD_TOO_LONG if place.is_held else NOT_HELD)
        if place.is_held and await self._is_being_accepted(place):
            return None
        if not self._options.mends:
            return found
        done = f"{found.sentence}: {'given back' if place.is_held else 'held'}"
        return await _attempted(found, done, self._repairer.place(place))

    async def _is_being_accepted(self, place: StrayPlace) -> bool:
        """Whether the process that holds the place is about to save its request, or has just saved it."""
        kept = await self._database.read(
            lambda session: stored_processes.kept(session, "request", place.request_id)
        )
        if kept is not None and kept.needs_process:
            suspect = _Suspect("request", place.request_id, kept.workflow_id)
            if any(one.verdict in _MAY_PASS for one in await self._confirmed([suspect])):
                return True
        return await self._database.read(lambda session: stored_processes.is_needed(session, place))


def _waiting(kind: Kind) -> Page[Waiting]:
    return lambda session, after, limit: stored_processes.waiting(session, kind, after, limit)


async def _attempted(found: Case, done: str, act: Awaitable[None]) -> Case:
    """What came of it; what stands against it is a sentence as well, and no reason to leave the others."""
    try:
        await act
    except IntegrityError:
        why = "people, programme or another open process of the same two stand against it"
    except WorkflowAlreadyStartedError:
        why = "another process of the same two goes on"
    except NoResultFound:
        why = "its programme is not in the database"
    except ProcessError as error:
        why = error.sentence
    else:
        return Case(found.kind, found.id, done, is_mended=True)
    return Case(found.kind, found.id, f"{found.sentence}; it cannot be mended, since {why}")
