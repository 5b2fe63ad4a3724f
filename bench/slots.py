"""Puts figures into a document: what stands between two markers is replaced, everything else stays."""

from __future__ import annotations

from pathlib import Path


def fill(file: Path, name: str, content: str) -> None:
    """Writes `content` between `<!-- figures: NAME -->` and `<!-- end: NAME -->`; without these, nothing."""
    text = file.read_text("utf-8")
    begin, end = f"<!-- figures: {name} -->", f"<!-- end: {name} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if found and ended:
        file.write_text(f"{before}{begin}\n{content.strip()}\n{end}{after}", "utf-8")
