"""One command for many requests: what is chosen, and what became of each.

Each act is done once, however often its form is sent; one that is refused stops none of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from api.requests import acts, reads
from api.requests.schemas import RequestOut
from api.web.access import Member
from api.web.act_forms import command_of, read
from api.web.context import Context
from api.web.errors import DATABASE_DOWN, NotFound, as_problem
from api.web.failures import EngineDown, Unconfirmed
from api.web.forms import Sent
from api.web.pages import REFUSALS, UNSURE
from api.web.paging import parse_id
from api.web.words import DONE
from models.process import texts
from models.process.commands import Command
from models.process.errors import Invalid
from models.process.inputs import inputs_of
from models.process.request import moves
from models.process.request.commands import RemindNow
from models.process.terms import Sentence
from models.store import faults

COMMANDS = ("remind", "extend", "close")
ASKED = ("comment", "days")
"""What a form asks for once, for all."""
MOST = 200
"""So many are taken at once."""
AT_ONCE = 4
SECONDS = 14.0
"""What is not done by then is named and can be sent again: the deadline of a request (`api.web.observing`)
would cut the page off, and nobody would be told what was done."""
LATE = "There was no time for this, or it was not confirmed in time."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one. `refusal` is empty where it was done; `is_unsure`: it may have been done."""

    request: RequestOut
    refusal: str = ""
    is_unsure: bool = False
    note: str = ""


def command(name: str) -> type[Command]:
    """Raises NotFound for what is not done to many."""
    if name not in COMMANDS:
        raise NotFound
    return command_of(moves.COMMANDS, name)


async def chosen(ctx: Context, member: Member, ids: Sequence[str]) -> list[RequestOut]:
    """The requests of the programme among those, in the order given, each once and `MOST` at the most."""
    return await reads.among(ctx, member, known(ids)[:MOST])


def known(ids: Sequence[str]) -> list[str]:
    """As the database writes them, each once; what is no id is left out."""
    found: dict[str, None] = {}
    for one in ids:
        with suppress(NotFound):
            found[parse_id(one)] = None
    return list(found)


def check_said(member: Member, kind: type[Command], sent: Sent) -> None:
    """Raises Invalid for what would be refused of every single one."""
    asked = inputs_of(kind)
    if "comment" in asked and kind.name in member.programme.settings.comment_required:
        missing = Sentence("Please write a comment: both read it.")
        texts.required(sent.text("comment"), "comment", missing, asked["comment"].limit or texts.MAX_MESSAGE)
    read(kind, sent)
    if not sent.all("r"):
        raise Invalid(Sentence("Please choose at least one {t.request}."), field="")


async def carry_out(ctx: Context, member: Member, kind: type[Command], sent: Sent) -> list[Result]:
    """Does it to each of those that were sent, some at a time."""
    free, until = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + SECONDS
    said = [kind.name, *(sent.text(name) for name in ASKED)]

    async def one(request: RequestOut) -> Result:
        try:
            async with asyncio.timeout_at(until), free:
                return await _do(ctx, member, kind, sent, request, sent.key_for(request.id, *said))
        except TimeoutError:
            return Result(request, LATE, is_unsure=True)

    found = await chosen(ctx, member, sent.all("r"))
    return list(await asyncio.gather(*(one(request) for request in found)))


async def _do(
    ctx: Context, member: Member, kind: type[Command], sent: Sent, request: RequestOut, key: str
) -> Result:
    try:
        acted = await acts.act_on_request(ctx, member.viewer, request.id, read(kind, sent), key)
        is_read = kind is not RemindNow or await reads.gets_reminders(ctx, acted.value)
    except (*REFUSALS, NotFound) as error:
        terms = member.programme.settings.terms.words
        refusal = UNSURE if isinstance(error, Unconfirmed) else as_problem(error, terms).detail
        return Result(request, refusal, isinstance(error, EngineDown | Unconfirmed))
    except faults.ANY as error:
        # The others may have been done already, and whoever sent them has to read that.
        if not faults.is_outage(error):
            raise
        return Result(request, DATABASE_DOWN, is_unsure=True)
    return Result(acted.value, note="" if is_read else DONE["remind-unread"])
