"""A sheet of a workbook (XLSX, XLS, ODS), read by a process of its own.

A small file can unfold to any size, and a library that runs out of memory ends the process that it runs in.
So this module, run with the path of a file, prints the rows as JSON within bounds of memory and time.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from models.importing.lines import Cells
from models.importing.report import Problem, shown

MAX_MEMORY = 2 * 1024 * 1024 * 1024
MAX_SECONDS = 120
MAX_ROWS = 500_000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of what an XLSX with a password holds."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TOO_LARGE = "The workbook is too large, or unfolds to too much. Save the sheet of people as “CSV UTF-8”."
_REASONS = {
    "password": "The workbook is protected by a password. Save it without one, or as “CSV UTF-8”.",
    "broken": "The file is no workbook that can be read, or is damaged. Save the sheet as “CSV UTF-8”.",
}


def is_workbook(file: IO[Any]) -> bool:
    """Whether the file begins as a workbook or an archive does."""
    file.seek(0)
    start: bytes = file.read(8)
    return start.startswith((_ZIP, _OLE))


def read_sheet(file: IO[Any], wanted: str, recognised: Callable[[list[str]], int]) -> Iterator[Cells]:
    """The rows of the sheet named `wanted`, or of the first one with a header, with their numbers.

    `recognised` counts the known titles of a row. What cannot be read gives one row with a problem.
    """
    with tempfile.NamedTemporaryFile() as copy, tempfile.TemporaryFile() as rows:
        file.seek(0)
        while chunk := file.read(1024 * 1024):
            copy.write(chunk)
        copy.flush()
        reason = _run(copy.name, wanted, rows)
        rows.seek(0)
        if reason is None:
            place = 0 if wanted else _chosen(rows, recognised)
            rows.seek(0)
            yield from _cells(rows, place)
        else:
            yield Cells(0, problems=[Problem(0, None, reason)])


def _run(path: str, wanted: str, rows: IO[Any]) -> str | None:
    command = [sys.executable, "-m", "models.importing.sheets", path, wanted]
    try:
        done = subprocess.run(command, stdout=rows, stderr=subprocess.PIPE, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return _TOO_LARGE
    if done.returncode == 0:
        return None
    last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if last.startswith("sheets:"):
        return f"The workbook has no sheet {shown(wanted)}. There are: {last.removeprefix('sheets:')}."
    return _REASONS.get(last, _TOO_LARGE)


def _chosen(rows: IO[Any], recognised: Callable[[list[str]], int]) -> int:
    """The place of the first sheet that has a row with two known titles, or of the first with rows."""
    first: int | None = None
    for line in rows:
        place, row, cells = json.loads(line)
        first = place if first is None and any(cells) else first
        if row <= 100 and recognised(cells) >= 2:
            return int(place)
    return first or 0


def _cells(rows: IO[Any], wanted: int) -> Iterator[Cells]:
    for line in rows:
        place, row, cells = json.loads(line)
        if place == wanted:
            yield Cells(row, cells)


def _print_rows(path: str, wanted: str) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    # By what the file holds: from its path it would be taken for what its name ends with.
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    names = [
        one.name
        for one in book.sheets_metadata
        if one.typ == SheetTypeEnum.WorkSheet and (wanted or one.visible == SheetVisibleEnum.Visible)
    ]
    if wanted and wanted not in names:
        sys.exit(f"sheets:{', '.join(map(shown, names[:20]))}")
    for place, name in enumerate([wanted] if wanted else names[:20]):
        sheet = book.get_sheet_by_name(name)
        start = sheet.start[0] if sheet.start else 0
        for number, row in enumerate(sheet.to_python(nrows=MAX_ROWS), start + 1):
            sys.stdout.write(json.dumps([place, number, _texts(row)]) + "\n")


def _texts(row: Sequence[Any]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell as a CSV would have it: whole numbers without a point, dates as ISO 8601."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).replace("\0", "") if not isinstance(value, timedelta) else str(value)


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415

    try:
        _print_rows(sys.argv[1], sys.argv[2])
    except PasswordError:
        sys.exit("password")
    except (CalamineError, OSError, ValueError) as error:
        locked = "password" in str(error).casefold() or _ENCRYPTED in Path(sys.argv[1]).read_bytes()
        sys.exit("password" if locked else "broken")


if __name__ == "__main__":
    _main()
