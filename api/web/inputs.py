"""What the API takes: bodies and query parameters. Unknown fields of bodies are passed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.web.paging import DEFAULT_LIMIT, MAX_LIMIT
from models.process.actors import Role


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _without_blanks(value: Any) -> Any:
    return [one for one in value if _blank_is_none(one)] if isinstance(value, list) else value


def _iso_duration(value: Any) -> Any:
    """Refuses what pydantic would take as well: bare numbers and clock times."""
    value = _blank_is_none(value)
    if isinstance(value, str) and not value.startswith("P"):
        raise ValueError("This takes an ISO 8601 duration such as P7D or PT30M")
    return value


Blank = BeforeValidator(_blank_is_none)
Blanks = BeforeValidator(_without_blanks)
MaybeText = Annotated[str | None, Blank]
Words = Annotated[list[str], Blanks, Field(max_length=50)]
Age = Annotated[
    timedelta | None,
    BeforeValidator(_iso_duration),
    # An empty parameter is none at all, as a form sends it.
    WithJsonSchema({"anyOf": [{"type": "string", "format": "duration"}, {"type": "string", "maxLength": 0}]}),
]
AGE = Field(None, description="ISO 8601 duration", examples=["P7D"])


class In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PageQuery(In):
    """Which part of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Entries on one page")
    cursor: MaybeText = Field(None, max_length=400, description="`next` of the page before")


class ProcessQuery(PageQuery):
    """As whom a list is read; left out: as mentee if one is, else as mentor, else as admin."""

    as_role: Annotated[Literal["mentee", "mentor", "admin"] | None, Blank] = Field(None, alias="as")

    @property
    def role(self) -> Role | None:
        return Role(self.as_role) if self.as_role else None
