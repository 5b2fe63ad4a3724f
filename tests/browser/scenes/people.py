"""Home, the profile, the search, asking; and names and words that are awkward to show."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from models.links import Purpose
from models.process.request.commands import AcceptRequest
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage, open_all, press
from tests.pages.village import Villager


async def search(stage: Stage) -> None:
    cast = stage.cast
    stage.add("home-mentee", "/", cast.ngozi)
    stage.add("home-mentor", "/", cast.jonas)
    stage.add("home-admin", "/", cast.ines)
    stage.add("home-incomplete", "/", cast.tom)
    stage.add("home-nowhere", "/", await _left(stage))
    stage.add("profile", f"{BASE}/profile", cast.ngozi)
    stage.add("profile-incomplete", f"{BASE}/profile", cast.tom)
    stage.add("profile-open", f"{BASE}/profile", cast.tom, open_all)
    stage.add("mentors-not-yet", f"{BASE}/mentors", cast.tom)
    stage.add("mentors", f"{BASE}/mentors", cast.ines)
    stage.add("mentors-filters", f"{BASE}/mentors?q=architect", cast.ines, open_all)
    stage.add("mentors-none", f"{BASE}/mentors?q=nobody&exact=yes", cast.ines)
    stage.add("mentor", f"{BASE}/mentors/{cast.jonas.id}", cast.ines)
    ids = [one["mentor"]["id"] for one in await _listed(cast.ines)][:3]
    stage.add("compare", f"{BASE}/mentors/compare?{'&'.join(f'c={one}' for one in ids)}", cast.ines)
    two = f"mentee={cast.ngozi.email}&mentor={cast.jonas.email}"
    stage.add("pairs", f"{BASE}/admin/pairs?{two}", cast.ines, open_all)
    ask = f"{BASE}/mentors/{cast.jonas.id}/ask"
    stage.add("ask", ask, cast.ines)

    async def send_nothing(page: Page) -> None:
        await press(page, "Check before sending")

    async def go_on(page: Page) -> None:
        await page.get_by_label("To Jonas Weber").fill(texts.MESSAGE)
        await press(page, "Check before sending")

    stage.add("ask-errors", ask, cast.ines, send_nothing)
    stage.add("ask-check", ask, cast.ines, go_on)


async def _listed(reader: Villager) -> list[dict[str, Any]]:
    found = await reader.browser.get(f"/api/v1{BASE.replace('/p/', '/programmes/')}/mentors")
    return list(found.json()["items"])


async def _left(stage: Stage) -> Villager:
    someone = await stage.village.person("Una Leaver", "mentee")
    await stage.village.world.leave(someone.id)
    return someone


async def right_to_left(stage: Stage) -> None:
    v = stage.village
    mentee = await v.person(
        texts.ARABIC,
        "mentee",
        headline=texts.ARABIC_HEADLINE,
        about=texts.HEBREW,
        unit="قسم التقنية",
        location="الدار البيضاء",
        country="MA",
        languages=["ar", "fr", "he"],
        skills={"architecture": 1},
        targets={"architecture": 4},
    )
    mentor = await v.person(texts.HEBREW_NAME, "mentor", skills={"architecture": 5}, headline=texts.HEBREW)
    asked = await mentee.ask(mentor, texts.ARABIC_MESSAGE)
    stage.add("rtl-decide", await v.link(Purpose.DECIDE, asked, mentor, 1))
    stage.add("rtl-request", f"/requests/{asked}", mentee)
    stage.add("rtl-home", "/", mentor)
    stage.add("rtl-mentors", f"{BASE}/mentors", mentee)
    stage.add("rtl-ask", f"{BASE}/mentors/{mentor.id}/ask", stage.cast.ngozi)
    other = await v.person("Sara Cohen שרה", "mentee", skills={"python": 1}, targets={"python": 4})
    accepted = await other.ask(mentor, texts.HEBREW)
    done = await mentor.tell(accepted, AcceptRequest(comment="בשמחה! (Gladly.)"))
    stage.add("rtl-relationship", f"/relationships/{done.relationship_id}", other)


async def long_words(stage: Stage) -> None:
    v, long = stage.village, texts.LONG
    wordy = await v.person(
        f"{long} {long}"[:200],
        "mentee",
        "mentor",
        headline=long * 2,
        about=long * 5,
        unit=long,
        location=long,
        skills={"architecture": 1, long.lower(): 3},
        targets={"architecture": 4},
    )
    mentor = await v.person("Mentor of many words", "mentor", skills={"architecture": 5})
    asked = await wordy.ask(mentor, long * 10)
    stage.add("long-decide", await v.link(Purpose.DECIDE, asked, mentor, 1))
    stage.add("long-request", f"/requests/{asked}", wordy, open_all)
    stage.add("long-home", "/", wordy)
    stage.add("long-profile", f"{BASE}/profile", wordy, open_all)
    stage.add("long-mentors", f"{BASE}/mentors", stage.cast.ngozi)
    stage.add("long-ask", f"{BASE}/mentors/{wordy.id}/ask", stage.cast.ngozi)
    stage.add("long-mentor-home", "/", mentor)
