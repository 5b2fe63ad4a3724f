"""What pages and mails write for codes and figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models import naming
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on

ROOT = Path(__file__).parent.parent
TEMPLATES = [
    path
    for room in ("api", "activities")
    for path in (ROOT / room).rglob("*")
    if path.suffix in {".html", ".txt", ".jinja"} and "templates" in path.parts
]


@pytest.mark.parametrize(
    ("parts", "country", "expected"),
    [
        (("Payments", "Malmö"), "SE", "Payments, Malmö, Sweden"),
        (("", "Malmö"), "", "Malmö"),
        (("",), "se", "Sweden"),
        (("Payments",), "Atlantis", "Payments, Atlantis"),
        ((), "", ""),
    ],
)
def test_a_place_names_its_country(parts: tuple[str, ...], country: str, expected: str) -> None:
    assert naming.place(*parts, country_code=country) == expected


def test_figures_of_a_hundred_and_languages() -> None:
    assert [naming.percent(figure) for figure in (0, 7, 65, 100)] == ["0%", "7%", "65%", "100%"]
    assert naming.languages(["en", "PT", "tlh"]) == "English, Portuguese, Klingon"


def test_templates_leave_the_percent_sign_to_one_place() -> None:
    """But for widths, which are attributes."""
    assert len(TEMPLATES) > 50
    wrong = [path.name for path in TEMPLATES if re.search(r"\}\}\s*(%(?!\")|&percnt;)", path.read_text())]
    assert wrong == []


def test_a_rule_of_the_programme_names_the_skill_as_people_read_it() -> None:
    settings = ProgrammeSettings(eligibility="business_skills>=9", levels=5)
    (sentence,) = notes_on(settings)
    assert "eligibility asks for Business skills at level 9" in sentence
