"""The mails about joining a programme by oneself."""

from __future__ import annotations

from typing import Literal

from models.mails.frame import Props


class AboutRegistration(Props):
    registration_id: str


class RegistrationReceived(AboutRegistration):
    """To the person. `waits_for`: whether an admin has to look at it, or a place has to become free."""

    kind: Literal["registration-received"] = "registration-received"
    label = "Registration received"
    waits_for: Literal["admin", "place"]


class Joined(AboutRegistration):
    kind: Literal["registration-accepted"] = "registration-accepted"
    label = "Registration accepted"


class RegistrationRefused(AboutRegistration):
    kind: Literal["registration-refused"] = "registration-refused"
    label = "Registration refused"


class RegistrationNeedsAdmin(AboutRegistration):
    """To every admin, once an hour at the most: somebody waits for them."""

    kind: Literal["registration-needs-admin"] = "registration-needs-admin"
    label = "Registrations to look at"
    for_admins = True
