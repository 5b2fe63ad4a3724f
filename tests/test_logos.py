"""What a logo may be: a plain drawing or a whole PNG, and nothing that runs, loads or grows."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.logos import MAX_BYTES, BadLogo, cleaned, from_uri

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2, *, more: bytes = b"", pixels: bytes | None = None) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x0d\x64\x55" * width for _ in range(height)) if pixels is None else pixels
    parts = (chunk(b"IHDR", head), more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return SIGNATURE + b"".join(parts)


def test_a_plain_drawing_stays_as_it_is() -> None:
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#0d6455" /></linearGradient></defs>'
        '<style>.a{fill:url(#g)}</style><path class="a" d="M0 0h10v10z" />'
        '<g fill="url(#g)"><circle r="2" /></g>'
    )
    logo = cleaned(SVG.format(inside).encode())
    assert logo.content.decode() == SVG.format(inside)
    assert logo.name.endswith(".svg")
    assert cleaned(logo.content) == logo


def test_notes_of_a_drawing_program_are_left_out() -> None:
    notes = (
        "<!-- made by Ann --><?pi x?><metadata>Ann</metadata>"
        '<n:named xmlns:n="urn:x" n:by="Ann">Ann</n:named>'
        '<path xmlns:i="urn:i" i:label="Ann" d="M0 0" />'
    )
    assert cleaned(SVG.format(notes).encode()).content.decode() == SVG.format('<path d="M0 0" />')


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><div/></foreignObject>",
        '<path onload="alert(1)" d="M0 0"/>',
        '<path ONCLICK="alert(1)" d="M0 0"/>',
        '<image href="https://evil.example/x.png"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        '<a href="https://evil.example"><path d="M0 0"/></a>',
        '<use href="#x"/>',
        '<linearGradient href="https://evil.example#x"/>',
        '<linearGradient xmlns:x="http://www.w3.org/1999/xlink" x:href="//evil.example#x"/>',
        '<path fill="url(https://evil.example#x)" d="M0 0"/>',
        '<path fill="URL( //evil.example )" d="M0 0"/>',
        '<path style="fill:u\\72l(//evil.example)" d="M0 0"/>',
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>path{fill:url(//evil.example/x)}</style>",
        "<style>path{fill:u<g/>rl(//evil.example/x)}</style>",
        "<style>path{fill:url('#a'), url(//evil.example/x)}</style>",
        "<style>path{background:image-set('//evil.example/x' 1x)}</style>",
        "<style>path{background:src('//evil.example/x')}</style>",
        "<style>path{background:image('//evil.example/x')}</style>",
        """<path style="background:-webkit-cross-fade('//evil.example/x', red)" d="M0 0"/>""",
        '<animate attributeName="href"/>',
        '<set attributeName="onload" to="x"/>',
        "<filter/>",
        "<g>" * 60 + "</g>" * 60,
    ],
)
def test_what_could_run_load_or_grow_is_refused(inside: str) -> None:
    with pytest.raises(BadLogo, match=r"^takes "):
        cleaned(SVG.format(inside).encode())


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"),
        '<!DOCTYPE svg PUBLIC "x" "https://evil.example/x.dtd">' + SVG.format(""),
        "<html/>",
        "<svg/>",
        "",
        "nothing",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        "<" * 1000,
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_is_no_plain_svg_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(BadLogo):
        cleaned(text.encode(encoding))


def test_a_png_keeps_its_picture_and_no_notes() -> None:
    noted = png(more=chunk(b"tEXt", b"Author\0Ann") + chunk(b"acTL", b"\0" * 8))
    assert cleaned(noted).content == cleaned(png()).content == png()
    assert cleaned(png()).name.endswith(".png")


@pytest.mark.parametrize(
    "content",
    [
        png()[:-1],
        png()[:40],
        SIGNATURE,
        png(2000, 2),
        png(0, 2),
        png(pixels=b"\0"),
        png(pixels=b"\0" * 10_000_000),
        png().replace(b"IDAT", b"IDAX"),
        png(more=chunk(b"tEXt", b"x" * (MAX_BYTES + 1))),
    ],
)
def test_a_png_that_is_damaged_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(BadLogo, match=r"^takes "):
        cleaned(content)


def test_what_follows_a_png_is_cut_off() -> None:
    assert cleaned(png() + b"<script>alert(1)</script>").content == png()


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused(content: bytes) -> None:
    for one in (content, SIGNATURE + content, b"<svg " + content):
        try:
            logo = cleaned(one)
        except BadLogo:
            continue
        assert cleaned(logo.content) == logo


def test_a_logo_comes_as_a_data_uri() -> None:
    packed = base64.b64encode(png()).decode()
    assert from_uri(f"data:image/png;base64,{packed}") == cleaned(png())
    for text in ("", "logo.png", "data:image/png;base64,", "data:image/png;base64,%%%", "data:text/html,x"):
        with pytest.raises(BadLogo):
            from_uri(text)
