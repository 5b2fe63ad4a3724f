"""What the table of access (tests/access) has no column for: lists by role, several roles, having left."""

from __future__ import annotations

from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, World

HERE = f"/api/v1/programmes/{SLUG}"


@SQLITE
async def test_an_unknown_programme_looks_like_a_foreign_one(cast: Cast) -> None:
    elsewhere = await cast.mentee.http.get("/api/v1/programmes/elsewhere/profile")
    nowhere = await cast.mentee.http.get("/api/v1/programmes/nowhere/profile")
    assert (elsewhere.status_code, elsewhere.text) == (nowhere.status_code, nowhere.text)
    assert elsewhere.status_code == 404


@SQLITE
async def test_admin_lists_are_for_admins(town: World, cast: Cast) -> None:
    for path in ("requests", "relationships"):
        refused = await cast.mentee.http.get(f"{HERE}/{path}", params={"as": "admin"})
        assert refused.status_code == 403
        assert refused.json()["type"] == "/docs#not-allowed"


@SQLITE
async def test_somebody_who_left_sees_nothing_any_more(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    await town.leave(cast.mentor.id)
    assert (await cast.mentor.http.get(f"/api/v1/requests/{asked['id']}")).status_code == 404
    assert (await cast.mentor.http.get(f"{HERE}/requests")).status_code == 404
    assert (await cast.mentor.get("/api/v1/me"))["programmes"] == []


@SQLITE
async def test_an_admin_who_takes_part_reads_only_their_own_answers(town: World) -> None:
    mentee = await town.person("Ada", "mentee", "admin")
    mentor = await town.person("Jon", "mentor")
    where = f"/api/v1/relationships/{await town.paired(mentee, mentor)}"
    await mentor.post(f"{where}/complete")
    await mentee.post(f"{where}/confirm-completion")
    await mentor.post(f"{where}/survey", {"answers": {"useful": 1, "goals": 1, "recommend": 1}})
    seen = await mentee.get(where)
    assert seen["surveys"] == []
    assert seen["survey"]["answers"] == {}
