"""How long it takes until a request is answered, counted so that silence and waiting are not left out."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

FEW = 10
"""Fewer than this are only counted: a share or a median of them would say more than they do."""


class Outcome(StrEnum):
    """What is known of the wait for a first answer."""

    ANSWERED = "answered"
    NEVER = "never"
    """The request expired without an answer."""
    UNKNOWN = "unknown"
    """It still waits, or something else ended it first."""


class Wait(NamedTuple):
    """`days` from the asking to the answer, or as far as the wait has been watched."""

    days: float
    outcome: Outcome


def median_days(waits: Collection[Wait]) -> float | None:
    """The time within which half of the requests are answered; None where that is never reached.

    After E. L. Kaplan and P. Meier, Nonparametric Estimation from Incomplete Observations, 1958: a request
    that waits still counts as long as it has waited, and one that expired counts as one without an end.
    """
    ever = sorted((wait for wait in waits if wait.outcome is not Outcome.NEVER), key=_order)
    at_risk, unanswered = len(waits), 1.0
    for wait in ever:
        if wait.outcome is Outcome.ANSWERED:
            unanswered *= 1 - 1 / at_risk
            if unanswered <= HALF:
                return wait.days
        at_risk -= 1
    return None


HALF = 0.5 + 1e-9
"""With what the multiplications lose on the way."""


def _order(wait: Wait) -> tuple[float, bool]:
    # Of one instant, those that were answered count before those that are no longer watched.
    return wait.days, wait.outcome is not Outcome.ANSWERED
