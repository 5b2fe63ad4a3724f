"""Calling an erasure off by the link in its mail."""

from __future__ import annotations

from fastapi.responses import Response

from api import privacy
from api.pages.common import REFUSALS, refuse
from api.pages.forms import Form, Sent
from api.pages.link_stands import Opened, opened, stands
from api.pages.rendering import page
from api.pages.words import Stage
from models.process.errors import IllegalMove

NEXT = [Stage("Nothing is erased. Sign in again, and everything is where it was.")]


async def show(link: Opened) -> Response:
    return await _form_page(link, link.form())


async def act(link: Opened, sent: Sent) -> Response:
    try:
        await privacy.keep(link.ctx, link.subject)
    except IllegalMove:
        return await stands(await opened(link.ctx, link.token), status=409)
    except REFUSALS as error:
        form = link.form()
        return await _form_page(link, form, refuse(form, error, sent))
    return page("link_kept.html", frame=link.frame, stages=NEXT, dates=link.dates)


async def _form_page(link: Opened, form: Form, status: int = 200) -> Response:
    return page(
        "link_keep.html",
        frame=link.frame,
        status=status,
        action=link.action,
        form=form,
        failed=bool(form.errors),
        begins_at=await privacy.begins_at(link.ctx, link.subject),
        dates=link.dates,
    )
