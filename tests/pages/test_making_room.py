"""A full mentor accepts all the same: the capacity is raised with the acceptance, once, or not at all."""

from __future__ import annotations

import pytest
from httpx import Response
from sqlalchemy import select

from api.requests.deciding import Decision, carry_out
from api.requests.schemas import RequestOut
from api.web.acts import ActResult
from api.web.failures import Unconfirmed
from models.links import Purpose
from models.process.commands import Command
from models.process.errors import MenteeFull, MentorFull
from models.process.request.commands import AcceptRequest, EditRequest
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.e2e.forms import Form, Page
from tests.infra.postgres import Postgres
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager, send

REASON = "I have no time at the moment"
WITH_ROOM = {"decision": "accept", "comment": "Gladly.", "make_room": "2"}


@pytest.fixture
async def full(village: Village) -> Villager:
    """A mentor whose only place is taken."""
    mentor = await village.person("Cleo Full", "mentor", capacity=1)
    await (await village.person("Dora First", "mentee")).mentored_by(mentor)
    return mentor


@pytest.fixture
async def late(village: Village, full: Villager) -> str:
    """A request that is still open: asked when the last place went, which releases the others."""
    mentee, other = await village.person("Ada Asker", "mentee"), await village.person("Ben", "mentor")
    request_id = await mentee.ask(other)
    gateway = village.world.gateway
    gateway.requests[request_id] = gateway.requests[request_id].model_copy(update={"mentor_id": full.id})
    await mentee.tell(request_id, EditRequest(message="Have you room for me?"))
    return request_id


async def capacity(village: Village, mentor: Villager) -> int | None:
    with village.world.database.reading() as session:
        found: int | None = session.scalar(select(MemberRow.capacity).where(MemberRow.person_id == mentor.id))
    return found


def state(village: Village, request_id: str) -> str:
    return village.world.gateway.requests[request_id].state.value


async def form_of(mentor: Villager, request_id: str) -> Form:
    return (await mentor.open(f"/requests/{request_id}")).form_with("decision", "accept")


async def by_link(village: Village, path: str, **filled: str) -> Response:
    browser = village.browser()
    form = Page.of(await browser.get(path), browser).form_with("decision", "accept")
    return await send(browser, form, **filled)


@SQLITE
async def test_a_full_mentor_is_told_and_can_make_room(village: Village, full: Villager, late: str) -> None:
    path = await village.link(Purpose.DECIDE, late, full, 2)
    page = await village.browser().get(path)
    assert "All your places are taken (1 of 1)." in words_of(page)
    assert "Make room: raise my capacity to 2 and accept" in words_of(page)
    assert 'name="make_room" value="2"' in page.text
    refused = await by_link(village, path, decision="accept", comment="Gladly.")
    assert refused.status_code == 409
    assert state(village, late) == "pending"
    done = await by_link(village, path, **WITH_ROOM)
    assert done.status_code == 200
    assert "You now take up to 2 mentees at once." in words_of(done)
    assert state(village, late) == "accepted"
    assert await capacity(village, full) == 2


@SQLITE
@pytest.mark.parametrize(
    ("filled", "status"),
    [
        ({"comment": ""}, 422),
        ({"comment": "x" * 2001}, 422),
        ({"revision": "1"}, 409),
        ({"make_room": "yes"}, 422),
        ({"make_room": "1"}, 409),
        ({"make_room": "99"}, 409),
    ],
)
async def test_an_acceptance_that_is_refused_raises_nothing(
    village: Village, full: Villager, late: str, filled: dict[str, str], status: int
) -> None:
    refused = await send(full.browser, await form_of(full, late), **{**WITH_ROOM, **filled})
    assert refused.status_code == status
    assert broken_rules(refused) == []
    assert state(village, late) == "pending"
    assert await capacity(village, full) == 1


@SQLITE
async def test_an_acceptance_that_was_not_taken_raises_nothing(
    village: Village, full: Villager, late: str
) -> None:
    form = await form_of(full, late)
    village.world.gateway.is_slow = True
    lost = await send(full.browser, form, **WITH_ROOM)
    assert lost.status_code == 503
    assert "It may have been recorded; send it again" in lost.text
    assert "Idempotency-Key" not in lost.text
    assert 'name="make_room" value="2" checked' in lost.text
    assert await capacity(village, full) == 1
    village.world.gateway.is_slow = False
    assert (await send(full.browser, form, **WITH_ROOM)).status_code == 303
    assert (state(village, late), await capacity(village, full)) == ("accepted", 2)


@SQLITE
async def test_sent_again_room_is_made_once(village: Village, full: Villager, late: str) -> None:
    """The acceptance was recorded and its answer lost."""

    def lost() -> None:
        raise Unconfirmed

    form, gateway = await form_of(full, late), village.world.gateway
    gateway.after_act = lost
    assert (await send(full.browser, form, **WITH_ROOM)).status_code == 503
    assert (state(village, late), await capacity(village, full)) == ("accepted", 2)
    for _ in range(2):
        again = await send(full.browser, form, **WITH_ROOM)
        assert again.status_code == 303
        assert again.headers["location"] == f"/requests/{late}"
    assert await capacity(village, full) == 2
    assert gateway.requests[late].entries == 3


@SQLITE
async def test_room_that_was_made_in_vain_is_spoken_of(village: Village, full: Villager) -> None:
    """Something else comes between the refusal and the second act."""
    keys: list[str] = []

    async def sent(_command: Command, key: str) -> ActResult[RequestOut]:
        keys.append(key)
        raise MentorFull("No place is left.") if len(keys) == 1 else MenteeFull("They found a mentor.")

    decision = Decision(AcceptRequest(comment="Gladly."), make_room=2)
    with pytest.raises(MenteeFull, match=r"They found a mentor\. You now take up to 2 mentees at once\."):
        await carry_out(village.world.ctx, await full.member(), decision, "key", sent)
    assert len(set(keys)) == 2
    assert await capacity(village, full) == 2


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("by_mail", [True, False])
async def test_declining_stands_though_the_database_goes_away(
    village: Village, postgres: Postgres, by_mail: bool
) -> None:
    mentor = await village.person("Ben Helper", "mentor")
    asked = await (await village.person("Ada Asker", "mentee")).ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1) if by_mail else f"/requests/{asked}"
    browser = village.browser() if by_mail else mentor.browser
    form = Page.of(await browser.get(path), browser).form_with("decision", "reject")
    village.world.gateway.after_act = postgres.stop
    filled = {"decision": "reject", "comment": "Sorry.", "reason": REASON, "unavailable": "yes"}
    try:
        done = await send(browser, form, **filled)
    finally:
        postgres.start()
    assert state(village, asked) == "rejected"
    if not by_mail:
        assert done.status_code == 303
        done = await browser.get(done.headers["location"])
        assert "Your availability could not be changed" in words_of(done)
    else:
        assert done.status_code == 200
        assert "Your availability was not changed, because the database cannot be reached" in words_of(done)
