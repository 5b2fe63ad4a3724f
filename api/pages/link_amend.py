"""The mentee changes a request by mail link and sends it again."""

from __future__ import annotations

from dataclasses import replace

from fastapi.responses import Response

from api import acts
from api.errors import NotFound
from api.pages import present
from api.pages.acting import fields_of, read
from api.pages.forms import Form, Sent, values_of
from api.pages.link_stands import Opened
from api.pages.rendering import Item, page
from api.schemas import RequestOut
from models.process.actors import Role
from models.process.request.commands import ResubmitRequest


async def act(link: Opened, sent: Sent) -> Response:
    command = read(ResubmitRequest, sent)
    acted = await acts.act_by_link(link.ctx, link.subject, command, sent.key)
    request = acted.value if isinstance(acted.value, RequestOut) else _request(link)
    return _done_page(link, request)


def _request(link: Opened) -> RequestOut:
    if link.subject.request is None:
        raise NotFound
    return link.subject.request


async def show(link: Opened, form: Form) -> Response:
    request = _request(link)
    form.values = form.values or values_of({"message": request.message})
    return page(
        "link_amend.html",
        frame=link.frame,
        request=request,
        programme=link.programme,
        words=present.request_words(request, Role.MENTEE),
        form=form,
        field=replace(fields_of(ResubmitRequest)["message"], label="Change it here, then send it again"),
        button=ResubmitRequest.offer.button,
        failed=bool(form.errors),
        action=link.action,
        dates=link.dates,
    )


def _done_page(link: Opened, request: RequestOut) -> Response:
    return page(
        "link_decided.html",
        frame=link.frame,
        programme=link.programme,
        title="Your request is on its way again",
        text=f"{present.isolated(request.mentor.name)} has just been told.",
        notes=[],
        stages=present.request_words(request, Role.MENTEE).stages,
        links=[Item("See your request", f"/requests/{request.id}")],
        dates=link.dates,
    )
