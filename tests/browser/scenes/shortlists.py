"""Shortlists: writing one, checking it, one under way, one that nobody accepted."""

from __future__ import annotations

from playwright.async_api import Page

from api.shortlists import acts
from api.shortlists.acts import NewList
from models.process.request.commands import RejectRequest
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage, press


async def shortlists(stage: Stage) -> None:
    v = stage.village
    mentee = await v.person("Lina Lister", "mentee", skills={"architecture": 1}, targets={"architecture": 4})
    names = ("Otto Order", "Paula Place", "Quentin Queue", "Rosa Row", "Sven Series")
    mentors = [await v.person(name, "mentor", skills={"architecture": 5}) for name in names]
    stage.add("shortlist-new", f"{BASE}/shortlists/new", mentee)

    async def send_nothing(page: Page) -> None:
        await press(page, "Check before sending")

    async def go_on(page: Page) -> None:
        for number in range(3):
            await page.locator("select[name^=place-]").nth(number).select_option(str(3 - number))
        await page.get_by_label("Your message to each of them").fill(texts.MESSAGE)
        await press(page, "Check before sending")

    add = f"{BASE}/shortlists/new?q=Series&add={mentors[0].id}"
    stage.add("shortlist-errors", add, mentee, send_nothing)
    stage.add("shortlist-check", f"{BASE}/shortlists/new", mentee, go_on)
    wanted = NewList(tuple(one.id for one in mentors), texts.MESSAGE)
    made = (await acts.begin(v.world.ctx, await mentee.member(), wanted, "list")).value
    (asked,) = [one for one in v.world.gateway.requests.values() if one.mentor_id == mentors[0].id]
    await mentors[0].tell(asked.id, RejectRequest(comment="No time.", reason="The topic is not mine"))
    stage.add("shortlist", f"/shortlists/{made.id}", mentee)
    stage.add("shortlist-change", f"/shortlists/{made.id}/change", mentee)
    stage.add("shortlist-admin", f"/shortlists/{made.id}", stage.cast.ines)
    stage.add("shortlists", f"{BASE}/shortlists", mentee)
    stage.add("shortlists-none", f"{BASE}/shortlists", stage.cast.tom)
    stage.add("shortlist-home", "/", mentee)
