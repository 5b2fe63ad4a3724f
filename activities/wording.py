"""How dates and people's words are put into a mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from markupsafe import Markup, escape

from models import zones
from models.process import zone_rules
from models.process.terms import USUAL_WORDS, Words

_TURNING = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
"""Direction controls: in a name they would turn round the words behind it."""


def moment(at: datetime, zone: str) -> str:
    """`at` written out on the reader's own clock: “Tuesday 3 March 2026 at 16:42, Berlin time”."""
    local = at.astimezone(zone_rules.zone(zone))
    return f"{_date(local.date())} at {local:%H:%M}, {zones.clock(zone)}"


def day(at: datetime, zone: str) -> str:
    """The date alone, on the reader's own calendar: “Tuesday 3 March 2026”."""
    return _date(at.astimezone(zone_rules.zone(zone)).date())


def weekday(at: datetime, zone: str) -> str:
    """The date for a label: “Tuesday 3 March”."""
    return _date(at.astimezone(zone_rules.zone(zone)).date(), "EEEE d MMMM")


def short_day(at: datetime, zone: str) -> str:
    """The date beneath a picture: “3 March”."""
    return _date(at.astimezone(zone_rules.zone(zone)).date(), "d MMMM")


@lru_cache(maxsize=1024)
def _date(day: date, form: str = "EEEE d MMMM y") -> str:
    return format_date(day, form, "en_GB")


def one_line(text: str, limit: int = 200) -> str:
    """`text` for a header or a name: control characters become spaces; it is cut at `limit` characters."""
    line = _flat(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _flat(text: str) -> str:
    if not text.isprintable():  # nearly all are, and to look at each character takes a fifth of a mail's time
        text = "".join(" " if _breaks(c) else c for c in _straight(text))
    return " ".join(text.split())


def _straight(text: str) -> str:
    return text.translate(_TURNING)


_UNLINKED = "\u200b"
"""A space of no width: mail programs make no link across it."""
_LINKING = re.compile(
    rf"""(?<=[^\W\d_]):(?=[^\s{_UNLINKED}])    # https: mailto: javascript:
    | (?<=\w)[.。．｡](?=[^\W\d_]{{2}})          # evil.example
    | \\(?=\\)                                # \\\\server
    """,
    re.VERBOSE,
)


def defused(text: str) -> str:
    """People's words on one line, of which no mail program makes a link: names, headlines, reasons."""
    return _LINKING.sub(lambda found: f"{found[0]}{_UNLINKED}", _flat(text))


_LEFT_TO_RIGHT = "\u200e"


def upright(line: str, names: Iterable[str]) -> str:
    """A sentence of ours that begins with a name, from left to right also when the name runs the other way.

    Mail programs take the direction of a line from its first letter.
    """
    turned = any(line.startswith(name) and line != name and _runs_to_the_left(name) for name in names)
    return f"{_LEFT_TO_RIGHT}{line}" if turned else line


def _runs_to_the_left(text: str) -> bool:
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((found for found in directions if found in {"L", "R", "AL"}), "L") != "L"


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def quoted(text: str) -> Markup:
    """People's words in the text part: every line marked, so that none of them passes for a line of ours."""
    marked = (f"> {line}".rstrip() for line in _straight(text).splitlines() or [""])
    return Markup("\n".join(marked))  # noqa: S704 - the text part has no markup that could be hidden in it


def lines(text: str) -> Markup:
    """People's words in the HTML part: escaped, with their line breaks and with the spaces before a line."""
    return Markup("<br>").join(
        Markup("&nbsp;") * (len(line) - len(line.lstrip(" "))) + escape(line.lstrip(" "))
        for line in _straight(text).splitlines()
    )


_SHORT_LINES, _LINE = 4, 34
"""How many lines of a letter leave room for the button beneath it on the first screen of a phone."""


def is_long(text: str) -> bool:
    """Whether people's words would push the button off the first screen of a phone."""
    return sum(max(1, -(-len(line) // _LINE)) for line in text.splitlines()) > _SHORT_LINES


def begun(text: str) -> str:
    """`text` with a capital first letter; a word with capitals of its own, like “iOS”, stays as it is."""
    first = text.split(maxsplit=1)[:1]
    return text[:1].upper() + text[1:] if first and first[0].islower() else text


_ROLES = {"mentee": "a_mentee", "mentor": "a_mentor", "admin": "a_coordinator"}


def as_roles(roles: tuple[str, ...], terms: Words = USUAL_WORDS) -> str:
    """`both a mentee and a mentor`."""
    words = [terms[_ROLES[role]] for role in roles]
    if len(words) == 2:
        return f"both {words[0]} and {words[1]}"
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
