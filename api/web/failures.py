"""The two honest failures of whatever is asked of the engine."""

from __future__ import annotations


class EngineDown(Exception):
    """The engine cannot be reached; nothing was recorded."""


class Unconfirmed(Exception):
    """The engine took too long to confirm. Sending the same again with the same key cannot do it twice."""
