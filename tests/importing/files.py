"""Files to read in tests."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from models.importing.options import FileOptions
from models.importing.people import PeopleReader
from models.importing.record import ImportRules, PersonRecord
from models.importing.report import ImportReport


def read(
    content: str | bytes,
    rules: ImportRules | None = None,
    mapping: Mapping[str, str] | None = None,
    **options: Any,
) -> tuple[list[PersonRecord], ImportReport]:
    """The good records and the report of a file with this content."""
    source = io.BytesIO(content.encode() if isinstance(content, str) else content)
    reader = PeopleReader(source, rules, FileOptions(mapping=mapping or {}, **options))
    return list(reader), reader.report


def problems(
    content: str | bytes,
    rules: ImportRules | None = None,
    mapping: Mapping[str, str] | None = None,
    **options: Any,
) -> list[str]:
    """What is wrong with a file, as the command prints it."""
    return [str(problem) for problem in read(content, rules, mapping, **options)[1].problems]
