"""What the API and the pages read of a programme, for its coordinators, and who sees what of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.desk.schemas import StalledOut
from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.paging import DEFAULT_LIMIT, before
from api.web.schemas import NextOut, Page, PersonRef
from api.web.stalled import StalledFilter as EngineFilter
from api.web.stalled import StalledRequest
from models.process.request.kinds import RequestKind
from models.process.request.state import OPEN, RequestState
from models.process.request.view import RequestView
from models.store import people
from models.store import requests as request_store
from models.store.timeline import Told, told_of


@dataclass(frozen=True)
class StalledFilter:
    """`older_than` counts from the beginning of the present wait; None: the programme's `stalled_after`."""

    older_than: timedelta | None = None
    state: RequestState | None = None
    mentor_id: str | None = None
    mentee_id: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


async def stalled(ctx: Context, member: Member, wanted: StalledFilter) -> Page[StalledOut]:
    """What waits too long, asked of the engine. Raises NotAllowed for those who are not admins."""
    programme = require_admin(member).programme
    age = programme.settings.stalled_after if wanted.older_than is None else wanted.older_than
    question = EngineFilter(
        programme_id=programme.id,
        waiting_since=before(ctx.clock(), age) or ctx.clock(),
        state=wanted.state.value if wanted.state else None,
        mentor_id=wanted.mentor_id,
        mentee_id=wanted.mentee_id,
    )
    page = await ctx.gateway.stalled(question, wanted.limit, wanted.cursor)
    ids = {person for one in page.items for person in (one.mentee_id, one.mentor_id)}

    def work(session: Session) -> tuple[dict[str, str], dict[str, RequestView], dict[str, list[Told]]]:
        names = people.names_of(session, programme.id, ids)
        views = request_store.among(session, [one.request_id for one in page.items])
        told = told_of(session, views)
        return names, views, told

    names, views, told = await ctx.database.read(work)
    found = [(one, views.get(one.request_id)) for one in page.items]
    # The engine's lists show an end up to a second later; an admin who has closed one should not see it.
    items = [
        _stalled(one, view, told[one.request_id], names)
        for one, view in found
        if view is None or view.state in OPEN
    ]
    return Page[StalledOut](items=items, next=page.next)


def _stalled(
    one: StalledRequest, view: RequestView | None, told: Sequence[Told], names: dict[str, str]
) -> StalledOut:
    return StalledOut(
        request_id=one.request_id,
        kind=view.kind if view else RequestKind.REQUEST,
        mentee=PersonRef(id=one.mentee_id, name=names.get(one.mentee_id, "")),
        mentor=PersonRef(id=one.mentor_id, name=names.get(one.mentor_id, "")),
        state=RequestState(one.state),
        since=one.since,
        next=NextOut(at=one.next_at, what=one.next_what) if one.next_at and one.next_what else None,
        closes_at=view.closes_at if view else None,
        last_event=one.last_event,
        last_event_at=_last(told, one.last_event),
        reminded_at=_last((entry for entry in told if entry.at > one.since), "ReminderSent"),
        extend_by=view.rules.extend_by if view and view.rules else None,
        left_to_admins=view is not None and view.left_to_admins is not None,
    )


def _last(told: Iterable[Told], what: str) -> datetime | None:
    return max((entry.at for entry in told if entry.what == what), default=None)
