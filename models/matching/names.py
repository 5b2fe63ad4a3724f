"""How names of skills and options are written and compared."""

import unicodedata
from collections.abc import Iterable

from models.folding import fold


def tidy(name: str) -> str:
    """The stored form of a name: composed characters, single blanks, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def name_key(name: str) -> str:
    """What two spellings of one name share: the tidy name without regard to case."""
    return unicodedata.normalize("NFC", tidy(name).casefold())


class Named:
    """Looks up names that stand for themselves, such as preferences, without regard to case and accents."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = tuple(names)
        # In this order: of two names that differ by an accent alone, each is found by itself.
        self._found: dict[str, str] = {}
        for form in (name_key, fold):
            for name in listed:
                self._found.setdefault(form(name), name)

    def find(self, written: str) -> str | None:
        """The stored form of the name that is meant."""
        return self._found.get(name_key(written)) or self._found.get(fold(written))
