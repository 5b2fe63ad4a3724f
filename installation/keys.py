"""The installation's secret keys: from STEADFAST_SECRET_KEYS, or from a file that `steadfast up` makes.

KeysError
├── KeysMissing     there are none, and none may be made up here
├── KeysUnusable    the file cannot be read, or what it holds is no key
└── KeysLost        what is stored was encrypted with keys that are not there any more
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from models.operator_error import OperatorError
from settings import NEW_KEY, Settings, checked_keys

FILE = "secret.keys"
NEW_KEY_BYTES = 48


class KeysError(OperatorError):
    """One sentence for the operator, with the remedy and without a key."""


class KeysMissing(KeysError):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"STEADFAST_SECRET_KEYS is not set and there is no {file}: set it to this installation's keys, "
            f"the same for every api and worker; `{NEW_KEY}` makes one for a new installation."
        )


class KeysUnusable(KeysError):
    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"The keys in {file} cannot be used: the file {reason}.")


class KeysLost(KeysError):
    pass


def key_file(settings: Settings) -> Path:
    return settings.data_dir.resolve() / FILE


def load_keys(settings: Settings) -> tuple[str, ...]:
    """The keys, newest first, at least one. Raises KeysError."""
    stored = _read(key_file(settings))
    keys = settings.secret_keys or stored
    if not keys:
        raise KeysMissing(key_file(settings))
    if settings.secret_keys and not set(stored) <= set(settings.secret_keys):
        raise KeysLost(
            f"STEADFAST_SECRET_KEYS lacks a key that stands in {key_file(settings)}: put it at the end "
            "of the variable, or take it out of the file if nothing needs it any more."
        )
    return keys


def ensure_keys(settings: Settings) -> tuple[str, ...]:
    """Like `load_keys`, but a new data directory gets a key of its own, readable by its owner only."""
    try:
        return load_keys(settings)
    except KeysMissing:
        if (settings.data_dir / "engine.db").exists():
            raise KeysLost(
                f"{settings.data_dir.resolve()} holds processes of an earlier run, but {FILE} is gone: "
                "put it back from a backup, or set STEADFAST_SECRET_KEYS to the keys that were used."
            ) from None
        _create(key_file(settings), secrets.token_urlsafe(NEW_KEY_BYTES))
        return load_keys(settings)


def _read(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text("utf-8").split()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise KeysUnusable(file, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise KeysUnusable(file, "is not text: put it back from a backup") from error
    try:
        return checked_keys(tuple(lines)) if lines else _refuse_empty(file)
    except ValueError as error:
        raise KeysUnusable(file, str(error)) from error


def _refuse_empty(file: Path) -> tuple[str, ...]:
    raise KeysUnusable(file, "is empty: put it back from a backup")


def _create(file: Path, key: str) -> None:
    """Complete or not there at all, whenever the process is killed."""
    draft = file.with_name(f"{FILE}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(f"{key}\n")
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(file)
    except OSError as error:
        raise KeysUnusable(file, f"cannot be written ({error.strerror})") from error
