"""Who takes part no longer, and what becomes of their open requests and relationships (R10).

A mentor leaves the programme, gives the role up, or is not available for a while; a mentee leaves or gives
the role up. Losing a level that the programme asks of mentors is none of these (P6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.mails.frame import ReleaseCause
from models.process.actors import Role
from models.process.profile import is_available
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence

NOTES = {
    ReleaseCause.MENTOR_FULL: Sentence("The {t.mentor}'s last place has been taken."),
    ReleaseCause.MENTEE_MATCHED: Sentence("The {t.mentee} has found {t.a_mentor}."),
    ReleaseCause.MENTOR_LEFT: Sentence("The {t.mentor} has left the programme."),
    ReleaseCause.MENTEE_LEFT: Sentence("The {t.mentee} has left the programme."),
    ReleaseCause.MENTOR_STOPPED: Sentence("The {t.mentor} is no {t.mentor} of this programme any more."),
    ReleaseCause.MENTEE_STOPPED: Sentence(
        "The {t.mentee} does not look for {t.a_mentor} in this programme any more."
    ),
    ReleaseCause.MENTOR_AWAY: Sentence("The {t.mentor} is not available at the moment."),
    ReleaseCause.TAKEN_BACK: Sentence("The {t.mentee} has taken it back."),
}
"""What the timeline says of each cause."""

_BY_TEXT = {str(note): note for note in NOTES.values()}
_NOTED = ("RequestReleased", "RequestLeftToAdmins")


def is_ours(what: str, by: str | None) -> bool:
    """Whether the note of an entry is one of these, and no words of a person."""
    return by is None and what in _NOTED


def sentence_of(note: str) -> str:
    """The sentence that was noted, which the timeline keeps in the usual words."""
    return _BY_TEXT.get(note, note)


TOLD = {
    ReleaseCause.MENTOR_FULL: (Role.MENTEE,),
    ReleaseCause.MENTEE_MATCHED: (Role.MENTEE, Role.MENTOR),
    ReleaseCause.MENTOR_LEFT: (Role.MENTEE,),
    ReleaseCause.MENTEE_LEFT: (Role.MENTOR,),
    ReleaseCause.MENTOR_STOPPED: (Role.MENTEE,),
    ReleaseCause.MENTEE_STOPPED: (Role.MENTOR,),
    ReleaseCause.MENTOR_AWAY: (Role.MENTEE,),
    ReleaseCause.TAKEN_BACK: (Role.MENTOR,),
}
"""Who gets a mail about a release."""


class Fate(StrEnum):
    """What becomes of an open request whose mentor does not answer any more."""

    KEEP = "keep"
    RELEASE = "release"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Presence:
    """What a membership says about taking part."""

    is_mentee: bool
    is_mentor: bool
    has_left: bool
    stepped_down: bool
    available: bool
    available_from: date | None
    time_zone: str

    def mentors(self, settings: ProgrammeSettings) -> bool:
        """Whether they are a mentor, available or not; who unticked all preferences has stepped down (P7)."""
        stepped_down = self.stepped_down and bool(settings.preferences)
        return self.is_mentor and not self.has_left and not stepped_down

    def seeks(self) -> bool:
        """Whether they are a mentee of the programme."""
        return self.is_mentee and not self.has_left


def mentor_gone(who: Presence, settings: ProgrammeSettings, now: datetime) -> ReleaseCause | None:
    """Why a mentor takes no requests at `now` (aware), or None."""
    if who.has_left:
        return ReleaseCause.MENTOR_LEFT
    if not who.mentors(settings):
        return ReleaseCause.MENTOR_STOPPED
    if not is_available(who.available, who.available_from, who.time_zone, now):
        return ReleaseCause.MENTOR_AWAY
    return None


def mentee_gone(who: Presence) -> ReleaseCause | None:
    """Why the person seeks no mentor here any more, or None."""
    if who.has_left:
        return ReleaseCause.MENTEE_LEFT
    return None if who.seeks() else ReleaseCause.MENTEE_STOPPED


def fate(cause: ReleaseCause, settings: ProgrammeSettings) -> Fate:
    """What the programme does with the open requests of a person who left for this cause.

    Without its mentee a request has no subject, so there is nothing that an admin could decide.
    """
    if cause in {ReleaseCause.MENTEE_LEFT, ReleaseCause.MENTEE_STOPPED}:
        return Fate.RELEASE
    away = cause is ReleaseCause.MENTOR_AWAY
    return Fate(settings.when_unavailable if away else settings.when_mentor_leaves)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a person has open; `fate` is what happens to requests to them when they stop mentoring."""

    as_mentee: int
    as_mentor: int
    relationships: int
    fate: Fate

    @property
    def released(self) -> int:
        """Requests that are released when they leave."""
        return self.as_mentee + (self.as_mentor if self.fate is Fate.RELEASE else 0)

    @property
    def left_to_admins(self) -> int:
        """Requests that are left to the admins when they leave."""
        return self.as_mentor if self.fate is Fate.ADMINS else 0

    def on_leaving(self) -> list[str]:
        """What the end of their membership leads to, in sentences; empty where nothing is open."""
        found = (
            (self.released, "open {t.request}", "released"),
            (self.left_to_admins, "open {t.request}", "left to the {t.coordinators}"),
            (self.relationships, "{t.relationship}", "ended"),
        )
        return [
            Sentence(
                "{count} " + (noun if count == 1 else noun.replace("}", "s}")) + f" will be {deed}, and the "
                "other side is told.",
                count=count,
            )
            for count, noun, deed in found
            if count
        ]

    def on_stopping(self, role: Role) -> list[str]:
        """What giving up this role leads to; relationships go on."""
        if role is Role.MENTEE:
            return Touched(self.as_mentee, 0, 0, self.fate).on_leaving()
        return Touched(0, self.as_mentor, 0, self.fate).on_leaving()
