"""The sheet that every page needs before it is seen: small, and the only one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.web.assets import condensed, sheet, sheet_address, static_file, whole

MOST_BYTES = 30_000
API = Path("api")
FAMILIES = ("av-", "q")
"""Classes whose last digit is computed."""
TOKEN = r"--[a-z][a-z0-9-]*"


def test_the_sheet_is_small() -> None:
    assert len(sheet().encode()) < MOST_BYTES


@pytest.mark.parametrize(
    ("css", "served"),
    [
        ("a {\n  color: red;\n  top: 0.5rem;\n}\n", "a{color:red;top:.5rem}"),
        ("/* a { b: c } */ a > b , c { d: e }", "a>b,c{d:e}"),
        ('a::after { content: " chosen; 0.5 "; }', 'a::after{content:" chosen; 0.5 "}'),
        ("a:not(b) c { margin: calc(1px + 10.05px) 0 }", "a:not(b) c{margin:calc(1px + 10.05px) 0}"),
        ("@media (min-width: 30rem) { a :hover { b: c } }", "@media (min-width:30rem){a :hover{b:c}}"),
    ],
)
def test_condensing_changes_no_rule(css: str, served: str) -> None:
    assert condensed(css) == served


def test_the_parts_are_whole() -> None:
    """Each part closes what it opens, so that none swallows the next."""
    for part in Path("api/web/static/sheet").glob("*.css"):
        css = condensed(part.read_text())
        assert css.count("{") == css.count("}") > 0, part


@pytest.mark.asyncio
async def test_a_programme_has_one_sheet_in_its_colour_at_an_address_of_its_own() -> None:
    plain, own = sheet_address(), sheet_address("#5b2a86")
    assert plain != own
    for address, accent in ((plain, ""), (own, "#5b2a86")):
        _, _, digest, name = address.split("/")
        answer = await static_file(digest, name)
        assert answer.body == sheet(accent).encode()
        assert "immutable" in answer.headers["cache-control"]
        assert (await static_file("0" * 16, name)).status_code == 404
    assert len(sheet("#5b2a86").encode()) < MOST_BYTES


@pytest.mark.parametrize("name", ["steadfast-5B2A86.css", "steadfast-.css", "steadfast-red.css", "../sheet"])
@pytest.mark.asyncio
async def test_a_sheet_of_no_colour_is_not_there(name: str) -> None:
    assert (await static_file("0" * 16, name)).status_code == 404


def written_out(css: str) -> str:
    """The same rules with every token that is declared once written out."""
    values = dict(re.findall(rf"({TOKEN}):([^;}}]+)", css))
    once = {name for name in values if len(re.findall(rf"{name}:", css)) == 1}
    while (
        plain := re.sub(rf"var\(({TOKEN})\)", lambda v: values[v[1]] if v[1] in once else v[0], css)
    ) != css:
        css = plain
    for name in once:
        css = re.sub(rf"{name}:[^;}}]+;?", "", css)
    return css.replace(";}", "}")


def test_what_is_served_are_the_same_rules() -> None:
    """Constants are written out, and the names that are left are in one to one with short ones."""
    long, short = written_out(whole()), written_out(sheet())
    assert re.sub(TOKEN, "-", long) == re.sub(TOKEN, "-", short)
    pairs = set(zip(re.findall(TOKEN, long), re.findall(TOKEN, short), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
    assert set(re.findall(rf"var\(({TOKEN})", whole())) <= set(re.findall(rf"[;{{]({TOKEN}):", whole()))


def test_every_class_of_the_sheet_is_on_some_page() -> None:
    selectors = re.sub(r'\{[^{}]*\}|"[^"]*"', " ", whole())
    makers = "\n".join(
        path.read_text()
        for kind in ("*/templates/**/*.html", "web/*.py", "*/*.py")
        for path in API.glob(kind)
    )
    unused = [
        name
        for name in sorted(set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors)))
        if not re.search(rf"(?<![\w-]){name}(?![\w-])", makers)
        and not any(re.fullmatch(rf"{family}\d", name) for family in FAMILIES)
    ]
    assert unused == []


def test_every_class_of_a_page_is_in_the_sheet() -> None:
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", whole()))
    strange = {
        (path.name, name)
        for path in API.glob("*/templates/**/*.html")
        for value in re.findall(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', path.read_text())
        for name in re.sub(r"\S*\{[{%].*?[%}]\}", " ", value).split()
        if name not in styled
    }
    assert strange == set()
