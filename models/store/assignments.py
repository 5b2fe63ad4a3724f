"""Direct assignments (M12): made without consent, one for each topic of a pair, ended with a word to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.mails.assignment import AssignmentEnded, AssignmentMade
from models.mails.frame import Props
from models.mails.order import MailOrder
from models.matching.rules import Rules
from models.process.errors import AlreadyOpen, IllegalMove, Invalid, Refused
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store import do_not_pair, mails, rules
from models.store.asking import members_of
from models.store.assignment_tables import AssignmentRow
from models.store.tables import MemberRow

ACTIVE, ENDED = "active", "ended"


@dataclass(frozen=True, slots=True)
class Topic:
    """`kind` is skill or skillset."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An assignment as it was asked for; `id` follows from the key that it was sent with."""

    id: str
    by: str
    mentee_id: str
    mentor_id: str
    topic: Topic
    notify: bool


def assign(
    session: Session, programme_id: str, settings: ProgrammeSettings, wanted: Wanted, now: datetime
) -> AssignmentRow:
    """Makes it, once for its id: a row that is there is given back unchanged, the caller compares.

    The rows of both members are locked, so that of two for one topic the second finds the first. Capacity
    does not count: an assignment takes no place. Raises Invalid, Refused, AlreadyOpen.
    """
    _check_people(session, programme_id, settings, wanted, now)
    if recorded := session.get(AssignmentRow, wanted.id):
        return recorded
    if _running(session, programme_id, wanted) is not None:
        raise AlreadyOpen(
            Sentence("The two are assigned to each other for “{topic}” already.", topic=wanted.topic.name),
            field="topic",
        )
    row = AssignmentRow(
        id=wanted.id,
        programme_id=programme_id,
        mentee_id=wanted.mentee_id,
        mentor_id=wanted.mentor_id,
        topic_kind=wanted.topic.kind,
        topic_id=wanted.topic.id,
        topic=wanted.topic.name,
        state=ACTIVE,
        assigned_by=wanted.by,
        assigned_at=now,
        notified=wanted.notify,
    )
    session.add(row)
    session.flush()
    if wanted.notify:
        made = AssignmentMade(assignment_id=row.id, topic=row.topic)
        _tell(session, row, (row.mentee_id, row.mentor_id), made, now)
    return row


def _check_people(
    session: Session, programme_id: str, settings: ProgrammeSettings, wanted: Wanted, now: datetime
) -> None:
    pair = (wanted.mentee_id, wanted.mentor_id)
    members = members_of(session, programme_id, pair, lock=True)
    mentee, mentor = (_taking_part(members.get(one)) for one in pair)
    if mentee is None or not mentee.is_mentee:
        raise Invalid(Sentence("There is no such {t.mentee} in this programme."), field="mentee_id")
    if mentor is None or not mentor.is_mentor:
        raise Invalid(Sentence("There is no such {t.mentor} in this programme."), field="mentor_id")
    traits = rules.traits_of_rows(session, [mentee, mentor])
    broken = Rules.of(settings).against(
        traits[mentee.person_id],
        traits[mentor.person_id],
        do_not_pair=do_not_pair.is_forbidden(session, programme_id, *pair),
        now=now,
    )
    if broken:
        raise Refused(broken[0].sentence, field="mentor_id")


def _taking_part(member: MemberRow | None) -> MemberRow | None:
    return member if member is not None and member.left_at is None else None


def _running(session: Session, programme_id: str, wanted: Wanted) -> AssignmentRow | None:
    query = select(AssignmentRow).where(
        AssignmentRow.programme_id == programme_id,
        AssignmentRow.mentee_id == wanted.mentee_id,
        AssignmentRow.mentor_id == wanted.mentor_id,
        AssignmentRow.topic_id == wanted.topic.id,
        AssignmentRow.ended_at.is_(None),
    )
    return session.scalars(query).one_or_none()


def end(session: Session, assignment_id: str, by: str, comment: str, now: datetime) -> AssignmentRow:
    """Ends it and tells both. Raises IllegalMove for one that has ended, unless with these very words."""
    row = session.get_one(AssignmentRow, assignment_id, with_for_update=True)
    if row.state == ENDED and (row.ended_by, row.comment) == (by, comment):
        return row
    if row.state != ACTIVE:
        raise IllegalMove("This assignment has ended already.")
    row.state, row.ended_at, row.ended_by, row.comment = ENDED, now, by, comment
    session.flush()
    ended = AssignmentEnded(assignment_id=row.id, topic=row.topic, comment=comment)
    _tell(session, row, (row.mentee_id, row.mentor_id), ended, now)
    return row


def stranded(session: Session, limit: int) -> Sequence[str]:
    """Ids of running ones of which one of the two has left, or has given up the role."""
    gone = (
        select(MemberRow.person_id)
        .where(
            MemberRow.programme_id == AssignmentRow.programme_id,
            MemberRow.person_id.in_((AssignmentRow.mentee_id, AssignmentRow.mentor_id)),
            MemberRow.left_at.is_not(None),
        )
        .exists()
    )
    query = select(AssignmentRow.id).where(AssignmentRow.ended_at.is_(None), gone)
    return session.scalars(query.order_by(AssignmentRow.id).limit(limit)).all()


def release(session: Session, assignment_id: str, now: datetime) -> bool:
    """Ends one that is `stranded` and tells the one who stays; False when it has ended meanwhile."""
    row = session.get_one(AssignmentRow, assignment_id, with_for_update=True)
    if row.state != ACTIVE:
        return False
    row.state, row.ended_at = ENDED, now
    session.flush()
    members = members_of(session, row.programme_id, (row.mentee_id, row.mentor_id), lock=False)
    staying = [one.person_id for one in members.values() if one.left_at is None]
    ended = AssignmentEnded(assignment_id=row.id, topic=row.topic, comment="", left=True)
    _tell(session, row, staying, ended, now)
    return True


def _tell(session: Session, row: AssignmentRow, people: Sequence[str], props: Props, now: datetime) -> None:
    orders = [MailOrder(key=f"{props.kind}/{row.id}/{to}", to=to, props=props) for to in people]
    mails.queue(session, orders, programme_id=row.programme_id, process_id=row.id, now=now)


def find(session: Session, assignment_id: str) -> AssignmentRow | None:
    return session.get(AssignmentRow, assignment_id)


def running_of(session: Session, programme_id: str, person_id: str) -> Sequence[AssignmentRow]:
    """Those of the person, as mentee or as mentor, the oldest first."""
    mine = or_(AssignmentRow.mentee_id == person_id, AssignmentRow.mentor_id == person_id)
    query = select(AssignmentRow).where(
        AssignmentRow.programme_id == programme_id, mine, AssignmentRow.ended_at.is_(None)
    )
    return session.scalars(query.order_by(AssignmentRow.assigned_at, AssignmentRow.id)).all()
