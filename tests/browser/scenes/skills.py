"""The skills of the programme on the coordinator's desk, with names that are awkward to show."""

from __future__ import annotations

from playwright.async_api import Page

from models.store import skill_changes
from models.store.skill_changes import SkillChange
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage, open_all, press

SKILLS = f"{BASE}/admin/skills"


async def skills(stage: Stage) -> None:
    admin, village = stage.cast.ines, stage.village
    long = SkillChange(texts.LONG[:120], (texts.ARABIC, f"{texts.LONG[:100]} too"), "Front end")
    with village.world.database.writing() as session:
        made = skill_changes.create(session, village.programme_id, long, anyway=True)
    stage.add("skills", SKILLS, admin, open_all)
    stage.add("skills-none", f"{SKILLS}?q=nothing+of+that+name", admin)
    stage.add("skill", f"{SKILLS}/{made.id}", admin)

    async def taken(page: Page) -> None:
        await page.get_by_text("Add a skill", exact=True).click()
        await page.get_by_label("Name", exact=True).fill("ARCHITECTURE")
        await press(page, "Add the skill")

    stage.add("skills-errors", SKILLS, admin, taken)
