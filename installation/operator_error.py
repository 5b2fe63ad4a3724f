"""The base of all errors whose text is printed for the operator as it is."""

from __future__ import annotations


class OperatorError(Exception):
    """Its text is one sentence that says what is wrong and what to do, without a secret in it."""
