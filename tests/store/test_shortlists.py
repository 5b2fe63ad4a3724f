"""Who is chosen next is said once: again after a worker was lost, whatever has changed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from activities.messages import Choosing
from activities.records import Records
from activities.shortlists import Shortlists
from models.process.match import Basis
from models.process.names import shortlist_workflow
from models.process.shortlist.state import Ask, Mode, Shortlist
from models.store.database import Database
from models.store.tables import MemberRow
from tests.store.population import new_id, population


async def test_a_choice_that_was_saved_and_lost_is_made_again_as_it_was(migrated_url: str) -> None:
    async with population(migrated_url, 1, 3) as people:
        now = datetime.now(UTC)
        draft = Shortlist(
            id=new_id(),
            version=0,
            programme_id=people.programme_id,
            mentee_id=people.mentees[0],
            since=now,
            created_at=now,
            mode=Mode.IN_ORDER,
            basis=Basis.GAPS,
            message="Please.",
            asks=tuple(Ask(mentor_id=one) for one in people.mentors),
            maximum=5,
        )
        wanted = Choosing(
            shortlist=draft, workflow_id=shortlist_workflow(draft.id), now=now, entries=(), mails=()
        )
        await _available(people.database, people.mentors[0], available=False)
        lists = Shortlists(Records(people.database, lambda: None))
        first = (await lists.choose(wanted)).asks
        assert first
        assert [one.mentor_id for one in first.passed] == [people.mentors[0]]
        (asked,) = first.drafts
        assert asked.mentor_id == people.mentors[1]
        assert asked.policy.request.close_after == timedelta(days=3)
        # Meanwhile the first is back, and the second is away.
        await _available(people.database, people.mentors[0], available=True)
        await _available(people.database, people.mentors[1], available=False)
        again = (await lists.choose(wanted)).asks
        assert again
        assert (again.passed, [one.id for one in again.drafts], again.over) == (
            first.passed,
            [asked.id],
            None,
        )


async def _available(database: Database, person_id: str, *, available: bool) -> None:
    with database.writing() as session:
        session.execute(update(MemberRow).where(MemberRow.person_id == person_id).values(available=available))
