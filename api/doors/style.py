"""The page `/style`: every component of the pages in every state, for those who build or check pages."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.doors.mailbox import on_this_machine
from api.web.drawing import Stop
from api.web.forms import Form
from api.web.rendering import Frame, Item, page
from models.looks import as_colour, schemes
from models.process.errors import Invalid
from models.process.match import MatchReason

router = APIRouter(include_in_schema=False, dependencies=[Depends(on_this_machine)])

ITEMS = (
    Item("Mentors", "/style#people"),
    Item("Requests", "/style#turn", waiting=2),
    Item("Mentoring", "/style#journeys"),
    Item("Profile", "/style#forms"),
    Item("Desk", "/style", current=True, waiting=12),
)
"""Those of a coordinator who is mentor and mentee too: the longest navigation there is."""

PEOPLE = [
    {"id": name, "name": name}
    for name in (
        "Ngozi Adeyemi-Håkansson",
        "Jonas Weber",
        "Mina Okafor",
        "Chiara Grant",
        "Amina El-Sayed",
        "Lars Holm",
        "Oona Virtanen",
        "Tomás Rivera",
        "ليلى حداد",
        "Wanjiru Kimani",
    )
]
WORDS = "Could you say which of your systems you would bring? Then I can tell you honestly."


def _journey(*states: str) -> list[Stop]:
    labels = ("Asked", "You", "Goals", "Done", "Survey")
    dates = ("2 Mar", "by 16 Mar", "", "", "")
    return [
        Stop(label, when, state, label == "Done")
        for label, when, state in zip(labels, dates, states, strict=True)
    ]


JOURNEYS = (
    ("The reader’s turn", 0.215, _journey("done", "turn", "ahead", "ahead", "ahead")),
    ("On course", 0.575, _journey("done", "done", "done", "now", "ahead")),
    ("Completed", 0.9, _journey("done", "done", "done", "done", "turn")),
    ("It ended on the way", 0.3, _journey("done", "end", "ahead", "ahead", "ahead")),
)


def _gap(skill: str, current: int, target: int, level: int) -> MatchReason:
    return MatchReason.model_validate(
        {"kind": "gap", "text": "", "skill": skill, "current": current, "target": target, "level": level}
    )


REASONS = [
    _gap("Architecture", 2, 4, 5),
    _gap("DevOps", 1, 4, 3),
    _gap("Public speaking", 2, 3, 0),
    MatchReason.model_validate({"kind": "preference", "text": "", "option": "Video calls"}),
]


def _form(*, wrong: bool) -> Form:
    form = Form(csrf="", prefix="wrong" if wrong else "f")
    if wrong:
        form.values = {"name": ["x"], "days": ["1000"], "words": [""], "channel": ["email"]}
        form.refused(Invalid("Please write at least two letters.", "name"))
        form.errors |= {"days": "Please choose between 1 and 90.", "words": "A few words are needed."}
    return form


@router.get("/style")
async def style(accent: str = "") -> Response:
    """In the colours of the product, or of an accent that somebody tries out."""
    form, chosen = Form(csrf="", values={"accent": [accent]}, prefix="try"), ""
    try:
        chosen = as_colour(accent) if accent else ""
    except ValueError as error:
        form.errors["accent"] = str(error)
    frame = Frame(
        person="Mina Okafor",
        person_id="mina",
        programme="Open Doors for Digital Services 2026/27",
        items=ITEMS,
        profile="/style#people",
        zone_words="Berlin time",
        contact="mentoring@example.org",
        accent=chosen,
    )
    return page(
        "style.html",
        frame=frame,
        status=422 if form.errors else 200,
        form=form,
        good=_form(wrong=False),
        wrong=_form(wrong=True),
        people=PEOPLE,
        words=WORDS,
        journeys=JOURNEYS,
        reasons=REASONS,
        schemes=schemes(chosen),
    )
