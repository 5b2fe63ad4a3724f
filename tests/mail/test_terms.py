"""Every mail of a programme whose words are made up: none of the usual ones is left, and people's own are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from activities.rendering import Renderer
from models.mails.request import RequestReceived
from models.process.terms import Terms
from models.store.database import Database
from models.store.programmes import change_settings
from models.store.tables import ProgrammeRow
from tests.mail import world
from tests.mail.samples import BASE, ERASED, SAMPLES, SIGNING_IN, TO_MENTOR, Sample
from tests.mail.test_contact import queue_all
from tests.mail.tools import on_one_database
from tests.mail.world import Clock

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
    assert isinstance(sample.props, RequestReceived)
    props = sample.props.model_copy(update={"message": typed})
    rendered = RENDERER.render(props, replace(TO_MENTOR, terms=TERMS), sample.action)
    assert rendered.subject == "Amara Okonkwo asks you to be their zorb"
    assert f"> {typed}" in rendered.text
    assert typed in rendered.html


async def test_mails_are_sent_in_the_words_that_the_programme_has_now(
    database: Database, clock: Clock
) -> None:
    await queue_all(database)
    with database.writing() as session:
        change_settings(session, world.PROGRAMME, {"terms": TERMS.model_dump(mode="json")}, world.START)
    await world.dispatcher(database, clock).deliver_due()
    texts = [world.text_of(message) for message in await world.mailbox(database)]
    assert len(texts) == 5
    assert [one[0] for text in texts for one in USUAL.finditer(ADDRESS.sub("", text))] == []
    for word in ("a blim", "an ulme", "a zorb", "dwee"):
        assert any(word in text for text in texts), word


@on_one_database
@pytest.mark.parametrize("kept", ["coach", 7, None, {"mentor": {"one": ""}}, {"guru": {}}])
async def test_words_that_cannot_be_read_keep_no_mail_back(
    database: Database, clock: Clock, kept: object
) -> None:
    with database.writing() as session:
        row = session.get_one(ProgrammeRow, world.PROGRAMME)
        row.settings = row.settings | {"terms": kept}
    await queue_all(database)
    assert await world.dispatcher(database, clock).deliver_due() == 5
    assert any("to be their mentor" in world.text_of(message) for message in await world.mailbox(database))
