"""The shared area of a mentee and a mentor: how to reach each other, goals, and a proper end."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.links.confirm import completion, confirming
from api.pairs import not_again
from api.relationships import acts, keepsake, reads, surveying
from api.relationships.schemas import ContactOut, RelationshipOut
from api.web import journeys, present
from api.web.access import Ctx, Viewer, member_of
from api.web.act_forms import acts_of, command_of, read
from api.web.context import Context
from api.web.forms import Form, Forms, Sent, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, Posted, Reader, dates_of, form_for, frame_of, refuse
from api.web.rendering import page
from models.process.actors import Role
from models.process.commands import Command
from models.process.relationship.moves import COMMANDS
from models.process.relationship.parts.completion import ConfirmCompletion
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

CONFIRM = "confirm"
"""The form that takes both answers to a sign-off."""


def _command(name: str, now: RelationshipOut, sent: Sent) -> Command:
    """What the form of that name sends. Raises NotFound and Invalid."""
    if name == CONFIRM:
        return completion(sent)
    if name == AnswerSurvey.name:
        return AnswerSurvey(answers=_answers(now, sent))
    return read(command_of(COMMANDS, name), sent)


def _answers(now: RelationshipOut, sent: Sent) -> dict[str, str]:
    return surveying.answers(now.survey.questions if now.survey else [], sent)


@router.get("/relationships/{relationship_id}")
async def one_relationship(relationship_id: str, ctx: Ctx, viewer: Reader, said: Said) -> Response:
    relationship = await reads.relationship(ctx, viewer, relationship_id)
    return await shared_area(ctx, viewer, relationship, notice=said)


@router.post("/relationships/{relationship_id}/{command}")
async def act(relationship_id: str, command: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    now = await reads.relationship(ctx, viewer, relationship_id)
    try:
        said = _command(command, now, sent)
        acted = await acts.act_on_relationship(ctx, viewer, relationship_id, said, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer, command)
        status = refuse(form, error, sent)
        now = await reads.relationship(ctx, viewer, relationship_id)
        return await shared_area(ctx, viewer, now, {command: form}, status=status)
    return done(ctx, viewer, relationship_id, said.offer.said, acted.lists_behind)


def done(ctx: Context, viewer: Viewer, relationship_id: str, text: str, behind: bool) -> Response:
    """The shared area, which says what was done there."""
    return go_and_say(ctx, viewer.session, f"/relationships/{relationship_id}", text, behind)


async def shared_area(
    ctx: Context,
    viewer: Viewer,
    relationship: RelationshipOut,
    refused: dict[str, Form] | None = None,
    *,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    """The page of a relationship; `refused` forms are shown as they were sent."""
    member = await member_of(ctx, viewer, relationship.programme)
    role = present.role_in(relationship, viewer.person_id)
    dates = dates_of(ctx, member)
    said = present.relationship_words(relationship, role)
    questions = surveying.asked(relationship.survey.questions) if relationship.survey else []
    labels = surveying.labels(questions)
    forms = Forms.of(_forms(ctx, viewer, relationship), refused or {}, labels)
    kept = keepsake.of(relationship, dates)
    ended = relationship.ended_at is not None
    letters = keepsake.letters(relationship.timeline, viewer.person_id) if ended else []
    return page(
        "relationship.html",
        frame=frame_of(ctx, viewer, member, "relationships"),
        status=status,
        relationship=relationship,
        base=f"/relationships/{relationship.id}",
        title=keepsake.title(relationship, role) if kept else _title(relationship, role),
        words=said,
        journey=journeys.of_relationship(relationship, role, dates),
        keepsake=kept,
        is_mentee=role is Role.MENTEE,
        letters=letters,
        contact=_other(relationship, viewer),
        questions=questions,
        forms=forms.offered,
        acts=acts_of(COMMANDS, forms.offered, said.other),
        confirming=confirming(said.other),
        refused=forms.refused,
        lost=forms.lost,
        progress_forms=_of_goals(relationship, forms),
        can_set_goal="set-goal" in relationship.allowed,
        lines=present.lines(
            relationship.timeline, viewer.person_id, role, dates, [letter.words for letter in letters]
        ),
        notice=notice,
        dates=dates,
        not_again=await not_again.read(ctx, viewer, relationship.id)
        if ended and role is not Role.ADMIN
        else None,
        plain_form=form_for(ctx, viewer),
    )


def _forms(ctx: Context, viewer: Viewer, relationship: RelationshipOut) -> dict[str, Form]:
    """One empty form for each thing that the viewer may do now, a small one for the progress of each goal."""
    forms = {name: form_for(ctx, viewer, name) for name in relationship.allowed}
    if ConfirmCompletion.name in forms:
        forms[CONFIRM] = form_for(ctx, viewer, CONFIRM)
    if "revise-goal" in relationship.allowed:
        for goal in relationship.goals:
            forms[f"goal-{goal.id}"] = form_for(ctx, viewer, f"goal-{goal.id}")
            forms[f"goal-{goal.id}"].values = values_of({"progress": goal.progress})
    return forms


def _of_goals(relationship: RelationshipOut, forms: Forms) -> dict[str, Form]:
    """The forms for progress, by goal."""
    found = {goal.id: forms.offered.get(f"goal-{goal.id}") for goal in relationship.goals}
    return {goal_id: form for goal_id, form in found.items() if form is not None}


def _title(relationship: RelationshipOut, role: Role) -> str:
    if role is Role.ADMIN:
        mentor, mentee = relationship.mentor.name, relationship.mentee.name
        return Sentence(
            "{mentor} is the {t.mentor} of {mentee}",
            mentor=present.isolated(mentor),
            mentee=present.isolated(mentee),
        )
    other = relationship.mentee if role is Role.MENTOR else relationship.mentor
    return f"You and {present.isolated(other.name)}"


def _other(relationship: RelationshipOut, viewer: Viewer) -> ContactOut | None:
    return next((one for one in relationship.contacts or [] if one.id != viewer.person_id), None)
