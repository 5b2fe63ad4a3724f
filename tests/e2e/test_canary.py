"""A canary in every personal field, sung for a whole life on real parts, with faults: it is heard nowhere.

Nowhere is: logs of all levels, metrics, error answers, tokens of links, workflow ids, search attributes, and
everything that the engine keeps, down to the bytes of its file. There are no spans: nothing here traces.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from httpx import Response
from sqlalchemy import select, text
from temporalio.client import WorkflowHandle

from installation import logs
from models.process import names
from models.process.erasure import GRACE
from models.process.names import SEARCH_ATTRIBUTES
from models.process.programme import ProgrammeSettings
from models.store.database import Database
from models.store.schema import metadata
from settings import LogFormat
from tests.e2e.town import SLUG, Json, Someone, Town, a_town
from tests.infra.engine import running_server, virtual_engine_at
from tests.infra.opened import opened
from tests.workflows.office import eventually
from workflows import attributes

MINE, THEIRS = "Kanarienmina", "Zeisigmomo"
"""What everything of the mentee has in it, and everything of the mentor."""
CANARIES = (MINE, THEIRS)
OF_THE_TEST = ("mail.log", "httpx", "httpcore")
"""Loggers of the mail server and of the browser, which are not ours."""


@dataclass
class Heard:
    """Everything that got out."""

    lines: io.StringIO
    answers: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def note(self, response: Response) -> None:
        if response.status_code >= 400:
            self.answers.append((await response.aread()).decode() + str(response.headers))


@contextmanager
def every_line() -> Iterator[io.StringIO]:
    """What our log would hold if everything that can be logged were."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    found = io.StringIO()
    logs.set_up(LogFormat.JSON, logging.DEBUG)
    for name in OF_THE_TEST:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in set(root.handlers) - set(handlers):
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(found)
    try:
        yield found
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)


@pytest.fixture
def heard() -> Iterator[Heard]:
    with every_line() as lines:
        yield Heard(lines)


@pytest.fixture
async def aviary(tmp_path: Path, migrated_url: str, heard: Heard) -> AsyncIterator[Town]:
    """A town on an engine that keeps its file in `tmp_path / "engine"`."""
    folder = tmp_path / "engine"
    folder.mkdir()
    rules = ProgrammeSettings().changed({"preferences": "by video|in person", "gather_edits_for": "off"})
    with running_server(folder=folder) as address:
        async with (
            virtual_engine_at(address, SEARCH_ATTRIBUTES) as engine,
            a_town(engine, migrated_url, rules) as town,
        ):
            yield town


def song(canary: str) -> Json:
    """A profile with the canary wherever there is room for it."""
    texts = ("headline", "about", "unit", "location", "contact")
    return {name: f"{canary} {name}" for name in texts} | {"attributes": {"Team": canary}}


async def sing(town: Town, name: str, role: str, heard: Heard) -> Someone:
    someone = await town.person(f"{name} Vogel", role)
    someone.http.event_hooks["response"].append(heard.note)
    someone.browser.event_hooks["response"].append(heard.note)
    response = await someone.http.put(f"/api/v1/programmes/{SLUG}/profile", json=song(name))
    assert response.status_code == 200, response.text
    return someone


async def live(town: Town, heard: Heard) -> tuple[Someone, Someone]:
    """A whole life: asking, changing, faults, accepting by mail, goals, completion, surveys."""
    mentee, mentor = await sing(town, MINE, "mentee", heard), await sing(town, THEIRS, "mentor", heard)
    asked = await mentee.ask(mentor, f"I am {MINE}; may I learn from {THEIRS}?")
    first = await mentor.mail("request-received")
    heard.tokens.append(first.link)
    await mentor.decide(first, "amend", comment=f"Dear {MINE}, which part? {THEIRS}")
    await mentee.tell(asked, "resubmit", message=f"All of it. {MINE}")
    await refusals(mentee, mentor, asked)
    await doors(town, mentee, heard)
    async with stumbling(town.database):
        await mentee.tell(asked, "edit", message=f"Only the beginning. {MINE}")
        await failed_at_least_twice(town, asked)
    second = await mentor.mail("request-edited")
    heard.tokens.append(second.link)
    await mentor.decide(second, "accept", comment=f"Gladly, {MINE}! {THEIRS}")
    pair = await mentee.relationship((await mentee.request(asked["id"]))["relationship_id"])
    goal = dict.fromkeys(("title", "specific", "measurable", "attainable", "relevant"), f"{MINE} sings")
    await mentee.post(f"/api/v1/relationships/{pair['id']}/goals", expect=201, **goal, due="2999-01-01")
    refuse_all(town, mentee.email)
    await mentor.say(pair, "complete", comment=f"{MINE} can fly. {THEIRS}")
    await bounced(town, mentee)
    await mentee.say(pair, "decline-completion", comment=f"Not yet. {MINE}")
    await mentor.say(pair, "complete", comment=f"Now? {THEIRS}")
    await mentee.say(pair, "confirm-completion", comment=f"Yes. {MINE}")
    for someone, name in ((mentee, MINE), (mentor, THEIRS)):
        answers = {"useful": 5, "goals": 5, "recommend": 5, "remark": f"Says {name} of {MINE}"}
        await someone.say(pair, "survey", answers=answers)
    town.postbox.sink.answers = lambda command, address: None
    return mentee, mentor


async def refusals(mentee: Someone, mentor: Someone, asked: Json) -> None:
    """Answers that could repeat what was sent."""
    programme = f"/api/v1/programmes/{SLUG}"
    await mentee.tell(asked, "accept", expect=403, comment=MINE)
    await mentor.tell(asked, "reject", expect=422, comment=THEIRS, reason=f"{THEIRS} has none")
    await mentee.ask(mentor, f"Again {MINE}", expect=409)
    await mentee.ask(mentor, MINE * 1000, expect=422)
    await mentee.post(f"{programme}/requests", expect=422, mentor_id=MINE, message=MINE, basis=MINE)
    await mentee.post("/api/v1/sign-in", expect=422, email=f"{MINE} <{MINE}>")
    await mentee.post(f"/api/v1/requests/{MINE}/withdraw", expect=404, comment=MINE)
    bad = await mentee.http.put(f"{programme}/profile", json={"country": MINE, "time_zone": MINE})
    assert bad.status_code == 422
    await mentee.browser.get(f"/links/{MINE}.{MINE}")
    await mentee.browser.get(f"/p/{MINE}/profile")


async def doors(town: Town, someone: Someone, heard: Heard) -> None:
    """Signing in by mail, and an invitation."""
    await someone.post("/api/v1/sign-in", expect=202, email=someone.email, next=f"/requests?{MINE}")
    heard.tokens.append((await someone.mail("sign-in")).link)
    admin, address = await town.admin(), f"{THEIRS.lower()}.neu@example.org"
    body: Json = {"email": address, "name": f"{THEIRS} Neu", "roles": ["mentee"], "note": f"Ask {THEIRS}"}
    await admin.post(f"/api/v1/programmes/{SLUG}/invitations", expect=201, **body)
    heard.tokens.append((await town.postbox.wait(address, "invitation")).link)


@contextmanager
def _statements(database: Database) -> Iterator[tuple[list[str], list[str]]]:
    """What makes every further timeline entry fail, with its words in the driver's error; and the undoing."""
    if database.is_sqlite:
        yield (
            [
                f"""CREATE TRIGGER stumble BEFORE INSERT ON timeline BEGIN
                SELECT RAISE(ABORT, 'no place for {MINE} and {THEIRS}'); END"""
            ],
            ["DROP TRIGGER stumble"],
        )
        return
    yield (
        [
            """CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no place for %', NEW.note; END $$""",
            "CREATE TRIGGER stumble BEFORE INSERT ON timeline FOR EACH ROW EXECUTE FUNCTION stumble()",
        ],
        ["DROP TRIGGER stumble ON timeline", "DROP FUNCTION stumble()"],
    )


class stumbling:  # noqa: N801 - reads as a state of the block
    """While the block runs, no step of a process can be saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> None:
        with _statements(self._database) as (begin, _end):
            await self._run(begin)

    async def __aexit__(self, *_: object) -> None:
        with _statements(self._database) as (_begin, end):
            await self._run(end)

    async def _run(self, statements: list[str]) -> None:
        with self._database.writing() as session:
            for statement in statements:
                session.execute(text(statement))


async def failed_at_least_twice(town: Town, asked: Json) -> None:
    """The engine has the failure and tries again."""
    handle = town.engine.client.get_workflow_handle(town._workflow_of(asked))

    async def look() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.attempt > 1 and one.HasField("last_failure") for one in pending)

    await eventually(look)
    await engine_is_silent(town, at_least=1)


def refuse_all(town: Town, address: str) -> None:
    """The mail server wants nothing for this address, and says whose it is."""
    answer = f"550 5.1.1 <{address}>: there is no {address.partition('@')[0]} here"
    town.postbox.sink.answers = lambda command, to: answer if command == "RCPT" and to == address else None


async def bounced(town: Town, someone: Someone) -> None:
    async def look() -> bool:
        with town.database.reading() as session:
            mails = metadata.tables["mails"]
            states = session.scalars(select(mails.c.state).where(mails.c.to_person == someone.id))
            return "bounced" in set(states)

    await eventually(look)


async def kept_by_the_engine(town: Town) -> dict[str, bytes]:
    """Everything that can be asked of it, as it came over the wire."""
    client, found = town.engine.client, {}
    async for execution in client.list_workflows(""):
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        described = (await handle.describe()).raw_description.SerializeToString()
        events = [event.SerializeToString() for event in (await handle.fetch_history()).events]
        listed = execution.raw_info.SerializeToString()
        found[f"{execution.id} {execution.run_id}"] = b"".join((listed, described, *events))
    return found


async def engine_is_silent(town: Town, at_least: int) -> dict[str, bytes]:
    """Says what was searched: ids, search attributes, pending failures, every event."""
    kept = await kept_by_the_engine(town)
    assert len(kept) >= at_least
    for name, found in kept.items():
        silent("a workflow id", name)
        silent(f"what the engine keeps of {name}", found)
    return kept


async def readable(town: Town, handle: WorkflowHandle[Any, Any]) -> bytes:
    """The payloads of a history as the worker reads them: that is where the canary is."""
    return await opened(town.engine.client, await handle.fetch_history())


def silent(where: str, what: str | bytes) -> None:
    """No canary in it, in any case of letters."""
    found = (what if isinstance(what, bytes) else what.encode()).lower()
    for canary in CANARIES:
        at = found.find(canary.lower().encode())
        assert at < 0, f"{canary} is heard in {where}: ...{found[max(0, at - 200) : at + 100]!r}"


async def stored(database: Database) -> str:
    """Every row of every table."""
    with database.reading() as session:
        return str([session.execute(select(table)).all() for table in metadata.tables.values()])


async def test_it_is_heard_nowhere_and_gone_when_erased(aviary: Town, heard: Heard, tmp_path: Path) -> None:
    mentee, _mentor = await live(aviary, heard)
    metrics = (await mentee.http.get("/metrics")).text
    pair = f"{attributes.MENTEE.name} = '{mentee.id}'"
    own = {found.id async for found in aviary.engine.client.list_workflows(pair)}
    assert {workflow_id.partition("/")[0] for workflow_id in own} == {"request", "relationship"}
    for workflow_id in own:
        text_of = await readable(aviary, aviary.engine.client.get_workflow_handle(workflow_id))
        assert MINE.encode() in text_of, "the search would find it if it were there"
    assert MINE in await stored(aviary.database)

    await mentee.post("/api/v1/me/export", expect=202)
    await mentee.mail("export-ready")
    await engine_is_silent(aviary, at_least=3)
    await erased(aviary, mentee)
    kept = await engine_is_silent(aviary, at_least=1)
    assert [name for name in kept if mentee.id in name and not name.startswith("erasure/")] == []
    assert MINE.lower() not in (await stored(aviary.database)).lower()
    assert THEIRS in await stored(aviary.database)

    silent("metrics", metrics)
    for answer in heard.answers:
        silent("an error answer", answer)
    assert len(heard.answers) > 8
    for token in heard.tokens:
        silent("a link", token)
    lines = heard.lines.getvalue()
    assert any(json.loads(line).get("event") == "request" for line in lines.splitlines())
    assert "save-request" in lines, "the failure of the step was logged"
    silent("the logs", lines)
    for file in sorted((tmp_path / "engine").iterdir()):
        silent(file.name, file.read_bytes())


async def erased(town: Town, someone: Someone) -> None:
    """Asked for over HTTP; a day later it is done, the last mail has come, and its address is forgotten."""
    await someone.post("/api/v1/me/erase", expect=202, confirm=someone.email)
    workflow_id = names.erasure_workflow(someone.id)
    begun = await someone.mail("erasure-begun")
    silent("the link that keeps everything", begun.link)
    await town.engine.fast_forward(workflow_id, GRACE + timedelta(seconds=1))
    await someone.mail("erasure-confirmed")
    await town.engine.fast_forward(workflow_id, timedelta(hours=7))
    await town.engine.client.get_workflow_handle(workflow_id).result()
