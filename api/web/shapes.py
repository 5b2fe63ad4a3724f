"""From what the store and the processes know to what a particular person may see of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from api.web.schemas import (
    By,
    ContactOut,
    EntryOut,
    NextOut,
    PersonRef,
    RelationshipOut,
    RequestOut,
    SurveyOut,
)
from models.process.actors import Role
from models.process.departures import is_ours, sentence_of
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import IN_TOUCH
from models.process.relationship.view import RelationshipView
from models.process.request import moves as request_moves
from models.process.request.state import OPEN
from models.process.request.view import RequestView
from models.process.surveys import Question, shown
from models.process.terms import USUAL_WORDS, Words, in_terms
from models.process.timeline import Audience
from models.store import people, programmes, timeline
from models.store.processes import SurveyRow
from models.store.timeline import Told

_AUDIENCES = {
    Role.MENTEE: {Audience.BOTH, Audience.MENTEE},
    Role.MENTOR: {Audience.BOTH, Audience.MENTOR},
    Role.ADMIN: set(Audience),
}


@dataclass(frozen=True)
class Background:
    """What several processes of one programme need besides themselves: names and timelines by id."""

    slug: str
    names: Mapping[str, str]
    entries: Mapping[str, Sequence[Told]]
    words: Words = field(default_factory=lambda: USUAL_WORDS)

    def person(self, person_id: str) -> PersonRef:
        return PersonRef(id=person_id, name=self.names.get(person_id, ""))


def background(
    session: Session, programme_id: str, slug: str, views: Iterable[RequestView | RelationshipView]
) -> Background:
    """Names and timelines of all the processes, in two queries, and the words where a timeline needs them."""
    listed = list(views)
    entries = timeline.told_of(session, [view.id for view in listed])
    ids = {person for view in listed for person in (view.mentee_id, view.mentor_id)}
    for entry in (entry for found in entries.values() for entry in found):
        ids.update(person for person in (entry.by, entry.on_behalf_of) if person)
    names = people.names_of(session, programme_id, ids)
    if any(is_ours(entry.what, entry.by) for found in entries.values() for entry in found):
        return Background(slug, names, entries, programmes.terms_of(session, programme_id).words)
    return Background(slug, names, entries)


def request_out(view: RequestView, roles: Collection[Role], behind: Background) -> RequestOut:
    """A request as a person in `roles` may see it."""
    return RequestOut.model_construct(
        **{name: getattr(view, name) for name in _SAME_IN_REQUEST},
        programme=behind.slug,
        mentee=behind.person(view.mentee_id),
        mentor=behind.person(view.mentor_id),
        next=_next_of_request(view),
        allowed=_each(request_moves.allowed(view, role) for role in roles),
        timeline=_timeline(behind, view.id, roles),
    )


_SAME_IN_REQUEST = tuple(name for name in RequestOut.model_fields if name in RequestView.model_fields)


def _next_of_request(view: RequestView) -> NextOut | None:
    if view.state not in OPEN:
        return None
    if view.next_reminder_at is not None:
        return _next(view.next_reminder_at, "reminder")
    return _next(view.closes_at, "expiry")


def relationship_out(
    view: RelationshipView,
    viewer_id: str,
    roles: Collection[Role],
    surveys: Mapping[Role, SurveyRow],
    behind: Background,
) -> RelationshipOut:
    """A relationship as a person in `roles` may see it; contacts are added by `contacts`."""
    told = [_survey(row, behind) for _, row in sorted(surveys.items())]
    return RelationshipOut.model_construct(
        **{name: getattr(view, name) for name in _SAME_IN_RELATIONSHIP},
        programme=behind.slug,
        mentee=behind.person(view.mentee_id),
        mentor=behind.person(view.mentor_id),
        contacts=None,
        goals=list(view.goals),
        signed_by=view.signed_by.value if view.signed_by else None,
        next=_next(view.next_at, view.next_what),
        allowed=_each(relationship_moves.allowed(view, role) for role in roles),
        survey=next((one for one in told if one.person.id == viewer_id), None),
        # Each of the two reads their own answers alone, admin or not.
        surveys=told if set(roles) == {Role.ADMIN} else [],
        timeline=_timeline(behind, view.id, roles),
    )


_SAME_IN_RELATIONSHIP = (
    "id",
    "request_id",
    "state",
    "started_at",
    "since",
    "ended_at",
    "sign_offs",
    "confirms_at",
)


def contacts(session: Session, view: RelationshipView, roles: Collection[Role]) -> list[ContactOut] | None:
    """How to reach both: for the two alone, and not any more once one of them or an admin has ended it."""
    if view.state not in IN_TOUCH or not {Role.MENTEE, Role.MENTOR}.intersection(roles):
        return None
    rows = people.contacts_of(session, view.programme_id, (view.mentee_id, view.mentor_id))
    return [
        ContactOut(id=row.id, name=row.name, email=row.email, contact=row.contact, time_zone=row.time_zone)
        for row in rows
    ]


def _survey(row: SurveyRow, behind: Background) -> SurveyOut:
    questions = [Question.model_validate(question) for question in row.questions]
    return SurveyOut(
        person=behind.person(row.person_id),
        state=row.state,  # type: ignore[arg-type]
        asked_at=row.asked_at,
        closes_at=row.closes_at,
        settled_at=row.settled_at,
        questions=questions,
        answers=shown(questions, row.answers),
    )


def _timeline(behind: Background, process_id: str, roles: Collection[Role]) -> list[EntryOut]:
    audiences = {audience for role in roles for audience in _AUDIENCES[role]}
    return [
        _entry(entry, behind) for entry in behind.entries.get(process_id, ()) if entry.audience in audiences
    ]


def _entry(entry: Told, behind: Background) -> EntryOut:
    note = entry.note
    if note and is_ours(entry.what, entry.by):
        note = in_terms(sentence_of(note), behind.words)
    by = By(id=entry.by, name=behind.names.get(entry.by) if entry.by else None, role=entry.by_role)
    return EntryOut(
        at=entry.at,
        what=entry.what,
        by=by,
        on_behalf_of=behind.person(entry.on_behalf_of) if entry.on_behalf_of else None,
        note=note,
        via=entry.via,
    )


def _next(at: datetime | None, what: str | None) -> NextOut | None:
    return NextOut(at=at, what=what) if at and what else None


def _each(lists: Iterable[list[str]]) -> list[str]:
    """All names once, in their first order."""
    return list(dict.fromkeys(name for names in lists for name in names))
