"""Switching reminders and surveys off by the link of a mail, and by the profile; and on again."""

from __future__ import annotations

from httpx import Response

from models.links import sign
from models.store import links
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.api.world import KEYS, SLUG
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.test_people_pages import form_to
from tests.pages.village import Village, Villager, send

ELSEWHERE = {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"}


async def off_link(village: Village, person: Villager, key: str = KEYS[0]) -> str:
    new = links.unsubscribing(village.programme_id, person.id)
    with village.world.database.writing() as session:
        links.mint(session, [new], village.world.clock())
    return f"/unsubscribe/{sign(new.purpose, new.id, [key])}"


async def wants(village: Village, person: Villager) -> bool:
    with village.world.database.reading() as session:
        return session.get_one(MemberRow, (village.programme_id, person.id)).optional_mails


async def test_one_press_of_a_mail_program_is_enough(village: Village) -> None:
    """No cookie, no form token, from anywhere, in either encoding of RFC 8058, as often as it likes."""
    for number, body in enumerate(
        (
            {"data": {"List-Unsubscribe": "One-Click"}},
            {"files": {"List-Unsubscribe": (None, "One-Click")}},
            {"content": b"\xff\x00", "headers": {"Content-Type": "application/octet-stream"}},
            {},
        )
    ):
        person = await village.person(f"Ada {number}", "mentee")
        other = await village.person(f"Ben {number}", "mentor")
        path = await off_link(village, person)
        for _ in range(3):
            answer: Response = await village.browser(headers=ELSEWHERE).post(path, **body)  # type: ignore[arg-type]
            assert answer.status_code == 200
            assert "switched off" in words_of(answer)
            assert not await wants(village, person)
        assert await wants(village, other)


@SQLITE
async def test_opening_it_changes_nothing(village: Village) -> None:
    person = await village.person("Ada Asker", "mentee")
    path = await off_link(village, person)
    browser = village.browser()
    for _ in range(20):
        assert (await browser.get(path)).status_code == 200
        assert (await browser.head(path)).status_code == 200
        assert (await browser.get(f"{path}?List-Unsubscribe=One-Click")).status_code == 200
        assert (await browser.get(f"{path}/undo")).status_code == 405
    assert await wants(village, person)
    assert not browser.cookies


@SQLITE
async def test_the_page_has_a_button_and_a_way_back(village: Village) -> None:
    person = await village.person("Ada Asker", "mentee")
    path, browser = await off_link(village, person), village.browser()
    shown = await browser.get(path)
    assert broken_rules(shown) == []
    assert "Ada Asker" in words_of(shown)
    assert person.email not in shown.text
    off = await send(browser, form_to(Page.of(shown, browser), path))
    assert broken_rules(off) == []
    assert not await wants(village, person)
    assert "are switched off" in words_of(await browser.get(path))
    on = await send(browser, form_to(Page.of(off, browser), "/undo"))
    assert "are switched on" in words_of(on)
    assert await wants(village, person)


@SQLITE
async def test_it_works_years_later_after_leaving_and_with_an_elder_key(village: Village) -> None:
    person = await village.person("Ada Asker", "mentee")
    path = await off_link(village, person, KEYS[-1])
    village.world.clock.forward(days=3650)
    await village.world.leave(person.id)
    assert (await village.browser().post(path)).status_code == 200
    assert not await wants(village, person)


@SQLITE
async def test_a_link_of_another_purpose_or_of_nobody_switches_nothing(village: Village) -> None:
    person = await village.person("Ada Asker", "mentee")
    path = await off_link(village, person)
    token = path.rpartition("/")[2]
    unmade = links.unsubscribing(village.programme_id, "00000000-0000-4000-8000-00000000dead")
    for wrong in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("/unsubscribe.", "/survey."),
        f"/unsubscribe/{sign(unmade.purpose, unmade.id, KEYS)}",
        f"/links/{token}",
        "/unsubscribe/x",
    ):
        for answer in (await village.browser().get(wrong), await village.browser().post(wrong)):
            assert answer.status_code == 404, wrong
    assert await wants(village, person)


@SQLITE
async def test_the_profile_and_the_api_show_and_change_it(village: Village) -> None:
    person = await village.person("Ada Asker", "mentee", skills={"python": 2})
    page = await person.open(f"/p/{SLUG}/profile")
    form = form_to(page, "/profile")
    assert "essential_only" not in form.fields
    answer = await person.browser.post(form.action, data=form.fields)
    assert answer.status_code == 303
    assert await wants(village, person)
    answer = await person.browser.post(form.action, data={**form.fields, "essential_only": "yes"})
    assert answer.status_code == 303
    assert not await wants(village, person)
    path = f"/api/v1/programmes/{SLUG}/profile"
    assert (await person.get(path)).json()["optional_mails"] is False
    changed = await person.browser.put(path, json={"headline": "Learns"})
    assert changed.json()["optional_mails"] is False
    changed = await person.browser.put(path, json={"optional_mails": True})
    assert changed.json()["optional_mails"] is True
    assert await wants(village, person)
    for wrong in ("yes", 1, None):
        refused = await person.browser.put(path, json={"optional_mails": wrong})
        assert refused.status_code == (200 if wrong is None else 422)
    assert await wants(village, person)


@SQLITE
async def test_an_admin_is_not_told_that_a_reminder_goes_to_somebody_who_gets_none(village: Village) -> None:
    admin = await village.person("Ines Admin", "admin")
    mentee = await village.person("Ada Asker", "mentee")
    for name, wanted, said in (
        ("Ben Helper", True, "A reminder is on its way."),
        ("Cem Helper", False, "no mail goes out"),
    ):
        mentor = await village.person(name, "mentor")
        asked = await mentee.ask(mentor)
        if not wanted:
            await village.browser().post(await off_link(village, mentor))
        page = await admin.open(f"/requests/{asked}")
        answer = await admin.browser.post(
            f"/requests/{asked}/remind", data=form_to(page, "/remind").fields, follow_redirects=True
        )
        assert said in words_of(answer)
