"""A coordinator answers for a mentor, a request goes to another one, and offers, on the real engine."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from models.process.actors import Actor, Role
from models.process.errors import (
    AlreadyOpen,
    IllegalMove,
    LimitReached,
    MenteeFull,
    MentorFull,
    NotAllowed,
    ProcessError,
    Refused,
)
from models.process.names import request_workflow
from models.process.request.commands import (
    AcceptRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
)
from models.process.request.kinds import RequestKind
from models.process.request.state import RequestState, successor_id
from models.process.request.view import RequestView
from models.process.timeline import Entry
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, eventually, office, request_id

S = RequestState
REASON = "I have no time at the moment"


async def successor(made: Office, old: RequestView) -> RequestView:
    """The request that goes on, once its process has begun."""
    workflow_id = request_workflow(old.programme_id, old.mentee_id, made.people.mentors[1])
    found: list[RequestView] = []

    async def begun() -> bool:
        rows = [one for one in await made.requests() if one.id == successor_id(old.id) and one.version > 0]
        found[:] = rows
        return bool(rows) and await made.is_running(workflow_id)

    await eventually(begun)
    return found[0]


def on_behalf(entries: list[Entry]) -> list[tuple[str, Role, str | None]]:
    return [(entry.what, entry.by_role, entry.on_behalf_of) for entry in entries]


async def test_a_coordinator_answers_in_the_place_of_the_mentor(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        mentor, admin = made.people.mentors[0], made.admin
        asked = await made.ask()
        await made.tell(asked, RequestAmendment(comment="Which talk?"), admin)
        mentee_too = Actor(role=Role.ADMIN, person_id=made.people.mentees[1])
        other = await made.ask(mentee=1)
        with pytest.raises(NotAllowed, match="own"):
            await made.tell(other, AcceptRequest(comment="Mine."), mentee_too)
        declined = await made.tell(other, RejectRequest(comment="No.", reason=REASON), admin)
        assert (declined.state, declined.on_behalf) == (S.REJECTED, True)
        await made.ended(request_id(other))
        told = on_behalf(await made.timeline(other.id))
        assert told[-1] == ("RequestRejected", Role.ADMIN, mentor)
        assert ("decided-on-behalf", "mentor 0") in await made.mails(other.id)
        assert ("request-rejected", "mentee 1") in await made.mails(other.id)
        assert ("decided-on-behalf", "mentor 0") in await made.mails(asked.id)


async def test_an_acceptance_on_behalf_begins_the_relationship_and_says_who_decided(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        asked = await made.ask()
        accepted = await made.tell(asked, AcceptRequest(comment="On the phone."), made.admin)
        await made.ended(request_id(asked))
        told = on_behalf(await made.timeline(asked.id))
        assert told[-1] == ("RequestAccepted", Role.ADMIN, made.people.mentors[0])
        snapshot = await made.handle(f"relationship/{accepted.relationship_id}").query("snapshot")
        mails = [order["props"] for order in snapshot["mails"]]
        assert [mail["decided_by"] for mail in mails] == ["admin", "admin"]


async def test_a_request_goes_on_with_another_mentor_with_its_words_and_new_dates(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=2, open_requests=1) as made:
        asked = await made.ask()
        await made.tell(asked, RequestAmendment(comment="Which talk?"), made.mentor)
        ended = await made.tell(asked, made.handing_over(), made.admin)
        assert (ended.state, ended.handed_over_to) == (S.CLOSED, successor_id(asked.id))
        now = await successor(made, asked)
        assert (now.state, now.mentor_id, now.message) == (S.PENDING, made.people.mentors[1], asked.message)
        assert (now.handed_over_from, now.revision, now.comment) == (asked.id, 1, "")
        assert now.closes_at
        await made.ended(request_id(asked))
        assert await made.happened(asked.id) == [
            "RequestSubmitted",
            "AmendmentRequested",
            "RequestHandedOver",
        ]
        assert on_behalf(await made.timeline(now.id)) == [
            ("RequestSubmitted", Role.ADMIN, made.people.mentees[0]),
            ("RequestHandedOver", Role.ADMIN, None),
        ]
        assert ("request-handed-over", "mentor 0") in await made.mails(asked.id)
        assert await made.mails(now.id) == [
            ("request-handed-over", "mentee 0"),
            ("request-received", "mentor 1"),
        ]
        second = Actor(role=Role.MENTOR, person_id=made.people.mentors[1])
        assert (await made.tell(now, AcceptRequest(comment="Gladly."), second)).state is S.ACCEPTED


async def test_what_stands_against_the_other_mentor_leaves_the_request_where_it_is(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2, mentors=2, capacity=1) as made:
        await made.paired(mentee=1, mentor=1)
        asked = await made.ask()
        with pytest.raises(MentorFull):
            await made.tell(asked, made.handing_over(), made.admin, key="once")
        assert await made.happened(asked.id) == ["RequestSubmitted"]
        assert (await made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor)).state is S.ACCEPTED


async def test_of_a_decision_and_a_hand_over_at_once_one_counts(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=2) as made:
        asked = await made.ask()
        results = await asyncio.gather(
            made.tell(asked, made.handing_over(), made.admin),
            made.tell(asked, AcceptRequest(comment="Gladly."), made.mentor),
            return_exceptions=True,
        )
        assert sum(isinstance(one, ProcessError) for one in results) == 1
        assert isinstance(next(one for one in results if isinstance(one, ProcessError)), IllegalMove)
        await made.ended(request_id(asked))
        places = len(await made.people.held())
        going_on = [one for one in await made.requests() if one.id == successor_id(asked.id)]
        assert (places, len(going_on)) in {(1, 0), (0, 1)}


async def offered(made: Office, mentee: int = 0, mentor: int = 0) -> RequestView:
    now = datetime.now(UTC)
    draft = made.people.request(
        made.people.mentees[mentee],
        made.people.mentors[mentor],
        kind=RequestKind.OFFER,
        policy=made.rules.policy(),
        created_at=now,
        since=now,
    )
    return await made.gateway.open_request(draft)


async def test_of_an_offer_the_mentee_decides_and_is_reminded(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, offers_by_mentors=True) as made:
        offer = await offered(made)
        assert (offer.kind, offer.state) == (RequestKind.OFFER, S.PENDING)
        assert offer.rules is not None
        assert offer.rules.decline_reasons == ()
        with pytest.raises(NotAllowed, match="mentee"):
            await made.tell(offer, AcceptRequest(comment="Mine."), made.mentor)
        with pytest.raises(AlreadyOpen):
            await made.ask()
        with pytest.raises(IllegalMove, match="an offer"):
            await made.tell(offer, made.handing_over(0), made.admin)
        await made.tell(offer, RemindNow(), made.admin)
        asked = await made.tell(offer, RequestAmendment(comment="How often?"), made.mentee)
        assert asked.state is S.AMENDMENT_REQUESTED
        again = await made.tell(offer, ResubmitRequest(message="Twice a month."), made.mentor)
        assert (again.state, again.revision) == (S.PENDING, 2)
        accepted = await made.tell(offer, AcceptRequest(comment="Gladly."), made.mentee)
        assert accepted.state is S.ACCEPTED
        await made.ended(request_id(offer))
        assert await made.mails(offer.id) == [
            ("amendment-requested", "mentor 0"),
            ("request-received", "mentee 0"),
            ("request-received", "mentee 0"),
            ("request-reminder", "mentee 0"),
        ]


async def test_capacity_and_limits_of_offers_hold_on_both_sides(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    rules: dict[str, Any] = {"offers_by_mentors": True, "open_requests": 1}
    async with office(virtual_engine, migrated_url, mentees=3, mentors=3, capacity=1, **rules) as made:
        offer = await offered(made)
        with pytest.raises(LimitReached, match="1 open offers"):
            await offered(made, mentee=1)
        other = await offered(made, mentee=0, mentor=1)
        both = await asyncio.gather(
            made.tell(offer, AcceptRequest(comment="Yes."), made.mentee),
            made.tell(other, AcceptRequest(comment="Yes."), made.mentee),
            return_exceptions=True,
        )
        assert sum(isinstance(one, RequestView) for one in both) == 1
        assert len(await made.people.held()) == 1
        with pytest.raises(MenteeFull):
            await offered(made, mentee=0, mentor=2)


async def test_without_the_setting_the_process_takes_no_offer(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        with pytest.raises(Refused, match="takes no offers"):
            await offered(made)
