"""What waits for a coordinator: each kind as one line, with whom, since when, and its one action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.desk.schemas import StalledOut
from api.web.access import Member
from api.web.dates import Dates
from api.web.present import isolated
from api.web.schemas import Page, PersonRef
from api.web.words import count, in_words, period
from models.process.terms import Sentence, joined
from models.store.desk import SHOWN, Someone, Waiting
from models.store.health import Figures

NAMED = 2
"""So many people are named in a line, and have their picture there."""


@dataclass(frozen=True, slots=True)
class Need:
    """`href` is empty where a coordinator can do nothing about it here. `people` are those to be seen."""

    title: str
    text: str
    href: str = ""
    action: str = ""
    people: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that is looked through. `stalled` is None while the engine does not answer."""

    member: Member
    dates: Dates
    stalled: Page[StalledOut] | None
    waiting: Waiting
    figures: Figures

    @property
    def base(self) -> str:
        return f"/p/{self.member.programme.slug}/admin"


def needs(desk: Desk) -> list[Need]:
    """The most urgent first."""
    kinds = (_stalled, _nobody_free, _turned_down, _mails, _unfinished, _erasures)
    return [need for kind in kinds for need in kind(desk)]


def _stalled(desk: Desk) -> Iterator[Need]:
    if desk.stalled is None:
        return
    left = [one for one in desk.stalled.items if one.left_to_admins]
    long = [one for one in desk.stalled.items if not one.left_to_admins]
    if left:
        yield _left(desk, left)
    if long:
        yield _long(desk, long, bool(desk.stalled.next))


def _left(desk: Desk, left: Sequence[StalledOut]) -> Need:
    first, alone = left[0], len(left) == 1
    are = "{t.request} is" if alone else "{t.requests} are"
    return Need(
        Sentence("{count} " + are + " left to you", count=len(left)),
        Sentence(
            "{asked}, who takes no {t.requests} any more. Only {t.a_coordinator} can decide.",
            asked=_asked(first),
        ),
        f"/requests/{first.request_id}" if alone else f"{desk.base}/stalled",
        "Look at it" if alone else f"Look at the {in_words(len(left))}",
        (first.mentee, first.mentor),
    )


def _long(desk: Desk, long: Sequence[StalledOut], more: bool) -> Need:
    oldest, alone = long[0], len(long) == 1
    shown = f"{len(long)}{'+' if more else ''}"
    wait = "{t.request} waits" if alone else "{t.requests} wait"
    which = "It waits" if alone else "The oldest waits"
    text = f"{which} for {desk.dates.for_days(oldest.since)}: {_asked(oldest)}."
    if oldest.closes_at:
        text += f" It closes {desk.dates.soon(oldest.closes_at)}."
    return Need(
        Sentence(
            "{shown} " + wait + " for {period} or longer",
            shown=shown,
            period=period(desk.member.programme.settings.stalled_after),
        ),
        text,
        f"{desk.base}/stalled",
        "Look at it" if alone else f"Look at the {in_words(len(long))}" if not more else "Look at them",
        (oldest.mentee, oldest.mentor),
    )


def _asked(one: StalledOut) -> str:
    return f"{isolated(one.mentee.name)} asked {isolated(one.mentor.name)}"


def _nobody_free(desk: Desk) -> Iterator[Need]:
    figures = desk.figures
    if figures.free or not figures.seeking:
        return
    seek = "{t.mentee} looks" if figures.seeking == 1 else "{t.mentees} look"
    yield Need(
        Sentence("No {t.mentor} has a free place"),
        Sentence("{count} " + seek + " for one, and cannot ask anybody.", count=figures.seeking),
        f"{desk.base}/people#invite",
        Sentence("Invite {t.a_mentor}"),
    )


def _turned_down(desk: Desk) -> Iterator[Need]:
    found = desk.waiting.turned_down
    if not found:
        return
    were = "{t.mentee} was" if len(found) == 1 else "{t.mentees} were"
    yield Need(
        Sentence("{count} " + were + " turned down twice", count=_number(found)),
        f"{_names(found)} may need a word, or a suggestion.",
        _to(desk, found, "declined"),
        "See who",
        _people(found),
    )


def _mails(desk: Desk) -> Iterator[Need]:
    found = desk.waiting.bounced
    if not found:
        return
    last = found[-1]
    yield Need(
        f"Mail to {_number(found)} {'person' if len(found) == 1 else 'people'} does not arrive",
        f"To {_names(found)}, last {desk.dates.away(last.at)}. Is the address right?",
        f"{desk.base}/mails?state=undelivered",
        "See the mails",
        _people(found),
    )


def _unfinished(desk: Desk) -> Iterator[Need]:
    found = desk.waiting.unfinished
    if not found:
        return
    are = "profile is" if len(found) == 1 else "profiles are"
    yield Need(
        f"{_number(found)} {are} not finished after two weeks",
        f"{_names(found)} cannot take part before that.",
        _to(desk, found, "unfinished"),
        "See who",
        _people(found),
    )


def _erasures(desk: Desk) -> Iterator[Need]:
    number = desk.waiting.erasures
    if number:
        yield Need(
            f"{count(number, 'erasure')} should have been done by now",
            "Please tell the people who run this installation: `steadfast doctor` says what holds it up.",
        )


def _number(found: Sequence[Someone]) -> str:
    return f"{SHOWN}+" if len(found) > SHOWN else str(len(found))


def _to(desk: Desk, found: Sequence[Someone], state: str) -> str:
    """The page of the only one, or the list of them."""
    return f"{desk.base}/people/{found[0].id}" if len(found) == 1 else f"{desk.base}/people?state={state}"


def _names(found: Sequence[Someone]) -> str:
    named = [isolated(one.name) for one in found[:NAMED]]
    others = len(found) - len(named)
    if others:
        more = "others" if others > 1 else "other"
        named.append(f"{'many' if len(found) > SHOWN else others} {more}")
    return joined(" and ", [joined(", ", named[:-1]), named[-1]] if len(named) > 1 else named)


def _people(found: Sequence[Someone]) -> tuple[PersonRef, ...]:
    return tuple(PersonRef(id=one.id or one.name, name=one.name) for one in found[:NAMED])
