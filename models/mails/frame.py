"""What every mail says about itself, and what all of them share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from models.links import Purpose
from models.process.actors import Part


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
    TAKEN_BACK = "taken-back"
    """The mentee took the shortlist back that the request was of."""


ADMINS = "admins"
"""In place of a person id: to every admin that the programme has when the mail is queued."""


class Words(StrEnum):
    """Whose words a mail carries, as `message`, `comment` or `note`."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    SENDER = "sender"
    DECIDER = "decider"
    """Of a request, whichever of the two that is."""
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

    @property
    def whose(self) -> Words | None:
        """Whose words this very mail carries."""
        return self.words

    def stage_in(self, state: str) -> Stage | None:
        """Where the two stand in a process of the `state`."""
        return self.stage

    def link_for(self, part: Part | None, state: str) -> Purpose | None:
        """What its link does for a reader of that part in a request, in a process of the `state`."""
        return self.leads_to
