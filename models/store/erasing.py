"""Erasing a person from the database. Every function can run twice with one effect.

What becomes of a column stands on the column, see `models.store.erasure_policy`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.mails.order import MailOrder
from models.mails.person import ErasureBegun, ErasureConfirmed
from models.process.erasure import LOCKED, ErasureState
from models.store import mails
from models.store.delivery import ApiTokenRow, MailboxRow, MailRow, SessionRow, SignInLinkRow
from models.store.erased_rows import FAREWELLS, Erased, erase_rows, others_of
from models.store.privacy import ErasureRow, ExportRow
from models.store.processes import (
    RelationshipRow,
    RequestRow,
    ShortlistRow,
    SurveyRow,
    TimelineRow,
)
from models.store.profiles import touch_people
from models.store.tables import MemberRow, PersonRow, ProgrammeRow


@dataclass(frozen=True, slots=True)
class Asked:
    """An erasure as it was asked for; `by_operator`: not by the person."""

    person_id: str
    now: datetime
    begins_at: datetime
    by_operator: bool


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the person that may still be running. `side`: what the person is in it."""

    kind: str
    process_id: str
    workflow_id: str
    side: str


def find(session: Session, person_id: str) -> ErasureRow | None:
    return session.get(ErasureRow, person_id)


def is_locked(session: Session, person_id: str) -> bool:
    """Whether signing in as this person is over: their erasure is under way, or done."""
    state = session.scalar(select(ErasureRow.state).where(ErasureRow.person_id == person_id))
    return state is not None and ErasureState(state) in LOCKED


def locked_among(session: Session, person_ids: Collection[str], *, hold: bool = False) -> set[str]:
    """Those of the people for whom signing in is over.

    With `hold`, no erasure of any of the people begins before the transaction ends. Take it before rows of
    members and programmes, as `begin` does.
    """
    ids = sorted(person_ids)
    if hold:
        held = select(PersonRow.id).where(PersonRow.id.in_(ids)).order_by(PersonRow.id)
        session.execute(held.with_for_update(read=True, key_share=True))
    found = select(ErasureRow.person_id).where(ErasureRow.person_id.in_(ids), _LOCKED)
    return set(session.scalars(found))


def any_locked(*people: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The same of the people in some columns of a query: whether there is one among them."""
    return select(ErasureRow.person_id).where(ErasureRow.person_id.in_(people), _LOCKED).exists()


_LOCKED = ErasureRow.state.in_(sorted(LOCKED))


def overdue(session: Session, now: datetime, limit: int) -> list[ErasureRow]:
    """Those that were to begin before `now` and are not done, the oldest first."""
    undone = ErasureRow.state.in_((ErasureState.WAITING, ErasureState.ERASING))
    query = select(ErasureRow).where(undone, ErasureRow.begins_at < now).order_by(ErasureRow.begins_at)
    return list(session.scalars(query.limit(limit)))


def ask(session: Session, asked: Asked) -> None:
    """Writes down that it is wanted. Without that no process erases: one can be started by others than us."""
    person = session.get(PersonRow, asked.person_id, with_for_update=True)
    row = session.get(ErasureRow, asked.person_id)
    if person is None or (row is not None and row.state != ErasureState.KEPT):
        return
    row = row or ErasureRow(person_id=person.id)
    row.state, row.asked_by, row.address, row.settled_at = ErasureState.ASKED.value, _by(asked), None, None
    row.asked_at, row.begins_at = asked.now, asked.begins_at
    session.add(row)


def begin(session: Session, asked: Asked) -> ErasureRow | None:
    """Signs the person out, hides them, and mails them how to call it off. None where no row asks for it."""
    person = session.get(PersonRow, asked.person_id, with_for_update=True)
    row = session.get(ErasureRow, asked.person_id)
    if person is None or row is None or row.state == ErasureState.KEPT:
        return None
    if ErasureState(row.state) in LOCKED:
        return row
    row.state, row.asked_at, row.begins_at = ErasureState.WAITING.value, asked.now, asked.begins_at
    row.asked_by, row.address, row.settled_at = _by(asked), person.email, None
    session.flush()
    leave(session, person.id, asked.now)
    if asked.begins_at > asked.now:
        _tell(session, asked)
    return row


def _by(asked: Asked) -> str:
    return "operator" if asked.by_operator else "person"


def _tell(session: Session, asked: Asked) -> None:
    props = ErasureBegun(begins_at=asked.begins_at, by_operator=asked.by_operator)
    key = f"erasure-begun/{asked.person_id}/{asked.now.isoformat()}"
    order = MailOrder(key=key, to=asked.person_id, props=props)
    mails.queue(session, [order], programme_id=None, process_id=None, now=asked.now)


def leave(session: Session, person_id: str, now: datetime) -> None:
    """Ends sessions, tokens and links of the person, and every membership as of `now`."""
    for row in (SessionRow, ApiTokenRow, SignInLinkRow):
        session.execute(delete(row).where(row.person_id == person_id))
    of_person = MemberRow.person_id == person_id
    _touch(session, person_id)
    session.execute(update(MemberRow).where(of_person, MemberRow.left_at.is_(None)).values(left_at=now))


def keep(session: Session, person_id: str, now: datetime) -> None:
    """Calls the erasure off: the memberships that it ended are as they were."""
    row = session.get(ErasureRow, person_id, with_for_update=True)
    if row is None or row.state != ErasureState.WAITING:
        return
    of_person = MemberRow.person_id == person_id
    _touch(session, person_id)
    ended = update(MemberRow).where(of_person, MemberRow.left_at == row.asked_at)
    session.execute(ended.values(left_at=None))
    row.state, row.settled_at, row.address = ErasureState.KEPT.value, now, None


def open_processes(session: Session, person_id: str) -> list[Process]:
    """Requests, relationships and shortlists of the person which the database believes to be running."""
    requests = select(RequestRow.id, RequestRow.workflow_id, RequestRow.mentee_id).where(
        _party(RequestRow, person_id), RequestRow.is_open == true()
    )
    waits = select(SurveyRow.relationship_id).where(SurveyRow.state == "open")
    related = select(RelationshipRow.id, RelationshipRow.workflow_id, RelationshipRow.mentee_id).where(
        _party(RelationshipRow, person_id),
        or_(RelationshipRow.ended_at.is_(None), RelationshipRow.id.in_(waits)),
    )
    found = []
    for kind, query in (("request", requests), ("relationship", related)):
        for process_id, workflow_id, mentee_id in session.execute(query):
            side = "mentee" if mentee_id == person_id else "mentor"
            found.append(Process(kind, process_id, workflow_id, side))
    lists = select(ShortlistRow.id, ShortlistRow.workflow_id).where(
        ShortlistRow.mentee_id == person_id, ShortlistRow.is_open == true()
    )
    # Before the requests, so that the end of one makes no list ask anybody else.
    return [Process("shortlist", *row, "mentee") for row in session.execute(lists)] + found


def copies_about(session: Session, person_id: str) -> list[tuple[str, str]]:
    """(whose, id) of the copies that tell of the person: theirs, and those of people they worked with."""
    others = ExportRow.person_id.in_(others_of(person_id))
    query = select(ExportRow.person_id, ExportRow.id).where(or_(ExportRow.person_id == person_id, others))
    return sorted((of, export_id) for of, export_id in session.execute(query))


def farewells_waiting(session: Session, person_id: str) -> int:
    """How many mails that tell others of the leaving have not left yet."""
    query = select(func.count()).where(
        MailRow.state == mails.QUEUED,
        MailRow.kind.in_(FAREWELLS),
        MailRow.to_person != person_id,
        MailRow.process_id.in_(processes_of(person_id)),
    )
    return session.scalars(query).one()


def erase(session: Session, person_id: str, now: datetime) -> None:
    """Takes the person out of every table; the other sides keep rows with a former member in them."""
    person = session.get(PersonRow, person_id, with_for_update=True)
    erasure = session.get(ErasureRow, person_id)
    if person is None or erasure is None or ErasureState(erasure.state) not in LOCKED:
        return
    erasure.state = ErasureState.ERASING.value
    leave(session, person_id, now)
    names = select(MemberRow.name).where(MemberRow.person_id == person_id)
    known = (person.name, *session.scalars(names))
    erased = Erased(person_id, erasure.address or person.email, known, now)
    erase_rows(session, erased)
    session.flush()
    _touch(session, person_id)


def processes_written_in(session: Session, person_id: str) -> list[str]:
    """Ids of others' processes on whose timeline the person stands: an admin who closed or ended them."""
    query = (
        select(TimelineRow.process_id)
        .where(TimelineRow.by == person_id, TimelineRow.process_id.not_in(processes_of(person_id)))
        .distinct()
    )
    return list(session.scalars(query))


def confirm(session: Session, person_id: str, now: datetime) -> None:
    """Writes down that it is done, and queues the last word to the address as it was."""
    row = session.get(ErasureRow, person_id, with_for_update=True)
    if row is None or row.state != ErasureState.ERASING:
        return
    row.state, row.settled_at = ErasureState.ERASED.value, now
    if row.address:
        mails.queue_to_address(
            session, key=last_word(person_id), address=row.address, props=ErasureConfirmed(), now=now
        )
    row.address = None


def forget_address(session: Session, person_id: str, *, at_any_rate: bool) -> bool:
    """Whether the last word has left (or is given up, `at_any_rate`), and its address with it."""
    mail_id = mails.mail_id(last_word(person_id))
    row = session.get(MailRow, mail_id, with_for_update=True)
    if row is None:
        return True
    if row.state == mails.QUEUED and not at_any_rate:
        return False
    if row.state == mails.QUEUED:
        row.state = mails.DROPPED
    row.to_address = row.error = None
    session.execute(delete(MailboxRow).where(MailboxRow.mail_id == mail_id))
    return True


def last_word(person_id: str) -> str:
    """The key of the last mail to a person."""
    return f"erasure-confirmed/{person_id}"


def processes_of(person_id: str) -> Any:
    """The ids of all requests and relationships that the person took part in."""
    return (
        select(RequestRow.id)
        .where(_party(RequestRow, person_id))
        .union_all(select(RelationshipRow.id).where(_party(RelationshipRow, person_id)))
    )


def _party(row: type[RequestRow] | type[RelationshipRow], person_id: str) -> ColumnElement[bool]:
    return or_(row.mentee_id == person_id, row.mentor_id == person_id)


def _touch(session: Session, person_id: str) -> None:
    """Has every process that keeps people in memory read this one anew; locks the programmes of the person.

    Before the person's profiles change: a writer of profiles locks their programme first.
    """
    programmes = select(MemberRow.programme_id).where(MemberRow.person_id == person_id)
    for programme_id in sorted(session.scalars(programmes)):
        touch_people(session, programme_id, (person_id,))


def without_other_admin(session: Session, person_id: str) -> list[str]:
    """Names of the programmes with other people in them that the person alone is an admin of."""
    other = MemberRow.__table__.alias("other")
    anybody = select(other.c.person_id).where(
        other.c.programme_id == MemberRow.programme_id,
        other.c.person_id != person_id,
        other.c.left_at.is_(None),
    )
    query = (
        select(ProgrammeRow.name)
        .join(MemberRow, MemberRow.programme_id == ProgrammeRow.id)
        .where(
            and_(MemberRow.person_id == person_id, MemberRow.is_admin == true(), MemberRow.left_at.is_(None)),
            anybody.exists(),
            ~anybody.where(other.c.is_admin != false()).exists(),
        )
        .order_by(ProgrammeRow.name)
    )
    return list(session.scalars(query))
