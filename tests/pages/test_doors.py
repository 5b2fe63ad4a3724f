"""Signing in and out, the admin's desk, people, mails and the mailbox; on both databases."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from models.links import Purpose
from models.process.programme import ProgrammeSettings
from models.process.request.commands import RequestAmendment
from models.process.request.moves import COMMANDS
from models.process.request.state import RequestState
from models.store import access
from models.store.delivery import MailRow, SignInLinkRow
from models.store.tables import ProgrammeRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.test_people_pages import form_to
from tests.pages.village import OPTIONS, Village, a_village, send

BASE = f"/p/{SLUG}"
MAIL = (
    b"From: Open Doors <steadfast@localhost>\r\nTo: a@example.org\r\nSubject: Hello\r\n"
    b"X-Steadfast-Mail: sign-in\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello <b>you</b>\r\n\r\n"
    b"http://localhost:8000/sign-in/abc\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><head><style>p{color:red}</style></head><body>Hello<script>alert(1)</script></body>\r\n"
    b"--b--\r\n"
)


async def sign_in_path(village: Village, person_id: str, next_path: str = "/") -> str:
    """The path of a fresh sign-in link."""
    now = village.world.clock()
    with village.world.database.writing() as session:
        token = "t" * 43
        row = SignInLinkRow(
            token_hash=access.digest(token),
            person_id=person_id,
            next_path=next_path,
            expires_at=now + timedelta(minutes=10),
        )
        session.add(row)
    return f"/sign-in/{token}"


async def test_signing_in_takes_a_button_and_works_once(village: Village) -> None:
    person = await village.person("Ada", "mentee")
    path = await sign_in_path(village, person.id, f"{BASE}/mentors")
    browser = village.browser()
    for _ in range(3):
        assert (await browser.head(path)).status_code == 200
    page = await browser.get(path)
    assert page.status_code == 200
    assert broken_rules(page) == []
    assert not browser.cookies
    form = form_to(Page.of(page, browser), path)
    forged = await browser.post(path, data={**form.fields, "csrf": "0" * 64})
    assert forged.status_code == 403
    done = await send(browser, form)
    assert (done.status_code, done.headers["location"]) == (303, f"{BASE}/mentors")
    assert "HttpOnly" in done.headers["set-cookie"]
    assert (await browser.get("/")).status_code == 200
    used = await village.browser().get(path)
    assert used.status_code == 404
    assert "used or is too old" in words_of(used)
    assert (await send(village.browser(), form)).status_code == 404


async def test_signing_out_ends_the_session(village: Village) -> None:
    person = await village.person("Ada", "mentee")
    token = dict(person.browser.cookies)
    form = form_to(await person.open("/"), "/sign-out")
    done = await send(person.browser, form)
    assert done.status_code == 303
    stolen = village.browser(cookies=token)
    assert (await stolen.get(f"{BASE}/profile")).status_code == 303


async def test_the_same_answer_for_known_and_unknown_addresses(village: Village) -> None:
    person = await village.person("Ada", "mentee")
    pages = []
    for email in (person.email, "nobody@example.org"):
        browser = village.browser()
        form = Page.of(await browser.get("/sign-in"), browser).form_with("email")
        sent = await send(browser, form, email=email)
        assert sent.status_code == 200
        assert broken_rules(sent) == []
        pages.append(sent.text.replace(email, ""))
    assert pages[0] == pages[1]
    with village.world.database.reading() as session:
        kinds = session.scalars(select(MailRow.kind)).all()
    assert kinds == ["sign-in", "sign-in"]


@SQLITE
@pytest.mark.parametrize("email", ["", "no address", "a@b@c", "Ann <a@example.org>", "a@example.org\nBcc: x"])
async def test_what_is_no_address_comes_back(village: Village, email: str) -> None:
    browser = village.browser()
    form = Page.of(await browser.get("/sign-in?next=//evil.example"), browser).form_with("email")
    assert form.fields["next"] == "/"
    refused = await send(browser, form, email=email)
    assert refused.status_code == 422
    assert broken_rules(refused) == []
    assert 'href="#f-email"' in refused.text


@SQLITE
async def test_a_page_that_needs_signing_in_comes_back_to_itself(village: Village) -> None:
    browser = village.browser()
    sent_on = await browser.get(f"{BASE}/requests?of=mentor")
    assert sent_on.status_code == 303
    page = await browser.get(sent_on.headers["location"])
    assert "then we bring you back to the page you wanted" in words_of(page)
    form = Page.of(page, browser).form_with("email")
    assert form.fields["next"] == f"{BASE}/requests?of=mentor"
    elsewhere = village.browser({"Accept": "text/html", "Sec-Fetch-Site": "cross-site"})
    assert (await elsewhere.post("/sign-in", data={"email": "a@example.org"})).status_code == 403


async def test_stalled_requests_are_reminded_extended_and_closed_from_the_list(village: Village) -> None:
    admin = await village.person("Ines", "admin")
    mentor = await village.person("Ben", "mentor", capacity=3)
    asked = [await (await village.person(f"Asker {n}", "mentee")).ask(mentor) for n in range(3)]
    path = f"{BASE}/admin/stalled"
    assert "Nothing is stalled" in words_of(await admin.get(path))
    filtered = words_of(await admin.get(f"{path}?older_than=P30D"))
    assert "No request waits that long" in filtered
    assert "Nothing is stalled" not in filtered
    village.world.clock.forward(days=8)
    await mentor.tell(asked[2], RequestAmendment(comment="What about?"))
    page = await admin.open(path)
    assert "Asker 0 asked Ben" in page.text
    assert "It waits since 2 March" in page.text
    assert "The mentor has not answered." in page.text
    assert "Asker 2" not in page.text
    everybody = await admin.open(f"{path}?older_than=P0D")
    assert "Asker 2 asked Ben" in everybody.text
    assert "It closes by itself on" in everybody.text or "A reminder goes out on" in everybody.text
    only = await admin.open(f"{path}?older_than=P0D&state=amendment_requested")
    assert "Asker 0" not in only.text
    for state in ("accepting", "accepted", "x' OR 'a' = 'a"):
        odd = await admin.get(f"{path}?older_than=P0D&state={quote(state)}")
        assert ("Asker 0" in odd.text, "Asker 2" in odd.text) == (True, True)
        assert f'value="{state}"' not in odd.text, "the filter says that nothing is filtered"
    back = f"{path}?older_than=P0D"
    first = f"/requests/{asked[0]}"
    closes_at = village.world.gateway.requests[asked[0]].closes_at
    row = everybody.form_with("back")
    for command in ("remind", "extend", "extend"):
        row.action = f"{first}/{command}"
        assert f'form="row" formaction="{row.action}"' in (await admin.get(back)).text
        done = await send(admin.browser, row)
        assert done.status_code == 303
        assert done.headers["location"] == back
        assert COMMANDS[command].offer.said in (await admin.get(back)).text
    assert closes_at is not None
    moved = village.world.gateway.requests[asked[0]].closes_at
    assert moved is not None
    assert timedelta(days=6) < moved - closes_at < timedelta(days=8), "one form, pressed twice, is one act"
    asking = f"{path}/close?r={asked[0]}&older_than=P0D"
    assert asking.replace("&", "&amp;") in (await admin.get(back)).text
    close = form_to(await admin.open(asking), f"{path}/close")
    silent = await send(admin.browser, close)
    assert silent.status_code == 422
    assert broken_rules(silent) == []
    done = await send(admin.browser, close, comment="Ben is on leave.")
    assert done.status_code == 200
    assert village.world.gateway.requests[asked[0]].state is RequestState.CLOSED


@SQLITE
async def test_a_forged_way_back_is_not_followed(village: Village) -> None:
    admin, mentor = await village.person("Ines", "admin"), await village.person("Ben", "mentor")
    asked = await (await village.person("Ada", "mentee")).ask(mentor)
    form = form_to(await admin.open(f"/requests/{asked}"), "/remind")
    done = await send(admin.browser, form, back="//evil.example/p/")
    assert done.headers["location"] == f"/requests/{asked}"


@SQLITE
async def test_the_desk_says_so_when_the_engine_is_down(village: Village) -> None:
    admin = await village.person("Ines", "admin")
    village.world.gateway.is_down = True
    for path in (f"{BASE}/admin", "/"):
        desk = await admin.get(path)
        assert desk.status_code == 200
        assert "It cannot be seen at the moment what is stalled" in words_of(desk)
    stalled = await admin.get(f"{BASE}/admin/stalled")
    assert stalled.status_code == 503
    assert broken_rules(stalled) == []


async def test_people_are_searched_page_by_page(village: Village) -> None:
    admin = await village.person("Zed Admin", "admin")
    for n in range(30):
        await village.person(f"Person {n:02}", "mentee")
    await village.person("Élodie Ünal_100%", "mentor")
    first = await admin.open(f"{BASE}/admin/people")
    assert "Person 00" in first.text
    assert "Show more" in first.text
    names = [f"Person {n:02}" for n in range(30)]
    response = await admin.get(f"{BASE}/admin/people")
    href = response.text.rsplit('href="', 1)[1].split('"')[0]
    if "Show more" not in response.text.rsplit('href="', 1)[1]:
        href = next(part.split('"')[0] for part in response.text.split('href="') if "after=" in part)
    second = await admin.get(href.replace("&amp;", "&"))
    assert second.status_code == 200
    shown = response.text + second.text
    assert all(shown.count(f"<bdi>{name}</bdi>") == 1 for name in names)
    # An underscore separates words, as a dash does; neither it nor a percent sign stands for other letters.
    searches = {
        "Élodie": True,
        "_100%25": True,
        "%25": True,
        "Élodie_": True,
        "Él%25ie": False,
        "El_z": False,
    }
    for wanted, found in searches.items():
        page = await admin.open(f"{BASE}/admin/people?q={wanted}")
        assert ("Élodie Ünal_100%" in page.text) is found, wanted


async def test_an_invitation_goes_out_and_is_taken_back(village: Village) -> None:
    admin = await village.person("Ines", "admin")
    page = await admin.open(f"{BASE}/admin/people")
    form = page.form_with("email")
    for wrong in ({"email": "no address"}, {"email": "new@example.org", "roles": "emperor"}):
        refused = await send(admin.browser, form, **wrong)
        assert refused.status_code == 422
        assert broken_rules(refused) == []
    sent = await send(
        admin.browser, form, email="new@example.org", name="Zoë", roles="mentee", note="Welcome!"
    )
    assert sent.status_code == 303
    after = await admin.open(sent.headers["location"])
    assert "The invitation is on its way." in after.text
    assert "new@example.org" in after.text
    taken = await send(admin.browser, form_to(after, "/revoke"))
    assert taken.status_code == 303
    assert "Taken back" in (await admin.open(f"{BASE}/admin/people")).text
    log = await admin.get(f"{BASE}/admin/mails")
    assert "Invitation" in words_of(log)
    assert "Welcome!" not in log.text
    assert (await admin.get(f"{BASE}/admin/mails?state=sent")).status_code == 200
    assert (await admin.get(f"{BASE}/admin/mails?cursor=made-up")).status_code == 422


async def test_the_mailbox_shows_mails_newest_first_and_what_is_in_them(village: Village) -> None:
    browser = village.browser()
    old = await village.keep_mail("a@example.org", "Hello <old>", MAIL)
    village.world.clock.forward(minutes=1)
    for n in range(26):
        await village.keep_mail(f"b{n}@example.org", f"Newer {n}", MAIL)
    first = await browser.get("/mailbox")
    assert "Hello &lt;old&gt;" not in first.text
    href = next(part.split('"')[0] for part in first.text.split('href="') if "cursor=" in part)
    second = await browser.get(href.replace("&amp;", "&"))
    assert "Hello &lt;old&gt;" in second.text
    assert "Newer 7" in (await browser.get("/mailbox?to=B7@")).text
    nobody = await browser.get("/mailbox?to=%25")
    assert "No mail to this recipient" in nobody.text
    assert "Nothing has been sent to an address with “%” in it." in words_of(nobody)
    assert "No mails yet" not in nobody.text
    shown = await browser.get(f"/mailbox/{old}")
    assert '<a href="http://localhost:8000/sign-in/abc" rel="noopener">' in shown.text
    assert "Hello &lt;b&gt;you&lt;/b&gt;" in shown.text
    assert "frame-src 'self'" in shown.headers["content-security-policy"]
    assert f'<a class="button quiet" href="/mailbox/{old}/html">Open the HTML by itself</a>' in shown.text
    framed = await browser.get(f"/mailbox/{old}/html")
    policy = framed.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy + shown.text
    assert '<base target="_blank">' in framed.text
    raw = await browser.get(f"/mailbox/{old}/raw")
    assert raw.content == MAIL
    assert raw.headers["content-disposition"].startswith("attachment")
    for path in ("/mailbox/x", f"/mailbox/{village.programme_id}", f"/mailbox/{village.programme_id}/html"):
        assert (await browser.get(path)).status_code == 404


@SQLITE
async def test_there_is_no_mailbox_where_mails_are_sent(migrated_url: str) -> None:
    async with a_village(migrated_url, mailbox=False) as village:
        browser = village.browser()
        kept = await village.keep_mail("a@example.org", "Hello", MAIL)
        for path in ("/mailbox", f"/mailbox/{kept}", f"/mailbox/{kept}/html", f"/mailbox/{kept}/raw"):
            assert (await browser.get(path)).status_code == 404


@SQLITE
@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Forwarded", "for=203.0.113.9"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Host", "mentoring.example.org"),
        ("X-Forwarded-Proto", "https"),
        ("X-Real-IP", "127.0.0.1"),
        ("Via", ""),
    ],
)
async def test_the_mailbox_is_not_for_what_came_through_a_proxy(
    village: Village, header: str, value: str
) -> None:
    browser = village.browser()
    kept = await village.keep_mail("a@example.org", "Hello", MAIL)
    for path in ("/mailbox", f"/mailbox/{kept}", f"/mailbox/{kept}/html", f"/mailbox/{kept}/raw"):
        assert (await browser.get(path)).status_code == 200
        assert (await browser.get(path, headers={header: value})).status_code == 404
    asked = {"email": "a@example.org"}
    here = await browser.post("/sign-in", data=asked)
    assert 'href="/mailbox"' in here.text
    through = await browser.post("/sign-in", data=asked, headers={header: value})
    assert (through.status_code, broken_rules(through)) == (200, [])
    assert 'href="/mailbox"' not in through.text
    assert "on its mailbox page, which opens on that machine only" in words_of(through)


@SQLITE
async def test_a_programme_in_which_no_comment_is_needed_says_so(migrated_url: str) -> None:
    async with a_village(migrated_url, comment_required=frozenset(), decline_reasons=()) as village:
        mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
        asked = await mentee.ask(mentor)
        page = await mentor.open(f"/requests/{asked}")
        form = page.form_with("decision", "reject")
        assert "reason" not in form.names
        assert (await send(mentor.browser, form, decision="reject")).status_code == 303
        assert village.world.gateway.requests[asked].state == "rejected"


@SQLITE
async def test_the_rules_of_a_request_are_those_it_was_sent_under(migrated_url: str) -> None:
    async with a_village(migrated_url, comment_required=frozenset(), decline_reasons=("No time",)) as village:
        mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
        asked = await mentee.ask(mentor)
        with village.world.database.writing() as session:
            programme = session.get_one(ProgrammeRow, village.programme_id)
            later = ProgrammeSettings(
                preferences=OPTIONS,
                decline_reasons=("Something else",),
                extend_by=timedelta(days=30),
                comment_required=frozenset({"withdraw"}),
            )
            programme.settings = later.stored()
        link = await village.link(Purpose.DECIDE, asked, mentor, 1)
        pages = [await mentor.open(path) for path in (link, f"/requests/{asked}")]
        for page in pages:
            assert "No time" in page.text
            assert "Something else" not in page.text
            assert "(if you like)" in page.text
        own = await mentee.open(f"/requests/{asked}")
        assert f"A word to {mentor.name} (if you like)" in own.text
        ines = await village.person("Ines", "admin")
        for path in (f"/requests/{asked}", f"{BASE}/admin/stalled?older_than=P0D"):
            assert "Extend by 7 days" in (await ines.open(path)).text
        form = pages[-1].form_with("decision", "reject")
        done = await send(mentor.browser, form, decision="reject", reason="No time")
        assert done.status_code == 303
        assert village.world.gateway.requests[asked].reason == "No time"


async def test_a_sign_in_link_names_the_account_and_the_one_it_replaces(village: Village) -> None:
    ada, ben = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    path = await sign_in_path(village, ada.id)
    alone = words_of(await village.browser().get(path))
    assert f"signed in here as Ada ({ada.email})" in alone
    assert "will be signed out here" not in alone
    page = await ben.get(path)
    assert f"Ben ({ben.email}) is signed in in this browser and will be signed out here" in words_of(page)
    old = dict(ben.browser.cookies)
    await send(ben.browser, form_to(Page.of(page, ben.browser), path))
    assert (await ben.browser.get("/api/v1/me")).json()["id"] == ada.id
    left = village.browser(cookies=old)
    assert (await left.get("/api/v1/me")).status_code == 401


@SQLITE
async def test_a_stale_form_is_not_called_somebody_elses(village: Village) -> None:
    mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    asked = await mentee.ask(mentor)
    form = form_to(await mentee.open(f"/requests/{asked}"), "/withdraw")
    refused = await send(mentee.browser, form, csrf="old")
    assert refused.status_code == 403
    assert "This form was not taken" in refused.text
    assert "not yours" not in refused.text
    assert village.world.gateway.requests[asked].state == "pending"
