"""What the operator reads. In a module of its own, so that a mistyped command loads nothing heavy."""

from __future__ import annotations


class OperatorError(Exception):
    """Printed for the operator as it is: one sentence with what is wrong and what to do, without a secret."""
