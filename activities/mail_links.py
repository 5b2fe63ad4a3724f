"""Which link a mail carries, and until when it is good."""

from __future__ import annotations

from datetime import datetime, timedelta

from activities.mail_facts import Facts
from models.mails.order import AnyMail
from models.store import links
from models.store.delivery import MailRow
from models.store.links import NewLink, id_for

GRACE = timedelta(days=90)
"""How long the link of a process outlives the date it is about. Long, since what it may still do follows from
the state of its process; an expired one only explains where things stand."""


def plan(row: MailRow, props: AnyMail, facts: Facts, now: datetime) -> NewLink | None:
    """The link of this mail, or None. It was queued perhaps in a virtual future: the later clock counts."""
    purpose = props.link_for(facts.part, facts.state)
    if purpose is None:
        return None
    subject = props.link_subject or row.to_person or ""
    date = facts.invited.expires_at if facts.invited else props.link_date
    ends = max(row.queued_at, now, date or row.queued_at) + (GRACE if row.process_id else timedelta())
    return NewLink(id_for(row.id, purpose), purpose, subject, facts.person_id, props.link_round, ends)


def unsubscribing(row: MailRow, props: AnyMail, facts: Facts) -> NewLink | None:
    """Where the recipient switches off mails like this one, None for an essential one."""
    if props.essential or not row.programme_id or facts.person_id is None:
        return None
    return links.unsubscribing(row.programme_id, facts.person_id)
