"""A programme's settings, for its admins (A5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.desk.schemas import ProgrammeOut
from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on
from models.process.terms import in_terms
from models.store import programmes as store
from models.store.tables import ProgrammeRow


async def settings(ctx: Context, member: Member) -> ProgrammeOut:
    """The settings as they are now. Raises NotAllowed for those who are not admins."""
    programme = require_admin(member).programme

    def work(session: Session) -> tuple[ProgrammeRow, ProgrammeSettings]:
        row = store.by_slug(session, programme.slug)
        if row is None:
            raise NotFound
        found = store.shown_settings(session, row.id, ProgrammeSettings.kept(row.settings))
        return row, found

    row, found = await ctx.database.read(work)
    return _out(row.slug, row.name, found)


async def change_settings(ctx: Context, member: Member, values: Mapping[str, Any]) -> ProgrammeOut:
    """Sets some settings, in JSON or text form. Raises Invalid that names the key, NotAllowed for others.

    Processes that are open keep the rules they began with; new ones get the new rules.
    """
    programme = require_admin(member).programme

    def work(session: Session) -> ProgrammeSettings:
        changed = store.change_settings(session, programme.id, values, ctx.clock())
        return store.shown_settings(session, programme.id, changed)

    found = await ctx.database.write(work)
    return _out(programme.slug, programme.name, found)


def _out(slug: str, name: str, found: ProgrammeSettings) -> ProgrammeOut:
    meanings = {key: field.description or "" for key, field in ProgrammeSettings.model_fields.items()}
    notes = [in_terms(sentence, found.terms.words) for sentence in notes_on(found)]
    return ProgrammeOut(slug=slug, name=name, settings=found.stored(), meanings=meanings, notes=notes)
