"""The data directory, and the lock that gives it to one process at a time.

DataDirectoryError
├── DataDirectoryInUse       another process holds it
└── DataDirectoryUnusable    it cannot be created or written
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Self

from models.operator_error import OperatorError

LOCK = "lock"


class DataDirectoryError(OperatorError):
    """What is wrong with the data directory; its text is one sentence for the operator, with the remedy."""


class DataDirectoryInUse(DataDirectoryError):
    def __init__(self, directory: Path, holder: str) -> None:
        super().__init__(
            f"The data directory {directory} is in use by {holder}: "
            "end that first, or name another with --data-dir."
        )


class DataDirectoryUnusable(DataDirectoryError):
    def __init__(self, directory: Path, error: OSError) -> None:
        super().__init__(
            f"The data directory {directory} cannot be used ({error.strerror}): "
            "make it a writable directory, or name another with --data-dir."
        )


class DirectoryLock:
    """Holds a data directory for one process; the kernel lets go of it however that process ends."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Creates the directory where needed; to acquire it twice is harmless.

        Raises DataDirectoryInUse, DataDirectoryUnusable.
        """
        if self._file is None:
            file = self._open()
            self._lock(file)
            self._file = file

    def release(self) -> None:
        """The file stays: were it removed, two processes could each lock a file of this name."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _open(self) -> IO[str]:
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.fdopen(os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        except OSError as error:
            raise DataDirectoryUnusable(self.directory, error) from error

    def _lock(self, file: IO[str]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = file.read().strip()
            file.close()
            who = f"process {holder}" if holder else "another process"
            raise DataDirectoryInUse(self.directory, who) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
