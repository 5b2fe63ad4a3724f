"""What happens to the link of a real mail: scanners, prefetchers, impatient fingers."""

from __future__ import annotations

import asyncio
from typing import Any

from httpx import ASGITransport, AsyncClient

from api.app import create_app
from tests.e2e.town import BASE, QUIET, Json, Someone, Town

SCANNERS: list[dict[str, str]] = [
    {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/2.1)"},
    {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"Accept": "*/*", "Range": "bytes=0-1023"},
]
DECISIONS: list[dict[str, str]] = [
    {"decision": "accept"},
    {"decision": "amend"},
    {"decision": "reject", "reason": "The topic is not mine"},
]


async def versions(town: Town, someone: Someone, request_id: str) -> tuple[Any, Any]:
    request = await someone.request(request_id)
    return request["state"], [entry["what"] for entry in request["timeline"]]


async def test_machines_that_open_a_link_change_nothing(town: Town) -> None:
    """100 GETs, HEADs, and forms posted by a machine, which has no comment to write."""
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    link = (await mentor.mail("request-received")).link
    before = await versions(town, mentee, asked["id"])
    for number in range(100):
        opened = await mentor.browser.request(
            "HEAD" if number % 2 else "GET", link, headers=SCANNERS[number % len(SCANNERS)]
        )
        assert opened.status_code == 200
        assert not opened.cookies
    for query in ("?decision=accept&comment=x", "?_method=POST&decision=reject"):
        assert (await mentor.browser.get(link + query)).status_code == 200
    for form in ({}, {"csrf": ""}, *DECISIONS, *({**one, "comment": " "} for one in DECISIONS)):
        pressed = await mentor.browser.post(link, data=form)
        assert pressed.status_code in {403, 422}, form
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert (await mentor.browser.request(method, link)).status_code == 405
    assert await versions(town, mentee, asked["id"]) == before
    assert [mail.kind for mail in mentee.mails()] == []


async def test_forty_posts_of_one_link_record_one_decision(town: Town) -> None:
    """Of three different decisions, sent to two processes of the API, one counts."""
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    link = (await mentor.mail("request-received")).link
    transport = ASGITransport(create_app(town.app.state.context))
    async with AsyncClient(transport=transport, base_url=BASE, timeout=30) as other:
        browsers = (mentor.browser, other)
        answers = await asyncio.gather(
            *(
                browsers[number % 2].post(
                    link, data={"comment": f"Answer {number}.", **DECISIONS[number % 3]}
                )
                for number in range(40)
            )
        )
    statuses = [answer.status_code for answer in answers]
    # A machine under load may answer that an act is not confirmed: then the timeline says what became of it.
    assert set(statuses) <= {200, 409, 503}
    assert statuses.count(200) <= 1
    decided = await settled(mentee, asked["id"])
    assert len(decided) == 1
    if 200 in statuses:
        assert decided[0]["note"].endswith(f"Answer {statuses.index(200)}.")


async def settled(someone: Someone, request_id: str) -> list[Json]:
    """What was decided, once something is and nothing more can be on its way."""
    async with asyncio.timeout(90):
        while (await someone.request(request_id))["state"] == "pending":
            await asyncio.sleep(0.1)
    await asyncio.sleep(QUIET.total_seconds())
    request = await someone.request(request_id)
    return [entry for entry in request["timeline"] if entry["what"] != "RequestSubmitted"]
