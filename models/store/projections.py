"""Writing the projections: version-guarded, so that a step saved twice or late changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.process.actors import Role
from models.process.effects import RecordAnswers
from models.process.relationship.base import RUNNING
from models.process.relationship.parts.goals import Goal
from models.process.relationship.view import RelationshipView, SurveyView
from models.process.request.state import OPEN
from models.process.request.view import RequestView
from models.process.surveys import Question
from models.process.timeline import Entry
from models.store.processes import (
    GoalRow,
    RelationshipRow,
    RequestRow,
    ShortlistRow,
    SurveyRow,
    TimelineRow,
)
from models.store.tables import Base
from models.store.upsert import insert_new, replace_older

Rest = Mapping[str, Any] | None
APART = frozenset({"goals", "surveys"})
"""Parts of a relationship that have tables of their own."""


def pair_of(one: str, other: str) -> str:
    """Both person ids, the lower one first."""
    return "/".join(sorted((one, other)))


class Beginning(NamedTuple):
    """What is recorded of a request: `version` 0 while it is only reserved, `since` when its wait began."""

    version: int
    since: datetime
    programme_id: str
    mentee_id: str
    mentor_id: str


def beginning_of(session: Session, request_id: str) -> Beginning | None:
    """None: there is no such."""
    found = session.execute(_BEGINNING, {"id": request_id}).one_or_none()
    return None if found is None else Beginning._make(found)


_BEGINNING = select(*(getattr(RequestRow, name) for name in Beginning._fields)).where(
    RequestRow.id == bindparam("id")
)


def workflow_of(session: Session, process_id: str) -> str | None:
    """The workflow id of a request, a relationship or a shortlist."""
    for row in (RequestRow, RelationshipRow, ShortlistRow):
        found: str | None = session.scalar(select(row.workflow_id).where(row.id == process_id))
        if found:
            return found
    return None


def reserve_request(session: Session, view: RequestView, workflow_id: str, rest: Rest = None) -> None:
    """The first row of a request, version 0. Raises IntegrityError when the pair has an open one."""
    session.connection().execute(_NEW_REQUEST, _request_values(view, workflow_id, rest))


_NEW_REQUEST = insert(RequestRow)


def to_newer(here: Any, new: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = here.version < new.version
    return found


def _as_new(here: Any, new: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = here.version <= new.version
    return found


def _not_newer(here: Any, new: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = here.updated_at <= new.updated_at
    return found


def _unsettled(here: Any, _new: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = here.settled_at.is_(None)
    return found


def save_request(
    session: Session, view: RequestView, workflow_id: str, rest: Rest = None, *, again: bool = False
) -> None:
    """`rest`: of `models.process.whole.rest_of`. `again` writes over a row of the same version as well: it
    may have been changed by something else."""
    values = _request_values(view, workflow_id, rest)
    replace_older(session, RequestRow, [values], _as_new if again else to_newer)


def _request_values(view: RequestView, workflow_id: str, rest: Rest) -> dict[str, Any]:
    return {
        **projected(RequestRow, view, rest),
        "is_open": view.state in OPEN,
        "pair": pair_of(view.mentee_id, view.mentor_id),
        "workflow_id": workflow_id,
    }


def projected(row: type[Base], view: BaseModel, rest: Rest) -> dict[str, Any]:
    """What the columns of a projection hold of a view; what has no column joins the rest of the process."""
    columns = row.__table__.columns
    shown, plain = view.model_dump(), view.model_dump(mode="json")
    values = {
        # JSON and texts take what JSON has; dates stay dates.
        name: value if isinstance(value, datetime) else plain[name]
        for name, value in shown.items()
        if name in columns
    }
    more = {name: value for name, value in plain.items() if name not in columns and name not in APART}
    return {**values, "rest": {**(rest or {}), **more, "version": plain["version"]} if rest or more else None}


def save_relationship(
    session: Session,
    view: RelationshipView,
    workflow_id: str,
    rest: Rest = None,
    *,
    again: bool = False,
) -> None:
    """`rest` and `again` are those of `save_request`."""
    values = projected(RelationshipRow, view, rest) | {"workflow_id": workflow_id}
    replace_older(session, RelationshipRow, [values], _as_new if again else to_newer)


def is_forgotten(session: Session, view: RequestView | RelationshipView, entries: Sequence[Entry]) -> bool:
    """Whether the process has forgotten its own end: it ended otherwise than `view` says, and that was saved.

    So it is with an engine that was restored from a backup older than the database.
    """
    if not entries:
        return False
    told = session.scalar(_TOLD, {"process_id": view.id, "seq": entries[-1].seq})
    if told is None or told == entries[-1].what:
        return False
    table, going_on = (RequestRow, OPEN) if isinstance(view, RequestView) else (RelationshipRow, RUNNING)
    state = session.scalar(select(table.state).where(table.id == view.id))
    return state not in going_on and state != view.state


_TOLD = select(TimelineRow.what).where(
    TimelineRow.process_id == bindparam("process_id"), TimelineRow.seq == bindparam("seq")
)


def save_goals(session: Session, relationship_id: str, goals: Sequence[Goal]) -> None:
    """Goals are only ever added or revised; the later revision wins."""
    rows = [
        {"relationship_id": relationship_id, "position": position, **goal.model_dump()}
        for position, goal in enumerate(goals)
    ]
    replace_older(session, GoalRow, rows, _not_newer)


def save_surveys(
    session: Session,
    view: RelationshipView,
    questions: Sequence[Question],
    answers: Sequence[RecordAnswers],
) -> None:
    rows = [_survey_values(view, side, survey, questions) for side, survey in view.surveys.items()]
    replace_older(session, SurveyRow, rows, _unsettled, ("state", "closes_at", "settled_at"))
    for given in answers:
        person = view.mentee_id if given.side == "mentee" else view.mentor_id
        session.execute(
            update(SurveyRow)
            .where(SurveyRow.relationship_id == view.id, SurveyRow.person_id == person)
            .values(answers=given.answers)
        )


def _survey_values(
    view: RelationshipView, side: Role, survey: SurveyView, questions: Sequence[Question]
) -> dict[str, Any]:
    return {
        "relationship_id": view.id,
        "person_id": view.mentee_id if side == "mentee" else view.mentor_id,
        "questions": [question.model_dump(mode="json") for question in questions],
        "answers": {},
        **survey.model_dump(),
        "state": survey.state.value,
    }


def add_entries(session: Session, process_id: str, programme_id: str, entries: Sequence[Entry]) -> None:
    rows = [
        {
            "process_id": process_id,
            "programme_id": programme_id,
            **entry.model_dump(),
            "by_role": entry.by_role.value,
            "audience": entry.audience.value,
            "via": entry.via and entry.via.value,
        }
        for entry in entries
    ]
    insert_new(session, TimelineRow, rows)
