"""People who join a programme by themselves (P2): who waits for an admin, and who for a place."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Select, func, or_, select, true
from sqlalchemy.orm import Session

from models.mails.frame import ADMINS
from models.mails.order import MailOrder
from models.mails.registration import (
    Joined,
    RegistrationNeedsAdmin,
    RegistrationReceived,
    RegistrationRefused,
)
from models.process import surveys
from models.process.errors import IllegalMove, Invalid, Refused
from models.process.programme import ProgrammeSettings
from models.store import erasing, mails
from models.store.invitations import Joining, check_staying, make_member
from models.store.programmes import locked_settings
from models.store.tables import MemberRow, PersonRow, ProgrammeRow, RegistrationRow

OPEN = ("waiting", "queued")
MOVED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who wants to join says of themselves; `answers` by the keys of the questions."""

    person_id: str
    name: str
    zone: str
    roles: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)


def roles_of(settings: ProgrammeSettings) -> tuple[str, ...]:
    """As what people can join by themselves; none where they cannot."""
    if settings.self_registration == "off":
        return ()
    wanted = settings.registration_roles
    return ("mentee", "mentor") if wanted == "both" else (wanted,)


def check_address(settings: ProgrammeSettings, address: str) -> None:
    """Raises Invalid for an address at another domain than the programme takes. It says nothing of people."""
    domains = settings.registration_domains
    if domains and address.rpartition("@")[2].lower() not in domains:
        listed = ", ".join(domains)
        raise Invalid(f"This programme takes addresses at {listed}. Please use one of these.", field="email")


def register(session: Session, programme_id: str, wish: Wish, now: datetime) -> RegistrationRow:
    """Takes somebody's wish to join; sent twice, it is the same. Raises Invalid, Refused, IllegalMove.

    They join at once where the programme is open and has a place, and wait otherwise.
    """
    settings = locked_settings(session, programme_id)
    _check(session, settings, wish)
    answers = _answers(settings, wish)
    row = of_person(session, programme_id, wish.person_id)
    if _is_member(session, programme_id, wish.person_id):
        raise IllegalMove("You take part in this programme already.")
    if row is not None and row.state in OPEN:
        return row
    if row is None:
        row = RegistrationRow(
            id=str(uuid.uuid4()), programme_id=programme_id, person_id=wish.person_id, state="waiting"
        )
        session.add(row)
    texts = {one.key: one.text for one in settings.registration_questions}
    row.name, row.time_zone, row.roles = wish.name, wish.zone, ",".join(wish.roles)
    row.answers = [{"question": texts[key], "answer": answer} for key, answer in answers.items()]
    row.created_at, row.decided_at, row.decided_by, row.word = now, None, None, ""
    _begin(session, settings, row, now)
    return row


def _check(session: Session, settings: ProgrammeSettings, wish: Wish) -> None:
    offered = roles_of(settings)
    if not offered:
        raise Refused("This programme does not let people join by themselves at the moment.")
    if not wish.roles or set(wish.roles) - set(offered):
        raise Invalid(f"Please choose at least one of: {', '.join(offered)}.", field="roles")
    check_staying(session, wish.person_id)
    check_address(settings, session.get_one(PersonRow, wish.person_id).email)


def _answers(settings: ProgrammeSettings, wish: Wish) -> dict[str, str]:
    questions = settings.registration_questions
    if unknown := sorted(wish.answers.keys() - {question.key for question in questions}):
        raise Invalid(f"The programme has no question “{unknown[0]}”.", field=unknown[0])
    return surveys.checked(questions, dict(wish.answers))


def _begin(session: Session, settings: ProgrammeSettings, row: RegistrationRow, now: datetime) -> None:
    row.state = "waiting" if settings.self_registration == "approval" else "queued"
    if row.state == "queued" and has_place(session, row.programme_id, settings):
        _join(session, row, now)
        return
    session.flush()
    props = RegistrationReceived(registration_id=row.id, waits_for=_waits_for(row))
    _mail(session, row, props, f"received/{now.isoformat()}", now)
    if row.state == "waiting":
        # One an hour is enough for each admin, however many come.
        key = f"registrations/{row.programme_id}/{now:%Y-%m-%dT%H}/{ADMINS}"
        order = MailOrder(key=key, to=ADMINS, props=RegistrationNeedsAdmin(registration_id=row.id))
        orders = mails.addressed(session, row.programme_id, [order])
        mails.queue(session, orders, programme_id=row.programme_id, process_id=None, now=now)


def _waits_for(row: RegistrationRow) -> Literal["admin", "place"]:
    return "place" if row.state == "queued" else "admin"


def approve(session: Session, row: RegistrationRow, admin_id: str, now: datetime) -> None:
    """Lets somebody in whom an admin was to look at; without a place they wait for one. One who waits for a
    place is let in at once: the admin says so on purpose. Raises IllegalMove where nothing waits."""
    settings = _to_decide(session, row)
    was_queued = row.state == "queued"
    row.decided_by, row.decided_at = admin_id, now
    if was_queued or has_place(session, row.programme_id, settings):
        _join(session, row, now)
        return
    row.state = "queued"
    props = RegistrationReceived(registration_id=row.id, waits_for="place")
    _mail(session, row, props, f"queued/{row.created_at.isoformat()}", now)


def refuse(session: Session, row: RegistrationRow, admin_id: str, word: str, now: datetime) -> None:
    """Raises IllegalMove where nothing waits."""
    _to_decide(session, row)
    row.state, row.word, row.decided_by, row.decided_at = "refused", word, admin_id, now
    props = RegistrationRefused(registration_id=row.id)
    _mail(session, row, props, f"refused/{row.created_at.isoformat()}", now)


def withdraw(session: Session, row: RegistrationRow, now: datetime) -> None:
    """The person takes it back. Raises IllegalMove where nothing waits."""
    _to_decide(session, row)
    row.state, row.decided_at = "withdrawn", now


def _to_decide(session: Session, row: RegistrationRow) -> ProgrammeSettings:
    settings = locked_settings(session, row.programme_id)
    session.refresh(row)
    if row.state not in OPEN:
        raise IllegalMove(f"This registration has been {_DONE[row.state]} already.")
    return settings


_DONE = {"joined": "accepted", "refused": "refused", "withdrawn": "withdrawn"}


def _join(session: Session, row: RegistrationRow, now: datetime) -> None:
    who = Joining(row.person_id, row.name, row.time_zone, tuple(row.roles.split(",")))
    person = session.get_one(PersonRow, row.person_id)
    person.name = person.name or row.name
    make_member(session, row.programme_id, who, now)
    row.state, row.decided_at = "joined", now
    session.flush()
    _mail(session, row, Joined(registration_id=row.id), f"joined/{row.created_at.isoformat()}", now)


def _mail(
    session: Session,
    row: RegistrationRow,
    props: RegistrationReceived | RegistrationRefused | Joined,
    step: str,
    now: datetime,
) -> None:
    order = MailOrder(key=f"registration/{row.id}/{step}", to=row.person_id, props=props)
    mails.queue(session, [order], programme_id=row.programme_id, process_id=None, now=now)


def has_place(session: Session, programme_id: str, settings: ProgrammeSettings) -> bool:
    return not settings.registration_places or taken(session, programme_id) < settings.registration_places


def taken(session: Session, programme_id: str) -> int:
    """How many mentees and mentors the programme has."""
    query = select(func.count()).where(
        MemberRow.programme_id == programme_id,
        MemberRow.left_at.is_(None),
        or_(MemberRow.is_mentee == true(), MemberRow.is_mentor == true()),
    )
    return session.scalars(query).one()


def move_up(session: Session, now: datetime) -> int:
    """Lets those in who wait for a place and have one now, the first first; says how many."""
    waiting = select(RegistrationRow.programme_id).where(RegistrationRow.state == "queued").distinct()
    return sum(_move_up(session, programme_id, now) for programme_id in session.scalars(waiting).all())


def anybody_moves_up(session: Session) -> bool:
    """Whether somebody waits for a place who has one, without a lock."""
    waiting = select(RegistrationRow.programme_id).where(RegistrationRow.state == "queued").distinct()
    for programme_id in session.scalars(waiting).all():
        settings = ProgrammeSettings.kept(session.get_one(ProgrammeRow, programme_id).settings)
        if has_place(session, programme_id, settings) and session.scalar(_queue(programme_id).limit(1)):
            return True
    return False


def _move_up(session: Session, programme_id: str, now: datetime) -> int:
    settings, moved = locked_settings(session, programme_id), 0
    for row in session.scalars(_queue(programme_id).limit(MOVED_AT_ONCE)).all():
        if not has_place(session, programme_id, settings):
            break
        _join(session, row, now)
        moved += 1
    return moved


def _queue(programme_id: str) -> Select[RegistrationRow]:
    """Who waits for a place, the first first; those who are being erased are not let in any more."""
    return (
        select(RegistrationRow)
        .where(
            RegistrationRow.programme_id == programme_id,
            RegistrationRow.state == "queued",
            ~erasing.any_locked(RegistrationRow.person_id),
        )
        .order_by(RegistrationRow.created_at, RegistrationRow.id)
    )


def of_person(session: Session, programme_id: str, person_id: str) -> RegistrationRow | None:
    query = select(RegistrationRow).where(
        RegistrationRow.programme_id == programme_id, RegistrationRow.person_id == person_id
    )
    return session.scalars(query).one_or_none()


def find(session: Session, programme_id: str, registration_id: str) -> RegistrationRow | None:
    query = select(RegistrationRow).where(
        RegistrationRow.programme_id == programme_id, RegistrationRow.id == registration_id
    )
    return session.scalars(query).one_or_none()


def page(
    session: Session,
    programme_id: str,
    states: Collection[str],
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[tuple[RegistrationRow, str]]:
    """With the address of each, the first first: that is the order in which they wait."""
    query = (
        select(RegistrationRow, PersonRow.email)
        .join(PersonRow, PersonRow.id == RegistrationRow.person_id)
        .where(RegistrationRow.programme_id == programme_id, RegistrationRow.state.in_(sorted(states)))
    )
    if after is not None:
        at, last = after
        query = query.where(
            RegistrationRow.created_at >= at, or_(RegistrationRow.created_at > at, RegistrationRow.id > last)
        )
    ordered = query.order_by(RegistrationRow.created_at, RegistrationRow.id).limit(limit)
    return [(row, email) for row, email in session.execute(ordered)]


def counts(session: Session, programme_id: str) -> dict[str, int]:
    query = (
        select(RegistrationRow.state, func.count())
        .where(RegistrationRow.programme_id == programme_id)
        .group_by(RegistrationRow.state)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _is_member(session: Session, programme_id: str, person_id: str) -> bool:
    """Whether they are a mentee or mentor there; an admin of the programme can still become one."""
    row = session.get(MemberRow, (programme_id, person_id))
    return row is not None and row.left_at is None and (row.is_mentee or row.is_mentor)
