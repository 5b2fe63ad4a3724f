"""Steps that run twice, die after they were done, or find no database; workers that come and go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from temporalio import activity
from temporalio.client import Client

from activities.messages import Acceptance, Claim, Claimed, Opened, Opening, SaveRelationship, SaveRequest
from activities.records import Records
from installation.connection import connect
from models.process.names import relationship_workflow
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
)
from models.process.request.state import RequestState
from models.process.request.view import RequestView
from models.store.database import Database
from tests.infra.engine import VirtualEngine
from tests.process.factories import GOAL
from tests.workflows.office import MINUTE, Office, office, request_id, working
from tests.workflows.test_relationships import ANSWERS

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

Run = Callable[[], Any]


@dataclass(frozen=True)
class Faulty(Records):
    """Every activity goes through `run`, which decides how often and when its work is done."""

    seen: Counter[str] = field(default_factory=Counter)

    async def run(self, name: str, work: Run) -> Any:
        raise NotImplementedError

    @activity.defn(name="open-request")
    async def open_request(self, asked: Opening) -> Opened:
        work = super().open_request
        answer: Opened = await self.run(f"open {asked.view.id}", lambda: work(asked))
        return answer

    @activity.defn(name="claim-places")
    async def claim_places(self, claim: Claim) -> Claimed:
        work = super().claim_places
        answer: Claimed = await self.run(f"claim {claim.request_id}", lambda: work(claim))
        return answer

    @activity.defn(name="accept-request")
    async def accept_request(self, acceptance: Acceptance) -> Claimed:
        work = super().accept_request
        answer: Claimed = await self.run(f"accept {acceptance.step.view.id}", lambda: work(acceptance))
        return answer

    @activity.defn(name="save-request")
    async def save_request(self, step: SaveRequest) -> None:
        work = super().save_request
        await self.run(f"save {step.view.id} {step.view.version}", lambda: work(step))

    @activity.defn(name="save-relationship")
    async def save_relationship(self, step: SaveRelationship) -> None:
        work = super().save_relationship
        await self.run(f"save {step.view.id} {step.view.version}", lambda: work(step))


class Twice(Faulty):
    async def run(self, name: str, work: Run) -> Any:
        self.seen[name] += 1
        await work()
        return await work()


class DiesAfterwards(Faulty):
    """The first attempt of everything commits and is never heard of again, as when its worker is killed."""

    async def run(self, name: str, work: Run) -> Any:
        self.seen[name] += 1
        answer = await work()
        if self.seen[name] == 1:
            raise RuntimeError("killed")
        return answer


@dataclass(frozen=True)
class Outage(Faulty):
    """A database that is down while `down` is set."""

    down: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, name: str, work: Run) -> Any:
        self.seen[name] += 1
        if self.down.is_set():
            raise OperationalError("the database", None, ConnectionRefusedError())
        return await work()


@pytest.mark.parametrize("faulty", [Twice, DiesAfterwards])
async def test_a_whole_life_has_the_same_effects_once(
    virtual_engine: VirtualEngine, migrated_url: str, faulty: type[Faulty]
) -> None:
    made_of: list[Faulty] = []

    def records(database: Database) -> Records:
        made_of.append(faulty(database, lambda: None))
        return made_of[0]

    async with office(virtual_engine, migrated_url, mentees=2, capacity=1, records=records) as made:
        overtaken = await made.ask(mentee=1)
        asked = await made.ask()
        await made.tell(asked, RequestAmendment(comment="More?"), made.mentor)
        await made.tell(asked, ResubmitRequest(message="More."), made.mentee)
        accepted = await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor)
        await made.ended(request_id(asked))
        await made.ended(request_id(overtaken))
        await finished(made, accepted)
        assert await made.happened(asked.id) == [
            "RequestSubmitted",
            "AmendmentRequested",
            "RequestResubmitted",
            "RequestAccepted",
        ]
        assert await made.mails(asked.id) == [
            ("amendment-requested", "mentee 0"),
            ("request-received", "mentor 0"),
            ("request-received", "mentor 0"),
        ]
        assert await made.happened(overtaken.id) == ["RequestSubmitted", "RequestReleased"]
        assert await made.people.held() == []
        assert len(made_of[0].seen) >= 8  # steps that wait for each other are saved together


async def finished(made: Office, accepted: RequestView) -> None:
    """Works through the relationship that an acceptance started, to its very end."""
    started = await made.relationship(accepted)
    due = datetime.now(UTC).date() + timedelta(days=90)
    await made.say(started, SetGoal(**{**GOAL, "due": due}), made.mentee)
    await made.say(started, SignOff(), made.mentee)
    await made.say(started, ConfirmCompletion(), made.mentor)
    for actor in (made.mentee, made.mentor):
        await made.say(started, AnswerSurvey(answers=ANSWERS), actor)
    await made.ended(relationship_workflow(started.id))
    assert await made.happened(started.id) == [
        "RelationshipStarted",
        "GoalSet",
        "CompletionSignedOff",
        "CompletionConfirmed",
        "SurveyAnswered",
        "SurveyAnswered",
    ]
    assert len(await made.mails(started.id)) == 5
    assert [row.answers for row in (await made.surveys(started.id)).values()] == [ANSWERS, ANSWERS]


async def test_while_the_database_is_down_acts_are_taken_and_saved_when_it_is_back(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    down = asyncio.Event()
    async with office(
        virtual_engine, migrated_url, records=lambda database: Outage(database, lambda: None, down=down)
    ) as made:
        asked = await made.ask()
        await made.saved(asked)
        down.set()
        for number in range(3):
            view = await made.tell(asked, EditRequest(message=f"Wording {number}"), made.mentee)
            assert view.revision == number + 2
            assert (await made.request(asked)).revision == 1
        down.clear()
        await made.saved(await made.tell(asked, RemindNow(), made.admin))
        assert (await made.request(asked)).message == "Wording 2"
        assert [entry.note for entry in (await made.timeline(asked.id))[1:4]] == [
            "Wording 0",
            "Wording 1",
            "Wording 2",
        ]


async def test_a_worker_that_comes_later_goes_on_where_the_last_one_stopped(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            asked = await made.ask()
            edited = await made.tell(asked, EditRequest(message="Other words"), made.mentee, "k")
            await made.saved(edited)
        async with working(made):
            assert asked.next_reminder_at
            await virtual_engine.fast_forward_to(request_id(asked), asked.next_reminder_at - MINUTE)
            assert await made.happened(asked.id) == ["RequestSubmitted", "RequestEdited"]
            await virtual_engine.fast_forward_to(request_id(asked), asked.next_reminder_at)
            assert await made.happened(asked.id) == ["RequestSubmitted", "RequestEdited", "ReminderSent"]
            again = await made.tell(asked, EditRequest(message="Other words"), made.mentee, "k")
            assert again.revision == 2
        async with working(made):
            accepted = await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor)
            assert accepted.state is RequestState.ACCEPTED
            await made.ended(request_id(asked))


async def another_client(engine: VirtualEngine) -> Client:
    return await connect(engine.secrets, address=engine.address, namespace=engine.client.namespace)


async def test_workers_share_the_work(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url, mentees=10, capacity=10, max_capacity=10) as made:
        async with working(made, client=await another_client(virtual_engine)):
            asked = await asyncio.gather(*(made.ask(mentee) for mentee in range(10)))
            accept = AcceptRequest(comment="Gladly.")
            await asyncio.gather(*(made.tell(view, accept, made.mentor) for view in asked))
            await asyncio.gather(*(made.ended(request_id(view)) for view in asked))
        assert len(await made.people.held()) == 10
