"""A mail as a step orders it. Modules with mails are imported here, so that every kind is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import BaseModel, ConfigDict, Field

from models.mails import (  # noqa: F401 - fills KINDS
    assignment,
    person,
    question,
    recommending,
    registration,
    relationship,
    request,
    shortlist,
)
from models.mails.frame import KINDS, Props

if TYPE_CHECKING:
    AnyMail: TypeAlias = Props
else:
    AnyMail = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007 - made of all


class MailOrder(BaseModel):
    """A mail to be sent once. `key` is stable for the step that ordered it, however often that step runs."""

    model_config = ConfigDict(frozen=True)

    key: str
    to: str
    """Person id of the recipient, or `ADMINS`."""
    props: AnyMail
