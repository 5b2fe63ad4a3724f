"""What is made of what engine and database know of one process, without either of them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from installation.comparing import Known, Run, Verdict, judge
from models.process.request.state import Request, RequestState
from models.process.request.view import RequestView
from models.process.timeline import Entry
from models.process.whole import rest_of
from models.store.stored_processes import StoredProcess
from tests.process import factories as f
from workflows.messages import RequestSnapshot

V = Verdict


def entries(request: Request, last: str | None = None) -> tuple[Entry, ...]:
    found = [Entry(seq=seq, at=f.NOW, what="Earlier") for seq in range(1, request.entries)]
    return (*found, Entry(seq=request.entries, at=f.NOW, what=last or request.last_event))


def kept(
    state: RequestState | None, last: str | None = None, *, whole: bool = True, **changes: Any
) -> StoredProcess | None:
    if state is None:
        return None
    request = f.request_in(state)
    told = {entry.seq: entry.what for entry in entries(request, last)}
    view = RequestView.of(request).model_copy(update=changes)
    return StoredProcess(
        view, "request/1", needs_process=request.is_open, told=told, rest=rest_of(request) if whole else {}
    )


def known(run: Run, state: RequestState | None, unsaved: int = 0, *, working: bool = False) -> Known:
    if state is None:
        return Known(run)
    request = f.request_in(state)
    snapshot = RequestSnapshot(
        process=request,
        saved_version=request.version - unsaved,
        entries=entries(request),
        mails=(),
        handled=(),
    )
    return Known(run, "run", working, snapshot)


S = RequestState


@pytest.mark.parametrize(
    ("row", "process", "verdict"),
    [
        (kept(S.PENDING), known(Run.OPEN, S.PENDING), V.FINE),
        (kept(S.REJECTED), known(Run.ENDED, S.REJECTED), V.FINE),
        (kept(S.REJECTED), Known(Run.NONE), V.FINE),
        (None, Known(Run.NONE), V.FINE),
        (None, known(Run.OPEN, S.PENDING), V.BEHIND),
        (None, known(Run.ENDED, S.REJECTED), V.BEHIND),
        (kept(S.PENDING), known(Run.ENDED, S.REJECTED), V.BEHIND),
        (kept(S.PENDING), known(Run.OPEN, S.AMENDMENT_REQUESTED), V.BEHIND),
        (kept(S.PENDING, message="Another"), known(Run.OPEN, S.PENDING), V.BEHIND),
        (kept(S.PENDING), known(Run.OPEN, S.AMENDMENT_REQUESTED, unsaved=1), V.BUSY),
        (kept(S.PENDING), known(Run.OPEN, S.ACCEPTING), V.BUSY),
        (kept(S.PENDING), Known(Run.NONE), V.LOST),
        (kept(S.PENDING), known(Run.BROKEN, S.PENDING), V.LOST),
        (kept(S.AMENDMENT_REQUESTED), known(Run.ENDED, S.PENDING), V.LOST),
        (kept(S.REJECTED), known(Run.BROKEN, S.PENDING), V.FINE),
        (kept(S.REJECTED), known(Run.OPEN, S.PENDING), V.FORGOTTEN),
        (kept(S.AMENDMENT_REQUESTED), known(Run.OPEN, S.PENDING), V.FORGOTTEN),
        (kept(S.AMENDMENT_REQUESTED), known(Run.OPEN, S.PENDING, working=True), V.BUSY),
        (kept(S.REJECTED), known(Run.OPEN, S.AMENDMENT_REQUESTED), V.FORGOTTEN),
        (kept(S.REJECTED), known(Run.OPEN, S.AMENDMENT_REQUESTED, unsaved=1), V.FORGOTTEN),
    ],
)
def test_the_verdict(row: StoredProcess | None, process: Known, verdict: Verdict) -> None:
    assert judge(row, process) is verdict


def test_what_the_view_does_not_show_is_compared_as_well() -> None:
    """A reminder after the next one, a rule: a process that is taken up from the row would not know of it."""
    row, process = kept(S.PENDING), known(Run.OPEN, S.PENDING)
    assert row
    assert row.process == f.request_in(S.PENDING)
    changed = dataclasses.replace(row, rest=row.rest | {"reminders": row.rest["reminders"][:1]})
    assert judge(changed, process) is V.BEHIND


@pytest.mark.parametrize(
    ("state", "run", "verdict"),
    [(S.PENDING, Run.OPEN, V.BEHIND), (S.REJECTED, Run.ENDED, V.FINE)],
)
def test_a_row_of_an_earlier_version_lacks_what_an_open_process_knows(
    state: RequestState, run: Run, verdict: Verdict
) -> None:
    assert judge(kept(state, whole=False), known(run, state)) is verdict


def test_a_request_that_was_refused_is_no_process() -> None:
    draft = f.draft()
    snapshot = RequestSnapshot(process=draft, saved_version=0, entries=(), mails=(), handled=())
    assert judge(None, Known(Run.ENDED, "run", snapshot=snapshot)) is V.FINE
    assert judge(kept(S.PENDING), Known(Run.ENDED, "run", snapshot=snapshot)) is V.LOST
