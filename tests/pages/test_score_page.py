"""The page and the endpoint of the weights: what they would do is seen first, and looking changes nothing."""

from __future__ import annotations

from models.store.tables import ProgrammeRow
from tests.api.world import SLUG, Json
from tests.pages.village import Village, Villager

HERE = f"/p/{SLUG}/admin/score"
PREVIEW = f"/api/v1/programmes/{SLUG}/score-preview"
TARGETS = {"python": 5, "negotiation": 5}
OTHERS = frozenset({"In person"})


async def cast(village: Village) -> dict[str, Villager]:
    """Otto knows the one skill and Nia the other, which is the narrower gap."""
    admin = await village.person("Ines", "admin")
    otto = await village.person("Otto", "mentor", skills={"python": 5}, preferences=OTHERS)
    nia = await village.person("Nia", "mentor", skills={"negotiation": 5}, preferences=OTHERS)
    levels = {"python": 1, "negotiation": 3}
    mia = await village.person("Mia", "mentee", skills=levels, targets=TARGETS)
    return {"ines": admin, "otto": otto, "nia": nia, "mia": mia}


def weights(village: Village) -> tuple[float, dict[str, float]]:
    with village.world.database.reading() as session:
        settings = session.get_one(ProgrammeRow, village.programme_id).settings
        return settings["skill_weight"], settings["skill_weights"]


async def look(admin: Villager, **query: str) -> Json:
    found = await admin.browser.get(PREVIEW, params=query)
    assert found.status_code == 200, found.text
    body: Json = found.json()
    return body


async def test_a_list_is_seen_before_and_after_and_then_follows(village: Village) -> None:
    people = await cast(village)
    admin, mia = people["ines"], people["mia"]
    before = weights(village)

    page = await admin.open(HERE)
    seen = await page.submit(
        page.form_with("step", "look"),
        step="look",
        share="70 %",
        weights="Negotiation: 2,5\n\npython = 0.5\n",
    )

    assert "1 of 1 lists would begin otherwise" in seen.text
    assert seen.text.index("Nia") < seen.text.index("Otto")
    assert weights(village) == before
    saved = await seen.submit(seen.form_with("step", "save"), step="save")
    assert "Lists follow the new weights at once" in saved.text
    assert weights(village) == (0.7, {"negotiation": 2.5, "python": 0.5})
    assert saved.form_with("step", "look").fields["weights"].split() == [
        "negotiation:",
        "2.5",
        "python:",
        "0.5",
    ]
    listed = (await mia.browser.get(f"/api/v1/programmes/{SLUG}/mentors")).json()["items"]
    assert [(one["mentor"]["name"], one["score"]) for one in listed[:2]] == [("Nia", 50), ("Otto", 20)]


async def test_the_preview_says_each_place_and_score(village: Village) -> None:
    people = await cast(village)
    before = weights(village)

    found = await look(people["ines"], skill_weights='{"NEGOTIATION": 10}')

    assert found["skill_weights"] == {"negotiation": 10}
    (only,) = found["lists"]
    assert (found["changed"], only["mentee"]) == (1, {"id": people["mia"].id, "name": "Mia"})
    rows = {one["mentor"]["name"]: one for one in only["mentors"]}
    assert [one["mentor"]["name"] for one in only["mentors"]][:2] == ["Nia", "Otto"]
    assert {key: rows["Nia"][key] for key in ("before", "after", "score_before", "score_after")} == {
        "before": 2,
        "after": 1,
        "score_before": 23,
        "score_after": 58,
    }
    assert weights(village) == before
    unchanged = await look(people["ines"])
    assert unchanged["changed"] == 0
    assert all(one["before"] == one["after"] for each in unchanged["lists"] for one in each["mentors"])


async def test_ten_lists_of_those_who_still_seek_somebody(village: Village) -> None:
    people = await cast(village)
    found = await village.person("Taken", "mentee", targets=TARGETS)
    await found.mentored_by(people["otto"])
    for number in range(12):
        await village.person(f"Seeker {number}", "mentee", targets=TARGETS)
    lists = (await look(people["ines"], skill_weight="0"))["lists"]
    assert len({one["mentee"]["id"] for one in lists}) == 10
    assert "Taken" not in {one["mentee"]["name"] for one in lists}
    assert (await look(people["ines"], skill_weight="0"))["lists"] == lists


async def test_what_cannot_be_read_comes_back_with_a_sentence_at_its_field(village: Village) -> None:
    admin = (await cast(village))["ines"]
    before = weights(village)
    for typed, sentence in (
        ({"share": "much"}, "Write a number from 0 to 100."),
        ({"share": "nan"}, "takes a number from 0 to 1"),
        ({"share": "120"}, "takes a number from 0 to 1"),
        ({"weights": "python"}, "“python” has no number"),
        ({"weights": "python: 2\npython: 3"}, "“python” stands here twice"),
        ({"weights": "pyhton: 2"}, "There is no skill “pyhton”. Did you mean “python”?"),
        ({"weights": "python: 11"}, "takes a number from 0 to 10 for each skill"),
    ):
        for step in ("look", "save"):
            page = await admin.open(HERE)
            refused = await page.submit(page.form_with("step", "look"), step=step, **typed)
            assert (refused.status, sentence in refused.text) == (422, True), (typed, step)
            fields = refused.form_with("step", "look").fields
            assert all(fields[name].strip() == text for name, text in typed.items())
    assert weights(village) == before


async def test_bad_queries_name_the_setting(village: Village) -> None:
    admin = (await cast(village))["ines"]
    for query, field in (
        ({"skill_weight": "half"}, "skill_weight"),
        ({"skill_weights": "python"}, "skill_weights"),
        ({"skill_weights": '{"pyhton": 2}'}, "skill_weights"),
        ({"skill_weights": '{"python": -1}'}, "skill_weights"),
    ):
        found = await admin.browser.get(PREVIEW, params=query)
        assert (found.status_code, found.json()["errors"][0]["field"]) == (422, field), found.text
