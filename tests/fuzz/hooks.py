"""A check of our own for Schemathesis, beside all of its own.

It cannot know the rules of a programme, which refuse with 422 what the schema allows (contract: malformed and
refused input are one status), so 422 passes its check of valid data. This one closes the gap: what the schema
allows must not be refused for its shape.
"""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

SHAPE = (
    "This is needed.",
    "This takes a JSON object",
    "This takes a list.",
    "This takes a number from",
    "This takes a number up to",
    "This takes a text without",
    "This takes a whole number.",
    "This takes an object.",
    "This takes one of: ",
    "This takes true or false.",
    "Please keep this to",
)


@schemathesis.check
def what_the_schema_allows_has_the_right_shape(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    generated = case.meta.generation.mode if case.meta else None
    if response.status_code == 422 and generated is GenerationMode.POSITIVE:
        said = [one["message"] for one in response.json().get("errors", [])]
        wrong = [message for message in said if message.startswith(SHAPE)]
        assert not wrong, f"the schema allows what is refused for its shape: {wrong}"
    return None


schemathesis.serializer.alias("message/rfc822", "text/plain")
