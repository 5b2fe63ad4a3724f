"""Asking a mentor: write, check what they will get, send (R1)."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.requests import acts
from api.requests.promised import DatesMoved, dates_of_draft
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form, values_of
from api.web.notices import go_and_say
from api.web.pages import (
    REFUSALS,
    PageMember,
    Posted,
    form_for,
    local_path,
    member_page,
    refuse,
)
from api.web.present import isolated
from api.web.rendering import Item
from api.web.state_words import RequestWords
from api.web.words import Stage, period
from models.process import texts
from models.process.actors import Role
from models.process.errors import Refused
from models.process.match import Basis
from models.process.programme import ProgrammeSettings
from models.process.request.state import Request
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

MOVED = "They have changed since you opened this page. Nothing has been sent yet: send it if they suit you."
GONE = Sentence("This person is no {t.mentor} here any more, so nothing was sent.")


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom a mentee asks; `back` is the list with the search that they were found by."""

    mentor_id: str
    basis: Basis
    back: str

    @property
    def row(self) -> str:
        """The same, where their row stands: browsers open it."""
        return f"{self.back}#ask-{self.mentor_id}"

    @classmethod
    def of(cls, member: Member, mentor_id: str, basis: str, back: str) -> Asking:
        base = f"/p/{member.programme.slug}/mentors"
        known = Basis.PREFERENCES if basis == Basis.PREFERENCES else Basis.GAPS
        return cls(mentor_id, known, local_path(back, lambda path: path.partition("?")[0] == base, base))


@router.get("/p/{slug}/mentors/{mentor_id}/ask")
async def ask_page(mentor_id: str, ctx: Ctx, member: PageMember, basis: str = "", back: str = "") -> Response:
    asking = Asking.of(member, mentor_id, basis, back)
    return await _write(ctx, member, asking, form_for(ctx, member.viewer))


@router.post("/p/{slug}/mentors/{mentor_id}/ask")
async def ask(mentor_id: str, ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    asking = Asking.of(member, mentor_id, sent.text("basis"), sent.text("back"))
    step, basis = sent.text("step"), asking.basis
    form = form_for(ctx, member.viewer)
    if step == "change":
        form.values = values_of({"message": sent.text("message")})
        return await _write(ctx, member, asking, form)
    try:
        message = texts.clean(sent.text("message"), "message", texts.MAX_MESSAGE)
        # One key for both steps: the dates that are shown, spread by the id, are those that it will have.
        key = sent.key_for(basis, message)
        if step != "send":
            form.key = sent.form_key
            draft = await acts.draft(ctx, member, mentor_id, message, basis, key)
            return await _check(ctx, member, draft, form, asking)
        acted = await acts.ask(ctx, member, mentor_id, message, basis, key, sent.text("promised") or None)
    except DatesMoved as error:
        form.key = sent.form_key
        form.errors = {"": MOVED}
        return await _check(ctx, member, error.draft, form, asking, 409)
    except NotFound:
        form.values = sent.values
        return await _write(ctx, member, asking, form)
    except REFUSALS as error:
        status = refuse(form, error, sent)
        return await _write(ctx, member, asking, form, status)
    where = f"/requests/{acted.value.id}"
    return go_and_say(ctx, member.viewer.session, where, words.DONE["ask"], acted.lists_behind)


async def _write(ctx: Context, member: Member, asking: Asking, form: Form, status: int = 200) -> Response:
    try:
        hit = await finding_reads.mentor(ctx, member, asking.mentor_id, asking.basis)
    except Refused as error:
        return _not_now(ctx, member, error.sentence, error.status, form.value("message"), asking)
    except NotFound:
        # Somebody who wrote to a mentor who has left meanwhile gets the words back.
        if not form.value("message"):
            raise
        return _not_now(ctx, member, GONE, 409, form.value("message"), asking)
    return member_page(
        ctx,
        member,
        "mentors",
        "ask.html",
        status=status,
        hit=hit,
        levels=member.programme.settings.levels,
        asking=asking,
        form=form,
        stages=_path(isolated(hit.mentor.name), member.programme.settings),
    )


def _path(mentor: str, settings: ProgrammeSettings) -> list[Stage]:
    stages = [
        Stage(f"{mentor} gets a mail with a link, and accepts, asks for a change, or declines."),
        Stage(f"Until {mentor} answers, you can change or withdraw it."),
    ]
    if settings.close_after:
        counted = "working days" if settings.day_count == "working" else "days"
        after = period(settings.close_after, counted)
        stages.append(Stage(f"Without an answer it closes by itself after {after}, and you are told."))
    return stages


async def _check(
    ctx: Context, member: Member, draft: Request, form: Form, asking: Asking, status: int = 200
) -> Response:
    """What the mentor will get, and when what happens; nothing has been sent."""
    hit = await finding_reads.mentor(ctx, member, draft.mentor_id, draft.basis)
    mentor = isolated(hit.mentor.name)
    words = RequestWords(
        viewer=Role.MENTEE,
        state=draft.state,
        mentee=isolated(member.viewer.name),
        mentor=mentor,
        closes_at=draft.closes_at,
    )
    return member_page(
        ctx,
        member,
        "mentors",
        "ask_confirm.html",
        status=status,
        hit=hit,
        levels=member.programme.settings.levels,
        card=await finding_reads.card(ctx, member.programme.id, member.person_id),
        draft=draft,
        promised=dates_of_draft(draft),
        asking=asking,
        form=form,
        stages=[Stage(f"{mentor} gets it by mail at once."), *_reminders(draft, mentor), *words.stages],
    )


def _reminders(draft: Request, mentor: str) -> list[Stage]:
    """Every reminder that comes before the closing date."""
    closing = draft.closes_at
    due = [at for at in draft.reminders if closing is None or at < closing]
    return [Stage(f"A reminder goes to {mentor} by mail.", at) for at in due]


def _not_now(
    ctx: Context, member: Member, sentence: str, status: int, message: str, asking: Asking
) -> Response:
    """A rule stands against it: the sentence, what was written, and a way on."""
    return member_page(
        ctx,
        member,
        "mentors",
        "not_yet.html",
        status=status,
        title=Sentence("This {t.mentor} cannot be asked now"),
        text=sentence,
        hints=[],
        typed=message,
        stages=[Stage("Nothing was sent. You can ask somebody else, and come back later.")],
        way=Item("Back to the list", asking.row),
    )
