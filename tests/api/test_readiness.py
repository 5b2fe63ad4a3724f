"""Readiness before opening (A10): figures, what is missing, and the wave of invitations held until then."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import select

from activities.registrations import Waves
from models.store.delivery import MailRow
from tests.api.conftest import Cast
from tests.api.world import SLUG, Someone, World, expect

HERE = f"/api/v1/programmes/{SLUG}"


async def settings(admin: Someone, **values: Any) -> None:
    expect(await admin.http.patch(f"{HERE}/settings", json=values), 200)


def mailed(world: World) -> list[str]:
    with world.database.reading() as session:
        query = select(MailRow.to_address).where(MailRow.kind == "invitation")
        return sorted(one or "" for one in session.scalars(query))


async def invite(admin: Someone, name: str, role: str = "mentee") -> dict[str, Any]:
    return await admin.post(
        f"{HERE}/invitations", {"email": f"{name}@example.org", "roles": [role], "note": f"Dear {name}"}, 201
    )


async def test_counts_mentors_places_and_those_who_will_come(cast: Cast, town: World) -> None:
    await settings(cast.admin, hold_invitations="until_released", preferences=["Career"], max_capacity=2)
    before = await cast.admin.get(f"{HERE}/readiness")
    assert not before["ready"]
    assert before["complete_mentors"] == 0
    assert before["lacking"]["preferences"] == before["mentors"]
    assert any("ticked preferences" in one for one in before["missing"])
    await settings(cast.admin, preferences=[])
    found = await cast.admin.get(f"{HERE}/readiness")
    assert (found["share"], found["complete_mentors"]) == (100, found["mentors"])
    assert found["places"] == 2 * found["mentors"]
    assert (await invite(cast.admin, "una"))["state"] == "held"
    after = await cast.admin.get(f"{HERE}/readiness")
    assert after["held"] == found["held"] + 1
    expected = after["mentees"] + after["held"] + after["invited"]
    assert after["places_per_mentee"] == round(after["places"] / expected, 2)
    for path, accepts in (("readiness.csv", "*/*"), ("readiness", "text/csv")):
        sheet = await cast.admin.http.get(f"{HERE}/{path}", headers={"Accept": accepts})
        assert sheet.headers["content-type"].startswith("text/csv")
        rows = dict(csv.reader(io.StringIO(sheet.text)))
        assert (rows["figure"], rows["held"], rows["share"]) == ("value", str(after["held"]), "100")


async def test_a_wave_goes_when_an_admin_says_so_each_mail_once(cast: Cast, town: World) -> None:
    await settings(cast.admin, hold_invitations="until_released")
    una, uma = await invite(cast.admin, "una"), await invite(cast.admin, "uma")
    assert (await invite(cast.admin, "mentor", "mentor"))["state"] == "open"
    assert (await invite(cast.admin, "una"))["id"] == una["id"]
    await cast.admin.post(f"{HERE}/invitations/{uma['id']}/revoke")
    assert mailed(town) == ["mentor@example.org"]
    town.clock.forward(days=100)
    for released in (1, 0):
        assert await cast.admin.post(f"{HERE}/release-invitations", {}) == {"released": released}
    assert mailed(town) == ["mentor@example.org", "una@example.org"]
    again = await cast.admin.get(f"{HERE}/invitations/{una['id']}")
    assert again["state"] == "open"
    with town.database.reading() as session:
        mail = session.scalars(select(MailRow).where(MailRow.to_address == "una@example.org")).one()
        assert (mail.props or {})["note"] == "Dear una"


async def test_a_wave_goes_by_itself_once_there_are_places(cast: Cast, town: World) -> None:
    await settings(cast.admin, hold_invitations="until_ready", ready_places=50)
    await invite(cast.admin, "una")
    waves = Waves(town.database, lambda: None, town.clock)
    await waves.look()
    assert mailed(town) == []
    await settings(cast.admin, ready_places=0.1)
    await waves.look()
    await waves.look()
    assert mailed(town) == ["una@example.org"]
