"""Carries out what the tables and columns say of an erasure: which rows are meant, and the statements.

A column says what is written into it (`models.store.erasure_policy`). Here stands what no single column can
say: how a row is found to be the person's, and what ends with the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select, union, update
from sqlalchemy.orm import Session

from models.mails.frame import KINDS, Words
from models.process.erasure import OURS, placeholder_address, traces, without
from models.store import mails
from models.store.assignment_tables import AssignmentRow
from models.store.delivery import IdempotencyRow, LinkRow, MailboxRow, MailRow
from models.store.drafts import DraftChoiceRow, DraftForbiddenRow, DraftItemRow, RecommendationRow
from models.store.erasure_policy import Cut, Unusable, Whose, column_policies
from models.store.pair_tables import BookmarkRow, DoNotPairRow
from models.store.privacy import ExportRow
from models.store.processes import (
    GoalRow,
    PlaceRow,
    RelationshipRow,
    RequestRow,
    ShortlistRow,
    SurveyRow,
    TimelineRow,
)
from models.store.question_tables import QuestionRow
from models.store.tables import (
    Base,
    InvitationRow,
    MemberPreferenceRow,
    MemberRow,
    MemberSkillRow,
    PersonRow,
    RegistrationRow,
    folded,
)

Pair = RequestRow | RelationshipRow | QuestionRow | AssignmentRow
"""Rows about a mentee and a mentor."""
PAIRS: tuple[type[Pair], ...] = (RequestRow, RelationshipRow, QuestionRow, AssignmentRow)

FAREWELLS = tuple(kind for kind, one in KINDS.items() if one.tells_of_leaving)
BY_ADMINS = tuple(
    kind
    for kind, one in KINDS.items()
    if one.words is Words.ADMIN or {"by_admin", "decided_by"} & one.model_fields.keys()
)
"""Kinds whose comment may be a coordinator's."""
DECIDED = (
    *("RequestClosed", "RequestHandedOver", "RelationshipEnded"),
    *("RequestAccepted", "RequestRejected", "AmendmentRequested"),
)


@dataclass(frozen=True)
class Erased:
    """Who goes: `names` are all that the person is called by, `now` the time of the process."""

    person_id: str
    address: str
    names: tuple[str, ...]
    now: datetime

    @cached_property
    def traces(self) -> tuple[str, ...]:
        return traces(self.names, self.address)

    def party(self, row: type[Pair]) -> ColumnElement[bool]:
        return or_(row.mentee_id == self.person_id, row.mentor_id == self.person_id)

    def instead(self, value: Any) -> Any:
        """What is written for a value of a column's policy."""
        if not isinstance(value, Unusable):
            return value
        address = placeholder_address(self.person_id)
        return address if value is Unusable.ADDRESS else folded(address)

    def cut_out_of(self, value: Any) -> Any:
        """A text, or an object with texts, without a trace of the person."""
        if isinstance(value, dict):
            return {key: self.cut_out_of(one) for key, one in value.items()}
        return without(value, self.traces) if isinstance(value, str) else value

    @property
    def requests(self) -> Select[str]:
        return select(RequestRow.id).where(self.party(RequestRow))

    @property
    def relationships(self) -> Select[str]:
        return select(RelationshipRow.id).where(self.party(RelationshipRow))

    @property
    def ended(self) -> Any:
        """Ids of the processes that the person decided as an admin, and of the assignments they ended."""
        decided = select(TimelineRow.process_id).where(
            TimelineRow.by == self.person_id,
            TimelineRow.what.in_(DECIDED),
        )
        assigned = select(AssignmentRow.id).where(AssignmentRow.ended_by == self.person_id)
        return decided.union_all(assigned)

    @property
    def readers(self) -> Any:
        """Ids of those whose own copies hold what the person wrote as a coordinator in their processes."""
        sides = (
            (row, side) for row in (RequestRow, RelationshipRow) for side in (row.mentee_id, row.mentor_id)
        )
        wrote = select(TimelineRow.process_id).where(TimelineRow.by == self.person_id)
        assigned = (
            select(side).where(AssignmentRow.ended_by == self.person_id)
            for side in (AssignmentRow.mentee_id, AssignmentRow.mentor_id)
        )
        return union(*(select(side).where(row.id.in_(wrote)) for row, side in sides), *assigned)

    def within(self, column: Any) -> ColumnElement[bool]:
        """Whether a column names a process, a question or an assignment that the person took part in."""
        rows = (select(row.id).where(self.party(row)) for row in (QuestionRow, AssignmentRow))
        return or_(*(column.in_(found) for found in (self.requests, self.relationships, *rows)))


def others_of(person_id: str) -> Any:
    """The ids of all whom the person had a request, a relationship, a question or an assignment with."""
    pairs = [(row.mentee_id, row.mentor_id) for row in PAIRS]
    sides = [(mine, other) for pair in pairs for mine, other in (pair, pair[::-1])]
    return union(*(select(other).where(mine == person_id) for mine, other in sides))


def erase_rows(session: Session, who: Erased) -> None:
    """All of it, in one transaction of the caller's. Running it again changes nothing more."""
    _mailbox(session, who)
    _words_in_mails(session, who)
    _end(session, who)
    for row, condition in _goes(who):
        session.execute(delete(row).where(condition))
    for row, scopes in _rows(who).items():
        for whose, condition in scopes.items():
            _write(session, who, row, whose, condition)


def _rows(who: Erased) -> dict[type[Base], dict[Whose, ColumnElement[bool]]]:
    """Which rows of a table with personal columns are meant. Rows that go are in `_goes`."""
    mine = or_(MailRow.to_person == who.person_id, MailRow.to_address == who.address)
    # The others are still to hear of the leaving, by mails without a word of anybody in them.
    tells_others = (MailRow.state == mails.QUEUED) & _farewell(who)
    within = GoalRow.relationship_id.in_(who.relationships)
    surveyed = SurveyRow.relationship_id.in_(who.relationships)
    written = TimelineRow.by.is_not(None) & TimelineRow.what.not_in(OURS)
    concerned = or_(TimelineRow.by == who.person_id, who.within(TimelineRow.process_id))
    return {
        MailRow: {Whose.OWN: or_(mine, who.within(MailRow.process_id)) & ~tells_others},
        RequestRow: {Whose.OWN: who.party(RequestRow), Whose.WORDED: RequestRow.id.in_(who.ended)},
        ShortlistRow: {Whose.OWN: ShortlistRow.mentee_id == who.person_id},
        RelationshipRow: {Whose.OWN: who.party(RelationshipRow)},
        QuestionRow: {Whose.OWN: who.party(QuestionRow)},
        AssignmentRow: {
            Whose.OWN: who.party(AssignmentRow),
            Whose.WORDED: AssignmentRow.ended_by == who.person_id,
        },
        GoalRow: {
            Whose.OWN: within & (GoalRow.set_by == who.person_id),
            Whose.SHARED: within & (GoalRow.set_by != who.person_id),
        },
        SurveyRow: {
            Whose.OWN: surveyed & (SurveyRow.person_id == who.person_id),
            Whose.SHARED: surveyed & (SurveyRow.person_id != who.person_id),
        },
        TimelineRow: {Whose.OWN: written & concerned},
        MemberRow: {
            Whose.OWN: MemberRow.person_id == who.person_id,
            Whose.SHARED: MemberRow.manager_email == who.address,
        },
        PersonRow: {Whose.OWN: PersonRow.id == who.person_id},
        DoNotPairRow: {Whose.WORDED: DoNotPairRow.set_by == who.person_id},
        InvitationRow: {Whose.WORDED: InvitationRow.invited_by == who.person_id},
        RegistrationRow: {Whose.WORDED: RegistrationRow.decided_by == who.person_id},
    }


def _goes(who: Erased) -> list[tuple[type[Base], ColumnElement[bool]]]:
    """The rows that are deleted. Those of signing in went when the erasure was asked for."""
    to_person = select(InvitationRow.id).where(InvitationRow.email == who.address)
    body = IdempotencyRow.body
    speaks = or_(body.contains(who.person_id, autoescape=True), body.contains(who.address, autoescape=True))
    copies = or_(ExportRow.person_id.in_(others_of(who.person_id)), ExportRow.person_id.in_(who.readers))
    return [
        (MailRow, MailRow.to_address == who.address),
        (LinkRow, LinkRow.subject_id.in_(to_person)),
        (LinkRow, or_(LinkRow.person_id == who.person_id, LinkRow.subject_id == who.person_id)),
        (InvitationRow, InvitationRow.email == who.address),
        (IdempotencyRow, or_(IdempotencyRow.person_id == who.person_id, speaks)),
        (RegistrationRow, RegistrationRow.person_id == who.person_id),
        (MemberSkillRow, MemberSkillRow.person_id == who.person_id),
        (MemberPreferenceRow, MemberPreferenceRow.person_id == who.person_id),
        (ExportRow, or_(ExportRow.person_id == who.person_id, copies)),
        (
            DoNotPairRow,
            or_(DoNotPairRow.lower_id == who.person_id, DoNotPairRow.higher_id == who.person_id),
        ),
        (BookmarkRow, or_(BookmarkRow.person_id == who.person_id, BookmarkRow.mentor_id == who.person_id)),
        (DraftItemRow, DraftItemRow.mentee_id == who.person_id),
        *(
            (row, or_(row.mentee_id == who.person_id, row.mentor_id == who.person_id))
            for row in (DraftChoiceRow, DraftForbiddenRow, RecommendationRow)
        ),
    ]


def _write(
    session: Session, who: Erased, row: type[Any], whose: Whose, condition: ColumnElement[bool]
) -> None:
    """Writes what the columns of a table say into its rows of one kind."""
    policies = column_policies(row.__table__)
    written = {name: one.erased[whose] for name, one in policies.items() if whose in one.erased}
    cut = [name for name, value in written.items() if value is Cut.TRACES]
    values = {name: who.instead(value) for name, value in written.items() if name not in cut}
    if values:
        session.execute(update(row).where(condition).values(values))
    if cut:
        for found in session.scalars(select(row).where(condition)):
            for name in cut:
                setattr(found, name, who.cut_out_of(getattr(found, name)))


def _farewell(who: Erased) -> ColumnElement[bool]:
    return MailRow.kind.in_(FAREWELLS) & (MailRow.to_person != who.person_id)


def _mailbox(session: Session, who: Erased) -> None:
    """Before the mails, whose ids they are found by."""
    mine = or_(MailRow.to_person == who.person_id, MailRow.to_address == who.address)
    found = select(MailRow.id).where(or_(mine, who.within(MailRow.process_id)))
    gone = or_(MailboxRow.mail_id.in_(found), MailboxRow.to_address == who.address)
    session.execute(delete(MailboxRow).where(gone))


def _words_in_mails(session: Session, who: Erased) -> None:
    """What the person wrote as a coordinator, in mails to others that stay: a note, a comment."""
    invited = select(InvitationRow.id).where(InvitationRow.invited_by == who.person_id)
    keys = [f"invitation/{one}" for one in session.scalars(invited)]
    for start in range(0, len(keys), 500):
        _blank(session, "note", MailRow.key.in_(keys[start : start + 500]))
    begun = select(RelationshipRow.id).where(RelationshipRow.request_id.in_(who.ended))
    theirs = or_(MailRow.process_id.in_(who.ended), MailRow.process_id.in_(begun))
    _blank(session, "comment", theirs & MailRow.kind.in_(BY_ADMINS))


def _blank(session: Session, prop: str, condition: ColumnElement[bool]) -> None:
    for row in session.scalars(select(MailRow).where(condition)):
        row.props = {**row.props, prop: ""} if row.props and prop in row.props else row.props
        session.execute(delete(MailboxRow).where(MailboxRow.mail_id == row.id))


def _end(session: Session, who: Erased) -> None:
    """Ends what the engine does not know any more, or it would have been ended by its process."""
    mine = or_(MailRow.to_person == who.person_id, MailRow.to_address == who.address)
    waits = or_(mine, who.within(MailRow.process_id)) & ~_farewell(who) & (MailRow.state == mails.QUEUED)
    surveyed = SurveyRow.relationship_id.in_(who.relationships) & (SurveyRow.state == "open")
    held = or_(PlaceRow.mentee_id == who.person_id, PlaceRow.mentor_id == who.person_id)
    runs = who.party(RelationshipRow) & RelationshipRow.ended_at.is_(None)
    now: dict[str, Any] = {"settled_at": who.now}
    gone = dict.fromkeys(("next_at", "next_what", "confirms_at"))
    undated = dict.fromkeys(("closes_at", "next_reminder_at"))
    for statement, values in (
        (update(MailRow).where(waits), now | {"state": mails.DROPPED}),
        (update(SurveyRow).where(surveyed), now | {"state": "unanswered"}),
        (update(PlaceRow).where(PlaceRow.released_at.is_(None), held), {"released_at": who.now}),
        (update(RelationshipRow).where(runs), {"state": "withdrawn", "ended_at": who.now, **gone}),
        (
            update(ShortlistRow).where(ShortlistRow.mentee_id == who.person_id, ShortlistRow.is_open),
            {"state": "withdrawn", "is_open": False, "counts": 0, "ended_at": who.now, "why": "left"},
        ),
        (
            update(RequestRow).where(who.party(RequestRow), RequestRow.is_open),
            {"state": "released", "is_open": False, "decided_at": who.now, **undated},
        ),
    ):
        session.execute(statement.values(values))
