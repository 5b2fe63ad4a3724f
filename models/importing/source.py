"""From a file of any kind to its rows: a text in some encoding, or a sheet of a workbook."""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO

from models.importing.lines import Cells, read_cells
from models.importing.options import FileOptions
from models.importing.report import Problem, shown
from models.importing.sheets import is_workbook, read_sheet

MAX_BYTES = 100 * 1024 * 1024
IN_MEMORY = 32 * 1024 * 1024
SEPARATORS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")


def read_table(
    source: BinaryIO, options: FileOptions, recognised: Callable[[list[str]], int]
) -> Iterator[Cells]:
    """Every row, those above the header included; `recognised` counts the titles of a row that are known.

    `source` is read once from where it stands. A file that cannot be read gives one row with a problem.
    """
    with _copied(source) as file:
        if file is None:
            yield _refused(f"The file has more than {MAX_BYTES // 1024 // 1024} MB. Import it in parts.")
        elif is_workbook(file):
            yield from read_sheet(file, options.sheet, recognised)
        else:
            encoding, doubt = (options.encoding, "") if options.encoding else _encoding(file)
            if doubt:
                yield Cells(0, warnings=[Problem(0, None, doubt)])
            file.seek(0)
            name = "utf-8-sig" if encoding == "utf-8" else encoding
            yield from read_cells(
                io.BufferedReader(_Open(file)), name, lambda text: separator(text, recognised)
            )


def separator(text: str, recognised: Callable[[list[str]], int]) -> str:
    """The separator with which a row has the most known titles, or else the most cells."""
    return max(SEPARATORS, key=lambda one: (_weight(text, one, recognised), -SEPARATORS.index(one)))


def _weight(text: str, delimiter: str, recognised: Callable[[list[str]], int]) -> tuple[int, int]:
    rows: list[list[str]] = []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t"
    )
    try:
        for row in reader:
            if any(row):
                rows.append(row)
            if len(rows) == 30:
                break
    except csv.Error:
        pass
    cells = max((len(row) for row in rows), default=0)
    best = max((recognised(row) for row in rows), default=0)
    return best, cells if cells > 1 and delimiter != "|" else 0


@contextmanager
def _copied(source: BinaryIO) -> Iterator[IO[Any] | None]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        size = 0
        while chunk := source.read(1024 * 1024):
            size += len(chunk)
            if size > MAX_BYTES:
                yield None
                return
            file.write(chunk)
        file.seek(0)
        yield file


def _refused(sentence: str) -> Cells:
    return Cells(0, problems=[Problem(0, None, sentence)])


def _encoding(file: IO[Any]) -> tuple[str, str]:
    """The encoding, and a sentence where it was concluded from the letters."""
    file.seek(0)
    start: bytes = file.read(4096)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, ""
    if start.count(0) > len(start) // 4:
        return ("utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"), ""
    file.seek(0)
    content: bytes = file.read()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_western(content):
            near = content[max(0, error.start - 10) : error.start + 10].decode("cp1252", "replace")
            word = " ".join(near.split())
            return "cp1252", (
                f"The file is not in UTF-8; it was read as Windows-1252, such as {shown(word)}. If that is "
                "wrong, name the encoding: --encoding mac-roman."
            )
    return "utf-8-sig", ""


def _is_western(content: bytes) -> bool:
    """Whether every encoding that is likely reads the same letters: then Windows-1252 is no guess."""
    runs = [match[0] for match in _HIGH.finditer(content)]
    if any(len(run) > 2 or not _SAME.issuperset(run) for run in runs):
        return False
    # An upper-case letter after a lower-case one is a sign of another encoding.
    return not re.search(rb"[a-z][\xc0-\xde]", content)


def _agreed() -> Iterator[int]:
    for value in (0x80, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, *range(0xA0, 0x100)):
        letters = {bytes([value]).decode(name, "replace") for name in ("cp1252", "cp1250", "cp1254")}
        if len(letters) == 1:
            yield value


_SAME = frozenset(_agreed())


class _Open(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._file.seek(offset, whence)
        return self._file.tell()

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
