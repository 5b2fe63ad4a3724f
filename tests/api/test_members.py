"""Access that admins take away: roles, the right of an admin, a membership (P12, R10)."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.store import invitations
from models.store.delivery import MailRow
from models.store.tables import InvitationRow, MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Json, Someone, World, expect
from tests.store.programme import import_lines

HERE = f"/api/v1/programmes/{SLUG}"


def of(who: Someone) -> str:
    return f"{HERE}/people/{who.id}"


async def patch(admin: Someone, who: Someone, body: Json, status: int = 200) -> Json:
    return expect(await admin.http.patch(of(who), json=body), status)


async def remove(admin: Someone, who: Someone, status: int = 204, **query: bool) -> Json:
    return expect(await admin.http.delete(of(who), params=query), status)


async def set_programme(town: World, **values: str) -> None:
    with town.database.writing() as session:
        row = session.get_one(ProgrammeRow, town.programmes[SLUG])
        row.settings = {**row.settings, **values}


async def mailed(town: World) -> list[tuple[str, str | None]]:
    with town.database.reading() as session:
        rows = session.execute(select(MailRow.kind, MailRow.to_person))
        return sorted((kind, to) for kind, to in rows)


async def test_what_a_removal_touches_is_said_and_then_done(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    other = await town.person("Mina", "mentee")
    accepted = await town.ask(other, cast.mentor)
    await cast.mentor.post(f"/api/v1/requests/{accepted['id']}/accept", {"comment": "Gladly."})
    said = await cast.admin.get(f"{of(cast.mentor)}/removal")
    assert (said["released"], said["relationships"], said["hindrance"]) == (1, 1, None)
    assert said["consequences"] == [
        "1 open request will be released, and the other side is told.",
        "1 relationship will be ended, and the other side is told.",
    ]
    await remove(cast.admin, cast.mentor)
    await town.gateway.tell_departures()
    await town.gateway.tell_departures()
    assert (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["state"] == "released"
    pair = (await other.get(f"/api/v1/requests/{accepted['id']}"))["relationship_id"]
    assert (await other.get(f"/api/v1/relationships/{pair}"))["state"] == "withdrawn"
    found = await mailed(town)
    assert found.count(("request-released", cast.mentee.id)) == 1
    assert found.count(("relationship-withdrawn", other.id)) == 1
    assert (await cast.mentor.http.get(f"{HERE}/profile")).status_code == 404
    assert (await cast.mentor.get("/api/v1/me"))["programmes"] == []
    await remove(cast.admin, cast.mentor, 404)


async def test_an_admins_right_ends_at_once_for_tokens_and_sessions(town: World, cast: Cast) -> None:
    second = await town.person("Ada", "admin", "mentor")
    browser = await town.session_of(second)
    assert (await browser.get(f"{HERE}/settings")).status_code == 200
    after = await patch(cast.admin, second, {"roles": ["mentor"]})
    assert after["roles"] == ["mentor"]
    assert (await second.http.get(f"{HERE}/settings")).status_code == 403
    assert (await browser.get(f"{HERE}/settings")).status_code == 403


@SQLITE
async def test_the_only_admin_stays(town: World, cast: Cast) -> None:
    told = await patch(cast.admin, cast.admin, {"roles": ["mentor"], "myself": True}, 409)
    assert "only coordinator" in told["detail"]
    told = await remove(cast.admin, cast.admin, 409, myself=True)
    assert "only coordinator" in told["detail"]
    said = await cast.admin.get(f"{of(cast.admin)}/removal")
    assert said["yourself"]
    assert "only coordinator" in said["hindrance"]


async def test_of_two_admins_who_remove_each_other_one_stays(town: World, cast: Cast) -> None:
    second = await town.person("Ada", "admin")
    answers = await asyncio.gather(cast.admin.http.delete(of(second)), second.http.delete(of(cast.admin)))
    assert min(answer.status_code for answer in answers) == 204
    with town.database.reading() as session:
        left = session.scalars(
            select(MemberRow.person_id).where(MemberRow.is_admin, MemberRow.left_at.is_(None))
        )
        assert len({cast.admin.id, second.id} & set(left)) == 1


@SQLITE
async def test_oneself_only_on_purpose(town: World, cast: Cast) -> None:
    second = await town.person("Ada", "admin", "mentee")
    told = await patch(second, second, {"roles": ["mentee"]}, 409)
    assert "your own access" in told["detail"]
    await remove(second, second, 409)
    assert (await patch(second, second, {"roles": ["mentee"], "myself": True}))["roles"] == ["mentee"]


@SQLITE
@pytest.mark.parametrize(
    ("body", "field"),
    [({"roles": []}, "roles"), ({"roles": ["boss"]}, "roles"), ({"capacity": 99}, "capacity")],
)
async def test_what_does_not_fit_changes_nothing(town: World, cast: Cast, body: Json, field: str) -> None:
    told = await patch(cast.admin, cast.mentor, body, 422)
    assert told["errors"][0]["field"] == field
    assert (await cast.admin.get(of(cast.mentor)))["roles"] == ["mentor"]


@SQLITE
async def test_no_way_back_by_an_invitation_that_is_still_open(town: World, cast: Cast) -> None:
    second = await town.person("Ada", "admin", "mentor")
    row = InvitationRow(
        id=str(uuid.uuid4()),
        programme_id=town.programmes[SLUG],
        email=second.email,
        roles="mentor,admin",
        created_at=town.clock(),
        expires_at=town.clock() + timedelta(days=30),
    )
    with town.database.writing() as session:
        session.add(row)
    await patch(cast.admin, second, {"roles": ["mentor"]})
    (listed,) = (await cast.admin.get(f"{HERE}/invitations"))["items"]
    assert listed["state"] == "revoked"


@SQLITE
async def test_whoever_comes_back_is_no_admin_and_only_what_they_come_back_as(
    town: World, cast: Cast
) -> None:
    second = await town.person("Ada", "admin", "mentor")
    await remove(cast.admin, second)
    invited = {"email": second.email, "roles": ["mentee"]}
    made = await cast.admin.post(f"{HERE}/invitations", invited, 201)
    with town.database.writing() as session:
        row = invitations.locked(session, made["id"])
        assert row is not None
        invitations.accept(session, row, "Ada", "UTC", town.clock())
    assert (await cast.admin.get(of(second)))["roles"] == ["mentee"]


@pytest.mark.parametrize("way", ["profile", "desk", "import", "ticks"])
async def test_every_way_to_stop_releases_what_is_open_and_refuses_the_acceptance(
    town: World, cast: Cast, way: str
) -> None:
    await set_programme(town, preferences=["Career", "Technology"])  # type: ignore[arg-type]
    mentor = await town.person("Mo", "mentee", "mentor", preferences=frozenset({"Career"}), targets={})
    with town.database.writing() as session:
        session.execute(update(MemberRow).values(complete=True))
    asked = await town.ask(cast.mentee, mentor)
    if way == "profile":
        expect(await mentor.http.put(f"{HERE}/profile", json={"roles": ["mentee"]}), 200)
    elif way == "desk":
        await patch(cast.admin, mentor, {"roles": ["mentee"]})
    elif way == "ticks":
        expect(await mentor.http.put(f"{HERE}/profile", json={"preferences": []}), 200)
    else:
        lines = ("email,name,roles", f"{mentor.email},Mo,mentee")
        report = await import_lines(
            town.database, town.programmes[SLUG], *lines, now=town.clock(), roles="replace"
        )
        assert report.written, report.problems
    accept = f"/api/v1/requests/{asked['id']}/accept"
    refused = await mentor.post(accept, {"comment": "Gladly."}, 409)
    assert "not a mentor of this programme any more" in refused["detail"]
    await town.gateway.tell_departures()
    assert (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["state"] == "released"
    assert ("request-released", cast.mentee.id) in await mailed(town)
    # A way back: the mentor takes the role up again, and can be asked again.
    if way == "ticks":
        expect(await mentor.http.put(f"{HERE}/profile", json={"preferences": ["Career"]}), 200)
    else:
        await patch(cast.admin, mentor, {"roles": ["mentee", "mentor"]})
    with town.database.writing() as session:
        session.execute(update(MemberRow).values(complete=True))
    await town.ask(cast.mentee, mentor)


@SQLITE
async def test_left_to_the_admins_it_is_on_their_list_and_the_mentor_may_not_act(
    town: World, cast: Cast
) -> None:
    await set_programme(town, when_mentor_leaves="admins")
    mentor = await town.person("Mo", "mentee", "mentor")
    asked = await town.ask(cast.mentee, mentor)
    said = await cast.admin.get(f"{of(mentor)}/removal")
    assert (said["released"], said["left_to_admins"]) == (0, 1)
    await patch(cast.admin, mentor, {"roles": ["mentee"]})
    await town.gateway.tell_departures()
    (stalled,) = (await cast.admin.get(f"{HERE}/stalled"))["items"]
    assert (stalled["request_id"], stalled["last_event"]) == (asked["id"], "RequestLeftToAdmins")
    assert stalled["left_to_admins"] is True
    seen = await mentor.get(f"/api/v1/requests/{asked['id']}")
    assert (seen["allowed"], seen["left_to_admins"]) == ([], "mentor-stopped")
    assert (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["allowed"] == ["withdraw"]
    for_admin = await cast.admin.get(f"/api/v1/requests/{asked['id']}")
    assert for_admin["allowed"] == ["extend", "close", "hand-over"]
    for command in ("accept", "reject", "request-amendment"):
        body = {"comment": "c", "reason": "The topic is not mine"}
        refused = await mentor.post(f"/api/v1/requests/{asked['id']}/{command}", body, 409)
        assert "a coordinator of the programme looks after it" in refused["detail"]
    assert (await mailed(town)).count(("request-needs-admin", cast.admin.id)) == 1
    await patch(cast.admin, mentor, {"roles": ["mentee", "mentor"]})
    await town.gateway.tell_departures()
    await mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Gladly."})


@SQLITE
async def test_a_level_that_is_lost_ends_nothing(town: World, cast: Cast) -> None:
    """P6: below the rule nobody can offer themselves; whoever did may still answer."""
    asked = await town.ask(cast.mentee, cast.mentor)
    await set_programme(town, eligibility="python>=4")
    expect(
        await cast.mentor.http.put(f"{HERE}/profile", json={"skills": [{"name": "python", "level": 1}]}), 200
    )
    await town.gateway.tell_departures()
    await cast.mentor.post(f"/api/v1/requests/{asked['id']}/accept", {"comment": "Gladly."})
