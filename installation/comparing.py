"""Whether the engine and the database agree on one process, as a pure function of what both know.

The workflow is the truth of one process while it exists; the database is what is left when it does not.
If both exist, the higher version is right: only the process counts versions, so the other has forgotten some.
Where they tell different things at one version, the database is right, since that is what people were shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.process.request.state import INNER, TERMINAL, RequestState
from models.process.whole import knows, view_of
from models.store.stored_processes import StoredProcess
from workflows.messages import RelationshipSnapshot, RequestSnapshot

AnySnapshot = RequestSnapshot | RelationshipSnapshot


class Run(StrEnum):
    """How the last run of a process stands."""

    NONE = "none"
    OPEN = "open"
    ENDED = "ended"
    """By itself, with everything saved."""
    BROKEN = "broken"
    """Terminated or failed: the database still has it as open."""


class Verdict(StrEnum):
    FINE = "fine"
    BUSY = "busy"
    """Something is being saved; look again."""
    MUTE = "mute"
    """The process answers no query: no worker has its type or its version."""
    BEHIND = "behind"
    """The database is older than the process, or lacks parts of it."""
    LOST = "lost"
    """The database says that something may still happen, and there is no process for it."""
    FORGOTTEN = "forgotten"
    """The process is older than the database: the engine lost acts and mails that the database has."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the engine knows of one process. `is_working`: a task of it is under way, so it may be on its way
    to what the database has already. `snapshot` is missing where no run can be asked."""

    run: Run
    run_id: str = ""
    is_working: bool = False
    snapshot: AnySnapshot | None = None

    @property
    def version(self) -> int:
        return self.snapshot.process.version if self.snapshot else 0


def judge(kept: StoredProcess | None, known: Known) -> Verdict:
    needs_process = kept is not None and kept.needs_process
    if known.run is Run.OPEN and known.snapshot:
        return _judge_open(kept, known, known.snapshot)
    if known.run in {Run.NONE, Run.BROKEN} or known.version == 0 or _is_ahead(kept, known.version):
        return Verdict.LOST if needs_process else Verdict.FINE
    return Verdict.BEHIND if known.snapshot and _differs(kept, known.snapshot) else Verdict.FINE


def _judge_open(kept: StoredProcess | None, known: Known, snapshot: AnySnapshot) -> Verdict:
    if known.version == 0:
        return Verdict.BUSY
    if snapshot.process.state in INNER:
        return Verdict.FORGOTTEN if kept and _has_ended_otherwise(kept) else Verdict.BUSY
    if kept and (_is_ahead(kept, known.version) or _contradicts(kept, snapshot)):
        return Verdict.BUSY if known.is_working else Verdict.FORGOTTEN
    if snapshot.saved_version < known.version:
        return Verdict.BUSY
    return Verdict.BEHIND if _differs(kept, snapshot) else Verdict.FINE


def _is_ahead(kept: StoredProcess | None, version: int) -> bool:
    return kept is not None and kept.version > version


def _has_ended_otherwise(kept: StoredProcess) -> bool:
    """Whether the database has an end to which no acceptance leads: its activity would be tried for ever."""
    state = kept.view.state
    return state in TERMINAL and state is not RequestState.ACCEPTED


def _contradicts(kept: StoredProcess, snapshot: AnySnapshot) -> bool:
    """At the same version another event than the process remembers."""
    last = snapshot.process.entries
    told = kept.told.get(last)
    same_height = kept.version == snapshot.process.version
    return same_height and told is not None and told != snapshot.process.last_event


def _differs(kept: StoredProcess | None, snapshot: AnySnapshot) -> bool:
    if kept is None or any(entry.seq not in kept.told for entry in snapshot.entries):
        return True
    process = snapshot.process
    if kept.view.model_dump(mode="json") != view_of(process).model_dump(mode="json"):
        return True
    return process.may_lead_on and (kept.process is None or knows(kept.process) != knows(process))
