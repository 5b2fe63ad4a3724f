"""The mentor's answer, on the page of a mail link or of a request: what the form offers, what it means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from api.profile.profiles import ProfileChange, save_profile
from api.requests import reads
from api.requests.schemas import RequestOut
from api.web.access import Member
from api.web.act_forms import Field, fields_of, read
from api.web.acts import ActResult
from api.web.context import Context
from api.web.dates import Dates
from api.web.forms import READY, Sent
from api.web.pages import dates_of
from models.process.commands import Command
from models.process.errors import Invalid, MentorFull, ProcessError
from models.process.inputs import Offer
from models.process.profile import checked_back, places
from models.process.programme import ProgrammeSettings
from models.process.ready_words import in_words_of
from models.process.request.commands import AcceptRequest, RejectRequest, RequestAmendment, RequestCommand
from models.process.request.view import RequestRules
from models.process.terms import Sentence, joined
from models.store import faults
from models.store.asking import Room

DECISIONS: dict[str, type[RequestCommand]] = {
    "accept": AcceptRequest,
    "amend": RequestAmendment,
    "reject": RejectRequest,
}
"""The value of each button -> the command that it sends."""
_TO = {"accept": "to accept", "request-amendment": "to ask for a change", "reject": "to decline"}
_DAMAGED = "This form is damaged; please open the page again."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the form offers. `taken` of `capacity` places are taken; `maximum` is the programme's."""

    revision: int
    comment_required: frozenset[str]
    ready: Mapping[str, tuple[str, ...]]
    """Decision -> the sentences of the programme for it."""
    reasons: tuple[tuple[str, str], ...]
    taken: int
    capacity: int
    maximum: int
    commitment: str = ""
    """What the mentor acknowledges by accepting, as long as they have not done so."""
    is_mentors: bool = True
    """Whether a mentor answers, who has places and ready words; else a mentee, or a coordinator."""

    @classmethod
    def of(
        cls,
        settings: ProgrammeSettings,
        room: Room,
        revision: int = 0,
        rules: RequestRules | None = None,
    ) -> Answer:
        """By the rules that bind the request, or by the programme's present ones where it has none."""
        taken, capacity = room.taken, room.capacity
        rules = rules or RequestRules.of(settings.policy().request)
        return cls(
            revision=revision,
            comment_required=frozenset(rules.comment_required)
            & {command.name for command in DECISIONS.values()},
            reasons=tuple((reason, reason) for reason in rules.decline_reasons),
            taken=taken,
            capacity=places(capacity, settings.max_capacity),
            maximum=settings.max_capacity,
            ready=ready_words(settings),
            commitment="" if room.committed else settings.minimum_commitment,
        )

    @property
    def offers(self) -> dict[str, Offer]:
        return {value: command.offer for value, command in DECISIONS.items()}

    @staticmethod
    def field_of(decision: str) -> str:
        """The field of the ready words: one for each decision, so that none goes out with another."""
        return f"{READY}{decision}"

    @property
    def full(self) -> bool:
        return self.taken >= self.capacity

    @property
    def room(self) -> int | None:
        """The capacity that would make room, where the programme allows it."""
        return self.taken + 1 if self.full and self.taken < self.maximum else None

    def comment(self, mentee: str) -> Field:
        """The field for the words to the mentee, whichever way it is decided."""
        field = fields_of(AcceptRequest, mentee)["comment"]
        return replace(field, hint=self._comment_hint, optional=not self.comment_required)

    @property
    def _comment_hint(self) -> str:
        how = "choose a sentence below, or write here instead" if any(self.ready.values()) else ""
        if not self.comment_required:
            return f"{how.capitalize()}." if how else ""
        return f"Needed {self._needed_to}: {how or 'a sentence or two'}."

    @property
    def _needed_to(self) -> str:
        if len(self.comment_required) == len(DECISIONS):
            return "whichever way you decide"
        return " and ".join(to for command, to in _TO.items() if command in self.comment_required)


def ready_words(settings: ProgrammeSettings) -> dict[str, tuple[str, ...]]:
    """Decision -> what a mentor can choose to say with it, in the programme's terms."""
    words = settings.terms.words
    return {
        value: in_words_of(getattr(settings, command.offer.ready), words)
        for value, command in DECISIONS.items()
    }


async def answer_for(
    ctx: Context, member: Member, revision: int, rules: RequestRules | None = None, *, as_mentor: bool = True
) -> Answer:
    """What the form offers to this member now."""
    if not as_mentor:
        found = Answer.of(member.programme.settings, Room(0, 1, committed=True), revision, rules)
        return replace(found, ready=dict.fromkeys(DECISIONS, ()), is_mentors=False)
    room = await reads.room(ctx, member.programme.id, member.person_id)
    return Answer.of(member.programme.settings, room, revision, rules)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was pressed and ticked. `make_room` is the capacity that the tick spoke of; `until` is the first
    day back, in the mentor's own zone."""

    command: RequestCommand
    make_room: int | None = None
    unavailable: bool = False
    until: date | None = None


def decision_in(sent: Sent, revision: int, member: Member, dates: Dates) -> Decision:
    """The decision in a posted form; `revision` counts where the form has none. Raises Invalid."""
    seen = sent.number("revision", _DAMAGED) or revision
    pressed = sent.text("decision")
    kind = DECISIONS.get(pressed)
    if kind is None:
        raise Invalid("Please accept, ask for a change, or decline.", field="decision")
    command = read(kind, sent, revision=seen, comment=_words(sent, pressed, member.programme.settings))
    if kind is AcceptRequest:
        return Decision(command, make_room=sent.number("make_room", _DAMAGED))
    if kind is RejectRequest and sent.has("unavailable"):
        return Decision(command, unavailable=True, until=_until(sent, dates))
    return Decision(command)


def _words(sent: Sent, decision: str, settings: ProgrammeSettings) -> str:
    """What was written, or the sentence that was chosen: a choice cannot be undone, so words go before it."""
    written, name = sent.text("comment"), Answer.field_of(decision)
    chosen = sent.text(name)
    if written or not chosen:
        return written
    if chosen not in ready_words(settings)[decision]:
        raise Invalid("Please choose one of the sentences, or write your own words.", field=name)
    return chosen


def _until(sent: Sent, dates: Dates) -> date | None:
    until = sent.day("until", "Please write the day you are back as a date.")
    return None if until is None else checked_back(until, dates.today, "until")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision; `notes` say what else was done, or could not be done.

    `stays_available`: the mentor wanted to be marked unavailable, and is not.
    """

    request: RequestOut
    lists_behind: bool
    notes: list[str] = field(default_factory=list)
    stays_available: bool = False


Send = Callable[[Command, str], Awaitable[ActResult[RequestOut]]]
"""Takes a command and its idempotency key."""


async def carry_out(
    ctx: Context, member: Member, decision: Decision, key: str, send: Send, *, as_mentor: bool = True
) -> Outcome:
    """Sends the decision and makes room where that is wanted, then records what else it says of the mentor.

    A mentee, or a coordinator in the place of somebody else, says nothing else by it.
    Raises what `send` raises.
    """
    if not as_mentor:
        alone = await send(decision.command, key)
        return Outcome(alone.value, alone.lists_behind)
    acted, notes = await _sent(ctx, member, decision, key, send)
    if isinstance(decision.command, AcceptRequest):
        await _acknowledge(ctx, member)
    failed = ""
    if decision.unavailable:
        failed = await _step_back(ctx, member, decision.until)
        notes.append(failed or _away(dates_of(ctx, member), decision.until))
    return Outcome(acted.value, acted.lists_behind, notes, stays_available=bool(failed))


async def _sent(
    ctx: Context, member: Member, decision: Decision, key: str, send: Send
) -> tuple[ActResult[RequestOut], list[str]]:
    """Makes room only where nothing else stands against the acceptance: other refusals change nothing.

    When the whole form comes again, the first act is refused as before, the capacity is the wanted one
    already, and the second act is recognised by its own key.
    """
    try:
        return await send(decision.command, key), []
    except MentorFull:
        capacity = await _raised(ctx, member, decision.make_room)
        if capacity is None:
            raise
    note = Sentence("You now take up to {capacity} {t.mentees} at once.", capacity=capacity)
    try:
        return await send(decision.command, f"{key}-with-room"), [note]
    except ProcessError as error:
        # Something came between the two acts. The capacity stays raised, and that has to be said.
        raise type(error)(joined(" ", (error.sentence, note)), error.field) from error


async def _raised(ctx: Context, member: Member, wanted: int | None) -> int | None:
    """The mentor's capacity, `wanted` or more by now; None where that is not wanted or not allowed."""
    maximum = member.programme.settings.max_capacity
    if wanted is None or wanted > maximum:
        return None
    room = await reads.room(ctx, member.programme.id, member.person_id)
    capacity = places(room.capacity, maximum)
    if capacity < wanted:
        await save_profile(ctx, member, ProfileChange(capacity=wanted))
    return max(capacity, wanted)


async def _acknowledge(ctx: Context, member: Member) -> None:
    """Records the commitment beside the button, once. Should that fail, it is asked for again next time."""
    try:
        room = await reads.room(ctx, member.programme.id, member.person_id)
        if not room.committed:
            await save_profile(ctx, member, ProfileChange(commitment=True))
    except ProcessError:
        return
    except faults.ANY as error:
        if not faults.is_outage(error):
            raise


async def _step_back(ctx: Context, member: Member, until: date | None) -> str:
    """Why it could not be done, or nothing: the decision stands whatever becomes of this."""
    change = ProfileChange(
        available=False,
        available_from=until,
        clears=frozenset() if until else frozenset({"available_from"}),
    )
    try:
        await save_profile(ctx, member, change)
    except ProcessError as error:
        return Sentence("Your availability was not changed: {why}", why=error.sentence)
    except faults.ANY as error:
        if not faults.is_outage(error):
            raise
        return (
            "Your availability was not changed, because the database cannot be reached at the moment. "
            "Please change it in your profile."
        )
    return ""


def _away(dates: Dates, until: date | None) -> str:
    if until is None:
        return "Nobody new can ask you until you change that in your profile."
    return f"Nobody new can ask you before {dates.day(until)}."
