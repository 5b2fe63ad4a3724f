"""Tells the new rules of a programme to its open requests, some twenty a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.orm import Session
from temporalio import activity

from activities.departures import Tell
from activities.looking import Looking
from activities.mail_dispatcher import wall_clock
from activities.messages import PolicyRound, PolicyStep
from models.process import names
from models.process.policy import ProgrammePolicy
from models.process.request.reports import NewPolicy
from models.store import policy_changes as store
from models.store.database import Database

PER_SECOND = 20
PAGE = 500

StartChange = Callable[[str, int], Awaitable[None]]
"""`start(programme id, revision)` of the process of a change; one that runs already is enough."""


@dataclass(frozen=True)
class Reached:
    """How far a round has come: up to which id, and how many were told."""

    after: str = ""
    told: int = 0


@dataclass(frozen=True)
class PolicyChanges:
    """`tell` signals a process. `per_second` bounds what a change takes of the engine."""

    database: Database
    tell: Tell
    per_second: int = PER_SECOND

    @activity.defn(name="tell-policy")
    async def tell_policy(self, step: PolicyStep) -> PolicyRound:
        """One round through all open requests that live by older rules. A new attempt goes on where the last
        one was seen; who is told twice ignores it."""
        reached = replace(_seen(), told=max(_seen().told, step.told))
        policy = await self._wanted(step)
        while policy is not None:
            some = await self.database.read(partial(_page, step=step, after=reached.after))
            if not some:
                break
            reached, is_wanted = await self._told(step, policy, some, reached)
            if not is_wanted:
                break
        return await self._result(step, reached)

    @activity.defn(name="end-policy-change")
    async def end_policy_change(self, step: PolicyStep) -> None:
        now = wall_clock()
        await self.database.write(
            lambda session: store.finish(session, step.programme_id, step.revision, now)
        )

    async def _wanted(self, step: PolicyStep) -> ProgrammePolicy | None:
        return await self.database.read(
            lambda session: store.wanted(session, step.programme_id, step.revision)
        )

    async def _told(
        self, step: PolicyStep, policy: ProgrammePolicy, some: Sequence[tuple[str, str]], reached: Reached
    ) -> tuple[Reached, bool]:
        """After these; false where the change has been superseded meanwhile."""
        clock = asyncio.get_running_loop().time
        for start in range(0, len(some), self.per_second):
            begun, lot = clock(), some[start : start + self.per_second]
            told = [
                await self._tell_one(workflow_id, NewPolicy(process_id=one, policy=policy))
                for one, workflow_id in lot
            ]
            reached = Reached(lot[-1][0], reached.told + sum(told))
            activity.heartbeat(reached.after, reached.told)
            if not await self.database.write(partial(_note, step=step, told=reached.told)):
                return reached, False
            await asyncio.sleep(max(0.0, begun + 1 - clock()))
        return reached, True

    async def _tell_one(self, workflow_id: str, what: NewPolicy) -> bool:
        """False for one that has ended meanwhile."""
        return await self.tell(workflow_id, names.POLICY_CHANGED, what)

    async def _result(self, step: PolicyStep, reached: Reached) -> PolicyRound:
        return PolicyRound(told=reached.told, left=await self.database.read(partial(_left, step=step)))


def _page(session: Session, step: PolicyStep, after: str) -> Sequence[tuple[str, str]]:
    return store.page(session, step.programme_id, step.revision, after, PAGE)


def _note(session: Session, step: PolicyStep, told: int) -> bool:
    return store.note(session, step.programme_id, step.revision, told)


def _left(session: Session, step: PolicyStep) -> int:
    """None of a change that is over or superseded."""
    if store.wanted(session, step.programme_id, step.revision) is None:
        return 0
    return store.left_behind(session, step.programme_id, step.revision)


def _seen() -> Reached:
    """What the last attempt has noted; nothing where it cannot be trusted, since to begin anew is no harm."""
    match activity.info().heartbeat_details:
        case [str(after), int(told)]:
            return Reached(after, told)
    return Reached()


class PolicyStarts(Looking):
    """Starts the process of each change that a programme wants: it may have been asked for while the engine
    was down, or by a command that does not reach it."""

    def __init__(self, database: Database, start: StartChange) -> None:
        super().__init__()
        self._database = database
        self._start = start
        self._started: set[tuple[str, int]] = set()

    async def look(self) -> None:
        for one in await self._database.read(store.under_way):
            if one not in self._started:
                await self._start(*one)
                self._started.add(one)
