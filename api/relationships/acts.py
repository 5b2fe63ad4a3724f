"""What people do to relationships. Every act has a key: sent twice with it, it is done once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.relationships.reads import contacts, relationship_out
from api.relationships.schemas import ContactOut, RelationshipOut
from api.web.access import Viewer
from api.web.acts import ActResult, actor_for
from api.web.context import Context
from api.web.errors import NotFound
from api.web.keys import scoped
from api.web.paging import parse_id
from api.web.projection import beginning, caught_up
from api.web.shapes import Background, background
from models.process import permissions
from models.process.actors import Role
from models.process.commands import Command
from models.process.relationship.parts.goals import Goal, ReviseGoal, SetGoal
from models.process.relationship.view import RelationshipView
from models.store import faults
from models.store import relationships as relationship_store
from models.store.processes import SurveyRow


async def act_on_relationship(
    ctx: Context, viewer: Viewer, relationship_id: str, command: Command, key: str, request_hash: str = ""
) -> ActResult[RelationshipOut]:
    """Like `act_on_request`."""
    known, view = await _told(ctx, viewer, relationship_id, command, key, request_hash)
    return await _relationship_acted(ctx, viewer, view, known)


async def act_on_goal(
    ctx: Context,
    viewer: Viewer,
    relationship_id: str,
    command: SetGoal | ReviseGoal,
    key: str,
    request_hash: str = "",
) -> ActResult[Goal]:
    """Like `act_on_relationship`; of what came of it only the goal."""
    _, view = await _told(ctx, viewer, relationship_id, command, key, request_hash)
    goal = next(goal for goal in view.goals if goal.id == command.goal_id)
    return ActResult(goal, not await caught_up(ctx, relationship_store.version_of, view.id, view.version))


async def _told(
    ctx: Context, viewer: Viewer, relationship_id: str, command: Command, key: str, request_hash: str
) -> tuple[relationship_store.Known, RelationshipView]:
    """Who is who in the relationship, and how it stands after the command."""
    known = await _known(ctx, viewer, parse_id(relationship_id))
    if known is None:
        await beginning(ctx, parse_id(relationship_id), viewer.person_id)
        known = await _known(ctx, viewer, parse_id(relationship_id))
    if known is None:
        raise NotFound
    actor = actor_for(command, viewer, known.roles, known)
    permissions.check(command, actor, known)
    key = scoped(viewer.person_id, key)
    return known, await ctx.gateway.act_on_relationship(known.id, command, actor, key, request_hash)


async def _known(ctx: Context, viewer: Viewer, relationship_id: str) -> relationship_store.Known | None:
    return await ctx.database.read(
        lambda session: relationship_store.known(session, relationship_id, viewer.person_id)
    )


async def _relationship_acted(
    ctx: Context, viewer: Viewer, view: RelationshipView, known: relationship_store.Known
) -> ActResult[RelationshipOut]:
    behind = not await caught_up(ctx, relationship_store.version_of, view.id, view.version)
    roles, me = known.roles, viewer.person_id
    try:

        def work(session: Session) -> tuple[dict[Role, SurveyRow], Background, list[ContactOut] | None]:
            surveys = relationship_store.surveys_of(session, view)
            others = background(session, view.programme_id, known.slug, [view])
            reachable = contacts(session, view, roles)
            return surveys, others, reachable

        surveys, others, reachable = await ctx.database.read(work)
    except faults.ANY:
        nothing = Background(known.slug, {}, {})
        return ActResult(relationship_out(view, me, roles, {}, nothing), lists_behind=True)
    shown = relationship_out(view, me, roles, surveys, others)
    return ActResult(shown.model_copy(update={"contacts": reachable}), behind)
