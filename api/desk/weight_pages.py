"""How much skills count in the score: what other weights would do, and then that they hold."""

from __future__ import annotations

import re

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import programmes, weights
from api.desk.pages import tabs
from api.desk.programmes import Change
from api.desk.schemas import ScorePreview
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, Sent, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, PageAdmin, Posted, form_for, member_page, refuse
from models.process import texts
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings

router = APIRouter(include_in_schema=False)

_LINE = re.compile(r"(.+?)(?:\s*[:=]\s*|\s+)([0-9]+(?:[.,][0-9]+)?)$")


@router.get("/p/{slug}/admin/score")
async def score_page(ctx: Ctx, member: PageAdmin, said: Said) -> Response:
    form = form_for(ctx, member.viewer)
    form.values = _values(await weights.shown(ctx, member))
    return await _page(ctx, member, form, notice=said)


@router.post("/p/{slug}/admin/score")
async def weigh(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """First what it would do, then, by another button, that it holds."""
    form = form_for(ctx, member.viewer)
    form.values = sent.values
    try:
        wanted = _wanted(sent)
        if sent.text("step") != "save":
            return await _page(ctx, member, form, preview=await weights.preview(ctx, member, wanted))
        await programmes.change_settings(ctx, member, Change(wanted))
    except REFUSALS as error:
        return await _page(ctx, member, form, status=refuse(form, _here(error), sent))
    done = words.DONE["weights"]
    return go_and_say(ctx, member.viewer.session, f"/p/{member.programme.slug}/admin/score", done)


async def _page(
    ctx: Context,
    member: Member,
    form: Form,
    *,
    status: int = 200,
    preview: ScorePreview | None = None,
    notice: Notice = SILENT,
) -> Response:
    return member_page(
        ctx,
        member,
        "admin",
        "score.html",
        status=status,
        form=form,
        preview=preview,
        notice=notice,
        **tabs(member, "/settings"),
    )


def _values(settings: ProgrammeSettings) -> dict[str, list[str]]:
    lines = [f"{name}: {factor:g}" for name, factor in settings.skill_weights.items()]
    return values_of({"share": f"{settings.skill_weight * 100:g}", "weights": "\n".join(lines)})


def _wanted(sent: Sent) -> dict[str, object]:
    """The settings as they are stored. Raises Invalid with the field of the page."""
    share = sent.text("share").strip().removesuffix("%").strip().replace(",", ".")
    try:
        part = float(share) / 100
    except ValueError as error:
        raise Invalid("Write a number from 0 to 100.", field="share") from error
    return {"skill_weight": part, "skill_weights": _weights(sent.text("weights"))}


def _weights(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in filter(None, (texts.one_line(line) for line in text.splitlines())):
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise Invalid(f"“{line[:60]}” has no number: write it like “SQL: 2”.", field="weights")
        if parts[1] in found:
            raise Invalid(f"“{parts[1][:60]}” stands here twice.", field="weights")
        found[parts[1]] = float(parts[2].replace(",", "."))
    return found


def _here(error: Exception) -> Exception:
    """The refusal of a setting, at the field of the page in which it was typed."""
    fields = {"skill_weight": "share", "skill_weights": "weights"}
    if isinstance(error, Invalid) and error.field in fields:
        return Invalid(error.sentence, field=fields[error.field])
    return error
