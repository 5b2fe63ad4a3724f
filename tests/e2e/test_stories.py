"""The main job from end to end, over HTTP and mail alone, on both databases, in virtual time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from tests.e2e.town import SLUG, Json, Someone, Town

ANSWERS = {"useful": "5", "goals": "4", "recommend": "5", "remark": "Thank you."}
GOAL = {
    "title": "Write a service",
    "specific": "A small service in Python",
    "measurable": "It runs in production",
    "attainable": "Two hours a week",
    "relevant": "My next project needs it",
    "due": "2030-06-30",
}


def happened(process: Json) -> list[str]:
    return [entry["what"] for entry in process["timeline"]]


async def accepted(mentee: Someone, mentor: Someone) -> tuple[Json, Json]:
    """A request that was accepted, and its relationship as the mentee sees it."""
    asked = await mentee.ask(mentor)
    await mentor.decide(await mentor.mail("request-received"), "accept", comment="Gladly.")
    request = await mentee.request(asked["id"])
    await mentee.mail("relationship-started")
    return request, await mentee.relationship(request["relationship_id"])


async def test_a_request_is_accepted_from_the_mail_link(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    found = await mentee.get(f"/api/v1/programmes/{SLUG}/mentors", basis="gaps")
    assert [item["mentor"]["id"] for item in found["items"]] == [mentor.id]

    asked = await mentee.ask(mentor, "I would like to learn from you.")
    assert asked["state"] == "pending"
    assert asked["score"] == found["items"][0]["score"] == 100
    assert asked["allowed"] == ["edit", "withdraw"]

    mail = await mentor.mail("request-received")
    assert "I would like to learn from you." in mail.text
    assert mentee.email not in mail.text
    page = await mentor.decide(mail, "accept", comment="Gladly. Shall we begin on Monday?")
    assert page.status == 200

    request = await mentee.request(asked["id"])
    assert request["state"] == "accepted"
    assert happened(request) == ["RequestSubmitted", "RequestAccepted"]
    started = (await mentee.mail("relationship-started")).text
    assert "Shall we begin on Monday?" in started
    assert mentor.email in started
    assert mentee.email in (await mentor.mail("relationship-started")).text
    relationship = await mentor.relationship(request["relationship_id"])
    assert relationship["state"] == "active"
    assert mentee.email in str(relationship["contacts"])


async def test_the_ids_of_an_answer_resolve_at_once(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    assert (await mentor.get(f"/api/v1/requests/{asked['id']}"))["id"] == asked["id"]
    done = await mentor.post(f"/api/v1/requests/{asked['id']}/accept", comment="Gladly.")
    assert (await mentee.relationship(done["relationship_id"]))["state"] == "active"
    goal = await mentee.post(f"/api/v1/relationships/{done['relationship_id']}/goals", expect=201, **GOAL)
    assert (await mentor.relationship(done["relationship_id"]))["goals"][0]["id"] == goal["id"]


async def test_a_request_is_amended_resubmitted_and_accepted(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor, "Hello")
    first = await mentor.mail("request-received")
    await mentor.decide(first, "amend", comment="What is it about?")

    wish = await mentee.mail("amendment-requested")
    assert "What is it about?" in wish.text
    waiting = await mentee.request(asked["id"])
    assert (waiting["state"], waiting["allowed"]) == ("amendment_requested", ["resubmit", "withdraw"])
    page = await mentee.open(wish.link)
    await page.submit(page.form_with("message"), message="It is about testing.")

    second = await mentor.mail("request-received", 2)
    assert "It is about testing." in second.text
    old = await mentor.open(first.link)
    assert old.status == 200
    assert not any(("decision", "accept") in form.buttons for form in old.forms)
    await mentor.decide(second, "accept", comment="Now I see.")
    request = await mentee.request(asked["id"])
    assert (request["state"], request["revision"], request["message"]) == (
        "accepted",
        2,
        "It is about testing.",
    )


async def test_a_declined_mentor_can_be_asked_again(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    reason = "I have no time at the moment"
    await mentor.decide(
        await mentor.mail("request-received"), "reject", comment="Try me in May.", reason=reason
    )
    told = await mentee.mail("request-rejected")
    assert "Try me in May." in told.text
    assert reason in told.text
    assert (await mentee.request(asked["id"]))["state"] == "rejected"

    again = await mentee.ask(mentor, "It is May.")
    assert again["id"] != asked["id"]
    await mentor.decide(await mentor.mail("request-received", 2), "accept", comment="So it is.")
    assert (await mentee.request(again["id"]))["state"] == "accepted"
    assert (await mentee.request(asked["id"]))["state"] == "rejected"


async def test_silence_is_reminded_twice_and_then_closed(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    await mentor.mail("request-received")

    await town.pass_until_before(asked, asked["next_reminder_at"])
    await town.quiet()
    assert mentor.mails("request-reminder") == []
    await town.pass_until(asked, asked["next_reminder_at"])
    reminder = await mentor.mail("request-reminder")
    assert reminder.link

    second = (await mentee.request(asked["id"]))["next_reminder_at"]
    await town.pass_until(asked, second)
    await mentor.mail("request-reminder", 2)
    late = await mentee.request(asked["id"])
    assert late["state"] == "pending"
    assert late["next_reminder_at"] is None
    assert late["closes_at"] == asked["closes_at"]

    await town.pass_until_before(asked, asked["closes_at"])
    assert (await mentee.request(asked["id"]))["state"] == "pending"
    await town.pass_until(asked, asked["closes_at"])
    await mentor.mail("request-expired")
    await mentee.mail("request-expired")
    request = await mentee.request(asked["id"])
    assert request["state"] == "expired"
    assert happened(request) == ["RequestSubmitted", "ReminderSent", "ReminderSent", "RequestExpired"]
    assert len(mentor.mails("request-reminder")) == 2
    page = await mentor.open(reminder.link)
    assert page.status == 200
    assert page.forms == [] or not any(form.buttons for form in page.forms)


async def test_the_dates_are_the_end_of_the_mentors_working_day(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor(time_zone="America/New_York")
    asked = await mentee.ask(mentor)
    for name, at_least in (("next_reminder_at", 7), ("closes_at", 14)):
        due = datetime.fromisoformat(asked[name])
        created = datetime.fromisoformat(asked["created_at"])
        assert timedelta(days=at_least - 1) < due - created < timedelta(days=at_least + 3)
        hour = (due - timedelta(hours=5)).hour  # New York is 4 or 5 hours behind UTC
        assert hour in {15, 16}
        assert due.weekday() < 5


async def test_an_amendment_that_does_not_come_expires_the_request(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    await mentor.decide(await mentor.mail("request-received"), "amend", comment="More, please.")
    waiting = await mentee.request(asked["id"])
    await town.pass_until(asked, waiting["next_reminder_at"])
    await mentee.mail("amendment-reminder")
    await town.pass_until(asked, waiting["closes_at"])
    await mentor.mail("request-expired")
    await mentee.mail("request-expired")
    assert (await mentee.request(asked["id"]))["state"] == "expired"


async def test_the_mentee_edits_and_withdraws(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    asked = await mentee.ask(mentor)
    edited = await mentee.tell(asked, "edit", message="A better question")
    assert edited["revision"] == 2
    assert "A better question" in (await mentor.mail("request-edited")).text
    gone = await mentee.tell(asked, "withdraw", comment="I found another way.")
    assert (gone["state"], gone["allowed"]) == ("withdrawn", [])
    told = await mentor.mail("request-withdrawn")
    assert "I found another way." in told.text
    page = await mentor.open((await mentor.mail("request-edited")).link)
    assert page.status == 200
    assert not any(("decision", "accept") in form.buttons for form in page.forms)
    await mentee.tell(asked, "withdraw", expect=409)


async def test_an_admin_sees_what_is_stalled_reminds_extends_and_closes(town: Town) -> None:
    mentee, mentor, admin = await town.mentee(), await town.mentor(), await town.admin()
    asked = await mentee.ask(mentor)
    stalled = f"/api/v1/programmes/{SLUG}/stalled"
    assert (await admin.get(stalled, older_than="P7D"))["items"] == []
    async with asyncio.timeout(10):
        while not (found := (await admin.get(stalled, older_than="PT0S"))["items"]):
            await asyncio.sleep(0.05)
    (item,) = found
    assert item["request_id"] == asked["id"]
    assert (item["mentee"]["id"], item["mentor"]["id"]) == (mentee.id, mentor.id)
    assert item["next"]["what"] == "reminder"
    assert datetime.fromisoformat(item["next"]["at"]) == datetime.fromisoformat(asked["next_reminder_at"])

    await admin.tell(asked, "remind")
    await mentor.mail("request-reminder")
    extended = await admin.tell(asked, "extend", days=10)
    longer = datetime.fromisoformat(extended["closes_at"]) - datetime.fromisoformat(asked["closes_at"])
    assert timedelta(days=9) < longer < timedelta(days=14)
    closed = await admin.tell(asked, "close", comment="The mentor is on leave.")
    assert closed["state"] == "closed"
    for person in (mentee, mentor):
        assert "The mentor is on leave." in (await person.mail("request-closed")).text


async def test_the_last_place_goes_once_and_the_others_are_released(town: Town) -> None:
    mentor = await town.mentor(capacity=1)
    mentees = [await town.mentee(f"Mentee {number}") for number in range(6)]
    requests = [await mentee.ask(mentor) for mentee in mentees]
    answers = await asyncio.gather(
        *(
            mentor.http.post(f"/api/v1/requests/{request['id']}/accept", json={"comment": "Yes."})
            for request in requests
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    released = [mentee for mentee in mentees if not mentee.mails("relationship-started")]
    states = [
        (await mentee.request(request["id"]))["state"]
        for mentee, request in zip(mentees, requests, strict=True)
    ]
    assert states.count("accepted") == 1
    for mentee, request in zip(mentees, requests, strict=True):
        if mentee in released and (await mentee.request(request["id"]))["state"] != "accepted":
            await mentee.mail("request-released")
    states = [
        (await mentee.request(request["id"]))["state"]
        for mentee, request in zip(mentees, requests, strict=True)
    ]
    assert sorted(states) == ["accepted"] + ["released"] * 5


async def test_two_goals_completion_and_both_surveys(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    _, relationship = await accepted(mentee, mentor)
    goals = f"/api/v1/relationships/{relationship['id']}/goals"
    one = await mentee.post(goals, expect=201, **GOAL)
    await mentor.post(goals, expect=201, **{**GOAL, "title": "Review one"})
    goal_id = one["id"] if "title" in one else one["goals"][0]["id"]
    changed = await mentee.http.patch(f"{goals}/{goal_id}", json={"progress": 80})
    assert changed.status_code == 200, changed.text

    signed = await mentee.say(relationship, "complete", comment="We are there.")
    assert signed["state"] == "completing"
    page = await mentor.open((await mentor.mail("completion-requested")).link)
    confirmed = await page.submit(page.form_with("decision", "confirm"), decision="confirm")
    assert confirmed.status == 200
    for person in (mentee, mentor):
        survey = await person.open((await person.mail("survey")).link)
        await survey.submit(survey.form_with("remark"), **ANSWERS)
    done = await mentee.relationship(relationship["id"])
    assert done["state"] == "completed"
    assert [goal["progress"] for goal in done["goals"]] == [80, 0]
    assert done["survey"]["state"] == "answered"
    assert done["survey"]["answers"]["remark"] == "Thank you."


async def test_silence_confirms_and_an_unanswered_survey_closes(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    _, relationship = await accepted(mentee, mentor)
    signed = await mentor.say(relationship, "complete", comment="Well done.")
    assert signed["state"] == "completing"
    await town.pass_in_relationship(relationship, timedelta(days=18))
    await mentor.mail("survey")
    await mentor.say(relationship, "survey", answers=ANSWERS)
    await town.pass_in_relationship(relationship, timedelta(days=23))
    await mentee.mail("survey-reminder", 3)
    await town.pass_in_relationship(relationship, timedelta(days=10))
    assert mentor.mails("survey-reminder") == []
    seen = await mentee.relationship(relationship["id"])
    assert seen["survey"]["state"] == "unanswered"
    assert happened(seen)[-1] == "SurveyUnanswered"
    assert len(mentee.mails("survey-reminder")) == 3


async def test_either_may_withdraw_and_the_place_is_free_again(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor(capacity=1)
    _, relationship = await accepted(mentee, mentor)
    gone = await mentee.say(relationship, "withdraw", comment="I change jobs.")
    assert gone["state"] == "withdrawn"
    assert "I change jobs." in (await mentor.mail("relationship-withdrawn")).text
    assert not (await mentor.relationship(relationship["id"])).get("contacts")
    other = await town.mentee("Another Mentee")
    asked = await other.ask(mentor)
    await mentor.decide(await mentor.mail("request-received", 2), "accept", comment="Welcome.")
    assert (await other.request(asked["id"]))["state"] == "accepted"


async def test_each_mail_is_sent_once_and_has_its_own_message_id(town: Town) -> None:
    mentee, mentor = await town.mentee(), await town.mentor()
    await accepted(mentee, mentor)
    await mentor.mail("relationship-started")
    await town.quiet()
    ids = [mail.message_id for mail in town.postbox.mails]
    assert len(ids) == len(set(ids)) == 3
