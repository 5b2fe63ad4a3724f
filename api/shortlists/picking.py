"""Picking names for a shortlist and putting them in order by numbers, without a script."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.finding import reads as finding_reads
from api.finding.reads import scope_of
from api.finding.schemas import MentorHit
from api.profile.profiles import mentor_out
from api.web.access import Member
from api.web.context import Context
from api.web.errors import NotFound
from api.web.forms import Form, Sent
from api.web.paging import parse_id
from models.matching.search import Criteria
from models.process.errors import Invalid, ProcessError
from models.process.match import Basis
from models.store import finding
from models.store.asking import members_of

PLACE = "place-"
"""Begins the names of the fields that hold a number, followed by the id of the mentor."""
OFFERED = 10
TWICE = "Two people have the number {number}; please give each a number of their own."


@dataclass(frozen=True, slots=True)
class Picked:
    """`mentors` are ids in the order of their numbers; `twice` is a number that was given twice."""

    mentors: tuple[str, ...]
    twice: int | None = None

    def place(self, mentor_id: str) -> int | None:
        """The number of a mentor, from 1 on."""
        return self.mentors.index(mentor_id) + 1 if mentor_id in self.mentors else None

    def check(self) -> None:
        if self.twice is not None:
            raise Invalid(TWICE.format(number=self.twice), field="mentors")


def picked_in(sent: Sent) -> Picked:
    """The people with a number, in its order; what is no number is none."""
    numbered = [
        (int(sent.text(name)), name.removeprefix(PLACE))
        for name in sent.values
        if name.startswith(PLACE) and sent.text(name).isascii() and sent.text(name).isdecimal()
    ]
    numbers = [number for number, _ in numbered]
    twice = next((one for one in numbers if numbers.count(one) > 1), None)
    return Picked(tuple(mentor for _, mentor in sorted(numbered)), twice)


def chosen_ids(picked: Picked, form: Form) -> tuple[str, ...]:
    """Those who stay on the page: with a number, and those who were offered before and have none."""
    shown = [name.removeprefix(PLACE) for name in form.values if name.startswith(PLACE)]
    searched = form.value("step") == "search"
    return tuple(dict.fromkeys((*picked.mentors, *(() if searched else shown))))


async def candidates(
    ctx: Context,
    member: Member,
    first: Sequence[str],
    text: str | None,
    without: Collection[str] = (),
) -> list[MentorHit]:
    """The people `first`, then the best who fit `text` (empty: all); only the first for None."""
    ids = [one for one in dict.fromkeys(_known(first)) if one not in without]
    found = await _hits(ctx, member, ids)
    if text is None:
        return found
    search = Criteria(text=text[:200].strip(), limit=OFFERED + len(ids) + len(without))
    try:
        page = await finding_reads.find_mentors(ctx, member, search)
    except ProcessError:
        return found
    others = [hit for hit in page.items if hit.mentor.id not in {*ids, *without}]
    return found + others[:OFFERED]


def _known(ids: Sequence[str]) -> list[str]:
    known = []
    for one in ids:
        try:
            known.append(parse_id(one))
        except NotFound:
            continue
    return known


async def _hits(ctx: Context, member: Member, ids: Sequence[str]) -> list[MentorHit]:
    """Mentors of the programme by their ids, in this order, whether they can be asked now or not."""
    programme = member.programme

    def work(session: Session) -> list[MentorHit]:
        found = members_of(session, programme.id, (member.person_id, *ids), lock=False)
        hits = []
        for one in ids:
            row = found.get(one)
            if row is None or not row.is_mentor or row.left_at or one == member.person_id:
                continue
            fit = finding.match_pair(
                session, ctx.pools.books, scope_of(member), member.person_id, one, Basis.GAPS
            )
            hits.append(MentorHit(mentor=mentor_out(row), score=fit.score, reasons=list(fit.reasons)))
        return hits

    return await ctx.database.read(work) if ids else []
