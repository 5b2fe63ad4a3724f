"""People are found by what they are called, on both databases alike, and their list is in its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from models.folding import order
from models.store import roster
from models.store.database import Database
from tests.store.programme import add_programme, import_lines

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HEADER = "email,name,roles"
NAMES = [
    "José Núñez", "Łukasz Żak", "Søren Ørsted", "Jürgen Müller", "İbrahim Işık", "Siobhán O’Neil",
    "Ann-Marie Smith", "علي حسن", "Ｆｕｌｌ Ｗｉｄｔｈ", "山田 太郎", "adam zed", "100% Sure_thing",
]  # fmt: skip


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    made = Database(migrated_url)
    yield made
    await made.close()


async def found(database: Database, programme_id: str, text: str, limit: int = 50) -> list[str]:
    names: list[str] = []
    after = ""
    while True:
        wanted = roster.Wanted(programme_id, NOW, text, after=after, limit=limit)
        with database.reading() as session:
            rows = roster.page(session, wanted)
        names += [row.name for row in rows]
        if len(rows) < limit:
            return names
        after = rows[-1].id


async def test_people_are_found_and_sorted_without_accents(database: Database) -> None:
    here = await add_programme(database)
    lines = [f"p{place}.o'x_{place}@example.org,{name},mentee" for place, name in enumerate(NAMES)]
    assert (await import_lines(database, here, HEADER, *lines)).written
    for text, expected in {
        "jose nunez": "José Núñez",
        "NUÑEZ josé": "José Núñez",
        "lukasz": "Łukasz Żak",
        "orsted": "Søren Ørsted",
        "muller": "Jürgen Müller",
        "mueller": "Jürgen Müller",
        "IBRAHIM": "İbrahim Işık",
        "o'neil": "Siobhán O’Neil",
        "oneil": "Siobhán O’Neil",
        "ann marie": "Ann-Marie Smith",
        "full  width": "Ｆｕｌｌ Ｗｉｄｔｈ",
        "山田太郎": "山田 太郎",
        "حَسَن": "علي حسن",
        "0%": "100% Sure_thing",
        "p4.o'x_4@example.org": "İbrahim Işık",
    }.items():
        assert await found(database, here, text) == [expected], text
    assert await found(database, here, "%%") == []
    everybody = await found(database, here, "")
    assert everybody == sorted(NAMES, key=order)
    assert await found(database, here, "", limit=5) == everybody
