"""What an answer names by its id is there for whoever asks for it next."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from api.web import projection
from tests.api.conftest import Cast
from tests.api.test_path import GOAL
from tests.api.world import World


async def test_a_relationship_is_there_as_soon_as_the_acceptance_is_answered(town: World, cast: Cast) -> None:
    town.gateway.begins_when = asyncio.Event()
    asked = await town.ask(cast.mentee, cast.mentor)
    done = await cast.mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Gladly."})
    where = f"/api/v1/relationships/{done['relationship_id']}"
    asyncio.get_running_loop().call_later(0.1, town.gateway.begins_when.set)
    goal = cast.mentee.post(f"{where}/goals", GOAL, 201)
    everybody = asyncio.gather(*(one.get(where) for one in (cast.mentee, cast.mentor, cast.admin)), goal)
    assert [one["state"] for one in (await everybody)[:3]] == ["active"] * 3


async def test_an_acceptance_is_answered_when_the_relationship_is_in_the_lists(
    town: World, cast: Cast
) -> None:
    town.gateway.begins_when = asyncio.Event()
    asked = await town.ask(cast.mentee, cast.mentor)
    asyncio.get_running_loop().call_later(0.1, town.gateway.begins_when.set)
    answer = await cast.mentor.http.post(f"/api/v1/requests/{asked['id']}/accept", json={"comment": "Yes."})
    assert "Steadfast-Lists" not in answer.headers
    assert (await cast.mentor.get(f"/api/v1/programmes/{answer.json()['programme']}/relationships"))["items"]


async def test_one_that_does_not_begin_is_not_taken_for_missing(
    town: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "BEGINS_WITHIN", timedelta(milliseconds=50))
    town.gateway.begins_when = asyncio.Event()
    asked = await town.ask(cast.mentee, cast.mentor)
    answer = await cast.mentor.http.post(f"/api/v1/requests/{asked['id']}/accept", json={"comment": "Yes."})
    assert answer.headers["Steadfast-Lists"] == "behind"
    where = f"/api/v1/relationships/{answer.json()['relationship_id']}"
    waiting = await cast.mentee.http.get(where)
    assert (waiting.status_code, "try again" in waiting.json()["detail"]) == (503, True)
    stranger = await town.person("Sasha", "mentee")
    assert (await stranger.http.get(where)).status_code == 404
    assert (await town.anybody.get(where)).status_code == 401
    town.gateway.begins_when.set()
    await town.gateway.begun
    assert (await cast.mentee.get(where))["state"] == "active"
