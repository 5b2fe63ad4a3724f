"""Capacity through the whole process: many acceptances at once, and those they overtake (R2, R9)."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import update

from models.process.actors import Actor, Role
from models.process.errors import LimitReached, MenteeFull, MentorFull, ProcessError
from models.process.request.commands import AcceptRequest
from models.process.request.view import RequestView
from models.store.processes import RequestRow
from models.store.tables import MemberRow
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, office, request_id

ACCEPT = AcceptRequest(comment="Gladly.")


async def accept(made: Office, asked: RequestView) -> RequestView | type[ProcessError]:
    """The view, or what stood against it."""
    actor = Actor(role=Role.MENTOR, person_id=asked.mentor_id)
    try:
        return await made.tell(asked, ACCEPT, actor)
    except ProcessError as error:
        return type(error)


async def states(made: Office, views: list[RequestView]) -> Counter[str]:
    rows: list[RequestRow] = [await made.request(view) for view in views]
    return Counter(row.state for row in rows)


async def test_of_twenty_acceptances_at_once_one_place_gives_one(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=20, capacity=1) as made:
        asked = await asyncio.gather(*(made.ask(mentee) for mentee in range(20)))
        answers = await asyncio.gather(*(accept(made, view) for view in asked))
        accepted = [answer for answer in answers if isinstance(answer, RequestView)]
        assert len(accepted) == 1
        assert len(await made.people.held()) == 1
        await asyncio.gather(*(made.ended(request_id(view)) for view in asked))
        assert await states(made, asked) == {"accepted": 1, "released": 19}
        for number, view in enumerate(asked):
            kinds = [kind for kind, _ in await made.mails(view.id)]
            released = [] if view.id == accepted[0].id else ["request-released"]
            assert kinds == ["request-received", *released]
            assert ("request-received", "mentor 0") in await made.mails(view.id), number


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_mentee_who_is_matched_leaves_the_others_released_and_told(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=4) as made:
        asked = [await made.ask(mentor=mentor) for mentor in range(4)]
        answers = await asyncio.gather(*(accept(made, view) for view in asked))
        assert sum(isinstance(answer, RequestView) for answer in answers) == 1
        await asyncio.gather(*(made.ended(request_id(view)) for view in asked))
        assert await states(made, asked) == {"accepted": 1, "released": 3}
        for mentor, view in enumerate(asked):
            if (await made.request(view)).state == "released":
                assert await made.happened(view.id) == ["RequestSubmitted", "RequestReleased"]
                assert ("request-released", f"mentor {mentor}") in await made.mails(view.id)
        with pytest.raises(MenteeFull):
            await made.ask(mentor=0 if (await made.request(asked[0])).state == "released" else 1)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_full_mentor_is_told_and_the_request_waits_if_the_programme_wants_that(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=2, capacity=1, release_overtaken=False) as made:
        first, second = await made.ask(0), await made.ask(1)
        assert isinstance(await accept(made, first), RequestView)
        for _ in range(2):
            with pytest.raises(MentorFull, match="raise the capacity"):
                await made.tell(second, ACCEPT, made.mentor)
        assert (await made.request(second)).state == "pending"
        assert await made.happened(second.id) == ["RequestSubmitted"]
        assert await made.is_running(request_id(second))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_refused_acceptance_stays_refused_under_its_key(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """So that a page can make room and send another one, however often all of that comes again."""
    async with office(virtual_engine, migrated_url, mentees=2, capacity=1, release_overtaken=False) as made:
        first, second = await made.ask(0), await made.ask(1)
        assert isinstance(await accept(made, first), RequestView)
        with pytest.raises(MentorFull):
            await made.tell(second, ACCEPT, made.mentor, "first")
        with made.database.writing() as session:
            session.execute(update(MemberRow).values(capacity=2))
        with pytest.raises(MentorFull):
            await made.tell(second, ACCEPT, made.mentor, "first")
        accepted = await made.tell(second, ACCEPT, made.mentor, "second")
        await made.ended(request_id(second))
        with pytest.raises(MentorFull):
            await made.tell(second, ACCEPT, made.mentor, "first")
        assert await made.tell(second, ACCEPT, made.mentor, "second") == accepted
        assert len(await made.people.held()) == 2


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_the_limit_of_open_requests_holds_when_all_are_sent_at_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=8, open_requests=3) as made:
        answers = await asyncio.gather(
            *(made.ask(mentor=mentor) for mentor in range(8)), return_exceptions=True
        )
        assert Counter(type(answer) for answer in answers) == {RequestView: 3, LimitReached: 5}
