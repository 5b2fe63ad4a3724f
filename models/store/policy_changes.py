"""Changes of a programme's settings that are to hold for open requests too (R12).

A row asks for one; a process of its own then tells every open request, which alone changes its dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from models.holidays import kept_holidays
from models.process.policy import ProgrammePolicy
from models.process.programme import ProgrammeSettings
from models.process.request.replan import replanned
from models.process.request.state import Request
from models.process.terms import Sentence
from models.process.whole import process_from
from models.store.database import Database
from models.store.processes import RequestRow
from models.store.requests import rest_in, view_of
from models.store.tables import PolicyChangeRow, ProgrammeRow

AT_ONCE = 500
UNDER_WAY = ("asked", "running")


@dataclass(slots=True)
class Outlook:
    """What new rules would do to the open requests.

    `closing` dates move, `sooner` of them to an earlier day; `at_once`: would have closed already, and get a
    last wait. `reminders`: requests that are reminded of on other dates.
    """

    requests: int = 0
    closing: int = 0
    sooner: int = 0
    at_once: int = 0
    reminders: int = 0

    def add(self, request: Request, policy: ProgrammePolicy, now: datetime) -> None:
        found = replanned(request, policy, now)
        before, after = request.closes_at, found.request.closes_at
        self.closing += found.moved
        self.sooner += found.moved and after is not None and (before is None or after < before)
        self.at_once += found.at_once
        self.reminders += found.request.reminders != request.reminders


def policy_of(settings: ProgrammeSettings, revision: int, now: datetime) -> ProgrammePolicy:
    return settings.policy(kept_holidays(settings.holiday_calendar, now), revision)


async def outlook(database: Database, programme_id: str, policy: ProgrammePolicy, now: datetime) -> Outlook:
    """What `policy` would do to everything that is open, read in batches so that others get their turn."""
    found = Outlook()
    after: str | None = ""
    while after is not None:
        after = await database.read(
            partial(_add, found=found, programme_id=programme_id, policy=policy, now=now, after=after)
        )
    return found


def _add(
    session: Session,
    *,
    found: Outlook,
    programme_id: str,
    policy: ProgrammePolicy,
    now: datetime,
    after: str,
) -> str | None:
    """The last one of a batch; None at the end. Of some, such as one that is just being recorded, no dates
    are known."""
    query = select(RequestRow).where(*_open(programme_id), RequestRow.id > after)
    rows = session.scalars(query.order_by(RequestRow.id).limit(AT_ONCE)).all()
    for row in rows:
        process = process_from(view_of(row), rest_in(row))
        found.requests += 1
        if isinstance(process, Request):
            found.add(process, policy, now)
    return rows[-1].id if rows else None


def _open(programme_id: str) -> tuple[ColumnElement[bool], ...]:
    return RequestRow.programme_id == programme_id, RequestRow.is_open == true()


def _behind(programme_id: str, revision: int) -> tuple[ColumnElement[bool], ...]:
    return (*_open(programme_id), RequestRow.policy_revision < revision)


def ask(session: Session, programme_id: str, now: datetime) -> PolicyChangeRow:
    """Wants the present settings to hold for all that is open; asked twice, it is the same change.

    An older change that is under way is superseded.
    """
    programme = session.get_one(ProgrammeRow, programme_id, with_for_update={"key_share": True})
    revision = programme.settings_revision
    if known := session.get(PolicyChangeRow, (programme_id, revision)):
        return known
    policy = policy_of(ProgrammeSettings.kept(programme.settings), revision, now)
    older = (PolicyChangeRow.programme_id == programme_id, PolicyChangeRow.state.in_(UNDER_WAY))
    session.execute(update(PolicyChangeRow).where(*older).values(state="superseded", finished_at=now))
    count = left_behind(session, programme_id, revision)
    row = PolicyChangeRow(
        programme_id=programme_id,
        revision=revision,
        policy=policy.model_dump(mode="json"),
        state="asked" if count else "done",
        requests=count,
        told=0,
        left=0,
        asked_at=now,
        finished_at=None if count else now,
    )
    session.add(row)
    session.flush()
    return row


def left_behind(session: Session, programme_id: str, revision: int) -> int:
    """How many open requests live by older rules."""
    return session.scalars(select(func.count()).where(*_behind(programme_id, revision))).one()


def last(session: Session, programme_id: str) -> PolicyChangeRow | None:
    query = select(PolicyChangeRow).where(PolicyChangeRow.programme_id == programme_id)
    return session.scalars(query.order_by(PolicyChangeRow.revision.desc()).limit(1)).one_or_none()


def under_way(session: Session) -> Sequence[tuple[str, int]]:
    """Changes that need their process: the programme and the revision of each."""
    query = select(PolicyChangeRow.programme_id, PolicyChangeRow.revision)
    rows = session.execute(query.where(PolicyChangeRow.state.in_(UNDER_WAY)))
    return [(row.programme_id, row.revision) for row in rows]


def wanted(session: Session, programme_id: str, revision: int) -> ProgrammePolicy | None:
    """The rules of a change that is under way; None where it is over, or a newer one has superseded it."""
    row = session.get(PolicyChangeRow, (programme_id, revision))
    return None if row is None or row.state not in UNDER_WAY else ProgrammePolicy.model_validate(row.policy)


def page(
    session: Session, programme_id: str, revision: int, after: str, limit: int
) -> Sequence[tuple[str, str]]:
    """The ids of open requests that live by older rules, and of their workflows."""
    query = select(RequestRow.id, RequestRow.workflow_id).where(
        *_behind(programme_id, revision), RequestRow.id > after
    )
    rows = session.execute(query.order_by(RequestRow.id).limit(limit))
    return [(row.id, row.workflow_id) for row in rows]


def note(session: Session, programme_id: str, revision: int, told: int) -> bool:
    """Notes how many have been told; false where the change is not wanted any more."""
    done = session.execute(
        update(PolicyChangeRow)
        .where(
            PolicyChangeRow.programme_id == programme_id,
            PolicyChangeRow.revision == revision,
            PolicyChangeRow.state.in_(UNDER_WAY),
        )
        .values(state="running", told=told)
        .returning(PolicyChangeRow.revision)
    )
    return done.first() is not None


def finish(session: Session, programme_id: str, revision: int, now: datetime) -> None:
    """Closes a change that has gone round; one that was superseded stays so."""
    row = session.get(PolicyChangeRow, (programme_id, revision), with_for_update=True)
    if row is not None and row.state in UNDER_WAY:
        row.state, row.finished_at = "done", now
        row.left = left_behind(session, programme_id, revision)


def in_words(row: PolicyChangeRow) -> str:
    """How far a change has come, in a sentence for an admin."""
    told = f"{row.told:,} of {row.requests:,}"
    if row.state in UNDER_WAY:
        return Sentence("The last settings are reaching the open {t.requests}: {told} so far.", told=told)
    if row.state == "superseded":
        return Sentence("Newer settings came before the last ones had reached all open {t.requests}.")
    if row.left:
        return Sentence(
            "The last settings have reached the open {t.requests}, except {left} that did not answer.",
            left=row.left,
        )
    return Sentence("The last settings hold for all open {t.requests}.")
