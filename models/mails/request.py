"""The mails about a request."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from models.links import Purpose
from models.mails.frame import Props, ReleaseCause, Stage, Words
from models.process.actors import Part
from models.process.terms import Sentence


class AboutRequest(Props):
    """`request_id` names the request, `revision` the wording of it that a link in the mail decides on."""

    request_id: str
    revision: int

    @property
    def link_subject(self) -> str:
        return self.request_id

    @property
    def link_round(self) -> int:
        return self.revision


class RequestReceived(AboutRequest):
    """To the mentor, on the first sending and on every resubmission (`revision` > 1). `score` is 0-100."""

    kind: Literal["request-received"] = "request-received"
    label = Sentence("New {t.request}")
    stage = Stage.ANSWER
    leads_to = Purpose.DECIDE
    words = Words.SENDER
    message: str
    score: int
    reasons: tuple[str, ...]
    reminder_at: datetime | None
    closes_at: datetime | None
    handed_over: bool = False
    """Whether another one had it first."""


class RequestEdited(AboutRequest):
    kind: Literal["request-edited"] = "request-edited"
    label = "Message changed"
    stage = Stage.ANSWER
    gathers = True
    leads_to = Purpose.DECIDE
    words = Words.SENDER
    message: str
    closes_at: datetime | None


class RequestReminder(AboutRequest):
    """To the mentor; `by_admin` when a person asked for it rather than the calendar."""

    kind: Literal["request-reminder"] = "request-reminder"
    label = Sentence("Reminder of {t.a_request}")
    stage = Stage.ANSWER
    leads_to = Purpose.DECIDE
    words = Words.SENDER
    essential = False
    message: str
    asked_at: datetime
    closes_at: datetime | None
    by_admin: bool


class RequestAccepted(AboutRequest):
    """Of versions before 0.3; `RelationshipStarted` says it since."""

    kind: Literal["request-accepted"] = "request-accepted"
    label = Sentence("{t.Request} accepted")
    stage = Stage.TOGETHER
    words = Words.DECIDER
    comment: str
    relationship_id: str


class ByAdmin(AboutRequest):
    """`by_admin`: a coordinator has decided, in the place of whose answer it was."""

    by_admin: bool = False

    @property
    def whose(self) -> Words | None:
        return Words.ADMIN if self.by_admin else self.words


class RequestRejected(ByAdmin):
    kind: Literal["request-rejected"] = "request-rejected"
    label = Sentence("{t.Request} declined")
    words = Words.DECIDER
    comment: str
    reason: str


class AmendmentRequested(ByAdmin):
    kind: Literal["amendment-requested"] = "amendment-requested"
    label = "Change asked for"
    stage = Stage.CHANGE
    leads_to = Purpose.AMEND
    words = Words.DECIDER
    comment: str
    closes_at: datetime | None


class AmendmentReminder(ByAdmin):
    kind: Literal["amendment-reminder"] = "amendment-reminder"
    label = "Reminder to change"
    stage = Stage.CHANGE
    leads_to = Purpose.AMEND
    words = Words.DECIDER
    essential = False
    comment: str
    closes_at: datetime | None


class DecidedOnBehalf(AboutRequest):
    """To the one whose answer it was: a coordinator has given it in their place. An acceptance is told by
    `RelationshipStarted`."""

    kind: Literal["decided-on-behalf"] = "decided-on-behalf"
    label = Sentence("Answered by {t.a_coordinator}")
    words = Words.ADMIN
    decision: str
    comment: str


class RequestHandedOver(AboutRequest):
    """To the mentee about the request that goes on, and to its first mentor about the one that has ended."""

    kind: Literal["request-handed-over"] = "request-handed-over"
    label = Sentence("{t.Request} handed over")
    words = Words.ADMIN
    comment: str

    def stage_in(self, state: str) -> Stage | None:
        return Stage.ANSWER if state == "pending" else None


class RequestWithdrawn(AboutRequest):
    kind: Literal["request-withdrawn"] = "request-withdrawn"
    label = Sentence("{t.Request} withdrawn")
    words = Words.SENDER
    comment: str


class RequestExpired(AboutRequest):
    """To both; `waited_for` says whose answer did not come."""

    kind: Literal["request-expired"] = "request-expired"
    label = Sentence("{t.Request} expired")
    waited_for: Literal["mentor", "mentee", "admin"]
    asked_at: datetime


class RequestClosed(AboutRequest):
    kind: Literal["request-closed"] = "request-closed"
    label = Sentence("{t.Request} closed")
    words = Words.ADMIN
    comment: str


class RequestReleased(AboutRequest):
    kind: Literal["request-released"] = "request-released"
    label = Sentence("{t.Request} released")
    tells_of_leaving = True
    cause: ReleaseCause


class RequestLeftToAdmins(AboutRequest):
    """To the mentee: the mentor takes no requests any more, and the admins look for another way."""

    kind: Literal["request-left-to-admins"] = "request-left-to-admins"
    label = Sentence("{t.Request} with the {t.coordinators}")
    cause: ReleaseCause
    closes_at: datetime | None


class RequestNeedsAdmin(AboutRequest):
    """To every admin of the programme: this request has nobody who could answer it."""

    kind: Literal["request-needs-admin"] = "request-needs-admin"
    label = Sentence("{t.Request} without {t.a_mentor}")
    for_admins = True
    cause: ReleaseCause
    closes_at: datetime | None


class ClosingDate(AboutRequest):
    """Another closing date. `left_to_admins`: there is no mentor who could answer until then."""

    left_to_admins: bool = False

    def stage_in(self, state: str) -> Stage | None:
        if self.left_to_admins:
            return None
        return Stage.CHANGE if state == "amendment_requested" else Stage.ANSWER

    def link_for(self, part: Part | None, state: str) -> Purpose | None:
        """Both are told; only the one who has to act gets a link to act by."""
        if (part, state) == (Part.DECIDER, "pending"):
            return Purpose.DECIDE
        return Purpose.AMEND if (part, state) == (Part.SENDER, "amendment_requested") else None


class RequestExtended(ClosingDate):
    kind: Literal["request-extended"] = "request-extended"
    label = "Closing date moved"
    essential = False
    closes_at: datetime


class RequestDatesChanged(ClosingDate):
    """To both, where new rules of the programme move the closing date; `closed_at` was the one before."""

    kind: Literal["request-dates-changed"] = "request-dates-changed"
    label = "Closing date by new rules"
    closes_at: datetime | None
    closed_at: datetime | None
