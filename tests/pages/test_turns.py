"""The navigation says quietly how much waits for its reader, and where somebody lands who has signed in."""

from __future__ import annotations

from sqlalchemy import delete

from models.process.programme import DEFAULT_SURVEY
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.request.commands import RequestAmendment
from models.store.delivery import SignInLinkRow
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.e2e.forms import Page
from tests.pages.reading import words_of
from tests.pages.test_doors import sign_in_path
from tests.pages.test_people_pages import form_to
from tests.pages.village import Village, Villager, send

PROFILE = f"/p/{SLUG}/profile"


async def counted(who: Villager, *entries: str) -> None:
    text = words_of(await who.get(PROFILE)).split("Sign out")[0]
    assert [one for one in ("Requests", "Mentoring") if f"{one} 1 waiting" in text] == list(entries)


async def test_each_side_reads_what_waits_for_them(village: Village) -> None:
    mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    other = await village.person("Cleo", "mentor")
    asked = await mentee.ask(mentor)
    await counted(mentor, "Requests")
    await counted(mentee)
    await mentor.tell(asked, RequestAmendment(comment="What about?"))
    await counted(mentor)
    await counted(mentee, "Requests")
    together = await mentee.mentored_by(other)
    await other.say(together, SignOff(comment="Well done."))
    await counted(other)
    # Who has found a mentor is not waited for any more by another one.
    await counted(mentee, "Mentoring")
    await mentee.say(together, ConfirmCompletion(comment="Thank you."))
    await counted(other, "Mentoring")
    await other.say(together, AnswerSurvey(answers={one.key: "5" for one in DEFAULT_SURVEY if one.required}))
    await counted(other)


@SQLITE
async def test_whoever_coordinates_alone_lands_on_the_desk(village: Village) -> None:
    admin = await village.person("Ines", "admin")
    both = await village.person("Bo", "admin", "mentee")
    for who, lands in ((admin, f"/p/{SLUG}/admin"), (both, "/")):
        assert await _landing(village, who) == lands
    assert await _landing(village, admin, PROFILE) == PROFILE
    await village.world.join(admin.id, "Ines", "admin", slug=OTHER)
    assert await _landing(village, admin) == "/"


async def _landing(village: Village, who: Villager, wanted: str = "/") -> str:
    browser, path = village.browser(), await sign_in_path(village, who.id, wanted)
    done = await send(browser, form_to(Page.of(await browser.get(path), browser), path))
    with village.world.database.writing() as session:
        session.execute(delete(SignInLinkRow))
    return done.headers["location"]


@SQLITE
async def test_an_error_and_a_link_to_sign_in_show_the_programme_to_its_members_alone(
    village: Village,
) -> None:
    member, admin = await village.person("Ada", "mentee"), await village.person("Ines", "admin")
    stranger = await village.person("Sam", "mentee", slug=OTHER)
    name = (await member.member()).programme.name
    for path in (f"/p/{SLUG}/nowhere", f"/requests/{member.id}", f"/p/{SLUG}/requests?cursor=x"):
        failed = await member.get(path)
        assert failed.status_code in {404, 422}
        assert f'<span dir="auto">{name}</span>' in failed.text, path
        assert f'href="/p/{SLUG}/requests"' in failed.text, path
    there = (await stranger.get(f"/p/{SLUG}/admin")).text
    nowhere = (await stranger.get("/p/made-up/admin")).text
    assert name not in there
    assert there.replace(SLUG, "made-up") == nowhere, "a stranger learns nothing of a programme"
    anybody = await village.browser().get(f"/sign-in?next=/p/{SLUG}/admin")
    assert name not in anybody.text
    link = await village.browser().get(await sign_in_path(village, admin.id))
    assert f'<span dir="auto">{name}</span>' in link.text
