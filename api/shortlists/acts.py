"""What a mentee does with a shortlist: begins one, changes who is asked next, takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.shortlists.reads import behind, ids_of, shortlist, shortlist_out
from api.shortlists.schemas import ShortlistOut
from api.web.access import Member, Viewer
from api.web.acts import ActResult
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id, scoped
from api.web.paging import parse_id
from api.web.projection import BEGINS_WITHIN, caught_up, version_now
from models.process import texts
from models.process.actors import Actor, Role
from models.process.commands import Command
from models.process.errors import Invalid
from models.process.match import Basis
from models.process.programme import ProgrammeSettings
from models.process.shortlist import moves
from models.process.shortlist.commands import ReorderShortlist, check_new
from models.process.shortlist.reasons import Why, check_mentee, hindrance
from models.process.shortlist.state import Ask, AskState, Mode, Shortlist, ShortlistView
from models.process.terms import Sentence
from models.store import asking as store
from models.store import requests as request_store
from models.store import shortlists
from models.store.tables import ProgrammeRow

_NO_MENTOR = Sentence("Somebody on the list is no {t.mentor} of this programme; please leave them out.")
_NOT_NOW = Sentence("Somebody on the list takes no {t.requests} from you now; please leave them out.")


@dataclass(frozen=True, slots=True)
class NewList:
    """A list as somebody wants it; `mentors` are ids, the first one first."""

    mentors: tuple[str, ...]
    message: str
    basis: Basis = Basis.GAPS
    mode: Mode = Mode.IN_ORDER


async def draft(ctx: Context, member: Member, wanted: NewList, key: str) -> Shortlist:
    """The list that `begin` would begin. Raises what it raises."""
    made = _made(ctx, member, wanted, key)
    await _check(ctx, member, made)
    return made


async def begin(ctx: Context, member: Member, wanted: NewList, key: str) -> ActResult[ShortlistOut]:
    """Begins a list. Raises Invalid, or the rule that stands against it. Sent again, it is the same one."""
    made = _made(ctx, member, wanted, key)
    if await version_now(ctx, shortlists.version_of, made.id) < 1:
        await _check(ctx, member, made)
        await ctx.gateway.open_shortlist(made, lambda: _is_there(ctx, made.id))
    is_behind = not await _asked(ctx, made.id, member.person_id)
    found = await shortlist(ctx, member.viewer, made.id)
    if (found.message, found.mode, found.basis) != (made.message, made.mode, made.basis):
        raise KeyReused
    return ActResult(found, is_behind)


async def act(
    ctx: Context, viewer: Viewer, shortlist_id: str, command: Command, key: str, request_hash: str = ""
) -> ActResult[ShortlistOut]:
    """Sends one command to a list. Raises NotFound, NotAllowed, IllegalMove, Invalid, KeyReused ..."""
    found = await ctx.database.read(
        lambda session: shortlists.find(session, parse_id(shortlist_id), viewer.person_id)
    )
    if found is None or found.view.version < 1:
        raise NotFound
    actor = Actor(
        role=Role.MENTEE if found.is_mine else Role.ADMIN, person_id=viewer.person_id, via=viewer.via
    )
    moves.check_sender(command, actor, found.view.mentee_id)
    if isinstance(command, ReorderShortlist):
        command = command.model_copy(update={"mentors": _ids(command.mentors)})
        if found.view.state == "running":
            await ctx.database.read(lambda session: _check_added(session, ctx, found.view, command.mentors))
    key = scoped(viewer.person_id, key)
    view = await ctx.gateway.act_on_shortlist(found.view, command, actor, key, request_hash)
    is_behind = not await caught_up(ctx, shortlists.version_of, view.id, view.version)
    if is_behind:
        around = await ctx.database.read(
            lambda session: behind(session, view.programme_id, found.slug, [view])
        )
        return ActResult(shortlist_out(view, around, is_mine=found.is_mine), lists_behind=True)
    is_behind = not await _asked(ctx, view.id, viewer.person_id)
    return ActResult(await shortlist(ctx, viewer, view.id), is_behind)


def _made(ctx: Context, member: Member, wanted: NewList, key: str) -> Shortlist:
    """Raises Invalid for what could never be a list."""
    now, mentors = ctx.clock(), _ids(wanted.mentors)
    sentence = Sentence("Please write a message to the {t.mentors}.")
    return Shortlist(
        id=made_id(member.person_id, key, member.programme.id, *mentors),
        version=0,
        programme_id=member.programme.id,
        mentee_id=member.person_id,
        since=now,
        created_at=now,
        mode=wanted.mode,
        basis=wanted.basis,
        message=texts.required(wanted.message, "message", sentence, texts.MAX_MESSAGE),
        asks=tuple(Ask(mentor_id=one) for one in mentors),
        maximum=member.programme.settings.shortlist_maximum,
    )


def _ids(mentors: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return ids_of(mentors)
    except NotFound:
        raise Invalid(_NO_MENTOR, field="mentors") from None


async def _check(ctx: Context, member: Member, made: Shortlist) -> None:
    """Raises the rule that stands against it now; the process asks again when it records the list."""
    programme, me = member.programme, made.mentee_id

    def work(session: Session) -> None:
        mentee = store.load_facts(session, programme, programme.settings, me, me, ctx.clock(), lock=False)
        check_mentee(mentee, min(made.counts, made.maximum))
        check_new([ask.mentor_id for ask in made.asks], me, made.maximum)
        for ask in made.asks:
            _check_listed(session, ctx, (programme.id, programme.settings), (me, ask.mentor_id))

    await ctx.database.read(work)


def _check_added(session: Session, ctx: Context, view: ShortlistView, mentors: tuple[str, ...]) -> None:
    """Of those who were on the list before it is looked at when it is their turn."""
    programme = session.get_one(ProgrammeRow, view.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    for mentor in {*mentors} - {ask.mentor_id for ask in view.asks} - {view.mentee_id}:
        _check_listed(session, ctx, (programme.id, settings), (view.mentee_id, mentor))


def _check_listed(
    session: Session, ctx: Context, where: tuple[str, ProgrammeSettings], pair: tuple[str, str]
) -> None:
    """Raises Invalid for somebody who is no mentor or is hidden. Who is full may be free when it is their
    turn, and who has an open request of the mentee is passed over then."""
    programme_id, settings = where
    member = store.members_of(session, programme_id, pair, lock=False).get(pair[1])
    if member is None or not member.is_mentor or member.left_at:
        raise Invalid(_NO_MENTOR, field="mentors")
    facts = store.load_facts(session, _Here(programme_id), settings, *pair, ctx.clock(), lock=False)
    if hindrance(facts) is Why.UNAVAILABLE:
        raise Invalid(_NOT_NOW, field="mentors")


@dataclass(frozen=True, slots=True)
class _Here:
    id: str


async def _is_there(ctx: Context, shortlist_id: str) -> bool:
    return await caught_up(ctx, shortlists.version_of, shortlist_id, 1, BEGINS_WITHIN)


async def _asked(ctx: Context, shortlist_id: str, person_id: str) -> bool:
    """Whether the requests that it sends now are there to be read; it takes a tenth of a second."""
    found = await ctx.database.read(lambda session: shortlists.find(session, shortlist_id, person_id))
    asks = found.view.asks if found else ()
    sent = [ask.request_id for ask in asks if ask.state is AskState.ASKED and ask.request_id]
    return all([await caught_up(ctx, request_store.version_of, one, 1, BEGINS_WITHIN) for one in sent])
