"""Whoever waits for a save hears of it, whether it came before or after."""

from __future__ import annotations

import asyncio

from models.store import saves
from models.store.saves import Saves

PATIENCE = 20.0
AT_ONCE = 0.001


async def test_a_save_that_came_before_is_known() -> None:
    news = Saves()
    news.saved("one", 3)
    assert await news.wait_for("one", 2, PATIENCE)
    assert await news.wait_for("one", 3, PATIENCE)
    assert not await news.wait_for("one", 4, AT_ONCE)
    assert not await news.wait_for("another", 1, AT_ONCE)


async def test_all_who_wait_hear_of_the_version_they_wait_for() -> None:
    news = Saves()
    waiting = [asyncio.create_task(news.wait_for("one", version, PATIENCE)) for version in (1, 2, 2)]
    await asyncio.sleep(0)
    news.saved("one", 1)
    assert await waiting[0]
    assert not waiting[1].done()
    news.saved("one", 2)
    assert await asyncio.gather(*waiting) == [True, True, True]


async def test_an_older_save_that_comes_late_takes_nothing_back() -> None:
    news = Saves()
    news.saved("one", 5)
    news.saved("one", 4)
    assert await news.wait_for("one", 5, AT_ONCE)


async def test_what_is_remembered_does_not_grow_without_end() -> None:
    news = Saves()
    for number in range(saves.REMEMBERED + 1):
        news.saved(f"process {number}", 1)
    assert not await news.wait_for("process 0", 1, AT_ONCE)
    assert await news.wait_for("process 1", 1, AT_ONCE)
