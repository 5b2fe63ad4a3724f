"""What the API takes and says about assignments and mentorships. Additions are fine, changes are not."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field, StrictBool

from api.web.inputs import In, MaybeText
from api.web.schemas import PersonRef
from models.process import texts


class TopicIn(In):
    """One of the two, by its name or its id."""

    skill: MaybeText = Field(None, max_length=200, examples=["python"])
    skillset: MaybeText = Field(None, max_length=200)


class AssignmentIn(In):
    mentee_id: str = Field(max_length=64)
    mentor_id: str = Field(max_length=64)
    topic: TopicIn
    notify: StrictBool = Field(False, description="Whether both get a mail about it")


class EndIn(In):
    comment: str = Field(max_length=texts.MAX_COMMENT, examples=["The project is over. Thank you both!"])


class TopicOut(BaseModel):
    """What it is about, as it is called now; one of the two."""

    skill: str | None
    skillset: str | None


class AssignmentOut(BaseModel):
    id: str
    programme: str = Field(description="Slug of the programme")
    mentee: PersonRef
    mentor: PersonRef
    topic: TopicOut
    state: str = Field(description="active or ended")
    assigned_at: datetime
    notified: bool
    ended_at: datetime | None
    comment: str = Field(description="The word with which it ended")
    allowed: list[str] = Field(description="What the caller may do now: end")


class HelpOut(BaseModel):
    """A skill that the mentee needs a mentor's help with, and since when."""

    skill: str
    since: datetime


class MentorshipOut(BaseModel):
    """Somebody whom I mentor, or who mentors me: by a relationship, or by an assignment for one topic."""

    role: str = Field(description="What I am in it: mentor or mentee")
    other: PersonRef
    topic: TopicOut | None = Field(description="Of an assignment; null for a relationship")
    topics: list[str] = Field(description="The skills that it is about")
    since: datetime
    help: list[HelpOut] = Field(description="What the mentee has asked for help with")
    relationship_id: str | None
    assignment_id: str | None


class MentorshipPage(BaseModel):
    items: list[MentorshipOut]
    next: str | None = None
