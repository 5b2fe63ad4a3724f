"""The words for states, events, mails and what was done; kind, plain, and the same on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.mails.frame import KINDS
from models.process.actors import Part, Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.moves import COMMANDS as RELATIONSHIP_COMMANDS
from models.process.request.kinds import RequestKind, part_of
from models.process.request.moves import COMMANDS as REQUEST_COMMANDS
from models.process.request.state import INNER, WAITS_FOR, RequestState
from models.process.shortlist.moves import COMMANDS as SHORTLIST_COMMANDS
from models.process.terms import Sentence, joined


class Tone(StrEnum):
    """How a state looks: it waits for the reader or for somebody else, it went well, it ended quietly."""

    TURN = "turn"
    WAIT = "wait"
    GOOD = "good"
    QUIET = "quiet"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that happens next; `at` is None for what has no date."""

    text: str
    at: datetime | None = None


R = RequestState
S = RelationshipState

LABELS: dict[str, Label] = {
    R.PENDING: Label("Waiting for an answer", Tone.WAIT),
    **dict.fromkeys(INNER, Label("Waiting for an answer", Tone.WAIT)),
    R.AMENDMENT_REQUESTED: Label("Change asked for", Tone.WAIT),
    R.ACCEPTED: Label("Accepted", Tone.GOOD),
    R.REJECTED: Label("Declined"),
    R.WITHDRAWN: Label("Withdrawn"),
    R.EXPIRED: Label("Expired"),
    R.CLOSED: Label("Closed"),
    R.RELEASED: Label("Released"),
    "left_to_admins": Label(Sentence("With the {t.coordinators}"), Tone.WAIT),
    S.ACTIVE: Label("Working together", Tone.GOOD),
    S.COMPLETING: Label("Waiting to be confirmed", Tone.WAIT),
    S.COMPLETED: Label("Completed", Tone.GOOD),
    S.ENDED: Label("Ended"),
    "queued": Label("On its way", Tone.WAIT),
    "sent": Label("Sent", Tone.GOOD),
    "bounced": Label("Refused", Tone.BAD),
    "failed": Label("Given up", Tone.BAD),
    "dropped": Label("Nobody to send to"),
    "unknown": Label("Sent before a backup was restored"),
    "open": Label("Open", Tone.WAIT),
    "answered": Label("Answered", Tone.GOOD),
    "unanswered": Label("Closed unanswered"),
    "to-answer": Label("Waiting for you", Tone.TURN),
    "invited": Label("Invited", Tone.WAIT),
    "held": Label("Waits for the opening", Tone.WAIT),
    "joined": Label("Joined", Tone.GOOD),
    "revoked": Label("Taken back"),
    "lapsed": Label("Lapsed"),
}


def _turns(part: Part) -> dict[str, Label]:
    return {state: Label("Waiting for you", Tone.TURN) for state, who in WAITS_FOR.items() if who is part}


TURNS: dict[Part, dict[str, Label]] = {
    Part.DECIDER: {
        **_turns(Part.DECIDER),
        R.AMENDMENT_REQUESTED: Label("Waiting for their change"),
    },
    Part.SENDER: {
        R.PENDING: Label("Waiting for an answer"),
        **_turns(Part.SENDER),
    },
}
"""How an open request looks to one of the two: only the one whose turn it is sees it stand out."""

EVENTS: dict[str, str] = {
    "RequestSubmitted": "The {t.request} was sent",
    "ClosingDateMoved": "The closing date was moved, because the reminder came late",
    "RequestResumed": "The {t.request} was taken up again after its process had been lost",
    "QuestionAsked": "A question was asked",
    "QuestionAnswered": "The question was answered",
    "RequestPaired": "The {t.coordinators} paired the two",
    "ShortlistStarted": "The list began",
    "MentorPassedOver": "{t.A_mentor} of the list was passed over",
    "ShortlistExhausted": "The list came to its end",
    "RelationshipStarted": "The two began to work together",
    "RelationshipPaired": "The {t.coordinators} paired the two, who began to work together",
    "RelationshipResumed": "The {t.mentoring} was taken up again after its process had been lost",
    **dict(
        command.event
        for command in (
            *REQUEST_COMMANDS.values(),
            *RELATIONSHIP_COMMANDS.values(),
            *SHORTLIST_COMMANDS.values(),
        )
        if command.event is not None
    ),
}


def label(state: str) -> Label:
    return LABELS.get(state, Label(state.replace("_", " ").capitalize()))


def label_for(state: str, role: str, kind: str = RequestKind.REQUEST) -> Label:
    """The label of a request as somebody in this role reads it."""
    part = part_of(Role(role), kind)
    return TURNS[part].get(state) or label(state) if part else label(state)


def together_label(state: str) -> Label:
    """The label of a relationship: whoever leaves it ends it, where a request is withdrawn."""
    return LABELS[S.ENDED] if state == S.WITHDRAWN else label(state)


def event(what: str, role: str = Role.ADMIN) -> str:
    """What happened, as somebody in this role reads it."""
    if what == "RelationshipStarted" and role != Role.ADMIN:
        return "You began to work together"
    if what == "RelationshipPaired" and role != Role.ADMIN:
        return Sentence("The {t.coordinators} paired you, and you began to work together")
    return Sentence(EVENTS.get(what, what))


def mail(kind: str) -> str:
    found = KINDS.get(kind)
    return found.label if found else kind.replace("-", " ").capitalize()


_ROLES = {
    "mentee": Sentence("{t.mentee}"),
    "mentor": Sentence("{t.mentor}"),
    "admin": Sentence("{t.coordinator} of the programme"),
}


def roles(names: list[str] | tuple[str, ...]) -> str:
    """`mentee and mentor`."""
    return joined(" and ", (_ROLES.get(name, name) for name in names))


def period(length: timedelta, counted: str = "days") -> str:
    """`7 days`, `1 day`, `1 h 30 min`; `counted` says which days count."""
    if length.seconds == 0 and length.days:
        return f"{length.days} {counted}" if length.days != 1 else f"1 {counted[:-1]}"
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "")
    return " ".join(part for part in parts if part) or f"{int(length.total_seconds())} s"


NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def in_words(number: int) -> str:
    """A small number in letters, as in a sentence; a larger one in figures."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else f"{number:,}"


def count(number: int, word: str) -> str:
    """`1 erasure`, `2 erasures`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


UNSEEN = "It cannot be seen at the moment what is stalled; please look again in a moment."
DONE: dict[str, str] = {
    "reject-only": Sentence(
        "You declined the {t.request}. Your availability could not be changed; "
        "please change it in your profile."
    ),
    "ask": Sentence("Your {t.request} is on its way."),
    "remind-unread": "The reminder is noted, but no mail goes out: reminders are switched off there. "
    "Please reach them in another way.",
    "assigned": "Assigned. Both get a mail about it.",
    "assigned-quietly": "Assigned. No mail was sent.",
    "unassigned": "The assignment has ended, and both have been told.",
    "question": "Your question is on its way.",
    "answered": "Your answer is on its way.",
    "progress": "Progress saved.",
    "profile": "Profile saved.",
    "joined": "Welcome. You have joined the programme.",
    "invite": "The invitation is on its way.",
    "invite-held": "Invited. The mail goes when the programme opens; see “Readiness”.",
    "invite-again": "The invitation is open. No further mail was sent: the last one is less than a day old.",
    "revoke": "Invitation taken back.",
    "roles": "Roles saved.",
    "weights": "Saved. Lists follow the new weights at once.",
    "registration-back": "You have taken your registration back.",
    "periods": Sentence("Saved. New {t.requests} live by it; those that are open keep what they began with."),
    "periods-open": Sentence("Saved. The open {t.requests} follow, some twenty a second."),
    "do-not-pair": "These two are not paired from now on.",
    "may-pair": "Taken back.",
    "marked": "Marked, to come back to. They are not told.",
    "unmarked": "The mark is taken away.",
    "not-again": "Noted. You will not find each other any more; the other side is not told.",
    "removed": "Membership ended; those who waited for them have been told.",
    "export": "Your copy is being made. A mail tells you when it is there.",
    "export-deleted": "Copy deleted.",
    "session-ended": "That browser is signed out.",
}


BEHIND = "It is recorded. Lists will show it in a moment."


@dataclass(frozen=True, slots=True)
class Tab:
    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a link. One that is `removable` leads to the list without it."""

    text: str
    href: str
    on: bool = False
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says, and where to go from there."""

    title: str
    text: str
    href: str = ""
    link: str = ""
