"""What every command is, and the ones that both kinds of process take."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """An act holds what a person wrote, unchecked: `decide` checks, so that an old history always decodes."""

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]


class MailBounced(Command):
    """Reported by the delivery: a mail of this process can never arrive. `kind` is the kind of mail."""

    name = "mail-bounced"
    process_id: str
    kind: str
