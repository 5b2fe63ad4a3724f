"""The coordinators' desk of a programme with a past, and acts for many requests."""

from __future__ import annotations

from playwright.async_api import Page

from api.drafts import acts, reads
from bench.filling import Filler
from bench.people import Programme, Someone
from models.process.draft.state import DraftAct, DraftKind, DraftOptions
from models.process.programme import ProgrammeSettings
from tests.browser.scenes.stage import BASE, Stage, open_all, press
from tests.pages.village import Villager

STALLED = f"{BASE}/admin/stalled"
_NAMES = ("Amina El-Sayed", "Chiara Grant", "Lars Holm", "Samuel Osei", "Tomás Rivera", "Wanjiru Kimani")


async def desk(stage: Stage) -> None:
    village = stage.village
    admin = await village.person("Ada Okonkwo", "admin")
    mentors = [await village.person(name, "mentor", skills={"devops": 5}) for name in _NAMES]
    mentees = [await village.person(f"{name} Jr", "mentee") for name in _NAMES]
    programme = Programme(village.programme_id, "open-doors", ProgrammeSettings(), {})
    past = Filler(programme, _ids(mentees), _ids(mentors), village.world.clock())
    await past.fill(village.world.database, 300)
    waits = [await _asked(stage, name) for name in _NAMES[:4]]
    village.world.clock.forward(days=8)
    stage.add("desk", f"{BASE}/admin?since=all", admin)
    chosen = "&".join(f"r={one}" for one in waits[:3])
    for act in ("remind", "extend", "close"):
        stage.add(f"stalled-{act}", f"{STALLED}/{act}?{chosen}&r=unknown", admin)
    stage.add("stalled-open-row", STALLED, admin, _open_first)

    async def remind(page: Page) -> None:
        await press(page, "Send 3 reminders")

    async def close_without_a_word(page: Page) -> None:
        await press(page, "Close 3")

    stage.add("stalled-close-errors", f"{STALLED}/close?{chosen}", admin, close_without_a_word)
    stage.add("stalled-done", f"{STALLED}/remind?{chosen}", admin, remind)

    async def shorten(page: Page) -> None:
        await page.get_by_label("Close without an answer after").fill("3")
        await press(page, "See what it does")

    async def weigh(page: Page) -> None:
        await page.get_by_label("Skills that count more or less").fill("python: 10")
        await press(page, "See what would change")

    await village.person("Ines Weber-Ndiaye", "mentor", skills={"python": 5})
    await village.person("Bela Kovács", "mentee", targets={"devops": 5, "python": 3})
    stage.add("score", f"{BASE}/admin/score", admin)
    stage.add("score-preview", f"{BASE}/admin/score", admin, weigh)
    stage.add("settings", f"{BASE}/admin/settings", admin)
    stage.add("settings-preview", f"{BASE}/admin/settings", admin, shorten)
    await drafts(stage, admin)
    stage.add("people-filtered", f"{BASE}/admin/people?role=mentor&state=unfinished", admin)


async def drafts(stage: Stage, admin: Villager) -> None:
    """Recommendations that are published, and pairs that wait."""
    member, ctx = await admin.member(), stage.village.world.ctx
    options = DraftOptions(per_mentee=2, minimum_score=10)
    sent = await acts.begin(ctx, member, DraftKind.RECOMMENDATIONS, options, (), "recommended")
    await acts.do(ctx, admin.viewer, sent.id, DraftAct.PUBLISH)
    pairs = await acts.begin(ctx, member, DraftKind.PAIRING, options, (), "paired")
    found = await reads.items(ctx, admin.viewer, pairs.id, reads.Wanted(1))
    stage.add("drafts", f"{BASE}/admin/drafts", admin)
    stage.add("draft", f"{BASE}/admin/drafts/{pairs.id}", admin, open_all)
    stage.add("draft-published", f"{BASE}/admin/drafts/{sent.id}", admin)
    stage.add("draft-item", f"{BASE}/admin/drafts/{pairs.id}/people/{found.items[0].mentee.id}", admin)


async def _asked(stage: Stage, name: str) -> str:
    mentor = await stage.village.person(f"{name} senior", "mentor", skills={"devops": 5})
    return await (await stage.village.person(f"{name} the younger", "mentee")).ask(mentor)


def _ids(people: list[Villager]) -> list[Someone]:
    return [Someone(one.id, "") for one in people]


async def _open_first(page: Page) -> None:
    await page.locator("details.opens > summary").first.click()
    await page.locator("tbody input[type=checkbox]").nth(1).check()
