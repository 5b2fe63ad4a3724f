"""Questions: asking one before a request and about one, the list, one with and without its answer."""

from __future__ import annotations

from playwright.async_api import Page

from api.questions import acts
from models.links import Purpose
from tests.browser.scenes.stage import BASE, Stage, press

BEFORE = "How much time do you usually have for somebody, and would a call in the evening suit you?"
ANSWER = "An hour a month, and evenings are fine.\nWrite to me if that would help."


async def questions(stage: Stage) -> None:
    v, cast = stage.village, stage.cast
    lars = await v.person("Lars Holm", "mentor", headline="Leads the platform group", skills={"devops": 4})
    member = await cast.ngozi.member()
    first = await acts.ask(v.world.ctx, member, lars.id, BEFORE, None, "first")
    v.world.clock.forward(minutes=5)
    about = await acts.ask(
        v.world.ctx, await cast.jonas.member(), cast.ngozi.id, "Which topic first?", cast.asked, "about"
    )
    stage.add("question-ask", f"{BASE}/mentors/{cast.petra.id}/question", cast.ngozi)
    stage.add("question-ask-refused", f"{BASE}/mentors/{cast.jonas.id}/question", cast.ngozi)
    stage.add("question-ask-about", f"/requests/{cast.asked}/question", cast.jonas)
    stage.add("question-mine", f"/questions/{first.id}", cast.ngozi)
    stage.add("question-to-answer", f"/questions/{about.id}", cast.ngozi)
    stage.add("questions", f"{BASE}/questions", cast.ngozi)
    stage.add("questions-none", f"{BASE}/questions", cast.tom)
    link = await v.link(Purpose.ANSWER, first.id, lars)
    stage.add("link-question", link)

    async def answer(page: Page) -> None:
        await page.get_by_label("To Ngozi Adeyemi-Håkansson").fill(ANSWER)
        await press(page, "Send the answer")

    stage.add("link-question-answered", link, None, answer)
    stage.add("link-question-over", link)
    stage.add("question-answered", f"/questions/{first.id}", cast.ngozi)
