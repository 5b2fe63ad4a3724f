"""The projection of relationships with their goals and surveys, as lists and pages read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.relationship.view import RelationshipView, SurveyView
from models.store.newest import newest
from models.store.processes import GoalRow, RelationshipRow, SurveyRow
from models.store.projections import APART
from models.store.requests import need_defaults, roles_in, values_of
from models.store.tables import MemberRow, ProgrammeRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which relationships: `after` is the (started_at, id) of the last one seen; newest first."""

    programme_id: str
    mentee_id: str | None = None
    mentor_id: str | None = None
    states: Sequence[RelationshipState] = ()
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Loaded:
    """A relationship and, by side, what its surveys ask and were answered."""

    view: RelationshipView
    surveys: dict[Role, SurveyRow]


@dataclass(frozen=True, slots=True)
class Found:
    """A relationship with the programme's slug and what the person who asked for it is there."""

    loaded: Loaded
    slug: str
    roles: tuple[Role, ...]

    @property
    def view(self) -> RelationshipView:
        return self.loaded.view


@dataclass(frozen=True, slots=True)
class Known:
    """Who is who in a relationship, and what the person who asked is there."""

    id: str
    mentee_id: str
    mentor_id: str
    slug: str
    roles: tuple[Role, ...]


def find(session: Session, relationship_id: str, person_id: str) -> Found | None:
    """The relationship as far as the person may know of it: as one of the two or as an admin; else None."""
    asked = {"id": relationship_id, "person_id": person_id}
    row = session.execute(_FOR_PERSON, asked).one_or_none()
    if row is None:
        return None
    relationship, slug, is_admin = row
    roles = roles_in(person_id, relationship.mentee_id, relationship.mentor_id, is_admin)
    if not roles:
        return None
    return Found(loaded(session, [relationship])[0], slug, roles)


_FOR_PERSON = (
    select(RelationshipRow, ProgrammeRow.slug, MemberRow.is_admin)
    .join(ProgrammeRow, ProgrammeRow.id == RelationshipRow.programme_id)
    .join(MemberRow, MemberRow.programme_id == RelationshipRow.programme_id)
    .where(
        RelationshipRow.id == bindparam("id"),
        MemberRow.person_id == bindparam("person_id"),
        MemberRow.left_at.is_(None),
    )
)


def known(session: Session, relationship_id: str, person_id: str) -> Known | None:
    """Like `find` without what the relationship holds, for who is about to act."""
    asked = {"id": relationship_id, "person_id": person_id}
    row = session.execute(_SIDES, asked).one_or_none()
    if row is None:
        return None
    mentee_id, mentor_id, slug, is_admin = row
    roles = roles_in(person_id, mentee_id, mentor_id, is_admin)
    return Known(relationship_id, mentee_id, mentor_id, slug, roles) if roles else None


_SIDES = _FOR_PERSON.with_only_columns(
    RelationshipRow.mentee_id, RelationshipRow.mentor_id, ProgrammeRow.slug, MemberRow.is_admin
)


def surveys_of(session: Session, view: RelationshipView) -> dict[Role, SurveyRow]:
    """What its surveys ask and were answered, by side; nothing is asked of one that has none."""
    if not view.surveys:
        return {}
    return {_side(view, one): one for one in session.scalars(_SURVEYS, {"ids": [view.id]})}


def _side(pair: RelationshipRow | RelationshipView, survey: SurveyRow) -> Role:
    return Role.MENTEE if survey.person_id == pair.mentee_id else Role.MENTOR


def version_of(session: Session, relationship_id: str) -> int:
    """How far the projection has come; -1 before there is a row."""
    found = session.scalar(_VERSION, {"id": relationship_id})
    return -1 if found is None else found


_VERSION = select(RelationshipRow.version).where(RelationshipRow.id == bindparam("id"))


def page(session: Session, wanted: Wanted) -> list[Loaded]:
    """At most `limit` relationships, newest first."""
    where = [RelationshipRow.programme_id == wanted.programme_id]
    if wanted.mentee_id is not None:
        where.append(RelationshipRow.mentee_id == wanted.mentee_id)
    if wanted.mentor_id is not None:
        where.append(RelationshipRow.mentor_id == wanted.mentor_id)
    query = newest(
        RelationshipRow,
        RelationshipRow.started_at,
        where,
        sorted({state.value for state in wanted.states}),
        wanted.after,
        wanted.limit,
        of_one=wanted.mentee_id is not None or wanted.mentor_id is not None,
    )
    return loaded(session, list(session.scalars(query)))


def loaded(session: Session, rows: Sequence[RelationshipRow]) -> list[Loaded]:
    """With goals and surveys of all of them in one query each."""
    ids = [row.id for row in rows]
    goals: dict[str, list[GoalRow]] = defaultdict(list)
    surveys: dict[str, list[SurveyRow]] = defaultdict(list)
    if ids:
        for goal in session.scalars(_GOALS, {"ids": ids}):
            goals[goal.relationship_id].append(goal)
        for survey in session.scalars(_SURVEYS, {"ids": ids}):
            surveys[survey.relationship_id].append(survey)
    return [_one(row, goals[row.id], surveys[row.id]) for row in rows]


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_GOALS = select(GoalRow).where(GoalRow.relationship_id.in_(_IDS)).order_by(GoalRow.position)
_SURVEYS = select(SurveyRow).where(SurveyRow.relationship_id.in_(_IDS))


def _one(row: RelationshipRow, goals: Sequence[GoalRow], surveys: Sequence[SurveyRow]) -> Loaded:
    sides = {_side(row, one): one for one in surveys}
    parts = {
        "goals": [_columns(goal, Goal) for goal in goals],
        "surveys": {side: _columns(survey, SurveyView) for side, survey in sides.items()},
    }
    return Loaded(RelationshipView.model_validate(values_of(row, RelationshipView) | parts), sides)


need_defaults(RelationshipView, RelationshipRow, APART)


def _columns(row: GoalRow | SurveyRow, part: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in part.model_fields}
