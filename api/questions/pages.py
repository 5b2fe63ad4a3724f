"""Questions on pages: asking one, the list of one's own, one with its answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.finding.schemas import MentorOut
from api.questions import acts, reads
from api.questions.schemas import QuestionOut
from api.requests import reads as request_reads
from api.requests.asking import GONE
from api.requests.schemas import RequestOut
from api.web import present, words
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import (
    PER_PAGE,
    REFUSALS,
    PageMember,
    Posted,
    Reader,
    form_for,
    member_page,
    refuse,
)
from api.web.paging import parse_id
from api.web.rendering import Item
from api.web.words import Empty, Stage
from models.process.errors import IllegalMove, NotAllowed
from models.process.questions import QuestionState, check_allowed, decided
from models.process.request.state import OPEN
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

BEFORE = [
    Stage("They get it by mail at once, and answer in a few words."),
    Stage(Sentence("It is no {t.request}: it commits neither of you, and you can send one at any time.")),
]


@router.get("/p/{slug}/questions")
async def questions(ctx: Ctx, member: PageMember, said: Said, cursor: str | None = None) -> Response:
    found = await reads.questions_of(ctx, member, limit=PER_PAGE, cursor=cursor)
    base = f"/p/{member.programme.slug}/questions"
    return member_page(
        ctx,
        member,
        "requests",
        "questions.html",
        page=found,
        me=member.person_id,
        empty=Empty(
            "No questions yet",
            Sentence(
                "Before you send {t.a_request} you can ask {t.a_mentor} something: the list of {t.mentors} "
                "has a button for it."
            ),
        ),
        next_href=present.address(base, [("cursor", found.next)]) if found.next else None,
        first_href=base if cursor else None,
        notice=said,
    )


@router.get("/questions/{question_id}")
async def one_question(question_id: str, ctx: Ctx, viewer: Reader, said: Said) -> Response:
    question = await reads.question(ctx, viewer, question_id)
    return await _page(ctx, viewer, question, form_for(ctx, viewer), notice=said)


@router.post("/questions/{question_id}/answer")
async def answer(question_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    try:
        question = await acts.answer(ctx, viewer, question_id, sent.text("text"))
    except NotAllowed:
        raise
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        question = await reads.question(ctx, viewer, question_id)
        return await _page(ctx, viewer, question, form, status)
    return go_and_say(ctx, viewer.session, f"/questions/{question.id}", words.DONE["answered"])


async def _page(
    ctx: Context,
    viewer: Viewer,
    question: QuestionOut,
    form: Form,
    status: int = 200,
    notice: Notice = SILENT,
) -> Response:
    member = await member_of(ctx, viewer, question.programme)
    mine = question.from_.id == viewer.person_id
    other = question.to if mine else question.from_
    return member_page(
        ctx,
        member,
        "requests",
        "question.html",
        status=status,
        question=question,
        mine=mine,
        other=other,
        card=await finding_reads.card(ctx, member.programme.id, other.id),
        title=_title(question, present.isolated(other.name), mine=mine),
        lead=who_waits(question),
        stages=after_answer(question) if question.answer else _stages(question, mine=mine),
        lost=form.value("text") if form.errors and not question.allowed else "",
        form=form,
        notice=notice,
    )


def _title(question: QuestionOut, other: str, *, mine: bool) -> str:
    return f"Your question to {other}" if mine else f"{other} asks you something"


def who_waits(question: QuestionOut) -> str:
    """Why it is asked, to the one who is to answer."""
    if question.request_id:
        return Sentence("It is about the {t.request} between you. A few words are enough.")
    return Sentence(
        "It comes before any {t.request}. A few words are enough, and they commit you to nothing."
    )


def after_answer(question: QuestionOut) -> list[Stage]:
    """What comes after the answer, to both."""
    asker = present.isolated(question.from_.name)
    if question.request_id:
        return [Stage(Sentence("The {t.request} goes on as before: whoever is to decide knows more now."))]
    return [Stage(Sentence("{asker} may send {t.a_request} now, or not. Nothing is promised.", asker=asker))]


def _stages(question: QuestionOut, *, mine: bool) -> list[Stage]:
    if question.state is QuestionState.CLOSED:
        return [Stage(Sentence("It closed without an answer. {t.A_request} can be sent all the same."))]
    if not mine:
        return [Stage(f"{present.isolated(question.from_.name)} gets your answer by mail at once.")]
    stages = [Stage("You get the answer by mail, and read it here.")]
    if question.closes_at:
        stages.append(Stage("Without an answer it closes by itself, and you are told.", question.closes_at))
    return stages


@router.get("/p/{slug}/mentors/{mentor_id}/question")
async def ask_mentor_page(mentor_id: str, ctx: Ctx, member: PageMember) -> Response:
    return await _before(ctx, member, mentor_id, form_for(ctx, member.viewer))


@router.post("/p/{slug}/mentors/{mentor_id}/question")
async def ask_mentor(mentor_id: str, ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    try:
        asked = await acts.ask(ctx, member, mentor_id, sent.text("text"), None, sent.key)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        try:
            return await _before(ctx, member, mentor_id, form, status)
        except NotFound:
            # Somebody who wrote to a mentor who has left meanwhile gets the words back.
            return _not_now(ctx, member, GONE, 409, sent.text("text"))
    return go_and_say(ctx, member.viewer.session, f"/questions/{asked.id}", words.DONE["question"])


def _not_now(ctx: Context, member: Member, sentence: str, status: int, typed: str) -> Response:
    """A rule stands against it, and nothing of the mentor is shown: the sentence, and what was written."""
    return member_page(
        ctx,
        member,
        "mentors",
        "not_yet.html",
        status=status,
        title=Sentence("This {t.mentor} cannot be asked now"),
        text=sentence,
        hints=[],
        typed=typed,
        stages=[Stage("Nothing was sent. You can ask somebody else.")],
        way=Item("Back to the list", f"/p/{member.programme.slug}/mentors"),
    )


async def _before(ctx: Context, member: Member, mentor_id: str, form: Form, status: int = 200) -> Response:
    """The form to a mentor, or what stands against writing to them."""
    check_allowed(member.programme.settings)
    if rule := await acts.against(ctx, member, mentor_id):
        return _not_now(ctx, member, rule.sentence, rule.status, form.value("text"))
    card = await finding_reads.card(ctx, member.programme.id, parse_id(mentor_id))
    if card is None:
        raise NotFound
    base = f"/p/{member.programme.slug}/mentors"
    return _write(ctx, member, card, form, f"{base}/{card.id}/question", base, status)


@router.get("/requests/{request_id}/question")
async def ask_about_page(request_id: str, ctx: Ctx, viewer: Reader) -> Response:
    request, member = await _of_two(ctx, viewer, request_id)
    return await _about(ctx, member, request, form_for(ctx, viewer))


@router.post("/requests/{request_id}/question")
async def ask_about(request_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    request, member = await _of_two(ctx, viewer, request_id)
    other = _other(request, viewer.person_id)
    try:
        asked = await acts.ask(ctx, member, other, sent.text("text"), request.id, sent.key)
    except IllegalMove:
        raise
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        return await _about(ctx, member, request, form, status)
    return go_and_say(ctx, viewer.session, f"/questions/{asked.id}", words.DONE["question"])


async def _of_two(ctx: Context, viewer: Viewer, request_id: str) -> tuple[RequestOut, Member]:
    """An open request, for the two of it. Raises NotFound, NotAllowed for an admin, IllegalMove when over."""
    request = await request_reads.request(ctx, viewer, request_id)
    if viewer.person_id not in {request.mentee.id, request.mentor.id}:
        raise NotAllowed(Sentence("Only the two of the {t.request} ask each other."))
    if request.state not in OPEN:
        raise decided()
    return request, await member_of(ctx, viewer, request.programme)


def _other(request: RequestOut, person_id: str) -> str:
    return request.mentor.id if person_id == request.mentee.id else request.mentee.id


async def _about(
    ctx: Context, member: Member, request: RequestOut, form: Form, status: int = 200
) -> Response:
    check_allowed(member.programme.settings)
    card = await finding_reads.card(ctx, member.programme.id, _other(request, member.person_id))
    if card is None:
        raise NotFound
    base = f"/requests/{request.id}"
    return _write(ctx, member, card, form, f"{base}/question", base, status)


def _write(
    ctx: Context, member: Member, card: MentorOut, form: Form, action: str, back: str, status: int
) -> Response:
    settings = member.programme.settings
    stages = BEFORE if not action.startswith("/requests/") else [Stage("They get it by mail at once.")]
    if settings.question_closes_after:
        after = words.period(settings.question_closes_after)
        stages = [*stages, Stage(f"Without an answer it closes by itself after {after}, and you are told.")]
    return member_page(
        ctx,
        member,
        "requests" if action.startswith("/requests/") else "mentors",
        "question_ask.html",
        status=status,
        card=card,
        action=action,
        back=back,
        form=form,
        stages=stages,
    )
