"""What the link of a mail is good for, in every state of what it is about."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest

from api.links import links
from api.links.links import LinkState, act_by_link
from api.web.errors import NotFound
from models.links import Purpose, sign
from models.process.errors import Superseded
from models.process.relationship.parts.completion import ConfirmCompletion
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.request.commands import AcceptRequest, RejectRequest, ResubmitRequest
from models.store import links as store
from tests.api.conftest import SQLITE, Cast
from tests.api.world import KEYS, Someone, World


async def minted(
    town: World, purpose: Purpose, subject: str, person: Someone, turn: int = 1, key: str = KEYS[0]
) -> str:
    link_id = str(uuid.uuid4())
    with town.database.writing() as session:
        until = town.clock() + timedelta(days=30)
        store.mint(session, [store.NewLink(link_id, purpose, subject, person.id, turn, until)], town.clock())
    return sign(purpose, link_id, [key])


async def stands(town: World, token: str) -> LinkState:
    return (await links.link(town.ctx, token)).standing


@SQLITE
async def test_deciding(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    token = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor)
    found = await links.link(town.ctx, token)
    assert found.standing is LinkState.OPEN
    assert found.viewer is not None
    assert found.viewer.person_id == cast.mentor.id
    assert found.request is not None
    assert found.request.allowed == ["accept", "request-amendment", "reject"]
    for _ in range(100):
        assert await stands(town, token) is LinkState.OPEN
    assert town.gateway.acts == 1

    await cast.mentee.post(f"/api/v1/requests/{asked['id']}/edit", {"message": "Better words"})
    assert await stands(town, token) is LinkState.SUPERSEDED
    newer = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor, 2)
    subject = await links.link(town.ctx, newer)
    done = await act_by_link(town.ctx, subject, AcceptRequest(comment="Yes.", revision=2), "key")
    assert done.value.state == "accepted"
    assert await stands(town, newer) is LinkState.OVER
    assert await stands(town, token) is LinkState.OVER
    with pytest.raises(Superseded):
        await act_by_link(town.ctx, await links.link(town.ctx, newer), RejectRequest(), "other")


async def test_forty_posts_record_one_decision(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    subject = await links.link(town.ctx, await minted(town, Purpose.DECIDE, asked["id"], cast.mentor))
    tries = [
        act_by_link(town.ctx, subject, AcceptRequest(comment="Yes.", revision=1), f"key-{number}")
        for number in range(40)
    ]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in results) == 1
    assert town.gateway.acts == 2


@SQLITE
async def test_amending(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    token = await minted(town, Purpose.AMEND, asked["id"], cast.mentee)
    assert await stands(town, token) is LinkState.OVER
    await cast.mentor.post(f"/api/v1/requests/{asked['id']}/request-amendment", {"comment": "Why?"})
    subject = await links.link(town.ctx, token)
    assert subject.standing is LinkState.OPEN
    await act_by_link(town.ctx, subject, ResubmitRequest(message="Because."), "key")
    assert await stands(town, token) is LinkState.OVER
    await cast.mentor.post(f"/api/v1/requests/{asked['id']}/request-amendment", {"comment": "Still?"})
    assert await stands(town, token) is LinkState.SUPERSEDED


@SQLITE
async def test_confirming_and_answering(town: World, cast: Cast) -> None:
    pair = await town.paired(cast.mentee, cast.mentor)
    await cast.mentee.post(f"/api/v1/relationships/{pair}/complete")
    token = await minted(town, Purpose.CONFIRM, pair, cast.mentor)
    assert await stands(town, token) is LinkState.OPEN
    await cast.mentor.post(f"/api/v1/relationships/{pair}/decline-completion", {"comment": "Not yet."})
    assert await stands(town, token) is LinkState.OVER
    await cast.mentee.post(f"/api/v1/relationships/{pair}/complete")
    assert await stands(town, token) is LinkState.SUPERSEDED
    second = await links.link(town.ctx, await minted(town, Purpose.CONFIRM, pair, cast.mentor, 2))
    survey = await minted(town, Purpose.SURVEY, pair, cast.mentee, 0)
    assert await stands(town, survey) is LinkState.OVER
    await act_by_link(town.ctx, second, ConfirmCompletion(), "key")
    subject = await links.link(town.ctx, survey)
    assert subject.standing is LinkState.OPEN
    assert subject.relationship is not None
    assert subject.relationship.survey is not None
    answers = {"useful": "5", "goals": "5", "recommend": "5"}
    await act_by_link(town.ctx, subject, AnswerSurvey(answers=answers), "key")
    assert await stands(town, survey) is LinkState.OVER


@SQLITE
async def test_time_and_revocation_end_a_link(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    token = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor)
    other = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor, key=KEYS[1])
    assert await stands(town, other) is LinkState.OPEN
    town.clock.forward(days=31)
    late = await links.link(town.ctx, token)
    assert late.standing is LinkState.EXPIRED
    assert late.request is not None
    with town.database.writing() as session:
        store.revoke(session, asked["id"], town.clock())
    revoked = await links.link(town.ctx, token)
    assert (revoked.standing, revoked.request, revoked.viewer) == (LinkState.REVOKED, None, None)


@SQLITE
async def test_what_is_no_link_of_ours(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    token = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor)
    foreign = await minted(town, Purpose.DECIDE, asked["id"], cast.mentor, key="another-key-" * 4)
    never = sign(Purpose.DECIDE, str(uuid.uuid4()), KEYS)
    stranger = await minted(town, Purpose.DECIDE, asked["id"], cast.foreign_admin)
    for text in ("", "x", token[:-1], token + "x", foreign, never, stranger):
        with pytest.raises(NotFound):
            await links.link(town.ctx, text)
