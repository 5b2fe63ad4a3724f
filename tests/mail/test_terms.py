"""Every mail of a programme whose words are made up: none of the usual ones is left, and people's own are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from activities.rendering import Renderer
from models import mail
from models.process.terms import Terms
from tests.mail.samples import BASE, ERASED, SAMPLES, SIGNING_IN, TO_MENTOR, Sample

TERMS = Terms.model_validate(
    {
        "mentor": {"one": "zorb", "many": "zorben"},
        "mentee": {"one": "ulme", "many": "ulmen"},
        "coordinator": {"one": "blim", "many": "blimmen"},
        "request": {"one": "frob", "many": "frobben"},
        "relationship": {"one": "dwee", "many": "dweeben"},
    }
)
USUAL = re.compile(r"\b(?:mentor|mentee|coordinator|request|relationship|mentorship)\w*", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s\"<]+")
RENDERER = Renderer(BASE)
OF_A_PROGRAMME = [sample for sample in SAMPLES if sample.facts not in (SIGNING_IN, ERASED)]


@pytest.mark.parametrize("sample", OF_A_PROGRAMME, ids=[sample.name for sample in OF_A_PROGRAMME])
def test_every_mail_speaks_in_the_words_of_its_programme(sample: Sample) -> None:
    facts = replace(sample.facts, terms=TERMS)
    rendered = RENDERER.render(sample.props, facts, sample.action, sample.unsubscribe)
    for part in (rendered.subject, rendered.text, rendered.html):
        shown = ADDRESS.sub("", part)
        assert [shown[max(0, one.start() - 40) : one.end() + 40] for one in USUAL.finditer(shown)] == []


def test_people_read_their_own_words_as_they_wrote_them() -> None:
    typed = "My mentor {t.mentor} {{ t.mentor }} {mentor} requests a coordinator"
    (sample,) = [one for one in SAMPLES if one.name == "request-received"]
    assert isinstance(sample.props, mail.RequestReceived)
    props = sample.props.model_copy(update={"message": typed})
    rendered = RENDERER.render(props, replace(TO_MENTOR, terms=TERMS), sample.action)
    assert rendered.subject == "Amara Okonkwo asks you to be their zorb"
    assert f"> {typed}" in rendered.text
    assert typed in rendered.html
