"""Relationships, from the first day to the survey."""

from __future__ import annotations

from datetime import date

from playwright.async_api import Page

from models.links import Purpose
from models.process.relationship.commands import WithdrawRelationship
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import ReviseGoal, SetGoal
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, GOAL_ID, Stage, open_all, press

SIGNED_OFF = SignOff(comment="It was a joy. I think you are there.")
GOAL = SetGoal(goal_id=GOAL_ID, due=date(2026, 9, 30), **texts.GOAL)


async def relationships(stage: Stage) -> None:
    v = stage.village
    mentor = await v.person("Wanda Mentor", "mentor", contact="Phone +49 30 1234567", skills={"python": 5})
    new = await (await v.person("Xaver New", "mentee")).mentored_by(mentor)
    stage.add("relationship-new", f"/relationships/{new}", mentor)
    stage.add("goal-new", f"/relationships/{new}/goals", mentor)

    async def empty_goal(page: Page) -> None:
        await press(page, "Set the goal")

    stage.add("goal-errors", f"/relationships/{new}/goals", mentor, empty_goal)
    mentee = await v.person("Yara Learner", "mentee", contact="yara@chat")
    active = await mentee.mentored_by(mentor, texts.MESSAGE)
    await mentee.say(active, GOAL)
    await mentee.say(active, ReviseGoal(goal_id=GOAL_ID, progress=40))
    stage.add("relationship-active", f"/relationships/{active}", mentee, open_all)
    stage.add("relationships", f"{BASE}/relationships", mentor)
    stage.add("relationships-empty", f"{BASE}/relationships", stage.cast.tom)
    left = await (await v.person("Zora Gone", "mentee")).mentored_by(mentor)
    await mentor.say(left, WithdrawRelationship(comment="I am moving to another town. I am sorry."))
    stage.add("relationship-withdrawn", f"/relationships/{left}", mentor)


async def endings(stage: Stage) -> None:
    v = stage.village
    for name in ("confirm", "survey"):
        host = await v.person(f"Host of {name}", "mentor", skills={"python": 5})
        mentee = await v.person(f"Guest of {name}", "mentee")
        found = await mentee.mentored_by(host)
        await mentee.say(found, GOAL)
        await host.say(found, SIGNED_OFF)
        if name == "survey":
            await mentee.say(found, ConfirmCompletion(comment="Yes, thank you."))
        link = await v.link(Purpose(name), found, mentee, 1 if name == "confirm" else 0)
        stage.add(f"link-{name}", link)
        stage.add(f"relationship-{name}", f"/relationships/{found}", mentee)
        stage.add(f"relationship-{name}-admin", f"/relationships/{found}", stage.cast.ines)
        stage.add(f"link-{name}-done", link, None, _answer if name == "survey" else _confirm)


async def _confirm(page: Page) -> None:
    await page.locator("#f-comment").fill("Yes, and thank you for everything.")
    await press(page, "Yes, it is complete")


async def _answer(page: Page) -> None:
    for scale in await page.locator(".scale").all():
        await scale.get_by_role("radio", name="4").check()
    await press(page, "Send my answers")
