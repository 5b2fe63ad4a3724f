"""The base of all errors that are told to the operator as they are."""

from __future__ import annotations


class OperatorError(Exception):
    """Its text is one sentence that says what is wrong and what to do, without a secret in it."""
