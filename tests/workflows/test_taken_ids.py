"""Requests whose id is in the database already: the real processes, past the API that makes the ids."""

from __future__ import annotations

import pytest

from models.process.errors import Invalid
from models.process.request.commands import EditRequest
from tests.infra.engine import VirtualEngine
from tests.workflows.office import office

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def test_the_id_of_another_pairs_request_is_refused_and_theirs_goes_on(
    virtual_engine: VirtualEngine, migrated_url: str
) -> None:
    async with office(virtual_engine, migrated_url, mentors=2) as made:
        theirs = await made.ask()
        await made.saved(theirs)
        draft = made.people.request(made.people.mentees[0], made.people.mentors[1], id=theirs.id)
        with pytest.raises(Invalid, match="nothing was sent"):
            await made.gateway.open_request(draft)
        await made.saved(await made.tell(theirs, EditRequest(message="Still here"), made.mentee))
        row = await made.request(theirs)
        assert (row.mentor_id, row.message) == (made.people.mentors[0], "Still here")
        assert await made.mails(theirs.id) == [
            ("request-edited", "mentor 0"),
            ("request-received", "mentor 0"),
        ]
