"""Timeouts and retry policies, each with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy

FOREVER = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=0,
)
"""A database that is down delays a process, it does not end one; this notices soon that it is back."""

RECORD: dict[str, Any] = {
    # Longer than the database's own lock wait, so that the attempt fails on its side first.
    "start_to_close_timeout": timedelta(seconds=15),
    "retry_policy": FOREVER,
    # The first pause already becomes a timer: the workflow task ends, and an update that is under way is
    # answered while the database is down, instead of being held up by retries inside the task.
    "local_retry_threshold": timedelta(milliseconds=500),
}
"""For local activities: short transactions that can run twice with one effect."""

RECORD_DURABLY: dict[str, Any] = {
    "start_to_close_timeout": RECORD["start_to_close_timeout"],
    "retry_policy": FOREVER,
}
"""The same transactions as regular activities: after an act, see `ProcessRunner.record`."""

ERASE: dict[str, Any] = {"start_to_close_timeout": timedelta(minutes=10), "retry_policy": FOREVER}
"""For what goes through everything of one person at once, and writes a small database's file anew."""

DELETE: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=10),
    # The engine deletes in its own time, and the worker may die while it is waited for.
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": FOREVER,
}

TELL_ALL: dict[str, Any] = {
    "start_to_close_timeout": timedelta(hours=12),
    # It says after each second how far it is, so that another worker soon goes on there.
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": FOREVER,
}
"""For what signals everything that is open, at a rate that leaves the engine to the people."""

LONG: dict[str, Any] = {
    "start_to_close_timeout": timedelta(hours=2),
    # A worker that was killed is noticed within this time, and another one goes on.
    "heartbeat_timeout": timedelta(seconds=20),
    "retry_policy": FOREVER,
}
"""For what goes through everybody of a programme and tells by heartbeats that it lives."""

MAX_HANDLED_KEYS = 200
"""Idempotency keys that are carried through continue-as-new; older ones have long been answered."""
