"""Saves once more what a process has saved before: its projection was lost, or is older than the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.mails.order import MailOrder
from models.process.effects import RecordAnswers
from models.process.relationship.state import Relationship
from models.process.relationship.view import RelationshipView
from models.process.request.state import Request
from models.process.request.view import RequestView
from models.process.resuming import still_asks
from models.process.timeline import Entry
from models.process.whole import rest_of
from models.store import mails, places, projections
from models.store.database import Database


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """What a process has said so far: its present state, and all that it told, ordered and was answered."""

    process: Request | Relationship
    workflow_id: str
    entries: Sequence[Entry]
    mails: Sequence[MailOrder]
    answers: Sequence[RecordAnswers] = ()


@dataclass(frozen=True)
class Resave:
    """Every write is guarded like those of `activities.records`: a process that goes on meanwhile wins.

    Of mails that the outbox has forgotten nobody knows whether they were sent; nearly all were. They go into
    the log as `unknown` and not out again, except for what still asks somebody something: the link in the
    first one died with the rows that were lost.
    """

    database: Database
    clock: Callable[[], datetime]

    async def save_again(self, word: ProcessRecord) -> None:
        """One transaction. IntegrityError: what it is about (the people, another open request) stands
        against it."""
        process = word.process

        def work(session: Session) -> None:
            if isinstance(process, Request):
                view = RequestView.of(process)
                projections.save_request(session, view, word.workflow_id, rest_of(process), again=True)
            else:
                self._save_relationship(session, process, word)
            projections.add_entries(session, process.id, process.programme_id, word.entries)
            self._remember(session, word)

        await self.database.write(work)

    def _save_relationship(self, session: Session, process: Relationship, word: ProcessRecord) -> None:
        view = RelationshipView.of(process)
        questions = process.policy.relationship.survey_questions if process.surveys else ()
        projections.save_relationship(session, view, word.workflow_id, rest_of(process), again=True)
        projections.save_goals(session, view.id, view.goals)
        projections.save_surveys(session, view, questions, word.answers)
        if view.ended_at:
            places.release(session, view.id, view.ended_at)

    def _remember(self, session: Session, word: ProcessRecord) -> None:
        process = word.process
        orders = mails.addressed(session, process.programme_id, word.mails)
        forgotten = mails.unknown_to_the_outbox(session, orders)
        mails.remember(
            session,
            forgotten,
            programme_id=process.programme_id,
            process_id=process.id,
            now=self.clock(),
        )
        latest = {order.to: order for order in orders if still_asks(process, order.to, order.props)}
        again = [
            order.model_copy(update={"key": f"{order.key}/again"})
            for order in latest.values()
            if order in forgotten
        ]
        mails.queue(
            session, again, programme_id=process.programme_id, process_id=process.id, now=self.clock()
        )
