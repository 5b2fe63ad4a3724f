"""The requests that wait, asked of the engine itself (A2, R8), and what is done about one or many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.desk import bulk, reads
from api.desk.pages import tabs
from api.desk.reads import StalledFilter
from api.desk.schemas import StalledOut
from api.requests.schemas import RequestOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.act_forms import fields_of
from api.web.context import Context
from api.web.forms import Form, Sent
from api.web.notices import Said
from api.web.pages import PER_PAGE, PageAdmin, Posted, form_for, member_page, refuse
from api.web.present import address
from api.web.schemas import Page
from api.web.words import Chip, Empty
from models.process.actors import Part, Role
from models.process.errors import Invalid
from models.process.inputs import Offer, Place
from models.process.programme import ProgrammeSettings
from models.process.request.kinds import RequestKind, part_of, role_of
from models.process.request.moves import COMMANDS, allowed
from models.process.request.state import INNER, WAITS_FOR, RequestState, whose_turn
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

ANY_AGE = "P0D"
AGES = {
    "": "Too long",
    "P3D": "3 days or longer",
    "P7D": "7 days or longer",
    "P14D": "14 days or longer",
    "P30D": "30 days or longer",
    ANY_AGE: "All open",
}
OFFERED = ("", ANY_AGE)
"""The others are shown where they are chosen."""
AWAITED = {
    state.value: f"{{t.{role_of(part, RequestKind.REQUEST)}}}"
    for state, part in WAITS_FOR.items()
    if state not in INNER
}
STATES = {state: Sentence("The " + term + "’s turn") for state, term in AWAITED.items()}
NEXT_WORDS = {"reminder": "A reminder goes out", "expiry": "It closes by itself"}
SOON = 2
"""A wait that ends within so many days is drawn as one that runs out."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which part of the list."""

    slug: str
    age: str = ""
    state: str = ""
    cursor: str | None = None

    @property
    def base(self) -> str:
        return f"/p/{self.slug}/admin/stalled"

    @property
    def is_usual(self) -> bool:
        return not (self.age or self.state or self.cursor)

    def address(self, age: str, state: str, cursor: str | None = None) -> str:
        return address(self.base, (("older_than", age), ("state", state), ("cursor", cursor)))

    def one(self, act: str, request_id: str) -> str:
        """Where something is asked before it is done to one request."""
        if act not in bulk.COMMANDS:
            return f"/requests/{request_id}#{act}"
        return address(
            f"{self.base}/{act}", (("r", request_id), ("older_than", self.age), ("state", self.state))
        )

    def chips(self) -> list[Chip]:
        ages = [
            Chip(text, self.address(age, self.state), age == self.age)
            for age, text in AGES.items()
            if age in OFFERED
        ]
        other = (
            [] if self.age in OFFERED else [Chip(AGES[self.age], self.address("", self.state), True, True)]
        )
        turns = [
            Chip(text, self.address(self.age, "" if on else state), on, on)
            for state, text in STATES.items()
            for on in (state == self.state,)
        ]
        return [*ages, *other, *turns]


@dataclass(frozen=True, slots=True)
class Row:
    """One request that waits, with what can be done about it: pressed at once, or asked first."""

    item: StalledOut
    acts: list[tuple[str, Offer]]
    extension: str
    days: int
    whole: int
    """Days from the beginning of the wait to its end; 0 where it has none."""

    def press(self, offer: Offer) -> Sentence:
        return Sentence(offer.press, extension=self.extension)

    @property
    def _turn(self) -> Role | None:
        return whose_turn(self.item.state, self.item.left_to_admins, self.item.kind)

    @property
    def waits_for(self) -> str:
        """The name of whoever has to act."""
        turn = self._turn
        if turn is Role.ADMIN:
            return Sentence("{t.a_coordinator}")
        return (self.item.mentee if turn is Role.MENTEE else self.item.mentor).name

    @property
    def why(self) -> str:
        """The end of a sentence that begins with who is waited for."""
        turn = self._turn
        if turn is Role.ADMIN:
            return Sentence("The {t.mentor} takes no {t.requests} any more: {t.a_coordinator} decides.")
        part = part_of(turn, self.item.kind) if turn else None
        decider = "{t." + role_of(Part.DECIDER, self.item.kind) + "}"
        if part is Part.DECIDER:
            return Sentence(f"The {decider} has not answered.")
        return Sentence(f"The {decider} asked for a change, and it has not come.")

    @property
    def runs_out(self) -> int:
        """From which day on the wait is drawn as one that runs out."""
        return self.whole - SOON

    @property
    def next_words(self) -> str:
        return NEXT_WORDS.get(self.item.next.what, "") if self.item.next else ""


@router.get("/p/{slug}/admin/stalled")
async def stalled(
    ctx: Ctx,
    member: PageAdmin,
    said: Said,
    older_than: str = "",
    state: str = "",
    cursor: str | None = None,
) -> Response:
    shown = _shown(member, older_than, state, cursor)
    found = await reads.stalled(ctx, member, _filter(shown, PER_PAGE))
    return member_page(
        ctx,
        member,
        "admin",
        "stalled.html",
        title=_title(member, shown, found),
        lead=_lead(member.programme.settings, shown.age),
        page=found,
        rows=_rows(ctx, member, found),
        form=form_for(ctx, member.viewer),
        here=shown.address(shown.age, shown.state, shown.cursor),
        shown=shown,
        chips=shown.chips(),
        acts=[(name, COMMANDS[name].offer) for name in bulk.COMMANDS],
        stalls_at=member.programme.settings.stalled_after / DAY,
        any_age=shown.age == ANY_AGE,
        empty=_nothing(shown.age, shown.state),
        next_href=shown.address(shown.age, shown.state, found.next) if found.next else None,
        first_href=shown.address(shown.age, shown.state) if cursor else None,
        notice=said,
        **tabs(member, "/stalled"),
    )


def _shown(member: Member, older_than: str, state: str, cursor: str | None = None) -> Shown:
    age = older_than if older_than in AGES else ""
    return Shown(member.programme.slug, age, state if state in STATES else "", cursor or None)


def _filter(shown: Shown, limit: int) -> StalledFilter:
    wanted = StalledFilter(limit=limit, cursor=shown.cursor)
    if shown.age:
        wanted = replace(wanted, older_than=timedelta(days=int(shown.age[1:-1])))
    return replace(wanted, state=RequestState(shown.state)) if shown.state else wanted


def _title(member: Member, shown: Shown, found: Page[StalledOut]) -> str:
    if not (shown.is_usual and found.items):
        return Sentence("{t.Requests} that wait")
    number = max(len(found.items), member.waiting) if found.next else len(found.items)
    return f"{words.in_words(number).capitalize()} {'waits' if number == 1 else 'wait'} too long"


def _lead(settings: ProgrammeSettings, age: str) -> str:
    if age == ANY_AGE:
        return Sentence("Every {t.request} that waits for somebody, as of now.")
    period = AGES[age].removesuffix(" or longer") if age else words.period(settings.stalled_after, "days")
    lead = Sentence("{t.Requests} that have waited for {period} or longer, as of now.", period=period)
    if settings.close_after is None:
        return lead
    after = words.period(settings.close_after, "days")
    return Sentence(
        "{lead} After {after} each closes by itself, with a word to both.", lead=lead, after=after
    )


def _nothing(age: str, waiting: str) -> Empty:
    """What an empty list says: only the list without a filter may say that nothing is stalled."""
    if age == ANY_AGE:
        whom = f" for the {AWAITED[waiting]}" if waiting else ""
        return Empty(Sentence("No {t.request} waits" + whom), "Everything here is settled at the moment.")
    if age or waiting:
        return Empty(Sentence("No {t.request} waits that long"), "Others may wait for a shorter time.")
    return Empty("Nothing is stalled", Sentence("Every {t.request} is within its time."))


def _rows(ctx: Context, member: Member, found: Page[StalledOut]) -> list[Row]:
    rows, now = [], ctx.clock()
    for item in found.items:
        offers = [(name, COMMANDS[name].offer) for name in allowed(item, Role.ADMIN)]
        extension = item.extend_by or member.programme.settings.extend_by
        whole = round((item.closes_at - item.since) / DAY) if item.closes_at else 0
        days = (now - item.since) // DAY
        acts = [(name, offer) for name, offer in offers if offer.place is Place.DESK]
        rows.append(Row(item, acts, words.period(extension), days, max(whole, 0)))
    return rows


Chosen = Annotated[list[str], Query(default_factory=list)]


@router.get("/p/{slug}/admin/stalled/{act}")
async def check(
    act: str,
    ctx: Ctx,
    member: PageAdmin,
    r: Chosen,
    all: str = "",  # noqa: A002 - the tick is called so
    older_than: str = "",
    state: str = "",
) -> Response:
    """What would be done, and to whom; nothing is done yet."""
    shown = _shown(member, older_than, state)
    picked = Picked(r)
    if all:
        found = await reads.stalled(ctx, member, _filter(shown, bulk.MOST))
        picked = Picked([one.request_id for one in found.items], found.next is not None)
    return await _check(ctx, member, act, shown, picked, form_for(ctx, member.viewer))


@dataclass(frozen=True, slots=True)
class Picked:
    """`more`: the list that they were taken from goes on."""

    ids: list[str]
    more: bool = False


async def _check(
    ctx: Context, member: Member, act: str, shown: Shown, picked: Picked, form: Form, status: int = 200
) -> Response:
    kind, ids = bulk.command(act), picked.ids
    chosen = await bulk.chosen(ctx, member, ids)
    over = max(len(bulk.known(ids)) - bulk.MOST, 0)
    doable = [one for one in chosen if act in allowed(one, Role.ADMIN)]
    fields = [one for one in fields_of(kind).values() if one.name in bulk.ASKED]
    return member_page(
        ctx,
        member,
        "admin",
        "stalled_check.html",
        status=status,
        act=act,
        offer=kind.offer,
        base=shown.base,
        back=shown.address(shown.age, shown.state),
        shown=shown,
        doable=doable,
        others=[one for one in chosen if act not in allowed(one, Role.ADMIN)],
        unknown=len(dict.fromkeys(ids)) - over - len(chosen),
        most=bulk.MOST,
        too_many=picked.more or over > 0,
        extension=_extension(doable, member.programme.settings),
        fields=fields,
        form=form,
        **tabs(member, "/stalled"),
    )


def _extension(requests: Iterable[RequestOut], settings: ProgrammeSettings) -> str:
    """By how much each is moved where no days are given: by the rules that bind it, which may be older."""
    own = (one.rules.extend_by if one.rules else None for one in requests)
    found = {period or settings.extend_by for period in own}
    return words.period(found.pop()) if len(found) == 1 else "as long as the rules of each say"


@router.post("/p/{slug}/admin/stalled/{act}")
async def do(act: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """Does it to each, and says for each what came of it."""
    shown = _shown(member, sent.text("older_than"), sent.text("state"))
    kind = bulk.command(act)
    try:
        bulk.check_said(member, kind, sent)
    except Invalid as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        form.key = sent.form_key
        return await _check(ctx, member, act, shown, Picked(sent.all("r")), form, status)
    results = await bulk.carry_out(ctx, member, kind, sent)
    return _results(ctx, member, act, shown, sent, results)


def _results(
    ctx: Context, member: Member, act: str, shown: Shown, sent: Sent, results: list[bulk.Result]
) -> Response:
    again = form_for(ctx, member.viewer)
    again.key = sent.form_key
    again.values = {name: sent.values[name] for name in bulk.ASKED if name in sent.values}
    return member_page(
        ctx,
        member,
        "admin",
        "stalled_done.html",
        act=act,
        offer=COMMANDS[act].offer,
        done=[one for one in results if not one.refusal],
        failed=[one for one in results if one.refusal],
        unsure=[one for one in results if one.is_unsure],
        form=again,
        back=shown.address(shown.age, shown.state),
        shown=shown,
        **tabs(member, "/stalled"),
    )
