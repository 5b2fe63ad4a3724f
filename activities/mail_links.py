"""Which link a mail carries, and until when it is good."""

from __future__ import annotations

from datetime import datetime, timedelta

from activities.mail_facts import Facts
from models import mail
from models.links import Purpose
from models.process.actors import Role
from models.process.request.state import RequestState
from models.store import links
from models.store.delivery import MailRow
from models.store.links import NewLink, id_for

GRACE = timedelta(days=90)
"""How long a link outlives the date it is about. Long, since what a link may still do follows from the state
of its process; an expired one only explains where things stand."""


def plan(row: MailRow, props: mail.AnyMail, facts: Facts, now: datetime) -> NewLink | None:
    """The link of this mail, or None. It was queued perhaps in a virtual future: the later clock counts."""
    start = max(row.queued_at, now)
    alone = _of_no_process(row, props, facts, start)
    if alone is not None:
        return alone
    match props:
        case mail.CompletionRequested():
            found = (Purpose.CONFIRM, props.relationship_id, props.round, props.confirms_at)
        case mail.SurveyAsked() | mail.SurveyReminder():
            found = (Purpose.SURVEY, props.relationship_id, 0, props.closes_at)
        case mail.RequestReceived() | mail.RequestEdited() | mail.RequestReminder():
            found = (Purpose.DECIDE, props.request_id, props.revision, props.closes_at or start)
        case mail.AmendmentRequested() | mail.AmendmentReminder():
            found = (Purpose.AMEND, props.request_id, props.revision, props.closes_at or start)
        case mail.RequestExtended():
            turn_of = _whose_turn(facts)
            if turn_of is None:
                return None
            found = (turn_of, props.request_id, props.revision, props.closes_at)
        case _:
            return None
    purpose, subject_id, turn, date = found
    return NewLink(
        id_for(row.id, purpose), purpose, subject_id, facts.person_id, turn, max(start, date) + GRACE
    )


def unsubscribing(row: MailRow, props: mail.AnyMail, facts: Facts) -> NewLink | None:
    """Where the recipient switches off mails like this one, None for an essential one."""
    if props.essential or not row.programme_id or facts.person_id is None:
        return None
    return links.unsubscribing(row.programme_id, facts.person_id)


def _of_no_process(row: MailRow, props: mail.AnyMail, facts: Facts, start: datetime) -> NewLink | None:
    if isinstance(props, mail.Invitation):
        ends = facts.invited.expires_at if facts.invited else start
        link_id = id_for(row.id, Purpose.INVITATION)
        return NewLink(link_id, Purpose.INVITATION, props.invitation_id, None, 0, ends)
    if isinstance(props, mail.ErasureBegun):
        link_id = id_for(row.id, Purpose.KEEP)
        return NewLink(link_id, Purpose.KEEP, row.to_person or "", facts.person_id, 0, props.begins_at)
    return None


def _whose_turn(facts: Facts) -> Purpose | None:
    """An extension is told to both; only whoever has to act gets a link to act by."""
    if facts.role is Role.MENTOR and facts.state == RequestState.PENDING:
        return Purpose.DECIDE
    if facts.role is Role.MENTEE and facts.state == RequestState.AMENDMENT_REQUESTED:
        return Purpose.AMEND
    return None
