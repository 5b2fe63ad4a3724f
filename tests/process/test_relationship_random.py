"""Any commands to a relationship, by anybody, at any time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command, MailBounced
from models.process.effects import ReleasePlaces
from models.process.errors import ProcessError
from models.process.policy import ProgrammePolicy, RelationshipPolicy
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import MOVES, RUNNING, RelationshipState
from models.process.relationship.commands import EndRelationship, WithdrawRelationship
from models.process.relationship.parts import goals
from models.process.relationship.parts.completion import ConfirmCompletion, DeclineCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.relationship.state import Relationship, next_step
from models.process.step import Decision
from tests.process.factories import ACTORS, GOAL, MENTOR_ID, NOW, QUESTIONS, STRANGER_ID, new_relationship
from tests.process.test_request_random import ZONES, pauses, periods, reminders, texts, working_times

goal_ids = st.sampled_from((GOAL["goal_id"], MENTOR_ID))
dues = st.dates(date(2025, 1, 1), date(2030, 1, 1))
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(SetGoal, goal_id=goal_ids, due=dues, **dict.fromkeys(goals.PARTS, texts)),
    st.builds(ReviseGoal, goal_id=goal_ids, due=st.none() | dues, progress=st.none() | st.integers(-1, 101)),
    st.builds(SignOff, comment=texts),
    st.builds(ConfirmCompletion, comment=texts),
    st.builds(DeclineCompletion, comment=texts),
    st.builds(WithdrawRelationship, comment=texts),
    st.builds(EndRelationship, comment=texts),
    st.builds(
        AnswerSurvey, answers=st.dictionaries(st.sampled_from(("useful", "again", "?")), st.just("5") | texts)
    ),
    st.just(MailBounced(process_id=GOAL["goal_id"], kind="survey")),
)
actors = st.sampled_from((*ACTORS.values(), Actor(role=Role.MENTEE, person_id=STRANGER_ID)))
policies = st.builds(
    RelationshipPolicy,
    working=working_times,
    confirm_after=periods,
    survey_remind_after=reminders,
    survey_close_after=periods,
    survey_questions=st.sampled_from(((), QUESTIONS)),
)


class Life:
    def __init__(self, policy: RelationshipPolicy, zone: str) -> None:
        self.now = NOW
        self.keys: set[str] = set()
        self.releases = 0
        self.relationship = new_relationship(
            policy=ProgrammePolicy(relationship=policy), mentor_zone=zone, mentee_zone="UTC"
        )
        self.take(relationship_moves.start(self.relationship, NOW))

    def wait(self, pause: timedelta, is_down: bool = False) -> None:
        until = self.now + pause
        while not is_down and (step := next_step(self.relationship)) and step.at <= until:
            self.now = max(self.now, step.at)
            self.settle()
        self.now = until
        self.settle()

    def settle(self) -> None:
        while command := relationship_moves.due(self.relationship, self.now):
            self.take(relationship_moves.decide(self.relationship, command, SYSTEM, self.now))

    def send(self, command: Command, actor: Actor) -> None:
        before = self.relationship.model_copy(deep=True)
        try:
            decision = relationship_moves.decide(self.relationship, command, actor, self.now)
        except ProcessError:
            assert self.relationship == before
        else:
            assert decision.after.state in MOVES[before.state, command.name]
            assert not before.is_finished or isinstance(command, MailBounced)
            self.take(decision)

    def take(self, decision: Decision[Relationship]) -> None:
        before, after = self.relationship, decision.after
        assert after.version == before.version + bool(decision.entries)
        assert [entry.seq for entry in decision.entries] == list(range(before.entries + 1, after.entries + 1))
        # An effect is saved in the transaction of its version: without one it would be lost.
        assert bool(decision.entries) or not (decision.mails or decision.effects)
        keys = {order.key for order in decision.mails}
        assert len(keys) == len(decision.mails)
        assert not keys & self.keys
        self.keys |= keys
        self.releases += sum(isinstance(effect, ReleasePlaces) for effect in decision.effects)
        self.relationship = Relationship.model_validate_json(after.model_dump_json())
        assert self.relationship == after
        assert self.releases == (after.state not in RUNNING)
        assert (next_step(after) is not None) == (
            after.state is RelationshipState.COMPLETING
            or (after.state is RelationshipState.COMPLETED and not after.is_finished)
        )


@settings(max_examples=120, deadline=None)
@given(
    policies,
    st.sampled_from(ZONES),
    st.lists(st.tuples(pauses, st.booleans(), commands, actors), max_size=25),
)
def test_any_life_keeps_its_promises(
    policy: RelationshipPolicy, zone: str, steps: list[tuple[timedelta, bool, Command, Actor]]
) -> None:
    life = Life(policy, zone)
    for pause, is_down, command, actor in steps:
        life.wait(pause, is_down)
        life.send(command, actor)


@settings(max_examples=40, deadline=None)
@given(policies, st.sampled_from(ZONES))
def test_a_sign_off_leads_to_the_end_by_itself(policy: RelationshipPolicy, zone: str) -> None:
    life = Life(policy, zone)
    life.send(SignOff(), ACTORS[Role.MENTEE])
    life.wait(timedelta(days=1000))
    assert life.relationship.state is RelationshipState.COMPLETED
    assert life.relationship.is_finished
