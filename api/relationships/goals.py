"""SMART goals: set one, change one, say how far it is."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.relationships import acts, reads
from api.relationships.pages import done, shared_area
from api.relationships.schemas import RelationshipOut
from api.web import words
from api.web.access import Ctx, Viewer, member_of
from api.web.act_forms import fields_of
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from api.web.pages import REFUSALS, Posted, Reader, dates_of, form_for, frame_of, refuse
from api.web.rendering import page
from api.web.words import Stage
from models.process.errors import IllegalMove, Invalid, NotAllowed
from models.process.relationship.parts.goals import PARTS, Goal, ReviseGoal, SetGoal, checked_part
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

NEXT = [
    Stage("It stands in your shared area, and both of you keep its progress up to date."),
    Stage("When its day comes, talk about how it went."),
]


@router.get("/relationships/{relationship_id}/goals")
async def new_goal(relationship_id: str, ctx: Ctx, viewer: Reader) -> Response:
    relationship = await _of_two(ctx, viewer, relationship_id)
    _check_running(relationship)
    return await _form_page(ctx, viewer, relationship, form_for(ctx, viewer))


@router.post("/relationships/{relationship_id}/goals")
async def set_goal(relationship_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    relationship = await _of_two(ctx, viewer, relationship_id)
    wrong = _wrong(sent)
    if wrong:
        return await _incomplete(ctx, viewer, relationship, sent, wrong)
    try:
        # The goal's id follows from the key, so that a form that is sent twice sets one goal.
        goal_id = str(uuid.uuid5(uuid.UUID(relationship.id), sent.key))
        command = SetGoal(goal_id=goal_id, **_parts(sent), due=_due(sent))
        acted = await acts.act_on_goal(ctx, viewer, relationship_id, command, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        return await _form_page(ctx, viewer, relationship, form, status=status)
    return done(ctx, viewer, relationship_id, command.offer.said, acted.lists_behind)


@router.get("/relationships/{relationship_id}/goals/{goal_id}")
async def one_goal(relationship_id: str, goal_id: str, ctx: Ctx, viewer: Reader) -> Response:
    relationship = await _of_two(ctx, viewer, relationship_id)
    goal = _found(relationship, goal_id)
    _check_running(relationship)
    form = form_for(ctx, viewer)
    form.values = values_of(goal.model_dump(mode="json", include={*PARTS, "due"}))
    return await _form_page(ctx, viewer, relationship, form, goal)


@router.post("/relationships/{relationship_id}/goals/{goal_id}")
async def revise_goal(relationship_id: str, goal_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    relationship = await _of_two(ctx, viewer, relationship_id)
    goal = _found(relationship, goal_id)
    wrong = _wrong(sent)
    if wrong:
        return await _incomplete(ctx, viewer, relationship, sent, wrong, goal)
    try:
        command = ReviseGoal(goal_id=goal.id, **_parts(sent), due=_due(sent))
        acted = await acts.act_on_goal(ctx, viewer, relationship_id, command, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        return await _form_page(ctx, viewer, relationship, form, goal, status)
    return done(ctx, viewer, relationship_id, command.offer.said, acted.lists_behind)


@router.post("/relationships/{relationship_id}/goals/{goal_id}/progress")
async def progress(relationship_id: str, goal_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    relationship = await _of_two(ctx, viewer, relationship_id)
    goal = _found(relationship, goal_id)
    try:
        reached = sent.number("progress", "Progress is a whole number from 0 to 100.")
        command = ReviseGoal(goal_id=goal.id, progress=goal.progress if reached is None else reached)
        acted = await acts.act_on_goal(ctx, viewer, relationship_id, command, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer, f"goal-{goal.id}")
        status = refuse(form, error, sent)
        return await shared_area(ctx, viewer, relationship, {f"goal-{goal.id}": form}, status=status)
    return done(ctx, viewer, relationship_id, words.DONE["progress"], acted.lists_behind)


async def _of_two(ctx: Context, viewer: Viewer, relationship_id: str) -> RelationshipOut:
    """The relationship, for the two of it. Raises NotFound, and NotAllowed for an admin."""
    relationship = await reads.relationship(ctx, viewer, relationship_id)
    if viewer.person_id not in {relationship.mentee.id, relationship.mentor.id}:
        raise NotAllowed(Sentence("Only the {t.mentee} and the {t.mentor} set goals."))
    return relationship


def _check_running(relationship: RelationshipOut) -> None:
    """Raises IllegalMove: nobody fills in a form that cannot be sent."""
    if "set-goal" not in relationship.allowed:
        raise IllegalMove("This has ended, so its goals stay as they are.")


def _found(relationship: RelationshipOut, goal_id: str) -> Goal:
    goal = next((goal for goal in relationship.goals if goal.id == goal_id), None)
    if goal is None:
        raise NotFound
    return goal


def _wrong(sent: Sent) -> dict[str, str]:
    """Everything that is wrong with the parts, at once: one at a time is too slow for six fields."""
    found: dict[str, str] = {}
    for name in PARTS:
        try:
            checked_part(name, sent.text(name))
        except Invalid as error:
            found[name] = error.sentence
    try:
        _due(sent)
    except Invalid as error:
        found["due"] = error.sentence
    return found


async def _incomplete(
    ctx: Context,
    viewer: Viewer,
    relationship: RelationshipOut,
    sent: Sent,
    wrong: dict[str, str],
    goal: Goal | None = None,
) -> Response:
    form = form_for(ctx, viewer)
    form.values, form.errors = sent.values, wrong
    return await _form_page(ctx, viewer, relationship, form, goal, 422)


def _parts(sent: Sent) -> dict[str, Any]:
    return {name: sent.text(name) for name in PARTS}


def _due(sent: Sent) -> date:
    sentence = "Please say by when it is to be reached (time-based)."
    due = sent.day("due", sentence)
    if due is None:
        raise Invalid(sentence, field="due")
    return due


async def _form_page(
    ctx: Context,
    viewer: Viewer,
    relationship: RelationshipOut,
    form: Form,
    goal: Goal | None = None,
    status: int = 200,
) -> Response:
    member = await member_of(ctx, viewer, relationship.programme)
    base = f"/relationships/{relationship.id}"
    return page(
        "goal.html",
        frame=frame_of(ctx, viewer, member, "relationships"),
        status=status,
        title="Change the goal" if goal else "Set a goal",
        button=(ReviseGoal if goal else SetGoal).offer.button,
        fields=fields_of(SetGoal),
        action=f"{base}/goals/{goal.id}" if goal else f"{base}/goals",
        base=base,
        other=relationship.mentor.name
        if viewer.person_id == relationship.mentee.id
        else relationship.mentee.name,
        form=form,
        stages=NEXT,
        dates=dates_of(ctx, member),
    )
