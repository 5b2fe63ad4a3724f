"""Every POST of the API takes an Idempotency-Key: it answers again what it answered, and does no more."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from httpx import Response

from tests.access.scene import Player, Scene, Target
from tests.access.table import JSON, STATES, Row
from tests.api.conftest import SQLITE
from tests.api.world import world

pytestmark = SQLITE
SIGN_IN = "/api/v1/sign-in"
POSTS = [row for row in JSON if row.method == "POST"]


@pytest.fixture
async def scene(migrated_url: str) -> AsyncIterator[Scene]:
    async with world(migrated_url) as town:
        yield await Scene.built(town)


async def _acting(scene: Scene, row: Row) -> tuple[Player, Target]:
    state = row.works_in[0] if row.works_in else STATES[row.kind][0]
    target = await scene.in_state(row.kind, state)
    name = next(name for name in ("mentee", "mentor", "admin") if row.cell(name, state) == row.yes)
    return scene.caller(name, target)[0], target


GO_ON_BY_THEMSELVES = ("/api/v1/drafts/{draft_id}/compute",)
"""A repeat answers how far it has come meanwhile."""


def _place(response: Response) -> tuple[object, str | None]:
    return response.json()["id"], response.headers.get("location")


def _answer(response: Response) -> tuple[int, str, str | None]:
    return response.status_code, response.text, response.headers.get("location")


async def test_every_post_is_done_once_with_a_key(scene: Scene) -> None:
    wrong = []
    for row in POSTS:
        player, target = await _acting(scene, row)
        path = row.path.format_map({"mentor_id": "", **target.ids})
        body = scene.filled(row, target, player)
        key = {"Idempotency-Key": f"key of {row.path}"}
        first = await player.api.post(path, json=body, headers=key)
        acts = scene.town.gateway.acts
        again = await player.api.post(path, json=body, headers=key)
        other = await player.api.post(path, json={**(body or {}), "comment": "Other."}, headers=key)
        long = await player.api.post(path, json=body, headers={"Idempotency-Key": "k" * 201})
        same = _answer(first) == _answer(again)
        if row.path in GO_ON_BY_THEMSELVES:
            same = first.status_code == again.status_code and _place(first) == _place(again)
        if first.status_code != row.yes or not same:
            wrong.append(f"{row.path}: {first.status_code}, then {again.status_code}: {first.text[:200]}")
        if row.route == SIGN_IN:
            # Nobody is known there, so what one has sent must not be told to another with the same key.
            reused = other.status_code != row.yes
        else:
            reused = (other.status_code, other.json()["type"]) != (422, "/docs#key-reused")
        if reused:
            wrong.append(f"{row.path} with another body: {other.text[:200]}")
        if (long.status_code, long.json()["type"]) != (422, "/docs#invalid"):
            wrong.append(f"{row.path} with a long key: {long.text[:200]}")
        if scene.town.gateway.acts != acts:
            wrong.append(f"{row.path} did more")
    assert not wrong, "\n".join(wrong)


async def test_a_key_is_its_senders_own(scene: Scene) -> None:
    """Two people with the same key and body do two things."""
    key = {"Idempotency-Key": "the same"}
    first, second = await scene.pair(), await scene.pair()
    made = []
    for target in (first, second):
        assert target.mentee is not None
        body = {"mentor_id": scene.players["other mentor"].id, "message": "May I learn from you?"}
        answer = await target.mentee.api.post(
            f"/api/v1/programmes/{target.ids['slug']}/requests", json=body, headers=key
        )
        assert answer.status_code == 201
        made.append(answer.json()["id"])
    assert len(set(made)) == 2
