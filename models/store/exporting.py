"""Everything that is stored about a person, as they may see it: the content of an export.

Of others it holds what the person reads on their pages anyway: how the other side is called, what the two
wrote to each other, and nothing of how others can be reached, what they answered or who else they work with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from models.folding import order
from models.process.request.state import RequestFacts
from models.process.surveys import Question, shown
from models.process.timeline import Audience
from models.store.assignment_tables import AssignmentRow
from models.store.delivery import ApiTokenRow, MailRow, SessionRow
from models.store.erasure_policy import exported
from models.store.pair_tables import BookmarkRow, DoNotPairRow
from models.store.people import names_of
from models.store.privacy import ExportRow
from models.store.processes import GoalRow, RelationshipRow, RequestRow, ShortlistRow, SurveyRow, TimelineRow
from models.store.question_tables import QuestionRow
from models.store.requests import rest_in
from models.store.tables import (
    Base,
    InvitationRow,
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    ProgrammeRow,
    RegistrationRow,
    SkillRow,
)

FORMAT = "steadfast-export-1"
ABOUT = (
    "Everything that is kept about you here. Times are UTC. Of the people you worked with it holds their "
    "names and what you two wrote to each other, as you can read it on your pages."
)


def collect(session: Session, person_id: str, now: datetime) -> dict[str, Any] | None:
    """The export as plain values; None for an unknown person."""
    person = session.get(PersonRow, person_id)
    if person is None:
        return None
    programmes = [_programme(session, person_id, *found) for found in _members(session, person_id)]
    return {
        "format": FORMAT,
        "about": ABOUT,
        "made_at": now,
        "summary": _summary(programmes),
        "person": _shown(person),
        "programmes": programmes,
        "invitations": _invitations(session, person.email),
        "registrations": _registrations(session, person.id),
        "mails": _mails(session, person),
        "sign_ins": _sign_ins(session, person_id),
    }


def _summary(programmes: Iterable[Mapping[str, Any]]) -> list[str]:
    """A sentence for each programme."""
    return [
        f"{one['name']}: your profile, {_counted(one['requests'], 'request', 'requests')}, "
        f"{_counted(one['relationships'], 'relationship', 'relationships')}"
        f"{_as_coordinator(one['done_as_admin'])}."
        for one in programmes
    ]


def _as_coordinator(entries: Sequence[object]) -> str:
    return f", {_counted(entries, 'entry', 'entries')} as a coordinator" if entries else ""


def _counted(found: Sequence[object], one: str, more: str) -> str:
    return f"{len(found)} {one if len(found) == 1 else more}"


def _members(session: Session, person_id: str) -> list[tuple[ProgrammeRow, MemberRow]]:
    query = (
        select(ProgrammeRow, MemberRow)
        .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
        .where(MemberRow.person_id == person_id)
        .order_by(MemberRow.joined_at, ProgrammeRow.id)
    )
    return [(programme, member) for programme, member in session.execute(query)]


def _programme(
    session: Session, person_id: str, programme: ProgrammeRow, member: MemberRow
) -> dict[str, Any]:
    told = _Told(session, person_id, programme.id)
    return {
        "name": programme.name,
        "slug": programme.slug,
        "profile": _shown(member),
        "skills": _skills(session, programme.id, person_id),
        "preferences": _preferences(session, programme.id, person_id),
        "requests": [told.request(row) for row in told.rows(RequestRow)],
        "shortlists": told.shortlists(),
        "relationships": [told.relationship(row) for row in told.rows(RelationshipRow)],
        "not_to_be_paired": told.unwanted(),
        "bookmarks": told.bookmarks(),
        "questions": told.questions(),
        "assignments": told.assignments(),
        "done_as_admin": told.elsewhere(),
    }


def _skills(session: Session, programme_id: str, person_id: str) -> list[dict[str, Any]]:
    query = (
        select(
            SkillRow.title.label("name"),
            MemberSkillRow.level,
            MemberSkillRow.target,
            MemberSkillRow.familiarity,
            MemberSkillRow.help_since,
        )
        .join(MemberSkillRow, MemberSkillRow.skill_id == SkillRow.id)
        .where(MemberSkillRow.programme_id == programme_id, MemberSkillRow.person_id == person_id)
    )
    found = [dict(row) for row in session.execute(query).mappings()]
    return sorted(found, key=lambda skill: order(skill["name"]))


def _preferences(session: Session, programme_id: str, person_id: str) -> list[str]:
    mine = select(MemberPreferenceRow.option).where(
        MemberPreferenceRow.programme_id == programme_id, MemberPreferenceRow.person_id == person_id
    )
    return sorted(session.scalars(mine))


class _Told:
    """The processes of one person in one programme, from their side."""

    def __init__(self, session: Session, person_id: str, programme_id: str) -> None:
        self._session = session
        self._me = person_id
        self._programme = programme_id

    def rows(self, row: type[Any]) -> list[Any]:
        began = row.created_at if row is RequestRow else row.started_at
        mine = or_(row.mentee_id == self._me, row.mentor_id == self._me)
        query = select(row).where(row.programme_id == self._programme, mine).order_by(began, row.id)
        return list(self._session.scalars(query))

    def request(self, row: RequestRow) -> dict[str, Any]:
        return {
            **_shown(row),
            **_facts(row),
            **self._with(row),
            "timeline": self._timeline(row),
        }

    def relationship(self, row: RelationshipRow) -> dict[str, Any]:
        goals = select(GoalRow).where(GoalRow.relationship_id == row.id).order_by(GoalRow.position)
        survey = self._session.get(SurveyRow, (row.id, self._me))
        return {
            **_shown(row),
            **self._with(row),
            "goals": [
                {**_shown(goal), "set_by": self._who(goal.set_by)} for goal in self._session.scalars(goals)
            ],
            "survey": _survey(survey) if survey else None,
            "timeline": self._timeline(row),
        }

    def unwanted(self) -> list[dict[str, Any]]:
        """The pairs that the person set, never those that others set for them."""
        query = (
            select(DoNotPairRow)
            .where(DoNotPairRow.programme_id == self._programme, DoNotPairRow.set_by == self._me)
            .order_by(DoNotPairRow.set_at, DoNotPairRow.id)
        )
        rows = list(self._session.scalars(query))
        named = names_of(
            self._session, self._programme, {one for row in rows for one in (row.lower_id, row.higher_id)}
        )
        return [
            {
                **_shown(row),
                "people": [named.get(one, "") for one in (row.lower_id, row.higher_id) if one != self._me],
            }
            for row in rows
        ]

    def bookmarks(self) -> list[dict[str, Any]]:
        query = (
            select(BookmarkRow)
            .where(BookmarkRow.programme_id == self._programme, BookmarkRow.person_id == self._me)
            .order_by(BookmarkRow.marked_at, BookmarkRow.mentor_id)
        )
        rows = list(self._session.scalars(query))
        named = names_of(self._session, self._programme, {row.mentor_id for row in rows})
        return [{**_shown(row), "person": named.get(row.mentor_id, "")} for row in rows]

    def assignments(self) -> list[dict[str, Any]]:
        mine = or_(AssignmentRow.mentee_id == self._me, AssignmentRow.mentor_id == self._me)
        query = select(AssignmentRow).where(AssignmentRow.programme_id == self._programme, mine)
        rows = self._session.scalars(query.order_by(AssignmentRow.assigned_at, AssignmentRow.id))
        return [{**_shown(row), **self._with(row)} for row in rows]

    def questions(self) -> list[dict[str, Any]]:
        mine = or_(QuestionRow.mentee_id == self._me, QuestionRow.mentor_id == self._me)
        query = select(QuestionRow).where(QuestionRow.programme_id == self._programme, mine)
        return [
            {**_shown(row), **self._with(row), "asked_by": self._who(row.asked_by)}
            for row in self._session.scalars(query.order_by(QuestionRow.asked_at, QuestionRow.id))
        ]

    def shortlists(self) -> list[dict[str, Any]]:
        """Those that the person began, with whom they named and how far each came."""
        query = select(ShortlistRow).where(
            ShortlistRow.programme_id == self._programme, ShortlistRow.mentee_id == self._me
        )
        return [
            {**_shown(row), "mentors": self._named(row)}
            for row in self._session.scalars(query.order_by(ShortlistRow.created_at, ShortlistRow.id))
        ]

    def _named(self, row: ShortlistRow) -> list[dict[str, Any]]:
        called = names_of(self._session, self._programme, {ask["mentor_id"] for ask in row.asks})
        return [
            {"name": called.get(ask["mentor_id"], ""), "state": ask["state"], "why": ask.get("why")}
            for ask in row.asks
        ]

    def elsewhere(self) -> list[dict[str, Any]]:
        """What the person did in processes of others, as an admin."""
        query = (
            select(TimelineRow)
            .where(
                TimelineRow.programme_id == self._programme,
                TimelineRow.by == self._me,
                TimelineRow.by_role == "admin",
            )
            .order_by(TimelineRow.at)
        )
        return [_shown(entry) for entry in self._session.scalars(query)]

    def _with(self, row: RequestRow | RelationshipRow | QuestionRow | AssignmentRow) -> dict[str, Any]:
        side, other = ("mentee", row.mentor_id) if row.mentee_id == self._me else ("mentor", row.mentee_id)
        named = names_of(self._session, self._programme, {other})
        return {"you_are": side, "with": named.get(other, "")}

    def _timeline(self, row: RequestRow | RelationshipRow) -> list[dict[str, Any]]:
        side = Audience.MENTEE if row.mentee_id == self._me else Audience.MENTOR
        query = (
            select(TimelineRow)
            .where(TimelineRow.process_id == row.id, TimelineRow.audience.in_((Audience.BOTH, side)))
            .order_by(TimelineRow.seq)
        )
        return [
            {**_shown(entry), "by": self._who(entry.by, entry.by_role)}
            for entry in self._session.scalars(query)
        ]

    def _who(self, person_id: str | None, role: str = "the other side") -> str:
        return "you" if person_id == self._me else role


def _invitations(session: Session, address: str) -> list[dict[str, Any]]:
    query = (
        select(ProgrammeRow.name, InvitationRow)
        .join(ProgrammeRow, ProgrammeRow.id == InvitationRow.programme_id)
        .where(InvitationRow.email == address)
        .order_by(InvitationRow.created_at)
    )
    return [{"programme": called, **_shown(row)} for called, row in session.execute(query)]


def _registrations(session: Session, person_id: str) -> list[dict[str, Any]]:
    query = (
        select(ProgrammeRow.name, RegistrationRow)
        .join(ProgrammeRow, ProgrammeRow.id == RegistrationRow.programme_id)
        .where(RegistrationRow.person_id == person_id)
        .order_by(RegistrationRow.created_at)
    )
    return [{"programme": called, **_shown(row)} for called, row in session.execute(query)]


def _mails(session: Session, person: PersonRow) -> list[dict[str, Any]]:
    """Which mails went to the person; their words stand in the requests and relationships."""
    mine = or_(MailRow.to_person == person.id, MailRow.to_address == person.email)
    query = select(MailRow).where(mine).order_by(MailRow.queued_at, MailRow.id)
    return [_shown(row) for row in session.scalars(query)]


def _sign_ins(session: Session, person_id: str) -> dict[str, Any]:
    """When, never by what: a token that is stored nowhere cannot be exported."""
    pages = session.scalars(select(SessionRow).where(SessionRow.person_id == person_id))
    tokens = session.scalars(select(ApiTokenRow).where(ApiTokenRow.person_id == person_id))
    return {
        "sessions": [_shown(row) for row in pages],
        "api_tokens": [_shown(row) for row in tokens],
    }


def _shown(row: Base) -> dict[str, Any]:
    """What the columns of a row say that a person may see of it."""
    return {name: getattr(row, name) for name in exported(row)}


def _facts(row: RequestRow) -> dict[str, Any]:
    """What a request shows of itself without a column for it."""
    rest = rest_in(row)
    return {name: rest[name] for name in RequestFacts.model_fields if name in rest}


def ask(session: Session, export_id: str, person_id: str, now: datetime) -> str:
    """Writes down that it is wanted, without which no process collects it; the id of the one that there is.

    One person has one at a time.
    """
    person = session.get(PersonRow, person_id, with_for_update=True)
    found = of_person(session, person_id)
    if person is None or found is not None:
        return found.id if found else export_id
    session.add(ExportRow(id=export_id, person_id=person_id, asked_at=now))
    return export_id


def is_wanted(session: Session, export_id: str, person_id: str) -> bool:
    row = session.get(ExportRow, export_id)
    return row is not None and row.person_id == person_id


def of_person(session: Session, person_id: str) -> ExportRow | None:
    """The export that there is, without what is in it read twice."""
    query = select(ExportRow).where(ExportRow.person_id == person_id).order_by(ExportRow.asked_at.desc())
    return session.scalars(query.limit(1)).first()


def discard(session: Session, export_id: str) -> None:
    session.execute(delete(ExportRow).where(ExportRow.id == export_id))


def _survey(row: SurveyRow) -> dict[str, Any]:
    questions = [Question.model_validate(question) for question in row.questions]
    return _shown(row) | {"answers": shown(questions, row.answers)}
