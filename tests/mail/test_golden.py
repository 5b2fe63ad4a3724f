"""Every mail as it is read, compared with the files in `golden/`.

After a deliberate change of words or looks write them anew, and read the difference:

    RENEW_GOLDEN=1 python -m pytest tests/mail/test_golden.py && git diff tests/mail/golden
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from activities.mail_facts import Party
from activities.rendering import TEMPLATES, Renderer
from models.mails.frame import KINDS, Props
from models.mails.person import SignIn
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


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_has_a_body_and_a_sample(kind: str) -> None:
    body, name = TEMPLATES / f"{kind}.jinja", KINDS[kind].__name__
    assert body.exists(), f"{name} needs its wording, in activities/templates/{kind}.jinja"
    assert any(sample.props.kind == kind for sample in SAMPLES), (
        f"{name} needs a sample, in tests/mail/samples.py"
    )


def test_no_body_is_left_over() -> None:
    assert {file.stem for file in TEMPLATES.glob("*.jinja")} == KINDS.keys()


def test_a_mail_says_what_the_log_calls_it() -> None:
    with pytest.raises(TypeError, match="The mail Unnamed needs a `label`"):
        type("Unnamed", (Props,), {"__annotations__": {"kind": Literal["unnamed"]}, "kind": "unnamed"})
    with pytest.raises(TypeError, match="Another and SignIn are both the mail “sign-in”"):
        type(
            "Another",
            (Props,),
            {"__annotations__": {"kind": Literal["sign-in"]}, "kind": "sign-in", "label": "Another"},
        )
    assert KINDS["sign-in"] is SignIn


def test_no_golden_file_is_left_over() -> None:
    expected = {f"{sample.name}.{ending}" for sample in SAMPLES for ending in ("txt", "html")}
    assert {file.name for file in GOLDEN.iterdir()} == expected


def _same(file: Path, found: str) -> None:
    if os.environ.get("RENEW_GOLDEN"):
        file.write_text(found, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == found
