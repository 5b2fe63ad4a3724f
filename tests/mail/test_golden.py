"""Every mail as it is read, compared with the files in `golden/`.

After a deliberate change of words or looks write them anew, and read the difference:

    RENEW_GOLDEN=1 python -m pytest tests/mail/test_golden.py && git diff tests/mail/golden
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from activities.mail_facts import Party
from activities.rendering import TEMPLATES, Renderer
from models import mail
from tests.mail.samples import BASE, SAMPLES, Sample

GOLDEN = Path(__file__).parent / "golden"
RENDERER = Renderer(BASE)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_mail_reads_as_agreed(sample: Sample) -> None:
    rendered = RENDERER.render(sample.props, sample.facts, sample.action, sample.unsubscribe)
    _same(GOLDEN / f"{sample.name}.txt", f"Subject: {rendered.subject}\n\n{rendered.text}")
    _same(GOLDEN / f"{sample.name}.html", rendered.html)


def test_a_name_from_right_to_left_turns_no_sentence_around() -> None:
    (sample,) = [one for one in SAMPLES if one.name == "request-received"]
    mentee = Party("m9", "נועה לוי", "מהנדסת", "")
    rendered = RENDERER.render(sample.props, replace(sample.facts, mentee=mentee), sample.action)
    assert rendered.subject == "\u200eנועה לוי asks you to be their mentor"
    sentences = [line for line in rendered.text.splitlines() if "נועה לוי" in line and line != "> נועה לוי"]
    assert len(sentences) == 3
    assert [line[0] for line in sentences] == ["\u200e", "\u200e", "A"]


def test_every_kind_has_a_sample_and_a_folder() -> None:
    union = get_args(mail.AnyMail)[0]
    kinds = {member.model_fields["kind"].default for member in get_args(union)}
    folders = {folder.name for folder in TEMPLATES.iterdir() if folder.is_dir()}
    assert {sample.props.kind for sample in SAMPLES} == kinds == folders


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{sample.name}.{ending}" for sample in SAMPLES for ending in ("txt", "html")}
    assert {file.name for file in GOLDEN.iterdir()} == expected


def _same(file: Path, found: str) -> None:
    if os.environ.get("RENEW_GOLDEN"):
        file.write_text(found, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found
