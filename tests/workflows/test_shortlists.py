"""The process of a shortlist on the real engine: erasures, continue-as-new, a request that is taken (M7)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.process import names
from models.process.actors import Actor, Role
from models.process.match import Basis
from models.process.request.commands import AcceptRequest, RejectRequest
from models.process.request.view import RequestView
from models.process.shortlist.commands import ReorderShortlist, WithdrawShortlist
from models.process.shortlist.state import Ask, Mode, Shortlist, ShortlistView
from models.store import shortlists
from models.store.processes import RequestRow, ShortlistRow
from models.store.requests import view_of
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office
from tests.workflows.test_erasure import erased

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
REJECT = RejectRequest(comment="Not now.", reason="")


async def begin(made: Office, *mentors: int, mode: Mode = Mode.IN_ORDER) -> ShortlistView:
    now = datetime.now(UTC)
    draft = Shortlist(
        id=new_id(),
        version=0,
        programme_id=made.people.programme_id,
        mentee_id=made.people.mentees[0],
        since=now,
        created_at=now,
        mode=mode,
        basis=Basis.GAPS,
        message="Please.",
        asks=tuple(Ask(mentor_id=made.people.mentors[one]) for one in mentors),
        maximum=5,
    )

    async def is_saved() -> bool:
        await eventually(lambda: _has(made, draft.id))
        return True

    await made.gateway.open_shortlist(draft, is_saved)
    return await read(made, draft.id)


async def _has(made: Office, shortlist_id: str) -> bool:
    with made.database.reading() as session:
        return shortlists.version_of(session, shortlist_id) > 0


async def read(made: Office, shortlist_id: str) -> ShortlistView:
    with made.database.reading() as session:
        return shortlists.view_of(session.get_one(ShortlistRow, shortlist_id))


def states(view: ShortlistView) -> list[str]:
    return [ask.state.value for ask in view.asks]


async def until(made: Office, view: ShortlistView, *wanted: str) -> ShortlistView:
    async def look() -> bool:
        return states(await read(made, view.id)) == list(wanted)

    await eventually(look)
    return await read(made, view.id)


async def asked(made: Office, view: ShortlistView, place: int) -> RequestView:
    request_id = (await read(made, view.id)).asks[place].request_id or ""

    async def look() -> bool:
        with made.database.reading() as session:
            row = session.get(RequestRow, request_id)
            return row is not None and row.version > 0

    await eventually(look)
    with made.database.reading() as session:
        return view_of(session.get_one(RequestRow, request_id))


def mentor_of(view: RequestView) -> Actor:
    return Actor(role=Role.MENTOR, person_id=view.mentor_id)


async def reject(made: Office, view: ShortlistView, place: int) -> None:
    request = await asked(made, view, place)
    await made.tell(request, REJECT, mentor_of(request))


def office_of(engine: VirtualEngine, url: str, **settings: Any) -> Any:
    return office(engine, url, mentors=5, decline_reasons=(), **settings)


async def test_the_erasure_of_the_mentee_ends_list_and_request(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office_of(virtual_engine, migrated_url) as made:
        view = await begin(made, 0, 1)
        first = await asked(made, view, 0)
        await made.gateway.begin_erasure(view.mentee_id, timedelta())
        await eventually(lambda: _is(made, view.id, "withdrawn"))
        with made.database.reading() as session:
            row = session.get_one(RequestRow, first.id)
            assert row.state == "released"
            assert session.query(RequestRow).count() == 1, "nobody else was asked"
        await erased(made, view.mentee_id)
        with made.database.reading() as session:
            assert "Please." not in session.get_one(ShortlistRow, view.id).message


async def _is(made: Office, shortlist_id: str, state: str) -> bool:
    return (await read(made, shortlist_id)).state == state


async def test_the_erasure_of_the_mentor_who_is_asked_lets_the_next_one_be_asked(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office_of(virtual_engine, migrated_url) as made:
        view = await begin(made, 0, 1)
        await asked(made, view, 0)
        await made.gateway.begin_erasure(made.people.mentors[0], timedelta())
        await until(made, view, "released", "asked")


async def test_an_order_and_the_end_of_a_request_at_once_leave_a_true_list(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    """Whichever comes first: nobody is asked twice, and nobody who was left out is asked afterwards."""
    async with office_of(virtual_engine, migrated_url) as made:
        view = await begin(made, 0, 1, 2)
        first = await asked(made, view, 0)
        order = ReorderShortlist(mentors=(made.people.mentors[3], made.people.mentors[2]))
        done = await asyncio.gather(
            made.gateway.act_on_shortlist(view, order, made.mentee, new_id()),
            made.tell(first, REJECT, mentor_of(first)),
            return_exceptions=True,
        )
        assert isinstance(done[1], RequestView)

        async def settled() -> bool:
            return "asked" in states(await read(made, view.id))[1:]

        await eventually(settled)
        now = await read(made, view.id)
        mentors = [ask.mentor_id for ask in now.asks]
        assert len(set(mentors)) == len(mentors)
        assert states(now).count("asked") == 1
        took_order = not isinstance(done[0], BaseException)
        assert (made.people.mentors[3] in mentors) is took_order


async def test_taking_it_back_against_an_acceptance_tells_what_came_first(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office_of(virtual_engine, migrated_url) as made:
        view = await begin(made, 0, 1)
        first = await asked(made, view, 0)
        found: Any = await asyncio.gather(
            made.gateway.act_on_shortlist(view, WithdrawShortlist(), made.mentee, new_id()),
            made.tell(first, AcceptRequest(comment="Gladly."), mentor_of(first)),
            return_exceptions=True,
        )
        taken, accepted = found
        won = isinstance(accepted, RequestView)
        await eventually(lambda: _is(made, view.id, "matched" if won else "withdrawn"))
        if isinstance(taken, ShortlistView):
            assert taken.state == ("matched" if won else "withdrawn")
        assert (await read(made, view.id)).asks[0].state == ("accepted" if won else "withdrawn")
        await made.ended(names.shortlist_workflow(view.id))


async def test_a_pair_with_an_open_request_is_passed_over_and_the_limit_counts_a_list_in_order_once(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office_of(virtual_engine, migrated_url, open_requests=2) as made:
        await made.ask(mentor=0)
        view = await begin(made, 0, 1, 2)
        assert states(view) == ["passed_over", "asked", "waiting"]
        with pytest.raises(Exception, match="2 open"):
            await made.ask(mentor=3)
        await reject(made, view, 1)
        await until(made, view, "passed_over", "rejected", "asked")
