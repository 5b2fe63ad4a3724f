"""From props and facts to subject, text and HTML: the templates of `activities/templates/<kind>/`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from activities.letters import Rendered
from activities.mail_facts import Facts
from activities.wording import as_roles, begun, day, lines, moment, one_line, quoted, upright
from models import mail

TEMPLATES = Path(__file__).parent / "templates"


class Urls:
    """Where a mail can lead to; a template that asks for a page which its mail has no id for fails."""

    def __init__(self, base_url: str, props: mail.AnyMail, facts: Facts) -> None:
        self.base = base_url.rstrip("/")
        self._props = props
        self._slug = facts.programme_slug

    @cached_property
    def request(self) -> str:
        return f"{self.base}/requests/{self._id('request_id')}"

    @cached_property
    def area(self) -> str:
        return f"{self.base}/relationships/{self._id('relationship_id')}"

    @cached_property
    def data(self) -> str:
        return f"{self.base}/your-data"

    @cached_property
    def mentors(self) -> str:
        return f"{self._programme}/mentors"

    @cached_property
    def profile(self) -> str:
        return f"{self._programme}/profile"

    @property
    def _programme(self) -> str:
        if self._slug is None:
            raise LookupError("this mail belongs to no programme")
        return f"{self.base}/p/{self._slug}"

    def _id(self, name: str) -> str:
        found: str = getattr(self._props, name)
        return found


class Renderer:
    """Renders any kind; compiled templates are kept. Raises what Jinja2 raises when a fact is missing."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._environment = _environment()
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)

    def render(self, props: mail.AnyMail, facts: Facts, action: str | None) -> Rendered:
        """`action` is the address of the mail's own link, None for the kinds that only lead to a page."""
        context: dict[str, Any] = {
            "mail": props,
            "to": facts,
            "programme": facts.programme_name,
            "mentee": facts.mentee,
            "mentor": facts.mentor,
            "other": facts.other,
            "urls": Urls(self._base_url, props, facts),
        }
        if action is not None:
            # Left out otherwise: a mail whose link was not minted fails instead of leading to “None”.
            context["action"] = action
        names = [one.name for one in (facts.mentee, facts.mentor) if one is not None]
        context["subject"] = upright(one_line(self._part(props.kind, "subject.txt", context)), names)
        text = _settled(self._part(props.kind, "body.txt", context), names)
        html = self._inliner.inline(self._part(props.kind, "body.html", context))
        return Rendered(context["subject"], text, html)

    def _part(self, kind: str, name: str, context: dict[str, Any]) -> str:
        return self._environment.get_template(f"{kind}/{name}").render(context)


def _settled(text: str, names: Collection[str]) -> str:
    """One empty line at the most between paragraphs: templates leave more where a part is left out."""
    kept: list[str] = []
    for line in text.strip("\n").split("\n"):
        if line or (kept and kept[-1]):
            kept.append(upright(line, names))
    return "\n".join(kept) + "\n"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(when=_when, day=_day, quoted=quoted, lines=lines)
    environment.filters.update(as_roles=as_roles, begun=begun, one_line=one_line)
    return environment


@pass_context
def _when(context: Context, at: datetime) -> str:
    zone: str = context["to"].zone
    return moment(at, zone)


@pass_context
def _day(context: Context, at: datetime) -> str:
    zone: str = context["to"].zone
    return day(at, zone)
