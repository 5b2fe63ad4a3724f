"""The lives of a request, each on the real engine: acts by people, and what time does by itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from models.process.errors import AlreadyOpen, IllegalMove, Invalid, MentorFull, NotAllowed, Superseded
from models.process.names import relationship_workflow, request_workflow
from models.process.request.commands import (
    AcceptRequest,
    CloseRequest,
    EditRequest,
    ExtendRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.process.request.state import Request, RequestState
from models.process.request.view import RequestView
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import MINUTE, Office, eventually, office, request_id, working

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

S = RequestState
REASON = "I have no time at the moment"
ACCEPT = AcceptRequest(comment="Gladly.")


async def test_accepted(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        assert (asked.state, asked.version) == (S.PENDING, 1)
        accepted = await made.tell(asked, ACCEPT, made.mentor)
        assert accepted.state is S.ACCEPTED
        assert accepted.relationship_id
        await made.ended(request_id(asked))
        row = await made.request(asked)
        assert (row.state, row.comment, row.relationship_id) == (
            "accepted",
            "Gladly.",
            accepted.relationship_id,
        )
        assert await made.happened(asked.id) == ["RequestSubmitted", "RequestAccepted"]
        assert await made.mails(asked.id) == [("request-received", "mentor 0")]
        relationship_id = accepted.relationship_id

        async def told() -> bool:
            return ("relationship-started", "mentee 0") in await made.mails(relationship_id)

        await eventually(told)
        assert await made.is_running(relationship_workflow(accepted.relationship_id))


async def test_amended_sent_again_and_accepted(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        amended = await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
        assert amended.state is S.AMENDMENT_REQUESTED
        with pytest.raises(IllegalMove, match="waits for the mentee"):
            await made.tell(asked, ACCEPT, made.mentor)
        again = await made.tell(asked, ResubmitRequest(message="The one in June"), made.mentee)
        assert (again.state, again.revision) == (S.PENDING, 2)
        with pytest.raises(Superseded):
            await made.tell(asked, AcceptRequest(comment="Yes", revision=1), made.mentor)
        accepted = await made.tell(asked, AcceptRequest(comment="Yes", revision=2), made.mentor)
        assert accepted.state is S.ACCEPTED
        await made.ended(request_id(asked))
        notes = {entry.what: entry.note for entry in await made.timeline(asked.id)}
        assert notes == {
            "RequestSubmitted": "Would you help me?",
            "AmendmentRequested": "Which talk?",
            "RequestResubmitted": "The one in June",
            "RequestAccepted": "Yes",
        }
        assert ("request-received", "mentor 0") in await made.mails(asked.id)


async def test_declined_and_the_same_mentor_is_asked_again_at_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        for _ in range(2):
            old = asked
            rejected = await made.tell(asked, RejectRequest(comment="Busy", reason=REASON), made.mentor)
            assert (rejected.state, rejected.reason) == (S.REJECTED, REASON)
            asked = await made.ask()
            assert asked.state is S.PENDING
            assert asked.id != old.id


async def test_silence_two_reminders_then_expiry_each_on_its_date_and_not_before(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        assert asked.closes_at
        workflow_id, dates = request_id(asked), []
        for number in (1, 2):
            await made.saved(asked)
            at = (await made.request(asked)).next_reminder_at
            assert at
            dates.append(at)
            await passes_by_exactly(made, asked, at)
            assert (await made.mails(asked.id)).count(("request-reminder", "mentor 0")) == number
        await passes_by_exactly(made, asked, asked.closes_at)
        await made.ended(workflow_id)
        timeline = await made.timeline(asked.id)
        assert [entry.what for entry in timeline] == [
            "RequestSubmitted",
            "ReminderSent",
            "ReminderSent",
            "RequestExpired",
        ]
        for entry, date in zip(timeline[1:], [*dates, asked.closes_at], strict=True):
            assert timedelta() <= entry.at - date < MINUTE
        assert await made.mails(asked.id) == [
            ("request-expired", "mentee 0"),
            ("request-expired", "mentor 0"),
            ("request-received", "mentor 0"),
            ("request-reminder", "mentor 0"),
            ("request-reminder", "mentor 0"),
        ]
        assert (await made.request(asked)).state == "expired"


async def passes_by_exactly(made: Office, asked: RequestView, date: datetime) -> None:
    """Nothing happens until a minute before the date, something does by a second after it."""
    seen = await made.happened(asked.id)
    await made.engine.fast_forward_to(request_id(asked), date - MINUTE)
    assert await made.happened(asked.id) == seen
    await made.engine.fast_forward_to(request_id(asked), date)
    assert len(await made.happened(asked.id)) == len(seen) + 1


async def test_a_change_that_does_not_come_expires_it_too(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        amended = await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
        assert amended.closes_at
        await made.saved(amended)
        await virtual_engine.fast_forward_to(request_id(asked), amended.closes_at)
        await made.ended(request_id(asked))
        assert (await made.happened(asked.id))[2:] == ["ReminderSent", "RequestExpired"]
        assert ("amendment-reminder", "mentee 0") in await made.mails(asked.id)


async def test_edited_and_withdrawn(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        edited = await made.tell(asked, EditRequest(message="Other words"), made.mentee)
        assert (edited.revision, edited.closes_at) == (2, asked.closes_at)
        withdrawn = await made.tell(asked, WithdrawRequest(), made.mentee)
        assert withdrawn.state is S.WITHDRAWN
        await made.ended(request_id(asked))
        assert await made.mails(asked.id) == [
            ("request-edited", "mentor 0"),
            ("request-received", "mentor 0"),
            ("request-withdrawn", "mentor 0"),
        ]


async def test_reminded_extended_and_closed_by_an_admin(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        assert asked.closes_at
        await made.tell(asked, RemindNow(), made.admin)
        extended = await made.tell(asked, ExtendRequest(days=10), made.admin)
        assert extended.closes_at
        assert extended.closes_at > asked.closes_at
        await made.saved(extended)
        await virtual_engine.fast_forward_to(request_id(asked), asked.closes_at)
        assert (await made.request(asked)).state == "pending"
        closed = await made.tell(asked, CloseRequest(comment="On leave"), made.admin)
        assert closed.state is S.CLOSED
        await made.ended(request_id(asked))
        assert ("request-closed", "mentee 0") in await made.mails(asked.id)
        assert ("request-closed", "mentor 0") in await made.mails(asked.id)


async def test_an_act_with_the_same_key_is_one_act(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        edits = [await made.tell(asked, EditRequest(message="New"), made.mentee, "same") for _ in range(3)]
        assert [view.revision for view in edits] == [2, 2, 2]
        first = await made.tell(asked, RejectRequest(comment="No", reason=REASON), made.mentor, "decision")
        await made.ended(request_id(asked))
        again = await made.tell(asked, RejectRequest(comment="No", reason=REASON), made.mentor, "decision")
        assert again == first
        assert await made.happened(asked.id) == ["RequestSubmitted", "RequestEdited", "RequestRejected"]


async def test_a_draft_that_is_sent_twice_opens_one_request(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        people = made.people
        draft = people.request(people.mentees[0], people.mentors[0])
        first = await made.gateway.open_request(draft)
        assert await made.gateway.open_request(draft) == first
        with pytest.raises(AlreadyOpen):
            await made.ask()
        assert (await made.happened(draft.id)) == ["RequestSubmitted"]


async def test_what_is_refused_leaves_no_trace(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        await made.saved(asked)
        before = await events(made, asked)
        for command, actor, error in (
            (AcceptRequest(), made.mentor, Invalid),
            (ACCEPT, made.mentee, NotAllowed),
            (ResubmitRequest(message="?"), made.mentee, IllegalMove),
            (AcceptRequest(comment="Yes", revision=7), made.mentor, Superseded),
        ):
            with pytest.raises(error):
                await made.tell(asked, command, actor)
        assert await events(made, asked) == before
        assert (await made.tell(asked, ACCEPT, made.mentor)).version == 2


async def events(made: Office, asked: RequestView) -> int:
    """How long the request's history is; the tasks that a rejected update needs are not written down."""
    handle = made.handle(request_id(asked))
    return len((await handle.fetch_history()).events)


async def test_an_act_on_an_older_request_of_the_pair_is_told_that_it_is_over(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        old = await made.ask()
        await made.tell(old, WithdrawRequest(), made.mentee)
        await made.ended(request_id(old))
        with pytest.raises(IllegalMove, match="has ended"):
            await made.tell(old, ACCEPT, made.mentor)
        new = await made.ask()
        with pytest.raises(Superseded, match="a newer request"):
            await made.tell(old, ACCEPT, made.mentor)
        await made.saved(new)
        assert (await made.request(new)).state == "pending"


async def test_an_act_on_a_request_that_the_rules_forbid_is_refused_with_it(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, capacity=0, works=False) as made:
        people = made.people
        draft = people.request(people.mentees[0], people.mentors[0])
        opening = asyncio.create_task(made.gateway.open_request(draft))
        await eventually(lambda: is_known(made, draft))
        act = asyncio.create_task(made.tell(RequestView.of(draft), WithdrawRequest(), made.mentee))
        await asyncio.sleep(0.2)  # so that both wait in the same task
        async with working(made):
            for sent in (opening, act):
                with pytest.raises(MentorFull):
                    await sent


async def is_known(made: Office, draft: Request) -> bool:
    workflow_id = request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id)
    try:
        return await made.is_running(workflow_id)
    except RPCError:
        return False


async def test_a_request_that_the_rules_forbid_never_was(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, capacity=0) as made:
        people = made.people
        draft = people.request(people.mentees[0], people.mentors[0])
        workflow_id = request_workflow(draft.programme_id, draft.mentee_id, draft.mentor_id)
        for _ in range(2):
            with pytest.raises(MentorFull, match="No place is left"):
                await made.gateway.open_request(draft)
        assert await made.happened(draft.id) == []
        described = await made.handle(workflow_id).describe()
        assert described.status is WorkflowExecutionStatus.COMPLETED


async def test_a_bounced_mail_is_noted_and_stops_nothing(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        handle = made.handle(request_id(asked))
        for process_id in (new_id(), asked.id):
            report = {"process_id": process_id, "kind": "request-received"}
            await handle.signal("mail_bounced", report)
        accepted = await made.tell(asked, ACCEPT, made.mentor)
        assert accepted.state is S.ACCEPTED
        await made.ended(request_id(asked))
        assert await made.happened(asked.id) == ["RequestSubmitted", "MailBounced", "RequestAccepted"]


@pytest.mark.parametrize("command", [ACCEPT, RejectRequest(comment="No", reason=REASON)])
async def test_of_forty_decisions_at_once_one_counts_and_every_other_is_told_so(
    virtual_engine: VirtualEngine, migrated_url: str, command: AcceptRequest | RejectRequest
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        answers = await asyncio.gather(
            *(made.tell(asked, command, made.mentor) for _ in range(40)), return_exceptions=True
        )
        assert Counter(type(answer) for answer in answers) == {RequestView: 1, IllegalMove: 39}
        await made.ended(request_id(asked))
        assert len(await made.happened(asked.id)) == 2
