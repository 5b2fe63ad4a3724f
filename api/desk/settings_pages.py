"""The periods of requests, and whether those that are open follow a change of them (R12)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk import programmes
from api.desk.pages import tabs
from api.desk.programmes import Change
from api.desk.schemas import OpenProcessesOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, Sent, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, PageAdmin, Posted, form_for, member_page, refuse
from models.process.terms import Sentence
from models.store import policy_changes

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Period:
    """One period, or several, as a field of the form. `needed`: it cannot be switched off."""

    name: str
    label: str
    hint: str = "Empty: never."
    needed: bool = False


PERIODS = (
    Period("remind_after", Sentence("Remind the {t.mentor} after"), "Such as 7, 12. Empty: never."),
    Period("close_after", "Close without an answer after"),
    Period(
        "amendment_remind_after",
        Sentence("Remind the {t.mentee} of a change that was asked for after"),
        "Such as 7. Empty: never.",
    ),
    Period("amendment_close_after", "Close where the change does not come after"),
    Period(
        "last_wait",
        "Leave after a late reminder",
        "So long at the least, before it closes. Empty: nothing.",
    ),
    Period("extend_by", "Extend by", "What “Extend” adds.", needed=True),
    Period("stalled_after", "Call it stalled after", "Then it is listed under “Stalled”.", needed=True),
)
_DAYS = re.compile(r"P(\d+)D")


@router.get("/p/{slug}/admin/settings")
async def settings_page(ctx: Ctx, member: PageAdmin, said: Said) -> Response:
    form = form_for(ctx, member.viewer)
    kept = member.programme.settings.stored()
    form.values = values_of({one.name: _shown(kept[one.name]) for one in PERIODS})
    return await _page(ctx, member, form, notice=said)


@router.post("/p/{slug}/admin/settings")
async def change_settings(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """First what it would do, then, by one of two buttons, that it is done."""
    form = form_for(ctx, member.viewer)
    form.values = sent.values
    step = sent.text("step")
    change = Change(_wanted(sent), open_processes=step == "open", dry_run=step not in {"open", "new"})
    try:
        found = await programmes.change_settings(ctx, member, change)
    except REFUSALS as error:
        return await _page(ctx, member, form, status=refuse(form, error, sent))
    if change.dry_run:
        return await _page(ctx, member, form, preview=found.open_processes)
    done = words.DONE["periods-open" if change.open_processes else "periods"]
    return go_and_say(ctx, member.viewer.session, f"/p/{member.programme.slug}/admin/settings", done)


async def _page(
    ctx: Context,
    member: Member,
    form: Form,
    *,
    status: int = 200,
    preview: OpenProcessesOut | None = None,
    notice: Notice = SILENT,
) -> Response:
    programme = member.programme.id

    def work(session: Session) -> str:
        last = policy_changes.last(session, programme)
        return policy_changes.in_words(last) if last else ""

    return member_page(
        ctx,
        member,
        "admin",
        "settings.html",
        status=status,
        form=form,
        periods=PERIODS,
        preview=_in_words(preview) if preview else [],
        open_requests=preview.requests if preview else 0,
        last_change=await ctx.database.read(work),
        notice=notice,
        **tabs(member, "/settings"),
    )


def _in_words(seen: OpenProcessesOut) -> list[str]:
    """What a change would do to the open requests, in sentences."""
    if not seen.requests:
        return [Sentence("No {t.request} is open, so only new ones are touched.")]
    noun = "{t.request} is" if seen.requests == 1 else "{t.requests} are"
    found = [
        Sentence("{count} " + noun + " open. If they follow:", count=f"{seen.requests:,}"),
        Sentence(
            "{moved} would close on another day, {sooner} of them sooner. The two are told of each.",
            moved=f"{seen.closing_dates:,}",
            sooner=f"{seen.sooner:,}",
        ),
        Sentence("{count} would be reminded of on other days.", count=f"{seen.reminders:,}"),
    ]
    if not seen.at_once:
        return [*found, "None would be due at once."]
    late = Sentence(
        "{count} would be due at once. None of them closes without a word: each gets a last wait first.",
        count=f"{seen.at_once:,}",
    )
    return [*found, late]


def _wanted(sent: Sent) -> dict[str, str]:
    """The settings as text, for those fields that were sent."""
    return {one.name: _setting(sent.text(one.name)) for one in PERIODS if one.name in sent.values}


def _setting(typed: str) -> str:
    """`7, 12` as `P7D|P12D`; a period that is written as such stays, and nothing is off."""
    parts = [part for part in re.split(r"[,;\s|]+|\band\b|\bdays?\b", typed.strip()) if part]
    found = [f"P{part}D" if part.isascii() and part.isdecimal() else part for part in parts]
    return "|".join(found) or "off"


def _shown(kept: object) -> str:
    periods = kept if isinstance(kept, list) else [kept] if kept else []
    return ", ".join(_DAYS.sub(r"\1", str(one)) for one in periods)
