"""The logo of a programme: an SVG or a PNG, checked piece by piece and written anew. Pure.

A logo is shown on pages and in mails to everybody, so nothing of it may run, load or grow: what could is
refused, and what a drawing program notes for itself is left out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

MAX_BYTES = 48 * 1024
"""A PNG travels with every mail."""
MAX_SIDE = 1024
MAX_DEPTH = 50
TAKES = f"takes an SVG or PNG file of up to {MAX_BYTES // 1024} kB"
_URI = re.compile(r"data:image/(?:png|svg\+xml)(?:;charset=utf-8)?;base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)


class BadLogo(ValueError):
    """Its text is the end of a sentence that begins with the setting."""


@dataclass(frozen=True, slots=True)
class Logo:
    """`name` follows from the content: what has another content has another address."""

    name: str
    content: bytes


def from_uri(uri: str) -> Logo:
    """Of a data URI in base64. Raises BadLogo."""
    found = _URI.fullmatch(uri.strip())
    try:
        content = base64.b64decode("".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        content = b""
    if not content:
        raise BadLogo(f"{TAKES}, written as data:image/png;base64,... or data:image/svg+xml;base64,...")
    return cleaned(content)


def as_uri(content: bytes) -> str:
    """A file as the setting takes it; whether it is a logo is seen when it is set."""
    kind = "png" if content.startswith(_SIGNATURE) else "svg+xml"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def cleaned(content: bytes) -> Logo:
    """The logo without anything but its picture. Raises BadLogo."""
    if len(content) > MAX_BYTES:
        raise BadLogo(f"{TAKES}; this one has {-(-len(content) // 1024)} kB")
    is_png = content.startswith(_SIGNATURE)
    clean = _png(content) if is_png else _svg(content)
    return Logo(f"{hashlib.sha256(clean).hexdigest()[:32]}.{'png' if is_png else 'svg'}", clean)


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_BROKEN = "takes a PNG that is whole; this one is damaged"


def _png(content: bytes) -> bytes:
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13 or chunks[-1] != (b"IEND", b""):
        raise BadLogo(_BROKEN)
    width, height, depth, colours, _, _, laced = struct.unpack(">IIBBBBB", chunks[0][1])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise BadLogo(
            f"takes a PNG of up to {MAX_SIDE} by {MAX_SIDE} pixels; this one has {width} by {height}"
        )
    if depth not in _DEPTHS.get(colours, ()) or laced > 1:
        raise BadLogo(_BROKEN)
    row = -(-width * depth * _CHANNELS[colours] // 8) + 1
    packed = b"".join(data for kind, data in chunks if kind == b"IDAT")
    _check_pixels(packed, row * height, 16 * (height + width) * laced)
    kept = (_chunk(kind, data) for kind, data in chunks if kind in _KEPT)
    return _SIGNATURE + b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each part, up to the end."""
    at = len(_SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4].rjust(4, b"\xff"))
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        yield kind, data
        if content[at : at + 12 + length] != _chunk(kind, data):
            raise BadLogo(_BROKEN)
        at += 12 + length
        if kind == b"IEND":
            return


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _check_pixels(packed: bytes, length: int, more: int) -> None:
    """They unpack, to what the head says; `more` is what an interlaced one may have besides."""
    most = length + more
    unpacking = zlib.decompressobj()
    try:
        pixels = unpacking.decompress(packed, most + 1)
    except zlib.error:
        raise BadLogo(_BROKEN) from None
    if not unpacking.eof or not length <= len(pixels) <= most:
        raise BadLogo(_BROKEN)


_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"}
_ELEMENTS = _SHAPES | {"svg", "g", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask"}
_WORDS = {"title", "desc", "style"}
_LEFT_OUT = frozenset({"metadata"})
_TOO_MUCH = {
    "script": "runs a script",
    "foreignObject": "holds a page of its own",
    "image": "holds another picture",
    "a": "holds a link",
    "use": "repeats parts of itself; let your drawing program expand them",
    "animate": "moves",
    "set": "moves",
    "filter": "has filters; let your drawing program flatten them",
}
_PLAIN_URL = re.compile(r"""url\(\s*(['"]?)#[\w.:-]+\1\s*\)""")
_NAMED = re.compile(r"#[\w.:-]+")
_LOADS = re.compile(
    r"\b(?:url|src|image|image-set|cross-fade)\s*\(|@|\\|expression|javascript|/\*|<", re.IGNORECASE
)


class _Builder(ET.TreeBuilder):
    """Keeps no comment and no instruction, and takes no definitions and no endless depth."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BadLogo("takes an SVG that is simpler: this one is nested too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        raise BadLogo("takes an SVG without a document type: leave out the line that begins with <!DOCTYPE")


def _svg(content: bytes) -> bytes:
    parser = ET.XMLParser(target=_Builder())  # noqa: S314 - definitions are refused, depth and length bounded
    try:
        parser.feed(content)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        if isinstance(error, BadLogo):
            raise
        raise BadLogo(f"{TAKES}; this file is neither") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise BadLogo(f"{TAKES}; this file is neither")
    if not root.get("viewBox") and not (root.get("width") and root.get("height")):
        raise BadLogo("takes an SVG with a viewBox, or with width and height")
    ET.register_namespace("", _SVG)
    drawn: bytes = ET.tostring(_drawn(root), encoding="utf-8")
    return drawn


def _drawn(element: ET.Element) -> ET.Element:
    """The element, anew, with what draws and nothing else."""
    name = _local(element.tag)
    clean = ET.Element(element.tag, dict(_attributes(element)))
    clean.text, clean.tail = element.text, element.tail
    if name in _WORDS:
        clean.text = "".join(element.itertext())
        if name == "style" and _loads(clean.text):
            raise BadLogo("takes an SVG that loads nothing: its styles name something outside of it")
        return clean
    for child in element:
        kept = _local(child.tag)
        if kept is None or kept in _LEFT_OUT:
            continue
        if kept not in _ELEMENTS | _WORDS:
            why = _TOO_MUCH.get(kept, f"has an element “{kept[:30]}”")
            raise BadLogo(f"takes an SVG that is a plain drawing: this one {why}")
        clean.append(_drawn(child))
    return clean


def _local(tag: str) -> str | None:
    """The name of an element of SVG, None for one that a drawing program added."""
    space, _, name = tag.rpartition("}")
    return name if space in {f"{{{_SVG}", ""} else None


def _attributes(element: ET.Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if name.lower().startswith("on"):
            raise BadLogo(
                f"takes an SVG that is a plain drawing: this one has “{name[:30]}”, which runs a script"
            )
        if name in {"href", _LINK}:
            if not _NAMED.fullmatch(value.strip()):
                raise BadLogo("takes an SVG that loads nothing: this one refers to something outside of it")
            yield "href", value.strip()
        elif not name.startswith("{"):
            if _loads(value):
                raise BadLogo("takes an SVG that loads nothing: this one refers to something outside of it")
            yield name, value


def _loads(value: str) -> bool:
    """Whether a value or a style could load something: it may refer to what has a name in the drawing."""
    return bool(_LOADS.search(_PLAIN_URL.sub("", value)))
