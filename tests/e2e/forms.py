"""Reads the forms of a page as a browser would, so that tests post exactly what a person would post."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from httpx import AsyncClient, Response


@dataclass
class Form:
    """`fields` holds what is sent when nobody changes anything; `buttons` the named ones as (name, value)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._inside: Form | None = None
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._inside = Form(has.get("action") or "", (has.get("method") or "get").lower())
            self.forms.append(self._inside)
        elif self._inside is not None:
            self._control(tag, has, self._inside)

    def _control(self, tag: str, has: dict[str, str | None], form: Form) -> None:
        name = has.get("name") or ""
        if tag == "input" and name:
            form.names.add(name)
            is_box = has.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in has:
                form.fields[name] = has.get("value") or ("on" if is_box else "")
        elif tag == "button" and name:
            form.buttons.append((name, has.get("value") or ""))
        elif tag == "textarea" and name:
            form.names.add(name)
            form.fields[name] = ""
            self._textarea = name
        elif tag == "select" and name:
            form.names.add(name)
            self._select = name
        elif tag == "option" and self._select and ("selected" in has or self._select not in form.fields):
            form.fields[self._select] = has.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._textarea and self._inside:
            self._inside.fields[self._textarea] += data


@dataclass(frozen=True)
class Page:
    """A page that was opened by somebody."""

    url: str
    status: int
    text: str
    forms: list[Form]
    browser: AsyncClient

    @classmethod
    def of(cls, response: Response, browser: AsyncClient) -> Page:
        parser = _Forms()
        parser.feed(response.text)
        text = " ".join("".join(parser.text).split())
        return cls(str(response.url), response.status_code, text, parser.forms, browser)

    def form_with(self, name: str, value: str | None = None) -> Form:
        """The form with this field or button. Raises LookupError that shows the page when there is none."""
        for form in self.forms:
            pressed = (name, value) in form.buttons
            if pressed or (value is None and (name in form.names or name in dict(form.buttons))):
                return form
        raise LookupError(f"no form with {name}={value} on: {self.text[:600]}")

    async def submit(self, form: Form, **filled: str) -> Page:
        response = await self.browser.post(
            form.action or self.url, data={**form.fields, **filled}, follow_redirects=True
        )
        return Page.of(response, self.browser)
