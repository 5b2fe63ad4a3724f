"""What pages say of a shortlist."""

from __future__ import annotations

from api.shortlists.schemas import AskOut, ShortlistOut
from api.web.dates import Dates
from api.web.drawing import Stop
from api.web.journeys import Journey
from api.web.present import isolated
from api.web.words import Label, Stage, Tone, period
from models.process.programme import ProgrammeSettings
from models.process.shortlist.state import AskState, Mode, ShortlistState
from models.process.terms import Sentence

S, A = ShortlistState, AskState

MARKS: dict[str, Label] = {
    S.RUNNING: Label("Under way", Tone.WAIT),
    S.MATCHED: Label("Accepted", Tone.GOOD),
    S.EXHAUSTED: Label("Come to its end"),
    A.WAITING: Label("Waiting", Tone.WAIT),
    A.ASKED: Label("Asked now", Tone.WAIT),
    A.PASSED_OVER: Label("Passed over"),
    A.ACCEPTED: Label("Accepted", Tone.GOOD),
    A.REJECTED: Label("Declined"),
    A.WITHDRAWN: Label("Taken back"),
    A.EXPIRED: Label("No answer"),
    A.CLOSED: Label("Closed"),
    A.RELEASED: Label("Released"),
}
"""Of a list and of the names on it; a list that was taken back has the same word as a request of it."""

STOPS = {A.WAITING: "ahead", A.ASKED: "now", A.ACCEPTED: "done"}
"""How a name is drawn; all else has ended before it arrived."""


def mark(state: str) -> Label:
    return MARKS[state]


def title(one: ShortlistOut, *, is_mine: bool) -> str:
    if is_mine:
        return Sentence("Your list of {t.mentors}")
    return Sentence("The list of {name}", name=isolated(one.mentee.name))


def standing(one: ShortlistOut) -> str:
    """Where it stands, in one sentence."""
    out = [isolated(ask.mentor.name) for ask in one.asks if ask.state is A.ASKED]
    waiting = sum(ask.state is A.WAITING for ask in one.asks)
    if one.state is S.RUNNING:
        are = "is" if len(out) == 1 else "are"
        asked = f"{_and(out)} {are} asked now" if out else "The next one is being asked"
        return f"{asked}; {waiting} more {'waits' if waiting == 1 else 'wait'}." if waiting else f"{asked}."
    if one.state is S.MATCHED and one.why is None:
        won = next((isolated(ask.mentor.name) for ask in one.asks if ask.state is A.ACCEPTED), "")
        return Sentence("{won} has accepted.", won=won) if won else Sentence("{t.A_mentor} has accepted.")
    if one.state is S.EXHAUSTED:
        return "Nobody on it could be won. There are others who may fit just as well."
    return one.why or "It was taken back."


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def brief(one: ShortlistOut) -> str:
    """The names, for a row of a list."""
    return ", ".join(ask.mentor.name for ask in one.asks)


def journey(one: ShortlistOut, dates: Dates) -> Journey:
    """The names side by side, and the one who is asked now under the boat."""
    stops = tuple(_stop(place, ask, dates) for place, ask in enumerate(one.asks, 1))
    reached = sum(ask.state is not A.WAITING for ask in one.asks)
    return Journey(min(1.0, max(0.0, (reached - 0.5) / max(1, len(stops)))), stops)


def _stop(place: int, ask: AskOut, dates: Dates) -> Stop:
    when = dates.short(ask.at) if ask.at else ""
    state = STOPS.get(ask.state, "end")
    return Stop(f"{place}. {ask.mentor.name}", when, state, star=ask.state is A.ACCEPTED)


def modes(settings: ProgrammeSettings) -> list[tuple[str, str]]:
    each = _each(settings)
    return [
        (Mode.IN_ORDER.value, f"One after the other, {each} each"),
        (Mode.AT_ONCE.value, "All at once; the first acceptance counts"),
    ]


def _each(settings: ProgrammeSettings) -> str:
    counted = "working days" if settings.day_count == "working" else "days"
    return period(settings.shortlist_ask_for, counted)


def beginning(settings: ProgrammeSettings) -> list[Stage]:
    return [
        Stage("You see everything once more before it goes."),
        Stage(f"Who is asked gets a mail and has {_each(settings)} to answer, with a reminder before."),
        Stage("Who cannot be asked when it is their turn is passed over, and you see why."),
        Stage("The first who accepts ends the list. Nobody sees who else is on it."),
    ]


def sending(mode: Mode, settings: ProgrammeSettings) -> list[Stage]:
    each = _each(settings)
    if mode is Mode.AT_ONCE:
        return [
            Stage(f"Everybody gets it by mail at once, and has {each} to answer."),
            Stage("When one accepts, the others are told kindly that you have found somebody."),
        ]
    return [
        Stage(f"The first gets it by mail at once, and has {each} to answer."),
        Stage("After a decline, or without an answer, the next one is asked by itself."),
        Stage("Until then you can change who is asked next, or take the list back."),
    ]


def ahead(one: ShortlistOut) -> list[Stage]:
    """What happens next; nothing of a list that has ended."""
    if one.state is not S.RUNNING:
        return []
    if one.mode is Mode.AT_ONCE:
        return [Stage("The first who accepts ends the list; the others are told kindly.")]
    return [
        Stage("After a decline, or without an answer, the next one is asked by itself."),
        Stage("The first who accepts ends the list. Nobody sees who else is on it."),
    ]
