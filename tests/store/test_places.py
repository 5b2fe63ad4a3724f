"""Places under pressure: however many claim at once, no side ever holds more than its number."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update

from activities.messages import Claim, Opening
from activities.records import Records
from models.mails.frame import ReleaseCause
from models.process.effects import Overtaken
from models.process.programme import ProgrammeSettings
from models.process.request.state import RequestState
from models.process.request.view import RequestView
from models.store import places, projections
from models.store.places import Place, Side
from models.store.tables import MemberRow
from tests.store.population import NOW, Population, add_programme, new_id, population


async def claim(people: Population, place: Place) -> Side | None:
    return await people.database.write(lambda session: places.claim(session, place))


async def claim_all(people: Population, wanted: Sequence[Place]) -> list[Side | None]:
    return list(await asyncio.gather(*(claim(people, place) for place in wanted)))


async def release(people: Population, place: Place, after: timedelta = timedelta(days=1)) -> None:
    with people.database.writing() as session:
        places.release(session, place.relationship_id, NOW + after)


async def recorded(people: Population, view: RequestView) -> RequestView:
    with people.database.writing() as session:
        projections.reserve_request(session, view, people.workflow_id(view))
    return view


async def overtaken(people: Population, place: Place) -> tuple[Overtaken, ...]:
    with people.database.writing() as session:
        return places.overtaken_by(session, place)


@pytest.mark.parametrize("capacity", [1, 3])
async def test_forty_acceptances_at_once_never_fill_a_mentor_beyond_capacity(
    migrated_url: str, capacity: int
) -> None:
    async with population(migrated_url, mentees=40, capacity=capacity) as people:
        wanted = [people.place(mentee, people.mentors[0]) for mentee in people.mentees]
        answers = await claim_all(people, wanted)
        assert Counter(answers) == {None: capacity, "mentor": 40 - capacity}
        assert len(await people.held()) == capacity


async def test_thirty_mentors_who_accept_one_mentee_at_once_get_one_between_them(migrated_url: str) -> None:
    async with population(migrated_url, mentors=30) as people:
        wanted = [people.place(people.mentees[0], mentor) for mentor in people.mentors]
        assert Counter(await claim_all(people, wanted)) == {None: 1, "mentee": 29}
        assert len(await people.held()) == 1


async def test_everybody_with_everybody_at_once_deadlocks_nobody(migrated_url: str) -> None:
    async with population(migrated_url, mentees=6, mentors=6, capacity=2, mentors_per_mentee=2) as people:
        wanted = [people.place(mentee, mentor) for mentee in people.mentees for mentor in people.mentors]
        answers = await claim_all(people, wanted)
        held = await people.held()
        assert len(held) == answers.count(None)
        assert max(Counter(row.mentor_id for row in held).values()) <= 2
        assert max(Counter(row.mentee_id for row in held).values()) <= 2
        assert len(held) >= 11  # at most one side each may keep a free place: the two who have each other


async def test_a_claim_that_is_repeated_takes_one_place(migrated_url: str) -> None:
    async with population(migrated_url, capacity=1) as people:
        place = people.place(people.mentees[0], people.mentors[0])
        assert await claim_all(people, [place] * 10) == [None] * 10
        assert await claim(people, place.model_copy(update={"now": NOW + timedelta(days=1)})) is None
        (row,) = await people.held()
        assert (row.request_id, row.claimed_at) == (place.request_id, NOW)


async def test_a_claim_that_was_refused_takes_nothing(migrated_url: str) -> None:
    async with population(migrated_url, mentees=2, capacity=1) as people:
        first, second = (people.place(mentee, people.mentors[0]) for mentee in people.mentees)
        assert await claim(people, first) is None
        assert await claim(people, second) == "mentor"
        assert [row.request_id for row in await people.held()] == [first.request_id]


async def test_a_place_that_is_given_back_can_be_taken_again_even_by_the_same_pair(migrated_url: str) -> None:
    async with population(migrated_url, capacity=1) as people:
        first, again = (people.place(people.mentees[0], people.mentors[0]) for _ in range(2))
        assert await claim(people, first) is None
        assert await claim(people, again) == "mentee"
        await release(people, first)
        await release(people, first, timedelta(days=9))
        assert await claim(people, again) is None
        assert [row.request_id for row in await people.held()] == [again.request_id]


@pytest.mark.parametrize(("own", "maximum", "taken"), [(None, 3, 3), (2, 3, 2), (9, 3, 3), (0, 3, 0)])
async def test_a_mentors_own_number_counts_within_the_programmes_maximum(
    migrated_url: str, own: int | None, maximum: int, taken: int
) -> None:
    async with population(migrated_url, mentees=5, capacity=own, max_capacity=maximum) as people:
        wanted = [people.place(mentee, people.mentors[0]) for mentee in people.mentees]
        answers = [await claim(people, place) for place in wanted]
        assert answers == [None] * taken + ["mentor"] * (5 - taken)


async def test_a_lowered_capacity_ends_nothing_and_a_raised_one_counts_at_once(migrated_url: str) -> None:
    async with population(migrated_url, mentees=3, capacity=2) as people:
        wanted = [people.place(mentee, people.mentors[0]) for mentee in people.mentees]
        assert await claim_all(people, wanted[:2]) == [None, None]
        for capacity, answer in ((1, "mentor"), (3, None)):
            with people.database.writing() as session:
                session.execute(update(MemberRow).values(capacity=capacity))
            assert await claim(people, wanted[2]) == answer
        assert len(await people.held()) == 3


async def test_when_both_sides_are_full_the_mentee_is_named_for_there_nothing_can_be_raised(
    migrated_url: str,
) -> None:
    async with population(migrated_url, mentees=2, mentors=2, capacity=1) as people:
        (one, other), (first, second) = people.mentees, people.mentors
        assert await claim(people, people.place(one, first)) is None
        assert await claim(people, people.place(other, second)) is None
        assert await claim(people, people.place(one, second)) == "mentee"


async def test_programmes_do_not_share_places(migrated_url: str) -> None:
    async with population(migrated_url, capacity=1) as people:
        other = Population(people.database, new_id(), people.mentees, people.mentors)
        await add_programme(other, 1, ProgrammeSettings(), people_exist=True)
        for each in (people, other):
            assert await claim(each, each.place(each.mentees[0], each.mentors[0])) is None


async def test_while_places_are_left_nobody_is_overtaken(migrated_url: str) -> None:
    async with population(migrated_url, mentees=2, mentors=2, capacity=2, mentors_per_mentee=2) as people:
        (one, other), (first, second) = people.mentees, people.mentors
        await recorded(people, people.view(other, first))
        await recorded(people, people.view(one, second))
        place = people.place(one, first)
        assert await claim(people, place) is None
        assert await overtaken(people, place) == ()


async def test_the_last_place_overtakes_the_open_requests_of_both_sides_and_nothing_else(
    migrated_url: str,
) -> None:
    async with population(migrated_url, mentees=3, mentors=3, capacity=1) as people:
        (one, two, three), (first, second, third) = people.mentees, people.mentors
        accepted = await recorded(people, people.view(one, first))
        of_mentee = await recorded(people, people.view(one, second))
        amending = people.view(two, first, state=RequestState.AMENDMENT_REQUESTED)
        of_mentor = await recorded(people, amending)
        await recorded(people, people.view(three, first, state=RequestState.REJECTED))
        await recorded(people, people.view(three, third))
        place = people.place(one, first).model_copy(update={"request_id": accepted.id})
        assert await claim(people, place) is None
        found = await overtaken(people, place)
        assert {each.process_id: each.cause for each in found} == {
            of_mentee.id: ReleaseCause.MENTEE_MATCHED,
            of_mentor.id: ReleaseCause.MENTOR_FULL,
        }
        assert {each.workflow_id for each in found} == {
            people.workflow_id(of_mentee),
            people.workflow_id(of_mentor),
        }
        assert found == await overtaken(people, place)


async def test_no_request_slips_in_beside_the_acceptance_that_takes_the_last_place(migrated_url: str) -> None:
    """Each is either refused when it is opened, or among those that the acceptance overtook."""
    async with population(migrated_url, mentees=21, capacity=1) as people:
        records = Records(people.database, lambda: None)
        accepted = await recorded(people, people.view(people.mentees[0], people.mentors[0]))
        place = people.place(people.mentees[0], people.mentors[0])
        claimed = Claim(**place.model_copy(update={"request_id": accepted.id}).model_dump())
        views = [people.view(mentee, people.mentors[0]) for mentee in people.mentees[1:]]
        openings = [
            asyncio.create_task(
                records.open_request(Opening(view=view, workflow_id=people.workflow_id(view), now=NOW))
            )
            for view in views
        ]
        await asyncio.wait(openings, return_when=asyncio.FIRST_COMPLETED)
        result = await records.claim_places(claimed)
        answers = await asyncio.gather(*openings)
        opened = {view.id for view, answer in zip(views, answers, strict=True) if answer.refusal is None}
        refusals = {answer.refusal.error for answer in answers if answer.refusal}
        assert result.full is None
        assert {each.process_id for each in result.overtaken} == opened
        assert refusals <= {"MentorFull"}
