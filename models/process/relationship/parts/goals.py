"""SMART goals (L6): every part is asked for; both sides may set and revise them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict

from models.process import calendar, texts
from models.process.commands import BY_BOTH, Command
from models.process.errors import Invalid
from models.process.inputs import Input, Label, Offer, Place, Widget
from models.process.relationship.base import NextStep, Part, RelationshipCommand
from models.process.terms import Sentence

if TYPE_CHECKING:
    from models.process.relationship.state import Relationship
    from models.process.relationship.step import RelationshipStep

MAX_GOALS = 50
MAX_TITLE = 200
PARTS = {
    "title": "Please give the goal a short title.",
    "specific": "Please say what exactly is to be reached (specific).",
    "measurable": "Please say how both of you will see that it is reached (measurable).",
    "attainable": "Please say why it can be reached (attainable).",
    "relevant": "Please say why it matters (relevant).",
}


class Goal(BaseModel):
    """`progress` is 0-100 per cent; `due` is a local date without a time."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    specific: str
    measurable: str
    attainable: str
    relevant: str
    due: date
    progress: int = 0
    set_by: str
    created_at: datetime
    updated_at: datetime


def checked_part(name: str, text: str) -> str:
    """One part of a goal, cleaned. Raises Invalid when it is empty or too long."""
    limit = MAX_TITLE if name == "title" else texts.MAX_COMMENT
    kept = texts.required(text, name, PARTS[name], limit)
    return " ".join(kept.split()) if name == "title" else kept


def checked_due(due: date, today: date) -> date:
    """Raises Invalid for a day that has passed where the person who sets it lives."""
    if due < today:
        raise Invalid("Please choose a day that is still to come.", field="due")
    return due


def checked_progress(progress: int) -> int:
    if not 0 <= progress <= 100:
        raise Invalid("Progress is a number from 0 to 100.", field="progress")
    return progress


class Goals(BaseModel):
    """The fields of the part in the state of the relationship."""

    goals: tuple[Goal, ...] = ()


_TITLE = Input(Widget.TEXT, limit=MAX_TITLE, example="Lead a project review")
_PART = Input(limit=texts.MAX_COMMENT)
_DUE = Input(Widget.DATE, wrong="Please say by when it is to be reached (time-based).")
_LABELS = {
    "title": Label("In a few words", "For example: Lead a design review on my own."),
    "specific": Label(
        "Specific: what exactly is to be reached?",
        "For example: I prepare and lead the review of one service, from invitation to notes.",
    ),
    "measurable": Label(
        "Measurable: how will you both see it?",
        "For example: two reviews held, notes shared, feedback from three people.",
    ),
    "attainable": Label(
        "Attainable: why can it be reached?",
        "For example: my team has a review each month and is glad of a volunteer.",
    ),
    "relevant": Label(
        "Relevant: why does it matter?",
        "For example: I want to move towards architecture, and this is where it happens.",
    ),
    "due": Label("Time-based: by when?"),
    "progress": Label("Progress in %"),
}


class SetGoal(RelationshipCommand):
    """Sets a goal with all its parts (SMART)."""

    name = "set-goal"
    event = ("GoalSet", "A goal was set")
    by = BY_BOTH
    offer = Offer("Set the goal", done="Goal saved.", place=Place.OWN, labels=_LABELS)
    body = "GoalIn"
    goal_id: str
    """Chosen by the caller (a UUID), so that a repeated command sets one goal."""
    title: Annotated[str, _TITLE]
    specific: Annotated[str, _PART]
    measurable: Annotated[str, _PART]
    attainable: Annotated[str, _PART]
    relevant: Annotated[str, _PART]
    due: Annotated[date, _DUE]

    def do(self, step: RelationshipStep) -> None:
        existing = step.process.goals
        if any(goal.id == self.goal_id for goal in existing):
            return
        if len(existing) >= MAX_GOALS:
            raise Invalid(
                Sentence(
                    "{t.A_relationship} has {count} goals at the most; please change one of those.",
                    count=MAX_GOALS,
                )
            )
        parts: dict[str, Any] = {name: checked_part(name, getattr(self, name)) for name in PARTS}
        goal = Goal(
            id=self.goal_id,
            due=_due(step, self.due),
            set_by=step.actor.person_id or "",
            created_at=step.now,
            updated_at=step.now,
            **parts,
        )
        step.set(goals=(*existing, goal))
        step.note("GoalSet", goal.title)


class ReviseGoal(RelationshipCommand):
    """Changes the progress of a goal or parts of it; what is left out stays as it is."""

    name = "revise-goal"
    event = ("GoalRevised", "A goal was updated")
    by = BY_BOTH
    offer = Offer("Save the change", done="Goal saved.", place=Place.OWN, labels=_LABELS)
    body = "GoalChangeIn"
    goal_id: str
    title: Annotated[str | None, Input(Widget.TEXT, limit=MAX_TITLE)] = None
    specific: Annotated[str | None, _PART] = None
    measurable: Annotated[str | None, _PART] = None
    attainable: Annotated[str | None, _PART] = None
    relevant: Annotated[str | None, _PART] = None
    due: Annotated[date | None, _DUE] = None
    progress: Annotated[
        int | None,
        Input(Widget.NUMBER, least=0, most=100, wrong="Progress is a whole number from 0 to 100."),
    ] = None

    def do(self, step: RelationshipStep) -> None:
        found = next((goal for goal in step.process.goals if goal.id == self.goal_id), None)
        if found is None:
            raise Invalid(Sentence("There is no such goal in this {t.relationship}."), field="goal_id")
        changes = self._changes(step)
        if not changes:
            raise Invalid("Please say what to change: the progress, the date, or one of the goal's parts.")
        revised = found.model_copy(update={**changes, "updated_at": step.now})
        step.set(goals=tuple(revised if goal.id == found.id else goal for goal in step.process.goals))
        step.note("GoalRevised", f"{revised.title}: {revised.progress}%")

    def _changes(self, step: RelationshipStep) -> dict[str, Any]:
        changes: dict[str, Any] = {
            name: checked_part(name, text) for name in PARTS if (text := getattr(self, name)) is not None
        }
        if self.due is not None:
            changes["due"] = _due(step, self.due)
        if self.progress is not None:
            changes["progress"] = checked_progress(self.progress)
        return changes


def _due(step: RelationshipStep, day: date) -> date:
    """Raises Invalid for a day that has passed where the acting person lives."""
    if not step.recorded:
        checked_due(day, calendar.local_day(step.now, step.process.zone_of(step.actor.role)))
    return day


class GoalsPart(Part):
    """Goals wait for nobody: their days are for the two to talk about, and nothing happens by itself."""

    fields = Goals

    def next_step(self, relationship: Relationship) -> None:
        return None

    def due(self, relationship: Relationship, step: NextStep, now: datetime) -> Command:
        raise NotImplementedError("no goal ever falls due")

    def shifted(self, relationship: Relationship, by: timedelta) -> Mapping[str, Any]:
        days = timedelta(days=round(by / timedelta(days=1)))
        moved = (goal.model_copy(update={"due": goal.due + days}) for goal in relationship.goals)
        return {"goals": tuple(moved)}

    def renew(self, step: RelationshipStep) -> None:
        """Nothing of a goal falls due."""
