"""The rules of a time zone as a process carries them: a copy of what they were when it began.

A process that looked them up whenever it is replayed would compute other dates after new time zone data, and
then give the engine other commands than it did before, which stops it for good.
"""

from __future__ import annotations

import zlib
import zoneinfo
from base64 import b64decode, b64encode
from datetime import tzinfo
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_NO_PLACE = frozenset({"Factory", "localtime", "posixrules", "leapseconds"})
_OTHER_TABLES = ("SystemV/", "posix/", "right/")


@cache
def known() -> frozenset[str]:
    """The IANA names that a person or a programme may have.

    Those of the package and not of the machine: what one machine knows besides, another one does not, and
    `localtime` is another zone on each.
    """
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(name for name in names if name not in _NO_PLACE and not name.startswith(_OTHER_TABLES))


def zone(name: str) -> ZoneInfo:
    """By its name; UTC for one that was stored before such names were refused."""
    return ZoneInfo(name if name in known() else "UTC")


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
