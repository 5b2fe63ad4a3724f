"""The skills of a programme over HTTP: read by its people, changed by its admins."""

from __future__ import annotations

from tests.api.conftest import Cast
from tests.api.world import SLUG, World, expect

HERE = f"/api/v1/programmes/{SLUG}"


async def test_a_skill_is_made_found_by_its_alias_renamed_and_merged(town: World, cast: Cast) -> None:
    made = await cast.admin.post(
        f"{HERE}/skills", {"name": "React", "aliases": ["reactjs"], "skillset": "Web"}, 201
    )
    assert (made["name"], made["aliases"], made["skillset"], made["people"]) == (
        "React",
        ["reactjs"],
        "Web",
        0,
    )
    profile = expect(
        await cast.mentor.http.put(f"{HERE}/profile", json={"skills": [{"name": "ReactJS", "level": 3}]}),
        200,
    )
    assert profile["skills"] == [
        {"name": "React", "level": 3, "target": None, "familiarity": None, "help": False}
    ]
    path = f"{HERE}/skills/{made['id']}"
    renamed = expect(await cast.admin.http.patch(path, json={"name": "React.js"}), 200)
    assert (renamed["aliases"], renamed["people"]) == (["reactjs", "React"], 1)
    assert (await cast.mentor.get(f"{HERE}/profile"))["skills"][0]["name"] == "React.js"
    other = await cast.admin.post(f"{HERE}/skills", {"name": "Web frameworks"}, 201)
    merging = {"into": other["id"]}
    headers = {"Idempotency-Key": "merge-once"}
    answers = [await cast.admin.http.post(f"{path}/merge", json=merging, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["aliases"] == ["React.js", "reactjs", "React"]
    assert (await cast.mentor.get(f"{HERE}/profile"))["skills"][0] == {
        "name": "Web frameworks",
        "level": 3,
        "target": None,
        "familiarity": None,
        "help": False,
    }
    refused = await cast.admin.http.delete(f"{HERE}/skills/{other['id']}")
    assert refused.status_code == 409
    assert "is in the profile of" in refused.json()["detail"]


async def test_the_list_is_searched_without_accents_and_goes_on_at_its_cursor(
    town: World, cast: Cast
) -> None:
    for name in ("Ångström", "Zeichnen", "Öffentliche Rede", "öffnen"):
        await cast.admin.post(f"{HERE}/skills", {"name": name}, 201)
    found = await cast.mentee.get(f"{HERE}/skills", q="offentliche")
    assert [(one["name"], one["people"]) for one in found["items"]] == [("Öffentliche Rede", None)]
    names: list[str] = []
    page = await cast.mentee.get(f"{HERE}/skills", limit=1)
    while True:
        names += [one["name"] for one in page["items"]]
        if page["next"] is None:
            break
        page = await cast.mentee.get(f"{HERE}/skills", limit=1, cursor=page["next"])
    assert names == [one["name"] for one in (await cast.mentee.get(f"{HERE}/skills"))["items"]]
    assert names[0] == "Ångström"
    bad = await cast.mentee.http.get(f"{HERE}/skills?cursor=x")
    assert bad.status_code == 422


async def test_much_alike_is_asked_about(town: World, cast: Cast) -> None:
    await cast.admin.post(f"{HERE}/skills", {"name": "Javascript"}, 201)
    refused = await cast.admin.http.post(f"{HERE}/skills", json={"name": "Java script"})
    assert refused.status_code == 422
    assert "There is “Javascript” already" in refused.json()["errors"][0]["message"]
    await cast.admin.post(f"{HERE}/skills", {"name": "Java script", "anyway": True}, 201)
