"""The questions of a survey as fields, whatever a programme calls them."""

from __future__ import annotations

import pytest

from api.relationships.surveying import field_name
from api.web.forms import typed


@pytest.mark.parametrize("key", ["ready-accept", "decision", "csrf", "confirmed", "revision"])
def test_an_answer_to_a_survey_is_kept_whatever_its_question_is_called(key: str) -> None:
    name = field_name(key)
    assert typed({name: ["Kept."], key: ["Carried."]}, {name: "A question"}) == "A question\nKept."
