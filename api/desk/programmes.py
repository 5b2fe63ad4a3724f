"""A programme's settings, for its admins (A5), and how far they hold for what is open (R12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.desk.schemas import OpenProcessesOut, ProgrammeOut
from api.web.access import Member, Programme, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on
from models.process.terms import in_terms
from models.store import policy_changes
from models.store import programmes as store
from models.store.policy_changes import Outlook
from models.store.tables import PolicyChangeRow, ProgrammeRow


@dataclass(frozen=True, slots=True)
class Change:
    """`open_processes`: it is to hold for open requests too. `dry_run`: nothing is done but said."""

    values: Mapping[str, Any] = field(default_factory=dict)
    open_processes: bool = False
    dry_run: bool = False

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Change:
        """From a body that has both beside the settings. Raises Invalid."""
        values = dict(body)
        flags = {name: _flag(name, values.pop(name, False)) for name in ("open_processes", "dry_run")}
        return cls(values, **flags)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid("Write true or false.", field=name)
    return value


async def settings(ctx: Context, member: Member) -> ProgrammeOut:
    """The settings as they are now. Raises NotAllowed for those who are not admins."""
    programme = require_admin(member).programme
    return await ctx.database.read(lambda session: _shown(session, programme.id))


async def change_settings(ctx: Context, member: Member, change: Change) -> ProgrammeOut:
    """Sets some settings, in JSON or text form. Raises Invalid that names the key, NotAllowed for others.

    New requests live by them; those that are open only where that is wanted.
    """
    programme = require_admin(member).programme
    if change.dry_run:
        return await _previewed(ctx, programme, change)

    def work(session: Session) -> ProgrammeOut:
        store.change_settings(session, programme.id, change.values, ctx.clock())
        if change.open_processes:
            policy_changes.ask(session, programme.id, ctx.clock())
        return _shown(session, programme.id)

    return await ctx.database.write(work)


async def _previewed(ctx: Context, programme: Programme, change: Change) -> ProgrammeOut:
    now = ctx.clock()

    def work(session: Session) -> tuple[ProgrammeSettings, int]:
        found = store.changed_settings(session, programme.id, change.values, now)
        return found, session.get_one(ProgrammeRow, programme.id).settings_revision

    found, revision = await ctx.database.read(work)
    seen = await outlook(ctx, programme.id, found)
    preview = OpenProcessesOut(
        state="previewed",
        revision=revision,
        requests=seen.requests,
        closing_dates=seen.closing,
        sooner=seen.sooner,
        at_once=seen.at_once,
        reminders=seen.reminders,
    )
    return _out(programme.slug, programme.name, found, revision, preview)


async def outlook(ctx: Context, programme_id: str, found: ProgrammeSettings) -> Outlook:
    """What these settings would do to what is open."""
    now: datetime = ctx.clock()
    policy = policy_changes.policy_of(found, 0, now)
    return await policy_changes.outlook(ctx.database, programme_id, policy, now)


def _shown(session: Session, programme_id: str) -> ProgrammeOut:
    row = session.get(ProgrammeRow, programme_id)
    if row is None:
        raise NotFound
    found = store.shown_settings(session, row.id, ProgrammeSettings.kept(row.settings))
    last = policy_changes.last(session, row.id)
    return _out(row.slug, row.name, found, row.settings_revision, _change_out(last) if last else None)


def _change_out(row: PolicyChangeRow) -> OpenProcessesOut:
    names = ("state", "revision", "requests", "told", "left", "asked_at", "finished_at")
    return OpenProcessesOut.model_validate({name: getattr(row, name) for name in names})


def _out(
    slug: str, name: str, found: ProgrammeSettings, revision: int, last: OpenProcessesOut | None
) -> ProgrammeOut:
    return ProgrammeOut(
        slug=slug,
        name=name,
        revision=revision,
        open_processes=last,
        settings=found.stored(),
        meanings={key: one.description or "" for key, one in ProgrammeSettings.model_fields.items()},
        notes=[in_terms(sentence, found.terms.words) for sentence in notes_on(found)],
    )
