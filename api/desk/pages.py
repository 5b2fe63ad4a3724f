"""The admin's desk and the stalled requests, which are asked of the engine itself (A2, R8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import reads
from api.desk.reads import StalledFilter
from api.desk.schemas import StalledOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.act_forms import Act, acts_of
from api.web.context import Context
from api.web.failures import EngineDown, Unconfirmed
from api.web.forms import Form, values_of
from api.web.notices import Said
from api.web.pages import PER_PAGE, PageAdmin, form_for, member_page
from api.web.present import address
from api.web.schemas import Page
from api.web.words import Empty, Stage, Tab
from models.process.actors import Role
from models.process.consequences import consequences
from models.process.programme import ProgrammeSettings
from models.process.request.moves import COMMANDS, allowed
from models.process.request.state import RequestState
from models.process.terms import Sentence
from models.store import health

router = APIRouter(include_in_schema=False)

ANY_AGE = "P0D"
AGES = {
    "": "Too long",
    "P3D": "3 days or longer",
    "P7D": "7 days or longer",
    "P14D": "14 days or longer",
    "P30D": "30 days or longer",
    ANY_AGE: "Any time",
}
WAITS_FOR = {"pending": "{t.mentor}", "amendment_requested": "{t.mentee}"}
STATES = {state: Sentence("The " + term) for state, term in WAITS_FOR.items()}
NEXT_WORDS = {"reminder": "A reminder goes out", "expiry": "It closes by itself"}
COUNTED = 200


@dataclass(frozen=True, slots=True)
class Figure:
    number: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One stalled request, with a form for each thing that can be done about it."""

    item: StalledOut
    acts: list[Act]
    extension: str

    @property
    def waits_for(self) -> str:
        """The name of whoever has to act."""
        if self.item.left_to_admins:
            return Sentence("{t.A_coordinator}: the {t.mentor} takes no {t.requests} any more")
        return (self.item.mentor if self.item.state == RequestState.PENDING else self.item.mentee).name

    @property
    def closes_next(self) -> bool:
        """Whether the closing date is what comes next, and so is there already."""
        return self.item.next is not None and self.item.next.what == "expiry"

    @property
    def next_words(self) -> str:
        return NEXT_WORDS.get(self.item.next.what, "") if self.item.next else ""


def tabs(member: Member, current: str) -> dict[str, Any]:
    """The admin's own navigation."""
    base = f"/p/{member.programme.slug}/admin"
    pages = (
        ("", "Desk"),
        ("/stalled", "Stalled"),
        ("/people", "People"),
        ("/skills", "Skills"),
        ("/mails", "Mails"),
    )
    found = [Tab(text, base + path, path == current) for path, text in pages]
    return {"tabs": found, "tabs_label": Sentence("{t.Coordinator}’s desk")}


@router.get("/p/{slug}/admin")
async def desk(ctx: Ctx, member: PageAdmin) -> Response:
    programme = member.programme
    figures = await ctx.database.read(
        lambda session: health.figures(session, programme.id, programme.settings, ctx.clock())
    )
    count = await _stalled_count(ctx, member)
    base = f"/p/{member.programme.slug}"
    return member_page(
        ctx,
        member,
        "admin",
        "admin.html",
        name=member.programme.name,
        figures=[
            Figure(count or "0", "stalled", f"{base}/admin/stalled"),
            Figure(f"{figures.open_requests:,}", Sentence("open {t.requests}"), f"{base}/requests?of=admin"),
            Figure(f"{figures.together:,}", "work together", f"{base}/relationships?of=admin"),
            Figure(f"{figures.mentees:,}", Sentence("{t.mentees}"), f"{base}/admin/people"),
            Figure(f"{figures.mentors:,}", Sentence("{t.mentors}"), f"{base}/admin/people"),
        ],
        stages=_needs(count),
        rules=rules(member.programme.settings),
        **tabs(member, ""),
    )


async def _stalled_count(ctx: Context, member: Member) -> str:
    """How many are stalled: empty for none, a question mark when the engine does not answer."""
    try:
        found = await reads.stalled(ctx, member, StalledFilter(limit=COUNTED))
    except (EngineDown, Unconfirmed):
        return "?"
    return f"{len(found.items)}{'+' if found.next else ''}" if found.items else ""


def _needs(count: str) -> list[Stage]:
    if count == "?":
        return [Stage(words.UNSEEN)]
    if count:
        wait = "{t.request} waits" if count == "1" else "{t.requests} wait"
        return [
            Stage(
                Sentence(
                    "{count} " + wait + " too long: remind, extend, or close with a word to both.",
                    count=count,
                )
            )
        ]
    return [
        Stage(
            Sentence(
                "Nothing. Whoever waits is reminded in time, and every {t.request} has its closing date."
            )
        )
    ]


def rules(settings: ProgrammeSettings) -> list[tuple[str, str]]:
    """What the programme decided, in words."""
    counted = "working days" if settings.day_count == "working" else "days"
    close = settings.close_after
    return [
        ("Reminders", _after(settings.remind_after, counted) or "none"),
        (
            "Closing",
            f"after {words.period(close, counted)} without an answer" if close else "never by itself",
        ),
        (
            "Dates fall",
            f"in the hour before {settings.day_ends:%H:%M}, in the time zone of whoever is to act",
        ),
        (
            Sentence("Open {t.requests}"),
            Sentence("up to {count} per {t.mentee}", count=settings.open_requests)
            if settings.open_requests
            else "no limit",
        ),
        (
            Sentence("{t.Mentees}"),
            Sentence("up to {count} per {t.mentor} at once", count=settings.max_capacity),
        ),
        (
            Sentence("{t.Mentors}"),
            Sentence("up to {count} per {t.mentee} at once", count=settings.mentors_per_mentee),
        ),
        ("Stalled", f"after {words.period(settings.stalled_after, 'days')}"),
        *(("Note", sentence) for sentence in consequences(settings)),
    ]


def _after(periods: tuple[timedelta, ...], counted: str) -> str:
    return "after " + " and ".join(words.period(period, counted) for period in periods) if periods else ""


@router.get("/p/{slug}/admin/stalled")
async def stalled(
    ctx: Ctx,
    member: PageAdmin,
    said: Said,
    older_than: str = "",
    state: str = "",
    cursor: str | None = None,
) -> Response:
    age = older_than if older_than in AGES else ""
    waiting = state if state in STATES else ""
    found = await reads.stalled(ctx, member, _filter(age, waiting, cursor))
    base = f"/p/{member.programme.slug}/admin/stalled"
    kept = (("older_than", age), ("state", waiting))
    return member_page(
        ctx,
        member,
        "admin",
        "stalled.html",
        lead=_lead(member.programme.settings, age),
        page=found,
        rows=_rows(ctx, member, found),
        here=address(base, (*kept, ("cursor", cursor))),
        filter=Form(csrf="", values=values_of({"older_than": age, "state": waiting}), prefix="filter"),
        ages=AGES.items(),
        states=STATES.items(),
        any_age=age == ANY_AGE,
        empty=_nothing(age, waiting),
        next_href=address(base, (*kept, ("cursor", found.next))) if found.next else None,
        first_href=address(base, kept) if cursor else None,
        notice=said,
        **tabs(member, "/stalled"),
    )


def _filter(age: str, waiting: str, cursor: str | None) -> StalledFilter:
    wanted = StalledFilter(limit=PER_PAGE, cursor=cursor)
    if age:
        wanted = replace(wanted, older_than=timedelta(days=int(age[1:-1])))
    return replace(wanted, state=RequestState(waiting)) if waiting else wanted


def _lead(settings: ProgrammeSettings, age: str) -> str:
    if age == ANY_AGE:
        return Sentence("Every {t.request} that waits for somebody, as of now.")
    period = AGES[age].removesuffix(" or longer") if age else words.period(settings.stalled_after, "days")
    return Sentence("{t.Requests} that have waited for {period} or longer, as of now.", period=period)


def _nothing(age: str, waiting: str) -> Empty:
    """What an empty list says: only the list without a filter may say that nothing is stalled."""
    if age == ANY_AGE:
        whom = f" for the {WAITS_FOR[waiting]}" if waiting else ""
        return Empty(Sentence("No {t.request} waits" + whom), "Everything here is settled at the moment.")
    if age or waiting:
        return Empty(Sentence("No {t.request} waits that long"), "Others may wait for a shorter time.")
    return Empty("Nothing is stalled", Sentence("Every {t.request} is within its time."))


def _rows(ctx: Context, member: Member, found: Page[StalledOut]) -> list[Row]:
    rows = []
    for n, item in enumerate(found.items):
        forms = {name: form_for(ctx, member.viewer, f"{name}-{n}") for name in allowed(item, Role.ADMIN)}
        extension = item.extend_by or member.programme.settings.extend_by
        rows.append(Row(item, acts_of(COMMANDS, forms), words.period(extension)))
    return rows
