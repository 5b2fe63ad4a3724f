"""What mentees and mentors do on pages: profile, search, ask, decide, work together."""

from __future__ import annotations

import re

import pytest
from httpx import Response

from models.process.request.commands import RequestAmendment
from tests.api.conftest import SQLITE
from tests.api.world import OTHER, SLUG
from tests.e2e.forms import Form, Page
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager, send

BASE = f"/p/{SLUG}"
GOAL = {
    "title": "Lead a review",
    "specific": "One service",
    "measurable": "Notes shared",
    "attainable": "A review each month",
    "relevant": "I want to",
    "due": "2026-09-30",
}
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee", skills={"python": 2}, targets={"python": 4})


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor", skills={"python": 5})


async def form_at(person: Villager, path: str, name: str, value: str | None = None) -> Form:
    return (await person.open(path)).form_with(name, value)


def form_to(page: Page, ending: str) -> Form:
    """The form whose action ends so."""
    return next(form for form in page.forms if form.action.endswith(ending))


async def test_a_profile_goes_out_as_it_came_in(village: Village) -> None:
    about = {
        "headline": "Builds <things>",
        "about": "Line one\nline two",
        "contact": "Chat: @a",
        "unit": "Yard",
    }
    someone = await village.person(
        "Ada & Co", "mentee", "mentor", capacity=2, targets={"negotiation": 3}, **about
    )
    form = await form_at(someone, f"{BASE}/profile", "headline")
    before = (await someone.get(f"{BASE}/profile")).text
    saved = await _save(someone, form)
    assert saved.status_code == 303
    assert saved.headers["location"] == f"{BASE}/profile"
    assert "Profile saved." in (await someone.get(f"{BASE}/profile")).text
    after = (await someone.get(f"{BASE}/profile")).text
    assert _without_tokens(after) == _without_tokens(before)


async def _save(someone: Villager, form: Form) -> Response:
    """Sends the form as it stands, several ticks of one name included, which `Form` does not keep."""
    boxes = seen(await someone.browser.get(form.action)).all("input")
    ticked: dict[str, list[str]] = {}
    for box in boxes:
        if box.get("type") == "checkbox" and "checked" in box:
            ticked.setdefault(box["name"] or "", []).append(box["value"] or "")
    return await someone.browser.post(form.action, data={**form.fields, **ticked})


def _without_tokens(html: str) -> list[str]:
    return [line for line in html.splitlines() if 'name="key"' not in line]


async def test_a_profile_is_changed_and_what_is_wrong_comes_back(village: Village, mentor: Villager) -> None:
    form = await form_at(mentor, f"{BASE}/profile", "headline")
    rows = {"skill_1": "negotiation", "level_1": "3", "skill_2": "Business  Skills", "level_2": "2"}
    done = await send(mentor.browser, form, **rows, languages="english, German", country="FR", capacity="2")
    assert done.status_code == 303
    page = await mentor.open(f"{BASE}/profile")
    shown = page.form_with("headline").fields
    assert [shown[f"skill_{n}"] for n in range(3)] == ["business skills", "negotiation", "python"]
    assert shown["languages"] == "English, German"
    assert (shown["country"], shown["capacity"]) == ("FR", "2")
    for field, value, complaint in (
        ("skill_4", "astrology", "no skill of this name"),
        ("languages", "Klingonish", "is not a language we know"),
        ("capacity", "99", "This programme allows up to 3"),
        ("capacity", "many", "Please write a whole number"),
        ("available_from", "soon", "as a date"),
        ("name", " ", "Please tell us your name"),
        ("time_zone", "Mars/Olympus", "no such time zone"),
    ):
        form = page.form_with("headline")
        filled = {field: value, "headline": "Typed with care", "level_4": "1"}
        refused = await send(mentor.browser, form, **filled)
        assert refused.status_code == 422, field
        assert broken_rules(refused) == []
        assert complaint in words_of(refused)
        assert "Typed with care" in refused.text
        assert f'href="#f-{field}"' in refused.text
    assert "Typed with care" not in (await mentor.get(f"{BASE}/profile")).text


async def test_a_day_back_that_cannot_be_meant_comes_back(village: Village, mentor: Villager) -> None:
    form = await form_at(mentor, f"{BASE}/profile", "headline")
    for day in ("0001-01-01", "9999-12-31"):
        refused = await send(mentor.browser, form, available="", available_from=day)
        assert refused.status_code == 422
        assert "Please choose a day after today" in words_of(refused)
        assert 'href="#f-available_from"' in refused.text


async def test_an_incomplete_profile_says_what_is_missing_and_what_waits_for_it(village: Village) -> None:
    fresh = await village.person("Tom", "mentee", skills={}, targets={}, preferences=frozenset())
    profile = words_of(await fresh.get(f"{BASE}/profile"))
    assert "Still missing" in profile
    assert "you cannot look for a mentor" in profile
    search = await fresh.get(f"{BASE}/mentors")
    assert search.status_code == 200
    assert "your profile is complete" in words_of(search)
    assert "Complete your profile" in words_of(await fresh.get("/"))


async def test_the_list_shows_scores_reasons_and_pages(village: Village, mentee: Villager) -> None:
    for n in range(30):
        await village.person(f"Mentor {n:02}", "mentor", skills={"python": 1 + n % 5})
    first = await mentee.get(f"{BASE}/mentors")
    text = words_of(first)
    assert "30 mentors you can ask now" in text
    assert "You want to get from level 2 to 4, and they are at 5." in text
    assert first.text.count('class="row find"') == 20
    following = (await mentee.open(f"{BASE}/mentors")).text
    assert "Show more" in following
    next_page = first.text.split('<a class="button quiet" href="')[-1].split('"')[0].replace("&amp;", "&")
    second = await mentee.get(next_page)
    assert second.text.count('class="row find"') == 10
    assert broken_rules(second) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=nobody", "Nobody fits all of this"),
        ("cursor=made-up", "Please correct this"),
        ("basis=invented&exact=yes&skill=python", "One mentor with your filters"),
        ("skill=,,%20", "One mentor you can ask now"),
    ],
)
async def test_a_search_answers_to_anything(
    village: Village, mentee: Villager, mentor: Villager, query: str, said: str
) -> None:
    response = await mentee.get(f"{BASE}/mentors?{query}")
    assert response.status_code == 200
    assert broken_rules(response) == []
    assert said in words_of(response)


async def test_asking_shows_what_goes_out_before_it_goes(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    gateway, path = village.world.gateway, f"{BASE}/mentors/{mentor.id}/ask"
    form = await form_at(mentee, path, "message")
    empty = await send(mentee.browser, form, step="check", message=" ")
    assert empty.status_code == 422
    assert "Please write a message to the mentor." in words_of(empty)
    checked = await send(mentee.browser, form, step="check", message="Hello,\nmay I?")
    assert checked.status_code == 200
    assert broken_rules(checked) == []
    text = words_of(checked)
    assert "Nothing has been sent yet" in text
    assert "Monday 9 March at" in text
    closing = re.search(r"Monday 16 March at \d\d:\d\d", text)
    assert closing is not None
    assert not gateway.requests
    confirm = Page.of(checked, mentee.browser).form_with("step", "send")
    back = await send(mentee.browser, confirm, step="change")
    assert "Hello,\nmay I?" in back.text
    sent = await send(mentee.browser, confirm, step="send")
    assert sent.status_code == 303
    shown = words_of(await mentee.get(sent.headers["location"]))
    assert "Your request is on its way." in shown
    assert closing.group() in shown, "to the minute, which follows from the id of the request"
    assert [request.message for request in gateway.requests.values()] == ["Hello,\nmay I?"]
    twice = await send(mentee.browser, confirm, step="send")
    assert twice.headers["location"].split("?")[0] == sent.headers["location"].split("?")[0]
    assert len(gateway.requests) == 1


async def test_a_mentor_who_cannot_be_asked_is_explained_and_the_words_are_kept(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    path = f"{BASE}/mentors/{mentor.id}/ask"
    form = await form_at(mentee, path, "message")
    await mentee.ask(mentor)
    late = await send(mentee.browser, form, step="check", message="Typed with care.")
    assert late.status_code == 409
    assert "is open already" in words_of(late)
    assert "Typed with care." in late.text
    foreign = await village.person("Eve", "mentor", slug=OTHER)
    for nobody in (foreign.id, mentee.id[:-1], "x"):
        assert (await mentee.get(f"{BASE}/mentors/{nobody}/ask")).status_code == 404


async def test_a_request_is_decided_on_its_page(village: Village, mentee: Villager, mentor: Villager) -> None:
    asked = await mentee.ask(mentor)
    page = await mentor.open(f"/requests/{asked}")
    form = page.form_with("decision", "accept")
    silent = await send(mentor.browser, form, decision="accept")
    assert silent.status_code == 422
    assert broken_rules(silent) == []
    assert 'href="#accept-comment"' in silent.text
    done = await send(mentor.browser, form, decision="accept", comment="Gladly.")
    assert done.status_code == 303
    after = await mentor.open(done.headers["location"])
    assert "You accepted the request." in after.text
    again = await send(mentor.browser, form, decision="reject", comment="No.", reason="The topic is not mine")
    assert again.status_code == 409
    assert broken_rules(again) == []
    assert "What you had written" in words_of(again)
    assert village.world.gateway.requests[asked].state == "accepted"


async def test_a_mentee_edits_resends_and_withdraws(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor, "First")
    page = await mentee.open(f"/requests/{asked}")
    assert (await send(mentee.browser, form_to(page, "/edit"), message="Second")).status_code == 303
    await mentor.tell(asked, RequestAmendment(comment="What about?"))
    waiting = await mentee.open(f"/requests/{asked}")
    assert "What about?" in waiting.text
    form = form_to(waiting, "/resubmit")
    assert form.fields["message"].strip() == "Second"
    assert (await send(mentee.browser, form, message="Third")).status_code == 303
    history = await mentee.open(f"/requests/{asked}")
    for wording in ("First", "Second", "Third"):
        assert wording in history.text
    gone = await send(mentee.browser, form_to(history, "/withdraw"), comment="Found somebody.")
    assert gone.status_code == 303
    late = await send(mentee.browser, form_to(page, "/edit"), message="Typed too late")
    assert late.status_code == 409
    assert "has been withdrawn" in words_of(late)


async def test_nobody_sees_or_does_what_is_not_theirs(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    together = await (await village.person("Cy", "mentee")).mentored_by(mentor)
    stranger = await village.person("Dan", "mentee", "mentor")
    foreign = await village.person("Eve", "admin", slug=OTHER)
    form = form_to(await mentee.open(f"/requests/{asked}"), "/withdraw")
    for person in (stranger, foreign):
        own = await form_at(person, "/", "csrf")
        for path in (f"/requests/{asked}", f"/relationships/{together}", f"/relationships/{together}/goals"):
            assert (await person.get(path)).status_code == 404
        for path in (f"/requests/{asked}/withdraw", f"/relationships/{together}/withdraw"):
            tried = await person.browser.post(path, data={"csrf": own.fields["csrf"], "comment": "x"})
            assert tried.status_code == 404
    assert (await foreign.get(f"{BASE}/admin")).status_code == 404
    assert (await stranger.get(f"{BASE}/admin/people")).status_code == 403
    mentors = await form_at(mentor, "/", "csrf")
    wrong_side = await mentor.browser.post(form.action, data={**form.fields, **mentors.fields})
    assert wrong_side.status_code == 403
    assert village.world.gateway.requests[asked].state == "pending"


async def test_every_form_of_somebody_signed_in_needs_its_token(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    together = await (await village.person("Cy", "mentee")).mentored_by(mentor)
    elsewhere = await form_at(await village.person("Eve", "mentee"), "/", "csrf")
    posts = (
        "/sign-out",
        f"{BASE}/profile",
        f"{BASE}/mentors/{mentor.id}/ask",
        f"/requests/{asked}/decide",
        f"/requests/{asked}/withdraw",
        f"/relationships/{together}/withdraw",
        f"/relationships/{together}/goals",
        f"{BASE}/admin/people",
    )
    for path in posts:
        for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": elsewhere.fields["csrf"]}):
            refused = await mentor.browser.post(path, data={**csrf, "decision": "accept", "comment": "x"})
            assert refused.status_code == 403, path
            assert broken_rules(refused) == []
    assert village.world.gateway.requests[asked].state == "pending"
    assert village.world.gateway.relationships[together].state == "active"
    assert (await mentor.get("/")).status_code == 200


async def test_goals_are_set_checked_and_moved_on(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await mentee.mentored_by(mentor)
    base = f"/relationships/{together}"
    form = await form_at(mentee, f"{base}/goals", "specific")
    wrong = await send(mentee.browser, form, **{**GOAL, "measurable": " ", "due": ""})
    assert wrong.status_code == 422
    assert broken_rules(wrong) == []
    for part in ('href="#f-measurable"', 'href="#f-due"', "One service"):
        assert part in wrong.text
    assert 'href="#f-title"' not in wrong.text
    for _ in range(2):
        assert (await send(mentee.browser, form, **GOAL)).status_code == 303
    page = await mentor.open(base)
    assert "Lead a review" in page.text
    goals = village.world.gateway.relationships[together].goals
    assert len(goals) == 1
    progress = form_to(page, "/progress")
    for value in ("101", "-1", "half"):
        refused = await send(mentor.browser, progress, progress=value)
        assert refused.status_code == 422
        assert broken_rules(refused) == []
        assert f'value="{value}"' in refused.text
    assert (await send(mentor.browser, progress, progress="40")).status_code == 303
    change = await form_at(mentor, f"{base}/goals/{goals[0].id}", "specific")
    assert change.fields["due"] == "2026-09-30"
    assert (await send(mentor.browser, change, title="Lead two reviews")).status_code == 303
    text = (await mentee.open(base)).text
    assert "Lead two reviews" in text
    assert "40%" in text
    assert (await mentee.get(f"{base}/goals/{together}")).status_code == 404


async def test_a_mentoring_is_completed_and_reviewed_on_its_page(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await mentee.mentored_by(mentor)
    base = f"/relationships/{together}"
    page = await mentee.open(base)
    assert mentor.email in page.text
    assert "Arrange your first conversation with Ben Helper." in page.text
    assert "Write to Ada Asker first" in (await mentor.open(base)).text
    assert (await send(mentee.browser, form_to(page, "/complete"), comment="Done.")).status_code == 303
    assert "Ben Helper has not confirmed yet." in (await mentee.open(base)).text
    confirm = (await mentor.open(base)).form_with("decision", "confirm")
    assert (await send(mentor.browser, confirm, decision="confirm")).status_code == 303
    survey = form_to(await mentor.open(base), "/survey")
    missing = await send(mentor.browser, survey, useful="9")
    assert missing.status_code == 422
    assert broken_rules(missing) == []
    answers = {"useful": "5", "goals": "4", "recommend": "5", "remark": "Good."}
    assert (await send(mentor.browser, survey, **answers)).status_code == 303
    assert "Thank you for your answers." in (await mentor.open(base)).text
    assert "Good." not in (await mentee.get(base)).text


async def test_ending_early_hides_how_to_reach_each_other(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await mentee.mentored_by(mentor)
    base = f"/relationships/{together}"
    page = await mentee.open(base)
    assert (await send(mentee.browser, form_to(page, "/withdraw"), comment="I move.")).status_code == 303
    after = await mentor.get(base)
    assert f"{mentee.name} ended this mentoring." in words_of(after)
    assert mentee.email not in after.text
    for path in (f"{base}/invented", f"/requests/{together}/invented"):
        tried = await mentee.browser.post(path, data={"csrf": form_to(page, "/withdraw").fields["csrf"]})
        assert tried.status_code == 404


async def test_a_headline_and_a_preference_are_asked_for_and_keep_nobody_waiting(village: Village) -> None:
    imported = await village.person("Ida", "mentee", headline="", preferences=frozenset())
    profile = words_of(await imported.get(f"{BASE}/profile"))
    assert "Complete" in profile
    assert "Please add Write a headline: one line on what you do, or what you are after." in profile
    assert (await imported.get(f"{BASE}/mentors")).status_code == 200
    form = await form_at(imported, f"{BASE}/profile", "headline")
    for headline in ("", "  ", "\N{ZERO WIDTH SPACE}"):
        refused = await send(imported.browser, form, headline=headline)
        assert (refused.status_code, broken_rules(refused)) == (422, [])
        assert 'href="#f-headline"' in refused.text
        assert 'href="#f-preferences"' in refused.text
    done = await send(imported.browser, form, headline="Wants to lead", preferences="Pairing")
    assert done.status_code == 303
    assert "Please add" not in words_of(await imported.get(f"{BASE}/profile"))


async def test_a_mentor_may_untick_every_preference(village: Village, mentor: Villager) -> None:
    form = await form_at(mentor, f"{BASE}/profile", "headline")
    form.fields.pop("preferences")
    assert (await send(mentor.browser, form)).status_code == 303
    assert "you are not shown to mentees" in words_of(await mentor.get(f"{BASE}/profile"))


async def test_home_shows_what_waits_for_whom(village: Village, mentee: Villager, mentor: Villager) -> None:
    empty = words_of(await mentee.get("/"))
    assert "You have no mentor yet" in empty
    await mentee.ask(mentor)
    waiting = words_of(await mentor.get("/"))
    assert "Your turn · 14 days left" in waiting
    assert "Until 16 March, " in waiting
    assert "0 of your 3 places are taken." in waiting
    assert f"Your request to {mentor.name}" in words_of(await mentee.get("/"))
    both = await village.person("Flo", "mentee")
    await village.world.join(both.id, "Flo", "admin", slug=OTHER)
    home = await both.get("/")
    assert broken_rules(home) == []
    assert f'href="/p/{OTHER}/admin"' in home.text
    assert f'href="{BASE}/requests"' in home.text
    text = words_of(home)
    assert "Nothing is stalled." in text


async def test_lists_are_by_role_and_state_and_go_on(village: Village) -> None:
    both = await village.person("Gil", "mentee", "mentor", skills={"python": 5}, targets={"negotiation": 4})
    for n in range(27):
        await (await village.person(f"Asker {n}", "mentee")).ask(both)
    first = await both.get(f"{BASE}/requests?of=mentor")
    assert first.text.count('class="row plain tap"') == 25
    assert "Show more" in first.text
    assert "You have no open request" in words_of(await both.get(f"{BASE}/requests"))
    assert "You have no mentee at the moment" in words_of(await both.get(f"{BASE}/relationships?of=mentor"))
    assert (await both.get(f"{BASE}/requests?of=admin&show=all")).status_code == 200
    assert (await both.get(f"{BASE}/requests?cursor=made-up")).status_code == 422
