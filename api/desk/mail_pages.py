"""The log of a programme's mails, for its admins."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk.pages import tabs
from api.web import words
from api.web.access import Ctx
from api.web.pages import PER_PAGE, PageAdmin, member_page
from api.web.paging import cursor_of, read_cursor
from api.web.present import address
from api.web.words import Chip
from models.store import mail_log

router = APIRouter(include_in_schema=False)

UNDELIVERED = "undelivered"
STATES = ("queued", "sent", UNDELIVERED, "dropped", "unknown")
TEXTS = {UNDELIVERED: "Not delivered"}
FORMER = ("bounced", "failed")
"""Parts of what is not delivered, still found by their address."""


@router.get("/p/{slug}/admin/mails")
async def mails(ctx: Ctx, member: PageAdmin, state: str = "", cursor: str | None = None) -> Response:
    wanted = state if state in {*STATES, *FORMER} else ""
    programme_id, states, after = member.programme.id, _states(wanted), read_cursor(cursor or None)
    found = await ctx.database.read(
        lambda session: mail_log.page(session, programme_id, limit=PER_PAGE, after=after, states=states)
    )
    following = cursor_of(found.items[-1].queued_at, found.items[-1].id) if found.more else None
    base = f"/p/{member.programme.slug}/admin/mails"
    return member_page(
        ctx,
        member,
        "admin",
        "mails.html",
        chips=_chips(base, wanted),
        items=found.items,
        here=address(base, (("state", wanted), ("cursor", cursor))),
        next_href=address(base, (("state", wanted), ("cursor", following))) if following else None,
        first_href=address(base, (("state", wanted),)) if cursor else None,
        **tabs(member, "/mails"),
    )


def _states(wanted: str) -> tuple[str, ...]:
    return FORMER if wanted == UNDELIVERED else (wanted,) if wanted else ()


def _chips(base: str, wanted: str) -> list[Chip]:
    shown = [*STATES, *([wanted] if wanted in FORMER else [])]
    return [
        Chip("All", base, not wanted),
        *(
            Chip(
                TEXTS.get(state) or words.label(state).text,
                base if state == wanted else address(base, (("state", state),)),
                state == wanted,
                state == wanted,
            )
            for state in shown
        ),
    ]
