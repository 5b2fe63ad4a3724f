"""Was each mail ordered once for what happened, and did it arrive once?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from models.process.relationship.base import IN_TOUCH
from models.store import mails
from models.store.database import Database
from models.store.delivery import MailRow
from models.store.processes import RelationshipRow, TimelineRow
from tests.faults.mail_server import REFUSES, TAKES, Handover

ORDERED: dict[str, dict[str, int]] = {
    "RequestSubmitted": {"request-received": 1},
    "RequestResubmitted": {"request-received": 1},
    "RequestEdited": {"request-edited": 1},
    "AmendmentRequested": {"amendment-requested": 1},
    "RequestRejected": {"request-rejected": 1},
    "RequestWithdrawn": {"request-withdrawn": 1},
    "RequestExtended": {"request-extended": 2},
    "RequestClosed": {"request-closed": 2},
    "RequestExpired": {"request-expired": 2},
    "ReminderSent": {"reminder": 1},
    "RelationshipStarted": {"relationship-started": 2},
    "CompletionSignedOff": {"completion-requested": 1},
    "CompletionDeclined": {"completion-declined": 1},
    "CompletionConfirmed": {"survey": 2},
    "CompletionConfirmedByTime": {"survey": 2},
    "SurveyReminderSent": {"survey-reminder": 1},
    "RelationshipWithdrawn": {"relationship-withdrawn": 1},
    "RelationshipEnded": {"relationship-ended": 2},
}
"""What happened -> the mails that it orders (docs/processes.md); a release depends on its cause."""
ALIKE = {"request-reminder": "reminder", "amendment-reminder": "reminder"}
KILL_SECONDS = 15.0
"""How long after a message went over its sender may be killed before it has recorded that."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """When a sender may have died between the answer of the mail server and its record of it.

    `kills`: when a worker or the mail server was killed; `outages`: when nothing could be recorded.
    """

    kills: Collection[float]
    outages: Collection[tuple[float, float]]

    def excuses(self, handover: Handover) -> bool:
        """Whether nobody can know that this message has arrived, so that it has to be sent again."""
        until = handover.at + KILL_SECONDS
        for began, ended in sorted(self.outages):
            if began <= until and ended >= handover.at:
                until = max(until, ended + KILL_SECONDS)
        return any(handover.at - 1 <= kill <= until for kill in self.kills)


async def misordered(database: Database) -> list[str]:
    """Processes whose mails are not those that their timelines ask for."""
    with database.reading() as session:
        happened: dict[str, Counter[str]] = defaultdict(Counter)
        for process_id, what in session.execute(select(TimelineRow.process_id, TimelineRow.what)):
            happened[process_id].update(ORDERED.get(what, {}))
        ordered: dict[str, Counter[str]] = defaultdict(Counter)
        query = select(MailRow.process_id, MailRow.kind).where(MailRow.process_id.is_not(None))
        for process, kind in session.execute(query):
            if kind != "request-released":
                ordered[process or ""][ALIKE.get(kind, kind)] += 1
    return [
        f"{key}: ordered {dict(ordered[key])}, its timeline asks for {dict(happened[key])}"
        for key in happened.keys() | ordered.keys()
        if ordered[key] != happened[key]
    ]


async def undelivered(database: Database) -> int:
    """How many mails are still on their way."""
    with database.reading() as session:
        waiting = select(func.count()).where(MailRow.state == mails.QUEUED)
        return session.scalars(waiting).one()


async def misdelivered(database: Database, handovers: Sequence[Handover], undecided: Undecided) -> list[str]:
    """Mails that did not arrive, or arrived more than once where that could be known."""
    with database.reading() as session:
        rows = {row.message_id: row for row in session.scalars(select(MailRow))}
        over = set(session.scalars(select(RelationshipRow.id).where(RelationshipRow.state.not_in(IN_TOUCH))))
    by_id: dict[str, list[Handover]] = defaultdict(list)
    for one in handovers:
        by_id[one.message_id.strip("<>").partition("@")[0]].append(one)
    wrong = [f"{key}: a mail arrived that nobody ordered" for key in by_id.keys() - rows.keys()]
    for key, row in rows.items():
        if not _came_too_late(row, over):
            wrong += [
                f"mail {row.id} ({row.kind}): {what}" for what in _wrong_with(row, by_id[key], undecided)
            ]
    return wrong


def _came_too_late(row: MailRow, over: Collection[str]) -> bool:
    """Whether it would have told two people how to reach each other after they had parted, or the mentor of a
    wording that was none any more."""
    if (row.state, row.kind) == (mails.DROPPED, "request-edited"):
        return True
    return (row.state, row.kind) == (mails.DROPPED, "relationship-started") and row.process_id in over


def _wrong_with(row: MailRow, found: Sequence[Handover], undecided: Undecided) -> list[str]:
    ends = {one.end for one in found}
    wrong = []
    if row.state == mails.SENT and TAKES not in ends:
        wrong.append("is called sent, and the mail server never said that it took it")
    if row.state == mails.BOUNCED and REFUSES not in ends:
        wrong.append("is called bounced, and the mail server never refused it")
    if row.state not in {mails.SENT, mails.BOUNCED}:
        wrong.append(f"is {row.state} after {row.attempts} attempts: {row.error}")
    doubles = [one for one in found[:-1] if one.end == TAKES and not undecided.excuses(one)]
    if doubles:
        wrong.append(f"went over {len(found)} times, {len(doubles)} of them though its fate was known")
    return wrong


async def bounces_untold(database: Database, handovers: Sequence[Handover]) -> list[str]:
    """Timelines that tell of more refusals than there were."""
    refused = Counter(one.kind for one in handovers if one.end == REFUSES)
    with database.reading() as session:
        query = select(TimelineRow.note).where(TimelineRow.what == "MailBounced")
        noted = Counter(note or "" for note in session.scalars(query))
    return [
        f"{count} bounces of {kind} are told, {refused[kind]} happened"
        for kind, count in noted.items()
        if count > refused[kind]
    ]
