"""The style sheet and the mark: served under a name that carries a hash of the content, kept for a year."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

FOLDER = Path(__file__).parent / "static"
SHEET = FOLDER / "sheet"
TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
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


@cache
def sheet() -> str:
    """The parts of the folder as one."""
    return condensed("\n".join(part.read_text() for part in sorted(SHEET.glob("*.css"))))


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    """Name -> (hash, content) of every file in the folder, and of the parts of the sheet as one."""
    found = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in TYPES}
    found["steadfast.css"] = sheet().encode()
    return {name: (hashlib.sha256(content).hexdigest()[:16], content) for name, content in found.items()}


def asset(name: str) -> str:
    """The address of a file; it changes with the content. Raises KeyError for a file that is not there."""
    return f"/static/{_files()[name][0]}/{name}"


@router.get("/static/{digest}/{name}")
async def static_file(digest: str, name: str) -> Response:
    known = _files().get(name)
    if known is None or known[0] != digest:
        return Response(status_code=404)
    return Response(
        known[1],
        media_type=TYPES[Path(name).suffix],
        headers={"Cache-Control": FOR_A_YEAR, "ETag": f'"{known[0]}"'},
    )
