"""The log of a programme's mails, for its admins."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk.pages import tabs
from api.web import words
from api.web.access import Ctx
from api.web.pages import PER_PAGE, PageAdmin, member_page
from api.web.present import address
from api.web.words import Chip
from models.process.errors import Invalid
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

    def work(session: Session) -> mail_log.LogPage:
        try:
            return mail_log.page(
                session, member.programme.id, limit=PER_PAGE, cursor=cursor or None, states=_states(wanted)
            )
        except ValueError as error:
            raise Invalid("This is not a page of the log; begin at the first one.", field="cursor") from error

    found = await ctx.database.read(work)
    base = f"/p/{member.programme.slug}/admin/mails"
    return member_page(
        ctx,
        member,
        "admin",
        "mails.html",
        chips=_chips(base, wanted),
        items=found.items,
        here=address(base, (("state", wanted), ("cursor", cursor))),
        next_href=address(base, (("state", wanted), ("cursor", found.next))) if found.next else None,
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
