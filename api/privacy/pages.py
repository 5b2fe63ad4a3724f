"""Your data: a copy of it, its erasure, and where you are signed in."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import Response

from api.doors import signing
from api.privacy import privacy
from api.privacy.privacy import ErasureOut
from api.privacy.routes import file_of
from api.profile.reads import me
from api.web import words
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, Posted, Reader, dates_of, form_for, frame_among, go, refuse
from api.web.rendering import page
from api.web.security import clear_session, form_token
from api.web.words import Stage
from models.process.erasure import GRACE
from models.process.errors import Refused
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)


@router.get("/your-data")
async def your_data(ctx: Ctx, viewer: Reader, said: Said) -> Response:
    return await _page(ctx, viewer, notice=said)


@router.post("/your-data/export")
async def ask_for_export(ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    try:
        await privacy.ask_for_export(ctx, viewer, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, viewer, "export")
        return await _page(ctx, viewer, status=refuse(form, error, sent), export_form=form)
    return go_and_say(ctx, viewer.session, "/your-data", words.DONE["export"])


@router.get("/your-data/file")
async def export_file(ctx: Ctx, viewer: Reader) -> Response:
    return file_of(await privacy.export_file(ctx, viewer))


@router.post("/your-data/delete-copy")
async def delete_copy(ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    try:
        await privacy.delete_export(ctx, viewer)
    except REFUSALS as error:
        form = form_for(ctx, viewer, "export")
        return await _page(ctx, viewer, status=refuse(form, error, sent), export_form=form)
    return go_and_say(ctx, viewer.session, "/your-data", words.DONE["export-deleted"])


@router.post("/your-data/sessions/{session_id}/end")
async def end_session(ctx: Ctx, viewer: Reader, session_id: str, sent: Posted) -> Response:
    try:
        if await signing.end_session(ctx, viewer, session_id):
            return _signed_out(ctx)
    except NotFound:
        if sent.text("listed") != _listed(ctx, viewer, session_id):
            raise
        # Pressed twice, or it has ended by itself: the list says what is left.
        return go("/your-data")
    return go_and_say(ctx, viewer.session, "/your-data", words.DONE["session-ended"])


def _listed(ctx: Context, viewer: Viewer, session_id: str) -> str:
    """Shows that the session stood on the viewer's own list, even when it has ended."""
    return form_token(ctx, f"{viewer.session} {session_id}")


@router.post("/your-data/sign-out-everywhere")
async def sign_out_everywhere(ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    await signing.sign_out_everywhere(ctx, viewer, tokens=False)
    return _signed_out(ctx)


def _signed_out(ctx: Context) -> Response:
    response = go("/")
    clear_session(ctx, response)
    return response


@router.get("/your-data/erase")
async def erase_page(ctx: Ctx, viewer: Reader) -> Response:
    form = form_for(ctx, viewer)
    return await _erase_page(ctx, viewer, form)


@router.post("/your-data/erase")
async def erase(ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    # Read before: afterwards the person is in no programme any more.
    dates = _dates(ctx, await _members(ctx, viewer))
    try:
        begun = await privacy.erase(ctx, viewer, sent.text("confirm"))
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        return await _erase_page(ctx, viewer, form, status=refuse(form, error, sent))
    response = page("your_data_begun.html", stages=_stages_begun(begun), dates=dates)
    clear_session(ctx, response)
    return response


async def _page(
    ctx: Context,
    viewer: Viewer,
    *,
    status: int = 200,
    notice: Notice = SILENT,
    export_form: Form | None = None,
) -> Response:
    try:
        copy = await privacy.export(ctx, viewer)
    except NotFound:
        copy = None
    members = await _members(ctx, viewer)
    return page(
        "your_data.html",
        frame=frame_among(ctx, viewer, members),
        status=status,
        copy=copy,
        size_words=_size(copy.size) if copy and copy.size else "",
        form=export_form or form_for(ctx, viewer, "export"),
        sessions=await signing.sessions(ctx, viewer),
        listed=lambda session_id: _listed(ctx, viewer, session_id),
        session_form=form_for(ctx, viewer, "session"),
        notice=notice,
        dates=_dates(ctx, members),
    )


async def _erase_page(ctx: Context, viewer: Viewer, form: Form, status: int = 200) -> Response:
    try:
        await privacy.check_not_alone(ctx, viewer)
        hindrance = ""
    except Refused as error:
        hindrance = error.sentence
        form.errors.pop("", None)
    members = await _members(ctx, viewer)
    return page(
        "your_data_erase.html",
        frame=frame_among(ctx, viewer, members),
        status=status,
        viewer=viewer,
        hindrance=hindrance,
        form=form,
        stages=_stages(ctx),
        dates=_dates(ctx, members),
    )


def _stages(ctx: Context) -> list[Stage]:
    return [
        Stage("You are signed out everywhere, and nobody finds you any more. A mail says how to stop it."),
        Stage(
            Sentence(
                "Unless you stop it, your open {t.requests} and {t.mentorships} end, and the others are told "
                "kindly. Then everything about you is erased."
            ),
            ctx.clock() + GRACE,
        ),
        Stage("When it is done, you get one last mail, and we forget your address."),
    ]


def _stages_begun(begun: ErasureOut) -> list[Stage]:
    return [
        Stage("A mail is on its way to you, with a link that keeps everything as it is."),
        Stage("Until then it can be stopped; then the erasing begins, by itself.", begun.begins_at),
        Stage("When it is done, you get one last mail."),
    ]


async def _members(ctx: Context, viewer: Viewer) -> list[Member]:
    return [await member_of(ctx, viewer, one.slug) for one in (await me(ctx, viewer)).programmes]


def _dates(ctx: Context, members: Sequence[Member]) -> Dates:
    """In the reader's own time, as far as it is known."""
    return dates_of(ctx, members[0] if members else None)


def _size(size: int) -> str:
    return f"{max(1, round(size / 1024))} kB"
