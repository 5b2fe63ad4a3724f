"""What the API and the pages read of relationships, and who sees what of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.relationships.schemas import ContactOut, RelationshipOut, SurveyOut
from api.web.access import Member, Viewer, as_role, roles_in
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import DEFAULT_LIMIT, cursor_of, cut, parse_id, read_cursor
from api.web.projection import beginning
from api.web.schemas import Page
from api.web.shapes import Background, background, each_once, next_out, timeline_of
from models.process.actors import Role
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import IN_TOUCH, RelationshipState
from models.process.relationship.view import RelationshipView
from models.process.surveys import Question, shown
from models.store import people
from models.store import relationships as relationship_store
from models.store.processes import SurveyRow


@dataclass(frozen=True)
class RelationshipFilter:
    as_role: Role | None = None
    states: tuple[RelationshipState, ...] = ()
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


async def relationship(ctx: Context, viewer: Viewer, relationship_id: str) -> RelationshipOut:
    """One relationship, for the two and the programme's admins. Raises NotFound, also for what is foreign."""
    wanted = parse_id(relationship_id)
    shown = await _one_relationship(ctx, viewer, wanted)
    if shown is None:
        await beginning(ctx, wanted, viewer.person_id)
        shown = await _one_relationship(ctx, viewer, wanted)
    if shown is None:
        raise NotFound
    return shown


async def _one_relationship(ctx: Context, viewer: Viewer, relationship_id: str) -> RelationshipOut | None:
    def work(session: Session) -> RelationshipOut | None:
        found = relationship_store.find(session, relationship_id, viewer.person_id)
        if found is None:
            return None
        view = found.view
        behind = background(session, view.programme_id, found.slug, [view])
        reachable = contacts(session, view, found.roles)
        shown = relationship_out(view, viewer.person_id, found.roles, found.loaded.surveys, behind)
        return shown.model_copy(update={"contacts": reachable})

    return await ctx.database.read(work)


async def relationships(ctx: Context, member: Member, wanted: RelationshipFilter) -> Page[RelationshipOut]:
    """Newest first, without contacts. Raises NotAllowed for `as_role` admin without being one."""
    role, me = as_role(member, wanted.as_role), member.person_id
    query = relationship_store.Wanted(
        programme_id=member.programme.id,
        mentee_id=me if role is Role.MENTEE else None,
        mentor_id=me if role is Role.MENTOR else None,
        states=wanted.states,
        after=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )

    def work(
        session: Session,
    ) -> tuple[Sequence[relationship_store.Loaded], bool, list[RelationshipView], Background]:
        found, more = cut(relationship_store.page(session, query), wanted.limit)
        views = [one.view for one in found]
        behind = background(session, member.programme.id, member.programme.slug, views)
        return found, more, views, behind

    found, more, views, behind = await ctx.database.read(work)
    items = [_relationship(member, one, behind) for one in found]
    last = cursor_of(views[-1].started_at, views[-1].id) if more else None
    return Page[RelationshipOut].model_construct(items=items, next=last)


def _relationship(member: Member, one: relationship_store.Loaded, behind: Background) -> RelationshipOut:
    roles = roles_in(member, one.view.mentee_id, one.view.mentor_id)
    return relationship_out(one.view, member.person_id, roles, one.surveys, behind)


def relationship_out(
    view: RelationshipView,
    viewer_id: str,
    roles: Collection[Role],
    surveys: Mapping[Role, SurveyRow],
    behind: Background,
) -> RelationshipOut:
    """A relationship as a person in `roles` may see it; contacts are added by `contacts`."""
    told = [_survey(row, behind) for _, row in sorted(surveys.items())]
    return RelationshipOut.model_construct(
        **{name: getattr(view, name) for name in _SAME_IN_RELATIONSHIP},
        programme=behind.slug,
        mentee=behind.person(view.mentee_id),
        mentor=behind.person(view.mentor_id),
        contacts=None,
        goals=list(view.goals),
        signed_by=view.signed_by.value if view.signed_by else None,
        next=next_out(view.next_at, view.next_what),
        allowed=each_once(relationship_moves.allowed(view, role) for role in roles),
        survey=next((one for one in told if one.person.id == viewer_id), None),
        # Each of the two reads their own answers alone, admin or not.
        surveys=told if set(roles) == {Role.ADMIN} else [],
        timeline=timeline_of(behind, view.id, roles),
    )


_SAME_IN_RELATIONSHIP = (
    "id",
    "request_id",
    "state",
    "started_at",
    "since",
    "ended_at",
    "sign_offs",
    "confirms_at",
)


def contacts(session: Session, view: RelationshipView, roles: Collection[Role]) -> list[ContactOut] | None:
    """How to reach both: for the two alone, and not any more once one of them or an admin has ended it."""
    if view.state not in IN_TOUCH or not {Role.MENTEE, Role.MENTOR}.intersection(roles):
        return None
    rows = people.contacts_of(session, view.programme_id, (view.mentee_id, view.mentor_id))
    return [
        ContactOut(id=row.id, name=row.name, email=row.email, contact=row.contact, time_zone=row.time_zone)
        for row in rows
    ]


def _survey(row: SurveyRow, behind: Background) -> SurveyOut:
    questions = [Question.model_validate(question) for question in row.questions]
    return SurveyOut(
        person=behind.person(row.person_id),
        state=row.state,  # type: ignore[arg-type]
        asked_at=row.asked_at,
        closes_at=row.closes_at,
        settled_at=row.settled_at,
        questions=questions,
        answers=shown(questions, row.answers),
    )
