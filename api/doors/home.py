"""The first page: what this is, or everything that waits for somebody, per programme."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk import reads as desk_reads
from api.desk.reads import StalledFilter
from api.profile import reads as profile_reads
from api.relationships import reads as relationship_reads
from api.relationships.reads import RelationshipFilter
from api.relationships.schemas import RelationshipOut
from api.requests import reads as request_reads
from api.requests.deciding import Answer
from api.requests.lists import TOGETHER
from api.requests.reads import RequestFilter
from api.requests.schemas import RequestOut
from api.web import present
from api.web.access import Ctx, Member, Viewer, member_of, page_viewer
from api.web.context import Context
from api.web.errors import SignInNeeded
from api.web.failures import EngineDown, Unconfirmed
from api.web.forms import Form
from api.web.pages import OPEN_STATES, dates_of, frame_of, items
from api.web.rendering import Item, page
from api.web.words import UNSEEN
from models.process.actors import Role
from models.process.request.state import RequestState
from models.process.terms import Sentence, joined

SHOWN = 10
COUNTED = 200
"""Stalled requests are counted up to this many; beyond, the number is said to be larger."""


router = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class ProgrammeHome:
    """What one programme shows of itself on the first page of one person."""

    name: str
    slug: str
    is_mentee: bool
    is_mentor: bool
    is_admin: bool
    hints: list[str]
    items: list[Item]
    """The pages of the programme, for people who are in several."""
    asked: list[RequestOut] = field(default_factory=list)
    waiting: list[RequestOut] = field(default_factory=list)
    changing: list[RequestOut] = field(default_factory=list)
    """Those for which a change was asked: they wait for the mentee."""
    together: list[RelationshipOut] = field(default_factory=list)
    mentored: bool = False
    capacity_words: str = ""
    stalled_words: str = ""
    is_stalled: bool = False

    @property
    def until_then(self) -> str:
        """What does not work while the profile is not complete."""
        parts = (
            Sentence("you cannot look for {t.a_mentor}") if self.is_mentee else "",
            Sentence("{t.mentees} cannot find you") if self.is_mentor else "",
        )
        shut = joined(", and ", (part for part in parts if part))
        return Sentence("Until then {shut}.", shut=shut) if shut else ""


@router.get("/")
@router.head("/")
async def first_page(request: Request, ctx: Ctx) -> Response:
    try:
        viewer = await page_viewer(request, ctx)
    except SignInNeeded:
        return page("welcome.html", form=Form(csrf=""))
    return await _home(ctx, viewer)


async def _home(ctx: Context, viewer: Viewer) -> Response:
    me = await profile_reads.me(ctx, viewer)
    members = [await member_of(ctx, viewer, one.slug) for one in me.programmes]
    only = members[0] if len(members) == 1 else None
    return page(
        "home.html",
        frame=frame_of(ctx, viewer, only, "home"),
        viewer=viewer,
        homes=[await _of_programme(ctx, member) for member in members],
        dates=dates_of(ctx, members[0] if members else None),
    )


async def _of_programme(ctx: Context, member: Member) -> ProgrammeHome:
    profile = await profile_reads.profile(ctx, member)
    home = ProgrammeHome(
        name=member.programme.name,
        slug=member.programme.slug,
        is_mentee=Role.MENTEE in member.roles,
        is_mentor=Role.MENTOR in member.roles,
        is_admin=member.is_admin,
        hints=present.lacking(profile),
        items=items(member, ""),
    )
    if home.is_mentee or home.is_mentor:
        running = await relationship_reads.relationships(
            ctx, member, RelationshipFilter(states=TOGETHER, limit=SHOWN)
        )
        home.together = running.items
        home.mentored = any(one.mentee.id == member.person_id for one in running.items)
    if home.is_mentee:
        home.asked = await _open(ctx, member, Role.MENTEE)
    if home.is_mentor:
        found = [one for one in await _open(ctx, member, Role.MENTOR) if not one.left_to_admins]
        home.waiting = [one for one in found if one.state is RequestState.PENDING]
        home.changing = [one for one in found if one.state is not RequestState.PENDING]
        home.capacity_words = await _capacity(ctx, member, profile.available)
    if home.is_admin:
        home.stalled_words, home.is_stalled = await _stalled(ctx, member)
    return home


async def _open(ctx: Context, member: Member, role: Role) -> list[RequestOut]:
    """The open requests, the one that closes first on top."""
    wanted = RequestFilter(as_role=role, states=OPEN_STATES, limit=SHOWN)
    found = (await request_reads.requests(ctx, member, wanted)).items
    return sorted(found, key=lambda one: (one.closes_at is None, one.closes_at or one.created_at))


async def _capacity(ctx: Context, member: Member, available: bool) -> str:
    room = await request_reads.room(ctx, member.programme.id, member.person_id)
    answer = Answer.of(member.programme.settings, room)
    are = "is" if answer.taken == 1 else "are"
    taken = f"{answer.taken} of your {answer.capacity} places {are} taken"
    if not available:
        return Sentence("{taken}, and you take no new {t.requests} at the moment.", taken=taken)
    return f"{taken}."


async def _stalled(ctx: Context, member: Member) -> tuple[str, bool]:
    try:
        found = await desk_reads.stalled(ctx, member, StalledFilter(limit=COUNTED))
    except (EngineDown, Unconfirmed):
        return UNSEEN, False
    count = len(found.items)
    if not count:
        return "Nothing is stalled.", False
    more = "More than " if found.next else ""
    are = "{t.request} is" if count == 1 else "{t.requests} are"
    return Sentence("{more}{count} " + are + " stalled.", more=more, count=count), True
