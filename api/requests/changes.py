"""What a changed request says that it did not say before, sentence by sentence. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from api.web.schemas import EntryOut

_WORDINGS = frozenset({"RequestSubmitted", "RequestEdited", "RequestResubmitted"})
"""What the timeline calls a new wording; the note is the message."""
_BETWEEN = re.compile(r"(?<=[.!?…؟।])\s+|(?<=[。！？])|\n")
_MOST = 300 * 300
"""Sentences of both messages, multiplied: nobody writes so many, and comparing them takes seconds."""
_MOST_ALIKE = 4000
"""Pairs of the same sentence in both: of few sentences that repeat, each comparison looks at all of them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some sentences in a row: `same`, or what HTML calls them, `del` or `ins`. `gap` is the blank before."""

    change: str
    gap: str
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`asked` is what the mentor asked for; None where the mentee changed it without being asked."""

    asked: str | None
    pieces: tuple[Piece, ...]

    @property
    def are_none(self) -> bool:
        return all(piece.change == "same" for piece in self.pieces)


def changes_of(timeline: Iterable[EntryOut]) -> Changes | None:
    """What changed since the mentor last asked for a change, or since the request was first sent.

    None where there is no newer wording, or the older one cannot be read any more.
    """
    wordings: list[str] = []
    base, asked = 0, None
    for entry in timeline:
        if entry.what in _WORDINGS:
            wordings.append(entry.note or "")
        elif entry.what == "AmendmentRequested":
            base, asked = len(wordings) - 1, entry.note or ""
    if not 0 <= base < len(wordings) - 1 or not wordings[base] or not wordings[-1]:
        return None
    return Changes(asked, tuple(compared(wordings[base], wordings[-1])))


def compared(old: str, new: str) -> Iterator[Piece]:
    before, after = list(_sentences(old)), list(_sentences(new))
    # Blanks do not count, so that a paragraph which is only broken otherwise has not changed.
    keys = [[" ".join(sentence.split()) for _, sentence in found] for found in (before, after)]
    for start, end, new_start, new_end in _runs(*keys):
        if keys[0][start:end] == keys[1][new_start:new_end]:
            yield _piece("same", after[new_start:new_end])
            continue
        for change, found in (("del", before[start:end]), ("ins", after[new_start:new_end])):
            if found:
                yield _piece(change, found)


def _runs(before: list[str], after: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where equal and different sentences stand, in order."""
    seen = Counter(after)
    if len(before) * len(after) > _MOST or sum(seen[one] for one in before) > _MOST_ALIKE:
        yield 0, len(before), 0, len(after)
        return
    for _, *places in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield places[0], places[1], places[2], places[3]


def _piece(change: str, sentences: Sequence[tuple[str, str]]) -> Piece:
    (gap, first), *rest = sentences
    return Piece(change, gap, first + "".join(blank + sentence for blank, sentence in rest))


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence after the blank that stands before it; a line that ends is the end of one."""
    end = 0
    for sentence in filter(None, map(str.strip, _BETWEEN.split(text))):
        start = text.index(sentence, end)
        yield text[end:start], sentence
        end = start + len(sentence)
