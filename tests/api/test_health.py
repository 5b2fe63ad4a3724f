"""Probes, metrics, logs and the description."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy import select

from api.web import docs
from api.web.housekeeping import tidy
from models.store import access
from models.store.delivery import SessionRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import World, world

pytestmark = SQLITE


async def test_ready_and_not(town: World) -> None:
    assert (await town.anybody.get("/healthz")).json() == {"status": "alive"}
    ready = await town.anybody.get("/readyz")
    assert ready.json() == {"status": "ready", "parts": {"database": "ok", "engine": "ok"}}
    town.gateway.is_down = True
    down = await town.anybody.get("/readyz")
    assert down.status_code == 503
    assert down.json()["detail"] == "The engine cannot be reached."
    assert [one["field"] for one in down.json()["errors"]] == ["engine"]


async def test_a_part_that_hangs_is_down(town: World, tmp_path: Path) -> None:
    town.gateway.hangs = True
    async with asyncio.timeout(4):
        assert (await town.anybody.get("/readyz")).status_code == 503
    async with world(f"sqlite+aiosqlite:///{tmp_path}/missing/x.db") as broken:
        down = await broken.anybody.get("/readyz")
        assert [one["field"] for one in down.json()["errors"]] == ["database"]
        assert (await broken.anybody.get("/healthz")).status_code == 200


async def test_logs_and_metrics_know_templates_only(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    canary = "canary-token-77"
    with structlog.testing.capture_logs() as lines:
        await cast.mentee.get(f"/api/v1/requests/{asked['id']}")
        await town.anybody.get(f"/api/v1/requests/{canary}?q={canary}")
        await town.anybody.get(f"/nothing/{canary}")
        await town.anybody.request("BREW", f"/{canary}")
    metrics = (await town.anybody.get("/metrics")).text
    for seen in (str(lines), metrics):
        assert canary not in seen
        assert asked["id"] not in seen
        assert "amara" not in seen
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/api/v1/requests/{request_id}",
        "/api/v1/requests/{request_id}",
        "unmatched",
        "unmatched",
    ]
    counted = (
        'steadfast_http_requests_total{method="GET",route="/api/v1/requests/{request_id}",status="200"} 1.0'
    )
    assert counted in metrics
    assert 'method="other"' in metrics


async def test_metrics_can_ask_for_a_token(migrated_url: str) -> None:
    token = "a-token-of-the-tests-that-is-long-enough"
    async with world(migrated_url, metrics_token=token) as watched:
        for wrong in ("", "Bearer other", "Bearer caf\u00e9", f"Basic {token}"):
            refused = await watched.anybody.get("/metrics", headers={b"Authorization": wrong.encode()})
            assert refused.status_code == 401
            assert "STEADFAST_METRICS_TOKEN" in refused.json()["detail"]
            assert "steadfast_http" not in refused.text
        right = await watched.anybody.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert "steadfast_http_requests" in right.text
        assert (await watched.anybody.get("/healthz")).status_code == 200


async def test_the_description(town: World) -> None:
    document = (await town.anybody.get("/api/v1/openapi.json")).json()
    assert document == docs.described(town.app)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            for status, answer in operation["responses"].items():
                kinds = set(answer.get("content", {}))
                assert bool(kinds) == (status != "204"), (method, path, status)
                assert (
                    kinds <= {"application/json", "text/csv"}
                    if status < "400"
                    else {"application/problem+json"}
                )
            names = {one["name"] for one in operation.get("parameters", [])}
            assert ("Idempotency-Key" in names) >= (method == "post"), (method, path)
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert "accepting" not in str(document)


async def test_the_page_of_the_description(town: World) -> None:
    response = await town.anybody.get("/docs")
    assert response.headers["content-type"].startswith("text/html")
    page = response.text.replace("<wbr>", "")
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    for text in ("POST /api/v1/programmes/{slug}/requests", 'id="not-found"', "Idempotency-Key"):
        assert text in page


async def test_tidying_up(town: World, cast: Cast) -> None:
    with town.database.writing() as session:
        access.create_session(session, cast.mentee.id, town.clock())
    town.clock.forward(days=40)
    await tidy(town.ctx)
    with town.database.reading() as session:
        assert session.scalars(select(SessionRow)).all() == []
