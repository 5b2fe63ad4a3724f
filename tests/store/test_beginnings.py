"""The activity that records a request, where its id is in the database already."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.messages import Opened, Opening
from activities.records import Records
from models.process.request.state import RequestState
from models.process.request.view import RequestView
from models.store import projections
from models.store.processes import RequestRow
from tests.store.population import NOW, Population, population

LATER = NOW + timedelta(hours=1)


async def open_request(people: Population, view: RequestView) -> Opened:
    records = Records(people.database, lambda: None)
    return await records.open_request(Opening(view=view, workflow_id=people.workflow_id(view), now=LATER))


async def recorded(people: Population, version: int, **changes: object) -> RequestView:
    """A request of the first two that has come so far."""
    view = people.view(people.mentees[0], people.mentors[0])
    with people.database.writing() as session:
        projections.reserve_request(session, view, people.workflow_id(view))
        if version:
            saved = view.model_copy(update={"version": version, **changes})
            projections.save_request(session, saved, people.workflow_id(view))
    return view


@pytest.mark.parametrize("version", [0, 1])
async def test_the_same_beginning_goes_on_from_where_it_was(migrated_url: str, version: int) -> None:
    async with population(migrated_url) as people:
        view = await recorded(people, version)
        assert await open_request(people, view) == Opened(refusal=None, at=view.since)


async def test_a_request_that_came_further_is_not_begun_again(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        view = await recorded(people, 2, state=RequestState.REJECTED)
        refusal = (await open_request(people, view)).refusal
        assert refusal is not None
        assert refusal.error == "AlreadyOpen"


@pytest.mark.parametrize("version", [0, 1, 2])
async def test_the_id_of_another_pairs_request_is_refused(migrated_url: str, version: int) -> None:
    """Or its process would write over theirs."""
    async with population(migrated_url, mentees=2, mentors=2) as people:
        theirs = await recorded(people, version)
        for mentee, mentor in ((0, 1), (1, 0)):
            ours = people.view(people.mentees[mentee], people.mentors[mentor], id=theirs.id)
            refusal = (await open_request(people, ours)).refusal
            assert refusal is not None
            assert refusal.error == "Invalid"
        with people.database.reading() as session:
            row = session.get_one(RequestRow, theirs.id)
        assert (row.mentee_id, row.mentor_id, row.version) == (theirs.mentee_id, theirs.mentor_id, version)
