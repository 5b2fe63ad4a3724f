"""The pages about one's own data: a copy, the erasing, and the link that calls it off."""

from __future__ import annotations

from api.web.security import cookie_name
from models.store import access
from tests.api.conftest import SQLITE
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules
from tests.pages.village import BROWSER, Village, send

pytestmark = SQLITE
EVERYTHING = "/your-data/erase"


async def test_a_copy_is_made_downloaded_and_deleted(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    home = await amara.get("/")
    assert 'href="/your-data"' in home.text
    page = await amara.open("/your-data")
    made = await page.submit(page.forms[1])
    assert "Your copy is ready" in made.text
    file = await amara.get("/your-data/file")
    assert file.headers["content-disposition"].startswith("attachment")
    assert "Amara" in file.text
    ready = await amara.get("/your-data")
    assert broken_rules(ready) == []
    page = await amara.open("/your-data")
    gone = await page.submit(next(form for form in page.forms if form.action == "/your-data/delete-copy"))
    assert "Copy deleted." in gone.text
    assert (await amara.get("/your-data/file")).status_code == 404


async def test_signing_out_somewhere_twice_is_calm(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    with village.world.database.writing() as session:
        access.create_session(session, amara.id, village.world.clock(), "Firefox on Linux")
    page = await amara.open("/your-data")
    there = next(form for form in page.forms if form.action.endswith("/end"))
    first = await send(amara.browser, there)
    second = await send(amara.browser, there)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["location"] == "/your-data"
    after = await amara.get("/your-data")
    assert broken_rules(after) == []
    assert "Firefox on Linux" not in after.text


async def test_a_copy_in_the_making_is_waited_for(village: Village) -> None:
    village.world.gateway.saves = False
    amara = await village.person("Amara", "mentee")
    page = await amara.open("/your-data")
    assert "Look again" in (await page.submit(page.forms[1])).text


async def test_erasing_takes_ones_own_address_and_signs_out(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    page = await amara.open(EVERYTHING)
    wrong = await page.submit(page.forms[1], confirm="yes")
    assert wrong.status == 422
    assert "type your own e-mail address" in wrong.text
    done = await wrong.submit(wrong.forms[1], confirm=amara.email)
    assert "Your data will be erased" in done.text
    assert "Wednesday 3 March" in done.text or "3 March" in done.text
    assert "Sign in" in (await amara.open("/your-data")).text


async def test_a_form_of_another_site_erases_nothing(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    for form in ({"confirm": amara.email}, {"confirm": amara.email, "csrf": "made up"}):
        assert (await amara.browser.post(EVERYTHING, data=form)).status_code == 403
    assert (await amara.get("/your-data")).status_code == 200


async def test_the_link_in_the_mail_keeps_everything(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    page = await amara.open(EVERYTHING)
    await page.submit(page.forms[1], confirm=amara.email)
    path, stranger = await village.keep_link(amara), village.browser(BROWSER)
    for _ in range(3):
        shown = await stranger.get(path)
        assert (shown.status_code, broken_rules(shown)) == (200, [])
        assert "Keep your data?" in shown.text
        assert "It begins by itself on" in shown.text
        assert "Tuesday 3\xa0March" in shown.text
    shown = await stranger.get(path)
    form = Page.of(shown, stranger)
    kept = await form.submit(form.forms[0])
    assert "Your data stays" in kept.text
    assert "The erasure was called off on" in (await form.submit(form.forms[0])).text
    assert (await amara.member()).person_id == amara.id


async def test_the_only_admin_is_asked_to_hand_over(village: Village) -> None:
    ines, _amara = await village.person("Ines", "admin"), await village.person("Amara", "mentee")
    page = await ines.get(EVERYTHING)
    assert broken_rules(page) == []
    assert "only coordinator of Open-Doors" in page.text
    assert "confirm" not in Page.of(page, ines.browser).forms[-1].names


async def test_an_engine_that_is_away_is_said_on_the_page(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    pages = [await amara.open(path) for path in ("/your-data", EVERYTHING)]
    village.world.gateway.is_down = True
    for page in pages:
        answer = await page.submit(page.forms[1], confirm=amara.email)
        assert answer.status == 503
        assert "Steadfast cannot record anything" in answer.text


async def test_an_invitation_waits_until_the_erasing_is_stopped(village: Village) -> None:
    amara = await village.person("Amara", "mentee")
    path = await village.invitation(amara.email, "mentor")
    page = await amara.open(EVERYTHING)
    await page.submit(page.forms[1], confirm=amara.email)
    browser = village.browser(BROWSER)
    invitation = Page.of(await browser.get(path), browser)
    refused = await invitation.submit(invitation.forms[0])
    assert (refused.status, "please stop that first" in refused.text) == (409, True)


async def test_a_browser_elsewhere_is_signed_out_from_here(village: Village) -> None:
    amara, bo = await village.person("Amara", "mentee"), await village.person("Bo", "mentee")
    with village.world.database.writing() as session:
        token = access.create_session(session, amara.id, village.world.clock(), "Firefox on Windows")
    elsewhere = village.browser(cookies={cookie_name(village.world.ctx): token})
    shown = await amara.get("/your-data")
    assert broken_rules(shown) == []
    assert "Firefox on Windows" in shown.text
    page = Page.of(shown, amara.browser)
    (form,) = [form for form in page.forms if form.action.endswith("/end")]
    theirs = await bo.open("/your-data")
    foreign = {"csrf": theirs.forms[1].fields["csrf"]}
    assert (await bo.browser.post(form.action, data=foreign)).status_code == 404
    assert (await elsewhere.get("/your-data")).status_code == 200
    done = await page.submit(form)
    assert "That browser is signed out." in done.text
    assert "Firefox on Windows" not in done.text
    assert (await elsewhere.get("/your-data")).status_code == 303


async def test_signing_out_everywhere_is_here_as_well(village: Village) -> None:
    amara, bo = await village.person("Amara", "mentee"), await village.person("Bo", "mentee")
    page = await amara.open("/your-data")
    (form,) = [form for form in page.forms if form.action == "/your-data/sign-out-everywhere"]
    done = await page.submit(form)
    assert "Sign in" in done.text
    assert (await amara.get("/your-data")).status_code == 303
    assert (await bo.get("/your-data")).status_code == 200
