"""People join a programme by themselves: confirmed by mail, approved or queued, told of each step."""

from __future__ import annotations

import pytest

from models.process.programme import ProgrammeSettings
from tests.e2e.town import BASE, SLUG, Someone, Town

HERE = f"/p/{SLUG}/join"
API = f"/api/v1/programmes/{SLUG}"
OURS = {"Sec-Fetch-Site": "same-origin", "Origin": BASE}
ASKS = '[{"key": "why", "text": "What would you like to learn?", "kind": "text"}]'


def opened(how: str, **more: str) -> pytest.MarkDecorator:
    settings = {"self_registration": how, "registration_questions": ASKS, **more}
    return pytest.mark.parametrize("rules", [ProgrammeSettings().changed(settings)])


async def stranger(town: Town, name: str, **answers: str) -> Someone:
    """Somebody who asks for a link, follows it and sends the form."""
    email = f"{name.lower()}@example.org"
    someone = Someone(town, "", email, await town._client(), await town._client())
    someone.browser.headers.update(OURS)
    page = await someone.open(HERE)
    sent = await page.submit(page.forms[0], email=email)
    assert "Check your mail" in sent.text
    door = await someone.open((await someone.mail("sign-in")).link)
    form = await door.submit(door.forms[-1])
    assert form.url.endswith(HERE)
    after = await form.submit(
        form.form_with("time_zone"),
        name=name,
        roles="mentee",
        **{"answer-why": "To speak in public.", **answers},
    )
    assert after.status == (422 if answers else 200), after.text
    return someone


@opened("approval", registration_places="1")
async def test_waits_for_an_admin_then_for_a_place_and_moves_up(town: Town) -> None:
    admin = await town.admin()
    grace, henry, ivan = [await stranger(town, name) for name in ("Grace", "Henry", "Ivan")]
    assert "What would you like to learn?" in (await grace.open(HERE)).text
    assert (await admin.mail("registration-needs-admin")).text.count("waits for") == 1
    found = (await admin.get(f"{API}/registrations"))["items"]
    assert [(one["name"], one["state"]) for one in found] == [
        ("Grace", "waiting"),
        ("Henry", "waiting"),
        ("Ivan", "waiting"),
    ]
    assert found[0]["answers"] == [
        {"question": "What would you like to learn?", "answer": "To speak in public."}
    ]
    first, second, third = (f"{API}/registrations/{one['id']}" for one in found)
    assert (await admin.post(f"{first}/approve"))["state"] == "joined"
    assert (await admin.post(f"{second}/approve"))["state"] == "queued"
    assert (await admin.post(f"{third}/refuse", expect=422, comment=""))["errors"][0]["field"] == "comment"
    assert (await admin.post(f"{third}/refuse", comment="Next year, gladly."))["state"] == "refused"
    await admin.post(f"{third}/approve", expect=409)
    assert "Welcome" in (await grace.mail("registration-accepted")).subject
    assert "waiting list" in (await henry.mail("registration-received", 2)).text
    assert "Next year, gladly." in (await ivan.mail("registration-refused")).text
    assert "You can register anew" in (await ivan.open(HERE)).text

    me = await grace.browser.get(f"/p/{SLUG}/profile")
    assert me.status_code == 200
    people = await admin.http.get(f"/p/{SLUG}/admin/people")
    assert people.status_code in {200, 303}
    raised = await admin.http.patch(f"{API}/settings", json={"registration_places": 2})
    assert raised.status_code == 200
    assert "Welcome" in (await henry.mail("registration-accepted")).subject
    assert (await henry.browser.get(HERE)).headers["location"] == f"/p/{SLUG}"


@opened("open", registration_domains="example.org")
async def test_joins_at_once_and_nobody_learns_who_is_known(town: Town) -> None:
    known = await town.mentee()
    said = [await known.post(f"{API}/join", expect=202, email=one) for one in (known.email, "no@example.org")]
    assert said[0] == said[1]
    assert (await known.post(f"{API}/join", expect=422, email="a@elsewhere.org"))["errors"][0][
        "field"
    ] == "email"
    known.browser.headers.update(OURS)
    page = await known.open((await known.mail("sign-in")).link)
    assert (await page.submit(page.forms[-1])).url.rstrip("/").endswith(f"/p/{SLUG}")
    grace = await stranger(town, "Grace")
    assert (await grace.browser.get(f"/p/{SLUG}/profile")).status_code == 200
    await grace.mail("registration-accepted")
    refused = await stranger(town, "Henry", **{"answer-why": ""})
    assert "Please answer" in (await refused.open(HERE)).text or not refused.mails("registration-accepted")


async def test_where_it_is_off_there_is_no_page(town: Town) -> None:
    nobody = await town._client()
    for path in (HERE, f"{API}/join", "/p/no-such-programme/join"):
        assert (await nobody.get(path)).status_code == 404
    assert (await nobody.post(f"{API}/join", json={"email": "a@example.org"})).status_code == 404
