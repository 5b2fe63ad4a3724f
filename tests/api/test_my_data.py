"""A copy of one's data, and its erasure, over HTTP; what happens behind it is tested on the real engine."""

from __future__ import annotations

import json

from sqlalchemy import select

from models.process.erasure import GRACE
from models.store.delivery import MailRow
from models.store.tables import MemberRow, PersonRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, START, World, expect

ME = "/api/v1/me"
pytestmark = SQLITE


async def test_a_copy_is_asked_for_read_and_deleted(town: World, cast: Cast) -> None:
    await town.ask(cast.mentee, cast.mentor)
    expect(await cast.mentee.http.get(f"{ME}/export"), 404)
    made = await cast.mentee.post(f"{ME}/export", status=202, key="k")
    assert made["state"] == "ready"
    again = await cast.mentee.post(f"{ME}/export", status=202, key="k")
    assert again == made
    file = await cast.mentee.http.get(made["href"])
    assert file.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert file.headers["cache-control"] == "no-store"
    found = json.loads(file.content)
    assert found["person"]["email"] == cast.mentee.email
    (asked,) = found["programmes"][0]["requests"]
    assert asked["message"] == "I would like to learn from you."
    assert cast.mentor.email not in file.text
    await cast.mentee.post(f"{ME}/export/delete")
    expect(await cast.mentee.http.get(made["href"]), 404)
    expect(await cast.mentee.http.post(f"{ME}/export/delete"), 409)


async def test_the_copy_is_for_oneself_alone(town: World, cast: Cast) -> None:
    await cast.mentee.post(f"{ME}/export", status=202)
    for client in (cast.mentor.http, cast.admin.http):
        expect(await client.get(f"{ME}/export/file"), 404)
    expect(await town.anybody.get(f"{ME}/export/file"), 401)


async def test_a_copy_that_is_not_made_yet_says_so(town: World, cast: Cast) -> None:
    town.gateway.saves = False
    made = await cast.mentee.post(f"{ME}/export", status=202)
    assert (made["state"], made["href"]) == ("collecting", None)
    expect(await cast.mentee.http.get(f"{ME}/export/file"), 404)


async def test_whoever_asks_for_erasure_is_out_at_once(town: World, cast: Cast) -> None:
    browser = await town.session_of(cast.mentor)
    done = await cast.mentor.post(f"{ME}/erase", {"confirm": cast.mentor.email.upper()}, 202)
    assert done["begins_at"] == (START + GRACE).isoformat().replace("+00:00", "Z")
    expect(await cast.mentor.http.get(ME), 401)
    expect(await browser.get(ME), 401)
    mentors = await cast.mentee.get(f"/api/v1/programmes/{SLUG}/mentors")
    assert cast.mentor.id not in str(mentors)
    with town.database.reading() as session:
        mail = session.scalars(select(MailRow).where(MailRow.to_person == cast.mentor.id)).one()
    assert (mail.kind, mail.props["by_operator"]) == ("erasure-begun", False)


async def test_another_address_erases_nothing(town: World, cast: Cast) -> None:
    for typed in ("", "yes", cast.mentee.email):
        refused = expect(await cast.mentor.http.post(f"{ME}/erase", json={"confirm": typed}), 422)
        assert refused["errors"][0]["field"] == "confirm"
    assert (await cast.mentor.get(ME))["email"] == cast.mentor.email


async def test_the_only_admin_hands_over_first(town: World, cast: Cast) -> None:
    refused = expect(await cast.admin.http.post(f"{ME}/erase", json={"confirm": cast.admin.email}), 409)
    assert "only coordinator" in refused["detail"]
    second = await town.person("Ada", "admin")
    await second.post(f"{ME}/erase", {"confirm": second.email}, 202)
    with town.database.writing() as session:
        for person in session.scalars(select(PersonRow.id).where(PersonRow.id != cast.admin.id)):
            row = session.get(MemberRow, (town.programmes[SLUG], person))
            if row is not None:
                row.left_at = town.clock()
    await cast.admin.post(f"{ME}/erase", {"confirm": cast.admin.email}, 202)


async def test_an_engine_that_is_away_is_said(town: World, cast: Cast) -> None:
    town.gateway.is_down = True
    for path, body in (("erase", {"confirm": cast.mentor.email}), ("export", None)):
        expect(await cast.mentor.http.post(f"{ME}/{path}", json=body), 503)
    assert (await cast.mentor.get(ME))["id"] == cast.mentor.id
