"""What can be said to a request. `name` is the word for it in paths, tables and histories."""

from __future__ import annotations

from typing import Literal

from models.mail import ReleaseCause
from models.process.commands import Command
from models.process.effects import Overtaken


class AcceptRequest(Command):
    name = "accept"
    comment: str = ""
    revision: int | None = None
    """The wording that was read; any but the current one is refused. None: whichever is current."""


class RequestAmendment(Command):
    name = "request-amendment"
    comment: str = ""
    revision: int | None = None


class RejectRequest(Command):
    name = "reject"
    comment: str = ""
    reason: str = ""
    revision: int | None = None


class ResubmitRequest(Command):
    name = "resubmit"
    message: str = ""


class EditRequest(Command):
    name = "edit"
    message: str = ""


class WithdrawRequest(Command):
    name = "withdraw"
    comment: str = ""


class RemindNow(Command):
    name = "remind"


class ExtendRequest(Command):
    """`days` from the closing date (or from now, when that is past); None: the programme's default."""

    name = "extend"
    days: int | None = None


class CloseRequest(Command):
    name = "close"
    comment: str = ""


class PlacesClaimed(Command):
    """`overtaken`: the open requests for which no place is left now, as seen in the claiming transaction."""

    name = "places-claimed"
    overtaken: tuple[Overtaken, ...] = ()


class PlacesRefused(Command):
    """`full` says on whose side no place was left; with `gone`, that this side takes part no longer."""

    name = "places-refused"
    full: Literal["mentor", "mentee"]
    gone: bool = False


class ReminderDue(Command):
    name = "reminder-due"


class DeadlinePassed(Command):
    name = "deadline-passed"


class BeOvertaken(Command):
    """Reported from outside: the mentee was matched elsewhere, the mentor's last place went, one has left."""

    name = "overtaken"
    cause: ReleaseCause


class LeaveToAdmins(Command):
    """Reported from outside: the mentor takes no requests any more, and the programme wants its admins to
    decide what becomes of those that are open."""

    name = "leave-to-admins"
    cause: ReleaseCause


class GiveBack(Command):
    """Reported from outside: the mentor of a request that was left to the admins takes requests again."""

    name = "give-back"
