"""Every page that can be reached keeps the rules, whatever people are called and whatever they write."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient

from api.shortlists import acts as shortlist_acts
from api.shortlists.acts import NewList
from models.links import Purpose
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.relationship.parts.goals import SetGoal
from models.process.request.commands import RejectRequest, RequestAmendment
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.reading import broken_rules, paths, seen
from tests.pages.village import Village, Villager, send

SNIPPETS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "\u202e\u2066evil\u2069",
)
ALL = " ".join(SNIPPETS)
ACTS = ("/sign-out",)


async def crawl(browser: AsyncClient, start: str = "/") -> dict[str, str]:
    """Follows every link from `start`; gives path -> page, after checking each."""
    found: dict[str, str] = {}
    broken: list[str] = []
    todo = [start]
    while todo:
        path = todo.pop()
        if path in found or path.startswith(ACTS) or path.endswith("/raw"):
            continue
        response = await browser.get(path)
        assert response.status_code == 200, f"{path} answers {response.status_code}"
        found[path] = response.text
        broken += [f"{path}: {rule}" for rule in broken_rules(response)]
        todo += paths(seen(response))
    assert broken == []
    return found


async def snippet_village(village: Village) -> tuple[Villager, Villager, Villager]:
    """A mentee, a mentor and an admin of whom everything that can be text is a snippet."""
    words: dict[str, Any] = {
        "headline": ALL[:200],
        "about": ALL,
        "unit": ALL[:200],
        "location": ALL[:200],
        "contact": ALL,
        "attributes": {"Stage": ALL[:100]},
    }
    mentee = await village.person(ALL[:200], "mentee", **words)
    mentor = await village.person(ALL[:200][::-1], "mentor", **words)
    admin = await village.person(SNIPPETS[0], "admin", "mentee", "mentor", **words)
    await village.invitation("snippet@example.org", "mentee", ALL[:200])
    declined = await mentee.ask(mentor, ALL)
    await mentor.tell(declined, RejectRequest(comment=ALL, reason="The topic is not mine"))
    changing = await mentee.ask(mentor, ALL)
    await mentor.tell(changing, RequestAmendment(comment=ALL))
    other = await village.person(SNIPPETS[1], "mentor", **words)
    together = await mentee.mentored_by(other, ALL)
    parts = dict.fromkeys(("title", "specific", "measurable", "attainable", "relevant"), ALL[:200])
    goal_id = "22222222-2222-4222-8222-222222222222"
    await mentee.say(together, SetGoal(goal_id=goal_id, due=date(2026, 9, 30), **parts))
    await other.say(together, SignOff(comment=ALL))
    await mentee.say(together, ConfirmCompletion(comment=ALL))
    await village.keep_mail("snippet@example.org", ALL, f"Subject: x\r\n\r\n{ALL}".encode())
    return mentee, mentor, admin


NOT_LINKED = {
    **dict.fromkeys(("/docs", "/docs/{name}"), "in the README, for programs"),
    **dict.fromkeys(("/healthz", "/readyz", "/metrics"), "for machines"),
    **dict.fromkeys(("/links/{token}", "/sign-in/{token}", "/unsubscribe/{token}"), "in mails"),
    **dict.fromkeys(("/logos/{name}", "/static/{digest}/{name}"), "parts of other pages"),
    **dict.fromkeys(
        ("/mailbox", "/mailbox/{mail_id}", "/mailbox/{mail_id}/html", "/mailbox/{mail_id}/raw"),
        "said at the start of an installation that sends no mails",
    ),
    "/style": "for those who build pages",
    "/sign-in": "for those who are not signed in",
    "/your-data/file": "once the file is made",
    **dict.fromkeys(
        ("/p/{slug}/admin/drafts/{draft_id}", "/p/{slug}/admin/drafts/{draft_id}/people/{mentee_id}"),
        "once a draft is computed",
    ),
    **dict.fromkeys(
        ("/p/{slug}/mentees", "/p/{slug}/mentees/{mentee_id}/offer"), "where the programme allows offers"
    ),
    "/p/{slug}/admin/stalled/{act}": "by the buttons of the list of requests that wait",
    "/p/{slug}/mentors/compare": "by the ticks of the list",
    "/p/{slug}/join": "for those who are not in the programme",
    "/p/{slug}/admin/registrations": "where people can join by themselves",
    "/p/{slug}/what-mentors-do": "in the mail of an assignment",
    "/assignments/{assignment_id}/end": "once there is an assignment",
}
"""Pages to which no link leads from the home of anybody who is signed in, and how one comes to them."""


def never_reached(app: FastAPI, reached: set[str]) -> set[str]:
    """The pages of the application that none of the paths is, as their routes are written."""
    paths = {path.split("?")[0] for path in reached}
    return {
        route.path
        for route in iter_route_contexts(app.routes)
        if route.path and "GET" in (route.methods or ()) and not route.path.startswith("/api/")
        if not any(route.path_regex.match(path) for path in paths)
    }


async def linked_while_open(village: Village, mentor: Villager, admin: Villager) -> set[str]:
    """Where the pages of a request, a question and a mentoring lead while they go on."""
    mentee = await village.person("Fay", "mentee")
    asking = (await mentee.open(f"/p/{SLUG}/mentors/{mentor.id}/question")).form_with("text")
    question = (await send(mentee.browser, asking, text=ALL)).headers["location"]
    wanted = NewList((mentor.id, admin.id), ALL)
    made = await shortlist_acts.begin(village.world.ctx, await mentee.member(), wanted, "list")
    listed = f"/shortlists/{made.value.id}"
    request = f"/requests/{made.value.asks[0].request_id}"
    together = await admin.mentored_by(mentor, ALL)
    words = dict.fromkeys(("title", "specific", "measurable", "attainable", "relevant"), ALL[:200])
    await admin.say(together, SetGoal(goal_id=str(uuid.uuid4()), due=date(2026, 9, 30), **words))
    looked = (
        (mentee, f"/p/{SLUG}/questions"),
        (mentee, question),
        (mentee, request),
        (mentee, listed),
        (mentor, request),
        (admin, request),
        (admin, f"/relationships/{together}"),
    )
    return {path for who, page in looked for path in paths(seen(await who.get(page)))}


@SQLITE
async def test_every_page_keeps_the_rules_with_snippets_everywhere(village: Village) -> None:
    people = await snippet_village(village)
    reached: set[str] = set()
    for person in people:
        pages = await crawl(person.browser)
        reached |= pages.keys()
        for path, text in pages.items():
            assert "<script" not in text.replace('<script src="/static/', ""), path
            assert "<img" not in text, path
            assert "<svg/onload" not in text, path
            assert "49{" not in text, path
    reached |= await linked_while_open(village, *people[1:])
    assert sorted(never_reached(village.world.app, reached)) == sorted(NOT_LINKED), (
        "a page that no link of the three leads to, or one that is named here and has a link"
    )


@SQLITE
async def test_pages_for_everybody_keep_the_rules(village: Village) -> None:
    browser = village.browser()
    await village.keep_mail("a@example.org", SNIPPETS[0], f"Subject: x\r\n\r\n{ALL}".encode())
    for start in ("/", "/sign-in", "/mailbox"):
        assert await crawl(browser, start)


@SQLITE
async def test_link_pages_keep_the_rules_with_snippets_everywhere(village: Village) -> None:
    mentee, mentor, _ = await snippet_village(village)
    fresh = await village.person(ALL[:200], "mentee", headline=ALL[:200], about=ALL)
    asked = await fresh.ask(mentor, ALL)
    found = [
        await village.link(Purpose.DECIDE, asked, mentor, 1),
        await village.link(Purpose.DECIDE, asked, mentor, 0),
        await village.invitation("x@example.org", "mentee,mentor", ALL[:200]),
    ]
    for request_id, request in village.world.gateway.requests.items():
        if request.mentee_id == mentee.id:
            found.append(await village.link(Purpose.AMEND, request_id, mentee, request.revision))
    for relationship_id in village.world.gateway.relationships:
        found.append(await village.link(Purpose.SURVEY, relationship_id, mentee))
        found.append(await village.link(Purpose.CONFIRM, relationship_id, mentee, 1))
    for path in found:
        response = await village.browser().get(path)
        assert response.status_code == 200, path
        assert broken_rules(response) == []
        assert "<script" not in response.text


@SQLITE
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/links/made.up", 404), ("/sign-in/made-up", 404), (f"/p/{SLUG}/admin", 403)],
)
async def test_what_goes_wrong_is_a_page_in_the_same_look(village: Village, path: str, status: int) -> None:
    mentee = await village.person("Ada", "mentee")
    response = await mentee.get(path)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert broken_rules(response) == []
    assert [one for one in paths(seen(response)) if one in {"/", "/sign-in"}]


@SQLITE
async def test_a_down_engine_keeps_what_was_typed_and_says_that_nothing_was_recorded(
    village: Village,
) -> None:
    mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
    asked = await mentee.ask(mentor)
    page = await mentor.open(f"/requests/{asked}")
    form = page.form_with("decision", "accept")
    village.world.gateway.is_down = True
    sent = await mentor.browser.post(
        form.action, data={**form.fields, "decision": "accept", "comment": "Typed with care."}
    )
    assert sent.status_code == 503
    assert "Typed with care." in sent.text
    assert "Nothing was changed" in sent.text
    assert form.fields["key"] in sent.text
    assert broken_rules(sent) == []


@SQLITE
async def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(village: Village) -> None:
    browser = village.browser()
    page = seen(await browser.get("/"))
    sheets = [attrs["href"] or "" for attrs in page.all("link")]
    assert len(sheets) == 2
    for path in sheets:
        found = await browser.get(path)
        assert found.status_code == 200
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        old = path.replace(path.split("/")[2], "0" * 16)
        assert (await browser.get(old)).status_code == 404
