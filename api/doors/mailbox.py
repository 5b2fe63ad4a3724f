"""The mailbox of an installation without a mail server: what would have been sent, on this machine alone."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.web.access import Ctx
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form, values_of
from api.web.pages import PER_PAGE
from api.web.paging import cursor_of, cut, parse_id, read_cursor
from api.web.present import address
from api.web.rendering import page
from api.web.security import came_through_proxy
from models import logos
from models.process import texts
from models.store import mailbox as store
from models.store.delivery import MailboxRow


async def on_this_machine(request: Request, ctx: Ctx) -> None:
    """Dependency: 404 where there is no mailbox, and for whatever a proxy or a tunnel has passed on.

    A page on this machine is asked for by a browser on it; behind a proxy, anybody may be asking.
    """
    if not ctx.mailbox_enabled or came_through_proxy(request):
        raise NotFound


router = APIRouter(include_in_schema=False, dependencies=[Depends(on_this_machine)])

FRAMING_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FRAMED_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""For the HTML of a mail: its own inline style and nothing else, whatever the mail says."""


@router.get("/mailbox")
async def mailbox(ctx: Ctx, to: str = "", cursor: str | None = None) -> Response:
    wanted = texts.clean(to[:320], "to")
    after = read_cursor(cursor)
    found = await ctx.database.read(lambda session: store.page(session, wanted, after, PER_PAGE + 1))
    rows, more = cut(found, PER_PAGE)
    following = cursor_of(rows[-1].at, rows[-1].id) if more else None
    return page(
        "mailbox.html",
        filter=Form(csrf="", values=values_of({"to": wanted}), prefix="filter"),
        items=rows,
        next_href=address("/mailbox", (("to", wanted), ("cursor", following))) if following else None,
        first_href=address("/mailbox", (("to", wanted),)) if cursor else None,
        dates=Dates("UTC", ctx.clock()),
    )


@router.get("/mailbox/{mail_id}")
async def one_mail(mail_id: str, ctx: Ctx) -> Response:
    row = await _found(ctx, mail_id)
    message = _parsed(row)
    return page(
        "mailbox_mail.html",
        headers={"Content-Security-Policy": FRAMING_CSP},
        mail={
            "id": row.mail_id,
            "to": row.to_address,
            "subject": row.subject,
            "sender": message.get("From", ""),
            "kind": message.get("X-Steadfast-Mail", ""),
            "at": row.at,
            "html": _part(message, "html") is not None,
        },
        text=(_part(message, "plain") or "").replace("\r\n", "\n"),
        dates=Dates("UTC", ctx.clock()),
    )


@router.get("/mailbox/{mail_id}/html")
async def html_part(mail_id: str, ctx: Ctx) -> Response:
    message = _parsed(await _found(ctx, mail_id))
    html = _part(message, "html")
    if html is None:
        raise NotFound
    for picture in message.walk():
        if name := picture.get("Content-ID"):
            html = html.replace(
                f"cid:{name.strip('<>')}", logos.as_uri(bytes(picture.get_payload(decode=True)))
            )
    # The frame may not be navigated by its own links: they open beside it.
    opened_beside = html.replace("<head>", '<head><base target="_blank">', 1)
    headers = {"Content-Security-Policy": FRAMED_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(opened_beside, headers=headers)


@router.get("/mailbox/{mail_id}/raw")
async def raw(mail_id: str, ctx: Ctx) -> Response:
    row = await _found(ctx, mail_id)
    headers = {"Content-Disposition": f'attachment; filename="{row.mail_id}.eml"'}
    return Response(row.raw, media_type="message/rfc822", headers=headers)


async def _found(ctx: Context, mail_id: str) -> MailboxRow:
    row = await ctx.database.read(lambda session: store.find(session, parse_id(mail_id)))
    if row is None:
        raise NotFound
    return row


def _parsed(row: MailboxRow) -> EmailMessage:
    return email.message_from_bytes(row.raw, policy=policy.default)


def _part(message: EmailMessage, kind: str) -> str | None:
    found = message.get_body(preferencelist=(kind,))
    return str(found.get_content()) if found is not None else None
