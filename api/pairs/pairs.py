"""Pairs that are not to be, and why a mentor is not on a mentee's list: for coordinators alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from api.pairs.schemas import DoNotPairOut, ListingOut, Obstacle
from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from api.web.keys import made_id
from api.web.paging import cursor_of, cut, parse_id, read_cursor
from api.web.schemas import By, Page, PersonRef
from models.process import asking, texts
from models.process.actors import Role
from models.process.errors import Invalid
from models.process.terms import in_terms
from models.store import asking as asking_store
from models.store import do_not_pair, people, roster
from models.store.do_not_pair import Wish
from models.store.pair_tables import DoNotPairRow
from models.store.recommended import recommended

MOST_MEANT = 5


async def listed(
    ctx: Context, member: Member, limit: int, cursor: str | None, person_id: str | None = None
) -> Page[DoNotPairOut]:
    """Newest first, of everybody or of one person."""
    programme_id, of = require_admin(member).programme.id, parse_id(person_id) if person_id else None
    after = read_cursor(cursor)

    def work(session: Session) -> Page[DoNotPairOut]:
        found, more = cut(do_not_pair.page(session, programme_id, of, after, limit + 1), limit)
        last = cursor_of(found[-1].set_at, found[-1].id) if more else None
        return Page[DoNotPairOut](items=_shown(session, programme_id, found), next=last)

    return await ctx.database.read(work)


async def one(ctx: Context, member: Member, pair_id: str) -> DoNotPairOut:
    """Raises NotFound."""
    programme_id, wanted = require_admin(member).programme.id, parse_id(pair_id)

    def work(session: Session) -> DoNotPairOut:
        return _shown(session, programme_id, [_row(session, programme_id, wanted)])[0]

    return await ctx.database.read(work)


async def add(ctx: Context, member: Member, pair: Sequence[str], why: str, key: str) -> DoNotPairOut:
    """Sets that two people are not to be paired; set already by a coordinator, it stays as it is.

    Raises Invalid.
    """
    programme_id, now = require_admin(member).programme.id, ctx.clock()
    one, other = (_person(each) for each in pair)
    if one == other:
        raise Invalid("Please name two different people.", field="people")
    words = texts.clean(why, "why", texts.MAX_COMMENT)
    row_id = made_id(member.person_id, key, programme_id, "/".join(sorted((one, other))))
    wish = Wish(row_id, (one, other), member.person_id, Role.ADMIN, words, now)

    def work(session: Session) -> DoNotPairOut:
        _check_members(session, programme_id, (one, other))
        return _shown(session, programme_id, [do_not_pair.add(session, programme_id, wish)])[0]

    return await ctx.database.write(work)


async def remove(ctx: Context, member: Member, pair_id: str) -> None:
    """Whoever has set it. Raises NotFound."""
    programme_id, wanted = require_admin(member).programme.id, parse_id(pair_id)

    def work(session: Session) -> None:
        do_not_pair.remove(session, _row(session, programme_id, wanted).id)

    await ctx.database.write(work)


async def explain(ctx: Context, member: Member, mentee_id: str, mentor_id: str) -> ListingOut:
    """Whether the mentor is on the mentee's list, and all that stands against it. Raises NotFound."""
    programme, now = require_admin(member).programme, ctx.clock()
    mentee, mentor = parse_id(mentee_id), parse_id(mentor_id)
    words = programme.settings.terms.words

    def work(session: Session) -> ListingOut:
        found = asking_store.members_of(session, programme.id, (mentee, mentor), lock=False)
        if len(found) < len({mentee, mentor}):
            raise NotFound
        facts = asking_store.load_facts(
            session, programme, programme.settings, mentee, mentor, now, lock=False
        )
        why = asking.obstacles(facts, asking_store.away(found[mentor], now))
        if not recommended(session, programme.id, programme.settings, mentee).shows(mentor):
            why.append(("not-recommended", "The programme shows recommended people alone."))
        running = dict(do_not_pair.open_between(session, programme.id, (mentee, mentor)))
        return ListingOut(
            request_id=running.get("request"),
            relationship_id=running.get("relationship"),
            mentee=PersonRef(mentee, found[mentee].name),
            mentor=PersonRef(mentor, found[mentor].name),
            listed=not why,
            why=[Obstacle(kind=kind, text=in_terms(text, words)) for kind, text in why],
        )

    return await ctx.database.read(work)


async def find_person(ctx: Context, member: Member, text: str, field: str) -> roster.Person:
    """The one member who is meant by a name or an address. Raises Invalid that says who could be meant."""
    wanted = texts.clean(text, field, 200)
    query = roster.Wanted(member.programme.id, ctx.clock(), wanted, limit=MOST_MEANT + 1)
    found = await ctx.database.read(lambda session: roster.page(session, query)) if wanted else []
    exact = [each for each in found if wanted.casefold() in {each.email.casefold(), each.name.casefold()}]
    if len(exact) == 1 or len(found) == 1:
        return (exact if len(exact) == 1 else found)[0]
    if not found:
        raise Invalid("Nobody here has this name or address; try a part of it.", field=field)
    some = ", ".join(f"{each.name} ({each.email})" for each in found[:MOST_MEANT])
    raise Invalid(f"Several people could be meant; please give the address of one: {some}.", field=field)


def _row(session: Session, programme_id: str, row_id: str) -> DoNotPairRow:
    found = do_not_pair.find(session, programme_id, row_id)
    if found is None:
        raise NotFound
    return found


def _person(person_id: str) -> str:
    try:
        return parse_id(person_id)
    except NotFound:
        raise Invalid(_NOBODY, field="people") from None


_NOBODY = "There is no such person in this programme."


def _check_members(session: Session, programme_id: str, ids: tuple[str, ...]) -> None:
    """Raises Invalid for somebody who is no member, or not any more."""
    found = asking_store.members_of(session, programme_id, ids, lock=False)
    if any(each not in found or found[each].left_at for each in ids):
        raise Invalid(_NOBODY, field="people")


def _shown(session: Session, programme_id: str, rows: Collection[DoNotPairRow]) -> list[DoNotPairOut]:
    ids = {each for row in rows for each in (row.lower_id, row.higher_id, row.set_by)}
    names = people.names_of(session, programme_id, ids)
    return [
        DoNotPairOut(
            id=row.id,
            people=[PersonRef(each, names.get(each, "")) for each in (row.lower_id, row.higher_id)],
            by=By(id=row.set_by, name=names.get(row.set_by), role=row.set_as),
            at=row.set_at,
            why=row.why,
        )
        for row in rows
    ]
