"""Other ways to come together: a coordinator hands a request over or answers it, a mentor makes an offer."""

from __future__ import annotations

import uuid

from api.requests import acts
from models.links import Purpose
from models.process.request.commands import RequestAmendment
from models.store.tables import ProgrammeRow
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage
from tests.pages.village import Village, Villager


async def routes(stage: Stage) -> None:
    v, cast = stage.village, stage.cast
    mentee = await v.person("Rita Route", "mentee", skills={"architecture": 1}, targets={"architecture": 4})
    mentor = await v.person("Omar Offers", "mentor", skills={"architecture": 5})
    asked = await mentee.ask(cast.jonas, texts.MESSAGE)
    stage.add("request-of-admin", f"/requests/{asked}", cast.ines)
    stage.add("hand-over", f"/requests/{asked}/hand-over", cast.ines)
    stage.add("hand-over-nobody", f"/requests/{asked}/hand-over?q=nobody-is-called-so", cast.ines)
    takes_offers(v)
    stage.add("mentees", f"{BASE}/mentees", mentor)
    stage.add("mentees-none", f"{BASE}/mentees?q=nobody-is-called-so", mentor)
    seeks = await v.person("Sia Seeks", "mentee", skills={"architecture": 2}, targets={"architecture": 4})
    new = await v.person("Nora New", "mentee", skills={"architecture": 1}, targets={"architecture": 3})
    stage.add("offer-new", f"{BASE}/mentees/{new.id}/offer", mentor)
    offer = await _offered(mentor, seeks)
    stage.add("offer", f"/requests/{offer}", mentor)
    stage.add("offer-answer", f"/requests/{offer}", seeks)
    stage.add("offer-link", await v.link(Purpose.DECIDE, offer, seeks, 1))
    stage.add("offer-home", "/", seeks)
    changed = await v.person("Cleo Changes", "mentee", skills={"architecture": 1}, targets={"devops": 3})
    other = await _offered(mentor, changed)
    await changed.tell(other, RequestAmendment(comment="How often could we talk?"))
    stage.add("offer-to-change", f"/requests/{other}", mentor)
    stage.add("offers", f"{BASE}/requests", mentor)


def takes_offers(village: Village) -> None:
    with village.world.database.writing() as session:
        row = session.get_one(ProgrammeRow, village.programme_id)
        row.settings = {**row.settings, "offers_by_mentors": True}


async def _offered(mentor: Villager, mentee: Villager) -> str:
    ctx, key = mentor.village.world.ctx, str(uuid.uuid4())
    return (await acts.offer(ctx, await mentor.member(), mentee.id, texts.MESSAGE, key)).value.id
