"""Keeps checked records until all of a file is known to be good, in memory while they are few."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from pydantic import TypeAdapter

from models.importing.record import PersonRecord

IN_MEMORY = 32 * 1024 * 1024
"""Bytes; what is more goes to a temporary file without a name, which vanishes with the process."""

_CHUNKS = TypeAdapter(list[PersonRecord])


class Spool:
    """Takes chunks of records and gives them back in their order, as often as wanted. Close it at the end."""

    def __init__(self) -> None:
        self._file: IO[Any] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - `close`

    def add(self, records: Sequence[PersonRecord]) -> None:
        """One chunk; it is what `__iter__` gives back at a time."""
        self._file.write(_CHUNKS.dump_json(list(records)) + b"\n")

    def __iter__(self) -> Iterator[list[PersonRecord]]:
        self._file.seek(0)
        for line in self._file:
            yield _CHUNKS.validate_json(line)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
