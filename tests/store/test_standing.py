"""Places that are held for nothing, as the repair finds them and gives them back."""

from __future__ import annotations

import asyncio

import pytest

from models.process.request.state import RequestState, relationship_id
from models.store import places, projections, stored_processes
from models.store.places import Place
from models.store.stored_processes import StrayPlace
from tests.store.population import Population, population


async def held_by(people: Population, state: RequestState) -> Place:
    """A place that is held for a request in `state`, and no relationship."""
    view = people.view(people.mentees[0], people.mentors[0], state=state)
    ids = {"request_id": view.id, "relationship_id": relationship_id(view.id)}
    place = people.place(view.mentee_id, view.mentor_id).model_copy(update=ids)
    with people.database.writing() as session:
        projections.reserve_request(session, view, people.workflow_id(view))
        assert places.claim(session, place) is None
    return place


def astray(place: Place) -> StrayPlace:
    return StrayPlace(place.request_id, place.relationship_id, is_held=True)


async def found(people: Population) -> list[StrayPlace]:
    with people.database.reading() as session:
        return stored_processes.stray_places(session, "", 10)


@pytest.mark.parametrize("state", [RequestState.PENDING, RequestState.REJECTED])
async def test_a_place_without_an_acceptance_is_taken_away(migrated_url: str, state: RequestState) -> None:
    async with population(migrated_url) as people:
        place = await held_by(people, state)
        assert await found(people) == [astray(place)]
        with people.database.writing() as session:
            assert stored_processes.give_place_back(session, astray(place))
        assert await people.held() == []
        with people.database.writing() as session:
            assert not stored_processes.give_place_back(session, astray(place))


async def test_a_place_whose_acceptance_was_saved_since_it_was_found_stays(migrated_url: str) -> None:
    """Its relationship begins a moment later, and must not go on without a place."""
    async with population(migrated_url) as people:
        place = await held_by(people, RequestState.ACCEPTED)
        with people.database.writing() as session:
            assert not stored_processes.give_place_back(session, astray(place))
        assert [row.request_id for row in await people.held()] == [place.request_id]
        with people.database.reading() as session:
            assert stored_processes.is_needed(session, astray(place))


async def test_a_claim_does_not_count_on_a_place_that_is_being_taken_away(migrated_url: str) -> None:
    async with population(migrated_url, capacity=1) as people:
        place = await held_by(people, RequestState.PENDING)

        with people.database.writing() as session:
            assert stored_processes.give_place_back(session, astray(place))
            session.flush()
            claim = asyncio.create_task(people.database.write(lambda session: places.claim(session, place)))
            await asyncio.sleep(0.3)
            assert not claim.done()
        assert await claim is None
        assert [row.request_id for row in await people.held()] == [place.request_id]
