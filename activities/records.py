"""Activities that keep the database in step with the processes. Each can run twice with one effect.

The beginning of a process is a local activity, everything later a regular one: see `ProcessRunner.record`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.mail_dispatcher import wall_clock
from activities.messages import (
    Acceptance,
    Claim,
    Claimed,
    Opened,
    Opening,
    Refusal,
    SaveRelationship,
    SaveRequest,
    SaveShortlist,
    Succession,
)
from activities.taking import Take, Taking
from models.process import asking
from models.process.asking import Facts
from models.process.draft.holding import stands_against
from models.process.errors import AlreadyOpen, Invalid, ProcessError, Refused
from models.process.programme import ProgrammeSettings
from models.process.relationship.view import RelationshipView
from models.process.request.kinds import RequestKind
from models.process.request.state import relationship_id
from models.process.request.view import RequestView
from models.process.terms import Sentence
from models.store import idempotency, mails, places, projections
from models.store.asking import facts_between
from models.store.database import Database
from models.store.saves import Saves
from models.store.tables import ProgrammeRow

T = TypeVar("T")
AnyStep = SaveRequest | SaveRelationship | SaveShortlist


@dataclass(frozen=True)
class Records:
    """`saves` are told of every save. `take_mail` is that of a delivery beside it, which takes the mails of a
    step with it; without one, and for other mails, `wake_mail` is called after they were queued."""

    database: Database
    wake_mail: Callable[[], None]
    saves: Saves = field(default_factory=Saves)
    clock: Callable[[], datetime] = wall_clock
    """Of the delivery; that of a process may be virtual."""
    take_mail: Take | None = None

    @activity.defn(name="open-request")
    async def open_request(self, asked: Opening) -> Opened:
        """Reserves the row under the programme's limits, or says which rule stands against it."""
        try:
            return await self.database.write(lambda session: _reserve(session, asked))
        except ProcessError as error:
            return Opened(refusal=refusal_of(error))
        except IntegrityError:
            # Another request of the pair was recorded between the check and the insert.
            return Opened(
                refusal=refusal_of(AlreadyOpen(Sentence("You two already have an open {t.request}.")))
            )

    @activity.defn(name="claim-places")
    async def claim_places(self, claim: Claim) -> Claimed:
        """Takes a place on both sides, or none; the capacity holds however many claim at once.

        Nor does anybody accept, or is accepted, who has left or given the role up before. Processes that
        began to accept before 0.3 do this first and save afterwards.
        """
        return await self.database.write(lambda session: _claim(session, claim))

    @activity.defn(name="accept-request")
    async def accept_request(self, acceptance: Acceptance) -> Claimed:
        """Takes the places as `claim_places` does and saves the acceptance with them, or does neither."""

        def work(session: Session) -> Claimed:
            claimed = _claim(session, acceptance.claim)
            if claimed.full:
                raise _NoPlace(claimed)
            _save_request(session, acceptance.step)
            return claimed

        try:
            return await self.save_step(acceptance.step, work)
        except _NoPlace as refused:
            return refused.claimed

    @activity.defn(name="hand-over-request")
    async def hand_over_request(self, asked: Succession) -> Opened:
        """Reserves the request that goes on and saves the end of the one before it, or does neither."""

        def work(session: Session) -> Opened:
            opened = _succeed(session, asked.opening)
            _save_request(session, asked.step)
            return opened

        try:
            return await self.save_step(asked.step, work)
        except ProcessError as error:
            return Opened(refusal=refusal_of(error))
        except IntegrityError:
            return Opened(refusal=refusal_of(AlreadyOpen(asking.OPEN_ALREADY, field="mentor_id")))

    @activity.defn(name="save-request")
    async def save_request(self, step: SaveRequest) -> None:
        await self.save_step(step, lambda session: _save_request(session, step))

    @activity.defn(name="save-relationship")
    async def save_relationship(self, step: SaveRelationship) -> None:
        def work(session: Session) -> None:
            view = step.view
            _check_memory(session, step)
            _check_claim(session, view)
            projections.save_relationship(session, view, step.workflow_id, step.rest)
            projections.save_goals(session, view.id, view.goals)
            projections.save_surveys(session, view, step.questions, step.answers)
            if step.release_places and view.ended_at:
                places.release(session, view.id, view.ended_at)

        await self.save_step(step, work)

    async def save_step(self, step: AnyStep, work: Callable[[Session], T]) -> T:
        """`work` and what all steps have in common, in one transaction."""

        def whole(session: Session, taking: Taking) -> T:
            done = work(session)
            projections.add_entries(session, step.view.id, step.view.programme_id, step.entries)
            self._remember(session, step)
            # The last of all: what mails say of the step is there, and nothing waits for the rows of links.
            self._queue(session, step, taking)
            return done

        async with self._taking(len(step.mails)) as taking:
            done = await self.database.write(lambda session: whole(session, taking))
        self.saves.saved(step.view.id, step.view.version)
        return done

    @asynccontextmanager
    async def _taking(self, count: int) -> AsyncIterator[Taking]:
        if self.take_mail is not None:
            async with self.take_mail(count) as taking:
                yield taking
            return
        yield Taking()
        if count:
            self.wake_mail()

    def _queue(self, session: Session, step: AnyStep, taking: Taking) -> None:
        view, edits_due = step.view, mails.AT_ONCE
        at = step.entries[-1].at if step.entries else view.since
        orders = mails.addressed(session, view.programme_id, step.mails)
        if any(order.props.gathers for order in orders):
            programme = session.get_one(ProgrammeRow, view.programme_id)
            pause = ProgrammeSettings.kept(programme.settings).gather_edits_for
            edits_due = self.clock() + pause if pause else mails.AT_ONCE
        taking.queue(
            session,
            orders,
            programme_id=view.programme_id,
            process_id=view.id,
            now=at,
            edits_due=edits_due,
        )

    def _remember(self, session: Session, step: AnyStep) -> None:
        now = self.clock()
        idempotency.remember(session, [(one.person_id, one.key, one.request_hash) for one in step.acts], now)


def _reserve(session: Session, asked: Opening) -> Opened:
    view = asked.view
    if begun := projections.beginning_of(session, view.id):
        return _once_more(begun, view)
    programme = session.get_one(ProgrammeRow, view.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    pair = (view.mentee_id, view.mentor_id)
    if view.kind is RequestKind.OFFER and not settings.offers_by_mentors:
        raise asking.NO_OFFERS
    facts = facts_between(session, programme, settings, pair, asked.now, lock=True, kind=view.kind)
    if view.shortlist_id:
        # The limit of open requests was asked of the list when it began.
        facts = replace(facts, limit=0)
    if view.kind is RequestKind.PAIRING:
        _take_places(session, asked, facts)
    else:
        asking.CHECKS[view.kind](facts)
    opened = view.model_copy(update={"since": asked.now})
    projections.reserve_request(session, opened, asked.workflow_id, asked.rest)
    return Opened(refusal=None, at=asked.now)


def _take_places(session: Session, asked: Opening, facts: Facts) -> None:
    """Takes the places of a pair that coordinators have made, before anybody could see it refused."""
    if sentence := stands_against(facts):
        raise Refused(sentence)
    view = asked.view
    place = places.Place(
        request_id=view.id,
        relationship_id=relationship_id(view.id),
        programme_id=view.programme_id,
        mentee_id=view.mentee_id,
        mentor_id=view.mentor_id,
        now=asked.now,
    )
    if places.gone(session, place) or places.claim(session, place):
        raise Refused("One of the two has no free place, or takes part no longer.")


def _succeed(session: Session, asked: Opening) -> Opened:
    """Like `_reserve`, as a coordinator's act: the limit of open requests is none of theirs."""
    view = asked.view
    if begun := projections.beginning_of(session, view.id):
        return _once_more(begun, view)
    programme = session.get_one(ProgrammeRow, view.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    facts = facts_between(
        session, programme, settings, (view.mentee_id, view.mentor_id), asked.now, lock=True
    )
    asking.check_for_admin(facts)
    opened = view.model_copy(update={"since": asked.now})
    projections.reserve_request(session, opened, asked.workflow_id, asked.rest)
    return Opened(refusal=None, at=asked.now)


class _NoPlace(Exception):
    """Ends the transaction of an acceptance that came to nothing."""

    def __init__(self, claimed: Claimed) -> None:
        super().__init__()
        self.claimed = claimed


def _save_request(session: Session, step: SaveRequest) -> None:
    _check_memory(session, step)
    projections.save_request(session, step.view, step.workflow_id, step.rest)


def _claim(session: Session, claim: Claim) -> Claimed:
    place = places.Place(**claim.model_dump())
    gone = places.gone(session, place)
    full = gone or places.claim(session, place)
    overtaken = () if full else places.overtaken_by(session, place)
    return Claimed(full=full, gone=gone is not None, overtaken=overtaken)


def _check_memory(session: Session, step: SaveRequest | SaveRelationship) -> None:
    """Raises ApplicationError where the process would say the opposite of what it once said at its end.

    It is tried again for ever and cannot succeed before the process is repaired: better silent than wrong.
    """
    if projections.is_forgotten(session, step.view, step.entries):
        raise ApplicationError(
            "The database knows of an end that this process has forgotten, so the engine is older than the "
            "database: run `steadfast doctor --repair`.",
            type="EngineBehind",
        )


def _check_claim(session: Session, view: RelationshipView) -> None:
    """Raises ApplicationError for a relationship that begins and was not made by an acceptance."""
    if view.version == 1 and not places.are_claimed(session, view):
        raise ApplicationError(
            "No request has taken places for this relationship, so it is not recorded.", type="NotClaimed"
        )


def _once_more(begun: projections.Beginning, view: RequestView) -> Opened:
    """What a process is told whose request is recorded already: go on from there, or end."""
    recorded = (begun.programme_id, begun.mentee_id, begun.mentor_id)
    if recorded != (view.programme_id, view.mentee_id, view.mentor_id):
        return Opened(refusal=refusal_of(_TAKEN))
    if begun.version > 1:
        return Opened(refusal=refusal_of(_SENT_BEFORE))
    # 1: the task that saved the beginning was lost, and the process begins once more.
    return Opened(refusal=None, at=begun.since)


_SENT_BEFORE = AlreadyOpen(
    Sentence("This {t.request} was sent before; look at it in your list of {t.requests}.")
)
_TAKEN = Invalid(
    Sentence("The id of this {t.request} is that of another one, so nothing was sent; please send it anew.")
)


def refusal_of(error: ProcessError) -> Refusal:
    return Refusal(
        error=type(error).__name__, sentence=error.sentence, field=error.field, packed=error.packed
    )
