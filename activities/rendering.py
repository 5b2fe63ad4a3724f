"""From props and facts to subject, text and HTML: the bodies `activities/templates/<kind>.jinja`.

A body is written once and rendered twice. Its lines are text, with an empty line between two paragraphs; what
looks different in the two parts is a macro of `_parts.txt` and `_parts.html`, and `_layout` is around it. A
person or a programme shown as such (`{{ mentor }}`) is a name, which in HTML has a direction of its own.

What a template shows is somebody's words unless it is `Markup`: it is put on one line and defused, in the
text part, the HTML part and the subject alike, so that no line and no link of theirs passes for one of ours.
Exempt are our own addresses, what `quoted` and `lines` mark as a quotation, and what `exact` shows unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from activities import mail_course
from activities.letters import LOGO, Rendered
from activities.mail_facts import Facts, Party
from activities.wording import (
    as_roles,
    begun,
    day,
    defused,
    is_long,
    lines,
    moment,
    one_line,
    quoted,
    upright,
    weekday,
)
from models import looks, naming
from models.mails.frame import Words
from models.mails.order import AnyMail
from models.process.actors import Part
from models.process.request.kinds import terms_of
from models.process.terms import Sentence

TEMPLATES = Path(__file__).parent / "templates"


class Urls:
    """Where a mail can lead to; a template that asks for a page which its mail has no id for fails.

    `action` is the address of the mail's own link, None for the kinds that only lead to a page; `unsubscribe`
    where the recipient switches off such mails, None for those that are essential.
    """

    def __init__(
        self,
        base_url: str,
        props: AnyMail,
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
        self._shortlist_id = facts.shortlist_id

    @cached_property
    def request(self) -> Markup:
        return self.base + f"/requests/{self._id('request_id')}"

    @cached_property
    def question(self) -> Markup:
        return self.base + f"/questions/{self._id('question_id')}"

    @cached_property
    def shortlist(self) -> Markup:
        return self.base + f"/shortlists/{self._shortlist_id}"

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
    def join(self) -> Markup:
        return self._programme + "/join"

    @cached_property
    def registrations(self) -> Markup:
        return self._programme + "/admin/registrations"

    @cached_property
    def mentorships(self) -> Markup:
        return self._programme + "/mentorships"

    @cached_property
    def guide(self) -> Markup:
        return self._programme + "/what-mentors-do"

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


class Name(str):
    """What somebody or something is called."""

    __slots__ = ()


class Renderer:
    """Renders any kind; compiled templates are kept. Raises what Jinja2 raises when a fact is missing."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._own = {f"{one.parent.name}/{one.name}" for one in TEMPLATES.glob("*/*.jinja")}
        self._text = _environment("txt", Markup, lambda name: name)
        self._html = _environment("html", escape, Markup('<span dir="auto">{}</span>').format)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)

    def render(
        self,
        props: AnyMail,
        facts: Facts,
        action: str | None,
        unsubscribe: str | None = None,
        logo: bytes = b"",
    ) -> Rendered:
        """`action` and `unsubscribe`: see `Urls`. `logo`: a PNG."""
        colours = looks.schemes(facts.accent)
        context: dict[str, Any] = {
            "mail": props,
            "t": terms_of(facts.terms, facts.kind).words,
            "to": facts,
            "programme": None if facts.programme_name is None else Name(facts.programme_name),
            "mentee": facts.mentee,
            "mentor": facts.mentor,
            "other": facts.other,
            "names": [Name(one) for one in facts.named],
            "writes": _writes(props.whose, facts),
            "light": colours["light"],
            "dark": colours["dark"],
            "band": colours["band"],
            "logo": f"cid:{LOGO}" if logo else "",
            "turn": mail_course.turn(props, facts),
            "course": mail_course.journey(props, facts),
            "gaps": mail_course.gaps(facts),
            "reasons": mail_course.others(facts) if facts.match else getattr(props, "reasons", ()),
        }
        names = [defused(one.name) for one in (facts.mentee, facts.mentor) if one is not None]
        name = self._name(props.kind, facts.kind)
        template = self._text.get_template(name)
        context |= _leading(Urls(self._base_url, props, facts, action, unsubscribe, Markup))
        subject = "".join(template.blocks["subject"](template.new_context(context)))
        context["subject"] = upright(one_line(subject), names)
        text = _settled(template.render(context), names)
        context |= _leading(Urls(self._base_url, props, facts, action, unsubscribe, escape))
        html = self._html.get_template(name).render(context)
        return Rendered(context["subject"], text, self._inliner.inline(html), logo)

    def _name(self, kind: str, of: str) -> str:
        """The wording for this kind of request, or else the usual one."""
        own = f"{of}/{kind}.jinja"
        return own if own in self._own else f"{kind}.jinja"


def _writes(whose: Words | None, facts: Facts) -> str:
    """The heading of the words that a mail carries."""
    if whose is Words.ADMIN:
        name = (
            facts.invited.by if facts.invited else Sentence("The {t.coordinator}").in_terms(facts.terms.words)
        )
        return f"{name} writes" if name else "A word with it"
    sides = {
        Words.MENTEE: facts.mentee,
        Words.MENTOR: facts.mentor,
        Words.OTHER: facts.other,
        Words.SENDER: facts.side(Part.SENDER),
        Words.DECIDER: facts.side(Part.DECIDER),
    }
    party = sides.get(whose) if whose else None
    return f"{party.name} writes" if party else ""


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


_BLOCK = re.compile(r"</?(p|div|table|tr|td|ul|li|blockquote)\b")


def paragraphs(body: Markup) -> Markup:
    """The lines of a body as paragraphs of HTML; what begins with a block of its own stays as it is.

    A line of people's words begins with none: what they wrote is escaped.
    """
    found: list[str] = []
    for kind, group in groupby(body.split("\n"), _kind_of_line):
        if kind == "text":
            found.append(f"<p>{' '.join(group)}</p>")
        elif kind == "block":
            found.extend(group)
    # The address in full is for those whose button does not work: it comes last.
    found.sort(key=lambda line: line.startswith('<p class="address"'))
    return Markup("\n".join(found))  # noqa: S704 - it was markup before


def _kind_of_line(line: str) -> str:
    if not line.strip():
        return "empty"
    return "block" if _BLOCK.match(line) else "text"


def steps(text: Markup) -> Markup:
    """Each line of what happens next as a paragraph of HTML."""
    return Markup("\n").join(Markup(f"<p>{line}</p>") for line in text.split("\n") if line.strip())  # noqa: S704


def _environment(part: str, form: Callable[[str], Markup], named: Callable[[Markup], Markup]) -> Environment:
    """`form` marks a text as one that the part shows as it is: escaped in HTML, unchanged in text. `named`
    makes a name of it."""

    def shown(value: Any) -> Any:
        if isinstance(value, (Markup, Undefined)):
            return value
        if isinstance(value, Party):
            return named(form(defused(value.name)))
        text = form(defused(str(value)))
        return named(text) if isinstance(value, Name) else text

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Autoescaping tells the templates' own words from values; `finalize` sees to the values.
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters.update(when=_at(moment), day=_at(day), weekday=_at(weekday))
    environment.filters.update(as_roles=_as_roles, begun=begun, defused=defused)
    environment.tests.update(is_long=is_long)
    environment.filters.update(name=Name, exact=form, quoted=quoted, lines=lines, percent=naming.percent)
    environment.filters.update(paragraphs=paragraphs, steps=steps)
    environment.globals["layout"] = f"_layout.{part}"
    macros = vars(environment.get_template(f"_parts.{part}").module)
    environment.globals.update({name: macro for name, macro in macros.items() if not name.startswith("_")})
    return environment


@pass_context
def _as_roles(context: Context, roles: tuple[str, ...]) -> str:
    return as_roles(roles, context["t"])


def _at(form: Callable[[datetime, str], str]) -> Callable[[Context, datetime], str]:
    """A filter that writes a moment on the clock of the reader."""

    @pass_context
    def written(context: Context, at: datetime) -> str:
        zone: str = context["to"].zone
        return form(at, zone)

    return written
