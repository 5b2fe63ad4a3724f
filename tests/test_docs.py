"""What the documents say about the processes is what the code does."""

from __future__ import annotations

import re

import pytest

from docs import diagrams
from tests.process.test_relationship_steps import STEPS as RELATIONSHIP_STEPS
from tests.process.test_request_steps import STEPS as REQUEST_STEPS

TEXT = diagrams.DOCUMENT.read_text()


def test_the_diagrams_are_those_of_the_tables_of_moves() -> None:
    assert diagrams.drawn(TEXT) == TEXT, "run `make docs`"


def test_the_table_of_what_is_erased_is_that_of_the_code() -> None:
    text = diagrams.PRIVACY.read_text()
    assert diagrams.drawn(text, diagrams.ERASURE_PART) == text, "run `make docs`"


@pytest.mark.parametrize("part", diagrams.PARTS)
def test_a_document_without_a_place_for_a_diagram_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match=part):
        diagrams.drawn(TEXT.replace(f"<!-- end of {part} -->", ""))


def test_every_timeline_entry_and_every_mail_of_a_step_is_named() -> None:
    steps = [step for step in (*REQUEST_STEPS.values(), *RELATIONSHIP_STEPS.values()) if step]
    expected = {step.what for step in steps} | {kind for step in steps for kind, _ in step.mails}
    assert expected - set(re.findall(r"`([A-Za-z-]+)`", TEXT)) == set()


def test_every_link_between_the_documents_leads_somewhere() -> None:
    folder = diagrams.DOCUMENT.parent
    for document in folder.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
