"""Pairs that are not to be: set by coordinators, or by one of two after an end; and what no one is told."""

from __future__ import annotations

import asyncio

from models.store.exporting import collect
from tests.api.conftest import Cast
from tests.api.world import SLUG, Someone, World

HERE = f"/api/v1/programmes/{SLUG}"
PAIRS = f"{HERE}/do-not-pair"


async def listed(someone: Someone) -> list[str]:
    found = await someone.get(f"{HERE}/mentors")
    return sorted(one["mentor"]["name"] for one in found["items"])


async def refusal(cast: Cast) -> str:
    body = {"mentor_id": cast.mentor.id, "message": "May I?"}
    return str((await cast.mentee.post(f"{HERE}/requests", body, 409))["detail"])


async def test_a_coordinator_keeps_two_apart_and_lets_them_again(town: World, cast: Cast) -> None:
    assert await listed(cast.mentee) == ["Bo", "Jorgen"]
    body = {"people": [cast.mentor.id, cast.mentee.id], "why": "They are married."}
    made = await cast.admin.post(PAIRS, body, 201, key="k")
    assert await cast.admin.post(PAIRS, body, 201, key="k") == made
    sent = (cast.admin.http.post(PAIRS, json=body) for _ in range(4))
    assert {one.json()["id"] for one in await asyncio.gather(*sent)} == {made["id"]}
    assert await listed(cast.mentee) == ["Bo"]
    told = await refusal(cast)
    # As for somebody who is away, so that nobody can tell the one from the other.
    away = {"available": False}
    await cast.bystander.http.put(f"{HERE}/profile", json=away)
    other = {"mentor_id": cast.bystander.id, "message": "May I?"}
    assert (await cast.mentee.post(f"{HERE}/requests", other, 409))["detail"] == told
    marking = {"mentor_id": cast.mentor.id}
    assert (await cast.mentee.http.post(f"{HERE}/bookmarks", json=marking)).status_code == 422
    assert (await cast.mentee.http.get(f"{HERE}/mentors/{cast.mentor.id}")).status_code == 404
    why = f"{HERE}/people/{cast.mentee.id}/listing/{cast.mentor.id}"
    found = await cast.admin.get(why)
    assert (found["listed"], [one["kind"] for one in found["why"]]) == (False, ["do-not-pair"])
    assert (await cast.mentee.http.get(why)).status_code == 403
    assert (await cast.admin.http.delete(f"{PAIRS}/{made['id']}")).status_code == 204
    assert await listed(cast.mentee) == ["Jorgen"]
    assert await cast.admin.get(why) == {**found, "listed": True, "why": []}


async def test_what_stands_against_a_pair_is_refused_in_a_sentence(town: World, cast: Cast) -> None:
    for people in (
        [cast.mentee.id],
        [cast.mentee.id, cast.mentee.id],
        [cast.mentee.id, "nobody"],
        [cast.mentee.id, cast.foreign_admin.id],
    ):
        refused = await cast.admin.http.post(PAIRS, json={"people": people})
        assert (refused.status_code, refused.json()["detail"][-1]) == (422, ".")
    assert (await cast.admin.get(PAIRS))["items"] == []


async def test_either_of_two_may_say_not_again_after_the_end(town: World, cast: Cast) -> None:
    pair = await town.paired(cast.mentee, cast.mentor)
    here = f"/api/v1/relationships/{pair}/not-again"
    await cast.mentor.post(here, {"why": "No"}, 409)
    await cast.mentee.post(f"/api/v1/relationships/{pair}/withdraw", {"comment": "Thank you."})
    assert "Jorgen" in await listed(cast.mentee)
    assert (await cast.mentor.post(here, {"why": "We did not get on."}))["not_again"]
    assert "Jorgen" not in await listed(cast.mentee)
    # The mentee learns nothing of it: not by asking, nor from the relationship, nor from their own data.
    assert await cast.mentee.get(here) == {"not_again": False, "at": None, "why": ""}
    assert "not get on" not in str(await cast.mentee.get(f"/api/v1/relationships/{pair}"))
    (row,) = (await cast.admin.get(PAIRS, person=cast.mentee.id))["items"]
    assert (row["by"]["id"], row["by"]["role"], row["why"]) == (
        cast.mentor.id,
        "mentor",
        "We did not get on.",
    )
    with town.database.reading() as session:
        data = {one.id: str(collect(session, one.id, town.clock())) for one in (cast.mentee, cast.mentor)}
    assert "not get on" in data[cast.mentor.id]
    assert "not get on" not in data[cast.mentee.id]
    await cast.mentee.post(here)
    assert (await cast.mentor.http.delete(here)).status_code == 204
    assert "Jorgen" not in await listed(cast.mentee)
    assert (await cast.mentee.http.delete(here)).status_code == 204
    assert "Jorgen" in await listed(cast.mentee)
