"""Invitations and settings."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.desk.inviting import SignInFirst, accept_invitation
from api.links import links
from api.links.links import LinkState
from api.web.access import Viewer
from api.web.errors import NotFound
from models.links import Purpose, sign
from models.process.errors import Invalid, Superseded
from models.store import links as link_store
from models.store.delivery import MailRow
from models.store.tables import MemberRow, PersonRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import KEYS, OTHER, SLUG, Json, World

HERE = f"/api/v1/programmes/{SLUG}"
INVITED = {"email": "Grace@Example.org", "name": "Grace", "roles": ["mentor"], "note": "Please join us."}


async def invited(town: World, cast: Cast, **changes: object) -> tuple[Json, str]:
    """An invitation and the token of its mail, as the delivery makes it."""
    made = await cast.admin.post(f"{HERE}/invitations", INVITED | changes, 201)
    link_id = str(uuid.uuid4())
    with town.database.writing() as session:
        until = town.clock() + timedelta(days=30)
        link = link_store.NewLink(link_id, Purpose.INVITATION, made["id"], None, 0, until)
        link_store.mint(session, [link], town.clock())
    return made, sign(Purpose.INVITATION, link_id, KEYS)


@SQLITE
async def test_an_invitation_is_mailed_and_listed(town: World, cast: Cast) -> None:
    made, _ = await invited(town, cast)
    assert (made["email"], made["state"], made["roles"]) == ("grace@example.org", "open", ["mentor"])
    with town.database.reading() as session:
        mail = session.scalars(select(MailRow)).one()
    assert (mail.kind, mail.to_address, mail.props["note"]) == (
        "invitation",
        "grace@example.org",
        "Please join us.",
    )
    listed = await cast.admin.get(f"{HERE}/invitations")
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert (await cast.admin.get(f"{HERE}/invitations/{made['id']}"))["state"] == "open"


async def test_it_is_accepted_once(town: World, cast: Cast) -> None:
    made, token = await invited(town, cast)
    assert (await links.link(town.ctx, token)).standing is LinkState.OPEN
    tries = [accept_invitation(town.ctx, token, "Grace H", "Europe/Paris") for _ in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    done = [one for one in results if not isinstance(one, BaseException)]
    assert len(done) == 1
    assert all(isinstance(one, Superseded) for one in results if isinstance(one, BaseException))
    session_token, slug = done[0]
    browser = town.client()
    browser.cookies.set("steadfast", session_token or "")
    me = (await browser.get("/api/v1/me")).json()
    assert (me["email"], me["programmes"][0]["slug"], slug) == ("grace@example.org", SLUG, SLUG)
    assert me["programmes"][0]["roles"] == ["mentor"]
    assert (await browser.get(f"{HERE}/profile")).json()["missing"] == ["skills"]
    assert (await links.link(town.ctx, token)).standing is LinkState.OVER
    await cast.admin.post(f"{HERE}/invitations/{made['id']}/revoke", None, 409)


@SQLITE
async def test_somebody_known_joins_only_when_signed_in(town: World, cast: Cast) -> None:
    _, token = await invited(town, cast, email=cast.mentee.email)
    before = await cast.mentee.get(f"{HERE}/profile")
    bystander = Viewer(cast.bystander.id, cast.bystander.email, "")
    for here in (None, bystander):
        with pytest.raises(SignInFirst):
            await accept_invitation(town.ctx, token, "Other Name", "UTC", here)
    assert (await cast.mentee.get(f"{HERE}/profile"))["roles"] == ["mentee"]
    themselves = Viewer(cast.mentee.id, cast.mentee.email, "")
    assert await accept_invitation(town.ctx, token, "Other Name", "UTC", themselves) == (None, SLUG)
    after = await cast.mentee.get(f"{HERE}/profile")
    assert (after["roles"], after["name"]) == (["mentee", "mentor"], before["name"])
    assert after["skills"] == before["skills"]


@SQLITE
async def test_invitations_end(town: World, cast: Cast) -> None:
    made, token = await invited(town, cast)
    await cast.admin.post(f"{HERE}/invitations/{made['id']}/revoke")
    again = await cast.admin.post(f"{HERE}/invitations/{made['id']}/revoke")
    assert again["state"] == "revoked"
    with pytest.raises(Superseded):
        await accept_invitation(town.ctx, token, "Grace", "UTC")
    found = await links.link(town.ctx, token)
    assert (found.standing, found.invitation) == (LinkState.REVOKED, None)
    _, late = await invited(town, cast, email="late@example.org")
    town.clock.forward(days=31)
    assert (await links.link(town.ctx, late)).standing is LinkState.EXPIRED
    with pytest.raises(Superseded):
        await accept_invitation(town.ctx, late, "Late", "UTC")
    with town.database.reading() as session:
        assert (session.scalars(select(PersonRow).where(PersonRow.email == "late@example.org"))).all() == []


BAD_INVITATIONS: list[Json] = [
    {"email": "grace"},
    {"email": "Grace <g@example.org>"},
    {"roles": []},
    {"roles": ["boss"]},
    {"roles": ["mentee", "boss"]},
    {"note": "x" * 2001},
    {"name": "x" * 201},
    {"roles": None},
]


@SQLITE
async def test_bad_invitations_send_nothing(town: World, cast: Cast) -> None:
    for changes in BAD_INVITATIONS:
        await cast.admin.post(f"{HERE}/invitations", INVITED | changes, 422)
    with town.database.reading() as session:
        assert session.scalars(select(MailRow)).all() == []


@SQLITE
async def test_an_invitation_of_another_programme_is_unknown(town: World, cast: Cast) -> None:
    made, token = await invited(town, cast)
    path = f"/api/v1/programmes/{OTHER}/invitations/{made['id']}"
    assert (await cast.foreign_admin.http.get(path)).status_code == 404
    assert (await cast.foreign_admin.http.post(f"{path}/revoke")).status_code == 404
    for name, zone in (("", "UTC"), ("Grace", "Mars/Base")):
        with pytest.raises(Invalid):
            await accept_invitation(town.ctx, token, name, zone)
    with pytest.raises(NotFound):
        await accept_invitation(town.ctx, token[:-1], "Grace", "UTC")


@SQLITE
async def test_settings_are_read_and_changed(town: World, cast: Cast) -> None:
    found = await cast.admin.get(f"{HERE}/settings")
    assert found["settings"]["remind_after"] == ["P7D", "P12D"]
    assert found["meanings"]["remind_after"]
    values = {
        "remind_after": "P5D|P9D",
        "close_after": "P21D",
        "open_requests": 3,
        "holiday_calendar": "DE-BY",
        "decline_reasons": ["No time", "Not mine"],
        "amendment_close_after": None,
    }
    response = await cast.admin.http.patch(f"{HERE}/settings", json=values)
    assert response.status_code == 200, response.text
    after = await cast.admin.get(f"{HERE}/settings")
    assert after["settings"]["remind_after"] == ["P5D", "P9D"]
    assert after["settings"]["amendment_close_after"] is None
    assert after["settings"]["decline_reasons"] == ["No time", "Not mine"]
    assert after["settings"]["levels"] == found["settings"]["levels"]


BAD_SETTINGS: list[tuple[Json, str]] = [
    ({"colour": "green"}, "colour"),
    ({"colour": 3}, "colour"),
    ({"open_requests": -1}, "open_requests"),
    ({"open_requests": "many"}, "open_requests"),
    ({"remind_after": ["P0D"]}, "remind_after"),
    ({"close_after": "-P1D"}, "close_after"),
    ({"close_after": "P999999D"}, "close_after"),
    ({"remind_after": ["P999999D"]}, "remind_after"),
    ({"time_zone": "Berlin"}, "time_zone"),
    ({"holiday_calendar": "XX"}, "holiday_calendar"),
    ({"holiday_calendar": "DE-XX"}, "holiday_calendar"),
    ({"eligibility": "python is good"}, "eligibility"),
    ({"weekdays": [7]}, "weekdays"),
    ({"preferences": ["a\u0000b"]}, "preferences"),
    ({"survey_questions": "no json"}, "survey_questions"),
    ({"survey_questions": [{"key": "a"}]}, "survey_questions"),
]


@SQLITE
async def test_bad_settings_change_nothing(town: World, cast: Cast) -> None:
    before = await cast.admin.get(f"{HERE}/settings")
    wrong = []
    for values, field in BAD_SETTINGS:
        response = await cast.admin.http.patch(f"{HERE}/settings", json={"levels": 7} | values)
        error = response.json().get("errors", [{}])[0]
        if (response.status_code, error.get("field")) != (422, field):
            wrong.append((values, response.status_code, error))
    assert wrong == []
    assert await cast.admin.get(f"{HERE}/settings") == before


@SQLITE
async def test_open_requests_keep_their_rules(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    await cast.admin.http.patch(f"{HERE}/settings", json={"close_after": "P60D"})
    assert (await cast.mentee.get(f"/api/v1/requests/{asked['id']}"))["closes_at"] == asked["closes_at"]
    with town.database.reading() as session:
        assert len(session.scalars(select(MemberRow)).all()) == 5
