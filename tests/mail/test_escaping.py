"""Whatever people write stays text in every mail: no tag, no attribute, no style and no link of theirs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from activities.mail_facts import Contact, Facts, Party
from activities.rendering import Renderer
from models.mails.order import AnyMail
from models.mails.request import ClosingDate, RequestReceived
from models.process.match import MatchReason
from tests.mail.samples import BASE, LINK, SAMPLES, UNSUBSCRIBE, Sample

RENDERER = Renderer(BASE)
SNIPPETS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "</title><a href='https://evil.example'>click</a>",
    "<!-- -->",
    "]]>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "<a href=https://evil.example>here</a>",
    "&lt;b&gt;&#x3c;i&#x3e;",
)


class Shape(HTMLParser):
    """The tags and attributes of a page, and its text without white space."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.styles: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _value in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.styles.append(data)
        self.text += "".join(data.split())

    def handle_comment(self, data: str) -> None:
        self.tags["comment"] += 1


def filled(sample: Sample, text: str) -> Sample:
    """The sample with `text` in every place that a person can write to, except addresses."""
    words = {name for name, field in type(sample.props).model_fields.items() if field.annotation is str}
    ids = {"request_id", "relationship_id", "invitation_id", "question_id", "assignment_id"}
    free = words - ids - {"next_path"}
    changes: dict[str, Any] = {name: text for name in free if getattr(sample.props, name)}
    if isinstance(sample.props, RequestReceived) and sample.props.reasons:
        changes["reasons"] = (text,) * len(sample.props.reasons)
    return replace(sample, props=sample.props.model_copy(update=changes), facts=_facts(sample.facts, text))


def _facts(facts: Facts, text: str) -> Facts:
    def party(of: Party | None) -> Party | None:
        return of and Party(of.id, text, of.headline and text, of.place and text)

    return replace(
        facts,
        name=facts.name and text,
        programme_name=facts.programme_name and text,
        mentee=party(facts.mentee),
        mentor=party(facts.mentor),
        words=facts.words and text,
        match=tuple(_match(reason, text) for reason in facts.match),
        contact=facts.contact and Contact(facts.contact.email, facts.contact.text and text),
        invited=facts.invited and replace(facts.invited, by=facts.invited.by and text),
    )


def _match(reason: MatchReason, text: str) -> MatchReason:
    fields = reason.model_dump()
    return MatchReason.model_validate(
        {name: text if name in {"skill", "option"} else value for name, value in fields.items()}
    )


def shape(sample: Sample) -> Shape:
    return Shape(RENDERER.render(*_parts(sample)).html)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_snippets_stay_text(sample: Sample) -> None:
    plain = shape(filled(sample, "words"))
    for snippet in SNIPPETS:
        found = shape(filled(sample, snippet))
        assert found.tags == plain.tags
        assert found.attributes == plain.attributes
        assert found.links == plain.links
        assert found.styles == plain.styles
        # The last mail to somebody who was erased has no words of anybody in it.
        shown = found.text.replace("\u200b", "")
        assert "".join(snippet.split()) in shown or filled(sample, snippet) == sample


FORGED = "https://evil.example/links/decide.6f1e4c0e"
BREAKS = ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e")
HOSTILE = (
    FORGED,
    f"{BASE}/links/decide.forged",
    "evil.example/links/decide",
    "www.evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "mailto:evil@evil.example",
    "javascript:alert(1)",
    "http://203.0.113.9/x",
    "//evil.example",
    r"\\evil\share",
    "evil\u3002example.com",
    "<https://evil.example>",
    "[Accept](https://evil.example)",
    f"\u202e{FORGED}\u202c",
    f"\u2066{FORGED}",
    *(f"Ann{line_end}{FORGED}{line_end}{line_end}Accept:{line_end}{FORGED}" for line_end in BREAKS),
)
LINKED = re.compile(r"(?i)[a-z]:[^\s\u200b]|\w[.\u3002][a-z]{2}|\\\\|[\u202a-\u202e\u2066-\u2069]")
"""What a mail program would make a link of, or would turn around."""


OURS = {
    "Questions? Write to office@example.org",
    f"No more reminders and surveys of this programme: {UNSUBSCRIBE}",
}
"""Lines of ours with an address in them."""


class Loose(HTMLParser):
    """What is shown outside of quotations, of the contact details and of our own addresses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"blockquote", "style", "a"}:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"blockquote", "style", "a"}:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        self.text += "" if self._within else f"{data} "


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_nothing_of_theirs_passes_for_a_line_or_a_link_of_ours(sample: Sample) -> None:
    contact = sample.facts.contact and replace(sample.facts.contact, text="")
    ours = {sample.action or "", contact.email if contact else "", *OURS}
    plain = RENDERER.render(*_parts(filled(sample, "words")))
    for words in HOSTILE:
        hostile = filled(sample, words)
        found = RENDERER.render(*_parts(hostile))
        assert not LINKED.search(found.subject)
        loose = [line for line in found.text.splitlines() if not line.startswith(">")]
        assert len(loose) == sum(not line.startswith(">") for line in plain.text.splitlines())
        theirs = [line for line in loose if line not in ours and not line.startswith(f"{BASE}/")]
        assert not [line for line in theirs if LINKED.search(line)]
        assert not found.text.count(f"\n{BASE}/links/decide.forged")
        in_html = RENDERER.render(
            *_parts(replace(hostile, facts=replace(hostile.facts, contact=contact)))
        ).html
        assert not LINKED.search(Loose(in_html).text)


def _parts(sample: Sample) -> tuple[AnyMail, Facts, str | None, str | None]:
    return sample.props, sample.facts, sample.action, sample.unsubscribe


@pytest.mark.parametrize("words", ["Node.js", "R&D <lead>", "B.Sc., M.A.", "v2.0, 16:42", "Ann"])
def test_harmless_words_are_read_as_they_were_written(words: str) -> None:
    found = RENDERER.render(*_parts(filled(SAMPLES[0], words)))
    assert f"> {words}" in found.text.replace("\u200b", "")
    assert found.subject.replace("\u200b", "") == f"{words} asks you to be their mentor"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SAMPLES), st.text(min_size=1, max_size=80).filter(lambda text: text.strip()))
def test_any_text_stays_text(sample: Sample, text: str) -> None:
    one_line = " ".join(text.split())
    plain, found = shape(filled(sample, "words")), shape(filled(sample, one_line))
    assert (found.tags, found.links, found.styles) == (plain.tags, plain.links, plain.styles)


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_no_line_of_theirs_passes_for_the_link(sample: Sample) -> None:
    forged = f"Hello\n{BASE}/links/forged\r\n{BASE}/links/forged\u2028{BASE}/links/forged"
    props = filled(sample, forged).props
    rendered = RENDERER.render(props, sample.facts, sample.action)
    assert f"{BASE}/links/forged" not in rendered.text.split("\n")


QUIET = {
    "request-released-mentee-stopped",
    *("request-withdrawn", "request-closed-to-mentor", "request-expired-mentee-silent-to-mentor"),
    *("request-released-matched-to-mentee", "request-released-matched-to-mentor"),
    *("decided-on-behalf-reject", "decided-on-behalf-request-amendment", "request-handed-over-to-the-mentor"),
    *("offer-rejected", "offer-withdrawn", "offer-declined-for-you", "offer-expired-to-mentor"),
    *("offer-closed-to-mentee", "offer-closed-to-mentor", "offer-released-mentor-full-to-mentee"),
    *("offer-released-mentee-matched-to-mentee", "offer-released-mentee-matched-to-mentor"),
    *("offer-released-mentor-left-to-mentee", "offer-released-mentee-left-to-mentor"),
    *("offer-released-mentor-stopped-to-mentee", "offer-released-mentee-stopped-to-mentor"),
    "offer-released-mentor-away-to-mentee",
    *("question-closed-to-asked", "question-closed-about-request"),
    *("request-released-mentee-left", "relationship-withdrawn-to-mentor", "relationship-ended-to-mentor"),
}
"""Samples of mails after which there is nothing to do: a link, and no button."""


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
def test_one_button_with_its_address_and_nothing_from_elsewhere(sample: Sample) -> None:
    rendered = RENDERER.render(*_parts(sample))
    found = Shape(rendered.html)
    if sample.props.kind == "erasure-confirmed":  # the end: it leads nowhere
        assert found.links == set()
        return
    assert rendered.html.count('class="button"') == (0 if sample.name in QUIET else 1)
    pages = (link for link in found.links if link.startswith(BASE) and link != sample.unsubscribe)
    target = sample.action or next(pages)
    reply_to = {f"mailto:{sample.facts.reply_to.addr_spec}"} if sample.facts.reply_to else set()
    reach = {f"mailto:{sample.facts.contact.email}"} if sample.facts.contact else set()
    off = {sample.unsubscribe} if sample.unsubscribe else set()
    assert found.links == {target} | reply_to | reach | off
    assert rendered.text.split("\n").count(target) == 1
    assert found.tags["img"] + found.tags["script"] + found.tags["link"] == 0
    assert "url(" not in rendered.html


def test_a_link_in_a_mail_is_only_there_when_it_was_minted() -> None:
    unlinked = [
        sample for sample in SAMPLES if sample.action == LINK and not isinstance(sample.props, ClosingDate)
    ]
    for sample in unlinked:
        with pytest.raises(UndefinedError, match="action"):
            RENDERER.render(sample.props, sample.facts, None)
