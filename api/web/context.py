"""What every request has at hand: the database, the engine, the clock, the keys. Made once per process."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast
from urllib.parse import urlsplit

from fastapi import Request as HttpRequest

from api.web.stalled import StalledFilter, StalledPage
from models.process.actors import Actor
from models.process.commands import Command
from models.process.draft.state import DraftAct
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.shortlist.state import Shortlist, ShortlistView
from models.store.database import Database
from models.store.pool import MentorPools
from models.store.saves import Saves
from workflows.messages import DraftView, ErasureView, ExportView


class Processes(Protocol):
    """What the API asks of the engine; `api.gateway.Gateway` is the real one.

    Every method raises a `models.process.errors.ProcessError` when the process refuses, `EngineDown` when
    nothing was recorded, and `Unconfirmed` when that cannot be known: the same key may then be sent again.
    """

    async def open_request(self, draft: Request) -> RequestView: ...

    async def act_on_request(
        self, view: RequestView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RequestView:
        """`request_hash` is a hash of what brought it. KeyReused: the key came with something else before."""
        ...

    async def act_on_relationship(
        self, relationship_id: str, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> RelationshipView: ...

    async def open_shortlist(self, draft: Shortlist, is_saved: Callable[[], Awaitable[bool]]) -> None:
        """Returns when the list has begun; `is_saved` waits for its row."""
        ...

    async def act_on_shortlist(
        self, view: ShortlistView, command: Command, actor: Actor, key: str, request_hash: str = ""
    ) -> ShortlistView: ...

    async def stalled(self, wanted: StalledFilter, limit: int, cursor: str | None) -> StalledPage: ...

    async def begin_erasure(
        self, person_id: str, grace: timedelta, *, by_operator: bool = False
    ) -> ErasureView: ...

    async def keep_data(self, person_id: str) -> ErasureView: ...

    async def begin_export(self, person_id: str, export_id: str) -> ExportView: ...

    async def delete_export(self, person_id: str) -> ExportView: ...

    async def do_with_draft(self, draft_id: str, act: DraftAct | None, actor_id: str) -> DraftView: ...

    async def is_reachable(self) -> bool: ...


@dataclass(frozen=True)
class Limits:
    """Hits per window for one caller, counted over all API processes; 0 switches a limit off.

    A client is an address on the network, which a whole office may share: 200 people who all sign in, some of
    them twice, and then answer by mail link within the hour are no attack.
    """

    sign_in_per_address: int = 10
    """Beyond it no try is refused, but mails become rare (`api.doors.signing`)."""
    sign_in_per_client: int = 1200
    link_posts_per_client: int = 2400
    writes_per_person: int = 1200
    window: timedelta = timedelta(hours=1)


MAX_REMEMBERED = 10_000


@dataclass(slots=True)
class Allowance:
    """What this process may still grant without asking: it was counted already."""

    left: int
    until: datetime


@dataclass(slots=True)
class Allowances:
    """Of all callers of one process; forgetting one costs a caller some hits, never grants any."""

    by_key: dict[str, Allowance] = field(default_factory=dict)

    def take(self, key: str, now: datetime) -> bool:
        found = self.by_key.get(key)
        if found is None or found.left <= 0 or found.until <= now:
            return False
        found.left -= 1
        return True

    def put(self, key: str, left: int, until: datetime) -> None:
        if len(self.by_key) >= MAX_REMEMBERED:
            self.by_key.clear()
        self.by_key[key] = Allowance(left, until)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """`keys` are the installation's secret keys, newest first; `base_url` has no slash at its end."""

    database: Database
    gateway: Processes
    base_url: str
    keys: tuple[str, ...] = field(repr=False)
    mailbox_enabled: bool = False
    limits: Limits = Limits()
    trusted_proxies: frozenset[str] = frozenset()
    """Peers whose `X-Forwarded-For` is believed."""
    session_idle: timedelta = timedelta(days=14)
    """A page session that is not used for so long has ended."""
    metrics_token: str = field(default="", repr=False)
    """What `/metrics` asks for as bearer; empty: nothing."""
    bounce_secret: str = field(default="", repr=False)
    """What machines send as bearer that hand in bounces; empty where none may."""
    read_your_writes: timedelta = timedelta(milliseconds=300)
    clock: Callable[[], datetime] = field(default=utc_now)
    wake_mail: Callable[[], None] = field(default=lambda: None)
    """Tells a delivery in the same process that a mail was queued, so that it need not wait for its poll."""
    saves: Saves = field(default_factory=Saves, repr=False)
    """What a worker in the same process has saved; without one, the database is asked."""
    allowances: Allowances = field(default_factory=Allowances, repr=False)
    pools: MentorPools = field(default_factory=MentorPools, repr=False)

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """Host of the base URL as it stands in the header `Host`: lower case, without its port."""
        name = (urlsplit(self.base_url).hostname or "").lower()
        return f"[{name}]" if ":" in name else name

    def secrets(self, label: str) -> tuple[bytes, ...]:
        """One 32-byte key per secret key, newest first, good for the purpose `label` and nothing else."""
        return tuple(
            hmac.digest(key.encode(), b"steadfast." + label.encode(), hashlib.sha256) for key in self.keys
        )


def context(request: HttpRequest) -> Context:
    """Dependency: the context of the app that serves this request."""
    return cast("Context", request.app.state.context)
