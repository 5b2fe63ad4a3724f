"""Time and memory of a large import: `python -m bench.importing [--lines N] [--database-url URL]`.

Writes a CSV of people made from the sample, imports it into a database (by default SQLite in a temporary
directory; any other must be empty), then imports it again, which must change nothing. The peak is that of
this whole process.
"""

import argparse
import asyncio
import csv
import io
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from models.importing.options import FileOptions
from models.process.programme import ProgrammeSettings
from models.sample.people import COLUMNS, people
from models.store.database import Database
from models.store.importing import ImportOptions, import_people
from models.store.schema import metadata
from models.store.tables import ProgrammeRow

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def main() -> None:
    """Prints a line for each of the two imports and one for the memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--database-url", default="")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        url = chosen.database_url or f"sqlite+aiosqlite:///{directory}/bench.db"
        file = Path(directory, "people.csv")
        _write(file, chosen.lines)
        print(f"{chosen.lines:,} lines, {file.stat().st_size / 1e6:.1f} MB")
        asyncio.run(_run(url, file))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _write(file: Path, lines: int) -> None:
    base = people()[:-1]
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, COLUMNS, restval="")
        writer.writeheader()
        for place in range(lines):
            line = base[place % len(base)]
            writer.writerow(line | {"email": f"{place}.{line['email']}"})


async def _run(url: str, file: Path) -> None:
    database = Database(url)
    metadata.create_all(database.writes.engine)
    programme = str(uuid4())
    settings = ProgrammeSettings().stored()
    with database.writing() as session:
        session.add(ProgrammeRow(id=programme, slug="bench", name="Bench", settings=settings, created_at=NOW))
    options = ImportOptions(file=FileOptions(mapping={"experience": "attribute:experience"}))
    for _ in range(2):
        started, worked = time.perf_counter(), time.process_time()
        source = io.BytesIO(file.read_bytes())  # noqa: ASYNC240 - nothing else runs
        report = await import_people(database, programme, source, NOW, options=options)
        taken, worked = time.perf_counter() - started, time.process_time() - worked
        print(f"created {report.created:,}, unchanged {report.unchanged:,}", *report.problems, end=" ")
        print(f"in {taken:.1f} s, of which {worked:.1f} s on a processor")
    await database.close()


if __name__ == "__main__":
    main()
