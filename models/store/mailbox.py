"""The mails of an installation without a mail server, as the mailbox page reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from models.store.delivery import MailboxRow


@dataclass(frozen=True, slots=True)
class MailboxEntry:
    """One mail of the list."""

    id: str
    to: str
    subject: str
    at: datetime


def page(session: Session, to: str, after: tuple[datetime, str] | None, limit: int) -> list[MailboxEntry]:
    """Newest first, of addresses that contain `to`; `after` is time and id of the last one shown."""
    columns = (MailboxRow.mail_id, MailboxRow.to_address, MailboxRow.subject, MailboxRow.at)
    query = select(*columns).order_by(MailboxRow.at.desc(), MailboxRow.mail_id.desc()).limit(limit)
    if to:
        query = query.where(MailboxRow.to_address.icontains(to, autoescape=True))
    if after is not None:
        query = query.where(tuple_(MailboxRow.at, MailboxRow.mail_id) < tuple_(*after))
    return [MailboxEntry(*row) for row in session.execute(query)]


def find(session: Session, mail_id: str) -> MailboxRow | None:
    return session.get(MailboxRow, mail_id)
