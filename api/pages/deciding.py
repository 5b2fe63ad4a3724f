"""The mentor's answer, on the page of a mail link or of a request: what the form offers, what it means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date

from api import acts
from api.access import Member
from api.context import Context
from api.pages import queries
from api.pages.common import dates_of
from api.pages.dates import Dates
from api.pages.forms import Sent
from api.profiles import ProfileChange, save_profile
from api.schemas import RequestOut
from models.process.commands import Command
from models.process.errors import Invalid, ProcessError
from models.process.profile import places
from models.process.programme import ProgrammeSettings
from models.process.request_commands import AcceptRequest, RejectRequest, RequestAmendment
from models.process.views import RequestRules

DECISIONS = {"accept": "accept", "amend": "request-amendment", "reject": "reject"}
_NEEDED = {"accept": "to accept", "request-amendment": "to ask for a change", "reject": "to decline"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form offers. `taken` of `capacity` places are taken; `maximum` is the programme's."""

    revision: int
    comment_required: frozenset[str]
    reasons: tuple[tuple[str, str], ...]
    taken: int
    capacity: int
    maximum: int

    @classmethod
    def of(
        cls,
        settings: ProgrammeSettings,
        room: queries.Room,
        revision: int = 0,
        rules: RequestRules | None = None,
    ) -> Answer:
        """By the rules that bind the request, or by the programme's present ones where it has none."""
        taken, capacity = room.taken, room.capacity
        rules = rules or RequestRules.of(settings.policy().request)
        return cls(
            revision=revision,
            comment_required=frozenset(rules.comment_required) & set(DECISIONS.values()),
            reasons=tuple((reason, reason) for reason in rules.decline_reasons),
            taken=taken,
            capacity=places(capacity, settings.max_capacity),
            maximum=settings.max_capacity,
        )

    @property
    def full(self) -> bool:
        return self.taken >= self.capacity

    @property
    def room(self) -> int | None:
        """The capacity that would make room, where the programme allows it."""
        return self.taken + 1 if self.full and self.taken < self.maximum else None

    @property
    def comment_ever_required(self) -> bool:
        return bool(self.comment_required)

    @property
    def comment_hint(self) -> str:
        if len(self.comment_required) == len(DECISIONS):
            return "Needed, whichever way you decide: a sentence or two."
        needed = [words for command, words in _NEEDED.items() if command in self.comment_required]
        return f"Needed {' and '.join(needed)}." if needed else ""


async def answer_for(
    ctx: Context, member: Member, revision: int, rules: RequestRules | None = None
) -> Answer:
    """What the form offers to this mentor now."""
    room = await queries.room(ctx, member.programme.id, member.person_id)
    return Answer.of(member.programme.settings, room, revision, rules)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was pressed and ticked. `until` is the first day back, in the mentor's own zone."""

    command: Command
    make_room: bool = False
    unavailable: bool = False
    until: date | None = None


def read(sent: Sent, revision: int, dates: Dates) -> Decision:
    """The decision in a posted form; `revision` counts where the form has none. Raises Invalid."""
    comment = sent.text("comment")
    seen = sent.number("revision", "This form is damaged; please open the page again.") or revision
    decision = sent.text("decision")
    if decision == "accept":
        return Decision(AcceptRequest(comment=comment, revision=seen), make_room=sent.has("make_room"))
    if decision == "amend":
        return Decision(RequestAmendment(comment=comment, revision=seen))
    if decision == "reject":
        reject = RejectRequest(comment=comment, reason=sent.text("reason"), revision=seen)
        unavailable = sent.has("unavailable")
        return Decision(reject, unavailable=unavailable, until=_until(sent, dates) if unavailable else None)
    raise Invalid("Please accept, ask for a change, or decline.", field="decision")


def _until(sent: Sent, dates: Dates) -> date | None:
    until = sent.day("until", "Please write the day you are back as a date.")
    if until is not None and until <= dates.today:
        raise Invalid("Please choose a day after today.", field="until")
    return until


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision; `notes` say what else was done, or could not be done."""

    request: RequestOut
    lists_behind: bool
    notes: list[str] = field(default_factory=list)


Send = Callable[[Command], Awaitable[acts.Acted[RequestOut]]]


async def carry_out(ctx: Context, member: Member, decision: Decision, send: Send) -> Outcome:
    """Makes room, sends the decision, then marks the mentor unavailable. Raises what `send` raises."""
    notes = []
    if decision.make_room:
        answer = await answer_for(ctx, member, 0)
        if answer.room is not None:
            await save_profile(ctx, member, ProfileChange(capacity=answer.room))
            notes.append(f"You now take up to {answer.room} mentees at once.")
    acted = await send(decision.command)
    if decision.unavailable:
        notes.append(await _step_back(ctx, member, decision.until))
    return Outcome(acted.value, acted.lists_behind, notes)


async def _step_back(ctx: Context, member: Member, until: date | None) -> str:
    """The decision stands whatever becomes of this."""
    change = ProfileChange(
        available=False,
        available_from=until,
        clears=frozenset() if until else frozenset({"available_from"}),
    )
    try:
        await save_profile(ctx, member, change)
    except ProcessError as error:
        return f"Your availability was not changed: {error.sentence}"
    if until is None:
        return "Nobody new can ask you until you change that in your profile."
    return f"Nobody new can ask you before {dates_of(ctx, member).day(until)}."
