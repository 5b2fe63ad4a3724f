"""From what the API says to what a page shows: roles, names, lines of a timeline. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from api.finding.schemas import MentorOut
from api.profile.schemas import ProfileOut
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.web import words
from api.web.dates import Dates
from api.web.schemas import EntryOut
from api.web.state_words import RelationshipWords, RequestWords
from models import naming
from models.process.actors import Role, Via
from models.process.match import MatchReason, leveled
from models.process.relationship.parts.surveys import SurveyState
from models.process.terms import Sentence

NEAR = 80
FAIR = 45
NOT_COVERED = "gap-not-covered"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline."""

    text: str
    by: str
    at: datetime
    note: str
    is_ours: bool = False
    """Whether no person wrote the note."""


def lacking(profile: ProfileOut) -> list[str]:
    """What has to be done before the profile is complete."""
    return [hint.message for hint in profile.hints if hint.field in profile.missing]


def role_in(process: RequestOut | RelationshipOut, person_id: str) -> Role:
    """In which role somebody reads a process; who is neither of the two looks on as an admin."""
    if person_id == process.mentor.id:
        return Role.MENTOR
    return Role.MENTEE if person_id == process.mentee.id else Role.ADMIN


def request_words(request: RequestOut, viewer: Role) -> RequestWords:
    return RequestWords(
        viewer=viewer,
        state=request.state,
        mentee=isolated(request.mentee.name),
        mentor=isolated(request.mentor.name),
        next_reminder_at=request.next_reminder_at,
        closes_at=request.closes_at,
        left_to_admins=request.left_to_admins is not None,
        kind=request.kind,
        on_behalf=request.on_behalf,
        handed_over=request.handed_over_to is not None,
    )


def relationship_words(relationship: RelationshipOut, viewer: Role) -> RelationshipWords:
    survey = relationship.survey
    return RelationshipWords(
        viewer=viewer,
        state=relationship.state,
        mentee=isolated(relationship.mentee.name),
        mentor=isolated(relationship.mentor.name),
        signed_by=Role(relationship.signed_by) if relationship.signed_by else None,
        confirms_at=relationship.confirms_at,
        survey=survey.state if survey else None,
        survey_closes_at=survey.closes_at if survey else _last_survey(relationship),
        has_goals=bool(relationship.goals),
        ended_by=_ended_by(relationship),
    )


def _ended_by(relationship: RelationshipOut) -> Role | None:
    """The side that ended it early; None as long as neither has."""
    sides = {relationship.mentor.id: Role.MENTOR, relationship.mentee.id: Role.MENTEE}
    left = (one.by.id or "" for one in relationship.timeline if one.what == "RelationshipWithdrawn")
    return sides.get(next(left, ""))


def _last_survey(relationship: RelationshipOut) -> datetime | None:
    """When the last open survey closes, for admins: they see both and have none of their own."""
    open_ones = (one.closes_at for one in relationship.surveys if one.state is SurveyState.OPEN)
    return max(open_ones, default=None)


def lines(
    entries: Iterable[EntryOut], viewer_id: str, role: Role, dates: Dates, shown: Collection[str] = ()
) -> list[Line]:
    """A timeline, newest first. A note that is `shown` elsewhere on the page is not repeated."""
    found = [
        Line(
            words.event(entry.what, role),
            _by(entry, viewer_id),
            entry.at,
            _note(entry, dates, shown),
            entry.by.id is None,
        )
        for entry in entries
    ]
    return found[::-1]


def _by(entry: EntryOut, viewer_id: str) -> str:
    if entry.by.id is None:
        return "Automatically"
    name = "You" if entry.by.id == viewer_id else entry.by.name or "Somebody who has left"
    if entry.on_behalf_of is not None:
        name = f"{name}, on behalf of {entry.on_behalf_of.name}"
    if entry.via == Via.MAIL_LINK:
        name = f"{name}, by mail link"
    return Sentence("{name} ({t.coordinator})", name=name) if entry.by.role == Role.ADMIN else name


def _note(entry: EntryOut, dates: Dates, shown: Collection[str]) -> str:
    note = entry.note or ""
    if entry.what in {"RequestExtended", "ClosingDateMoved", "RulesChanged"}:
        return f"Until {dates.day(date.fromisoformat(note))}" if note else ""
    if entry.what == "MailBounced":
        return words.mail(note)
    return "" if note in shown else note


def last_note(entries: Iterable[EntryOut], what: str) -> str:
    """The note of the last entry of a kind, or nothing."""
    return next((entry.note or "" for entry in reversed(list(entries)) if entry.what == what), "")


_RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO", "RLI"})


def isolated(name: str) -> str:
    """A name for a sentence of ours: one that runs from right to left must not turn the sentence around."""
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in name):
        return f"\u2068{name}\u2069"
    return name


def met(reasons: Iterable[MatchReason]) -> list[MatchReason]:
    """The reasons that speak for a mentor."""
    return [reason for reason in reasons if reason.kind != NOT_COVERED]


def unmet(reasons: Iterable[MatchReason]) -> list[str]:
    """The skills that a mentor does not help with."""
    left = [reason for reason in reasons if reason.kind == NOT_COVERED]
    return [reason.skill_words or reason.text for reason in left]


def told(reason: MatchReason, reader: str) -> str:
    """A reason as somebody reads it; `reader` is the name of a role."""
    return reason.told(Role(reader))


def way(reason: MatchReason, reader: str) -> str:
    """The same beside the name of the skill."""
    return reason.way(Role(reader))


EXCERPT = 120


def excerpt(text: str, longest: int = EXCERPT) -> str:
    """The beginning of a long text, up to the end of a word."""
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else f"{plain[:longest].rpartition(' ')[0] or plain[:longest]} …"


def lower_first(text: str) -> str:
    """A sentence as the second half of one."""
    if isinstance(text, Sentence):
        return Sentence(text.template[:1].lower() + text.template[1:], **text.values)
    return text[:1].lower() + text[1:]


def fit_words(score: int) -> str:
    """What a percentage means, without pretending that it decides anything."""
    if score >= NEAR:
        return "A close match on paper."
    if score >= FAIR:
        return "A good part matches."
    return "Little matches on paper, and that need not stop anybody."


def place_words(person: MentorOut) -> str:
    """Location and country on one line."""
    return naming.place(isolated(person.location), country_code=person.country)


def level_words(level: int, names: Sequence[str]) -> str:
    """A step of the programme's scale, by its number and its name."""
    return leveled(level, dict(enumerate(names, 1)).get(level))


def pair(text: str) -> tuple[str, str]:
    """A choice whose value is its text."""
    return text, text


def address(path: str, pairs: Iterable[tuple[str, str | None]]) -> str:
    """A path with the query parts that have a value."""
    kept = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(kept)}" if kept else path
