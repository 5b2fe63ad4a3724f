"""The coordinators' desk: what needs one of them, what there is, and how the programme does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.desk import pictures, reads
from api.desk.needs import Desk, needs
from api.desk.reads import StalledFilter
from api.desk.schemas import StalledOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.dates import Dates
from api.web.failures import EngineDown, Unconfirmed
from api.web.pages import PageAdmin, dates_of, member_page
from api.web.schemas import Page
from api.web.words import Tab
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on
from models.process.terms import Sentence
from models.store import desk as store
from models.store import health

router = APIRouter(include_in_schema=False)

COUNTED = 200
"""Stalled requests are counted up to this many; beyond, the number is said to be larger."""
PERIODS: dict[str, tuple[str, timedelta | None]] = {
    "P90D": ("90 days", timedelta(days=90)),
    "P365D": ("A year", timedelta(days=365)),
    "all": ("All", None),
}
USUAL = "P365D"


@dataclass(frozen=True, slots=True)
class Figure:
    number: int
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Health:
    """All that is counted for one look at the desk."""

    waiting: store.Waiting
    figures: health.Figures
    loaded: Sequence[health.Loaded]
    funnel: health.Funnel
    waits: Sequence[pictures.Sent]
    survey: health.Survey


def registers(member: Member) -> bool:
    """Whether people can join the programme by themselves."""
    return member.programme.settings.self_registration != "off"


def tabs(member: Member, current: str) -> dict[str, Any]:
    """The coordinators' own navigation."""
    base = f"/p/{member.programme.slug}/admin"
    pages = (
        ("", "Desk"),
        ("/stalled", "Stalled"),
        ("/people", "People"),
        *((("/registrations", "Registrations"),) if registers(member) else ()),
        ("/mails", "Mails"),
        ("/skills", "Skills"),
        ("/drafts", "Pairing"),
        ("/readiness", "Readiness"),
        ("/settings", "Settings"),
    )
    found = [Tab(text, base + path, path == current) for path, text in pages]
    return {"tabs": found, "tabs_label": Sentence("{t.Coordinator}’s desk")}


@router.get("/p/{slug}/admin")
async def desk(ctx: Ctx, member: PageAdmin, since: str = "") -> Response:
    period = since if since in PERIODS else USUAL
    length = PERIODS[period][1]
    begin = ctx.clock() - length if length else None
    stalled = await _stalled(ctx, member)
    found = await ctx.database.read(lambda session: _health(session, member, begin, ctx.clock()))
    dates = dates_of(ctx, member)
    waits = needs(Desk(member, dates, stalled, found.waiting, found.figures))
    settings = member.programme.settings
    return member_page(
        ctx,
        member,
        "admin",
        "admin.html",
        name=member.programme.name,
        greeting=_greeting(dates),
        reader=member.viewer.name,
        lead=_lead(len(waits), stalled is None),
        unseen=words.UNSEEN if stalled is None else "",
        needs=waits,
        figures=_figures(f"/p/{member.programme.slug}", found.figures),
        funnel=pictures.funnel(found.funnel),
        since=begin,
        periods=_periods(member, period),
        answers=pictures.answers(found.waits, settings, dates),
        loads=found.loaded,
        free=found.figures.free,
        full=found.figures.full,
        mentors=found.figures.mentors,
        survey=pictures.survey(found.survey),
        rules=rules(settings),
        **tabs(member, ""),
    )


async def _stalled(ctx: Context, member: Member) -> Page[StalledOut] | None:
    """What the engine says, or None when it does not answer."""
    try:
        return await reads.stalled(ctx, member, StalledFilter(limit=COUNTED))
    except (EngineDown, Unconfirmed):
        return None


def _health(session: Session, member: Member, since: datetime | None, now: datetime) -> Health:
    programme, settings = member.programme.id, member.programme.settings
    return Health(
        waiting=store.waiting(session, programme, now),
        figures=health.figures(session, programme, settings, now),
        loaded=health.most_loaded(session, programme, settings),
        funnel=health.funnel(session, programme, since),
        waits=health.waits(session, programme, now - pictures.WATCHED, now),
        survey=health.survey(session, programme, settings.survey_questions, since),
    )


def _greeting(dates: Dates) -> str:
    hour = dates.hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def _lead(number: int, unseen: bool) -> str:
    if not number:
        if unseen:
            return "Here is how the programme does."
        return Sentence(
            "Nothing needs you. Who is waited for is reminded in time, and every {t.request} has its date."
        )
    need = "thing needs" if number == 1 else "things need"
    return f"{words.in_words(number).capitalize()} {need} you. The rest moves by itself."


def _figures(base: str, found: health.Figures) -> list[Figure]:
    people = f"{base}/admin/people"
    together = "works" if found.together == 1 else "work"
    return [
        Figure(
            found.open_requests,
            Sentence("open {t.request}" if found.open_requests == 1 else "open {t.requests}"),
            f"{base}/requests?of=admin",
        ),
        Figure(found.together, f"{together} together", f"{base}/relationships?of=admin"),
        Figure(found.mentees, Sentence("{t.mentees}"), f"{people}?role=mentee"),
        Figure(found.mentors, Sentence("{t.mentors}"), f"{people}?role=mentor"),
        Figure(found.free, "free places", f"{people}?role=mentor"),
        Figure(found.seeking, Sentence("without {t.a_mentor}"), f"{people}?state=seeking"),
    ]


def _periods(member: Member, current: str) -> list[Tab]:
    base = f"/p/{member.programme.slug}/admin"
    return [
        Tab(text, base if name == USUAL else f"{base}?since={name}", name == current)
        for name, (text, _) in PERIODS.items()
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
        *(("Note", sentence) for sentence in notes_on(settings)),
    ]


def _after(periods: tuple[timedelta, ...], counted: str) -> str:
    return "after " + " and ".join(words.period(period, counted) for period in periods) if periods else ""
