"""The pages of mail links: nothing acts on being opened, one decision counts, and no link is a dead end."""

from __future__ import annotations

import asyncio

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select

from models.links import Purpose
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.request.commands import EditRequest, RequestAmendment
from models.store import access, links
from models.store.delivery import MailRow
from models.store.tables import MemberRow, PersonRow
from tests.api.conftest import SQLITE
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager, send

REASON = "I have no time at the moment"
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee", headline="Learns fast", unit="Harbour", country="IE")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor", time_zone="America/New_York")


async def opened(browser: AsyncClient, path: str) -> Page:
    return Page.of(await browser.get(path), browser)


def state(village: Village, request_id: str) -> str:
    return village.world.gateway.requests[request_id].state.value


async def decide(village: Village, path: str, decision: str, **filled: str) -> Response:
    """As a person does it: open, fill in, press."""
    browser = village.browser()
    form = (await opened(browser, path)).form_with("decision", decision)
    return await send(browser, form, decision=decision, **filled)


async def test_the_page_shows_who_asks_what_why_and_when(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor, "Could we talk\nonce a month?")
    response = await village.browser().get(await village.link(Purpose.DECIDE, asked, mentor, 1))
    text = words_of(response)
    for part in ("Ada Asker asks you", "Learns fast", "Harbour", "Ireland", "English, German"):
        assert part in text
    assert "Could we talk\nonce a month?" in response.text
    assert "100%" in text
    assert "and you are at 5" in text
    closes = village.world.gateway.requests[asked].closes_at
    assert closes is not None
    assert f'<time datetime="{closes:%Y-%m-%dT%H:%MZ}">' in response.text
    assert "New York time" in text
    assert mentee.email not in response.text
    assert [option in text for option in (REASON, "The topic is not mine")] == [True, True]


async def test_opening_a_link_changes_nothing(village: Village, mentee: Villager, mentor: Villager) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser, before = village.browser(), dict(village.world.gateway.requests)
    for _ in range(50):
        assert (await browser.get(path)).status_code == 200
        assert (await browser.head(path)).status_code == 200
        assert (await browser.get(f"{path}?decision=accept&comment=x")).status_code == 200
    assert village.world.gateway.requests == before
    assert not browser.cookies


async def test_accepting_does_not_show_how_to_reach_the_mentee(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    done = await decide(village, path, "accept", comment="Gladly.")
    assert done.status_code == 200
    assert broken_rules(done) == []
    assert mentee.email not in done.text
    assert "Write to Ada Asker" in words_of(done)
    assert "The mail that is on its way to you says how to reach them" in words_of(done)
    assert f"/relationships/{village.world.gateway.requests[asked].relationship_id}" in done.text
    again = await village.browser().get(path)
    assert again.status_code == 200
    assert "You accepted this request." in words_of(again)
    assert mentee.email not in again.text


async def test_declining_can_mark_the_mentor_unavailable(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    ticked = {"unavailable": "yes", "until": "2026-06-01"}
    done = await decide(village, path, "reject", comment="Sorry.", reason=REASON, **ticked)
    assert done.status_code == 200
    assert "before 1 June" in words_of(done)
    assert state(village, asked) == "rejected"
    profile = (await mentor.open("/p/open-doors/profile")).form_with("available")
    assert "available" not in profile.fields
    assert profile.fields["available_from"] == "2026-06-01"


@pytest.mark.parametrize(
    ("decision", "filled", "complaint"),
    [
        ("accept", {}, "Please write a sentence or two"),
        ("amend", {"comment": "  "}, "Please write a sentence or two"),
        ("reject", {"comment": "Typed with care."}, "Please choose one of the reasons"),
        ("reject", {"comment": "Typed with care.", "reason": "Invented"}, "Please choose one of the reasons"),
        (
            "reject",
            {"comment": "Typed with care.", "reason": REASON, "unavailable": "yes", "until": "2020-01-01"},
            "Please choose a day after today",
        ),
        (
            "reject",
            {"comment": "Typed with care.", "reason": REASON, "unavailable": "yes", "until": "9999-12-31"},
            "within the next ten years",
        ),
        ("accept", {"comment": "x" * 2001}, "please keep it to 2000"),
        ("invented", {"comment": "Typed with care."}, "Please accept, ask for a change, or decline"),
        ("accept", {"comment": "Typed with care.", "revision": "one"}, "This form is damaged"),
    ],
)
async def test_a_form_that_is_wrong_comes_back_as_it_was_sent(
    village: Village,
    mentee: Villager,
    mentor: Villager,
    decision: str,
    filled: dict[str, str],
    complaint: str,
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser = village.browser()
    form = (await opened(browser, path)).form_with("decision", "accept")
    refused = await send(browser, form, **{"decision": decision, **filled})
    assert refused.status_code == 422
    assert broken_rules(refused) == []
    assert complaint in words_of(refused)
    assert "<title>Please correct:" in refused.text
    assert filled.get("comment", "").strip() in refused.text
    assert 'role="alert"' in refused.text
    assert state(village, asked) == "pending"


async def test_a_script_that_knows_only_the_contract_can_decide(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    script = village.browser(headers={})
    done = await script.post(path, data={"decision": "accept", "comment": "Gladly."})
    assert done.status_code == 200
    assert state(village, asked) == "accepted"


@pytest.mark.parametrize(
    ("headers", "csrf"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({"Origin": "https://evil.example"}, None),
        ({"Origin": "null"}, None),
        ({"Sec-Fetch-Site": "same-origin"}, "0" * 64),
        ({"Sec-Fetch-Site": "same-origin"}, ""),
    ],
)
async def test_a_form_from_elsewhere_is_refused(
    village: Village, mentee: Villager, mentor: Villager, headers: dict[str, str], csrf: str | None
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    form = (await opened(village.browser(), path)).form_with("decision", "accept")
    fields = {**form.fields, "decision": "accept", "comment": "Gladly."}
    if csrf is not None:
        fields["csrf"] = csrf
    refused = await village.browser({"Accept": "text/html", **headers}).post(path, data=fields)
    assert refused.status_code == 403
    assert broken_rules(refused) == []
    assert state(village, asked) == "pending"


async def test_many_posts_at_once_record_one_decision(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    decisions = ({"decision": "accept"}, {"decision": "reject", "reason": REASON}, {"decision": "amend"})
    browser = village.browser()
    answers = await asyncio.gather(
        *(browser.post(path, data={"comment": "Now.", **decisions[n % 3]}) for n in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 11
    assert all("Where it stands" in answer.text for answer in answers if answer.status_code == 409)
    assert village.world.gateway.requests[asked].entries == 2


async def test_a_double_click_is_one_act(village: Village, mentee: Villager, mentor: Villager) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser = village.browser()
    form = (await opened(browser, path)).form_with("decision", "amend")
    fields = {"decision": "amend", "comment": "What about?"}
    both = await asyncio.gather(*(send(browser, form, **fields) for _ in range(2)))
    assert 200 in [answer.status_code for answer in both]
    assert village.world.gateway.requests[asked].entries == 2


async def test_what_was_typed_is_not_lost_when_the_request_changed_meanwhile(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser = village.browser()
    form = (await opened(browser, path)).form_with("decision", "accept")
    await mentee.tell(asked, EditRequest(message="Changed."))
    late = await send(browser, form, decision="accept", comment="Typed with care.")
    assert late.status_code == 409
    assert "Your answer was not sent" in words_of(late)
    assert "There is a newer mail about this" in words_of(late)
    assert "What you wrote (not sent)" in words_of(late)
    assert "Typed with care." in words_of(late)
    assert state(village, asked) == "pending"


async def test_what_was_recorded_is_not_called_lost_when_the_form_comes_again(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    browser = village.browser()
    form = (await opened(browser, await village.link(Purpose.DECIDE, asked, mentor, 1))).form_with(
        "decision", "accept"
    )
    await send(browser, form, decision="accept", comment="Typed with care.")
    again = await send(browser, form, decision="accept", comment="Typed with care.")
    assert "not lost" not in words_of(again)
    assert state(village, asked) == "accepted"


async def test_a_change_is_asked_for_made_and_sent_again(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor, "Hello")
    first = await village.link(Purpose.DECIDE, asked, mentor, 1)
    assert (await decide(village, first, "amend", comment="What about?")).status_code == 200
    amend = await village.link(Purpose.AMEND, asked, mentee, 1)
    browser = village.browser()
    page = await opened(browser, amend)
    assert "What about?" in page.text
    form = page.form_with("message")
    assert form.fields["message"].strip() == "Hello"
    empty = await send(browser, form, message=" ")
    assert empty.status_code == 422
    assert "Please write a message" in words_of(empty)
    done = await send(browser, form, message="About <testing> & more")
    assert done.status_code == 200
    assert "on its way again" in words_of(done)
    assert village.world.gateway.requests[asked].message == "About <testing> & more"
    old = await opened(village.browser(), first)
    assert "There is a newer mail about this" in old.text
    assert not any(("decision", "accept") in form.buttons for form in old.forms)


async def test_an_expired_and_a_revoked_link_say_where_it_stands(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    village.world.clock.forward(days=90)
    expired = await village.browser().get(path)
    assert expired.status_code == 200
    assert "This link is too old" in words_of(expired)
    assert "Ada Asker is waiting for your answer." in words_of(expired)
    village.world.clock.forward(days=-90)
    with village.world.database.writing() as session:
        links.revoke(session, asked, village.world.clock())
    revoked = await village.browser().get(path)
    assert "This link is no longer good" in words_of(revoked)
    assert "Ada Asker" not in revoked.text
    for response in (expired, revoked):
        assert broken_rules(response) == []
        assert "decision" not in response.text


async def test_a_token_that_was_changed_is_unknown(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    browser = village.browser()
    for place in range(len("/links/"), len(path), 7):
        other = "A" if path[place] != "A" else "B"
        changed = path[:place] + other + path[place + 1 :]
        assert (await browser.get(changed)).status_code == 404
        assert (await browser.post(changed, data={"decision": "accept", "comment": "x"})).status_code == 404
    assert state(village, asked) == "pending"


async def test_completion_is_confirmed_by_link_and_the_survey_answered(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await mentee.mentored_by(mentor)
    await mentor.say(together, SignOff(comment="You are there."))
    confirm = await village.link(Purpose.CONFIRM, together, mentee, 1)
    browser = village.browser()
    page = await opened(browser, confirm)
    assert "You are there." in page.text
    done = await send(browser, page.form_with("decision", "confirm"), decision="confirm")
    assert done.status_code == 200
    assert "is complete" in words_of(done)
    survey = await opened(browser, await village.link(Purpose.SURVEY, together, mentee))
    form = survey.form_with("remark")
    missing = await send(browser, form, useful="5", remark="Thank you & good bye")
    assert missing.status_code == 422
    assert broken_rules(missing) == []
    assert "Thank you &amp; good bye" in missing.text
    answered = await send(browser, form, useful="5", goals="4", recommend="5", remark="Thank you.")
    assert answered.status_code == 200
    assert "Thank you" in words_of(answered)


async def test_not_yet_needs_a_word_and_goes_on(village: Village, mentee: Villager, mentor: Villager) -> None:
    together = await mentee.mentored_by(mentor)
    await mentor.say(together, SignOff())
    path = await village.link(Purpose.CONFIRM, together, mentee, 1)
    silent = await decide(village, path, "decline")
    assert silent.status_code == 422
    assert "Please say what is still to be done." in words_of(silent)
    done = await decide(village, path, "decline", comment="One more review.")
    assert "You go on together" in words_of(done)
    assert village.world.gateway.relationships[together].state == "active"
    old = words_of(await village.browser().get(path))
    assert "This link has done its work" in old


async def test_a_survey_that_is_closed_says_so(village: Village, mentee: Villager, mentor: Villager) -> None:
    together = await mentee.mentored_by(mentor)
    path = await village.link(Purpose.SURVEY, together, mentee)
    assert "This link has done its work" in words_of(await village.browser().get(path))
    await mentor.say(together, SignOff())
    await mentee.say(together, ConfirmCompletion())
    assert "How was your mentoring with Ben Helper?" in words_of(await village.browser().get(path))


async def test_an_invitation_is_joined_and_leads_to_the_profile(village: Village) -> None:
    path = await village.invitation("new@example.org", "mentee,mentor", "Zoe")
    browser = village.browser()
    form = (await opened(browser, path)).form_with("name")
    assert form.fields["name"] == "Zoe"
    wrong = await send(browser, form, time_zone="Mars/Olympus")
    assert wrong.status_code == 422
    assert "time zone" in words_of(wrong)
    assert "America/New_York" in words_of(await send(browser, form, time_zone="UTC-5"))
    done = await send(browser, form, name="Zoë New", time_zone=" europe/paris ")
    assert done.status_code == 303
    profile = await browser.get(done.headers["location"])
    assert profile.status_code == 200
    assert "Welcome. You have joined the programme." in words_of(profile)
    assert "Zoë New" in profile.text
    used = await village.browser().get(path)
    assert used.status_code == 200
    assert "You have joined already" in words_of(used)


async def test_somebody_known_who_is_invited_signs_in_first(village: Village, mentee: Villager) -> None:
    path = await village.invitation(mentee.email, "mentor")
    browser = village.browser()
    asked = await send(browser, (await opened(browser, path)).forms[0])
    assert (asked.status_code, mentee.email in asked.text) == (202, True)
    assert not browser.cookies
    assert (await mentee.member()).roles == {"mentee"}
    with village.world.database.reading() as session:
        (mail,) = session.scalars(select(MailRow).where(MailRow.kind == "sign-in")).all()
    assert (mail.to_address, mail.props["next_path"]) == (mentee.email, path)
    form = (await opened(mentee.browser, path)).form_with("name")
    done = await send(mentee.browser, form, name="Ada Asker", time_zone="Europe/Paris")
    assert done.status_code == 303
    assert done.headers["location"].startswith("/p/open-doors/profile")
    assert not done.headers.get("set-cookie", "").startswith("steadfast=")
    assert (await mentee.member()).roles == {"mentee", "mentor"}


async def test_whoever_is_invited_as_an_admin_signs_in_first(village: Village) -> None:
    path = await village.invitation("new@example.org", "admin")
    browser = village.browser()
    fields = {"name": "Nia New", "time_zone": "UTC"}
    asked = await browser.post(path, data=fields)
    assert asked.status_code == 202
    assert not browser.cookies
    with village.world.database.writing() as session:
        person = session.scalars(select(PersonRow).where(PersonRow.email == "new@example.org")).one()
        assert session.scalars(select(MemberRow).where(MemberRow.person_id == person.id)).all() == []
        token = access.create_session(session, person.id, village.world.clock())
    signed_in = village.browser(cookies={"steadfast": token})
    done = await signed_in.post(path, data=fields)
    assert done.status_code == 303
    with village.world.database.reading() as session:
        (member,) = session.scalars(select(MemberRow).where(MemberRow.person_id == person.id)).all()
    assert (member.is_admin, member.name) == (True, "Nia New")


async def test_a_change_that_came_first_leaves_the_mentors_link_without_a_form(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    await mentor.tell(asked, RequestAmendment(comment="What about?"))
    page = await opened(village.browser(), path)
    assert page.status == 200
    assert "has not sent the request again yet" in page.text
    assert page.forms == []


async def test_the_page_says_in_whose_name_it_answers(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    assert "You answer as Ben Helper." in words_of(await village.browser().get(path))
    assert "You answer as Ben Helper." in words_of(await mentor.get(path))
    together = await mentee.mentored_by(await village.person("Cy", "mentor"))
    survey = await village.link(Purpose.SURVEY, together, mentee)
    assert "This link is not yours" not in words_of(await mentee.get(survey))
    invitation = await village.invitation("new@example.org")
    assert "You answer as new@example.org" in words_of(await village.browser().get(invitation))


@pytest.mark.parametrize("purpose", [Purpose.DECIDE, Purpose.AMEND, Purpose.CONFIRM, Purpose.SURVEY])
async def test_the_other_side_cannot_answer_for_the_one_the_link_is_for(
    village: Village, mentee: Villager, mentor: Villager, purpose: Purpose
) -> None:
    path, other, fields = await _to_answer(village, mentee, mentor, purpose)
    acts = village.world.gateway.acts
    for sent in ({}, {"confirmed": "yes"}):
        refused = await other.browser.post(path, data={**fields, **sent})
        assert refused.status_code == 403
        assert broken_rules(refused) == []
        assert "This link is not yours" in words_of(refused)
    assert (await other.get(path)).status_code == 403
    assert village.world.gateway.acts == acts
    done = await village.browser().post(path, data=fields)
    assert done.status_code == 200
    assert village.world.gateway.acts == acts + 1


@pytest.mark.parametrize("purpose", [Purpose.DECIDE, Purpose.AMEND, Purpose.CONFIRM, Purpose.SURVEY])
async def test_somebody_else_who_is_signed_in_confirms_or_signs_out(
    village: Village, mentee: Villager, mentor: Villager, purpose: Purpose
) -> None:
    path, _, fields = await _to_answer(village, mentee, mentor, purpose)
    stranger, acts = await village.person("Sam Stranger", "admin"), village.world.gateway.acts
    page = await stranger.get(path)
    assert "and Sam Stranger is signed in here" in words_of(page)
    refused = await stranger.browser.post(path, data=fields)
    assert refused.status_code == 422
    assert broken_rules(refused) == []
    assert "Please sign out first, or confirm that you answer as" in words_of(refused)
    assert village.world.gateway.acts == acts
    opened_page = Page.of(page, stranger.browser)
    out = next(form for form in opened_page.forms if form.action == "/sign-out")
    assert (await send(stranger.browser, out)).headers["location"] == path
    assert (await stranger.browser.post(path, data=fields)).status_code == 200


async def _to_answer(
    village: Village, mentee: Villager, mentor: Villager, purpose: Purpose
) -> tuple[str, Villager, dict[str, str]]:
    """The path of a link that is open, the other one of the two, and what to send."""
    if purpose in {Purpose.DECIDE, Purpose.AMEND}:
        asked = await mentee.ask(mentor)
        if purpose is Purpose.DECIDE:
            path = await village.link(purpose, asked, mentor, 1)
            return path, mentee, {"decision": "accept", "comment": "Gladly."}
        await mentor.tell(asked, RequestAmendment(comment="What about?"))
        return await village.link(purpose, asked, mentee, 1), mentor, {"message": "About this."}
    together = await mentee.mentored_by(mentor)
    await mentee.say(together, SignOff())
    if purpose is Purpose.CONFIRM:
        return await village.link(purpose, together, mentor, 1), mentee, {"decision": "confirm"}
    await mentor.say(together, ConfirmCompletion())
    answers = {"useful": "5", "goals": "4", "recommend": "5"}
    return await village.link(purpose, together, mentee), mentor, answers


async def test_the_timeline_says_what_came_by_mail_link(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    path = await village.link(Purpose.DECIDE, asked, mentor, 1)
    await decide(village, path, "accept", comment="Gladly.")
    assert "You, by mail link" in words_of(await mentor.get(f"/requests/{asked}"))
    seen = (await mentee.browser.get(f"/api/v1/requests/{asked}")).json()["timeline"]
    assert [(one["what"], one["via"]) for one in seen] == [
        ("RequestSubmitted", None),
        ("RequestAccepted", "mail-link"),
    ]
    another = await village.person("Cy", "mentee")
    direct = await another.ask(mentor)
    await mentor.tell(direct, RequestAmendment(comment="What about?"))
    seen = (await another.browser.get(f"/api/v1/requests/{direct}")).json()["timeline"]
    assert [one["via"] for one in seen] == [None, None]
