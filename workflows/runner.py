"""What all kinds of workflow share: take acts, save versions, keep the next date, end or continue as new.

The order within a step is fixed: a decision changes the state in memory at once (so of two acts that race the
second meets the new state), then `run` saves state, timeline and mails in one activity, then performs the
other effects. Nothing is sent from a handler.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from temporalio import workflow
from temporalio.common import TypedSearchAttributes
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.messages import DoneAct, SaveStep
    from models.mails.order import MailOrder
    from models.process.actors import SYSTEM, Actor
    from models.process.commands import Command
    from models.process.effects import Effect, RecordAnswers
    from models.process.errors import ProcessError, Superseded
    from models.process.step import Decision, Lasting, Process
    from models.process.terms import Sentence
    from models.process.timeline import Entry
    from workflows.attributes import changes
    from workflows.messages import Act, Answer
    from workflows.options import MAX_HANDLED_KEYS, RECORD, RECORD_DURABLY
    from workflows.trust import trusted_result

P = TypeVar("P", bound=Lasting)
R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")

A_MOMENT = timedelta(milliseconds=1)
CARRIES_RULES = "carries-zone-rules"


def refusal(error: ProcessError) -> ApplicationError:
    """`error` in the form that crosses the engine.

    Type name, sentence in the usual words, field, what else is wrong, and the templates of all of it.
    """
    details = (error.field, error.further, error.packed)
    sentence = str(error.sentence)
    return ApplicationError(sentence, *details, type=type(error).__name__, non_retryable=True)


class ProcessRunner(ABC, Generic[P]):
    """Holds one process and everything that it still has to say to the world."""

    def __init__(
        self, process: P, handled: tuple[str, ...], durable: bool, hashes: Mapping[str, str] | None = None
    ) -> None:
        self.process = process
        self.handled = list(handled)
        self.hashes = dict(hashes or {})
        self.acts: list[DoneAct] = []
        self.durable = durable
        self._carries_rules = not isinstance(process, Process) or "mentee_rules" in process.model_fields_set
        self.entries: list[Entry] = []
        self.mails: list[MailOrder] = []
        self.effects: deque[Effect] = deque()
        # All entries and mails of this run, for a repair that saves them once more.
        self.all_entries: list[Entry] = []
        self.all_mails: list[MailOrder] = []
        self.answered: list[RecordAnswers] = []
        self.saved_version = process.version
        self._has_fresh_acts = False
        self._attributes = self.attributes()
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None

    @abstractmethod
    def decide(self, command: Command, actor: Actor, recorded: bool = False) -> Decision[P]: ...

    @abstractmethod
    def due(self) -> Command | None: ...

    @abstractmethod
    def next_at(self) -> datetime | None: ...

    @abstractmethod
    def is_finished(self) -> bool: ...

    @abstractmethod
    def attributes(self) -> TypedSearchAttributes: ...

    @abstractmethod
    async def save(self) -> None: ...

    @abstractmethod
    async def perform(self, effect: Effect) -> None: ...

    def check(self, act: Act[Any]) -> None:
        """The validator of every update: decides, throws the result away, refuses without a trace."""
        if act.key not in self.handled:
            self._try(act, recorded=False)

    def take(self, act: Act[Any]) -> Answer:
        """The first half of every update handler; an act that was handled before changes nothing.

        What is returned joins the view in the answer.
        """
        if act.key in self.handled:
            return Answer(request_hash=self.hashes.get(act.key, ""))
        self.apply(self._try(act, recorded=True))
        self.handled.append(act.key)
        self._has_fresh_acts = True
        if act.request_hash and act.actor.person_id:
            self.hashes[act.key] = act.request_hash
            self.acts.append(
                DoneAct(person_id=act.actor.person_id, key=act.key, request_hash=act.request_hash)
            )
        return Answer(request_hash=act.request_hash, attempt=act.attempt)

    def _try(self, act: Act[Any], *, recorded: bool) -> Decision[P]:
        try:
            if act.process_id != self.process.id:
                raise Superseded(Sentence("This is over; a newer {t.request} between the two is open now."))
            return self.decide(act.command, act.actor, recorded)
        except ProcessError as error:
            raise refusal(error) from error

    def report(self, command: Command) -> None:
        """What a machine or another process says; one that comes too late is nothing to complain about."""
        try:
            self.apply(self.decide(command, SYSTEM))
        except ProcessError:
            workflow.logger.info("a report came too late", extra={"command": command.name})

    def apply(self, decision: Decision[P]) -> None:
        self.process = decision.after
        self.entries += decision.entries
        self.mails += decision.mails
        self.effects += decision.effects
        self.all_entries += decision.entries
        self.all_mails += decision.mails
        self.answered += (effect for effect in decision.effects if isinstance(effect, RecordAnswers))

    def snapshot(self) -> dict[str, Any]:
        """The fields of `workflows.messages.Snapshot`."""
        return {
            "saved_version": self.saved_version,
            "entries": tuple(self.all_entries),
            "mails": tuple(self.all_mails),
            **self.carried(),
        }

    async def run(self) -> bool:
        """Runs until the process is finished (True) or should continue as new (False)."""
        while True:
            await self.flush()
            if self.is_finished() or self._is_to_continue():
                # Work may arrive meanwhile, and the handler that brought it waits until it is done.
                await workflow.wait_condition(lambda: self._has_work() or workflow.all_handlers_finished())
                if not self._has_work():
                    return self.is_finished()
                continue
            self._set_alarm()
            await workflow.wait_condition(
                lambda: self._has_work() or self._alarm_rang() or self.should_upgrade()
            )
            while command := self.due():
                self.report(command)

    def _is_to_continue(self) -> bool:
        suggested = workflow.info().is_continue_as_new_suggested()
        return suggested or self.should_upgrade() or self._lacks_rules()

    def _lacks_rules(self) -> bool:
        """Whether it began before 0.3, and goes on in a run whose input carries the rules of its time zones.

        It asks after every step, each by a name of its own: the steps before the upgrade have not gone on so.
        """
        if self._carries_rules:
            return False
        return workflow.patched(f"{CARRIES_RULES}-{self.process.version}")

    def should_upgrade(self) -> bool:
        """Whether a new run would be carried on by workers of another version."""
        return False

    async def flush(self) -> None:
        """Saves what is new, then performs the effects in order; new decisions may arrive meanwhile."""
        while self._has_work():
            if self.process.version > self.saved_version:
                await self.save()
                self.upsert()
            elif self.effects:
                await self.perform(self.effects.popleft())

    async def record(self, work: Callable[[R, A], Awaitable[T]], what: A) -> T:
        """Runs an activity that saves: a local one for the first save, regular ones afterwards.

        The engine keeps what a task decided only when that task has ended. A local activity runs before that,
        and what it wrote stays even if the task is lost with its worker. The task is then done anew, later,
        and perhaps with an act that arrived meanwhile: where there was a reminder there may be a withdrawal
        with the same version, which the database would never take. A regular activity begins afterwards.
        What a process begins with is the same however often it begins.
        """
        if self._has_fresh_acts or (self.durable and self.saved_version > 0):
            self._has_fresh_acts = False
            return await trusted_result(
                lambda: workflow.execute_activity_method(work, what, **RECORD_DURABLY)
            )
        return await trusted_result(lambda: workflow.execute_local_activity_method(work, what, **RECORD))

    def _has_work(self) -> bool:
        return bool(self.effects) or self.process.version > self.saved_version

    def batch(self) -> dict[str, Any]:
        """What is unsaved, as fields of `SaveStep`. `settle` forgets it once it is saved."""
        return {"entries": tuple(self.entries), "mails": tuple(self.mails), "acts": tuple(self.acts)}

    def settle(self, step: SaveStep, version: int) -> None:
        del self.entries[: len(step.entries)]
        del self.mails[: len(step.mails)]
        del self.acts[: len(step.acts)]
        self.saved_version = version

    def upsert(self) -> None:
        wanted = self.attributes()
        if updates := changes(self._attributes, wanted):
            workflow.upsert_search_attributes(updates)
            self._attributes = wanted

    def now(self) -> datetime:
        """Now; when an alarm has rung, not before its date.

        A replay under newer time zone data computes other dates than the process did when it ran. What an
        alarm led to then has to come of it again, so the date of an alarm that rang counts as reached.
        """
        now = workflow.now()
        return max(now, self._alarm_at) if self._alarm_at and self._alarm_rang() else now

    def _alarm_rang(self) -> bool:
        return self._alarm is not None and self._alarm.done()

    def _set_alarm(self) -> None:
        """One timer for the next date, replaced only when the date changes: timers are billed."""
        at = self.next_at()
        if at == self._alarm_at and not self._alarm_rang():
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = None
        if at is not None:
            # Never zero, which would be no timer at all: whether there is one must not depend on the date.
            wait = max(A_MOMENT, at - workflow.now())
            self._alarm = asyncio.create_task(workflow.sleep(wait, summary="next date"))

    def carried(self) -> dict[str, Any]:
        """The keys of acts, as fields of the input of the next run."""
        keys = tuple(self.handled[-MAX_HANDLED_KEYS:])
        return {"handled": keys, "hashes": {key: self.hashes[key] for key in keys if key in self.hashes}}
