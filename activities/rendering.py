"""From props and facts to subject, text and HTML: the templates of `activities/templates/<kind>/`.

What a template shows is somebody's words unless it is `Markup`: it is put on one line and defused, in the
text part, the HTML part and the subject alike, so that no line and no link of theirs passes for one of ours.
Exempt are our own addresses, what `quoted` and `lines` mark as a quotation, and what `exact` shows unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from activities.letters import Rendered
from activities.mail_facts import Facts
from activities.wording import as_roles, begun, day, defused, lines, moment, one_line, quoted, upright
from models import mail

TEMPLATES = Path(__file__).parent / "templates"


class Urls:
    """Where a mail can lead to; a template that asks for a page which its mail has no id for fails.

    `action` is the address of the mail's own link, None for the kinds that only lead to a page; `unsubscribe`
    where the recipient switches off such mails, None for those that are essential.
    """

    def __init__(
        self,
        base_url: str,
        props: mail.AnyMail,
        facts: Facts,
        action: str | None,
        unsubscribe: str | None,
        form: Callable[[str], Markup],
    ) -> None:
        self.base = form(base_url.rstrip("/"))
        self.action = None if action is None else form(action)
        self.unsubscribe = None if unsubscribe is None else form(unsubscribe)
        self._props = props
        self._slug = facts.programme_slug

    @cached_property
    def request(self) -> Markup:
        return self.base + f"/requests/{self._id('request_id')}"

    @cached_property
    def area(self) -> Markup:
        return self.base + f"/relationships/{self._id('relationship_id')}"

    @cached_property
    def data(self) -> Markup:
        return self.base + "/your-data"

    @cached_property
    def mentors(self) -> Markup:
        return self._programme + "/mentors"

    @cached_property
    def profile(self) -> Markup:
        return self._programme + "/profile"

    @property
    def _programme(self) -> Markup:
        if self._slug is None:
            raise LookupError("this mail belongs to no programme")
        return self.base + f"/p/{self._slug}"

    def _id(self, name: str) -> str:
        found: str = getattr(self._props, name)
        return found


class Renderer:
    """Renders any kind; compiled templates are kept. Raises what Jinja2 raises when a fact is missing."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._text = _environment(Markup)
        self._text.filters["quoted"] = quoted
        self._html = _environment(escape)
        self._html.filters["lines"] = lines
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)

    def render(
        self, props: mail.AnyMail, facts: Facts, action: str | None, unsubscribe: str | None = None
    ) -> Rendered:
        """`action` and `unsubscribe`: see `Urls`."""
        context: dict[str, Any] = {
            "mail": props,
            "to": facts,
            "programme": facts.programme_name,
            "mentee": facts.mentee,
            "mentor": facts.mentor,
            "other": facts.other,
        }
        names = [defused(one.name) for one in (facts.mentee, facts.mentor) if one is not None]
        context |= _leading(Urls(self._base_url, props, facts, action, unsubscribe, Markup))
        context["subject"] = upright(one_line(self._part(self._text, props, "subject.txt", context)), names)
        text = _settled(self._part(self._text, props, "body.txt", context), names)
        context |= _leading(Urls(self._base_url, props, facts, action, unsubscribe, escape))
        html = self._inliner.inline(self._part(self._html, props, "body.html", context))
        return Rendered(context["subject"], text, html)

    @staticmethod
    def _part(environment: Environment, props: mail.AnyMail, name: str, context: dict[str, Any]) -> str:
        return environment.get_template(f"{props.kind}/{name}").render(context)


def _leading(urls: Urls) -> dict[str, Any]:
    # No `action` otherwise: a mail whose link was not minted fails instead of leading to “None”.
    return {"urls": urls} if urls.action is None else {"urls": urls, "action": urls.action}


def _settled(text: str, names: Collection[str]) -> str:
    """One empty line at the most between paragraphs: templates leave more where a part is left out."""
    kept: list[str] = []
    for line in text.strip("\n").split("\n"):
        if line or (kept and kept[-1]):
            kept.append(upright(line, names))
    return "\n".join(kept) + "\n"


def _environment(form: Callable[[str], Markup]) -> Environment:
    """`form` marks a text as one that the part shows as it is: escaped in HTML, unchanged in text."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Autoescaping tells the templates' own words from values; `finalize` sees to the values.
        autoescape=True,
        finalize=lambda value: value if isinstance(value, (Markup, Undefined)) else form(defused(str(value))),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(when=_when, day=_day, as_roles=as_roles, begun=begun, defused=defused)
    environment.filters["exact"] = form
    return environment


@pass_context
def _when(context: Context, at: datetime) -> str:
    zone: str = context["to"].zone
    return moment(at, zone)


@pass_context
def _day(context: Context, at: datetime) -> str:
    zone: str = context["to"].zone
    return day(at, zone)
