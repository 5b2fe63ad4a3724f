"""What a scene is, and the people who appear in all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from playwright.async_api import Page

from tests.api.world import SLUG
from tests.browser.scenes import texts
from tests.pages.village import Village, Villager

BASE = f"/p/{SLUG}"
GOAL_ID = "11111111-1111-4111-8111-111111111111"
REASON = "I have no time at the moment"

Step = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """A page as somebody sees it; `steps` is what they do on it before it is looked at.

    In a sealed one no clock runs for axe either: its policy has the directive `sandbox`.
    """

    name: str
    path: str
    who: Villager | None = None
    steps: Step | None = None
    sealed: bool = False


@dataclass(frozen=True)
class Cast:
    """Ngozi has asked Jonas (`asked`), Ines is an admin too, Tom's profile is empty, Petra has one place."""

    ngozi: Villager
    jonas: Villager
    ines: Villager
    tom: Villager
    petra: Villager
    asked: str

    @classmethod
    async def of(cls, village: Village) -> Cast:
        person = village.person
        skills = {"architecture": 2, "devops": 1, "python": 4}
        targets = {"architecture": 4, "devops": 4, "public speaking": 3}
        ngozi = await person(
            "Ngozi Adeyemi-Håkansson",
            "mentee",
            headline="Backend developer, four years in, moving towards architecture",
            about=texts.ABOUT,
            unit="Digital Services",
            location="Lagos",
            country="NG",
            languages=["en", "fr"],
            time_zone="Africa/Lagos",
            skills=skills,
            targets=targets,
        )
        jonas = await person(
            "Jonas Weber",
            "mentor",
            headline="Systems architect, happiest at a whiteboard",
            unit="Platform",
            location="Leipzig",
            contact="Chat: @jonas\nOffice 4.12",
            skills={"architecture": 5, "devops": 3},
        )
        ines = await person("Ines Duarte", "admin", "mentee", skills=skills, targets=targets)
        tom = await person("Tom Fresh", "mentee", "mentor", skills={}, targets={}, preferences=frozenset())
        petra = await person("Petra Quiet", "mentor", skills={"python": 4}, capacity=1)
        return cls(ngozi, jonas, ines, tom, petra, await ngozi.ask(jonas, texts.MESSAGE))


@dataclass
class Stage:
    """Where scenes are collected."""

    village: Village
    cast: Cast
    scenes: list[Scene] = field(default_factory=list)

    def add(self, name: str, path: str, who: Villager | None = None, steps: Step | None = None) -> None:
        self.scenes.append(Scene(name, path, who, steps))

    async def newcomer(self, name: str, mentor: Villager) -> tuple[Villager, str]:
        """A mentee who has just asked this mentor, and the id of the request."""
        mentee = await self.village.person(name, "mentee", skills={"devops": 1}, targets={"devops": 4})
        return mentee, await mentee.ask(mentor, texts.MESSAGE)


async def press(page: Page, name: str) -> None:
    """Presses a button, and waits for the page that it leads to."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=name, exact=True).click()


async def unfold(page: Page, summary: str) -> None:
    await page.locator("summary", has_text=summary).click()


async def open_all(page: Page) -> None:
    for summary in await page.locator("summary").all():
        await summary.click()
