"""Reads a page as machines do, and says what breaks the rules that every page keeps."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

from httpx import Response

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "base"}
BAD_SCHEMES = ("javascript:", "data:", "vbscript:")
OURS = "script-src 'self';"
"""Framed mails have none at all."""
FIELDS = {"input", "select", "textarea"}


@dataclass
class Seen(HTMLParser):
    """What stands on a page: elements with their attributes, in order."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.wrong.append(f"an attribute stands twice in <{tag}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag in tags]


def seen(response: Response) -> Seen:
    page = Seen()
    page.feed(response.text)
    page.close()
    return page


def words_of(response: Response) -> str:
    """The text of a page, blanks collapsed."""
    return " ".join("".join(seen(response).text).split())


def paths(page: Seen) -> list[str]:
    """Where the links of a page lead to, on this site."""
    found = [attrs.get("href") or "" for attrs in page.all("a")]
    return [path.partition("#")[0] for path in found if path.startswith("/") and not urlsplit(path).netloc]


def broken_rules(response: Response) -> list[str]:
    """What a page does that none may do; empty for a good one."""
    page = seen(response)
    return [
        *page.wrong,
        *(f"never closed: {tag}" for tag in page.open),
        *_inline(page),
        *_ids(page),
        *_fields(page),
        *_headings(page),
        *_forms(page),
        *_frame(response, page),
    ]


def _inline(page: Seen) -> list[str]:
    wrong = [f"<{tag}>" for tag, _ in page.tags if tag in {"style", "object", "embed"}]
    wrong += [f"a script from {one.get('src')}" for one in page.all("script") if not _is_ours(one)]
    for tag, attrs in page.tags:
        wrong += [f"{tag} has {name}" for name in attrs if name == "style" or name.startswith("on")]
        wrong += [
            f"{tag} leads to {value}"
            for name, value in attrs.items()
            if name in {"href", "src", "action"}
            and (value or "").strip().lower().startswith(("java", "data"))
        ]
    return wrong


def _is_ours(script: dict[str, str | None]) -> bool:
    """The one script is a file of ours that waits for the page."""
    name = re.fullmatch(r"/static/[0-9a-f]{16}/steadfast\.js", script.get("src") or "")
    return name is not None and "defer" in script


def _ids(page: Seen) -> list[str]:
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    wrong = [f"id {name} stands {count} times" for name, count in Counter(ids).items() if count > 1]
    for _, attrs in page.tags:
        for name in ("aria-labelledby", "aria-describedby", "for", "list"):
            named = (attrs.get(name) or "").split()
            wrong += [f"{name} names {one}, which is not there" for one in named if one not in ids]
    return wrong


def _fields(page: Seen) -> list[str]:
    labelled = {attrs.get("for") for attrs in page.all("label")}
    return [
        f"no label for {attrs.get('name')}"
        for attrs in page.all(*FIELDS)
        if attrs.get("type") not in {"hidden", "radio", "checkbox"}
        and attrs.get("id") not in labelled
        and "aria-hidden" not in attrs
    ]


def _headings(page: Seen) -> list[str]:
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    wrong = [] if levels.count(1) == 1 else [f"{levels.count(1)} first headings"]
    jumps = pairwise(levels)
    return wrong + [f"h{after} follows h{before}" for before, after in jumps if after > before + 1]


def _forms(page: Seen) -> list[str]:
    depth = [tag for tag in page.open if tag == "form"]
    return ["a form in a form"] if len(depth) > 1 else []


def _frame(response: Response, page: Seen) -> list[str]:
    wrong = []
    if not any(attrs.get("lang") for attrs in page.all("html")):
        wrong.append("no language")
    if "<title>" not in response.text or "<title> –" in response.text:
        wrong.append("no title")
    policy = response.headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "script-src" in policy.replace(OURS, ""):
        wrong.append(f"the policy is {policy}")
    if response.headers.get("cache-control") != "no-store":
        wrong.append("a cache may keep it")
    return wrong
