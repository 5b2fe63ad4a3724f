"""Calling an erasure off by the link in its mail."""

from __future__ import annotations

from fastapi.responses import Response

from api.links.opened import LinkPage
from api.privacy import privacy
from api.web.forms import Form, Sent
from api.web.words import Stage

NEXT = [Stage("Nothing is erased. Sign in again, and everything is where it was.")]


async def act(link: LinkPage, sent: Sent) -> Response:
    await privacy.keep(link.ctx, link.subject)
    return link.page("link_erasure_cancelled.html", stages=NEXT)


async def show(link: LinkPage, form: Form) -> Response:
    return link.page(
        "link_cancel_erasure.html",
        form=form,
        begins_at=await privacy.begins_at(link.ctx, link.subject),
    )
