"""From bytes to records of cells: encoding, separator, quotes and physical line numbers. Streams."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from models.importing.report import Problem, shown

MAX_LINE = 1_000_000
"""Characters of one physical line; more is not a table of people, and would be read into memory whole."""

csv.field_size_limit(MAX_LINE)
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
SAMPLE = 65_536
"""Characters from which the separator is guessed."""


@dataclass(slots=True)
class Cells:
    """The cells of one record; `line` is the physical line on which it starts.

    `problems` are those of its text: bytes that are not UTF-8, NUL characters, quotes that do not close. The
    cells are empty if it could not be taken apart.
    """

    line: int
    cells: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        """Whether the record is a blank line or a row of empty cells, which spreadsheets leave at the end."""
        return not self.problems and not any(cell.strip() for cell in self.cells)


def read_cells(source: BinaryIO, encoding: str, choose: Callable[[str], str]) -> Iterator[Cells]:
    """Every record, the header included; `choose` gets the beginning and says which separator is used.

    Lines end with LF, CRLF or CR. `source` is read from its beginning. Raises nothing on bad input.
    """
    utf8 = encoding.startswith("utf-8")
    # Undecodable bytes come through as lone surrogates, so that the lines around them can still be checked.
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    text = io.TextIOWrapper(source, encoding=encoding, errors=errors, newline="")
    sample = text.read(SAMPLE)
    text.seek(0)
    lines = _Lines(text, utf8)
    named = _NAMED_SEPARATOR.match(sample)
    if named:
        next(lines)
    try:
        yield from _records(lines, named[1] if named else choose(sample))
    finally:
        text.detach()


_NAMED_SEPARATOR = re.compile(r"\ufeff?\"?sep=([^\r\n\"])\"?[,;\t]*\r?[\n\r]", re.IGNORECASE)
"""What Excel reads as the separator of what follows."""


def _records(lines: "_Lines", delimiter: str) -> Iterator[Cells]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
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

    def __init__(self, text: io.TextIOWrapper, utf8: bool = True) -> None:
        self.number = 0
        self.problems: list[Problem] = []
        self._text = text
        self._utf8 = utf8

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE:
            raise _LineTooLong
        return self._checked(line)

    def _checked(self, line: str) -> str:
        # Most lines pass these two scans and nothing else.
        if not line.isascii() and (bad := _ESCAPED_BYTE.search(line)):
            self.problems.append(Problem(self.number, None, _bad_byte(line, bad.start(), self._utf8)))
            line = _ESCAPED_BYTE.sub("\N{REPLACEMENT CHARACTER}", line)
        if "\0" in line:
            self.problems.append(
                Problem(self.number, None, "There is a NUL character in this line. Remove it.")
            )
            line = line.replace("\0", "")
        return line


def _bad_byte(line: str, at: int, utf8: bool) -> str:
    value = ord(line[at]) - 0xDC00
    if not utf8:
        return f"There is a byte (0x{value:02X}) that the encoding does not have. Try --encoding utf-8."
    raw = line.encode("utf-8", "surrogateescape")
    offset = len(line[:at].encode("utf-8", "surrogateescape")) + 1
    begin = max(0, offset - 12)
    read = _readings(raw[begin : offset + 8])
    return (
        f"Byte {offset} of this line (0x{value:02X}) is not UTF-8. Save the file as “CSV UTF-8”, or name its "
        f"encoding, the one with which it reads right there: {', '.join(read)}."
    )


_LIKELY = ("cp1252", "cp1250", "cp1254", "cp1251", "cp1253", "mac-roman")
"""What spreadsheets have written in the west, the middle and the east of Europe, in Turkey and in Greece."""


def _readings(raw: bytes) -> list[str]:
    """The likely encodings as options, each with what the bytes are by it; of those that agree the first."""
    found: dict[str, str] = {}
    for name in _LIKELY:
        text = raw.decode(name, "replace")
        if "\N{REPLACEMENT CHARACTER}" not in text:
            found.setdefault("".join(mark for mark in text if mark.isprintable()).strip(), name)
    return [f"--encoding {name} {shown(text)}" for text, name in found.items()]
