"""The rules of a time zone as a process carries them: a copy of what they were when it began.

A process that looked them up whenever it is replayed would compute other dates after new time zone data, and
then give the engine other commands than it did before, which stops it for good.
"""

from __future__ import annotations

import zlib
import zoneinfo
from base64 import b64decode, b64encode
from datetime import tzinfo
from functools import lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def rules_of(name: str) -> str:
    """The data of a zone (RFC 8536) as this machine has it now, packed; those of UTC for an unknown name."""
    return b64encode(zlib.compress(_data(name if _is_known(name) else "UTC"), 9)).decode()


@lru_cache(maxsize=1024)
def zone_with(rules: str) -> tzinfo:
    return ZoneInfo.from_file(BytesIO(zlib.decompress(b64decode(rules))))


def _is_known(name: str) -> bool:
    """Also keeps out names that lead to other places in the file system."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _data(name: str) -> bytes:
    """From where `zoneinfo` takes it: the machine's files, then the package."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder, name)
        if file.is_file():
            return file.read_bytes()
    return resources.files("tzdata").joinpath("zoneinfo", name).read_bytes()
