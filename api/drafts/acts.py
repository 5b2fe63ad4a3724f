"""What coordinators do with drafts. Every act has a key: sent twice with it, it is done once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from api.drafts import reads
from api.drafts.reads import Known
from api.drafts.schemas import DraftItemOut, DraftOut
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.keys import made_id
from api.web.paging import parse_id
from api.web.projection import caught_up
from models.process.draft.holding import stands_against
from models.process.draft.state import DraftAct, DraftKind, DraftOptions, DraftState
from models.process.errors import Invalid, MentorFull, Refused
from models.process.match import Basis
from models.process.terms import Sentence
from models.store import draft_people, drafting, finding
from models.store.asking import load_facts, members_of
from models.store.drafting import Choice, NewDraft
from models.store.finding import Scope


async def begin(
    ctx: Context, member: Member, kind: DraftKind, options: DraftOptions, mentee_ids: Sequence[str], key: str
) -> DraftOut:
    """Has a draft computed. Raises LimitReached, or Invalid for somebody who is no mentee."""
    programme = member.programme
    draft_id = made_id(member.person_id, key, programme.id, kind)
    wanted = NewDraft(
        draft_id,
        programme.id,
        kind,
        options,
        member.person_id,
        ctx.clock(),
        tuple(dict.fromkeys(_id(one, "mentee_ids", _NO_MENTEE) for one in mentee_ids)),
    )

    def work(session: Session) -> None:
        if draft_people.unknown_mentees(session, programme.id, wanted.mentee_ids):
            raise Invalid(_NO_MENTEE, field="mentee_ids")
        drafting.ask(session, wanted)

    await ctx.database.write(work)
    await ctx.gateway.do_with_draft(draft_id, None, member.person_id)
    return await reads.draft(ctx, member.viewer, draft_id)


_NO_MENTEE = Sentence("One of these is no {t.mentee} of this programme; leave them out.")
_NO_MENTOR = Sentence("One of these is no {t.mentor} of this programme; leave them out.")


def _id(text: str, field: str, sentence: str) -> str:
    try:
        return parse_id(text)
    except NotFound:
        raise Invalid(sentence, field=field) from None


async def do(ctx: Context, who: Viewer, draft_id: str, act: DraftAct) -> DraftOut:
    """Publishes or discards a draft, or has it computed again; done before, it changes nothing.

    Raises NotFound, IllegalMove.
    """
    one = await ctx.database.read(lambda session: reads.known(session, who, draft_id))
    view = await ctx.gateway.do_with_draft(one.row.id, act, who.person_id)
    await caught_up(ctx, drafting.version_of, view.draft_id, view.version)
    found = await reads.draft(ctx, who, one.row.id)
    is_behind = found.state is DraftState(one.row.state) and found.state is not view.state
    return await reads.draft(ctx, who, one.row.id, view.state) if is_behind else found


@dataclass(frozen=True)
class Changes:
    """What is to be different in the next computation: (mentee, mentor) pairs, and mentees to let go."""

    pin: tuple[tuple[str, str], ...] = ()
    forbid: tuple[tuple[str, str], ...] = ()
    release: tuple[str, ...] = ()


async def compute(ctx: Context, who: Viewer, draft_id: str, changes: Changes) -> DraftOut:
    """Has a draft computed again, around what is pinned and forbidden."""
    await change(ctx, who, draft_id, changes)
    return await do(ctx, who, draft_id, DraftAct.COMPUTE)


async def change(ctx: Context, who: Viewer, draft_id: str, changes: Changes) -> None:
    """Writes down what is pinned and forbidden, for the next computation."""

    def work(session: Session) -> None:
        one = reads.known(session, who, draft_id)
        drafting.editable(session, one.row.id)
        _change(session, ctx, one, changes)

    await ctx.database.write(work)


def _change(session: Session, ctx: Context, one: Known, changes: Changes) -> None:
    drafting.let_go(session, one.row.id, [parse_id(mentee) for mentee in changes.release])
    pairs = [(parse_id(mentee), parse_id(mentor)) for mentee, mentor in changes.forbid]
    for mentee, _ in pairs:
        _in_draft(session, one, mentee)
    _check_mentors(session, one, [mentor for _, mentor in pairs], "forbid")
    drafting.forbid(session, one.row.id, pairs)
    for mentee, mentor in changes.pin:
        _set(session, ctx, one, parse_id(mentee), [mentor])


async def set_item(
    ctx: Context, who: Viewer, draft_id: str, mentee_id: str, mentors: Sequence[str]
) -> DraftItemOut:
    """Has these mentors for a mentee and no others, whatever was computed.

    Raises NotFound, IllegalMove once it is no draft any more, Invalid, or Refused with the rule against it.
    """

    def work(session: Session) -> DraftItemOut:
        one, mentee = reads.known(session, who, draft_id), parse_id(mentee_id)
        _in_draft(session, one, mentee)
        drafting.editable(session, one.row.id)
        _set(session, ctx, one, mentee, mentors)
        session.flush()
        session.expire_all()
        return reads.one_item(session, one, mentee_id)

    return await ctx.database.write(work)


def _set(session: Session, ctx: Context, one: Known, mentee_id: str, mentors: Sequence[str]) -> None:
    _in_draft(session, one, mentee_id)
    ids = [_id(mentor, "mentors", _NO_MENTOR) for mentor in mentors]
    _check_number(one, ids)
    _check_mentors(session, one, ids, "mentors")
    for mentor_id in ids:
        _check_pair(session, one, mentee_id, mentor_id, ctx.clock())
    choices = [_choice(session, ctx, one, mentee_id, mentor_id) for mentor_id in ids]
    drafting.set_by_hand(session, one.row.id, mentee_id, choices)


def _in_draft(session: Session, one: Known, mentee_id: str) -> None:
    if drafting.item(session, one.row.id, mentee_id) is None:
        raise NotFound


def _check_number(one: Known, ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        raise Invalid(Sentence("Name each {t.mentor} once."), field="mentors")
    most = 1 if one.kind is DraftKind.PAIRING else DraftOptions.model_validate(one.row.options).per_mentee
    if len(ids) > most:
        raise Invalid(
            Sentence("This draft has up to {most} for each {t.mentee}; leave some out.", most=most),
            field="mentors",
        )


def _check_mentors(session: Session, one: Known, ids: Iterable[str], field: str) -> None:
    wanted = tuple(ids)
    found = members_of(session, one.programme.id, wanted, lock=False)
    if any(mentor not in found or not found[mentor].is_mentor for mentor in wanted):
        raise Invalid(_NO_MENTOR, field=field)


def _check_pair(session: Session, one: Known, mentee_id: str, mentor_id: str, now: datetime) -> None:
    """Raises Refused for a pair that may not be, or for which the draft has used up the places."""
    facts = load_facts(session, one.programme, one.settings, mentee_id, mentor_id, now, lock=False)
    if sentence := stands_against(facts):
        raise Refused(sentence, field="mentors")
    if one.kind is not DraftKind.PAIRING:
        return
    used = drafting.used_by_others(session, one.row.id, mentor_id, mentee_id)
    if facts.mentor_places + used >= facts.mentor_capacity:
        raise MentorFull(
            Sentence(
                "The free places of this {t.mentor} go to others in this draft; take one of these away first."
            ),
            field="mentors",
        )


def _choice(session: Session, ctx: Context, one: Known, mentee_id: str, mentor_id: str) -> Choice:
    row = one.programme
    scope = Scope(row.id, one.settings, row.people_version, row.skills_version)
    match = finding.match_pair(session, ctx.pools.books, scope, mentee_id, mentor_id, Basis.GAPS)
    return Choice(mentor_id, match.score, [reason.model_dump(mode="json") for reason in match.reasons])
