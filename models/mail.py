"""One props model per mail: what its templates get besides names, which are read when it is delivered.

Props carry ids, dates and the words people wrote; never names or addresses, so that a mail that waits for
its server speaks of people as they are called on the day it leaves, and an erased person is gone from it.
Every kind is a folder of templates in `activities/templates/` and the value of the header `X-Steadfast-Mail`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class ReleaseCause(StrEnum):
    """Why a request was overtaken."""

    MENTOR_FULL = "mentor-full"
    MENTEE_MATCHED = "mentee-matched"
    MENTOR_LEFT = "mentor-left"
    MENTEE_LEFT = "mentee-left"
    MENTOR_STOPPED = "mentor-stopped"
    """Is in the programme still, and mentors there no longer."""
    MENTEE_STOPPED = "mentee-stopped"
    MENTOR_AWAY = "mentor-away"
    """Not available for new requests."""


ADMINS = "admins"
"""In place of a person id: to every admin that the programme has when the mail is queued."""


class Props(BaseModel):
    model_config = ConfigDict(frozen=True)

    essential: ClassVar[bool] = True
    """False for what a member of the programme can switch off: it only repeats, or asks for a favour."""


class AboutRequest(Props):
    """`request_id` names the request, `revision` the wording of it that a link in the mail decides on."""

    request_id: str
    revision: int


class RequestReceived(AboutRequest):
    """To the mentor, on the first sending and on every resubmission (`revision` > 1). `score` is 0-100."""

    kind: Literal["request-received"] = "request-received"
    message: str
    score: int
    reasons: tuple[str, ...]
    reminder_at: datetime | None
    closes_at: datetime | None


class RequestEdited(AboutRequest):
    kind: Literal["request-edited"] = "request-edited"
    message: str
    closes_at: datetime | None


class RequestReminder(AboutRequest):
    """To the mentor; `by_admin` when a person asked for it rather than the calendar."""

    kind: Literal["request-reminder"] = "request-reminder"
    essential = False
    message: str
    asked_at: datetime
    closes_at: datetime | None
    by_admin: bool


class RequestAccepted(AboutRequest):
    kind: Literal["request-accepted"] = "request-accepted"
    comment: str
    relationship_id: str


class RequestRejected(AboutRequest):
    kind: Literal["request-rejected"] = "request-rejected"
    comment: str
    reason: str


class AmendmentRequested(AboutRequest):
    kind: Literal["amendment-requested"] = "amendment-requested"
    comment: str
    closes_at: datetime | None


class AmendmentReminder(AboutRequest):
    kind: Literal["amendment-reminder"] = "amendment-reminder"
    essential = False
    comment: str
    closes_at: datetime | None


class RequestWithdrawn(AboutRequest):
    kind: Literal["request-withdrawn"] = "request-withdrawn"
    comment: str


class RequestExpired(AboutRequest):
    """To both; `waited_for` says whose answer did not come."""

    kind: Literal["request-expired"] = "request-expired"
    waited_for: Literal["mentor", "mentee"]
    asked_at: datetime


class RequestClosed(AboutRequest):
    kind: Literal["request-closed"] = "request-closed"
    comment: str


class RequestReleased(AboutRequest):
    kind: Literal["request-released"] = "request-released"
    cause: ReleaseCause


class RequestLeftToAdmins(AboutRequest):
    """To the mentee: the mentor takes no requests any more, and the admins look for another way."""

    kind: Literal["request-left-to-admins"] = "request-left-to-admins"
    cause: ReleaseCause
    closes_at: datetime | None


class RequestNeedsAdmin(AboutRequest):
    """To every admin of the programme: this request has nobody who could answer it."""

    kind: Literal["request-needs-admin"] = "request-needs-admin"
    cause: ReleaseCause
    closes_at: datetime | None


class RequestExtended(AboutRequest):
    """`left_to_admins`: there is no mentor who could answer until then."""

    kind: Literal["request-extended"] = "request-extended"
    essential = False
    closes_at: datetime
    left_to_admins: bool = False


class AboutRelationship(Props):
    relationship_id: str


class RelationshipStarted(AboutRelationship):
    kind: Literal["relationship-started"] = "relationship-started"


class CompletionRequested(AboutRelationship):
    """To the one who has not signed off; `round` counts the sign-offs of this relationship."""

    kind: Literal["completion-requested"] = "completion-requested"
    comment: str
    round: int
    confirms_at: datetime


class CompletionDeclined(AboutRelationship):
    kind: Literal["completion-declined"] = "completion-declined"
    comment: str


class SurveyAsked(AboutRelationship):
    """To each after completion; `confirmed_by_time` when the other side stayed silent."""

    kind: Literal["survey"] = "survey"
    essential = False
    closes_at: datetime
    confirmed_by_time: bool


class SurveyReminder(AboutRelationship):
    kind: Literal["survey-reminder"] = "survey-reminder"
    essential = False
    closes_at: datetime


class RelationshipWithdrawn(AboutRelationship):
    """`left`: the other side has left for good, and had nothing more to say."""

    kind: Literal["relationship-withdrawn"] = "relationship-withdrawn"
    comment: str
    left: bool = False


class RelationshipEnded(AboutRelationship):
    kind: Literal["relationship-ended"] = "relationship-ended"
    comment: str


class SignIn(Props):
    """To an address, known or not; nothing is sent to an unknown one. `next_path` is where it leads."""

    kind: Literal["sign-in"] = "sign-in"
    next_path: str = "/"


class Invitation(Props):
    kind: Literal["invitation"] = "invitation"
    invitation_id: str
    note: str


class AboutPerson(Props):
    """To a person about their own data, whatever programmes they are in."""


class ErasureBegun(AboutPerson):
    """Asked for; the link in it keeps everything until `begins_at`. `by_operator`: not by the person."""

    kind: Literal["erasure-begun"] = "erasure-begun"
    begins_at: datetime
    by_operator: bool


class ErasureConfirmed(Props):
    """The last word, to an address that is forgotten once it has left. There is no name any more."""

    kind: Literal["erasure-confirmed"] = "erasure-confirmed"


class ExportReady(AboutPerson):
    kind: Literal["export-ready"] = "export-ready"
    expires_at: datetime


AnyMail = Annotated[
    RequestReceived
    | RequestEdited
    | RequestReminder
    | RequestAccepted
    | RequestRejected
    | AmendmentRequested
    | AmendmentReminder
    | RequestWithdrawn
    | RequestExpired
    | RequestClosed
    | RequestReleased
    | RequestLeftToAdmins
    | RequestNeedsAdmin
    | RequestExtended
    | RelationshipStarted
    | CompletionRequested
    | CompletionDeclined
    | SurveyAsked
    | SurveyReminder
    | RelationshipWithdrawn
    | RelationshipEnded
    | SignIn
    | Invitation
    | ErasureBegun
    | ErasureConfirmed
    | ExportReady,
    Field(discriminator="kind"),
]


class MailOrder(BaseModel):
    """A mail to be sent once. `key` is stable for the step that ordered it, however often that step runs."""

    model_config = ConfigDict(frozen=True)

    key: str
    to: str
    """Person id of the recipient, or `ADMINS`."""
    props: AnyMail
