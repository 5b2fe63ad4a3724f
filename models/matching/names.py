"""How names of skills and options are written and compared."""

import unicodedata


def tidy(name: str) -> str:
    """The name as it is kept: composed characters, single blanks, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def name_key(name: str) -> str:
    """What two spellings of one name share: the tidy name without regard to case."""
    return unicodedata.normalize("NFC", tidy(name).casefold())
