"""What people write, made safe to keep: no character that a database, a mail or a page cannot carry."""

from __future__ import annotations

import unicodedata

from models.process.errors import Invalid

MAX_MESSAGE = 4000
MAX_COMMENT = 2000
_KEPT_CONTROLS = "\n\t"
_LINE_ENDS = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n")
# Overrides, embeddings and isolates turn the direction of what follows them on a page or in a mail. The plain
# marks that right-to-left scripts need stay, and so do the joiners that make up emoji and Indic letters.
_DIRECTIONS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


_UNSEEN = dict.fromkeys(
    [
        *map(ord, "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2800\u3164\ufeff\uffa0"),
        *range(0x2060, 0x2070),
        *range(0xE0000, 0xE0080),
    ]
)
# Blanks, fillers and tags without width: with them two names look alike, or a name like none at all.


def clean(text: str, field: str, limit: int = MAX_COMMENT) -> str:
    """`text` stripped, with plain line ends, without control characters and those that turn the direction.

    Raises Invalid when it is over `limit`.

    PostgreSQL refuses NUL and lone surrogates for ever: a process that took them could never be saved.
    """
    unified = text.replace("\r\n", "\n").translate(_LINE_ENDS).translate(_DIRECTIONS)
    kept = "".join(c for c in unified if c in _KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cs"})
    kept = kept.strip()
    if len(kept) > limit:
        raise Invalid(f"This text has {len(kept)} characters; please keep it to {limit}.", field=field)
    return kept


def required(text: str, field: str, sentence: str, limit: int = MAX_COMMENT) -> str:
    """Like `clean`, and raises Invalid with `sentence` when nothing is left that can be seen."""
    kept = clean(text, field, limit)
    if not any(c.isprintable() and not c.isspace() for c in kept):
        raise Invalid(sentence, field=field)
    return kept


def one_line(text: str) -> str:
    """A name, a headline or another short text as it is stored: one line of composed characters, all visible.

    Empty when nothing can be seen. Every way in uses it: profile, invitation, import, command line.
    """
    if not (text.isascii() and text.isprintable()):
        plain = text.translate(_LINE_ENDS).translate(_DIRECTIONS).translate(_UNSEEN)
        kept = (c for c in plain if c in _KEPT_CONTROLS or unicodedata.category(c) not in {"Cc", "Cs"})
        text = unicodedata.normalize("NFC", "".join(kept))
    line = " ".join(text.split())
    return line if any(unicodedata.category(mark)[0] in "LNPS" for mark in line) else ""


def line(text: str, field: str, limit: int) -> str:
    """`one_line`. Raises Invalid when it is over `limit`."""
    return clean(one_line(text), field, limit)
