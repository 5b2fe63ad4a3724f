"""What people do: whole lives of requests and relationships, drawn from a seed. `LIVES` names the kinds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.faults.clients import Caller, Json, Refused
from tests.faults.ledger import Deed
from tests.faults.people import Programme, Someone

REASON = "I have no time at the moment"
LOOK_SECONDS = 0.2
APPEAR_LOOKS = 1500
RIVALS = 3
GOAL = {
    "specific": "A small service in Python that a colleague of mine can run without asking me.",
    "measurable": "It runs in production for a month.",
    "attainable": "Two hours a week are agreed with my manager.",
    "relevant": "My next project needs it.",
    "due": "2040-06-30",
}


class NeverThere(Exception):
    """A relationship that an acceptance promised did not appear."""


@dataclass
class Person:
    """Somebody who acts, and notes every act that was confirmed. `name` makes keys and words unique."""

    who: Someone
    caller: Caller
    name: str
    acts: int = 0

    async def ask(self, programme: Programme, mentor: Someone) -> Json:
        words = self._words("asks")
        body = {"mentor_id": mentor.id, "message": words, "basis": "preferences"}
        path = f"/api/v1/programmes/{programme.slug}/requests"
        asked = await self._sent("POST", path, body)
        self._note(Deed("requests", asked["id"], "RequestSubmitted", self.who.id, words))
        return asked

    async def tell(self, request: Json, command: str, what: str, **body: Any) -> Json:
        """Sends a command to a request; words are added where they are wanted."""
        words = self._words(command)
        spoken = "message" if command in {"edit", "resubmit"} else "comment"
        mute = command in {"remind", "extend"}
        said = body if mute else {spoken: words, **body}
        told = await self._sent("POST", f"/api/v1/requests/{request['id']}/{command}", said)
        self._note(Deed("requests", request["id"], what, self.who.id, "" if mute else words))
        return told

    async def say(self, relationship: Json, command: str, what: str) -> Json:
        words = self._words(command)
        path = f"/api/v1/relationships/{relationship['id']}/{command}"
        said = await self._sent("POST", path, {"comment": words})
        self._note(Deed("relationships", relationship["id"], what, self.who.id, words))
        return said

    async def set_goal(self, relationship: Json) -> Json:
        words = self._words("goal")
        path = f"/api/v1/relationships/{relationship['id']}/goals"
        goal = await self._sent("POST", path, {"title": words, **GOAL})
        self._note(Deed("relationships", relationship["id"], "GoalSet", self.who.id, words, goal["id"]))
        return goal

    async def revise(self, relationship: Json, goal: Json, progress: int) -> None:
        self.acts += 1
        path = f"/api/v1/relationships/{relationship['id']}/goals/{goal['id']}"
        await self._sent("PATCH", path, {"progress": progress})
        mark = f"{goal['title']}: {progress}%"
        self._note(Deed("relationships", relationship["id"], "GoalRevised", self.who.id, mark))

    async def answer(self, relationship: Json) -> None:
        answers: dict[str, int | str] = {
            "useful": 5,
            "goals": 4,
            "recommend": 5,
            "remark": self._words("survey"),
        }
        path = f"/api/v1/relationships/{relationship['id']}/survey"
        await self._sent("POST", path, {"answers": answers})
        given = tuple(sorted(answers.items()))
        deed = Deed("relationships", relationship["id"], "SurveyAnswered", self.who.id, answers=given)
        self._note(deed)

    async def relationship(self, relationship_id: str) -> Json:
        """Once it is there. Raises NeverThere."""
        for _ in range(APPEAR_LOOKS):
            try:
                return await self.caller.get(self.who, f"/api/v1/relationships/{relationship_id}")
            except Refused as error:
                if error.status != 404:
                    raise
                await asyncio.sleep(LOOK_SECONDS)
        raise NeverThere(relationship_id)

    def _words(self, of: str) -> str:
        self.acts += 1
        return f"{self.name} {of} {self.acts}"

    async def _sent(self, method: str, path: str, body: dict[str, Any]) -> Json:
        """Now and then a client does not hear the answer and sends the same again: it gets the same one."""
        key = f"{self.name}-{self.acts}-{method}"
        answer = await self.caller.send(self.who, method, path, body, key)
        if self.caller.random.random() < 0.15:
            again = await self.caller.send(self.who, method, path, body, key)
            if again["id"] != answer["id"]:
                self.caller.ledger.found(f"{method} {path}: another answer to the same key")
        return answer

    def _note(self, deed: Deed) -> None:
        self.caller.ledger.done.append(deed)


@dataclass
class Life:
    """One life with the people in it; `pause` is the longest time between two acts, in seconds."""

    caller: Caller
    programme: Programme
    number: int
    pause: float
    mentee: Person = field(init=False)
    mentor: Person = field(init=False)
    admin: Person = field(init=False)

    def __post_init__(self) -> None:
        self.mentee = self.person(self.programme.mentees[self.number], "mentee")
        self.mentor = self.person(self.programme.mentors[self.number], "mentor")
        self.admin = self.person(self.programme.admin, "admin")

    @property
    def random(self) -> Random:
        return self.caller.random

    def person(self, who: Someone, role: str) -> Person:
        return Person(who, self.caller, f"{self.programme.slug} {role} {self.number}")

    async def rest(self) -> None:
        await asyncio.sleep(self.random.uniform(0, self.pause))

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    async def accepted(self) -> Json:
        asked = await self.mentee.ask(self.programme, self.mentor.who)
        await self.rest()
        accepted = await self.mentor.tell(asked, "accept", "RequestAccepted")
        return await self.mentee.relationship(accepted["relationship_id"])


async def whole(life: Life) -> None:
    """From the first words to both surveys, by all the detours there are."""
    asked = await life.mentee.ask(life.programme, life.mentor.who)
    await life.rest()
    if life.maybe():
        await life.mentee.tell(asked, "edit", "RequestEdited")
    if life.maybe():
        await life.mentor.tell(asked, "request-amendment", "AmendmentRequested")
        await life.rest()
        await life.mentee.tell(asked, "resubmit", "RequestResubmitted")
    await life.rest()
    accepted = await life.mentor.tell(asked, "accept", "RequestAccepted")
    pair = await life.mentee.relationship(accepted["relationship_id"])
    for person in (life.mentee, life.mentor):
        goal = await person.set_goal(pair)
        await life.rest()
        await life.mentee.revise(pair, goal, 50)
    if life.maybe():
        await life.mentee.say(pair, "complete", "CompletionSignedOff")
        await life.mentor.say(pair, "decline-completion", "CompletionDeclined")
        await life.rest()
    await life.mentee.say(pair, "complete", "CompletionSignedOff")
    await life.rest()
    await life.mentor.say(pair, "confirm-completion", "CompletionConfirmed")
    # Both at the same time, on any of the APIs.
    await asyncio.gather(life.mentee.answer(pair), life.mentor.answer(pair))


async def brief(life: Life) -> None:
    """A request that comes to nothing, by a person's decision."""
    asked = await life.mentee.ask(life.programme, life.mentor.who)
    await life.rest()
    if life.maybe():
        await life.admin.tell(asked, "remind", "ReminderSent")
    if life.maybe():
        await life.admin.tell(asked, "extend", "RequestExtended", days=3)
    await life.rest()
    end = life.random.choice(("reject", "withdraw", "close"))
    if end == "reject":
        await life.mentor.tell(asked, "reject", "RequestRejected", reason=REASON)
    elif end == "withdraw":
        await life.mentee.tell(asked, "withdraw", "RequestWithdrawn")
    else:
        await life.admin.tell(asked, "close", "RequestClosed")


async def again(life: Life) -> None:
    """Declined and asked anew: the same pair, and so the same workflow id."""
    first = await life.mentee.ask(life.programme, life.mentor.who)
    await life.rest()
    await life.mentor.tell(first, "reject", "RequestRejected", reason=REASON)
    await life.accepted()


async def parting(life: Life) -> None:
    """A relationship that one side, or an admin, ends."""
    pair = await life.accepted()
    await life.mentor.set_goal(pair)
    await life.rest()
    if life.maybe():
        await life.mentee.say(pair, "withdraw", "RelationshipWithdrawn")
    else:
        await life.admin.say(pair, "end", "RelationshipEnded")


async def unanswered(life: Life) -> None:
    """Silence: reminded, and closed by the process itself."""
    asked = await life.mentee.ask(life.programme, life.mentor.who)
    if life.maybe():
        await life.mentor.tell(asked, "request-amendment", "AmendmentRequested")


async def drifting(life: Life) -> None:
    """A relationship in which one side falls silent: time confirms, and closes a survey."""
    pair = await life.accepted()
    await life.mentor.say(pair, "complete", "CompletionSignedOff")
    if life.maybe():
        await life.mentee.say(pair, "confirm-completion", "CompletionConfirmed")
        await life.mentee.answer(pair)


async def rivals(life: Life) -> None:
    """Some who want the only place of one mentor, who accepts them all at once: it is given once."""
    people = life.programme.mentees[life.number * RIVALS : (life.number + 1) * RIVALS]
    mentees = [Person(who, life.caller, f"{life.programme.slug} mentee {who.id[:8]}") for who in people]
    asked = await asyncio.gather(*(one.ask(life.programme, life.mentor.who) for one in mentees))
    await life.rest()
    hands = [life.person(life.mentor.who, f"mentor {n} of") for n, _ in enumerate(asked)]
    decided = await asyncio.gather(
        *(hand.tell(one, "accept", "RequestAccepted") for hand, one in zip(hands, asked, strict=True)),
        return_exceptions=True,
    )
    for failure in decided:
        if isinstance(failure, BaseException) and not isinstance(failure, Refused):
            raise failure
    if len([one for one in decided if isinstance(one, dict)]) > 1:
        life.caller.ledger.found(f"{life.programme.slug} {life.number}: the only place was given twice")


LIVES: dict[str, tuple[str, Callable[[Life], Awaitable[None]]]] = {
    "whole": ("calm", whole),
    "unanswered": ("hasty", unanswered),
    "rivals": ("crowded", rivals),
    "drifting": ("hasty", drifting),
    "brief": ("calm", brief),
    "parting": ("calm", parting),
    "whole too": ("calm", whole),
    "again": ("calm", again),
}
"""kind -> the programme it is lived in, and how. They take turns."""
EXPECTED = {409}
"""Refusals that a client may meet: the other side, or time, was faster."""


async def live(life: Life, kind: str) -> None:
    """One life, and how it ended, in the ledger."""
    ledger = life.caller.ledger
    try:
        await LIVES[kind][1](life)
        ledger.lives[kind] += 1
    except Refused as error:
        ledger.lives[f"{kind}, cut short: {error.name}"] += 1
        if error.status not in EXPECTED:
            ledger.found(f"{kind} {life.number}: {error}")
    except Exception as error:  # noqa: BLE001
        ledger.lives[f"{kind}, failed"] += 1
        ledger.found(f"{kind} {life.number}: {type(error).__name__} {error}")
