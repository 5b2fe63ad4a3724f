"""The same moment for many, again and again: never two in one place, never two requests of one pair.

`make tests` plays a few rounds, `make pressure` three hundred of each on both databases.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import timedelta

from activities.messages import Claim, Claimed, Opening
from activities.records import Records
from models.process.request.state import RequestState
from models.store import places, projections
from models.store.places import Place
from tests.store.population import NOW, Population, population

ROUNDS = int(os.environ.get("PRESSURE_ROUNDS", "8"))


def records(people: Population) -> Records:
    return Records(people.database, lambda: None)


async def claim_at_once(people: Population, wanted: list[Place]) -> list[Claimed]:
    claims = [Claim(**place.model_dump()) for place in wanted]
    return list(await asyncio.gather(*(records(people).claim_places(claim) for claim in claims)))


async def give_back(people: Population, relationship_id: str) -> None:
    with people.database.writing() as session:
        places.release(session, relationship_id, NOW + timedelta(days=1))


async def test_one_place_and_fifty_acceptances_at_once(migrated_url: str) -> None:
    async with population(migrated_url, mentees=50, capacity=1) as people:
        for _ in range(ROUNDS):
            wanted = [people.place(mentee, people.mentors[0]) for mentee in people.mentees]
            answers = await claim_at_once(people, wanted)
            (held,) = await people.held()
            assert Counter(answer.full for answer in answers) == {None: 1, "mentor": 49}
            winner = next(place for place, answer in zip(wanted, answers, strict=True) if not answer.full)
            assert held.request_id == winner.request_id
            await give_back(people, held.relationship_id)


async def test_two_mentors_accept_one_mentee_at_once(migrated_url: str) -> None:
    async with population(migrated_url, mentors=2) as people:
        for _ in range(ROUNDS):
            wanted = [people.place(people.mentees[0], mentor) for mentor in people.mentors]
            answers = await claim_at_once(people, wanted)
            (held,) = await people.held()
            assert Counter(answer.full for answer in answers) == {None: 1, "mentee": 1}
            await give_back(people, held.relationship_id)


async def test_the_same_request_three_times_at_once(migrated_url: str) -> None:
    """Thrice the very same one, beside another one of the same pair."""
    async with population(migrated_url) as people:
        for day in range(ROUNDS):
            # Nobody asks the same mentor again and again within a day.
            now = NOW + timedelta(days=day)
            same, other = (people.view(people.mentees[0], people.mentors[0]) for _ in range(2))
            opened = await asyncio.gather(
                *(
                    records(people).open_request(
                        Opening(view=view, workflow_id=people.workflow_id(view), now=now)
                    )
                    for view in (same, other, same, same)
                )
            )
            was_opened = [
                view.id
                for view, answer in zip((same, other, same, same), opened, strict=True)
                if answer.refusal is None
            ]
            assert set(was_opened) in ({same.id}, {other.id})
            for view in (same, other):
                closed = view.model_copy(update={"state": RequestState.WITHDRAWN, "version": 1})
                with people.database.writing() as session:
                    exists = projections.beginning_of(session, view.id) is not None
                    assert exists is (view.id in was_opened)
                    if exists:
                        projections.save_request(session, closed, people.workflow_id(view))
