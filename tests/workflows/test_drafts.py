"""Drafts as processes: killed workers, lost engines, a month without a decision, people who go."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.process import names
from models.process.draft.state import DraftAct, DraftKind, DraftOptions, DraftState
from models.process.errors import IllegalMove
from models.store import drafting
from models.store.delivery import MailRow
from models.store.drafts import DraftChoiceRow, DraftItemRow, DraftRow
from models.store.processes import PlaceRow, RelationshipRow, RequestRow
from tests.cli.running import Steadfast
from tests.infra.engine import VirtualEngine
from tests.store.population import new_id
from tests.workflows.office import Office, eventually, office

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
MANY = 40


async def begun(made: Office, kind: DraftKind = DraftKind.PAIRING) -> str:
    """A draft that is asked for, as the API asks."""
    admin = made.people.mentors[0]
    draft_id = new_id()
    new = drafting.NewDraft(
        draft_id, made.people.programme_id, kind, DraftOptions(), admin, datetime.now(UTC)
    )
    with made.database.writing() as session:
        drafting.ask(session, new)
    await made.gateway.do_with_draft(draft_id, None, admin)
    return draft_id


def stands(made: Office, draft_id: str) -> DraftRow:
    with made.database.reading() as session:
        return session.get_one(DraftRow, draft_id)


async def until(made: Office, draft_id: str, state: DraftState) -> None:
    async def look() -> bool:
        return stands(made, draft_id).state == state

    await eventually(look)


def count(made: Office, row: type[PlaceRow | RelationshipRow | RequestRow]) -> int:
    with made.database.reading() as session:
        return session.scalars(select(func.count()).select_from(row)).one()


async def test_a_worker_that_is_killed_while_it_publishes_doubles_nothing(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    environ: dict[str, str | None] = {
        **virtual_engine.environ,
        "STEADFAST_DATABASE_URL": migrated_url,
        "STEADFAST_BASE_URL": "http://127.0.0.1:8000",
        "STEADFAST_SMTP_URL": "smtp://127.0.0.1:9",
    }
    async with office(virtual_engine, migrated_url, mentees=MANY, mentors=MANY, works=False) as made:
        with Steadfast("worker", environ=environ) as first:
            draft_id = await begun(made)
            await until(made, draft_id, DraftState.DRAFT)
            assert count(made, RequestRow) == 0
            await made.gateway.do_with_draft(draft_id, DraftAct.PUBLISH, made.people.mentors[0])

            async def some() -> bool:
                return count(made, PlaceRow) >= MANY // 4

            await eventually(some)
            first.kill()
        assert stands(made, draft_id).state == DraftState.PUBLISHING
        assert count(made, PlaceRow) < MANY
        with Steadfast("worker", environ=environ):
            await until(made, draft_id, DraftState.PUBLISHED)

            async def all_of_them() -> bool:
                return count(made, RelationshipRow) == MANY

            await eventually(all_of_them)
        assert (count(made, PlaceRow), count(made, RequestRow)) == (MANY, MANY)
        with made.database.reading() as session:
            assert not session.scalars(select(DraftChoiceRow).where(DraftChoiceRow.left_out != "")).all()
            kinds = Counter(session.execute(select(MailRow.kind, MailRow.to_person)).all())
        assert set(kinds.values()) == {1}
        assert {kind for kind, _ in kinds} == {"relationship-started"}
        assert len(kinds) == 2 * MANY


async def test_a_draft_whose_engine_was_lost_goes_on_with_the_next_act(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        draft_id = await begun(made, DraftKind.RECOMMENDATIONS)
        await until(made, draft_id, DraftState.DRAFT)
        await made.handle(names.draft_workflow(draft_id)).terminate()
        view = await made.gateway.do_with_draft(draft_id, DraftAct.PUBLISH, made.people.mentors[0])
        assert view.state is DraftState.PUBLISHING
        await until(made, draft_id, DraftState.PUBLISHED)
        with made.database.reading() as session:
            assert session.scalars(select(MailRow.kind)).all() == ["mentors-recommended"]
        with pytest.raises(IllegalMove):
            await made.gateway.do_with_draft(draft_id, DraftAct.DISCARD, made.people.mentors[0])


async def test_a_draft_that_nobody_decides_on_is_discarded_after_a_month(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url) as made:
        draft_id = await begun(made)
        await until(made, draft_id, DraftState.DRAFT)
        workflow_id = names.draft_workflow(draft_id)
        await made.engine.fast_forward(workflow_id, timedelta(days=29))
        assert stands(made, draft_id).state == DraftState.DRAFT
        await made.engine.fast_forward(workflow_id, timedelta(days=1, seconds=1))
        await made.ended(workflow_id)
        assert stands(made, draft_id).state == DraftState.DISCARDED


async def test_who_is_erased_is_taken_out_of_it(virtual_engine: VirtualEngine, migrated_url: str) -> None:
    async with office(virtual_engine, migrated_url, mentees=2) as made:
        draft_id = await begun(made)
        await until(made, draft_id, DraftState.DRAFT)
        gone, stays = made.people.mentees
        await made.gateway.begin_erasure(gone, timedelta())

        async def out() -> bool:
            with made.database.reading() as session:
                return session.get(DraftItemRow, (draft_id, gone)) is None

        await eventually(out)
        await made.gateway.do_with_draft(draft_id, DraftAct.PUBLISH, made.people.mentors[0])
        await until(made, draft_id, DraftState.PUBLISHED)
        with made.database.reading() as session:
            counts = drafting.counted(session, session.get_one(DraftRow, draft_id))
            assert (counts.matched, counts.erased) == (1, 1)
            assert session.scalars(select(RequestRow.mentee_id)).all() == [stays]
