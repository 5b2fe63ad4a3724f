"""Skills with their levels as people write them: `python:3`, `Python (Expert)`, `4 - advanced`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.importing.errors import BadValue
from models.importing.lists import entries, unfolded
from models.importing.names import NameBook
from models.importing.report import shown
from models.importing.titles import key
from models.importing.words import NO, YES

_NUMBER = re.compile(r"([0-9]{1,4})(?:[.,]0{1,6})?", re.ASCII)
_OF = re.compile(r"([0-9]{1,2})\s*(?:/|of|von|sur|de)\s*([0-9]{1,2})", re.ASCII | re.IGNORECASE)
_STARS = re.compile(r"([★⭐]+)[☆✩]*")
_FIRST = re.compile(r"([0-9]{1,2})\s*(?:[-–—:=.]\s*|[(\[]\s*)([^\W\d].*)", re.DOTALL)
_LAST = re.compile(r"(.*[^\W\d])\W*?(?:\s[-–—:=]\s*|[:=]\s*|[(\[]\s*)([0-9]{1,2})\s*[)\]]?", re.DOTALL)
_CALLED = re.compile(
    r"(?:level|lvl|l|stufe|niveau|nivel|livello|grade|note)\.?\s*([0-9]{1,2})", re.IGNORECASE
)
_BRACKETS = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]", re.DOTALL)
_DASH = re.compile(r"(.*\S)\s+[-–—]\s+(\S.*)|(.+?)\s*=\s*(.+)", re.DOTALL)
_SEVERAL = re.compile(r"[:=]\s*[0-9]+(?!\w)", re.ASCII)
_LIKE_LEVELS = re.compile(
    r"expert|advanced|intermediate|beginner|novice|basic|proficient|fluent|junior|senior|master|competent|none|"
    r"good|low|medium|high|average|strong|weak|anfanger|fortgeschritten|experte|grundkenntnisse|debutant|"
    r"intermediaire|avance|confirme|principiante|intermedio|avanzado|experto|level"
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels run from 1 to `top`. `words` are those of the file; `default` is for a skill without a level."""

    top: int
    words: Mapping[str, int] = field(default_factory=dict)
    default: int | None = None

    @classmethod
    def of(cls, top: int, words: Mapping[str, int], default: int | None) -> Scale:
        """Raises ValueError with a sentence for a level outside the scale."""
        for given in (*words.values(), *((default,) if default is not None else ())):
            if not (0 if given in words.values() else 1) <= given <= top:
                raise ValueError(f"Levels of this programme run from 1 to {top}; {given} is none.")
        return cls(top, {key(word): level for word, level in words.items()}, default)

    def read(self, text: str) -> int | None:
        """The level that a text stands for, 0 for no such skill; None if it is none of the scale."""
        bare = text.strip().strip("'")
        if (found := self.words.get(key(bare))) is not None:
            return found
        for pattern in (_NUMBER, _CALLED):
            if match := pattern.fullmatch(bare):
                return self._within(match[1])
        if match := _OF.fullmatch(bare):
            return self._within(match[1]) if int(match[2]) == self.top else None
        if match := _STARS.fullmatch(bare):
            return self._within(str(len(match[1])))
        return self._worded(bare)

    def _worded(self, text: str) -> int | None:
        """`4 - expert` and `Expert (4)`: the word counts where it is known, the number otherwise."""
        if match := _FIRST.fullmatch(text):
            number, word = match[1], match[2].rstrip(")] ")
        elif match := _LAST.fullmatch(text):
            word, number = match[1], match[2]
        else:
            return None
        return self.words.get(key(word)) or self._within(number)

    def _within(self, digits: str) -> int | None:
        return level if 1 <= (level := int(digits)) <= self.top else None


def levels(
    text: str, book: NameBook, scale: Scale, line: int, meant: Mapping[str, str] | None = None
) -> dict[str, int]:
    """A list of skills as levels by name; names are looked up in the book."""

    def is_known(entry: str) -> bool:
        apart = _apart(entry, book, scale)
        return book.has(apart[0] if apart else entry)

    found: dict[str, int] = {}
    wrong: list[str] = []
    bad: list[str] = []
    for part in entries(text, is_known, lambda entry: _apart(entry, book, scale) is not None, meant):
        try:
            name, level = one_skill(part, book, scale, line)
        except BadValue as error:
            wrong.extend(error.sentences)
            bad.append(part)
            continue
        if name in found:
            said = (_apart(part, book, scale) or (part, 0))[0]
            wrong.append(f"The skill {shown(said)} stands twice in this cell. Keep one.")
            bad.append(part)
        found[name] = level
    if wrong:
        raise BadValue(*wrong, entries=bad)
    return {name: level for name, level in found.items() if level}


def one_skill(part: str, book: NameBook, scale: Scale, line: int) -> tuple[str, int]:
    """The name and level of one entry. Raises BadValue."""
    apart = _apart(part, book, scale)
    name, level = apart or _without(part, scale)
    if _SEVERAL.search(name) and not book.has(name):
        raise BadValue(
            f"{shown(part)} looks like several skills in one. Put ; or | between them, like python:3|sql:2."
        )
    return book.look_up(name, line), level


def _apart(part: str, book: NameBook, scale: Scale) -> tuple[str, int] | None:
    """An entry as its name and its level, if it has one."""
    if scale.default is not None and book.has(part):
        return part, scale.default
    name, colon, rest = part.rpartition(":")
    candidates = [(name, rest)] if colon else []
    if match := _BRACKETS.fullmatch(part):
        candidates.append((match[1], match[2]))
    if match := _DASH.fullmatch(part):
        candidates.append((match[1] or match[3], match[2] or match[4]))
    for named, text in candidates:
        if (level := scale.read(text)) is not None:
            return named.strip(), level
    return None


def _without(part: str, scale: Scale) -> tuple[str, int]:
    """An entry in which no level was found, with the default one. Raises BadValue if there is none."""
    name, colon, rest = part.rpartition(":")
    if not colon and (match := _BRACKETS.fullmatch(part)) and _LIKE_LEVELS.match(key(match[2])):
        colon, name, rest = "(", match[1], match[2]
    if colon and (
        scale.default is None
        or scale.words
        or re.match(r"\s*[+-]?\d|\s*$", rest)
        or _LIKE_LEVELS.match(key(rest))
    ):
        raise BadValue(not_a_level(rest, scale, f" of {shown(name.strip())}"))
    if scale.default is None:
        raise BadValue(
            f"{shown(part)} has no level. Write it like {part[:20]}:3, or say a level for all without one: "
            "--level-default 3."
        )
    return part, scale.default


def cell_level(text: str, part: str, scale: Scale) -> int:
    """The level in a column of one skill, 0 for none: a level, or a tick. Raises BadValue."""
    if (level := scale.read(text)) is not None:
        return level
    word = text.strip().casefold()
    if word in NO:
        return 0
    if word in YES or key(text) == key(part):
        if scale.default is None:
            raise BadValue(f"{shown(part)} has no level. Say one for all that have none: --level-default 3.")
        return scale.default
    raise BadValue(not_a_level(text, scale, f" of {shown(part)}"))


def lone_level(text: str, scale: Scale) -> int:
    """The level in a column of its own. Raises BadValue."""
    if (level := scale.read(unfolded(text))) is None:
        raise BadValue(not_a_level(text, scale, ""))
    return level


def not_a_level(text: str, scale: Scale, of: str) -> str:
    bare = " ".join(text.split())
    said = f"The level {shown(bare)}{of} is not a whole number from 1 to {scale.top}."
    if bare and not bare.lstrip("+-").replace(".", "").isdecimal():
        said += (
            f" If the file says levels in words, say which each is: --level {shlex.quote(f'{bare[:40]}=3')}."
        )
    return said
