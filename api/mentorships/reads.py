"""Who mentors whom in which topics, and who has asked for help with what (L16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from api.mentorships.schemas import AssignmentOut, HelpOut, MentorshipOut, MentorshipPage, TopicOut
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id
from api.web.schemas import PersonRef
from models.folding import order
from models.matching.skills import SkillBook
from models.process.actors import Role
from models.process.member import MemberProfile
from models.process.programme import ProgrammeSettings
from models.process.relationship.base import RUNNING
from models.store import assignments, people
from models.store.assignment_tables import AssignmentRow
from models.store.processes import RelationshipRow, RequestRow
from models.store.profiles import load_profiles
from models.store.skills import load_book
from models.store.tables import MemberRow, PersonRow, ProgrammeRow, SkillsetRow


async def mentorships(ctx: Context, member: Member) -> MentorshipPage:
    """All of the member's that run, the newest first."""
    return await ctx.database.read(lambda session: _mentorships(session, member))


def _mentorships(session: Session, member: Member) -> MentorshipPage:
    programme_id, me = member.programme.id, member.person_id
    running = _running(session, programme_id, me)
    assigned = assignments.running_of(session, programme_id, me)
    pairs: list[RelationshipRow | AssignmentRow] = [*(row for row, _ in running), *assigned]
    profiles = load_profiles(session, programme_id, {row.mentee_id for row in pairs})
    others = {one for row in pairs for one in (row.mentee_id, row.mentor_id)}
    names = people.names_of(session, programme_id, others)
    told = _Told(me, names, profiles, load_book(session, programme_id), _skillsets(session, programme_id))
    found = [told.relationship(row, reasons) for row, reasons in running]
    found += [told.assignment(row) for row in assigned]
    found.sort(key=lambda one: one.since, reverse=True)
    return MentorshipPage(items=found)


def _running(session: Session, programme_id: str, me: str) -> list[tuple[RelationshipRow, list[object]]]:
    mine = or_(RelationshipRow.mentee_id == me, RelationshipRow.mentor_id == me)
    query = (
        select(RelationshipRow, RequestRow.reasons)
        .outerjoin(RequestRow, RequestRow.id == RelationshipRow.request_id)
        .where(
            RelationshipRow.programme_id == programme_id,
            mine,
            RelationshipRow.state.in_([state.value for state in RUNNING]),
        )
    )
    return [(row, reasons or []) for row, reasons in session.execute(query)]


def _skillsets(session: Session, programme_id: str) -> dict[str, str]:
    query = select(SkillsetRow.id, SkillsetRow.title).where(SkillsetRow.programme_id == programme_id)
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class _Told:
    """What the mentorships of one person need besides their rows."""

    me: str
    names: Mapping[str, str]
    profiles: Mapping[str, MemberProfile]
    book: SkillBook
    skillsets: Mapping[str, str]

    def relationship(self, row: RelationshipRow, reasons: Iterable[object]) -> MentorshipOut:
        skills = (one.get("skill") for one in reasons if isinstance(one, dict))
        return self._one(
            row,
            topics=[self.book.name(one) for one in skills if one],
            since=row.started_at,
            relationship_id=row.id,
        )

    def assignment(self, row: AssignmentRow) -> MentorshipOut:
        topic = topic_out(row, self.book, self.skillsets)
        called = topic.skill or topic.skillset or row.topic
        return self._one(row, topics=[called], since=row.assigned_at, topic=topic, assignment_id=row.id)

    def _one(self, row: RelationshipRow | AssignmentRow, **more: object) -> MentorshipOut:
        other = row.mentee_id if row.mentor_id == self.me else row.mentor_id
        fields = {"topic": None, "relationship_id": None, "assignment_id": None, **more}
        return MentorshipOut.model_validate(
            {
                "role": Role.MENTOR if row.mentor_id == self.me else Role.MENTEE,
                "other": PersonRef(other, self.names.get(other, "")),
                "help": help_of(self.profiles.get(row.mentee_id), self.book),
                **fields,
            }
        )


def help_of(profile: MemberProfile | None, book: SkillBook) -> list[HelpOut]:
    """What somebody needs help with, the longest wait first."""
    asked = sorted((profile.help if profile else {}).items(), key=lambda pair: pair[1])
    return [HelpOut(skill=book.name(key), since=since) for key, since in asked]


def topic_out(row: AssignmentRow, book: SkillBook, skillsets: Mapping[str, str]) -> TopicOut:
    """As it is called now, or as it was called then where it is gone."""
    if row.topic_kind == "skillset":
        return TopicOut(skill=None, skillset=skillsets.get(row.topic_id, row.topic))
    now = next((one.name for one in book.skills.values() if one.id == row.topic_id), row.topic)
    return TopicOut(skill=now, skillset=None)


async def assignment(ctx: Context, viewer: Viewer, assignment_id: str) -> AssignmentOut:
    """One assignment, for the two of it and those who may end it. Raises NotFound."""
    return await ctx.database.read(lambda session: assignment_in(session, viewer, assignment_id))


def assignment_in(session: Session, viewer: Viewer, assignment_id: str) -> AssignmentOut:
    """The same within a transaction."""
    row = assignments.find(session, parse_id(assignment_id))
    member = people.member(session, row.programme_id, viewer.person_id) if row else None
    if row is None or member is None or member.left_at is not None:
        raise NotFound
    programme = session.get_one(ProgrammeRow, row.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    decides = may_assign(session, member, viewer.email, settings, row.mentee_id)
    if not decides and viewer.person_id not in {row.mentee_id, row.mentor_id}:
        raise NotFound
    return assignments_out(session, programme.slug, [row], may_end=decides)[0]


def assignments_out(
    session: Session, slug: str, rows: Iterable[AssignmentRow], *, may_end: bool
) -> list[AssignmentOut]:
    """Assignments of one programme."""
    found = list(rows)
    if not found:
        return []
    programme_id = found[0].programme_id
    ids = {one for row in found for one in (row.mentee_id, row.mentor_id)}
    names = people.names_of(session, programme_id, ids)
    book, skillsets = load_book(session, programme_id), _skillsets(session, programme_id)
    return [
        AssignmentOut(
            id=row.id,
            programme=slug,
            mentee=PersonRef(row.mentee_id, names.get(row.mentee_id, "")),
            mentor=PersonRef(row.mentor_id, names.get(row.mentor_id, "")),
            topic=topic_out(row, book, skillsets),
            state=row.state,
            assigned_at=row.assigned_at,
            notified=row.notified,
            ended_at=row.ended_at,
            comment=row.comment,
            allowed=["end"] if may_end and row.state == assignments.ACTIVE else [],
        )
        for row in found
    ]


def may_assign(
    session: Session, member: MemberRow, email: str, settings: ProgrammeSettings, mentee_id: str
) -> bool:
    """An admin may, and the line manager of the mentee where the programme lets them."""
    if member.is_admin:
        return True
    mentee = people.member(session, member.programme_id, mentee_id)
    return settings.assignments_by_managers and mentee is not None and mentee.manager_email == email


async def reached(ctx: Context, member: Member, other_ids: Iterable[str]) -> dict[str, str]:
    """The addresses of those with whom an assignment of the member runs."""
    wanted = set(other_ids)
    query = select(PersonRow.id, PersonRow.email).where(PersonRow.id.in_(sorted(wanted)))
    return await ctx.database.read(lambda session: dict(session.execute(query).all()))


async def team(ctx: Context, member: Member) -> list[PersonRef]:
    """The mentees whose line manager the member is, where line managers assign; else nobody."""
    if not member.programme.settings.assignments_by_managers or not member.viewer.email:
        return []
    query = select(MemberRow.person_id, MemberRow.name).where(
        MemberRow.programme_id == member.programme.id,
        MemberRow.manager_email == member.viewer.email,
        MemberRow.is_mentee == true(),
        MemberRow.left_at.is_(None),
    )
    rows = await ctx.database.read(lambda session: session.execute(query.limit(200)).all())
    return sorted((PersonRef(row[0], row[1]) for row in rows), key=lambda one: order(one.name))


async def assigned_to(ctx: Context, member: Member, person_id: str) -> list[AssignmentOut]:
    """The running assignments of a person, for the programme's admins."""
    programme = member.programme

    def work(session: Session) -> list[AssignmentOut]:
        rows = assignments.running_of(session, programme.id, person_id)
        return assignments_out(session, programme.slug, rows, may_end=True)

    return await ctx.database.read(work)
