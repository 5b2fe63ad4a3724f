"""The SDK's way to interrupt a step is no finding where it meets a destructor."""

from __future__ import annotations

import gc

from temporalio.worker._workflow import _InterruptDeadlockError

from tests.conftest import INTERRUPT


class Interrupted:
    def __del__(self) -> None:
        raise _InterruptDeadlockError


def test_an_interrupt_in_a_destructor_is_no_finding() -> None:
    """Any other error there fails the test that runs, since every warning is an error."""
    assert _InterruptDeadlockError.__name__ == INTERRUPT
    Interrupted()
    gc.collect()
