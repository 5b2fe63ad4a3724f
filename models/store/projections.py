"""Writing the projections: version-guarded, so that a step saved twice or late changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.process.effects import RecordAnswers
from models.process.goals import Goal
from models.process.request import OPEN
from models.process.surveys import Question
from models.process.timeline import Entry
from models.process.views import RelationshipView, RequestView
from models.store.processes import (
    GoalRow,
    RelationshipRow,
    RequestRow,
    SurveyRow,
    TimelineRow,
)
from models.store.upsert import insert


def pair_of(one: str, other: str) -> str:
    """Both person ids, the lower one first."""
    return "/".join(sorted((one, other)))


async def request_version(session: AsyncSession, request_id: str) -> int | None:
    """0: reserved but not saved yet; None: there is no such request."""
    return await session.scalar(select(RequestRow.version).where(RequestRow.id == request_id))


async def workflow_of(session: AsyncSession, process_id: str) -> str | None:
    """The workflow id of a request or relationship."""
    for row in (RequestRow, RelationshipRow):
        found: str | None = await session.scalar(select(row.workflow_id).where(row.id == process_id))
        if found:
            return found
    return None


async def reserve_request(session: AsyncSession, view: RequestView, workflow_id: str) -> None:
    """The first row of a request, version 0. Raises IntegrityError when the pair has an open one."""
    session.add(RequestRow(**_request_values(view, workflow_id)))
    await session.flush()


async def save_request(session: AsyncSession, view: RequestView, workflow_id: str) -> None:
    values = _request_values(view, workflow_id)
    statement = insert(session, RequestRow).values(values)
    newer = statement.on_conflict_do_update(
        index_elements=[RequestRow.id],
        set_={name: statement.excluded[name] for name in values if name != "id"},
        where=RequestRow.version < statement.excluded.version,
    )
    await session.execute(newer)


def _request_values(view: RequestView, workflow_id: str) -> dict[str, Any]:
    values = view.model_dump(exclude={"reasons"})
    return {
        **values,
        "state": view.state.value,
        "basis": view.basis.value,
        "reasons": [reason.model_dump(mode="json") for reason in view.reasons],
        "is_open": view.state in OPEN,
        "pair": pair_of(view.mentee_id, view.mentor_id),
        "workflow_id": workflow_id,
    }


async def save_relationship(session: AsyncSession, view: RelationshipView, workflow_id: str) -> None:
    values = view.model_dump(exclude={"goals", "surveys"})
    values |= {
        "state": view.state.value,
        "signed_by": view.signed_by.value if view.signed_by else None,
        "workflow_id": workflow_id,
    }
    statement = insert(session, RelationshipRow).values(values)
    newer = statement.on_conflict_do_update(
        index_elements=[RelationshipRow.id],
        set_={name: statement.excluded[name] for name in values if name != "id"},
        where=RelationshipRow.version < statement.excluded.version,
    )
    await session.execute(newer)


async def save_goals(session: AsyncSession, relationship_id: str, goals: Sequence[Goal]) -> None:
    """Goals are only ever added or revised; the later revision wins."""
    for position, goal in enumerate(goals):
        values = {"relationship_id": relationship_id, "position": position, **goal.model_dump()}
        statement = insert(session, GoalRow).values(values)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[GoalRow.relationship_id, GoalRow.id],
                set_={name: statement.excluded[name] for name in values},
                where=GoalRow.updated_at <= statement.excluded.updated_at,
            )
        )


async def save_surveys(
    session: AsyncSession,
    view: RelationshipView,
    questions: Sequence[Question],
    answers: Sequence[RecordAnswers],
) -> None:
    for side, survey in view.surveys.items():
        person = view.mentee_id if side == "mentee" else view.mentor_id
        values = {
            "relationship_id": view.id,
            "person_id": person,
            "questions": [question.model_dump(mode="json") for question in questions],
            "answers": {},
            **survey.model_dump(),
            "state": survey.state.value,
        }
        statement = insert(session, SurveyRow).values(values)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=[SurveyRow.relationship_id, SurveyRow.person_id],
                set_={name: statement.excluded[name] for name in ("state", "settled_at")},
                where=SurveyRow.settled_at.is_(None),
            )
        )
        for given in answers:
            if given.side == side:
                await session.execute(
                    update(SurveyRow)
                    .where(SurveyRow.relationship_id == view.id, SurveyRow.person_id == person)
                    .values(answers=given.answers)
                )


async def add_entries(
    session: AsyncSession, process_id: str, programme_id: str, entries: Sequence[Entry]
) -> None:
    if not entries:
        return
    rows = [
        {
            "process_id": process_id,
            "programme_id": programme_id,
            **entry.model_dump(),
            "by_role": entry.by_role.value,
            "audience": entry.audience.value,
        }
        for entry in entries
    ]
    await session.execute(insert(session, TimelineRow).values(rows).on_conflict_do_nothing())
