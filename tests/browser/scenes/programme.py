"""All scenes, in groups of which each can be built alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from tests.browser.scenes.crowd import crowd
from tests.browser.scenes.desk import desk
from tests.browser.scenes.doors import doors, errors
from tests.browser.scenes.joining import joining
from tests.browser.scenes.links import links, requests
from tests.browser.scenes.mails import mails
from tests.browser.scenes.members import members
from tests.browser.scenes.mentorships import mentorships
from tests.browser.scenes.own_data import own_data
from tests.browser.scenes.people import long_words, right_to_left, search
from tests.browser.scenes.questions import questions
from tests.browser.scenes.routes import routes
from tests.browser.scenes.shortlists import shortlists
from tests.browser.scenes.skills import skills
from tests.browser.scenes.stage import Cast, Scene, Stage
from tests.browser.scenes.together import endings, relationships
from tests.pages.village import Village

GROUPS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    group.__name__: group
    for group in (
        doors,
        errors,
        links,
        search,
        requests,
        questions,
        shortlists,
        mentorships,
        routes,
        relationships,
        endings,
        members,
        skills,
        right_to_left,
        long_words,
        own_data,
        mails,
        joining,
        desk,
        crowd,
    )
}
"""In the order in which they can share a village: in the last two days pass."""


async def scenes_of(village: Village, groups: Iterable[str] = GROUPS) -> list[Scene]:
    """Builds everything that the scenes of these groups show, in this village."""
    stage = Stage(village, await Cast.of(village))
    for name in groups:
        await GROUPS[name](stage)
    return stage.scenes
