"""The verdict on a town after its faults: nothing lost, nothing doubled, nobody stuck, all agree."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import select
from temporalio.client import Client

from models.process.actors import Role
from models.store.database import Database
from models.store.processes import TimelineRow
from tests.faults import agreement, post
from tests.faults.chaos import NO_DATABASE, Event
from tests.faults.clients import Caller, Json, Refused
from tests.faults.ledger import Deed, Ledger
from tests.faults.people import Someone
from tests.faults.town import Town

LOOKS = 12
PAUSE_SECONDS = 5.0
"""What is on its way when a look is taken, such as a reminder, is not wrong; what stays wrong is."""


async def lost(caller: Caller, admins: dict[str, Someone], deeds: Sequence[Deed]) -> list[str]:
    """Acts that were confirmed, and are not what the API tells of them, once. `admins` by programme slug."""
    by_process: dict[tuple[str, str], list[Deed]] = defaultdict(list)
    for deed in deeds:
        by_process[deed.of, deed.process_id].append(deed)
    wrong = []
    for (of, process_id), done in by_process.items():
        found = await _read(caller, list(admins.values()), f"/api/v1/{of}/{process_id}")
        if found is None:
            wrong.append(f"{process_id}: {len(done)} acts were confirmed, and there is no such {of[:-1]}")
        else:
            wrong += [f"{process_id}: {what}" for deed in done if (what := _untold(deed, found))]
    return wrong


async def _read(caller: Caller, admins: Sequence[Someone], path: str) -> Json | None:
    for admin in admins:
        try:
            return await caller.get(admin, path)
        except Refused as error:
            if error.status != 404:
                raise
    return None


def _untold(deed: Deed, found: Json) -> str | None:
    count = sum(_tells_of(entry, deed) for entry in found["timeline"])
    if count != 1:
        return f"{deed.what} {deed.mark!r} was confirmed and stands {count} times on the timeline"
    if deed.goal_id and [goal["id"] for goal in found["goals"]].count(deed.goal_id) != 1:
        return f"the goal {deed.goal_id} was confirmed and is not there once"
    if deed.answers and not any(
        one["person"]["id"] == deed.by and tuple(sorted(one["answers"].items())) == deed.answers
        for one in found["surveys"]
    ):
        return f"the answers of {deed.by} were confirmed and are not there"
    return None


def _tells_of(entry: dict[str, Any], deed: Deed) -> bool:
    return entry["what"] == deed.what and entry["by"]["id"] == deed.by and deed.mark in (entry["note"] or "")


async def doubled(database: Database) -> list[str]:
    """What one person did twice in the same words. Every act of the suite has words of its own."""
    with database.reading() as session:
        query = select(TimelineRow.what, TimelineRow.by, TimelineRow.note).where(
            TimelineRow.by_role != Role.SYSTEM.value, TimelineRow.what.not_in(_WORDLESS)
        )
        told = Counter((what, by, note) for what, by, note in session.execute(query))
        alone = select(TimelineRow.process_id, TimelineRow.what, TimelineRow.by)
        wordless = Counter(
            (process_id, what, by)
            for process_id, what, by in session.execute(alone.where(TimelineRow.what.in_(_WORDLESS)))
            if by is not None
        )
    return [f"{key} happened {count} times" for key, count in (told | wordless).items() if count > 1]


_WORDLESS = ("ReminderSent", "RequestExtended", "SurveyAnswered", "RelationshipStarted")


async def verdict(
    town: Town,
    database: Database,
    client: Client,
    caller: Caller,
    admins: dict[str, Someone],
    events: Sequence[Event],
) -> list[str]:
    """Everything that is wrong, looked at again and again until nothing is or `LOOKS` are over."""
    undecided = post.Undecided(
        kills=[at for part in (town.mail, *town.workers) for at in part.kills],
        outages=[(event.began, event.ended) for event in events if event.kind == NO_DATABASE],
    )

    async def processes() -> list[str]:
        found = await agreement.told(client, await agreement.runs_of(client))
        return [*await agreement.stuck(client, found), *await agreement.disagreeing(database, found)]

    async def mails() -> list[str]:
        return await post.misdelivered(database, town.handovers(), undecided)

    checks: tuple[Callable[[], Awaitable[list[str]]], ...] = (
        lambda: lost(caller, admins, caller.ledger.done),
        lambda: doubled(database),
        processes,
        lambda: agreement.misplaced(database),
        lambda: agreement.gappy(database),
        lambda: post.misordered(database),
        mails,
        lambda: post.bounces_untold(database, town.handovers()),
    )
    return [finding for check in checks for finding in await _settled(check)]


async def _settled(check: Callable[[], Awaitable[list[str]]]) -> list[str]:
    found = await check()
    for _ in range(LOOKS - 1):
        if not found:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        found = await check()
    return found


def of_the_run(ledger: Ledger, town: Town) -> list[str]:
    """What was wrong while it went on."""
    return [*ledger.findings, *(surprise for part in town.parts for surprise in part.surprises)]
