"""The outbox and the log of mails: queue in the transaction of a step, lease, settle, list.

Two clocks meet here. A step queues by the clock of its process, which may be virtual; what is due, leased and
settled goes by the clock of the delivering worker. So nothing that decides about delivery is computed from
`queued_at`: a new mail is due at once on every clock, and patience counts attempts, not the time since then.

A lease is `next_attempt_at` moved to its end: one indexed column says what is free to deliver, and the mail
of a worker that was killed falls due again by itself.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Table, bindparam, func, literal_column, select, true, update
from sqlalchemy.orm import Session

from models.mails.frame import ADMINS, KINDS
from models.mails.order import AnyMail, MailOrder
from models.store.delivery import MailboxRow, MailRow, SignInLinkRow
from models.store.pruning import delete_some
from models.store.tables import MemberRow, PersonRow
from models.store.upsert import insert_new, inserted

QUEUED = "queued"
SENT = "sent"
BOUNCED = "bounced"
FAILED = "failed"
DROPPED = "dropped"
UNKNOWN = "unknown"
"""Put back into the log from what a process remembers: sent, most likely, before a backup was restored."""

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Before the present of every clock: where a mail that was never tried stands in the queue."""

SIGNED_OUT = "the person was signed out everywhere before it left"
OVERTAKEN = "a newer wording followed before it left"

_NAMESPACE = uuid.UUID("f5a1f2f0-6f7b-5c0e-9d36-1f0b8a6d2c11")
_EARLY = (10, 30, 60, 120, 300, 600)
_LATER = 30 * 60
PAUSES: tuple[timedelta, ...] = tuple(
    timedelta(seconds=s) for s in (*_EARLY, *[_LATER] * (-(-(72 * 3600 - sum(_EARLY)) // _LATER)))
)
"""After each failed attempt, and 72 hours in sum: greylisting passes in minutes, a broken server in days."""
ERROR_LENGTH = 300
LEASED_FOR = timedelta(minutes=2)
SIGN_IN_VALID = timedelta(minutes=10)
"""How long the link of a sign-in mail is good."""
SIGN_IN_PAUSE = timedelta(minutes=3)
MAILBOX_KEPT = timedelta(days=90)
_IS_QUEUED = MailRow.state == literal_column(f"'{QUEUED}'")
"""In words and not as a parameter: only then is the index of what is queued known to hold it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """`holder` is new each time, or one whose lease has ended could end the next lease of the same mail."""

    holder: str
    until: datetime

    @classmethod
    def of(cls, now: datetime) -> Lease:
        return cls(str(uuid.uuid4()), now + LEASED_FOR)

    def taken(self) -> dict[str, Any]:
        """What a mail becomes that is taken for the first time. Taking one counts as an attempt.

        It counts before it happens, so that a mail that kills its worker is given up some day as well.
        """
        return {
            "attempts": 1,
            "leased_by": self.holder,
            "leased_until": self.until,
            "next_attempt_at": self.until,
        }


def mail_id(key: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, key))


def queue(
    session: Session,
    orders: Sequence[MailOrder],
    *,
    programme_id: str | None,
    process_id: str | None,
    now: datetime,
    edits_due: datetime = AT_ONCE,
    lease: Lease | None = None,
) -> list[MailRow]:
    """Puts each order into the outbox once, however often its step is saved. `now` is the step's own time.

    Edits of one request leave as one mail: each waits until `edits_due`, on the clock of the delivery, and
    overtakes those that wait still. With a `lease` the new ones that are due are taken at once, and returned.
    """
    rows = [
        _row(
            order.key, order.props, now, programme_id=programme_id, process_id=process_id, to_person=order.to
        )
        for order in orders
    ]
    for row, order in zip(rows, orders, strict=True):
        if order.props.gathers:
            row["next_attempt_at"] = _overtaking(session, row, order.props.link_round, edits_due)
        if lease and row["next_attempt_at"] == AT_ONCE:
            row.update(lease.taken())
    if lease is None:
        insert_new(session, MailRow, rows)
        return []
    new = inserted(session, MailRow, rows)
    return [MailRow(**row) for row in rows if row["id"] in new and row["leased_by"]]


def _overtaking(session: Session, row: dict[str, Any], revision: int, due: datetime) -> datetime:
    """Drops the mails about older wordings that are not being delivered; returns when the newer one is due.

    It takes over their time, so that a mail leaves though the edits go on.
    """
    waiting = select(MailRow).where(
        _IS_QUEUED,
        MailRow.process_id == row["process_id"],
        MailRow.kind == row["kind"],
        MailRow.to_person == row["to_person"],
        MailRow.leased_by.is_(None),
    )
    for older in session.scalars(waiting.with_for_update()):
        if older.props.get("revision", revision) < revision:
            due = min(due, older.next_attempt_at)
            older.state, older.settled_at, older.error = DROPPED, row["queued_at"], OVERTAKEN
    session.flush()
    return due


def addressed(session: Session, programme_id: str, orders: Sequence[MailOrder]) -> list[MailOrder]:
    """`orders` with one for each admin of the programme in the place of one to all of them."""
    if all(order.to != ADMINS for order in orders):
        return list(orders)
    query = select(MemberRow.person_id).where(
        MemberRow.programme_id == programme_id, MemberRow.is_admin == true(), MemberRow.left_at.is_(None)
    )
    admins = sorted(session.scalars(query))
    return [
        order.model_copy(update={"to": to, "key": order.key.removesuffix(ADMINS) + to})
        for order in orders
        for to in (admins if order.to == ADMINS else (order.to,))
    ]


def unknown_to_the_outbox(session: Session, orders: Sequence[MailOrder]) -> list[MailOrder]:
    """Those of `orders` that were never queued here, or whose row was lost."""
    keys = sorted({order.key for order in orders})
    known = set(session.scalars(select(MailRow.key).where(MailRow.key.in_(keys))))
    return [order for order in orders if order.key not in known]


def remember(
    session: Session,
    orders: Sequence[MailOrder],
    *,
    programme_id: str,
    process_id: str,
    now: datetime,
) -> None:
    """Puts each order into the log without sending it: it was queued before, and its row was lost."""
    rows = [
        {
            **_row(order.key, order.props, now, programme_id=programme_id, process_id=process_id),
            "to_person": order.to,
            "state": UNKNOWN,
            "settled_at": now,
        }
        for order in orders
    ]
    insert_new(session, MailRow, rows)


def queue_to_address(
    session: Session,
    *,
    key: str,
    address: str,
    props: AnyMail,
    now: datetime,
    programme_id: str | None = None,
) -> None:
    """Like `queue`, where there may be no person yet: sign-in and invitation. `address` is normalised."""
    insert_new(session, MailRow, [_row(key, props, now, programme_id=programme_id, to_address=address)])


def _row(
    key: str,
    props: AnyMail,
    now: datetime,
    *,
    programme_id: str | None,
    process_id: str | None = None,
    to_person: str | None = None,
    to_address: str | None = None,
) -> dict[str, Any]:
    return {
        "id": mail_id(key),
        "key": key,
        "kind": props.kind,
        "programme_id": programme_id,
        "process_id": process_id,
        "to_person": to_person,
        "to_address": to_address,
        "props": props.model_dump(mode="json"),
        "state": QUEUED,
        "queued_at": now,
        "next_attempt_at": AT_ONCE,
        "attempts": 0,
        "leased_by": None,
        "leased_until": None,
        "message_id": hashlib.sha256(key.encode()).hexdigest()[:40],
    }


def has_sign_in(session: Session, address: str, now: datetime) -> bool:
    """Whether another sign-in mail to `address` would be one too many: the last one has just been asked for,
    is on its way, or carries a link that is still good and unused.

    Asked of the mails, so that the answer takes the same time for an unknown address.
    """
    last = select(MailRow.queued_at, MailRow.state).where(
        MailRow.to_address == address, MailRow.kind == "sign-in"
    )
    mail = session.execute(last.order_by(MailRow.queued_at.desc()).limit(1)).one_or_none()
    whose = SignInLinkRow.person_id == PersonRow.id
    used = select(func.max(SignInLinkRow.used_at)).join(PersonRow, whose).where(PersonRow.email == address)
    used_at = session.scalar(used)
    if mail is None:
        return False
    if mail.state == QUEUED or mail.queued_at > now - SIGN_IN_PAUSE:
        return True
    is_used = used_at is not None and used_at >= mail.queued_at
    return mail.queued_at > now - SIGN_IN_VALID and not is_used


def drop_sign_ins(session: Session, person_id: str, now: datetime) -> int:
    """Keeps sign-in mails of a person from leaving; their links are made only then. Says how many."""
    address = select(PersonRow.email).where(PersonRow.id == person_id).scalar_subquery()
    waiting = update(MailRow).where(_IS_QUEUED, MailRow.kind == "sign-in", MailRow.to_address == address)
    return _changed(session, waiting.values(_ended(DROPPED, now, SIGNED_OUT)))


def anything_due(session: Session, now: datetime) -> bool:
    """One look into the index, so that an idle worker takes no lock for it."""
    return session.scalar(_ANYTHING_DUE, {"now": now}) is not None


_ANYTHING_DUE = select(MailRow.id).where(_IS_QUEUED, MailRow.next_attempt_at <= bindparam("now")).limit(1)


def lease(session: Session, new: Lease, now: datetime, limit: int) -> list[MailRow]:
    """Up to `limit` due mails, leased. Taking one counts as an attempt, as with `Lease.taken`."""
    rows = list(session.scalars(_DUE, {"now": now, "limit": limit}).all())
    for row in rows:
        row.attempts += 1
        row.leased_by, row.leased_until, row.next_attempt_at = new.holder, new.until, new.until
    return rows


_DUE = (
    select(MailRow)
    .where(_IS_QUEUED, MailRow.next_attempt_at <= bindparam("now"))
    .order_by(MailRow.next_attempt_at)
    .limit(bindparam("limit"))
    # SQLite drops this clause; there, a writing session holds the only write lock from its beginning.
    .with_for_update(skip_locked=True)
)


def give_back(session: Session, holder: str | None, ids: Sequence[str], now: datetime) -> None:
    """Ends the lease of mails that were not attempted after all; the attempt is not counted."""
    values = {
        "attempts": MailRow.attempts - 1,
        "leased_by": None,
        "leased_until": None,
        "next_attempt_at": now,
    }
    session.execute(_still_ours(holder).where(MailRow.id.in_(ids)).values(values))


def take_back(session: Session) -> None:
    """Ends every lease, for a worker that is certain to be the only one: their holders are dead."""
    values = {"leased_by": None, "leased_until": None, "next_attempt_at": AT_ONCE}
    held = update(MailRow).where(_IS_QUEUED, MailRow.leased_by.is_not(None))
    session.execute(held.values(values))


def sent(session: Session, ids: Sequence[str], now: datetime) -> int:
    """Ends the mails as sent, though another may hold their lease: otherwise the next holder repeats them.

    Says how many were not settled before.
    """
    return session.connection().execute(_SENT, {"ids": list(ids), "now": now}).rowcount


def settle(session: Session, mail: MailRow, state: str, now: datetime, error: str | None = None) -> bool:
    """Ends the mail as `state`, which is not `sent`; False when another worker holds it or has settled it."""
    statement = _still_ours(mail.leased_by).where(MailRow.id == mail.id)
    return _changed(session, statement.values(_ended(state, now, error))) == 1


def retry(session: Session, mail: MailRow, now: datetime, error: str) -> bool:
    """Plans the next attempt; False when another worker holds the mail by now. See `out_of_patience`."""
    pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    values = {
        "next_attempt_at": now + pause,
        "leased_by": None,
        "leased_until": None,
        "error": short(error),
    }
    statement = _still_ours(mail.leased_by).where(MailRow.id == mail.id)
    return _changed(session, statement.values(values)) == 1


def prune_mailbox(session: Session, now: datetime) -> int:
    """Forgets what the mailbox page shows after some months; the log of mails stays."""
    return delete_some(session, MailboxRow, MailboxRow.at < now - MAILBOX_KEPT)


def out_of_patience(mail: MailRow) -> bool:
    """Whether the attempt that just failed was the last one."""
    kind = KINDS.get(mail.kind)
    return mail.attempts > ((kind and kind.attempts) or len(PAUSES))


def _still_ours(holder: str | None) -> Any:
    return update(MailRow).where(MailRow.state == QUEUED, MailRow.leased_by == holder)


def _changed(session: Session, statement: Any) -> int:
    done: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    return done.rowcount


def _ended(state: str, now: Any, error: str | None = None) -> dict[str, Any]:
    return {
        "state": state,
        "settled_at": now,
        "error": short(error),
        "leased_by": None,
        "leased_until": None,
    }


def short(error: str | None) -> str | None:
    """Only what a database can keep: a server's answer may hold bytes that are no text."""
    if error is None:
        return None
    return "".join(c if c.isprintable() else "?" for c in error[:ERROR_LENGTH])


_MAILS = cast("Table", MailRow.__table__)
_SENT = (
    update(_MAILS)
    .where(_MAILS.c.state == QUEUED, _MAILS.c.id.in_(bindparam("ids", expanding=True)))
    .values(_ended(SENT, bindparam("now")))
)
