"""Calling an erasure off by the link in its mail."""

from __future__ import annotations

from fastapi.responses import Response

from api import privacy
from api.pages.forms import Form, Sent
from api.pages.link_stands import Opened
from api.pages.rendering import page
from api.pages.words import Stage

NEXT = [Stage("Nothing is erased. Sign in again, and everything is where it was.")]


async def act(link: Opened, sent: Sent) -> Response:
    await privacy.keep(link.ctx, link.subject)
    return page("link_erasure_cancelled.html", frame=link.frame, stages=NEXT, dates=link.dates)


async def show(link: Opened, form: Form) -> Response:
    return page(
        "link_cancel_erasure.html",
        frame=link.frame,
        action=link.action,
        form=form,
        failed=bool(form.errors),
        begins_at=await privacy.begins_at(link.ctx, link.subject),
        dates=link.dates,
    )
