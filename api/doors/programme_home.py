"""What one programme shows of itself on the first page of one person, and the words that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from api.doors.standing import News, Standing
from api.finding.schemas import Recommendation
from api.web.rendering import Item
from api.web.words import Empty
from models.process.terms import Sentence, joined


@dataclass(frozen=True, slots=True)
class Places:
    """Of a mentor: how many are taken, and the sentence that says so."""

    taken: int
    capacity: int
    words: str


@dataclass(slots=True)
class ProgrammeHome:
    """What one programme shows of itself on the first page of one person."""

    name: str
    slug: str
    is_mentee: bool
    is_mentor: bool
    is_admin: bool
    hints: list[str]
    items: list[Item]
    """The pages of the programme, for people who are in several."""
    levels: int
    turns: list[Standing] = field(default_factory=list)
    """What waits for the reader, the one with the nearest date first."""
    standing: list[Standing] = field(default_factory=list)
    over: list[Standing] = field(default_factory=list)
    """What has ended lately."""
    since: datetime | None = None
    """When the reader was here before."""
    news: list[News] = field(default_factory=list)
    joined: int = 0
    suggested: list[Recommendation] = field(default_factory=list)
    listed: int = 0
    marked: int = 0
    """How many mentors the reader has marked."""
    left_to_ask: str = ""
    """How many more may be open at the same time, where that is limited."""
    places: Places | None = None
    stalled_words: str = ""
    stalled: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.turns or self.standing or self.over) and (self.is_mentee or self.is_mentor)

    @property
    def empty(self) -> Empty:
        """The one next step of somebody with whom nothing has begun."""
        if self.is_mentee:
            return Empty(
                Sentence("You have no {t.mentor} yet"),
                "See who fits what you want to learn, and ask. You get an answer or a closing date, "
                "never silence.",
                f"/p/{self.slug}/mentors",
                Sentence("Find {t.a_mentor}"),
            )
        return Empty(
            Sentence("No {t.requests} to answer"),
            "When somebody asks you, you get a mail, and it stands here.",
        )

    @property
    def until_then(self) -> str:
        """What does not work while the profile is not complete."""
        parts = (
            Sentence("you cannot look for {t.a_mentor}") if self.is_mentee else "",
            Sentence("{t.mentees} cannot find you") if self.is_mentor else "",
        )
        shut = joined(", and ", (part for part in parts if part))
        return Sentence("Until then {shut}.", shut=shut) if shut else ""

    @property
    def all_words(self) -> str:
        if self.listed <= len(self.suggested):
            return Sentence("Search all {t.mentors}")
        return Sentence("All {count} {t.mentors}", count=self.listed)

    @property
    def joined_words(self) -> str:
        if self.joined == 1:
            return Sentence("One {t.mentor} has joined.")
        return Sentence("{count} {t.mentors} have joined.", count=self.joined)
