"""What is reported to a request while its acceptance is being saved changes nothing of what is saved."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from activities.records import Records
from models.mails.frame import ReleaseCause
from models.process.commands import MailBounced
from models.process.effects import Overtaken
from models.process.errors import MentorFull
from models.process.request.commands import AcceptRequest
from models.process.request.view import RequestView
from models.store import places
from models.store.database import Database
from models.store.requests import view_of
from tests.infra.engine import VirtualEngine
from tests.workflows.office import Office, office, request_id
from tests.workflows.test_crash import Caught, Moment

ACCEPT = AcceptRequest(comment="Gladly.")


async def reported_meanwhile(made: Office, moment: Moment, asked: RequestView) -> None:
    """Accepts, and tells the process of a bounce and of a release before it has heard of what was saved."""
    moment.step = "accept"
    act = asyncio.create_task(made.tell(asked, ACCEPT, made.mentor))
    await moment.reached.wait()
    handle = made.handle(request_id(asked))
    await handle.signal("mail_bounced", MailBounced(process_id=asked.id, kind="request-received"))
    cause = Overtaken(process_id=asked.id, workflow_id=request_id(asked), cause=ReleaseCause.MENTOR_FULL)
    await handle.signal("overtaken", cause)
    assert (await handle.query("view", result_type=RequestView)).version == asked.version
    moment.over.set()
    with suppress(MentorFull):
        await act
    await made.ended(request_id(asked))


@pytest.mark.parametrize("has_place", [True, False])
async def test_reports_wait_until_an_acceptance_is_saved(
    virtual_engine: VirtualEngine, migrated_url: str, has_place: bool
) -> None:
    moment = Moment()

    def records(database: Database) -> Records:
        return Caught(database, lambda: None, moment=moment)

    async with office(virtual_engine, migrated_url, mentees=2, capacity=1, records=records) as made:
        asked = await made.ask()
        await made.saved(asked)
        if not has_place:
            other = made.people.place(made.people.mentees[1], made.people.mentors[0])
            await made.database.write(lambda session: places.claim(session, other))
        await reported_meanwhile(made, moment, asked)
        view = await made.handle(request_id(asked)).query("view", result_type=RequestView)
        assert view_of(await made.request(asked)) == view
        happened = ["RequestAccepted"] if has_place else ["MailBounced", "RequestReleased"]
        assert await made.happened(asked.id) == ["RequestSubmitted", *happened]
        assert len(await made.people.held()) == 1
