"""The mails about a relationship."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from models.links import Purpose
from models.mails.frame import Props, Stage, Words
from models.process.actors import Role
from models.process.terms import Sentence


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
    decided_by: Role = Role.MENTOR
    """Who has accepted; an admin in the place of whose answer it was."""
    paired: bool = False
    """Whether coordinators have paired the two, and there was no request."""

    @property
    def whose(self) -> Words | None:
        return {Role.ADMIN: Words.ADMIN, Role.MENTEE: Words.MENTEE}.get(self.decided_by, self.words)


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
