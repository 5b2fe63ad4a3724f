"""Relationships: goals, completion, surveys."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api.relationships import acts, reads
from api.relationships.reads import RelationshipFilter
from api.relationships.schemas import RelationshipOut, RelationshipQuery, SurveyIn
from api.web.access import Ctx, Viewer
from api.web.act_routes import Fields, Send, add_act, sending
from api.web.context import Context
from api.web.errors import NotFound
from api.web.idempotency import Reply
from api.web.json_routes import OnlyOnce, Part, Who, answer, json_router
from api.web.keys import made_id
from api.web.paging import parse_id
from api.web.problems import ACTING, LIST, ONE, problems
from api.web.schemas import Page
from models.process.commands import Command
from models.process.errors import Invalid
from models.process.relationship.moves import COMMANDS
from models.process.relationship.parts.goals import Goal, ReviseGoal, SetGoal
from models.process.relationship.parts.surveys import AnswerSurvey

router = json_router("relationships")

DOING = problems(*ACTING)
_ONE = "/relationships/{relationship_id}"


@router.get(
    "/programmes/{slug}/relationships", response_model=Page[RelationshipOut], responses=problems(*LIST)
)
async def list_relationships(
    ctx: Ctx, member: Part, query: Annotated[RelationshipQuery, Query()]
) -> Response:
    """Newest first, without contacts: mine as mentee, mine as mentor, or all of them as an admin."""
    wanted = RelationshipFilter(query.role, tuple(query.state), query.limit, query.cursor)
    return answer(await reads.relationships(ctx, member, wanted))


@router.get(_ONE, response_model=RelationshipOut, responses=problems(*ONE))
async def get_relationship(ctx: Ctx, who: Who, relationship_id: str) -> Response:
    """One relationship, for the two and, without contacts, the programme's admins."""
    return answer(await reads.relationship(ctx, who, relationship_id))


async def goal_setter(ctx: Ctx, who: Who, once: OnlyOnce, relationship_id: str) -> Send:
    """Dependency: what sets a goal; its id follows from the key."""

    async def send(command: type[Command], fields: Fields) -> Response:
        goal_id = made_id(who.person_id, once.key)
        where = f"/api/v1/relationships/{parse_id(relationship_id)}/goals/{goal_id}"

        async def act(key: str, request_hash: str) -> Reply:
            wanted = SetGoal(goal_id=goal_id, **fields)
            acted = await acts.act_on_goal(ctx, who, relationship_id, wanted, key, request_hash)
            return Reply(acted.value, 201, where, acted.lists_behind)

        async def again() -> Reply:
            return Reply(await _goal_again(ctx, who, relationship_id, goal_id), 201, where)

        return await once.by_process(act, again)

    return send


add_act(
    router,
    f"{_ONE}/goals",
    SetGoal,
    to=Annotated[Send, Depends(goal_setter)],
    response_model=Goal,
    status_code=201,
)


@router.get(f"{_ONE}/goals/{{goal_id}}", response_model=Goal, responses=problems(*ONE))
async def get_goal(ctx: Ctx, who: Who, relationship_id: str, goal_id: str) -> Response:
    """One goal."""
    return answer(await _goal_again(ctx, who, relationship_id, parse_id(goal_id)))


async def goal_reviser(ctx: Ctx, who: Who, once: OnlyOnce, relationship_id: str, goal_id: str) -> Send:
    """Dependency: what changes the goal of the path."""

    async def send(command: type[Command], fields: Fields) -> Response:
        revised = ReviseGoal(goal_id=parse_id(goal_id), **fields)

        async def act(key: str, request_hash: str) -> Reply:
            try:
                acted = await acts.act_on_goal(ctx, who, relationship_id, revised, key, request_hash)
            except Invalid as error:
                # Only the process knows: the projection may not have the goal that it set a moment ago.
                raise NotFound if error.field == "goal_id" else error from error
            return Reply(acted.value, lists_behind=acted.lists_behind)

        async def again() -> Reply:
            return Reply(await _goal_again(ctx, who, relationship_id, revised.goal_id))

        return await once.by_process(act, again)

    return send


add_act(
    router,
    f"{_ONE}/goals/{{goal_id}}",
    ReviseGoal,
    to=Annotated[Send, Depends(goal_reviser)],
    response_model=Goal,
    methods=["PATCH"],
    needs_body=True,
)


async def _goal_again(ctx: Context, who: Viewer, relationship_id: str, goal_id: str) -> Goal:
    return _goal(await reads.relationship(ctx, who, relationship_id), goal_id)


def _goal(relationship: RelationshipOut, goal_id: str) -> Goal:
    found = next((goal for goal in relationship.goals if goal.id == goal_id), None)
    if found is None:
        raise NotFound
    return found


async def sender(ctx: Ctx, who: Who, once: OnlyOnce, relationship_id: str) -> Send:
    """Dependency: what sends one command to the relationship of the path and answers with how it stands."""
    return sending(
        once,
        partial(acts.act_on_relationship, ctx, who, relationship_id),
        lambda _: reads.relationship(ctx, who, relationship_id),
    )


To = Annotated[Send, Depends(sender)]


@router.post(f"{_ONE}/survey", response_model=RelationshipOut, responses=DOING)
async def survey(send: To, body: SurveyIn) -> Response:
    """Answers one's own survey; the other side does not see the answers, admins do."""
    answers = {key: str(given) for key, given in body.answers.items()}
    return await send(AnswerSurvey, {"answers": answers})


for command in COMMANDS.values():
    if command.is_act() and command not in {SetGoal, ReviseGoal, AnswerSurvey}:
        add_act(router, f"{_ONE}/{command.name}", command, to=To, response_model=RelationshipOut)
