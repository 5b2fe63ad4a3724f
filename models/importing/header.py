"""Where the header of a table is: forms and exports have rows above it, or two rows of titles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from models.importing.lines import Cells
from models.importing.options import FileOptions
from models.importing.titles import field_by_custom, field_by_name, key, one_line

MAX_ABOVE = 50
_ANSWERS = frozenset({"response", "openendedresponse", "antwort", "reponse", "respuesta"})
"""What survey tools write under a question that has one answer."""


class Header:
    """Knows a header by its titles: those that a map names, and those of fields."""

    def __init__(self, options: FileOptions) -> None:
        self._mapped = {key(title) for title in options.mapping}
        self._email = {key(title) for title, target in options.mapping.items() if key(target) == "email"}

    def recognised(self, cells: list[str]) -> int:
        """How many of the cells are titles that are known; the one of the address counts twice."""
        found = 0
        for title in cells:
            if not title or len(title) > 1000:
                continue
            name = field_by_name(title) or field_by_custom(title)
            found += name is not None or key(title) in self._mapped
            found += name == "email" or key(title) in self._email
        return found


def find_header(rows: Iterator[Cells], header: Header) -> tuple[Cells | None, list[Cells], Iterator[Cells]]:
    """The header, what stands above it, and the rows below it."""
    ahead: list[Cells] = []
    filled = 0
    for row in rows:
        ahead.append(row)
        filled += not row.blank
        if header.recognised(row.cells) >= 2 or filled >= MAX_ABOVE or len(ahead) >= 10 * MAX_ABOVE:
            break
    weights = [header.recognised(row.cells) for row in ahead]
    candidates = [place for place, row in enumerate(ahead) if row.cells and not row.blank]
    if not candidates:
        return None, ahead, iter(())
    best = max(candidates, key=lambda place: (weights[place], -place))
    above, below = ahead[:best], chain(ahead[best + 1 :], rows)
    found, rest = _second_row(ahead[best], below)
    return replace(found, problems=[]), [*above, replace(found, cells=[])], rest


def _second_row(first: Cells, below: Iterator[Cells]) -> tuple[Cells, Iterator[Cells]]:
    """Survey tools write the choices under the question: `Question [choice]` is the title then."""
    second = next(islice(below, 1), None)
    if second is None:
        return first, below
    if second.cells and all(cell.startswith('{"ImportId"') for cell in second.cells if cell):
        return first, below
    # A row with an address is a person, whose unit may well be called Response.
    if any("@" in cell for cell in second.cells):
        return first, chain([second], below)
    if not any(key(cell) in _ANSWERS for cell in second.cells) or len(second.cells) > len(first.cells):
        return first, chain([second], below)
    titles, question = [], ""
    for place, title in enumerate(first.cells):
        question = title.strip() or question
        answer = second.cells[place].strip() if place < len(second.cells) else ""
        plain = not answer or key(answer) in _ANSWERS
        titles.append(one_line(question) if plain else f"{one_line(question)} [{one_line(answer)}]")
    return replace(first, cells=titles), below
