"""Writes docs/access.md from the table; `make docs` runs it, and a test fails while the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.access.table import CALLERS, IN_TOUCH, STATES, TABLE, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "access.md"

HEAD = """# Who may do what

Written by `make docs` from `tests/access/table.py`; every cell is sent to the app in `make test`, for
requests and relationships in each of their states, and a route without a row fails the build. Change the
table, not this page.

A cell is the status of the answer. **Bold** is success; where the column *in* lists states, there is
success in those alone, and in the others the same people meet {otherwise}. On pages, 401 is a redirect to
sign-in. `settled` is a relationship that is completed and whose surveys are answered or closed (the API says
`completed`). Erasing meets 422 because it is sent with somebody else's address; with one's own it is done.
The mailbox and `/style` are there only where no mail server is, on one's own machine; elsewhere 404.
Bounces are handed in by machines with the installation's secret alone; where none is set, as here,
everybody meets 404.

What the rows have in common, tested for each of them:

* What is unknown, mistyped or somebody else's is one and the same 404, down to its words.
* A refusal changes nothing, and neither does a request that another site has caused or, on pages, a form
  without the token of our own page: 403. (Signing in and mail links need none: nobody is signed in there.)
* How to reach somebody (address, contact) is read by the other of the two alone, while their relationship is
  one of {in_touch}, or while one is assigned to the other; admins read addresses on their page of people.
"""


def document() -> str:
    """The whole page."""
    head = HEAD.format(otherwise="409", in_touch=", ".join(f"`{state}`" for state in IN_TOUCH))
    return "\n".join([head, *_callers(), *_states(), *_tables()])


def _callers() -> Iterator[str]:
    yield from ("| who | is |", "|---|---|")
    yield from (f"| {name} | {text} |" for name, text in CALLERS.items())
    yield ""


def _states() -> Iterator[str]:
    yield from ("| what | is met in the states |", "|---|---|")
    for kind, states in STATES.items():
        if any(states):
            yield f"| {kind} | {', '.join(f'`{state}`' for state in states)} |"
    yield ""


def _tables() -> Iterator[str]:
    for title, rows in TABLE.items():
        yield f"## {title}\n"
        yield f"| route | in | {' | '.join(CALLERS)} |"
        yield "|---|---|" + "---|" * len(CALLERS)
        yield from (_line(row) for row in rows)
        yield ""


def _line(row: Row) -> str:
    """One row of the table as Markdown; where callers meet something else in one state, the cell says so."""
    state = row.works_in[0] if row.works_in else STATES[row.kind][0]
    cells = [_cell(row, caller, state) for caller in CALLERS]
    where = ", ".join(row.works_in) if row.works_in else ""
    if row.otherwise != 409:
        where += f" (else {row.otherwise})"
    what = f" ({row.token})" if row.token else ""
    return f"| `{row.method} {row.path}`{what} | {where} | {' | '.join(cells)} |"


def _cell(row: Row, caller: str, state: str) -> str:
    met = row.cell(caller, state)
    return f"**{met}**" if met < 400 else str(met)


if __name__ == "__main__":
    DOCUMENT.write_text(document())
