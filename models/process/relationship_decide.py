"""`start`, `decide` and `due`: everything that can happen to a relationship, as pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from models import mail
from models.process import calendar, goals, permissions, surveys, texts
from models.process.actors import SYSTEM, Actor, Role
from models.process.commands import Command, MailBounced
from models.process.effects import RecordAnswers, ReleasePlaces
from models.process.errors import IllegalMove, Invalid, NotAllowed
from models.process.relationship import (
    MOVES,
    SIDES,
    Relationship,
    RelationshipState,
    Survey,
    SurveyState,
    clock,
    next_step,
    survey_reminders,
)
from models.process.relationship_commands import (
    AnswerSurvey,
    ConfirmationOverdue,
    ConfirmCompletion,
    DeclineCompletion,
    EndRelationship,
    PartyLeft,
    ReviseGoal,
    SetGoal,
    SignOff,
    SurveyOverdue,
    SurveyReminderDue,
    WithdrawRelationship,
)
from models.process.step import Decision, Step
from models.process.timeline import Audience
from models.process.views import RelationshipView

S = RelationshipState

_STANDS = {
    S.ACTIVE: "is active",
    S.COMPLETING: "waits for the confirmation that it is complete",
    S.COMPLETED: "has been completed",
    S.WITHDRAWN: "has been ended by one of the two",
    S.ENDED: "has been ended by a coordinator",
}
_DECIDES_COMPLETION = frozenset({"confirm-completion", "decline-completion"})


def start(relationship: Relationship, now: datetime) -> Decision[Relationship]:
    """The first decision: both are told and see how to reach each other (L1)."""
    step = RelationshipStep(relationship.model_copy(update={"version": 0}), SYSTEM, now)
    step.note("RelationshipStarted")
    step.send_both(mail.RelationshipStarted(relationship_id=relationship.id))
    return step.done()


def decide(
    relationship: Relationship, command: Command, actor: Actor, now: datetime, recorded: bool = False
) -> Decision[Relationship]:
    """What `command` does. Raises one of `errors.ProcessError` and then changes nothing.

    What a clock and a zone say against a command counts until it is `recorded`; a replay may read them anew.
    """
    permissions.check(
        permissions.RELATIONSHIP, command.name, actor, relationship.mentee_id, relationship.mentor_id
    )
    if (relationship.state, command.name) not in MOVES:
        raise IllegalMove(f"This relationship {_STANDS[relationship.state]}, so this is not possible now.")
    if command.name in _DECIDES_COMPLETION and actor.role is relationship.signed_by:
        raise NotAllowed("You signed this off yourself; now the other side confirms.")
    step = RelationshipStep(relationship, actor, now)
    step.recorded = recorded
    _HANDLERS[type(command)](step, command)
    return step.done()


def due(relationship: Relationship, now: datetime) -> Command | None:
    """What has fallen due by `now`. A reminder of a survey that was missed as well goes before its end."""
    step = next_step(relationship)
    if step is None or step.at > now:
        return None
    if step.side is None:
        return ConfirmationOverdue()
    is_over = relationship.surveys[step.side].closes_at <= now
    if step.what == "survey-closing" or (is_over and relationship.policy.relationship.last_wait is None):
        return SurveyOverdue(side=step.side)
    return SurveyReminderDue(side=step.side)


def allowed(view: RelationshipView, role: Role) -> list[str]:
    """The commands that somebody in `role` may send now, in the order of the table."""
    survey = view.surveys.get(role)
    return [
        name
        for (state, name) in MOVES
        if state is view.state
        and role is not Role.SYSTEM
        and role in permissions.RELATIONSHIP[name]
        and not (name in _DECIDES_COMPLETION and role is view.signed_by)
        and not (name == "survey" and (survey is None or survey.state is not SurveyState.OPEN))
    ]


class RelationshipStep(Step[Relationship]):
    """The moves that end a relationship."""

    recorded = False

    def end(self, state: RelationshipState) -> None:
        self.set(state=state, since=self.now, ended_at=self.now, confirms_at=None)
        self.effects.append(ReleasePlaces())

    def other(self) -> Role:
        return Role.MENTOR if self.actor.role is Role.MENTEE else Role.MENTEE

    def goal_due(self, day: date) -> date:
        """Raises Invalid for a day that has passed where the acting person lives."""
        if not self.recorded:
            goals.checked_due(day, calendar.local_day(self.now, self.process.zone_of(self.actor.role)))
        return day

    def after(self, period: timedelta, side: Role) -> datetime:
        working, zone = clock(self.process, side)
        return calendar.due(self.now, period, working, zone, self.process.id)

    def new_survey(self, side: Role) -> Survey:
        reminders = survey_reminders(self.process, side, self.now)
        closes_at = self.after(self.process.policy.relationship.survey_close_after, side)
        return Survey(asked_at=self.now, reminders=reminders, closes_at=closes_at)

    def survey_end(self, side: Role, survey: Survey) -> datetime:
        """When it closes once the reminder that is due leaves now: later than before if it comes too late."""
        last_wait, key = self.process.policy.relationship.last_wait, self.process.id
        end = calendar.end_after(
            survey.reminders, survey.closes_at, last_wait, self.now, *clock(self.process, side), key
        )
        return end or survey.closes_at

    def put_survey(self, side: Role, survey: Survey) -> None:
        self.set(surveys={**self.process.surveys, side: survey})


def _set_goal(step: RelationshipStep, command: SetGoal) -> None:
    existing = step.process.goals
    if any(goal.id == command.goal_id for goal in existing):
        return
    if len(existing) >= goals.MAX_GOALS:
        raise Invalid(f"A relationship has {goals.MAX_GOALS} goals at the most; please change one of those.")
    parts: dict[str, Any] = {name: goals.checked_part(name, getattr(command, name)) for name in goals.PARTS}
    due = step.goal_due(command.due)
    goal = goals.Goal(
        id=command.goal_id,
        due=due,
        set_by=step.actor.person_id or "",
        created_at=step.now,
        updated_at=step.now,
        **parts,
    )
    step.set(goals=(*existing, goal))
    step.note("GoalSet", goal.title)


def _revise_goal(step: RelationshipStep, command: ReviseGoal) -> None:
    found = next((goal for goal in step.process.goals if goal.id == command.goal_id), None)
    if found is None:
        raise Invalid("There is no such goal in this relationship.", field="goal_id")
    changes: dict[str, Any] = {
        name: goals.checked_part(name, text)
        for name in goals.PARTS
        if (text := getattr(command, name)) is not None
    }
    if command.due is not None:
        changes["due"] = step.goal_due(command.due)
    if command.progress is not None:
        changes["progress"] = goals.checked_progress(command.progress)
    if not changes:
        raise Invalid("Please say what to change: the progress, the date, or one of the goal's parts.")
    revised = found.model_copy(update={**changes, "updated_at": step.now})
    step.set(goals=tuple(revised if goal.id == found.id else goal for goal in step.process.goals))
    step.note("GoalRevised", f"{revised.title}: {revised.progress} %")


def _sign_off(step: RelationshipStep, command: SignOff) -> None:
    comment = texts.clean(command.comment, "comment")
    other = step.other()
    confirms_at = step.after(step.process.policy.relationship.confirm_after, other)
    step.set(
        state=S.COMPLETING,
        since=step.now,
        signed_by=step.actor.role,
        sign_offs=step.process.sign_offs + 1,
        confirms_at=confirms_at,
    )
    step.note("CompletionSignedOff", comment)
    step.send(
        other,
        mail.CompletionRequested(
            relationship_id=step.process.id,
            comment=comment,
            round=step.process.sign_offs,
            confirms_at=confirms_at,
        ),
    )


def _confirm(step: RelationshipStep, command: ConfirmCompletion | ConfirmationOverdue) -> None:
    by_time = isinstance(command, ConfirmationOverdue)
    comment = "" if isinstance(command, ConfirmationOverdue) else texts.clean(command.comment, "comment")
    step.end(S.COMPLETED)
    step.note("CompletionConfirmedByTime" if by_time else "CompletionConfirmed", comment)
    for side in SIDES:
        survey = step.new_survey(side)
        step.put_survey(side, survey)
        props = mail.SurveyAsked(
            relationship_id=step.process.id, closes_at=survey.closes_at, confirmed_by_time=by_time
        )
        step.send(side, props)


def _decline(step: RelationshipStep, command: DeclineCompletion) -> None:
    comment = texts.required(command.comment, "comment", "Please say what is still to be done.")
    signed_by = step.other()
    step.set(state=S.ACTIVE, since=step.now, signed_by=None, confirms_at=None)
    step.note("CompletionDeclined", comment)
    step.send(signed_by, mail.CompletionDeclined(relationship_id=step.process.id, comment=comment))


def _withdraw(step: RelationshipStep, command: WithdrawRelationship) -> None:
    comment = texts.clean(command.comment, "comment")
    step.end(S.WITHDRAWN)
    step.note("RelationshipWithdrawn", comment)
    step.send(step.other(), mail.RelationshipWithdrawn(relationship_id=step.process.id, comment=comment))


def _end(step: RelationshipStep, command: EndRelationship) -> None:
    comment = texts.required(command.comment, "comment", "Please say why: both will read it.")
    step.end(S.ENDED)
    step.note("RelationshipEnded", comment)
    step.send_both(mail.RelationshipEnded(relationship_id=step.process.id, comment=comment))


def _answer(step: RelationshipStep, command: AnswerSurvey) -> None:
    side = step.actor.role
    survey = step.process.open_survey(side)
    if survey is None:
        raise IllegalMove("Your survey is closed already; thank you.")
    answers = surveys.checked(step.process.policy.relationship.survey_questions, command.answers)
    step.put_survey(side, _settled(survey, SurveyState.ANSWERED, step.now))
    step.note("SurveyAnswered", audience=Audience(side.value))
    step.effects.append(RecordAnswers(side=side, answers=answers))


def _remind_survey(step: RelationshipStep, command: SurveyReminderDue) -> None:
    survey = step.process.surveys[command.side]
    left = tuple(at for at in survey.reminders if at > step.now)
    closes_at, audience = step.survey_end(command.side, survey), Audience(command.side.value)
    if closes_at != survey.closes_at:
        day = calendar.local_day(closes_at, step.process.zone_of(command.side))
        step.note("ClosingDateMoved", day.isoformat(), audience)
    survey = survey.model_copy(update={"reminders": left, "closes_at": closes_at})
    step.put_survey(command.side, survey)
    step.note("SurveyReminderSent", audience=audience)
    props = mail.SurveyReminder(relationship_id=step.process.id, closes_at=survey.closes_at)
    step.send(command.side, props)


def _close_survey(step: RelationshipStep, command: SurveyOverdue) -> None:
    survey = step.process.surveys[command.side]
    step.put_survey(command.side, _settled(survey, SurveyState.UNANSWERED, step.now))
    step.note("SurveyUnanswered", audience=Audience(command.side.value))


def _leave(step: RelationshipStep, command: PartyLeft) -> None:
    """Ends whatever is still going on: a survey that nobody waits for any more closes as unanswered."""
    ran = step.process.state is not S.COMPLETED
    for side, survey in step.process.surveys.items():
        if survey.state is SurveyState.OPEN:
            step.put_survey(side, _settled(survey, SurveyState.UNANSWERED, step.now))
    if ran:
        step.end(S.WITHDRAWN)
        told = Role.MENTOR if command.side is Role.MENTEE else Role.MENTEE
        step.send(told, mail.RelationshipWithdrawn(relationship_id=step.process.id, comment="", left=True))
    step.note("RelationshipWithdrawn" if ran else "PartyLeft", f"The {command.side} has left the programme.")


def _settled(survey: Survey, state: SurveyState, now: datetime) -> Survey:
    return survey.model_copy(update={"state": state, "settled_at": now, "reminders": ()})


def _bounce(step: RelationshipStep, command: MailBounced) -> None:
    step.note("MailBounced", command.kind, Audience.ADMINS)


_HANDLERS: dict[type[Command], Callable[[RelationshipStep, Any], None]] = {
    SetGoal: _set_goal,
    ReviseGoal: _revise_goal,
    SignOff: _sign_off,
    ConfirmCompletion: _confirm,
    ConfirmationOverdue: _confirm,
    DeclineCompletion: _decline,
    WithdrawRelationship: _withdraw,
    EndRelationship: _end,
    AnswerSurvey: _answer,
    SurveyReminderDue: _remind_survey,
    SurveyOverdue: _close_survey,
    PartyLeft: _leave,
    MailBounced: _bounce,
}
