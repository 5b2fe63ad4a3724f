"""The mails to a person about themselves: signing in, invitations, their data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from models.links import Purpose
from models.mails.frame import Props, Words


class SignIn(Props):
    """To an address, known or not; nothing is sent to an unknown one. `next_path` is where it leads."""

    kind: Literal["sign-in"] = "sign-in"
    label = "Sign-in link"
    attempts = 8  # Who asked an hour ago has asked again.
    next_path: str = "/"


class Invitation(Props):
    kind: Literal["invitation"] = "invitation"
    label = "Invitation"
    leads_to = Purpose.INVITATION
    words = Words.ADMIN
    invitation_id: str
    note: str

    @property
    def link_subject(self) -> str:
        return self.invitation_id


class AboutPerson(Props):
    """To a person about their own data, whatever programmes they are in."""


class ErasureBegun(AboutPerson):
    """Asked for; the link in it keeps everything until `begins_at`. `by_operator`: not by the person."""

    kind: Literal["erasure-begun"] = "erasure-begun"
    label = "Erasure asked for"
    leads_to = Purpose.KEEP
    begins_at: datetime
    by_operator: bool

    @property
    def link_date(self) -> datetime:
        return self.begins_at


class ErasureConfirmed(Props):
    """The last word, to an address that is forgotten once it has left. There is no name any more."""

    kind: Literal["erasure-confirmed"] = "erasure-confirmed"
    label = "Data erased"


class ExportReady(AboutPerson):
    kind: Literal["export-ready"] = "export-ready"
    label = "Copy of data ready"
    expires_at: datetime
