"""Publishing pairs: the request that each of them becomes, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.holidays import kept_holidays, own_days
from models.process.actors import Actor, Role
from models.process.match import Basis, MatchReason
from models.process.programme import ProgrammeSettings
from models.process.request.kinds import RequestKind
from models.process.request.state import Request, RequestState
from models.process.terms import in_terms
from models.store.asking import members_of
from models.store.drafting import Item, note_progress
from models.store.drafts import DraftChoiceRow, DraftRow
from models.store.processes import RequestRow
from models.store.tables import ProgrammeRow

Refusals = Mapping[str, str]
"""Why a pair could not be, by the id of its request; empty where it could."""


def request_id(choice: DraftChoiceRow) -> str:
    """The same however often it is published."""
    return str(uuid.uuid5(uuid.UUID(choice.draft_id), f"{choice.mentee_id}/{choice.mentor_id}"))


def requests_of(session: Session, draft: DraftRow, items: list[Item], now: datetime) -> list[Request]:
    """The requests that items become; without those that an earlier attempt has brought to their end."""
    choices = [one for item in items for one in item.choices]
    ids = [request_id(one) for one in choices]
    done = select(RequestRow.id).where(
        RequestRow.id.in_(ids), RequestRow.state == RequestState.ACCEPTED.value
    )
    known = set(session.scalars(done))
    programme = session.get_one(ProgrammeRow, draft.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    return [_request(session, draft, settings, one, now) for one in choices if request_id(one) not in known]


def _request(
    session: Session, draft: DraftRow, settings: ProgrammeSettings, choice: DraftChoiceRow, now: datetime
) -> Request:
    pair = (choice.mentee_id, choice.mentor_id)
    members = members_of(session, draft.programme_id, pair, lock=False)
    mentee, mentor = members[pair[0]], members[pair[1]]
    calendar = settings.holiday_calendar
    return Request(
        id=request_id(choice),
        kind=RequestKind.PAIRING,
        version=0,
        programme_id=draft.programme_id,
        mentee_id=pair[0],
        mentor_id=pair[1],
        mentee_zone=mentee.time_zone,
        mentor_zone=mentor.time_zone,
        mentee_days=own_days(mentee.country, calendar, now),
        mentor_days=own_days(mentor.country, calendar, now),
        policy=settings.policy(kept_holidays(calendar, now)),
        since=now,
        created_at=now,
        basis=Basis.GAPS,
        score=choice.score,
        reasons=tuple(MatchReason.model_validate(one) for one in choice.reasons),
        message="",
        paired_by=Actor(role=Role.ADMIN, person_id=draft.published_by or draft.created_by),
    )


def settle(session: Session, draft: DraftRow, items: list[Item], refusals: Refusals) -> None:
    """Writes down what came of some items."""
    programme = session.get_one(ProgrammeRow, draft.programme_id)
    words = ProgrammeSettings.kept(programme.settings).terms.words
    for item in items:
        for choice in item.choices:
            choice.left_out = in_terms(refusals.get(request_id(choice), ""), words)
        item.row.is_settled = True
    session.flush()
    note_progress(session, draft.id)
