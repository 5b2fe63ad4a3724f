"""The figures of the desk, each counted in another way from the rows, on both databases."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.filling import Filler
from bench.people import Programme, Someone, add_people, add_programme
from models.process.answering import Outcome, median_days
from models.process.programme import ProgrammeSettings
from models.process.surveys import Question, QuestionKind
from models.store import health
from models.store.database import Database
from models.store.processes import (
    GoalRow,
    PlaceRow,
    RelationshipRow,
    RequestRow,
    SurveyRow,
    TimelineRow,
)
from models.store.tables import MemberRow

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
YEAR = NOW - timedelta(days=365)
SETTINGS = ProgrammeSettings()


@dataclass(frozen=True)
class World:
    database: Database
    programme: Programme
    mentees: list[Someone]
    mentors: list[Someone]


@pytest.fixture
async def world(migrated_url: str) -> AsyncIterator[World]:
    database = Database(migrated_url)
    programme = await add_programme(database, "figures")
    other = await add_programme(database, "other")
    mentees = list(await add_people(database, programme, "mentee", 40))
    mentors = list(await add_people(database, programme, "mentor", 30))
    await Filler(programme, mentees, mentors, NOW).fill(database, 600)
    asking = await add_people(database, other, "mentee", 5)
    asked = await add_people(database, other, "mentor", 5)
    await Filler(other, asking, asked, NOW).fill(database, 50)
    yield World(database, programme, mentees, mentors)
    await database.close()


def requests_of(session: Session, world: World, since: datetime | None) -> list[RequestRow]:
    rows = session.scalars(select(RequestRow).where(RequestRow.programme_id == world.programme.id))
    return [row for row in rows if since is None or row.created_at >= since]


@pytest.mark.parametrize("since", [None, YEAR])
async def test_the_funnel_is_of_the_requests_that_were_sent(world: World, since: datetime | None) -> None:
    with world.database.writing() as session:
        rows = requests_of(session, world, since)
        expired = next(row for row in rows if row.state == "expired")
        again = next(row for row in rows if row.state == "withdrawn")
        for row in (expired, again):
            session.add(entry(row, "AmendmentRequested", row.created_at + timedelta(hours=2)))
        for row in [one for one in rows if one.state == "rejected"][:3]:
            row.reason = "No time"
        without = next(row for row in rows if row.state == "accepted")
        for goal in session.scalars(
            select(GoalRow).where(GoalRow.relationship_id == without.relationship_id)
        ):
            session.delete(goal)
    with world.database.reading() as session:
        found = health.funnel(session, world.programme.id, since)
        states = Counter(row.state for row in rows)
        done = {row.id for row in session.scalars(select(RelationshipRow)) if row.state == "completed"}
        accepted = [row for row in rows if row.state == "accepted"]
        assert found == health.Funnel(
            sent=len(rows),
            answered=states["accepted"] + states["rejected"] + 2,
            accepted=states["accepted"],
            goals=states["accepted"] - 1,
            completed=sum(row.relationship_id in done for row in accepted),
            declined=states["rejected"],
            open=states["pending"],
            reason="No time",
            reason_count=3,
        )


def entry(row: RequestRow, what: str, at: datetime) -> TimelineRow:
    return TimelineRow(
        process_id=row.id,
        seq=9,
        programme_id=row.programme_id,
        at=at,
        what=what,
        by=row.mentor_id,
        by_role="mentor",
        audience="both",
    )


async def test_an_answer_is_the_first_word_of_the_mentor(world: World) -> None:
    with world.database.writing() as session:
        rows = requests_of(session, world, YEAR)
        late = next(row for row in rows if row.state == "rejected")
        late.decided_at, late.revision = late.created_at + timedelta(days=9), 2
        session.add(entry(late, "AmendmentRequested", late.created_at + timedelta(days=2)))
    with world.database.reading() as session:
        found = health.waits(session, world.programme.id, YEAR, NOW)
    assert len(found) == len(rows)
    outcomes = Counter(wait.outcome for _, wait in found)
    states = Counter(row.state for row in rows)
    assert outcomes[Outcome.ANSWERED] == states["accepted"] + states["rejected"]
    assert outcomes[Outcome.NEVER] == states["expired"]
    assert max(wait.days for _, wait in found if wait.outcome is Outcome.ANSWERED) == pytest.approx(2)
    days = [wait.days for _, wait in found if wait.outcome is Outcome.ANSWERED]
    assert median_days([wait for _, wait in found]) == pytest.approx(statistics.median_low(days), abs=1e-6)


async def test_places_are_counted_of_those_who_take_requests(world: World) -> None:
    settings = SETTINGS.model_copy(update={"max_capacity": 2})
    changes: dict[str, dict[str, object]] = {
        world.mentors[0].id: {"capacity": 0},
        world.mentors[1].id: {"available": False},
        world.mentors[2].id: {"available": False, "available_from": NOW.date() - timedelta(days=1)},
        world.mentors[3].id: {"available": False, "available_from": NOW.date() + timedelta(days=2)},
        world.mentors[4].id: {"complete": False},
        world.mentors[5].id: {"left_at": NOW},
        world.mentors[6].id: {"capacity": 50},
    }
    with world.database.writing() as session:
        for person, values in changes.items():
            session.execute(update(MemberRow).where(MemberRow.person_id == person).values(**values))
    with world.database.reading() as session:
        found = health.figures(session, world.programme.id, settings, NOW)
        top = health.most_loaded(session, world.programme.id, settings)
        held = Counter(
            row.mentor_id
            for row in session.scalars(select(PlaceRow))
            if row.released_at is None and row.programme_id == world.programme.id
        )
        taken = {row.mentee_id for row in session.scalars(select(PlaceRow)) if row.released_at is None}
        open_now = [row for row in requests_of(session, world, None) if row.is_open]
    out = {world.mentors[n].id for n in (1, 3, 4, 5)}
    capacities = {one.id: 0 if one is world.mentors[0] else 2 for one in world.mentors if one.id not in out}
    left = {one: max(capacity - held[one], 0) for one, capacity in capacities.items()}
    assert found.free == sum(left.values())
    assert found.full == sum(not places for places in left.values())
    assert (found.mentees, found.mentors) == (40, 29)
    assert found.seeking == sum(one.id not in taken for one in world.mentees)
    assert found.together == sum(held.values())
    assert found.open_requests == len(open_now)
    most = sorted((n for one, n in held.items() if one != world.mentors[5].id), reverse=True)
    assert [one.mentees for one in top] == most[:5]


async def test_the_survey_counts_scales_and_those_who_did_not_answer(world: World) -> None:
    questions = (
        Question(key="useful", text="Useful?"),
        Question(key="remark", text="Remark?", kind=QuestionKind.TEXT),
        Question(key='od"d', text="Odd?"),
        Question(key="goals", text="Goals?"),
    )
    with world.database.writing() as session:
        rows = list(
            session.scalars(
                select(SurveyRow)
                .join(RelationshipRow, RelationshipRow.id == SurveyRow.relationship_id)
                .where(RelationshipRow.programme_id == world.programme.id, RelationshipRow.ended_at >= YEAR)
                .order_by(SurveyRow.relationship_id, SurveyRow.person_id)
            )
        )
        for n, row in enumerate(rows):
            row.answers = {"useful": str(1 + n % 5), "remark": "words"}
        rows[0].state, rows[0].answers = "unanswered", {}
        rows[1].state, rows[1].answers = "open", {}
        rows[2].answers = {}
    with world.database.reading() as session:
        found = health.survey(session, world.programme.id, questions, YEAR)
    given = Counter(1 + n % 5 for n in range(len(rows)) if n > 2)
    assert (found.settled, found.answered) == (len(rows) - 1, len(rows) - 2)
    useful, goals = found.scales
    assert useful.counts == tuple(given[n] for n in range(1, 6))
    assert useful.mean == pytest.approx(statistics.mean(given.elements()))
    assert goals.counts == (0, 0, 0, 0, 0)
    assert [one.text for one in found.scales] == ["Useful?", "Goals?"]


async def test_a_programme_without_anything_has_figures_too(migrated_url: str) -> None:
    database = Database(migrated_url)
    programme = await add_programme(database, "new")
    with database.reading() as session:
        assert health.figures(session, programme.id, SETTINGS, NOW) == health.Figures(0, 0, 0, 0, 0, 0, 0)
        assert health.funnel(session, programme.id, None) == health.Funnel(0, 0, 0, 0, 0, 0, 0, "", 0)
        assert health.waits(session, programme.id, YEAR, NOW) == []
        found = health.survey(session, programme.id, SETTINGS.survey_questions, None)
        assert (found.settled, found.answered) == (0, 0)
    await database.close()
