"""What stays of a mentoring that was completed: how long it took, its stars, and what the two wrote. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.relationships.schemas import RelationshipOut
from api.web import present
from api.web.dates import Dates
from api.web.schemas import EntryOut
from models.process.actors import Role
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.goals import Goal
from models.process.terms import Sentence

MOST_STARS = 3
LONGEST_NAME = 16
_LAST_WORDS = {"CompletionSignedOff", "CompletionConfirmed", "RelationshipWithdrawn", "RelationshipEnded"}


@dataclass(frozen=True, slots=True)
class Keepsake:
    """`stars` are the names of what lights up on the way to the last one."""

    lead: str
    stars: list[str]


@dataclass(frozen=True, slots=True)
class Letter:
    head: str
    words: str


def of(relationship: RelationshipOut, dates: Dates) -> Keepsake | None:
    """None for a mentoring that is not completed."""
    if relationship.state is not RelationshipState.COMPLETED or relationship.ended_at is None:
        return None
    goals = relationship.goals
    reached = [goal for goal in goals if goal.progress >= 100]
    lead = (
        f"{dates.lasted(relationship.started_at, relationship.ended_at)} together{_of_goals(goals, reached)}."
    )
    stars = ["Asked", "Accepted", *(_short(goal.title) for goal in (reached or goals)[:MOST_STARS])]
    return Keepsake(lead[:1].upper() + lead[1:], stars)


def _of_goals(goals: Sequence[Goal], reached: Sequence[Goal]) -> str:
    if not reached:
        return ""
    one = "goal" if len(goals) == 1 else "goals"
    if len(reached) == len(goals):
        return f", {len(goals)} {one} reached"
    return f", {len(reached)} of {len(goals)} {one} reached"


def _short(title: str) -> str:
    """As much of a title as stands beneath a star."""
    return title if len(title) <= LONGEST_NAME else f"{title[: LONGEST_NAME - 1].rstrip()}…"


def title(relationship: RelationshipOut, role: Role) -> str:
    mentor, mentee = (present.isolated(one.name) for one in (relationship.mentor, relationship.mentee))
    if role is Role.ADMIN:
        return Sentence("{mentor} and {mentee} came a long way", mentor=mentor, mentee=mentee)
    return Sentence("You and {other} came a long way", other=mentee if role is Role.MENTOR else mentor)


def letters(timeline: Sequence[EntryOut], viewer_id: str) -> list[Letter]:
    """What the two wrote at the end, the last first."""
    return [
        Letter(_head(entry, viewer_id), entry.note)
        for entry in reversed(timeline)
        if entry.what in _LAST_WORDS and entry.note and entry.by.id
    ]


def _head(entry: EntryOut, viewer_id: str) -> str:
    if entry.by.id == viewer_id:
        return "What you wrote"
    return Sentence("What {name} wrote", name=present.isolated(entry.by.name or "a former member"))
