"""One person's erasure, from the asking to the last word.

asked -> a day in which it can be called off -> everything of theirs ends, the others are told -> the database
forgets -> the engine forgets -> the last mail -> its address is forgotten

Its history holds the person's id and counts, and the ids of processes; nothing that says who it was.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.messages import ErasureStart, LastWord, OfPerson
    from activities.privacy import Erasing
    from models.process.errors import IllegalMove
    from workflows.messages import ErasureInput, ErasureView, KeepData
    from workflows.options import DELETE, ERASE, RECORD_DURABLY
    from workflows.runner import refusal
    from workflows.trust import NotSealed, trusted_result

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30))
"""Between two looks at what ends by itself."""
LONGER = (*PAUSES, *(timedelta(minutes=minutes) for minutes in (1, 2, 5)))
"""For as long as something does not end, by a defect say; the last is repeated."""
CONTINUES = "erasure-continues-as-new"
FAREWELL_LOOKS = 12
FAREWELL_PAUSE = timedelta(minutes=5)
"""An hour for the mails to the others to leave: until then they say who it is that left."""
LAST_WORD_LOOKS = 13
LAST_WORD_PAUSE = timedelta(hours=6)
"""A little longer than the three days for which a mail is tried."""


@workflow.defn(name="Erasure")
class ErasureWorkflow:
    @workflow.init
    def __init__(self, start: ErasureInput) -> None:
        self.person_id = start.person_id
        self.state = "erasing" if start.begun_at else "asked"
        self.begins_at = start.begun_at or workflow.now() + start.grace

    @workflow.run
    async def run(self, start: ErasureInput) -> None:
        if self.state == "erasing" or (await self._begin(start) and not await self._was_kept()):
            await self._erase()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _begin(self, start: ErasureInput) -> bool:
        """Signs the person out and hides them; False when there is no such person."""
        asked = ErasureStart(
            person_id=self.person_id,
            now=workflow.now(),
            begins_at=self.begins_at,
            by_operator=start.by_operator,
        )
        found = bool(await self._do(Erasing.begin_erasure, asked))
        self.state = "waiting" if found else "unknown"
        return found

    async def _was_kept(self) -> bool:
        """Waits until it begins, or until it is called off."""
        wait = self.begins_at - workflow.now()
        if wait > timedelta():
            with suppress(TimeoutError):
                await workflow.wait_condition(lambda: self.state == "kept", timeout=wait)
        if self.state != "kept":
            self.state = "erasing"
            return False
        await self._do(Erasing.keep_data, self._who())
        return True

    async def _erase(self) -> None:
        for turn in count(1):
            await self._leave()
            await self._do(Erasing.erase_person, self._who(), ERASE)
            await self._forget_histories()
            # What was ending a moment ago shows in the engine's lists a moment later.
            await workflow.sleep(_pause(turn))
            if await self._is_forgotten():
                break
            await self._go_on()
        await self._do(Erasing.confirm_erasure, self._who())
        self.state = "erased"
        await self._forget_address()

    async def _leave(self) -> None:
        """Returns when no process of the person goes on, and the others' mails about it have left."""
        tries = 0
        while await self._do(Erasing.leave_processes, self._who(), ERASE):
            await workflow.sleep(_pause(tries))
            await self._go_on()
            tries += 1
        for look in range(FAREWELL_LOOKS + len(PAUSES)):
            if not await self._do(Erasing.farewells_waiting, self._who()):
                return
            await workflow.sleep(PAUSES[look] if look < len(PAUSES) else FAREWELL_PAUSE)

    async def _go_on(self) -> None:
        """In a new run, if this one's history has become long: the engine ends one that grows for ever."""
        if not workflow.info().is_continue_as_new_suggested():
            return
        # One that was under way before this was here may have passed the suggestion by: so must its replay.
        if workflow.patched(CONTINUES):
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(
                ErasureInput(person_id=self.person_id, grace=timedelta(), begun_at=self.begins_at)
            )

    async def _forget_histories(self) -> None:
        """Deletes what the engine keeps of the ended processes, a batch at a time."""
        while True:
            found = await self._do(Erasing.find_histories, self._who(), ERASE)
            if not found.ended:
                return
            await self._do(Erasing.delete_histories, found, DELETE)

    async def _is_forgotten(self) -> bool:
        found = await self._do(Erasing.find_histories, self._who(), ERASE)
        return not found.ended and not found.running

    async def _forget_address(self) -> None:
        for look in range(LAST_WORD_LOOKS):
            await workflow.sleep(LAST_WORD_PAUSE)
            last = look == LAST_WORD_LOOKS - 1
            word = LastWord(person_id=self.person_id, now=workflow.now(), at_any_rate=last)
            if await self._do(Erasing.forget_address, word):
                return

    def _who(self) -> OfPerson:
        return OfPerson(person_id=self.person_id, now=workflow.now())

    async def _do(self, what: Any, about: Any, options: dict[str, Any] = RECORD_DURABLY) -> Any:
        return await trusted_result(lambda: workflow.execute_activity_method(what, about, **options))

    @workflow.update
    async def begun(self) -> ErasureView:
        """Answers once the person is signed out everywhere and hidden."""
        await workflow.wait_condition(lambda: self.state != "asked")
        return self.view()

    @begun.validator
    def _check_begun(self) -> None:
        """Without one, the SDK shows it to no guard before it has begun."""

    @workflow.update
    async def keep(self, which: KeepData | None = None) -> ErasureView:
        """Calls it off, as long as nothing is gone. Versions before 0.3 did not say what."""
        self.state = "kept"
        return self.view()

    @keep.validator
    def _check_keep(self, which: KeepData | None = None) -> None:
        # What says nothing is not sealed either; and one that called off an earlier erasure may be a copy.
        if which is None or which.begins_at != self.begins_at:
            raise NotSealed
        if self.state not in {"waiting", "kept"}:
            raise refusal(IllegalMove("It has begun already, and what is gone cannot be brought back."))

    @workflow.query
    def view(self) -> ErasureView:
        return ErasureView(state=self.state, begins_at=self.begins_at)


def _pause(looks: int) -> timedelta:
    return LONGER[min(looks, len(LONGER) - 1)]
