"""Activities that make and delete the copy of a person's data. What is in it never leaves the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from temporalio import activity

from activities.messages import ExportStep
from models.mails.order import MailOrder
from models.mails.person import ExportReady
from models.store import exporting, mails
from models.store.database import Database
from models.store.privacy import ExportRow


@dataclass(frozen=True)
class Exporting:
    """`wake_mail` is called after a mail was queued."""

    database: Database
    wake_mail: Callable[[], None]

    @activity.defn(name="begin-export")
    async def begin_export(self, step: ExportStep) -> bool:
        """False where no row asks for the copy."""
        return await self.database.read(
            lambda session: exporting.is_wanted(session, step.export_id, step.person_id)
        )

    @activity.defn(name="collect-export")
    async def collect_export(self, step: ExportStep) -> None:
        """Collects and keeps it, and mails that it is there."""
        found = await self.database.read(lambda session: exporting.collect(session, step.person_id, step.now))
        if found is None:
            return
        content = json.dumps(found, default=_plain, ensure_ascii=False, indent=1).encode()
        await self.database.write(lambda session: _save(session, step, content))
        self.wake_mail()

    @activity.defn(name="delete-export")
    async def delete_export(self, step: ExportStep) -> None:
        await self.database.write(lambda session: exporting.discard(session, step.export_id))


def _save(session: Session, step: ExportStep, content: bytes) -> None:
    row = session.get(ExportRow, step.export_id, with_for_update=True)
    if row is None:
        return
    row.content, row.ready_at, row.expires_at = content, step.now, step.expires_at
    if step.expires_at:
        ready = ExportReady(expires_at=step.expires_at)
        order = MailOrder(key=f"export-ready/{row.id}", to=step.person_id, props=ready)
        mails.queue(session, [order], programme_id=None, process_id=None, now=step.now)


def _plain(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in an export")
