"""Mails that are taken with the step that queues them, which spares the outbox two transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from activities.mail_writer import Drafted, LetterWriter
from models.mails.order import MailOrder
from models.store import mails
from models.store.delivery import MailRow

Batch = list[tuple[MailRow, Drafted]]

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Taking:
    """Queues the mails of one step. With a `writer` it takes them at once: `batch` is what it has taken."""

    writer: LetterWriter | None = None
    clock: Callable[[], datetime] | None = None
    batch: Batch = field(default_factory=list)

    def queue(self, session: Session, orders: Sequence[MailOrder], **about: Any) -> None:
        """`about`: see `mails.queue`. Whatever is wrong with a mail, it is queued and the step saved."""
        if not (self.writer and self.clock and orders):
            mails.queue(session, orders, **about)
            return
        try:
            with session.begin_nested():
                rows = mails.queue(session, orders, **about, lease=mails.Lease.of(self.clock()))
                self.batch = self.writer.draft(session, rows)
        except Exception as error:  # noqa: BLE001
            # A database that is away fails the next statement as well, and with it the step.
            _log.warning("mails_not_taken_with_their_step", error=type(error).__name__)
            self.batch = []
            mails.queue(session, orders, **about)


Take = Callable[[int], AbstractAsyncContextManager[Taking]]
"""Around the transaction of a step with so many mails: what was taken leaves when it has been committed."""
