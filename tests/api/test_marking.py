"""Bookmarks, one mentor in detail, and the home as programs read it."""

from __future__ import annotations

from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, World

HERE = f"/api/v1/programmes/{SLUG}"
MARKS = f"{HERE}/bookmarks"


async def test_a_mentor_is_marked_once_and_stays_while_they_are_away(town: World, cast: Cast) -> None:
    body = {"mentor_id": cast.mentor.id}
    for key in ("a", "a", "b"):
        marked = await cast.mentee.post(MARKS, body, 201, key=key)
        assert (marked["mentor"]["id"], marked["bookmarked"]) == (cast.mentor.id, True)
    found = (await cast.mentee.get(f"{HERE}/mentors"))["items"]
    assert {one["mentor"]["name"]: one["bookmarked"] for one in found} == {"Jorgen": True, "Bo": False}
    await cast.mentor.http.put(f"{HERE}/profile", json={"available": False})
    (one,) = (await cast.mentee.get(MARKS))["items"]
    assert (one["mentor"]["name"], one["askable"]) == ("Jorgen", False)
    detail = await cast.mentee.get(f"{HERE}/mentors/{cast.mentor.id}")
    assert detail["why_not"] == "You cannot ask this mentor at the moment."
    # The marks of one are nobody else's.
    assert (await cast.bystander.get(MARKS))["items"] == []
    for _ in range(2):
        assert (await cast.mentee.http.delete(f"{MARKS}/{cast.mentor.id}")).status_code == 204
    assert (await cast.mentee.get(MARKS))["items"] == []


async def test_who_is_no_mentor_here_cannot_be_marked(town: World, cast: Cast) -> None:
    for wrong in (cast.mentee.id, cast.admin.id, cast.foreign_admin.id, "nobody"):
        refused = await cast.mentee.http.post(MARKS, json={"mentor_id": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "mentor_id")
    await town.leave(cast.mentor.id)
    assert (await cast.mentee.http.post(MARKS, json={"mentor_id": cast.mentor.id})).status_code == 422
    assert (await cast.mentee.http.get(f"{HERE}/mentors/{cast.mentor.id}")).status_code == 404


@SQLITE
async def test_a_mentor_in_detail_names_levels_and_what_is_shared(town: World, cast: Cast) -> None:
    await cast.admin.http.patch(f"{HERE}/settings", json={"level_names": ["a", "b", "c", "d", "e"]})
    found = await cast.mentee.get(f"{HERE}/mentors/{cast.mentor.id}")
    assert found["skills"][0].keys() == {"name", "level", "level_name"}
    levels = [one["level"] for one in found["skills"]]
    assert levels == sorted(levels, reverse=True)
    assert (found["askable"], found["why_not"]) == (True, None)


@SQLITE
async def test_the_home_says_whose_turn_it_is_whom_to_ask_and_what_is_new(town: World, cast: Cast) -> None:
    before = await cast.mentee.get(f"{HERE}/home")
    assert before.keys() == {"your_turn", "recommended", "news"}
    assert {(one["mentor"]["name"], one["pushed"]) for one in before["recommended"]} == {
        ("Jorgen", False),
        ("Bo", False),
    }
    asked = await town.ask(cast.mentee, cast.mentor)
    (turn,) = (await cast.mentor.get(f"{HERE}/home"))["your_turn"]
    assert (turn["kind"], turn["process_id"], turn["url"]) == (
        "decide",
        asked["id"],
        f"/requests/{asked['id']}#answer",
    )
    assert turn["due"] == asked["closes_at"]
    await cast.mentor.post(f"/api/v1/requests/{asked['id']}/request-amendment", {"comment": "Say more."})
    home = await cast.mentee.get(f"{HERE}/home")
    assert [one["kind"] for one in home["your_turn"]] == ["amend"]
    assert [one["url"] for one in home["news"]] == [f"/requests/{asked['id']}"]
    assert home["news"][0]["text"].startswith("Jorgen: ")
    # Reading it is no visit, so it is new still.
    assert (await cast.mentee.get(f"{HERE}/home"))["news"] == home["news"]
