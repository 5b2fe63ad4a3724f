"""A database that cannot be reached is a 503 in bounded time, never a hang and never a false success."""

from __future__ import annotations

from pathlib import Path

from tests.api.test_errors import problem
from tests.api.world import world


async def test_a_database_that_is_down(tmp_path: Path) -> None:
    async with world(f"sqlite+aiosqlite:///{tmp_path}/missing/steadfast.db") as town:
        found = problem(await town.anybody.get("/api/v1/me", headers={"Authorization": "Bearer x"}), 503)
        assert found["type"] == "/docs#database-down"
        signing = await town.anybody.post("/api/v1/sign-in", json={"email": "a@example.org"})
        problem(signing, 503)


async def test_a_postgresql_that_is_down(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}"
    async with world(url) as town:
        problem(await town.anybody.get("/api/v1/me", headers={"Authorization": "Bearer x"}), 503)
