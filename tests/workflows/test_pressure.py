"""The same moment for many through the real engine: fifty acceptances, two mentors, one request sent thrice.

`make pressure` plays more rounds.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from api.web.failures import EngineDown, Unconfirmed
from models.process.actors import Actor, Role
from models.process.errors import ProcessError
from models.process.request.commands import AcceptRequest
from models.process.request.view import RequestView
from models.store.processes import RequestRow
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, office, request_id

ROUNDS = int(os.environ.get("PRESSURE_ENGINE_ROUNDS", "1"))
T = TypeVar("T")
ACCEPT = AcceptRequest(comment="Gladly.")


async def insist(act: Callable[[], Awaitable[T]]) -> T:
    """Sends the very same again when a busy machine answers too late to say what became of it."""
    while True:
        try:
            return await act()
        except (EngineDown, Unconfirmed):
            await asyncio.sleep(0.2)


async def accept(made: Office, asked: RequestView) -> str:
    """The state that the mentor is told, or what stood against it."""
    actor, key = Actor(role=Role.MENTOR, person_id=asked.mentor_id), new_id()
    try:
        answer = await insist(lambda: made.tell(asked, ACCEPT, actor, key))
    except ProcessError as error:
        return type(error).__name__
    return answer.state.value


async def ask(made: Office, mentee: int = 0, mentor: int = 0) -> RequestView:
    now = datetime.now(UTC)
    pair = (made.people.mentees[mentee], made.people.mentors[mentor])
    draft = made.people.request(*pair, created_at=now, since=now)
    return await insist(partial(made.gateway.open_request, draft))


async def states(made: Office, asked: list[RequestView]) -> Counter[str]:
    await asyncio.gather(*(made.ended(request_id(view)) for view in asked))
    rows: list[RequestRow] = [await made.request(view) for view in asked]
    return Counter(row.state for row in rows)


async def test_one_place_and_fifty_acceptances_at_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    for _ in range(ROUNDS):
        async with office(virtual_engine, migrated_url, mentees=50, capacity=1) as made:
            asked = [await ask(made, mentee) for mentee in range(50)]
            answers = await asyncio.gather(*(accept(made, view) for view in asked))
            assert Counter(answers)["accepted"] == 1
            assert (
                len([held for held in await made.people.held() if held.mentor_id == asked[0].mentor_id]) == 1
            )
            assert await states(made, asked) == {"accepted": 1, "released": 49}


async def test_two_mentors_accept_one_mentee_at_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    for _ in range(ROUNDS):
        async with office(virtual_engine, migrated_url, mentors=2) as made:
            asked = [await ask(made, mentor=mentor) for mentor in range(2)]
            answers = await asyncio.gather(*(accept(made, view) for view in asked))
            assert Counter(answers)["accepted"] == 1
            assert await states(made, asked) == {"accepted": 1, "released": 1}


async def test_the_same_request_sent_three_times_makes_one(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    for _ in range(ROUNDS):
        async with office(virtual_engine, migrated_url) as made:
            now = datetime.now(UTC)
            draft = made.people.request(
                made.people.mentees[0], made.people.mentors[0], created_at=now, since=now
            )
            answers = await asyncio.gather(
                *(insist(partial(made.gateway.open_request, draft)) for _ in range(3)),
                return_exceptions=True,
            )
            views = [answer for answer in answers if isinstance(answer, RequestView)]
            assert {view.id for view in views} == {draft.id}
            assert await made.happened(draft.id) == ["RequestSubmitted"]
