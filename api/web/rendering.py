"""Templates to answers. Every page goes through `page`, so every page has the same frame and headers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from api.web import charts, drawing, present, words
from api.web.assets import asset, sheet_address
from api.web.heaven import heaven
from api.web.notices import SILENT, Notice
from models import naming
from models.process.programme import ProgrammeSettings
from models.process.terms import USUAL, Sentence, Terms

FOLDERS = sorted(Path(__file__).parents[1].glob("*/templates"))
"""Each feature has its templates beside its code; their names differ across features."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation."""

    text: str
    href: str
    current: bool = False
    waiting: int = 0
    """How much of it waits for the reader; 0 shows nothing."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around the content. `csrf` belongs to the form that signs out, `next` is where that leads."""

    person: str = ""
    person_id: str = ""
    programme: str = ""
    csrf: str = ""
    zone_words: str = ""
    contact: str = ""
    """Where the programme is reached."""
    contacts: tuple[tuple[str, str], ...] = ()
    """Names and contacts of programmes, on a page that belongs to several."""
    items: tuple[Item, ...] = ()
    next: str = ""
    reader: str = ""
    """Tells drafts of people who share a browser apart; empty where nothing that is written is kept."""
    profile: str = "/your-data"
    """Where the picture of the person leads."""
    logo: str = ""
    """The name of the programme's logo, as its settings have it."""
    accent: str = ""
    """The colour of the programme, as `models.looks.as_colour` gives it."""
    terms: Terms = USUAL
    """The words of the programme; templates see them as `t`."""


def face_of(name: str, settings: ProgrammeSettings) -> dict[str, Any]:
    """What a frame shows of a programme: all that makes its pages its own."""
    return {
        "programme": name,
        "contact": settings.contact,
        "logo": settings.logo,
        "accent": settings.accent,
        "terms": settings.terms,
    }


NOBODY = Frame()


def coded(text: str) -> Markup:
    """What stands between backticks as code; all of it is escaped."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = (Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts))
    return Markup("").join(code)


def breakable(path: str) -> Markup:
    """A path that may go on in the next line after each of its slashes."""
    return Markup("/<wbr>").join(path.split("/"))


@pass_context
def _in_terms(context: Context, value: object) -> object:
    """A sentence of ours in the words of the programme whose page this is."""
    return value.in_terms(context["t"]) if isinstance(value, Sentence) else value


@cache
def environment() -> Environment:
    """Autoescape always, and a name that is missing is an error rather than a gap."""
    made = Environment(
        loader=FileSystemLoader(FOLDERS),
        autoescape=True,
        finalize=_in_terms,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        asset=asset,
        sheet_address=sheet_address,
        charts=charts,
        drawing=drawing,
        label_for=words.label_for,
        together_label=words.together_label,
        mail_words=words.mail,
        event_words=words.event,
        attribute_name=naming.attribute,
        country_name=naming.country,
        language_names=naming.languages,
    )
    made.filters.update(
        isolated=present.isolated,
        excerpt=present.excerpt,
        fit_words=present.fit_words,
        percent=naming.percent,
        place_words=present.place_words,
        pair=present.pair,
        level_words=present.level_words,
        met=present.met,
        unmet=present.unmet,
        told=present.told,
        way=present.way,
        lower_first=present.lower_first,
        coded=coded,
        breakable=breakable,
    )
    return made


def page(
    template: str,
    *,
    frame: Frame = NOBODY,
    status: int = 200,
    headers: dict[str, str] | None = None,
    notice: Notice = SILENT,
    **values: object,
) -> HTMLResponse:
    """The page of `template`; `values` are what it shows.

    Templates import others with context, so that the words of the programme reach their macros.
    """
    text = (
        environment()
        .get_template(template)
        .render(frame=frame, t=frame.terms.words, notice=notice, sky=heaven(template), **values)
    )
    response = HTMLResponse(text, status_code=status, headers=headers)
    notice.shown(response)
    return response
