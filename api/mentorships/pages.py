"""Mentorships on pages: everybody's own, what a mentor does, assigning and ending an assignment."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.mentorships import acts, reads
from api.mentorships.schemas import AssignmentOut, TopicIn
from api.web import words
from api.web.access import Ctx, Member, Viewer, member_of
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form, Sent
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, PageMember, Posted, Reader, form_for, member_page, refuse
from api.web.paging import parse_id
from api.web.words import Empty, Stage
from models.canonical import clean_address
from models.process.errors import Invalid, NotAllowed
from models.process.terms import Sentence
from models.store import people
from models.store.skill_changes import skillsets
from models.store.skills import load_book
from models.store.tables import MemberRow

router = APIRouter(include_in_schema=False)


@router.get("/p/{slug}/mentorships")
async def mentorships(ctx: Ctx, member: PageMember, said: Said) -> Response:
    found = await reads.mentorships(ctx, member)
    assigned = [one.other.id for one in found.items if one.assignment_id]
    return member_page(
        ctx,
        member,
        "relationships",
        "mentorships.html",
        page=found,
        contacts=await reads.reached(ctx, member, assigned),
        team=await reads.team(ctx, member),
        empty=Empty(
            Sentence("No {t.mentoring} yet"),
            Sentence("Whom you are {t.a_mentor} of, and who is yours, stands here with the topics."),
        ),
        notice=said,
    )


@router.get("/p/{slug}/what-mentors-do")
async def what_mentors_do(ctx: Ctx, member: PageMember) -> Response:
    settings = member.programme.settings
    return member_page(
        ctx,
        member,
        "relationships",
        "what_mentors_do.html",
        own=[part for part in settings.mentor_guide.split("\n") if part.strip()],
        commitment=settings.minimum_commitment,
    )


@router.get("/p/{slug}/people/{person_id}/assign")
async def assign_page(person_id: str, ctx: Ctx, member: PageMember) -> Response:
    form = form_for(ctx, member.viewer)
    form.values = {"notify": ["yes"]}
    return await _assign_page(ctx, member, person_id, form)


@router.post("/p/{slug}/people/{person_id}/assign")
async def assign(person_id: str, ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    await _mentee(ctx, member, person_id)
    try:
        mentor = await _mentor(ctx, member, sent.text("mentor"))
        topic = _topic(sent)
        made = await acts.assign(ctx, member, person_id, mentor, topic, sent.has("notify"), sent.key)
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        if form.errors.get("mentor_id"):
            form.errors["mentor"] = form.errors.pop("mentor_id")
        return await _assign_page(ctx, member, person_id, form, status)
    done = words.DONE["assigned" if made.notified else "assigned-quietly"]
    where = f"/p/{member.programme.slug}"
    where += f"/admin/people/{made.mentee.id}" if member.is_admin else "/mentorships"
    return go_and_say(ctx, member.viewer.session, where, done)


def _topic(sent: Sent) -> TopicIn:
    kind, _, about = sent.text("topic").partition(":")
    return TopicIn(skill=about if kind == "skill" else None, skillset=about if kind == "skillset" else None)


async def _mentee(ctx: Context, member: Member, person_id: str) -> MemberRow:
    """Whom a mentor is looked for. Raises NotFound, and NotAllowed for who may not assign."""
    wanted, programme = parse_id(person_id), member.programme

    def work(session: Session) -> MemberRow:
        me = people.member(session, programme.id, member.person_id)
        email = member.viewer.email
        if me is None or not reads.may_assign(session, me, email, programme.settings, wanted):
            raise NotAllowed(acts.ONLY)
        found = people.member(session, programme.id, wanted)
        if found is None or found.left_at is not None:
            raise NotFound
        return found

    return await ctx.database.read(work)


async def _mentor(ctx: Context, member: Member, written: str) -> str:
    """The id of the mentor of an address. Raises Invalid."""
    try:
        address = clean_address(written)
    except ValueError:
        raise Invalid("Please write the e-mail address, like name@example.org.", field="mentor") from None
    found = await ctx.database.read(lambda session: people.person_by_email(session, address))
    if found is None:
        raise Invalid(Sentence("There is no {t.mentor} of this address here."), field="mentor")
    return found.id


async def _assign_page(
    ctx: Context, member: Member, person_id: str, form: Form, status: int = 200
) -> Response:
    mentee = await _mentee(ctx, member, person_id)

    def topics(session: Session) -> list[tuple[str, str]]:
        book = load_book(session, member.programme.id)
        groups = [(f"skillset:{row.id}", row.title) for row in skillsets(session, member.programme.id)]
        return [*groups, *((f"skill:{skill.id}", skill.name) for skill in book.skills.values())]

    return member_page(
        ctx,
        member,
        "admin" if member.is_admin else "relationships",
        "assign.html",
        status=status,
        person_id=mentee.person_id,
        name=mentee.name,
        topics=await ctx.database.read(topics),
        stages=[
            Stage(Sentence("It holds at once: nobody is asked, and it takes no place.")),
            Stage(Sentence("Both see it under {t.mentorships}, and how to reach each other.")),
            Stage("It ends when you end it, with a word to both."),
        ],
        form=form,
    )


@router.get("/assignments/{assignment_id}/end")
async def end_page(assignment_id: str, ctx: Ctx, viewer: Reader) -> Response:
    found = await _ending(ctx, viewer, assignment_id)
    return await _end_page(ctx, viewer, found, form_for(ctx, viewer))


@router.post("/assignments/{assignment_id}/end")
async def end(assignment_id: str, ctx: Ctx, viewer: Reader, sent: Posted) -> Response:
    found = await _ending(ctx, viewer, assignment_id)
    try:
        await acts.end(ctx, viewer, assignment_id, sent.text("comment"))
    except REFUSALS as error:
        form = form_for(ctx, viewer)
        status = refuse(form, error, sent)
        return await _end_page(ctx, viewer, found, form, status)
    member = await member_of(ctx, viewer, found.programme)
    where = f"/p/{found.programme}"
    where += f"/admin/people/{found.mentee.id}" if member.is_admin else "/mentorships"
    return go_and_say(ctx, viewer.session, where, words.DONE["unassigned"])


async def _ending(ctx: Context, viewer: Viewer, assignment_id: str) -> AssignmentOut:
    """An assignment, for those who may end it. Raises NotFound, NotAllowed."""
    found = await reads.assignment(ctx, viewer, assignment_id)
    member = await member_of(ctx, viewer, found.programme)
    await _mentee(ctx, member, found.mentee.id)
    return found


async def _end_page(
    ctx: Context, viewer: Viewer, found: AssignmentOut, form: Form, status: int = 200, notice: Notice = SILENT
) -> Response:
    member = await member_of(ctx, viewer, found.programme)
    return member_page(
        ctx,
        member,
        "admin" if member.is_admin else "relationships",
        "assignment_end.html",
        status=status,
        one=found,
        topic=found.topic.skill or found.topic.skillset,
        form=form,
        notice=notice,
    )
