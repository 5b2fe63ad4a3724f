"""New periods of a programme for what is open (R12): asked for over HTTP, told by a process of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models.process.names import policy_change_workflow
from tests.e2e.town import SLUG, Someone, Town
from tests.workflows.office import eventually

SETTINGS = f"/api/v1/programmes/{SLUG}/settings"
LONGER = {"remind_after": ["P20D"], "close_after": "P28D"}
Json = dict[str, Any]


async def changed(admin: Someone, **body: Any) -> Json:
    response = await admin.http.patch(SETTINGS, json=body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def done(admin: Someone, revision: int) -> Json:
    async def look() -> bool:
        found = (await admin.get(SETTINGS))["open_processes"]
        return bool(found["revision"] == revision and found["state"] == "done")

    await eventually(look)
    return dict((await admin.get(SETTINGS))["open_processes"])


def waits(request: Json) -> timedelta:
    closes = datetime.fromisoformat(request["closes_at"])
    return closes - datetime.fromisoformat(request["since"])


async def test_open_requests_follow_where_that_is_wanted_and_only_there(town: Town) -> None:
    admin, mentor = await town.admin(), await town.mentor(capacity=3)
    mentees = [await town.mentee(name) for name in ("Mina One", "Mina Two", "Mina Three")]
    asked = [await mentee.ask(mentor) for mentee in mentees]
    await mentees[2].tell(asked[2], "withdraw")

    only_new = await changed(admin, **LONGER)
    assert only_new["open_processes"] is None
    seen = (await changed(admin, dry_run=True))["open_processes"]
    assert (seen["state"], seen["requests"], seen["closing_dates"], seen["at_once"]) == ("previewed", 2, 2, 0)
    assert waits(await mentees[0].request(asked[0]["id"])) < timedelta(days=20)

    wanted = await changed(admin, open_processes=True)
    assert wanted["revision"] == only_new["revision"]
    found = await done(admin, wanted["revision"])
    assert (found["requests"], found["left"]) == (2, 0)
    for mentee, one in zip(mentees[:2], asked[:2], strict=True):
        now = await mentee.request(one["id"])
        assert waits(now) > timedelta(days=26)
        last = now["timeline"][-1]
        assert (last["what"], last["by"]["role"]) == ("RulesChanged", "system")
        assert (await mentee.mail("request-dates-changed")).text.count("changed its periods") == 1
    gone = await mentees[2].request(asked[2]["id"])
    assert gone["timeline"][-1]["what"] == "RequestWithdrawn"
    mail = await mentor.mail("request-dates-changed", 2)
    page = await mentor.decide(mail, "reject", comment="Not this year.", reason="The topic is not mine")
    assert page.status == 200


async def test_one_begun_under_the_new_rules_is_left_alone_and_a_last_wait_is_kept(town: Town) -> None:
    admin, mentor, mentee = await town.admin(), await town.mentor(), await town.mentee()
    other = await town.mentee("Nora Newer")
    asked = await mentee.ask(mentor)
    await town.pass_until(asked, datetime.fromisoformat(asked["created_at"]) + timedelta(days=5))
    await changed(admin, close_after="P3D", remind_after=["P1D"])
    newer = await other.ask(mentor)
    wanted = await changed(admin, open_processes=True)
    found = await done(admin, wanted["revision"])
    assert found["requests"] == 1
    now = await mentee.request(asked["id"])
    assert now["state"] == "pending"
    assert timedelta(days=5) < waits(now) < timedelta(days=9)
    assert (await other.request(newer["id"]))["timeline"][-1]["what"] == "RequestSubmitted"


async def test_a_newer_change_supersedes_one_that_is_under_way(town: Town) -> None:
    admin, mentor, mentee = await town.admin(), await town.mentor(), await town.mentee()
    asked = await mentee.ask(mentor)
    first = await changed(admin, close_after="P20D", open_processes=True)
    second = await changed(admin, close_after="P30D", open_processes=True)
    await done(admin, second["revision"])
    assert timedelta(days=28) < waits(await mentee.request(asked["id"])) < timedelta(days=34)
    assert first["revision"] < second["revision"]
    workflow_id = policy_change_workflow(town.programme_id, second["revision"])
    await town.engine.client.get_workflow_handle(workflow_id).result()
    again = await changed(admin, open_processes=True)
    assert (again["revision"], again["open_processes"]["state"]) == (second["revision"], "done")
