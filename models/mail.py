"""One class per mail, which says everything about it but its wording: `activities/templates/<kind>.jinja`.

Props carry ids, dates and the words people wrote; never names or addresses, so that a mail that waits for
its server speaks of people as they are called on the day it leaves, and an erased person is gone from it.
`kind` is also the value of the header `X-Steadfast-Mail`. How to add one: docs/architecture.md.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, Union

from pydantic import BaseModel, ConfigDict, Field

from models.links import Purpose
from models.process.actors import Role
from models.process.terms import Sentence


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


class Words(StrEnum):
    """Whose words a mail carries, as `message`, `comment` or `note`."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    OTHER = "other"
    """The other one of the two."""
    ADMIN = "admin"


KINDS: dict[str, type[Props]] = {}
"""Every mail by its kind."""


class Stage(StrEnum):
    """How far the two have come, for the picture of it in a mail."""

    ANSWER = "answer"
    CHANGE = "change"
    TOGETHER = "together"
    CONFIRM = "confirm"
    COMPLETE = "complete"


class Props(BaseModel):
    """What a class says itself is read by all who queue, write, deliver, list and erase mails."""

    model_config = ConfigDict(frozen=True)

    label: ClassVar[str]
    """What the log of mails calls it."""
    leads_to: ClassVar[Purpose | None] = None
    """What its own link does; None for one that only leads to a page."""
    words: ClassVar[Words | None] = None
    essential: ClassVar[bool] = True
    """False for what a member of the programme can switch off: it only repeats, or asks for a favour."""
    attempts: ClassVar[int | None] = None
    """After how many it is given up; None: after as many as 72 hours take."""
    gathers: ClassVar[bool] = False
    """Whether those that follow each other soon leave as one, and only while that wording waits."""
    tells_of_leaving: ClassVar[bool] = False
    """Whether it still leaves when a person in it is erased; it then has no word of anybody in it."""
    for_admins: ClassVar[bool] = False
    """Whether it goes to the coordinators, and not to one of the two that it is about."""
    stage: ClassVar[Stage | None] = None
    """Where the two stand; None where nothing goes on between them."""
    shows_contact: ClassVar[bool] = False
    """Whether it says how the other one of the two is reached."""

    kind: str

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        kind = cls.model_fields["kind"].get_default()
        if not isinstance(kind, str):
            return
        if "label" not in vars(cls):
            raise TypeError(f"The mail {cls.__name__} needs a `label`, as the log of mails calls it.")
        if kind in KINDS:
            raise TypeError(f"{cls.__name__} and {KINDS[kind].__name__} are both the mail “{kind}”.")
        KINDS[kind] = cls

    @property
    def link_subject(self) -> str:
        """What its link is about."""
        return ""

    @property
    def link_round(self) -> int:
        """See `models.links.Purpose`."""
        return 0

    @property
    def link_date(self) -> datetime | None:
        """The date that its link is about."""
        found: datetime | None = getattr(self, "closes_at", None)
        return found

    def stage_in(self, state: str) -> Stage | None:
        """Where the two stand in a process of the `state`."""
        return self.stage

    def link_for(self, role: Role | None, state: str) -> Purpose | None:
        """What its link does for a reader of the `role` in a process of the `state`."""
        return self.leads_to


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
    words = Words.MENTEE
    message: str
    score: int
    reasons: tuple[str, ...]
    reminder_at: datetime | None
    closes_at: datetime | None


class RequestEdited(AboutRequest):
    kind: Literal["request-edited"] = "request-edited"
    label = "Message changed"
    stage = Stage.ANSWER
    gathers = True
    leads_to = Purpose.DECIDE
    words = Words.MENTEE
    message: str
    closes_at: datetime | None


class RequestReminder(AboutRequest):
    """To the mentor; `by_admin` when a person asked for it rather than the calendar."""

    kind: Literal["request-reminder"] = "request-reminder"
    label = Sentence("Reminder of {t.a_request}")
    stage = Stage.ANSWER
    leads_to = Purpose.DECIDE
    words = Words.MENTEE
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
    words = Words.MENTOR
    comment: str
    relationship_id: str


class RequestRejected(AboutRequest):
    kind: Literal["request-rejected"] = "request-rejected"
    label = Sentence("{t.Request} declined")
    words = Words.MENTOR
    comment: str
    reason: str


class AmendmentRequested(AboutRequest):
    kind: Literal["amendment-requested"] = "amendment-requested"
    label = "Change asked for"
    stage = Stage.CHANGE
    leads_to = Purpose.AMEND
    words = Words.MENTOR
    comment: str
    closes_at: datetime | None


class AmendmentReminder(AboutRequest):
    kind: Literal["amendment-reminder"] = "amendment-reminder"
    label = "Reminder to change"
    stage = Stage.CHANGE
    leads_to = Purpose.AMEND
    words = Words.MENTOR
    essential = False
    comment: str
    closes_at: datetime | None


class RequestWithdrawn(AboutRequest):
    kind: Literal["request-withdrawn"] = "request-withdrawn"
    label = Sentence("{t.Request} withdrawn")
    words = Words.MENTEE
    comment: str


class RequestExpired(AboutRequest):
    """To both; `waited_for` says whose answer did not come."""

    kind: Literal["request-expired"] = "request-expired"
    label = Sentence("{t.Request} expired")
    waited_for: Literal["mentor", "mentee"]
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


class RequestExtended(AboutRequest):
    """`left_to_admins`: there is no mentor who could answer until then."""

    kind: Literal["request-extended"] = "request-extended"
    label = "Closing date moved"
    essential = False
    closes_at: datetime
    left_to_admins: bool = False

    def stage_in(self, state: str) -> Stage | None:
        if self.left_to_admins:
            return None
        return Stage.CHANGE if state == "amendment_requested" else Stage.ANSWER

    def link_for(self, role: Role | None, state: str) -> Purpose | None:
        """Both are told; only the one who has to act gets a link to act by."""
        if (role, state) == (Role.MENTOR, "pending"):
            return Purpose.DECIDE
        return Purpose.AMEND if (role, state) == (Role.MENTEE, "amendment_requested") else None


class AboutRelationship(Props):
    relationship_id: str

    @property
    def link_subject(self) -> str:
        return self.relationship_id


class RelationshipStarted(AboutRelationship):
    """To both; to the mentee also that the request was accepted, with what the mentor wrote, and how many
    other requests of theirs it closes."""

    kind: Literal["relationship-started"] = "relationship-started"
    label = Sentence("{t.Mentoring} started")
    stage = Stage.TOGETHER
    words = Words.MENTOR
    shows_contact = True
    closes: int = 0


class CompletionRequested(AboutRelationship):
    """To the one who has not signed off; `round` counts the sign-offs of this relationship."""

    kind: Literal["completion-requested"] = "completion-requested"
    label = "Please confirm completion"
    stage = Stage.CONFIRM
    leads_to = Purpose.CONFIRM
    words = Words.OTHER
    comment: str
    round: int
    confirms_at: datetime

    @property
    def link_round(self) -> int:
        return self.round

    @property
    def link_date(self) -> datetime:
        return self.confirms_at


class CompletionDeclined(AboutRelationship):
    kind: Literal["completion-declined"] = "completion-declined"
    label = "Not complete yet"
    stage = Stage.TOGETHER
    words = Words.OTHER
    comment: str


class SurveyAsked(AboutRelationship):
    """To each after completion; `confirmed_by_time` when the other side stayed silent."""

    kind: Literal["survey"] = "survey"
    label = "Survey"
    stage = Stage.COMPLETE
    leads_to = Purpose.SURVEY
    essential = False
    closes_at: datetime
    confirmed_by_time: bool


class SurveyReminder(AboutRelationship):
    kind: Literal["survey-reminder"] = "survey-reminder"
    label = "Reminder of the survey"
    stage = Stage.COMPLETE
    leads_to = Purpose.SURVEY
    essential = False
    closes_at: datetime


class RelationshipWithdrawn(AboutRelationship):
    """`left`: the other side has left for good, and had nothing more to say."""

    kind: Literal["relationship-withdrawn"] = "relationship-withdrawn"
    label = Sentence("{t.Mentoring} ended")
    tells_of_leaving = True
    words = Words.OTHER
    comment: str
    left: bool = False


class RelationshipEnded(AboutRelationship):
    kind: Literal["relationship-ended"] = "relationship-ended"
    label = Sentence("{t.Mentoring} ended by {t.a_coordinator}")
    words = Words.ADMIN
    comment: str


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
