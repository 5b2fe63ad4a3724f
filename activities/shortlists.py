"""Activities of a shortlist: who is asked next, and keeping the database in step with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session
from temporalio import activity

from activities.messages import Choosing, Chosen, SaveShortlist
from activities.records import Records, refusal_of
from models.matching.search import Criteria
from models.process.actors import SYSTEM
from models.process.asking import Facts
from models.process.errors import ProcessError, Refused
from models.process.programme import ProgrammeSettings
from models.process.request.state import Request
from models.process.shortlist import moves
from models.process.shortlist.reasons import ENDS, Why, check_mentee, hindrance
from models.process.shortlist.reports import AsksChosen, PassedOver
from models.process.shortlist.state import Ask, AskState, Mode, Shortlist, request_id
from models.store import finding, request_drafts, shortlists
from models.store.asking import load_facts, members_of
from models.store.finding import Scope
from models.store.pool import MentorPools
from models.store.processes import ShortlistRow
from models.store.tables import ProgrammeRow

OTHERS = 3


@dataclass(frozen=True)
class Shortlists:
    records: Records
    pools: MentorPools = field(default_factory=MentorPools)

    @activity.defn(name="choose-asks")
    async def choose(self, wanted: Choosing) -> Chosen:
        """Says who is asked now and who is passed over, and saves the list as it is then.

        The requests begin afterwards. Run again after a worker was lost, it says what it has saved.
        """
        database = self.records.database
        if wanted.shortlist.version == 0:
            try:
                await database.write(lambda session: _reserve(session, wanted))
            except ProcessError as error:
                return Chosen(refusal=refusal_of(error), asks=None)
        asks = await database.read(lambda session: self._chosen(session, wanted))
        if not asks.over and asks.leaves_nobody(wanted.shortlist):
            asks = asks.model_copy(update={"others": await self._others(wanted)})
        decision = moves.decide(wanted.shortlist, asks, SYSTEM, wanted.now)
        step = SaveShortlist(
            shortlist=decision.after,
            workflow_id=wanted.workflow_id,
            entries=wanted.entries + decision.entries,
            mails=wanted.mails + decision.mails,
            acts=wanted.acts,
        )
        await self.save(step)
        return Chosen(refusal=None, asks=asks)

    @activity.defn(name="save-shortlist")
    async def save(self, step: SaveShortlist) -> None:
        await self.records.save_step(
            step, lambda session: shortlists.save(session, step.shortlist, step.workflow_id)
        )

    def _chosen(self, session: Session, wanted: Choosing) -> AsksChosen:
        shortlist = wanted.shortlist
        row = session.get_one(ShortlistRow, shortlist.id)
        choice = _Choice(session, self.pools, shortlist, row, wanted.now)
        return choice.as_saved() if row.version > shortlist.version else choice.anew()

    async def _others(self, wanted: Choosing) -> tuple[str, ...]:
        """The best mentors who can be asked and were not on the list."""
        shortlist = wanted.shortlist
        scope = await self.records.database.read(lambda session: _scope(session, shortlist.programme_id))
        criteria = Criteria(basis=shortlist.basis, limit=OTHERS + len(shortlist.asks))
        try:
            found = await finding.find_mentors(
                self.records.database, self.pools, scope, shortlist.mentee_id, criteria, wanted.now
            )
        except Refused:
            return ()
        known = {ask.mentor_id for ask in shortlist.asks}
        return tuple(one.hit.mentor_id for one in found.items if one.hit.mentor_id not in known)[:OTHERS]


class _Choice:
    """Goes through the names that wait, as things are at `now`."""

    def __init__(
        self, session: Session, pools: MentorPools, shortlist: Shortlist, row: ShortlistRow, now: datetime
    ) -> None:
        self._session = session
        self._books = pools.books
        self._list = shortlist
        self._row = row
        self._now = now
        self._programme = session.get_one(ProgrammeRow, shortlist.programme_id)
        self._scope = _scope(session, shortlist.programme_id)

    def anew(self) -> AsksChosen:
        drafts: list[Request] = []
        passed: list[PassedOver] = []
        for ask in self._list.waiting:
            why = self._against(ask, len(drafts))
            if why in ENDS:
                return AsksChosen(passed=tuple(passed), over=why)
            if why:
                passed.append(PassedOver(mentor_id=ask.mentor_id, why=why))
                continue
            drafts.append(self._draft(ask))
            if self._list.mode is Mode.IN_ORDER:
                break
        return AsksChosen(passed=tuple(passed), drafts=tuple(drafts))

    def as_saved(self) -> AsksChosen:
        """The choice that was saved and then lost with its worker."""
        asks, over = shortlists.view_of(self._row).asks, self._row.why
        waited = {ask.mentor_id for ask in self._list.waiting}
        mine = [ask for ask in asks if ask.mentor_id in waited]
        ended = Why(over) if over else None
        return AsksChosen(
            passed=tuple(
                PassedOver(mentor_id=ask.mentor_id, why=ask.why)
                for ask in mine
                if ask.state is AskState.PASSED_OVER and ask.why and ask.why is not ended
            ),
            drafts=tuple(self._draft(ask) for ask in mine if ask.state is AskState.ASKED),
            over=ended,
        )

    def _against(self, ask: Ask, chosen: int) -> Why | None:
        facts = self._facts(ask)
        if why := hindrance(facts):
            return why
        settings = self._scope.settings
        out = facts.open_requests - self._row.counts + len(self._list.out) + chosen
        at_limit = bool(settings.open_requests) and out >= settings.open_requests
        return Why.LIMIT if at_limit and self._list.mode is Mode.AT_ONCE else None

    def _facts(self, ask: Ask) -> Facts:
        pair = (self._list.mentee_id, ask.mentor_id)
        return load_facts(self._session, self._programme, self._scope.settings, *pair, self._now, lock=False)

    def _draft(self, ask: Ask) -> Request:
        shortlist, settings = self._list, self._scope.settings
        members = members_of(
            self._session, shortlist.programme_id, (shortlist.mentee_id, ask.mentor_id), lock=False
        )
        revision = self._programme.settings_revision
        policy = request_drafts.policy_now(settings, revision, self._now).for_shortlist(
            settings.shortlist_ask_for
        )
        return request_drafts.draft(
            self._session,
            self._books,
            self._scope,
            (members[shortlist.mentee_id], members[ask.mentor_id]),
            self._now,
            revision=revision,
            basis=shortlist.basis,
            id=request_id(shortlist.id, ask.mentor_id),
            message=shortlist.message,
            policy=policy,
            shortlist_id=shortlist.id,
        )


def _scope(session: Session, programme_id: str) -> Scope:
    row = session.get_one(ProgrammeRow, programme_id)
    return Scope(row.id, ProgrammeSettings.kept(row.settings), row.people_version, row.skills_version)


def _reserve(session: Session, wanted: Choosing) -> None:
    """The row from which on the list counts, under the mentee's lock. A second time changes nothing."""
    shortlist = wanted.shortlist
    if shortlists.version_of(session, shortlist.id) >= 0:
        return
    programme = session.get_one(ProgrammeRow, shortlist.programme_id)
    settings = ProgrammeSettings.kept(programme.settings)
    # With oneself as the other side: only what is counted of the mentee is read.
    me = shortlist.mentee_id
    check_mentee(load_facts(session, programme, settings, me, me, wanted.now, lock=True), shortlist.counts)
    shortlists.reserve(session, shortlist, wanted.workflow_id)
