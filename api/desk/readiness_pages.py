"""The page that says whether a programme is ready to open, and sends the invitations that wait for it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import readiness
from api.desk.pages import tabs
from api.web.access import Ctx
from api.web.notices import Said, go_and_say
from api.web.pages import PageAdmin, Posted, form_for, member_page
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

BY_ITSELF = {
    "off": "Invitations are not held: each goes at once.",
    "until_released": Sentence("Invitations to {t.mentees} are held until you send them."),
    "until_ready": Sentence(
        "Invitations to {t.mentees} are held, and go by themselves as soon as it is ready."
    ),
}


@router.get("/p/{slug}/admin/readiness")
async def readiness_page(ctx: Ctx, member: PageAdmin, said: Said) -> Response:
    figures = await readiness.figures(ctx, member)
    return member_page(
        ctx,
        member,
        "admin",
        "readiness.html",
        found=figures,
        missing=list(readiness.missing(figures)),
        lacking=[(readiness.LACKING.get(name, name), count) for name, count in figures.lacking.items()],
        holding=BY_ITSELF[member.programme.settings.hold_invitations],
        form=form_for(ctx, member.viewer),
        notice=said,
        **tabs(member, "/readiness"),
    )


@router.post("/p/{slug}/admin/readiness")
async def release(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    done = await readiness.release(ctx, member)
    are = "invitation is" if done.released == 1 else "invitations are"
    text = f"{done.released:,} {are} on the way." if done.released else "No invitation was waiting."
    return go_and_say(ctx, member.viewer.session, f"/p/{member.programme.slug}/admin/readiness", text)
