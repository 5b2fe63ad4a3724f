"""Projections are written once for each version, whatever is saved twice, late or out of order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.process.actors import Actor, Role
from models.process.effects import RecordAnswers
from models.process.match import MatchReason
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import Goal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey, SurveyState
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request, RequestState
from models.process.request.view import RequestRules, RequestView
from models.process.timeline import Audience, Entry
from models.process.whole import rest_of
from models.store import projections, stored_processes
from models.store.processes import GoalRow, RelationshipRow, RequestRow, SurveyRow
from models.store.requests import need_defaults, view_of
from models.store.stored_processes import Kind
from models.store.timeline import entries_of
from tests.process.factories import ANSWERS, GOAL, QUESTIONS, new_relationship
from tests.store.population import NOW, Population, new_id, population

LATER = NOW + timedelta(days=3)


async def reserve(people: Population, view: RequestView) -> None:
    with people.database.writing() as session:
        projections.reserve_request(session, view, people.workflow_id(view))


async def save(people: Population, view: RequestView) -> None:
    with people.database.writing() as session:
        projections.save_request(session, view, people.workflow_id(view))


async def request_row(people: Population, view: RequestView) -> RequestRow:
    with people.database.reading() as session:
        return session.get_one(RequestRow, view.id)


async def test_a_request_is_reserved_and_then_saved_with_all_that_its_view_shows(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        view = people.view(people.mentees[0], people.mentors[0])
        await reserve(people, view)
        with people.database.reading() as session:
            pair = (view.programme_id, view.mentee_id, view.mentor_id)
            assert projections.beginning_of(session, view.id) == (0, view.since, *pair)
            assert projections.beginning_of(session, new_id()) is None
            assert projections.workflow_of(session, view.id) == people.workflow_id(view)
            assert projections.workflow_of(session, new_id()) is None
        saved = view.model_copy(
            update={
                "version": 1,
                "reasons": (MatchReason.model_validate({"kind": "gap", "text": "2 → 4", "level": 4}),),
                "closes_at": LATER,
                "next_reminder_at": LATER - timedelta(days=2),
                "last_event": "RequestSubmitted",
                "rules": RequestRules(comment_required=("accept",), decline_reasons=("No time",)),
            }
        )
        await save(people, saved)
        row = await request_row(people, view)
        assert view_of(row) == saved
        assert row.is_open


@pytest.mark.parametrize("version", [1, 2])
async def test_a_version_that_is_older_or_the_same_changes_nothing(migrated_url: str, version: int) -> None:
    async with population(migrated_url) as people:
        view = people.view(people.mentees[0], people.mentors[0], version=2, message="The second wording")
        await save(people, view)
        await save(people, view.model_copy(update={"version": version, "message": "Another wording"}))
        row = await request_row(people, view)
        assert (row.version, row.message) == (2, "The second wording")


async def test_a_newer_version_replaces_everything(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        view = people.view(people.mentees[0], people.mentors[0], version=1, closes_at=LATER)
        await save(people, view)
        rejected = view.model_copy(
            update={
                "version": 5,
                "state": RequestState.REJECTED,
                "comment": "Not now",
                "reason": "No time",
                "decided_at": LATER,
                "closes_at": None,
            }
        )
        await save(people, rejected)
        row = await request_row(people, view)
        assert (row.version, row.state, row.is_open) == (5, "rejected", False)
        assert (row.comment, row.reason, row.decided_at, row.closes_at) == ("Not now", "No time", LATER, None)


async def test_a_pair_has_one_open_request_in_whichever_direction(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        (mentee,), (mentor,) = people.mentees, people.mentors
        first = people.view(mentee, mentor)
        await reserve(people, first)
        for one, other in ((mentee, mentor), (mentor, mentee)):
            with pytest.raises(IntegrityError):
                await reserve(people, people.view(one, other))
        await save(people, first.model_copy(update={"version": 1, "state": RequestState.REJECTED}))
        await reserve(people, people.view(mentor, mentee))
        with people.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(RequestRow)) == 2


def entry(seq: int, what: str = "RequestSubmitted", **values: Any) -> Entry:
    return Entry(seq=seq, at=NOW + timedelta(minutes=seq), what=what, **values)


async def add(people: Population, process_id: str, entries: Sequence[Entry]) -> None:
    with people.database.writing() as session:
        projections.add_entries(session, process_id, people.programme_id, entries)


async def test_entries_that_come_twice_are_kept_once_and_as_they_first_came(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        process_id, other = new_id(), new_id()
        first = entry(
            1,
            by=people.mentees[0],
            by_role=Role.MENTEE,
            note="Zeilen\nund Ümläute 👍",
            audience=Audience.MENTOR,
        )
        await add(people, process_id, [first])
        await add(people, process_id, [first, entry(2, "RequestEdited", on_behalf_of=people.mentees[0])])
        await add(people, process_id, [entry(1, "SomethingElse"), entry(3, "RequestWithdrawn")])
        await add(people, process_id, [])
        await add(people, other, [entry(1)])
        with people.database.reading() as session:
            found = entries_of(session, [process_id, other])
        assert found[process_id] == [
            first,
            entry(2, "RequestEdited", on_behalf_of=people.mentees[0]),
            entry(3, "RequestWithdrawn"),
        ]
        assert found[other] == [entry(1)]


class Pair:
    """A relationship in the database and the steps that its process would save."""

    def __init__(self, people: Population) -> None:
        self.people = people
        self.now = NOW
        self.mentee = Actor(role=Role.MENTEE, person_id=people.mentees[0])
        self.mentor = Actor(role=Role.MENTOR, person_id=people.mentors[0])
        started = new_relationship(
            id=new_id(),
            request_id=new_id(),
            programme_id=people.programme_id,
            mentee_id=people.mentees[0],
            mentor_id=people.mentors[0],
        )
        self.now_is: Relationship = relationship_moves.start(started, NOW).after

    def take(self, command: Any, actor: Actor) -> tuple[RelationshipView, tuple[RecordAnswers, ...]]:
        self.now += timedelta(hours=1)
        decision = relationship_moves.decide(self.now_is, command, actor, self.now)
        self.now_is = decision.after
        answers = tuple(effect for effect in decision.effects if isinstance(effect, RecordAnswers))
        return RelationshipView.of(decision.after), answers

    async def save(self, view: RelationshipView, answers: tuple[RecordAnswers, ...] = ()) -> None:
        with self.people.database.writing() as session:
            projections.save_relationship(session, view, f"relationship/{view.id}")
            projections.save_goals(session, view.id, view.goals)
            projections.save_surveys(session, view, QUESTIONS, answers)

    async def row(self) -> RelationshipRow:
        with self.people.database.reading() as session:
            return session.get_one(RelationshipRow, self.now_is.id)

    async def goals(self) -> list[GoalRow]:
        with self.people.database.reading() as session:
            return list(session.scalars(select(GoalRow).order_by(GoalRow.position)))

    async def surveys(self) -> dict[str, SurveyRow]:
        with self.people.database.reading() as session:
            return {row.person_id: row for row in session.scalars(select(SurveyRow))}


async def test_a_relationship_is_saved_once_for_each_version(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        pair = Pair(people)
        first = RelationshipView.of(pair.now_is)
        signed, _ = pair.take(SignOff(comment="Done"), pair.mentee)
        for view in (first, signed, signed, first):
            await pair.save(view)
        row = await pair.row()
        assert (row.version, row.state, row.signed_by, row.sign_offs) == (2, "completing", "mentee", 1)
        assert (row.confirms_at, row.next_at, row.next_what) == (
            signed.confirms_at,
            signed.confirms_at,
            "confirmation",
        )
        with people.database.reading() as session:
            assert projections.workflow_of(session, first.id) == f"relationship/{first.id}"


async def test_goals_saved_twice_are_there_once_and_the_later_revision_stays(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        pair = Pair(people)
        await pair.save(RelationshipView.of(pair.now_is))
        one, _ = pair.take(SetGoal(**GOAL), pair.mentee)
        two, _ = pair.take(SetGoal(**{**GOAL, "goal_id": new_id(), "title": "Second"}), pair.mentor)
        revised = two.model_copy(
            update={
                "goals": (two.goals[0].model_copy(update={"progress": 60, "updated_at": LATER}), two.goals[1])
            }
        )
        for view in (one, two, revised, revised, two, one):
            await pair.save(view)
        rows = await pair.goals()
        assert [(row.position, row.title, row.progress) for row in rows] == [
            (0, GOAL["title"], 60),
            (1, "Second", 0),
        ]
        assert Goal.model_validate(rows[0], from_attributes=True) == revised.goals[0]


async def test_surveys_are_asked_once_and_what_was_answered_stays_answered(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        pair = Pair(people)
        await pair.save(RelationshipView.of(pair.now_is))
        assert await pair.surveys() == {}
        pair.take(SignOff(), pair.mentee)
        asked, _ = pair.take(ConfirmCompletion(), pair.mentor)
        answered, answers = pair.take(AnswerSurvey(answers=ANSWERS), pair.mentor)
        for view, given in ((asked, ()), (asked, ()), (answered, answers), (answered, answers), (asked, ())):
            await pair.save(view, given)
        surveys = await pair.surveys()
        mentee, mentor = surveys[people.mentees[0]], surveys[people.mentors[0]]
        assert (mentor.state, mentor.answers, mentor.settled_at) == ("answered", ANSWERS, pair.now)
        assert (mentee.state, mentee.answers, mentee.settled_at) == ("open", {}, None)
        assert [question["key"] for question in mentee.questions] == ["useful", "again", "remark"]
        assert mentee.closes_at == asked.surveys[Role.MENTEE].closes_at
        assert (await pair.row()).state == RelationshipState.COMPLETED


async def test_a_survey_that_closed_unanswered_is_settled_without_answers(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        pair = Pair(people)
        await pair.save(RelationshipView.of(pair.now_is))
        pair.take(SignOff(), pair.mentee)
        asked, _ = pair.take(ConfirmCompletion(), pair.mentor)
        closed = asked.surveys[Role.MENTEE].model_copy(
            update={"state": SurveyState.UNANSWERED, "settled_at": LATER}
        )
        view = asked.model_copy(update={"surveys": {**asked.surveys, Role.MENTEE: closed}, "version": 9})
        for _ in range(2):
            await pair.save(view)
        row = (await pair.surveys())[people.mentees[0]]
        assert (row.state, row.answers, row.settled_at) == ("unanswered", {}, LATER)


async def test_what_a_process_knows_is_there_again_whole(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        request = people.request(people.mentees[0], people.mentors[0], version=2, reminders=(LATER,))
        pair = Pair(people).now_is
        with people.database.writing() as session:
            for process in (request, pair):
                save_whole(session, process)
            projections.save_goals(session, pair.id, pair.goals)
        assert await process_in(people, "request", request.id) == request
        assert await process_in(people, "relationship", pair.id) == pair


async def test_a_row_that_an_older_worker_has_saved_since_is_not_mixed_with_what_was_known(
    migrated_url: str,
) -> None:
    async with population(migrated_url) as people:
        request = people.request(people.mentees[0], people.mentors[0], version=2)
        with people.database.writing() as session:
            save_whole(session, request)
            newer = update(RequestRow).values(version=3, message="By an older worker")
            session.execute(newer)
        assert await process_in(people, "request", request.id) is None
        row = await request_row(people, RequestView.of(request))
        assert view_of(row).message == "By an older worker"


async def test_what_is_over_for_good_is_kept_as_it_is_shown(migrated_url: str) -> None:
    async with population(migrated_url) as people:
        request = people.request(
            people.mentees[0], people.mentors[0], version=2, state=RequestState.WITHDRAWN
        )
        with people.database.writing() as session:
            save_whole(session, request)
        row = await request_row(people, RequestView.of(request))
        assert view_of(row) == RequestView.of(request)
        assert row.rest is not None
        assert row.rest.keys() <= RequestView.model_fields.keys(), "what only an open process needs is gone"


def save_whole(session: Session, process: Request | Relationship) -> None:
    if isinstance(process, Request):
        projections.save_request(session, RequestView.of(process), "w", rest_of(process))
    else:
        projections.save_relationship(session, RelationshipView.of(process), "w", rest_of(process))


async def process_in(people: Population, kind: Kind, process_id: str) -> Request | Relationship | None:
    with people.database.reading() as session:
        found = stored_processes.kept(session, kind, process_id)
    assert found
    return found.process


def test_a_field_that_some_rows_lack_needs_a_default() -> None:
    class Wider(RequestView):
        colour: str

    with pytest.raises(TypeError, match=r"Wider\.colour"):
        need_defaults(Wider, RequestRow)
