"""Which open requests wait too long: asked of the engine, page by page, those first that wait longest.

The engine gives its lists in an order of its own. So it is asked for one window of time after another, each
with so few requests that they can be read whole and sorted here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError

from api.web.failures import EngineDown
from api.web.paging import cursor_of, cut, read_cursor
from models.process.errors import Invalid
from models.process.request.state import INNER, OPEN
from workflows import attributes

LIST_SECONDS = 5.0
MANY = 1000
"""So many requests are read and sorted at once; the engine gives no more in one answer."""

SECOND = timedelta(seconds=1)
"""The shortest window. Windows begin at whole seconds: how finely an engine keeps times is its own affair."""

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
CENTURY = timedelta(days=36_525)
"""No wait begins later than this after the time that was asked for, which is at most so long ago."""


@dataclass(frozen=True, slots=True)
class StalledRequest:
    """One open request as the engine knows it. `next_what`: reminder, expiry, or None for neither."""

    request_id: str
    mentee_id: str
    mentor_id: str
    state: str
    since: datetime
    next_at: datetime | None
    next_what: str | None
    last_event: str

    @property
    def rank(self) -> tuple[datetime, str]:
        """Its place in the list."""
        return self.since, self.request_id


@dataclass(frozen=True, slots=True)
class StalledPage:
    items: list[StalledRequest]
    next: str | None


@dataclass(frozen=True, slots=True)
class StalledFilter:
    """`waiting_since`: only those whose present wait began at or before. Ids are UUIDs."""

    programme_id: str
    waiting_since: datetime
    state: str | None = None
    mentor_id: str | None = None
    mentee_id: str | None = None

    def query(self) -> str:
        """The visibility query. All that comes from outside is checked to be an id or a known state."""
        old = f"{attributes.SINCE.name} <= '{self.waiting_since.isoformat()}'"
        parts = [
            "WorkflowType = 'Request'",
            "ExecutionStatus = 'Running'",
            f"{attributes.PROGRAMME.name} = '{UUID(self.programme_id)}'",
            # What was left to the admins waits for them alone, so it counts as stalled at once.
            f"({old} OR {attributes.LAST_EVENT.name} = 'RequestLeftToAdmins')",
        ]
        if self.state:
            if self.state not in OPEN - INNER:
                raise Invalid("There are no open requests in this state.", field="state")
            parts.append(f"{attributes.STATE.name} = '{self.state}'")
        for key, field, value in (
            (attributes.MENTOR, "mentor", self.mentor_id),
            (attributes.MENTEE, "mentee", self.mentee_id),
        ):
            if value:
                parts.append(f"{key.name} = '{_checked_id(value, field)}'")
        return " AND ".join(parts)


async def list_stalled(
    client: Client, wanted: StalledFilter, limit: int, cursor: str | None, many: int = MANY
) -> StalledPage:
    """Open requests that wait, the longest wait first. Raises Invalid for a bad cursor, EngineDown."""
    last = read_cursor(cursor)
    lookup = _Lookup(client, wanted.query(), _whole(wanted.waiting_since + CENTURY), many)
    try:
        async with asyncio.timeout(LIST_SECONDS):
            found = await lookup.after(last, limit + 1)
    except (RPCError, TimeoutError) as error:
        raise EngineDown from error
    return page_of(found, limit, cursor)


def page_of(found: Iterable[StalledRequest], limit: int, cursor: str | None) -> StalledPage:
    """The first of those that come after the cursor, in the order of the list."""
    items, more = cut(_following(found, read_cursor(cursor)), limit)
    return StalledPage(items=list(items), next=cursor_of(*items[-1].rank) if more else None)


def _following(found: Iterable[StalledRequest], last: tuple[datetime, str] | None) -> list[StalledRequest]:
    return sorted((one for one in found if last is None or one.rank > last), key=lambda one: one.rank)


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Reads what a query finds, in windows of time up to `end`."""

    client: Client
    query: str
    end: datetime
    many: int

    async def after(self, last: tuple[datetime, str] | None, enough: int) -> list[StalledRequest]:
        """At least `enough` of those that follow the last one shown, or all that there are."""
        begin = _whole(last[0]) if last else BEGINNING
        found: list[StalledRequest] = []
        while begin < self.end and len(found) < enough:
            end = await self._end_of_window(begin)
            found += _following(await self._read(begin, end), last)
            begin = end
        return found

    async def _end_of_window(self, begin: datetime) -> datetime:
        """Halves the time that is left while too many fall into it, without going below the first of them."""
        low, high = begin, self.end
        size = await self._count(begin, high)
        while size > self.many and high - low > SECOND:
            middle = _whole(low + (high - low) / 2)
            part = await self._count(begin, middle)
            if part:
                high, size = middle, part
            else:
                low = middle
        return high

    async def _count(self, begin: datetime, end: datetime) -> int:
        return (await self.client.count_workflows(self._within(begin, end))).count

    async def _read(self, begin: datetime, end: datetime) -> list[StalledRequest]:
        pages = self.client.list_workflows(self._within(begin, end), page_size=MANY)
        return [_stalled(execution) async for execution in pages]

    def _within(self, begin: datetime, end: datetime) -> str:
        key = attributes.SINCE.name
        return f"{self.query} AND {key} >= '{begin.isoformat()}' AND {key} < '{end.isoformat()}'"


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _stalled(execution: WorkflowExecution) -> StalledRequest:
    found = execution.typed_search_attributes
    return StalledRequest(
        request_id=found[attributes.PROCESS],
        mentee_id=found[attributes.MENTEE],
        mentor_id=found[attributes.MENTOR],
        state=found[attributes.STATE],
        since=found[attributes.SINCE],
        next_at=found.get(attributes.NEXT_AT),
        next_what=found.get(attributes.NEXT_WHAT),
        last_event=found.get(attributes.LAST_EVENT) or "",
    )


def _checked_id(value: str, field: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Invalid("This is not the id of a person.", field=field) from None
