"""What a reconciliation says of each disagreement, and what one run came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from installation.comparing import Verdict
from models.store.stored_processes import Kind

FOUND: dict[Verdict, str] = {
    Verdict.BUSY: "its last step is not saved: the log of the workers says why",
    Verdict.MUTE: "no worker answers for it: the log of the workers says why",
    Verdict.BEHIND: "the database is older than its process",
    Verdict.LOST: "it is open, and its process is gone",
    Verdict.FORGOTTEN: "its process is older than the database",
}
DONE: dict[Verdict, str] = {
    Verdict.BEHIND: "the database was older than its process: saved again",
    Verdict.LOST: "it was open, and its process was gone: taken up again",
    Verdict.FORGOTTEN: "its process was older than the database: goes on from what the database knows",
}
NEVER_BEGAN = "its request was accepted, and it never began"
HELD_TOO_LONG = "a place is held though nothing goes on"
NOT_HELD = "it goes on, and its place is not held"


@dataclass(frozen=True, slots=True)
class Case:
    """One disagreement; `sentence` says what it is, or what was done about it."""

    kind: Kind | Literal["shortlist"]
    id: str
    sentence: str
    is_mended: bool = False


@dataclass(slots=True)
class Sum:
    """What one run came to. `is_complete`: it did not stop because enough was found."""

    looked_at: int = 0
    mended: int = 0
    left: int = 0
    is_complete: bool = True
