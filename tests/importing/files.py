"""Files to read in tests."""

from __future__ import annotations

import io
from collections.abc import Mapping

from models.importing.people import PeopleReader
from models.importing.record import ImportRules, PersonRecord
from models.importing.report import ImportReport


def read(
    content: str | bytes, rules: ImportRules | None = None, mapping: Mapping[str, str] | None = None
) -> tuple[list[PersonRecord], ImportReport]:
    """The good records and the report of a file with this content."""
    source = io.BytesIO(content.encode() if isinstance(content, str) else content)
    reader = PeopleReader(source, rules, mapping)
    return list(reader), reader.report


def problems(
    content: str | bytes, rules: ImportRules | None = None, mapping: Mapping[str, str] | None = None
) -> list[str]:
    """What is wrong with a file, as the command prints it."""
    return [str(problem) for problem in read(content, rules, mapping)[1].problems]
