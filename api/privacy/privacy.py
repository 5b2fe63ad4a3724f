"""What people do about their own data: take a copy, have it erased, call that off."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.links.links import LinkSubject
from api.web.access import Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.keys import made_id
from models.canonical import clean_address
from models.process.erasure import GRACE
from models.process.errors import IllegalMove, Invalid, Refused
from models.process.terms import Sentence
from models.store import erasing, exporting
from models.store.erasing import Asked
from models.store.privacy import ExportRow


class ExportOut(BaseModel):
    """The copy of one's data. `state`: collecting, or ready until `expires_at`; `size` is in bytes."""

    state: Literal["collecting", "ready"]
    asked_at: datetime
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    size: int | None = None
    href: str | None = Field(None, examples=["/api/v1/me/export/file"])
    """Where the copy itself is, once it is ready."""


class DeletedOut(BaseModel):
    detail: str = "The copy was deleted. You can ask for another at any time."


class ErasureOut(BaseModel):
    """Until `begins_at` nothing is gone; the link in the mail keeps everything."""

    begins_at: datetime
    detail: str = (
        "You are signed out everywhere. Until it begins, the link in the mail that we just sent you keeps "
        "everything as it is; afterwards nothing can be brought back."
    )


FILE = "/api/v1/me/export/file"


async def export(ctx: Context, who: Viewer) -> ExportOut:
    """The copy that there is. Raises NotFound."""
    row = await ctx.database.read(lambda session: exporting.of_person(session, who.person_id))
    if row is None:
        raise NotFound("There is no copy of your data at the moment; you can ask for one.")
    return _shown(row)


def _shown(row: ExportRow) -> ExportOut:
    if row.content is None:
        return ExportOut(state="collecting", asked_at=row.asked_at)
    return ExportOut(
        state="ready",
        asked_at=row.asked_at,
        ready_at=row.ready_at,
        expires_at=row.expires_at,
        size=len(row.content),
        href=FILE,
    )


async def ask_for_export(ctx: Context, who: Viewer, key: str) -> ExportOut:
    """Starts collecting; where there is a copy already, that is the answer."""
    export_id = await ctx.database.write(
        lambda session: exporting.ask(session, made_id(who.person_id, key), who.person_id, ctx.clock())
    )
    begun = await ctx.gateway.begin_export(who.person_id, export_id)
    if begun.state == "deleted":
        raise IllegalMove("The last copy is just being deleted; please ask again in a moment.")
    return await export(ctx, who)


async def export_file(ctx: Context, who: Viewer) -> bytes:
    """The copy itself, JSON in UTF-8. Raises NotFound while there is none."""
    row = await ctx.database.read(lambda session: exporting.of_person(session, who.person_id))
    if row is None or row.content is None:
        raise NotFound("The copy of your data is not there, or not there yet.")
    return row.content


async def delete_export(ctx: Context, who: Viewer) -> None:
    """Deletes the copy before its time. Raises IllegalMove when there is none."""
    await ctx.gateway.delete_export(who.person_id)


async def erase(ctx: Context, who: Viewer, confirm: str) -> ErasureOut:
    """Asks for the erasure of everything. `confirm` is the person's own address, typed.

    Raises Invalid for another address, Refused for the only admin of a programme with others in it.
    """
    if _clean(confirm) != who.email:
        raise Invalid("Please type your own e-mail address, as it is written above.", field="confirm")
    await check_not_alone(ctx, who)
    now = ctx.clock()
    await ctx.database.write(
        lambda session: erasing.ask(session, Asked(who.person_id, now, now + GRACE, by_operator=False))
    )
    begun = await ctx.gateway.begin_erasure(who.person_id, GRACE)
    return ErasureOut(begins_at=begun.begins_at)


async def erasure(ctx: Context, who: Viewer) -> ErasureOut:
    """The erasure that was asked for. Raises NotFound."""
    row = await ctx.database.read(lambda session: erasing.find(session, who.person_id))
    if row is None:
        raise NotFound
    return ErasureOut(begins_at=row.begins_at)


def _clean(text: str) -> str:
    try:
        return clean_address(text)
    except ValueError:
        return ""


async def check_not_alone(ctx: Context, who: Viewer) -> None:
    """Raises Refused for the only admin of a programme with others in it: they would be stranded."""
    alone = await ctx.database.read(lambda session: erasing.without_other_admin(session, who.person_id))
    if alone:
        raise Refused(
            Sentence(
                "You are the only {t.coordinator} of {programmes}, and people there count on one. Please "
                "have somebody else made {t.a_coordinator} first; whoever runs Steadfast here can help.",
                programmes=", ".join(alone),
            )
        )


async def keep(ctx: Context, subject: LinkSubject) -> None:
    """Calls the erasure off by the link in the mail. Raises IllegalMove when it has begun."""
    await ctx.gateway.keep_data(subject.subject_id)


async def begins_at(ctx: Context, subject: LinkSubject) -> datetime | None:
    """When the erasure that this link can call off begins."""
    row = await ctx.database.read(lambda session: erasing.find(session, subject.subject_id))
    return row.begins_at if row else None
