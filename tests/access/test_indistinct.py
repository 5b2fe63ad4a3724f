"""Known and unknown cannot be told apart: the same answer, headers and work. bench/indistinct.py times it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from httpx import Response

from tests.access.scene import Scene
from tests.api.conftest import SQLITE
from tests.api.test_lists import statements
from tests.api.world import world

pytestmark = SQLITE
VOLATILE = {"x-request-id"}


@pytest.fixture
async def scene(migrated_url: str) -> AsyncIterator[Scene]:
    async with world(migrated_url) as town:
        yield await Scene.built(town)


def seen(response: Response) -> tuple[int, str, dict[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name not in VOLATILE}
    return response.status_code, response.text, headers


async def test_the_page_for_signing_in_does_the_same_for_everybody(scene: Scene) -> None:
    town, known = scene.town, scene.players["admin"].email
    unknown = known.translate(str.maketrans("admin", "nimda"))
    answers, work = [], []
    for email in (known, unknown):
        with statements(town) as sent:
            answers.append(await scene.anonymous.browser.post("/sign-in", data={"email": email}))
        work.append(sent)
    status, text, headers = seen(answers[0])
    assert (status, text.replace(known, unknown), headers) == seen(answers[1])
    assert work[0] == work[1]


@pytest.mark.parametrize("path", ["/api/v1/requests/{}", "/api/v1/relationships/{}"])
@pytest.mark.parametrize("caller", ["their admin", "other mentee", "elsewhere"])
async def test_what_is_foreign_takes_the_work_of_what_is_unknown(
    scene: Scene, path: str, caller: str
) -> None:
    target = await scene.in_state("relationship", "active")
    name = "request_id" if "requests" in path else "relationship_id"
    answers, work = [], []
    for one in (target.ids[name], str(uuid.uuid4())):
        with statements(scene.town) as sent:
            answers.append(seen(await scene.players[caller].api.get(path.format(one))))
        work.append(sent)
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert work[0] == work[1]


async def test_an_unknown_secret_takes_the_work_of_an_expired_one(scene: Scene) -> None:
    expired = (await scene.in_state("sign-in link", "expired")).ids["sign-in token"]
    answers, work = [], []
    for token in (expired, expired[::-1]):
        with statements(scene.town) as sent:
            answers.append(seen(await scene.anonymous.browser.get(f"/sign-in/{token}")))
        work.append(sent)
    assert answers[0] == answers[1]
    assert work[0] == work[1]
