"""The style sheet, the script and the mark: under a name with a hash of the content, kept for a year."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from string import ascii_lowercase

from fastapi import APIRouter
from fastapi.responses import Response

from models.looks import Colours, schemes

FOLDER = Path(__file__).parent / "static"
SHEET = FOLDER / "sheet"
TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
_SHEETS = re.compile(r"steadfast(?:-([0-9a-f]{6}))?\.css")
_VARIABLE = r"--[a-z][a-z0-9-]*"
_NAME = len("var(--a)")
FOR_A_YEAR = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


def condensed(css: str) -> str:
    """The same rules in fewer bytes: no comments, and no blanks but those that mean something."""
    parts = re.split(r'("[^"]*")', re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return "".join(part if n % 2 else _tight(part) for n, part in enumerate(parts)).strip()


def _tight(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>~]) ?", r"\1", css)
    css = re.sub(r"(?<![\w.])0(?=\.\d)", "", css)
    return css.replace(": ", ":").replace(";}", "}")


def _declared(colours: Colours) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


@cache
def _parts() -> str:
    return condensed("\n".join(part.read_text() for part in sorted(SHEET.glob("*.css"))))


def whole(accent: str = "") -> str:
    """Everything that a page needs to be seen, in one: the colours, then the parts of the folder.

    Paper is light and has no band of water.
    """
    colours = schemes(accent)
    light, dark, band = (_declared(colours[name]) for name in ("light", "dark", "band"))
    tokens = (
        f":root {{ {light} }} @media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"
        f"@media screen {{ .band {{ {band} }} }}"
    )
    return condensed(tokens) + _parts()


@cache
def _constants() -> dict[str, str]:
    """The tokens that no scheme, band or medium changes, where the value is no longer than a name for it."""
    declared = re.findall(rf"({_VARIABLE})(?=:)", whole())
    uses = Counter(re.findall(rf"var\(({_VARIABLE})\)", whole()))
    values = dict(re.findall(rf"({_VARIABLE}):([^;}}]+)", whole()))
    return {
        name: value
        for name, value in values.items()
        if declared.count(name) == 1 and "var(" not in value and (uses[name] == 1 or len(value) <= _NAME)
    }


@cache
def _short_names() -> dict[str, str]:
    """Names of one or two signs for the other tokens, which the sheet repeats; the most used first."""
    uses = Counter(re.findall(_VARIABLE, whole()))
    letters = ["", *ascii_lowercase]
    short = (f"--{first}{second}" for first in letters for second in ascii_lowercase)
    return dict(
        zip(sorted(uses.keys() - _constants(), key=lambda one: (-uses[one], one)), short, strict=False)
    )


def sheet(accent: str = "") -> str:
    """The same as it is served: constants written out, short names for what depends on where it stands."""
    constant = _constants()
    css = re.sub(rf"({_VARIABLE}):[^;}}]+;?", lambda one: "" if one[1] in constant else one[0], whole(accent))
    css = re.sub(rf"var\(({_VARIABLE})\)", lambda one: constant.get(one[1], one[0]), css)
    return re.sub(_VARIABLE, lambda one: _short_names()[one[0]], css).replace(";}", "}")


@lru_cache(maxsize=256)
def _sheet_of(accent: str) -> tuple[str, bytes]:
    return _hashed(sheet(accent).encode())


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    """Name -> (hash, content) of every file in the folder."""
    return {path.name: _hashed(path.read_bytes()) for path in FOLDER.iterdir() if path.suffix in TYPES}


def _hashed(content: bytes) -> tuple[str, bytes]:
    return hashlib.sha256(content).hexdigest()[:16], content


def _known(name: str) -> tuple[str, bytes] | None:
    found = _SHEETS.fullmatch(name)
    return _sheet_of("#" + found[1] if found[1] else "") if found else _files().get(name)


def sheet_address(accent: str = "") -> str:
    """Where the sheet is in the colours of this accent; it changes with the content."""
    name = f"steadfast-{accent[1:]}.css" if accent else "steadfast.css"
    return f"/static/{_sheet_of(accent)[0]}/{name}"


def asset(name: str) -> str:
    """The address of a file; it changes with the content. Raises KeyError for a file that is not there."""
    return f"/static/{_files()[name][0]}/{name}"


@router.get("/static/{digest}/{name}")
async def static_file(digest: str, name: str) -> Response:
    known = _known(name)
    if known is None or known[0] != digest:
        return Response(status_code=404)
    return Response(
        known[1],
        media_type=TYPES[Path(name).suffix],
        headers={"Cache-Control": FOR_A_YEAR, "ETag": f'"{known[0]}"'},
    )
