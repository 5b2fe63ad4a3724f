"""A backup of the database is put back, and the engine knows what has happened since."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, update

from installation.reconciling import PAUSES
from models.process.actors import Actor, Role
from models.process.names import relationship_workflow
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.view import RelationshipView
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
)
from models.process.request.view import RequestView
from models.store.processes import PlaceRow, RequestRow
from tests.infra.engine import VirtualEngine
from tests.process.factories import GOAL
from tests.repair.workshop import Copy, all_that_is_shown, outbox, reconcile, restored
from tests.workflows.office import Office, eventually, office, request_id, working
from tests.workflows.record import ANSWERS

ACCEPT = AcceptRequest(comment="Gladly.")
REJECT = RejectRequest(comment="Not now.", reason="I have no time at the moment")


def goal() -> SetGoal:
    due = datetime.now(UTC).date() + timedelta(days=90)
    return SetGoal(**{**GOAL, "goal_id": str(uuid4()), "due": due})


def mentee(view: RequestView | RelationshipView) -> Actor:
    return Actor(role=Role.MENTEE, person_id=view.mentee_id)


def mentor(view: RequestView | RelationshipView) -> Actor:
    return Actor(role=Role.MENTOR, person_id=view.mentor_id)


async def at_rest(made: Office) -> None:
    """Returns when all that was done is saved; a doctor who looks closely finds nothing then."""
    assert (await reconcile(made, mends=False)).cases == []


@dataclass(frozen=True)
class Week:
    """What there is when the backup is made, two of each where one stays as it is."""

    to_accept: RequestView
    to_edit: RequestView
    to_amend: RequestView
    untouched: RequestView
    with_goals: RelationshipView
    to_complete: RelationshipView


async def monday(made: Office) -> Week:
    return Week(
        to_accept=await made.ask(0),
        to_edit=await made.tell(await made.ask(1), EditRequest(message="First"), made.mentee_of(1)),
        to_amend=await made.ask(2),
        untouched=await made.ask(3),
        with_goals=await made.say(await made.paired(4, 1), goal(), made.mentee_of(4)),
        to_complete=await made.paired(5, 1),
    )


async def tuesday(made: Office, week: Week) -> set[tuple[str, str]]:
    """What goes on after the backup; the kind and id of every process that the backup is behind of."""
    await made.tell(week.to_accept, ACCEPT, made.mentor)
    await made.ended(request_id(week.to_accept))
    begun = await made.relationship(
        await made.handle(request_id(week.to_accept)).query("view", result_type=RequestView)
    )
    await made.say(begun, goal(), mentor(begun))
    # The lists of the engine show no difference: the same state and dates, and the same last event.
    await made.tell(week.to_edit, EditRequest(message="Second"), mentee(week.to_edit))
    await made.tell(week.to_amend, RequestAmendment(comment="Which talk?"), made.mentor)
    held = week.with_goals
    await made.say(held, ReviseGoal(goal_id=held.goals[0].id, progress=40), mentor(held))
    done = week.to_complete
    for command, actor in (
        (SignOff(comment="Done."), mentee(done)),
        (ConfirmCompletion(), mentor(done)),
        (AnswerSurvey(answers=ANSWERS), mentor(done)),
    ):
        await made.say(done, command, actor)
    new, declined = await made.ask(6), await made.ask(7)
    await made.tell(declined, REJECT, made.mentor)
    await made.ended(request_id(declined))
    requests = (week.to_accept, week.to_edit, week.to_amend, new, declined)
    return {("request", one.id) for one in requests} | {
        ("relationship", one.id) for one in (begun, held, done)
    }


async def test_what_happened_since_comes_back(
    virtual_engine: VirtualEngine, migrated_url: str, copied: Copy
) -> None:
    async with office(virtual_engine, migrated_url, mentees=8, mentors=2, works=False) as made:
        async with working(made):
            week = await monday(made)
            await at_rest(made)
        backup = await copied(made)
        async with working(made):
            changed = await tuesday(made, week)
            await at_rest(made)
        expected = await all_that_is_shown(made.database)
        async with restored(made, backup) as old, working(old):
            assert await all_that_is_shown(old.database) != expected
            found = await reconcile(old, mends=False)
            assert {(case.kind, case.id) for case in found.left} >= changed
            assert len(found.left) == len(set(found.left))
            result = await reconcile(old)
            places = {case[1] for case in result.mended - changed}
            assert result.left == []
            assert result.mended >= changed
            assert places <= {each[1] for each in changed}
            assert await all_that_is_shown(old.database) == expected
            assert (await reconcile(old)).cases == []


async def test_mails_are_logged_again_and_only_what_still_asks_is_sent_again(
    virtual_engine: VirtualEngine, migrated_url: str, copied: Copy
) -> None:
    async with office(virtual_engine, migrated_url, mentees=8, mentors=2, works=False) as made:
        async with working(made):
            week = await monday(made)
            await at_rest(made)
        backup = await copied(made)
        async with working(made):
            await tuesday(made, week)
            await at_rest(made)
        sent = await outbox(made.database)
        async with restored(made, backup) as old, working(old):
            before = await outbox(old.database)
            await reconcile(old)
            await reconcile(old)
            after = await outbox(old.database)
    lost = sent.keys() - before.keys()
    # The edit of before the backup had not left yet, and the one after it says more.
    overtaken = {key: "dropped" for key in before if "/request-edited/" in key}
    assert len(overtaken) == 1
    assert {key: after[key] for key in before} == before | overtaken
    assert {after[key] for key in lost} == {"unknown"}
    again = {key: state for key, state in after.items() if key not in sent}
    assert set(again.values()) == {"queued"}
    assert sorted(key.split("/")[2] for key in again) == [
        "amendment-requested",
        "request-edited",
        "request-received",
        "survey",
    ]


async def test_what_goes_on_after_the_restoring_is_kept(
    virtual_engine: VirtualEngine, migrated_url: str, copied: Copy
) -> None:
    """The process writes its next version over a row that lacks the ones before."""
    async with office(virtual_engine, migrated_url, works=False) as made:
        async with working(made):
            asked = await made.ask()
            await at_rest(made)
        backup = await copied(made)
        async with working(made):
            await made.saved(await made.tell(asked, RemindNow(), made.admin))
            # A step that begins while the worker stops would be tried again only after its time is over.
            await at_rest(made)
        async with restored(made, backup) as old, working(old):
            await old.saved(await old.tell(asked, EditRequest(message="New"), mentee(asked)))
            assert [entry.seq for entry in await old.timeline(asked.id)] == [1, 3]
            assert (await reconcile(old, closely=False)).mended == {("request", asked.id)}
            assert [entry.seq for entry in await old.timeline(asked.id)] == [1, 2, 3]
            assert (await reconcile(old)).cases == []


async def test_rows_that_somebody_changed_or_removed(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=3, mentors=2) as made:
        changed, running = await made.ask(0), await made.paired(1, 1)
        over = await made.ask(2)
        await made.ended_by(request_id(over), made.tell(over, REJECT, made.mentor))
        await at_rest(made)
        expected = await all_that_is_shown(made.database)
        with made.database.writing() as session:
            session.execute(
                update(RequestRow).where(RequestRow.id == changed.id).values(state="rejected", is_open=False)
            )
            session.execute(delete(PlaceRow).where(PlaceRow.relationship_id == running.id))
            session.add(
                PlaceRow(
                    request_id=over.id,
                    relationship_id=str(uuid4()),
                    programme_id=over.programme_id,
                    mentor_id=over.mentor_id,
                    mentee_id=over.mentee_id,
                    claimed_at=datetime.now(UTC),
                )
            )
        result = await reconcile(made)
        assert len(result.cases) == len(result.mended) == 3
        assert await all_that_is_shown(made.database) == expected
        assert (await reconcile(made)).cases == []


async def test_people_who_are_not_in_the_backup_stand_against_it(
    virtual_engine: VirtualEngine, migrated_url: str, copied: Copy
) -> None:
    """The repair says so, mends the others, and ends as not done."""
    async with office(virtual_engine, migrated_url, works=False) as made:
        backup = await copied(made)
        async with office(virtual_engine, migrated_url, works=False) as strangers:
            async with working(made):
                known, unknown = await made.ask(), await strangers.ask()
                await at_rest(made)
            async with restored(made, backup) as old, working(old):
                result = await reconcile(old)
                assert result.mended == {("request", known.id)}
                assert [case.id for case in result.left] == [unknown.id]
                assert "cannot be mended" in result.left[0].sentence


async def test_nothing_is_divergent_while_people_act(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentees=6, mentors=6) as made:
        asked = [await made.ask(n, n) for n in range(6)]

        async def life(view: RequestView) -> None:
            for number in range(6):
                await made.tell(view, EditRequest(message=f"Wording {number}"), mentee(view))
            await made.ended_by(request_id(view), made.tell(view, ACCEPT, mentor(view)))

        lives = asyncio.gather(*(life(view) for view in asked))
        cases = []
        while not lives.done():
            cases += (await reconcile(made, pauses=PAUSES)).cases
        await lives
        assert cases == []
        assert (await reconcile(made)).cases == []
        for view in asked:
            assert len(await made.happened(view.id)) == 8


async def test_an_older_run_tells_what_it_knows(
    restless_engine: VirtualEngine, migrated_url: str, copied: Copy
) -> None:
    """The process has continued as new since the backup, and keeps nothing of what it said before."""
    async with office(restless_engine, migrated_url, works=False) as made:
        async with working(made):
            pair = await made.paired()
            await at_rest(made)
        backup = await copied(made)
        async with working(made):
            first = await made.run_id(relationship_workflow(pair.id))
            for _ in range(10):
                await made.saved(await made.say(pair, goal(), mentee(pair)))

            async def is_another() -> bool:
                return await made.run_id(relationship_workflow(pair.id)) != first

            await eventually(is_another)
        expected = await all_that_is_shown(made.database)
        async with restored(made, backup) as old, working(old):
            assert (await reconcile(old)).mended == {("relationship", pair.id)}
            assert await all_that_is_shown(old.database) == expected
