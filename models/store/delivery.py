"""Mails, links and the ways to sign in. Tokens are stored as SHA-256 only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.store.erasure_policy import TablePolicy, personal, plain
from models.store.tables import Base
from models.store.types import Id


def _where(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


class MailRow(Base):
    """One mail of one step, and the outbox it leaves from; `props` is a `models.mails.order.AnyMail`.

    `state`: queued, sent, bounced (refused for good), failed (given up after 72 hours), dropped (nobody to
    send it to, overtaken by another one, or one too many), unknown (its row was lost, see
    `activities.resaving`). A row is being delivered by the holder of its lease.
    """

    __tablename__ = "mails"
    __erasure__ = TablePolicy(
        "mails to the address go; the others to or about the person stay in the log as kind, state and dates"
    )
    __table_args__ = (
        Index("ix_mails_queued", "next_attempt_at", **_where("state = 'queued'")),
        Index("ix_mails_unsent", "programme_id", "state", "queued_at", **_where("state <> 'sent'")),
        Index("ix_mails_to_address", "to_address", "queued_at", **_where("to_address IS NOT NULL")),
        Index("ix_mails_untold", "tell_at", **_where("tell_at IS NOT NULL")),
        Index(None, "process_id"),
        Index(None, "to_person", "settled_at"),
        Index(None, "programme_id", "queued_at"),
        Index(None, "message_id"),
    )

    id: Mapped[str] = plain(Id, primary_key=True)
    key: Mapped[str] = plain(String(300), unique=True)
    kind: Mapped[str] = plain(String(64), exported=True)
    programme_id: Mapped[str | None] = plain(Id, ForeignKey("programmes.id"))
    process_id: Mapped[str | None] = plain(Id)
    to_person: Mapped[str | None] = plain(Id, ForeignKey("people.id"))
    to_address: Mapped[str | None] = personal(String(320), own=None, exported=False)
    """Only where there is no person yet: sign-in and invitation."""
    props: Mapped[dict[str, Any]] = personal(own={}, exported=False)
    state: Mapped[str] = plain(String(16), exported=True)
    queued_at: Mapped[datetime] = plain(exported=True)
    next_attempt_at: Mapped[datetime] = plain()
    attempts: Mapped[int] = plain(default=0)
    leased_by: Mapped[str | None] = plain(Id)
    leased_until: Mapped[datetime | None] = plain()
    settled_at: Mapped[datetime | None] = plain(exported=True)
    error: Mapped[str | None] = personal(Text, own=None, exported=False)
    """The last answer of the mail server, without addresses; or why it was dropped."""
    message_id: Mapped[str] = plain(String(200))
    tell_at: Mapped[datetime | None] = plain()
    """When a worker is to tell the process that the mail came back; None where there is nothing to tell."""


class MailboxRow(Base):
    """What was sent while no mail server is configured; the mailbox page shows it."""

    __tablename__ = "mailbox"
    __erasure__ = TablePolicy(
        "every mail to or about the person goes (it is empty where there is a mail server)",
        goes=True,
        lives="90 days",
    )
    __table_args__ = (Index(None, "at"),)

    mail_id: Mapped[str] = mapped_column(Id, ForeignKey("mails.id"), primary_key=True)
    to_address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(Text)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class LinkRow(Base):
    """What the signed token of a mail link names. Used and superseded follow from what it points to."""

    __tablename__ = "links"
    __erasure__ = TablePolicy(
        "the person's links go; those of others hold ids and dates",
        goes=True,
        lives="a year after it expired",
    )
    __table_args__ = (Index(None, "subject_id"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str | None] = mapped_column(Id)
    round: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLinkRow(Base):
    __tablename__ = "sign_in_links"
    __erasure__ = TablePolicy("goes when erasure is asked for", goes=True, lives="10 minutes, and a day")
    __table_args__ = (Index(None, "expires_at"), Index(None, "person_id"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    next_path: Mapped[str] = mapped_column(String(500), default="/")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """Also when a younger one was used, or the person signed out everywhere."""


class SessionRow(Base):
    __tablename__ = "sessions"
    __erasure__ = TablePolicy("goes when erasure is asked for", goes=True, lives="30 days, and a day")
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    created_at: Mapped[datetime] = plain(exported=True)
    expires_at: Mapped[datetime] = plain(exported=True)
    used_at: Mapped[datetime | None] = plain(exported=True)
    """To some minutes; none where an API process of an earlier version began it."""
    agent: Mapped[str] = plain(String(60), default="", server_default=text("''"), exported=True)
    """Such as `Firefox on Windows`."""


class ApiTokenRow(Base):
    __tablename__ = "api_tokens"
    __erasure__ = TablePolicy("goes when erasure is asked for", goes=True)
    __table_args__ = (Index(None, "person_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"))
    created_at: Mapped[datetime] = plain(exported=True)
    expires_at: Mapped[datetime | None] = plain(exported=True)
    revoked_at: Mapped[datetime | None] = plain(exported=True)


class IdempotencyRow(Base):
    """The answer that was given to a key, so that the same question gets it again."""

    __tablename__ = "idempotency_keys"
    __erasure__ = TablePolicy(
        "the person's answers go, and others' that speak of them", goes=True, lives="7 days"
    )
    __table_args__ = (Index(None, "created_at"),)

    person_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    location: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class RateRow(Base):
    """Hits of one caller in one window; shared by all API processes."""

    __tablename__ = "rates"
    __erasure__ = TablePolicy("counts by a keyed hash, which leads back to nobody", lives="an hour")
    __table_args__ = (Index(None, "until"),)

    key: Mapped[str] = plain(String(128), primary_key=True)
    until: Mapped[datetime] = plain()
    hits: Mapped[int] = plain()
