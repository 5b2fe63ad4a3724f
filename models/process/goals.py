"""SMART goals (L6): every part is asked for; both sides may set and revise them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from models.process import texts
from models.process.errors import Invalid

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
