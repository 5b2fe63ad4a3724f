"""From what the store and the processes know to what a particular person may see of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from api.web.schemas import By, EntryOut, NextOut, PersonRef
from models.process.actors import Role
from models.process.departures import is_ours, sentence_of
from models.process.relationship.view import RelationshipView
from models.process.request.view import RequestView
from models.process.terms import USUAL_WORDS, Words, in_terms
from models.process.timeline import Audience
from models.store import people, programmes, questions, timeline
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
    """Names and timelines of all the processes, in few queries, and the words where a timeline needs them."""
    listed = list(views)
    entries = timeline.told_of(session, [view.id for view in listed])
    requests = [view.id for view in listed if isinstance(view, RequestView)]
    for request_id, asked in questions.told_of(session, requests).items():
        # What was asked about a request belongs to what happened to it, though no process keeps it.
        entries[request_id] = sorted([*entries[request_id], *asked], key=lambda entry: entry.at)
    ids = {person for view in listed for person in (view.mentee_id, view.mentor_id)}
    for entry in (entry for found in entries.values() for entry in found):
        ids.update(person for person in (entry.by, entry.on_behalf_of) if person)
    names = people.names_of(session, programme_id, ids)
    if any(is_ours(entry.what, entry.by) for found in entries.values() for entry in found):
        return Background(slug, names, entries, programmes.terms_of(session, programme_id).words)
    return Background(slug, names, entries)


def timeline_of(behind: Background, process_id: str, roles: Collection[Role]) -> list[EntryOut]:
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


def next_out(at: datetime | None, what: str | None) -> NextOut | None:
    return NextOut(at=at, what=what) if at and what else None


def each_once(lists: Iterable[list[str]]) -> list[str]:
    """All names once, in their first order."""
    return list(dict.fromkeys(name for names in lists for name in names))
