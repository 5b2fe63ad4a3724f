"""The dates that a mentee is shown before sending a request, and whether they still hold when it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.process.request.state import Request

HOLDS_FOR = timedelta(minutes=5)
"""A period of hours or minutes counts from the sending, which may move its dates as far as that."""


class DatesMoved(Exception):
    """The draft has other dates than its sender was shown."""

    def __init__(self, draft: Request) -> None:
        super().__init__(draft.id)
        self.draft = draft


def dates_of_draft(draft: Request) -> str:
    """For the form that sends it, which brings them back to `check_dates`."""
    dates = (draft.closes_at, *draft.reminders)
    return " ".join(at.isoformat() if at else "never" for at in dates)


def check_dates(draft: Request, promised: str) -> None:
    """Raises DatesMoved."""
    now, then = dates_of_draft(draft).split(), promised.split()
    if len(now) != len(then) or not all(map(_holds, now, then)):
        raise DatesMoved(draft)


def _holds(now: str, then: str) -> bool:
    if now == then:
        return True
    try:
        return abs(datetime.fromisoformat(now) - datetime.fromisoformat(then)) <= HOLDS_FOR
    except (ValueError, TypeError):
        return False
