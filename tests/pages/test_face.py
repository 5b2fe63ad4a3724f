"""A programme's own face: its name, logo and colour on all of its pages, with where to ask."""

from __future__ import annotations

import pytest

from models import logos
from models.links import Purpose
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.pages.village import a_village
from tests.test_logos import SVG, png

pytestmark = SQLITE
ACCENT = "#7a2048"
SETTINGS = f"/api/v1/programmes/{SLUG}/settings"
DRAWN = SVG.format('<path d="M0 0h10v10z" />').encode()


@pytest.mark.parametrize(("content", "media"), [(png(), "image/png"), (DRAWN, "image/svg+xml")])
async def test_pages_and_link_pages_show_it(migrated_url: str, content: bytes, media: str) -> None:
    async with a_village(migrated_url) as village:
        admin = await village.person("Ada Admin", "admin")
        mentee, mentor = await village.person("Ann", "mentee"), await village.person("Ben", "mentor")
        asked = await mentee.ask(mentor)
        face = {"logo": logos.as_uri(content), "accent": ACCENT}
        changed = await admin.browser.patch(SETTINGS, json=face)
        assert changed.status_code == 200, changed.text
        settings = changed.json()["settings"]
        assert settings["accent"] == ACCENT
        # Settings can be sent back as they were read.
        again = await admin.browser.patch(SETTINGS, json={"logo": settings["logo"]})
        assert again.json()["settings"]["logo"] == settings["logo"]
        browser = village.browser()
        decide = await village.link(Purpose.DECIDE, asked, mentor, 1)
        for reader, path in (
            (mentee, "/"),
            (mentee, "/your-data"),
            (mentee, f"/p/{SLUG}/mentors"),
            (admin, f"/p/{SLUG}/admin"),
            (browser, decide),
            (browser, await village.invitation("new@example.org")),
        ):
            shown = (await reader.get(path)).text
            assert f'<img src="/logos/{settings["logo"]}" alt="">' in shown, path
            assert f"steadfast-{ACCENT[1:]}.css" in shown, path
        served = await browser.get(f"/logos/{settings['logo']}")
        assert (served.status_code, served.content) == (200, logos.cleaned(content).content)
        assert served.headers["content-type"].startswith(media)
        assert "sandbox" in served.headers["content-security-policy"]
        assert "immutable" in served.headers["cache-control"]
        assert (await admin.browser.patch(SETTINGS, json={"logo": ""})).status_code == 200
        assert (await browser.get(f"/logos/{settings['logo']}")).status_code == 404
        assert "<img" not in (await mentee.get("/")).text


@pytest.mark.parametrize(
    "values",
    [
        {"logo": "data:image/svg+xml;base64,PHN2Zy8+"},
        {"logo": "https://example.org/logo.png"},
        {"logo": "0" * 32 + ".png"},
        {"logo": 3},
        {"logo": ["x"]},
        {"accent": "green"},
        {"accent": 3},
        {"accent": "#12345"},
        {"accent": "url(x)"},
    ],
)
async def test_what_is_no_face_is_refused_with_a_sentence(migrated_url: str, values: object) -> None:
    async with a_village(migrated_url) as village:
        admin = await village.person("Ada Admin", "admin")
        refused = await admin.browser.patch(SETTINGS, json=values)
        assert refused.status_code == 422
        assert refused.json()["detail"].startswith("The setting “")


async def test_a_logo_that_nobody_has_is_not_found(migrated_url: str) -> None:
    async with a_village(migrated_url) as village:
        for name in ("x.png", "0" * 32 + ".png", "0" * 32 + ".gif"):
            assert (await village.browser().get(f"/logos/{name}")).status_code == 404


async def test_pages_of_several_programmes_say_where_to_ask_about_each(migrated_url: str) -> None:
    async with a_village(migrated_url, reply_to="office@example.org") as village:
        both = await village.person("Ann", "mentee")
        await village.world.join(both.id, "Ann", "mentee", slug=OTHER)
        for path in ("/", "/your-data", "/your-data/erase"):
            assert "mailto:office@example.org" in (await both.get(path)).text
