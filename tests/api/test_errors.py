"""Everything that goes wrong is a problem with a sentence, and says nothing about its cause."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.web.errors import Problem, known_problems
from api.web.hardening import MAX_BODY
from models.store.database import Database
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, World, world

HERE = f"/api/v1/programmes/{SLUG}"
CANARY = "canary-9183"
pytestmark = SQLITE

JSON = {"Content-Type": "application/json"}


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["status"] == status
    assert re.fullmatch(r"/docs#[a-z-]+", found["type"])
    assert found["title"]
    assert found["detail"].endswith((".", "?", "!"))
    assert "Traceback" not in response.text
    assert found["type"].removeprefix("/docs#") in {one.name for one in known_problems()}
    return found


async def test_paths_and_methods(town: World, cast: Cast) -> None:
    problem(await town.anybody.get("/api/v1/nothing"), 404)
    problem(await town.anybody.get("/nothing"), 404)
    refused = await cast.mentee.http.delete("/api/v1/me")
    problem(refused, 405)
    assert refused.headers["allow"] == "GET"
    problem(await cast.mentee.http.post(f"/api/v1/requests/{cast.mentee.id}/dance"), 404)


@pytest.mark.parametrize("token", ["Bearer", "Bearer x", "Basic eDp5", "Bearer sf_" + "x" * 43, "x" * 5000])
async def test_no_identity(town: World, token: str) -> None:
    response = await town.anybody.get("/api/v1/me", headers={"Authorization": token})
    problem(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")


BAD_BODIES: list[tuple[bytes, int]] = [
    (b"{", 422),
    (b"", 422),
    (b"null", 422),
    (b"[]", 422),
    (b'"text"', 422),
    (b'{"mentor_id": "\xff", "message": "x"}', 422),
    (b'{"mentor_id": "x", "message": "\\ud800"}', 422),
    (b'{"mentor_id": "x\\u0000", "message": "x"}', 422),
    (b'{"mentor_id": 5, "message": "x"}', 422),
    (b'{"mentor_id": "x", "message": "x", "basis": "love"}', 422),
    (b'{"message": "x"}', 422),
    (b"[" * 20_000 + b"]" * 20_000, 422),
    (b'{"mentor_id": ' + b"9" * 6000 + b', "message": "x"}', 422),
    (b'{"mentor_id": "x", "message": "' + b"x" * 4001 + b'"}', 422),
    (b" " * (MAX_BODY + 1), 413),
]


async def test_bodies_that_cannot_be_taken(town: World, cast: Cast) -> None:
    for content, status in BAD_BODIES:
        response = await cast.mentee.http.post(f"{HERE}/requests", content=content, headers=JSON)
        found = problem(response, status)
        assert all(one["message"].endswith(".") for one in found.get("errors", [])), content[:60]
    assert town.gateway.acts == 0


async def test_a_message_of_nothing_but_unkeepable_characters(town: World, cast: Cast) -> None:
    body = {"mentor_id": cast.mentor.id, "message": "\x00\x01 \n"}
    found = problem(await cast.mentee.http.post(f"{HERE}/requests", json=body), 422)
    assert found["errors"] == [{"field": "message", "message": "Please write a message to the mentor."}]
    kept = await town.ask(cast.mentee, cast.mentor, message="Good\x00 day\r\nto you")
    assert kept["message"] == "Good day\nto you"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_what_is_not_json(town: World, cast: Cast, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = await cast.mentee.http.post(f"{HERE}/requests", content=b"message=x", headers=headers)
    problem(response, 415)


async def test_a_body_without_announced_length_is_bounded_too(town: World, cast: Cast) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    response = await cast.mentee.http.post(f"{HERE}/requests", content=endless(), headers=JSON)
    problem(response, 413)


async def test_unknown_fields_and_missing_bodies_are_no_obstacle(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor, colour="green")
    await cast.mentee.post(f"/api/v1/requests/{asked['id']}/withdraw")


async def test_what_nobody_expected(town: World) -> None:
    @town.app.get("/api/v1/broken/{token}")
    async def broken(token: str) -> None:
        raise RuntimeError(f"{CANARY} {token}")

    with structlog.testing.capture_logs() as lines:
        response = await town.anybody.get(f"/api/v1/broken/{CANARY}")
    problem(response, 500)
    assert CANARY not in response.text
    assert CANARY not in str(lines)
    failed = next(one for one in lines if one["event"] == "failed")
    assert failed["error"] == "RuntimeError"
    assert any("broken" in place for place in failed["at"])
    assert response.headers["content-security-policy"]
    assert failed["request_id"] == response.headers["x-request-id"]


async def test_engine_down_says_that_nothing_was_recorded(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    town.gateway.is_down = True
    path = f"/api/v1/requests/{asked['id']}/accept"
    found = problem(await cast.mentor.http.post(path, json={"comment": "Yes."}), 503)
    assert "Nothing was changed" in found["detail"]
    await cast.mentor.get(f"/api/v1/requests/{asked['id']}")
    problem(await cast.admin.http.get(f"{HERE}/stalled"), 503)
    town.gateway.is_down, town.gateway.is_slow = False, True
    found = problem(await cast.mentor.http.post(path, json={"comment": "Yes."}), 503)
    assert "Idempotency-Key" in found["detail"]


async def test_lists_that_follow_later_are_announced(migrated_url: str) -> None:
    async with world(migrated_url, read_your_writes=timedelta(milliseconds=20)) as town:
        await town.programme()
        mentee, mentor = await town.person("Amara", "mentee"), await town.person("Jon", "mentor")
        asked = await town.ask(mentee, mentor)
        town.gateway.saves = False
        path = f"/api/v1/requests/{asked['id']}/withdraw"
        response = await mentee.http.post(path, headers={"Idempotency-Key": "one"})
        assert response.headers["steadfast-lists"] == "behind"
        assert response.json()["state"] == "withdrawn"
        assert response.json()["mentor"]["name"] == "Jon"
        assert (await mentee.get(f"/api/v1/requests/{asked['id']}"))["state"] == "pending"


async def test_an_act_is_true_even_when_the_database_goes_down_after_it(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    reads, writes = town.database.reads, town.database.writes

    def goes_down() -> None:
        broken = Database("sqlite+aiosqlite:////nowhere/at/all.db")
        town.database.reads, town.database.writes = broken.reads, broken.writes

    town.gateway.after_act = goes_down
    response = await cast.mentor.http.post(
        f"/api/v1/requests/{asked['id']}/accept",
        json={"comment": "Yes."},
        headers={"Idempotency-Key": "one"},
    )
    town.database.reads, town.database.writes = reads, writes
    assert response.status_code == 200, response.text
    assert response.json()["state"] == "accepted"
    assert response.headers["steadfast-lists"] == "behind"


async def test_browsers_get_a_page_on_pages_only(town: World) -> None:
    def page(request: Request, found: Problem) -> Response:
        return HTMLResponse(f"<h1>{found.title}</h1>", found.status)

    town.app.state.error_page = page
    browser = {"Accept": "text/html,application/xhtml+xml"}
    shown = await town.anybody.get("/nothing", headers=browser)
    assert (shown.status_code, shown.headers["content-type"]) == (404, "text/html; charset=utf-8")
    problem(await town.anybody.get("/api/v1/nothing", headers=browser), 404)
    problem(await town.anybody.get("/nothing"), 404)
