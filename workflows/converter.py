"""How payloads are written and read: pydantic models as JSON.

The SDK makes payload converters and converters with a context for every run, task and payload. What costs
something to make is made once here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, SerializationContext

_MADE = PydanticPayloadConverter()
_KNOWN = 64


class SharedConverter(PydanticPayloadConverter):
    """Shares its parts with all others, which remember how each type is read."""

    def __init__(self) -> None:
        self.__dict__.update(_MADE.__dict__)


@dataclass(frozen=True)
class ContextConverter(DataConverter):
    """Remembers itself as it is for the places that it was asked for last."""

    _known: dict[SerializationContext, Self] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def with_context(self, context: SerializationContext) -> Self:
        found = self._known.get(context)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            found = self._known[context] = super().with_context(context)
        return found
