"""How payloads are written and read: pydantic models as JSON."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter

_PARTS = tuple(PydanticPayloadConverter().converters.values())


class SharedConverter(PydanticPayloadConverter):
    """The SDK makes one for every run and several for every task; what they consist of is made once.

    It remembers how each type is read.
    """

    def __init__(self) -> None:
        CompositePayloadConverter.__init__(self, *_PARTS)
