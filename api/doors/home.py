"""The first page: what this is, or everything that waits for somebody, per programme."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.desk import reads as desk_reads
from api.desk.reads import StalledFilter
from api.doors import standing
from api.doors.programme_home import Places, ProgrammeHome
from api.doors.standing import Standing
from api.finding import reads as finding_reads
from api.profile import reads as profile_reads
from api.questions import reads as question_reads
from api.relationships import reads as relationship_reads
from api.relationships.reads import RelationshipFilter
from api.relationships.schemas import RelationshipOut
from api.requests import reads as request_reads
from api.requests.deciding import Answer
from api.requests.reads import RequestFilter
from api.requests.schemas import RequestOut
from api.shortlists import reads as shortlist_reads
from api.shortlists.reads import ShortlistFilter
from api.shortlists.schemas import ShortlistOut
from api.web import present
from api.web.access import Ctx, Member, Viewer, member_of, page_viewer
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import SignInNeeded
from api.web.failures import EngineDown, Unconfirmed
from api.web.forms import Form
from api.web.pages import dates_of, frame_among, items
from api.web.paging import MAX_LIMIT
from api.web.rendering import page
from api.web.words import UNSEEN
from models.process.actors import Role
from models.process.errors import ProcessError
from models.process.relationship.base import RUNNING
from models.process.request.state import OPEN, RequestState
from models.process.shortlist.state import ShortlistState
from models.process.terms import Sentence
from models.store import visits

LATEST = 30
"""So many of the newest requests and mentorings are looked at, and all that are open."""
SUGGESTED = 3
NEWEST = 6
REMEMBERED = 2
FIRST_NEWS = timedelta(days=14)
"""What is new to somebody who is here for the first time."""
COUNTED = 200
"""Stalled requests are counted up to this many; beyond, the number is said to be larger."""


router = APIRouter(include_in_schema=False)


@router.get("/")
@router.head("/")
async def first_page(request: Request, ctx: Ctx) -> Response:
    try:
        viewer = await page_viewer(request, ctx)
    except SignInNeeded:
        return page("welcome.html", form=Form(csrf=""))
    # A browser that fetches ahead shows the page to nobody yet.
    ahead = "prefetch" in request.headers.get("sec-purpose", "")
    return await _home(ctx, viewer, is_visit=request.method == "GET" and not ahead)


async def _home(ctx: Context, viewer: Viewer, *, is_visit: bool) -> Response:
    me = await profile_reads.me(ctx, viewer)
    members = [await member_of(ctx, viewer, one.slug) for one in me.programmes]
    dates = dates_of(ctx, members[0] if members else None)
    homes = [await of_programme(ctx, member, dates, is_visit=is_visit) for member in members]
    return page(
        "home.html",
        frame=frame_among(ctx, viewer, members, "home"),
        viewer=viewer,
        homes=homes,
        lead=_lead(homes),
        dates=dates,
    )


def _lead(homes: list[ProgrammeHome]) -> str:
    """What the page says in one sentence."""
    waiting = sum(len(home.turns) for home in homes)
    under_way = any(home.standing for home in homes)
    if not homes:
        return ""
    if waiting == 0 and any(home.hints for home in homes):
        return "A few lines in your profile come first."
    if waiting == 0:
        return "Nothing waits for you. Everything is under way." if under_way else "Nothing waits for you."
    count = "One thing waits" if waiting == 1 else f"{waiting} things wait"
    return f"{count} for you." + (" Everything else is under way." if under_way else "")


async def of_programme(ctx: Context, member: Member, dates: Dates, *, is_visit: bool) -> ProgrammeHome:
    """What the first page, or the API, shows of one programme. Only a visit moves what is new."""
    profile = await profile_reads.profile(ctx, member)
    home = ProgrammeHome(
        name=member.programme.name,
        slug=member.programme.slug,
        is_mentee=Role.MENTEE in member.roles,
        is_mentor=Role.MENTOR in member.roles,
        is_admin=member.is_admin,
        hints=present.lacking(profile),
        items=items(member, ""),
        levels=member.programme.settings.levels,
    )
    roles: list[Role] = [role for role in (Role.MENTEE, Role.MENTOR) if role in member.roles]
    asked = [(one, role) for role in roles for one in await _requests(ctx, member, role)]
    together = [(one, role) for role in roles for one in await _relationships(ctx, member, role)]
    if roles:
        lists = await _shortlists(ctx, member) if home.is_mentee else []
        _place(home, [one for one in asked if not _is_on(lists, *one)], together, dates)
        waiting = await question_reads.waiting(ctx, member)
        home.turns = _nearest_first([*home.turns, *map(standing.of_question, waiting)])
        home.standing += [standing.of_shortlist(one, dates) for one in lists]
        await _news(ctx, member, home, asked, together, is_visit=is_visit)
    if home.is_mentee and not home.hints:
        await _suggest(ctx, member, home, asked, together)
    if home.is_mentor:
        home.places = await _places(ctx, member, profile.available)
    if home.is_admin:
        home.stalled_words, home.stalled = await _stalled(ctx, member)
    return home


async def _requests(ctx: Context, member: Member, role: Role) -> list[RequestOut]:
    """The newest, and of the older ones those that are open: what waits is never too old to be shown."""
    newest = await request_reads.requests(ctx, member, RequestFilter(as_role=role, limit=LATEST))
    if newest.next is None:
        return newest.items
    still = RequestFilter(as_role=role, states=tuple(sorted(OPEN)), limit=MAX_LIMIT)
    found = (await request_reads.requests(ctx, member, still)).items
    return list({one.id: one for one in (*newest.items, *found)}.values())


async def _shortlists(ctx: Context, member: Member) -> list[ShortlistOut]:
    """Those that are under way."""
    found = await shortlist_reads.lists(ctx, member, ShortlistFilter(Role.MENTEE, limit=LATEST))
    return [one for one in found.items if one.state is ShortlistState.RUNNING]


def _is_on(lists: list[ShortlistOut], request: RequestOut, role: Role) -> bool:
    """Whether a request stands on one of the lists, and nothing more is to be said of it."""
    waits_for_me = request.state is RequestState.AMENDMENT_REQUESTED
    return role is Role.MENTEE and not waits_for_me and request.shortlist_id in {one.id for one in lists}


async def _relationships(ctx: Context, member: Member, role: Role) -> list[RelationshipOut]:
    """Like `_requests`."""
    newest = await relationship_reads.relationships(
        ctx, member, RelationshipFilter(as_role=role, limit=LATEST)
    )
    if newest.next is None:
        return newest.items
    still = RelationshipFilter(as_role=role, states=tuple(sorted(RUNNING)), limit=MAX_LIMIT)
    found = (await relationship_reads.relationships(ctx, member, still)).items
    return list({one.id: one for one in (*newest.items, *found)}.values())


Asked = list[tuple[RequestOut, Role]]
Together = list[tuple[RelationshipOut, Role]]


def _place(home: ProgrammeHome, asked: Asked, together: Together, dates: Dates) -> None:
    """Puts everything where it belongs: what waits, what is under way, what has ended lately."""
    running = [standing.of_request(one, role, dates) for one, role in asked if one.state in OPEN]
    running += [standing.of_relationship(one, role, dates) for one, role in together]
    home.turns = _nearest_first(one for one in running if one.is_turn)
    home.standing = _nearest_first(one for one in running if not one.is_turn and not one.over)
    declined = standing.remembered((one for one, role in asked if role is Role.MENTEE), dates.now)
    completed = [
        standing.of_relationship(one, role, dates)
        for one, role in together
        if one.state not in RUNNING and standing.is_recent(one.ended_at, dates.now)
    ]
    over = [standing.of_request(one, Role.MENTEE, dates) for one in declined[:REMEMBERED]]
    home.over = over + [one for one in completed if not one.is_turn]


def _nearest_first(found: Iterable[Standing]) -> list[Standing]:
    return sorted(found, key=lambda one: (one.until is None, one.until.timestamp() if one.until else 0))


async def _news(
    ctx: Context, member: Member, home: ProgrammeHome, asked: Asked, together: Together, *, is_visit: bool
) -> None:
    programme_id, now = member.programme.id, ctx.clock()
    seen = await ctx.database.read(lambda session: visits.visit(session, programme_id, member.person_id, now))
    if is_visit and seen.noted:
        await ctx.database.write(lambda session: visits.note(session, programme_id, member.person_id, seen))
    home.since = seen.before
    since = seen.before or now - FIRST_NEWS
    shown = {one.quote for one in (*home.turns, *home.standing, *home.over)}
    home.news = standing.news(asked, together, member.person_id, since, shown)[:NEWEST]
    if home.is_mentee and seen.before:
        home.joined = await ctx.database.read(
            lambda session: visits.joined_since(session, programme_id, since)
        )


async def _suggest(
    ctx: Context, member: Member, home: ProgrammeHome, asked: Asked, together: Together
) -> None:
    """The best mentors to ask next, without those who have answered; none where no more can be asked."""
    settings = member.programme.settings
    limit = settings.open_requests
    open_now = sum(one.state in OPEN for one, role in asked if role is Role.MENTEE)
    mentors = sum(one.state in RUNNING for one, role in together if role is Role.MENTEE)
    if mentors >= settings.mentors_per_mentee or 0 < limit <= open_now:
        return
    answered = {one.mentor.id for one, role in asked if role is Role.MENTEE and one.state not in OPEN}
    try:
        found = await finding_reads.recommendations(ctx, member, SUGGESTED, answered)
    except ProcessError:
        return
    home.suggested, home.listed = found
    home.marked = len(await finding_reads.marked(ctx, member))
    if limit:
        some = "{t.request}" if limit - open_now == 1 else "{t.requests}"
        home.left_to_ask = Sentence("You may have {count} more open " + some + ".", count=limit - open_now)


async def _places(ctx: Context, member: Member, available: bool) -> Places:
    room = await request_reads.room(ctx, member.programme.id, member.person_id)
    answer = Answer.of(member.programme.settings, room)
    are = "is" if answer.taken == 1 else "are"
    taken = f"{answer.taken} of your {answer.capacity} places {are} taken"
    words = f"{taken}."
    if not available:
        words = Sentence("{taken}, and you take no new {t.requests} at the moment.", taken=taken)
    return Places(answer.taken, answer.capacity, words)


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
