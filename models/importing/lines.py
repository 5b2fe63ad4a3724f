"""From bytes to records of cells: encoding, separator, quotes and physical line numbers. Streams."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from models.importing.report import Problem

MAX_LINE = 1_000_000
"""Characters of one physical line; more is not a table of people, and would be read into memory whole."""

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_FOREIGN_STARTS = {
    b"\xff\xfe": "The file is in UTF-16. Save it as “CSV UTF-8” and import that.",
    b"\xfe\xff": "The file is in UTF-16. Save it as “CSV UTF-8” and import that.",
    b"PK\x03\x04": "The file is a spreadsheet or an archive. Save the sheet as “CSV UTF-8” and import that.",
}


@dataclass(slots=True)
class Cells:
    """The cells of one record; `line` is the physical line on which it starts.

    `problems` are those of its text: bytes that are not UTF-8, NUL characters, quotes that do not close. The
    cells are empty if it could not be taken apart.
    """

    line: int
    cells: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Whether the record is a blank line or a row of empty cells, which spreadsheets leave at the end."""
        return not self.problems and not any(cell.strip() for cell in self.cells)


def read_cells(source: BinaryIO, choose: Callable[[str], str]) -> Iterator[Cells]:
    """Every record, the header included; `choose` gets the first line and says which separator is used.

    UTF-8 with or without a byte order mark; lines end with LF, CRLF or CR. Raises nothing on bad input.
    """
    buffered = io.BufferedReader(_Raw(source))
    refusal = _foreign(buffered)
    if refusal:
        yield Cells(0, problems=[Problem(0, None, refusal)])
        return
    # Undecodable bytes come through as lone surrogates, so that the lines around them can still be checked.
    text = io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _Lines(text)
    yield from _records(lines, choose)


def _foreign(buffered: "io.BufferedReader[_Raw]") -> str | None:
    start = buffered.peek(4)[:4]
    return next((words for mark, words in _FOREIGN_STARTS.items() if start.startswith(mark)), None)


def _records(lines: "_Lines", choose: Callable[[str], str]) -> Iterator[Cells]:
    first = lines.peek()
    reader = csv.reader(lines, delimiter=choose(first), strict=True, skipinitialspace=True)
    while True:
        start = lines.number + 1
        lines.problems = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Cells(start, problems=[*lines.problems, Problem(start, None, _explain(str(error)))])
            if _LOST in str(error):
                return
        except _LineTooLong:
            yield Cells(start, problems=[Problem(start, None, _TOO_LONG)])
            return
        else:
            yield Cells(start, cells, lines.problems)


_TOO_LONG = (
    f"A line has more than {MAX_LINE:,} characters, so the rest was not read. Is this a table of people?"
)


_LOST = "field larger"
"""What the csv module says when a quotation mark swallowed line after line; what follows makes no sense."""


def _explain(error: str) -> str:
    if "unexpected end" in error:
        return "A quotation mark opens here and never closes, so the rest of the file was not read. Close it."
    if _LOST in error:
        return "A quotation mark opens here and does not close for long, so the rest was not read. Close it."
    return (
        "A quotation mark stands inside a cell. Put the whole cell in quotation marks and double those in it."
    )


class _LineTooLong(Exception):
    pass


class _Lines:
    """Physical lines with their number, noting what is wrong with their bytes in `problems`."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.number = 0
        self.problems: list[Problem] = []
        self._text = text
        self._ahead: str | None = None

    def __iter__(self) -> "_Lines":
        return self

    def peek(self) -> str:
        """The line that comes next, empty at the end."""
        if self._ahead is None:
            self._ahead = self._text.readline(MAX_LINE + 1)
        return self._ahead

    def __next__(self) -> str:
        line = self.peek()
        self._ahead = None
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE:
            raise _LineTooLong
        return self._checked(line)

    def _checked(self, line: str) -> str:
        # Most lines pass these two scans and nothing else.
        if not line.isascii() and (bad := _ESCAPED_BYTE.search(line)):
            self.problems.append(Problem(self.number, None, _bad_byte(line, bad.start())))
            line = _ESCAPED_BYTE.sub("\N{REPLACEMENT CHARACTER}", line)
        if "\0" in line:
            self.problems.append(
                Problem(self.number, None, "There is a NUL character in this line. Remove it.")
            )
            line = line.replace("\0", "")
        return line


def _bad_byte(line: str, at: int) -> str:
    offset = len(line[:at].encode("utf-8", "surrogateescape")) + 1
    value = ord(line[at]) - 0xDC00
    remedy = "Save the file as “CSV UTF-8” and import that."
    return f"Byte {offset} of this line (0x{value:02X}) is not UTF-8. {remedy}"


class _Raw(io.RawIOBase):
    """Any object with `read`, as what `BufferedReader` wants; the source is left open at the end."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        chunk = self._source.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
