"""Profiles: what is taken, what is refused and why, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from models.store.tables import ProgrammeRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Json, World, expect

HERE = f"/api/v1/programmes/{SLUG}"
PROFILE = f"{HERE}/profile"
FULL: Json = {
    "name": "Amara Okafor",
    "time_zone": "Africa/Lagos",
    "headline": "Engineer",
    "about": "I build things.\nAnd more.",
    "unit": "R&D",
    "location": "Lagos",
    "country": "ng",
    "languages": ["EN", "yo", "en"],
    "attributes": {"office": "north"},
    "contact": "Signal +234",
    "skills": [{"name": "Python", "level": 2, "target": 4}, {"name": "negotiation", "target": 3}],
    "preferences": [],
    "capacity": 2,
    "available": False,
    "available_from": "2026-05-01",
    "commitment": True,
}
pytestmark = SQLITE


async def test_a_whole_profile_is_kept_and_can_be_sent_back(town: World, cast: Cast) -> None:
    saved = await cast.mentee.http.put(PROFILE, json=FULL)
    assert saved.status_code == 200, saved.text
    found = saved.json()
    expected = FULL | {"country": "NG", "languages": ["en", "yo"], "name": "Amara Okafor"}
    expected["skills"] = [
        {"name": "negotiation", "level": None, "target": 3, "familiarity": None, "help": False},
        {"name": "python", "level": 2, "target": 4, "familiarity": None, "help": False},
    ]
    assert {name: found[name] for name in expected} == expected
    assert (found["complete"], found["missing"], found["hints"]) == (True, [], [])
    assert found["roles"] == ["mentee"]
    assert await cast.mentee.get(PROFILE) == found
    again = await cast.mentee.http.put(PROFILE, json=found)
    assert again.json() == found


async def test_what_is_left_out_stays_and_null_empties(town: World, cast: Cast) -> None:
    await cast.mentee.http.put(PROFILE, json=FULL)
    changed = (await cast.mentee.http.put(PROFILE, json={"headline": "Lead"})).json()
    assert (changed["headline"], changed["about"], changed["capacity"]) == ("Lead", FULL["about"], 2)
    emptied = (await cast.mentee.http.put(PROFILE, json={"capacity": None, "available": True})).json()
    assert (emptied["capacity"], emptied["available"], emptied["available_from"]) == (None, True, None)


async def test_a_time_zone_is_kept_as_it_is_called(town: World, cast: Cast) -> None:
    changed = await cast.mentee.http.put(PROFILE, json={"time_zone": " europe/paris "})
    assert changed.json()["time_zone"] == "Europe/Paris"


BAD: list[tuple[Json, str, str]] = [
    ({"skills": [{"name": "pyton", "level": 2}]}, "skills.0.name", "“python”"),
    ({"skills": [{"name": "python", "level": 6}]}, "skills.0.level", "1 to 5"),
    ({"skills": [{"name": "python", "target": 0}]}, "skills.0.target", "1 to 5"),
    ({"skills": [{"name": "python", "level": 1}, {"name": "PYTHON", "level": 2}]}, "skills.1.name", "twice"),
    ({"skills": [{"name": "python", "level": "high"}]}, "skills.0.level", "whole number"),
    ({"preferences": ["Evenings"]}, "preferences.0", "no such preference"),
    ({"time_zone": "Europe/Berln"}, "time_zone", "Europe/Berlin"),
    ({"time_zone": "UTC-5"}, "time_zone", "like America/New_York"),
    ({"time_zone": "CEST"}, "time_zone", "An abbreviation"),
    ({"time_zone": "localtime"}, "time_zone", "no such time zone"),
    ({"time_zone": "../UTC"}, "time_zone", "no such time zone"),
    ({"time_zone": "UTC\x00"}, "time_zone", "no such time zone"),
    ({"country": "Germny"}, "country", "Did you mean “Germany”"),
    ({"country": "XX"}, "country", "two letters"),
    ({"country": "X1"}, "country", "two letters"),
    ({"country": "ZZ"}, "country", "no such country"),
    ({"languages": ["en", "Germn"]}, "languages", "Did you mean “German”"),
    ({"languages": ["x1"]}, "languages", "ISO 639"),
    ({"languages": [""]}, "languages", "ISO 639"),
    ({"capacity": 4}, "capacity", "up to 3"),
    ({"capacity": -1}, "capacity", "up to 3"),
    ({"name": " \x00 "}, "name", "your name"),
    ({"headline": "x" * 300}, "headline", "200"),
    ({"about": "x" * 5000}, "about", "4000"),
    ({"attributes": {"a": "x" * 300}}, "attributes", "200"),
    ({"attributes": {str(n): "x" for n in range(200)}}, "attributes", "100"),
    ({"available_from": "soon"}, "available_from", "date"),
    ({"available": False, "available_from": "0001-01-01"}, "available_from", "after today"),
    ({"available": False, "available_from": "2026-03-02"}, "available_from", "after today"),
    ({"available": False, "available_from": "9999-12-31"}, "available_from", "ten years"),
    ({"roles": ["boss"]}, "roles", "A role is mentee"),
    ({"roles": ["mentee", "admin"]}, "roles", "nobody makes themselves one"),
    ({"roles": []}, "roles", "stay"),
    ({"skills": [{"name": "python", "level": 1}] * 150}, "skills", "100"),
]


async def test_bad_fields_are_named_and_nothing_is_written(town: World, cast: Cast) -> None:
    before = await cast.mentee.get(PROFILE)
    wrong = []
    for body, field, words in BAD:
        response = await cast.mentee.http.put(PROFILE, json={"unit": "Elsewhere"} | body)
        error = response.json().get("errors", [{}])[0]
        if (response.status_code, error.get("field")) != (422, field) or words not in error["message"]:
            wrong.append((body, response.status_code, error))
    assert wrong == []
    assert await cast.mentee.get(PROFILE) == before


async def test_countries_and_languages_are_understood_by_name(town: World, cast: Cast) -> None:
    for written, code in (
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("uk", "GB"),
        ("日本", "JP"),
        ("", ""),
    ):
        saved = await cast.mentee.http.put(PROFILE, json={"country": written})
        assert saved.json()["country"] == code
    saved = await cast.mentee.http.put(PROFILE, json={"languages": ["Deutsch", "français", "en-GB", "de"]})
    assert saved.json()["languages"] == ["de", "fr", "en"]


async def test_a_country_that_was_kept_before_they_were_checked_may_stay(town: World, cast: Cast) -> None:
    odd = await town.person("Olu", "mentee", country="XX", languages=["xq"])
    whole = await odd.get(PROFILE)
    again = await odd.http.put(PROFILE, json=whole | {"headline": "Engineer"})
    assert (again.status_code, again.json()["country"], again.json()["languages"]) == (200, "XX", ["xq"])


async def settings(cast: Cast, **values: Any) -> None:
    response = await cast.admin.http.patch(f"{HERE}/settings", json=values)
    assert response.status_code == 200, response.text


async def test_eligibility_decides_who_may_offer_themselves(town: World, cast: Cast) -> None:
    await settings(cast, eligibility="business_skills>=4")
    refused = await cast.mentee.http.put(PROFILE, json={"roles": ["mentee", "mentor"]})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "To be a mentor here you need business skills at level 4 or above."
    skills = [{"name": "business skills", "level": 4}, {"name": "python", "target": 3}]
    accepted = await cast.mentee.http.put(PROFILE, json={"roles": ["mentee", "mentor"], "skills": skills})
    assert accepted.json()["roles"] == ["mentee", "mentor"]
    assert accepted.json()["complete"] is True


async def test_losing_eligibility_hides_and_ends_nothing(town: World, cast: Cast) -> None:
    pair = await town.paired(cast.mentee, cast.mentor)
    await settings(cast, eligibility="python>=4", mentors_per_mentee=2)
    lower = await cast.mentor.http.put(PROFILE, json={"skills": [{"name": "python", "level": 3}]})
    assert lower.status_code == 200
    assert lower.json()["complete"] is False
    assert "level 4" in lower.json()["hints"][0]["message"]
    assert (await cast.mentee.get(f"/api/v1/relationships/{pair}"))["state"] == "active"
    other = await town.person("Kim", "mentee")
    listed = await other.get(f"{HERE}/mentors")
    assert cast.mentor.id not in [one["mentor"]["id"] for one in listed["items"]]


async def test_a_mentor_who_unticks_everything_steps_down(town: World, cast: Cast) -> None:
    await settings(cast, preferences=["Career", "Leading"])
    ticked = await cast.mentor.http.put(PROFILE, json={"preferences": ["career"]})
    assert ticked.json()["preferences"] == ["Career"]
    await cast.mentee.http.put(PROFILE, json={"preferences": ["Career"]})
    found = await cast.mentee.get(f"{HERE}/mentors", basis="preferences")
    assert [(one["mentor"]["id"], one["score"]) for one in found["items"]] == [(cast.mentor.id, 100)]
    unticked = await cast.mentor.http.put(PROFILE, json={"preferences": []})
    assert unticked.json()["missing"] == ["preferences"]
    empty = await cast.mentee.get(f"{HERE}/mentors")
    assert empty["items"] == []
    assert empty["advice"]


async def test_who_is_away_is_not_listed_and_comes_back_by_themselves(town: World, cast: Cast) -> None:
    await cast.mentor.http.put(PROFILE, json={"available": False, "available_from": "2026-03-10"})

    async def listed() -> bool:
        found = await cast.mentee.get(f"{HERE}/mentors")
        return cast.mentor.id in [one["mentor"]["id"] for one in found["items"]]

    assert not await listed()
    body = {"mentor_id": cast.mentor.id, "message": "Hello"}
    refused = await cast.mentee.post(f"{HERE}/requests", body, 409)
    assert refused["type"] == "/docs#not-listed"
    town.clock.forward(days=8)
    assert await listed()
    await cast.mentee.post(f"{HERE}/requests", body, 201)


async def test_a_day_that_has_come_is_sent_back_with_the_rest(town: World, cast: Cast) -> None:
    before = (
        await cast.mentor.http.put(PROFILE, json={"available": False, "available_from": "2026-03-10"})
    ).json()
    town.clock.forward(days=30)
    for old in (before, await cast.mentor.get(PROFILE)):
        again = await cast.mentor.http.put(PROFILE, json=old | {"headline": "Back"})
        assert (again.status_code, again.json()["available"], again.json()["available_from"]) == (
            200,
            True,
            None,
        )


async def test_a_day_that_has_come_makes_available_wherever_it_is_shown(town: World, cast: Cast) -> None:
    person = f"{HERE}/people/{cast.mentor.id}"
    await cast.mentor.http.put(PROFILE, json={"available": False, "available_from": "2026-03-10"})
    assert not (await cast.admin.get(person))["available"]
    town.clock.forward(days=30)
    found = await cast.mentor.get(PROFILE)
    assert (found["available"], found["available_from"]) == (True, None)
    assert (await cast.admin.get(person))["available"]
    away = (await cast.mentor.http.put(PROFILE, json={"available": False})).json()
    assert (away["available"], away["available_from"]) == (False, None)


async def test_a_day_that_was_kept_before_days_were_checked_stops_no_search(town: World, cast: Cast) -> None:
    away: Json = {"time_zone": "Asia/Tokyo", "available": False}
    await town.person("Ren", "mentor", available_from=date.min, **away)
    await town.person("Sora", "mentor", available_from=date.max, **away)
    found = await cast.mentee.get(f"{HERE}/mentors")
    assert sorted(one["mentor"]["name"] for one in found["items"]) == ["Bo", "Jorgen", "Ren"]


async def test_an_incomplete_mentee_cannot_search_or_ask(town: World, cast: Cast) -> None:
    await cast.mentee.http.put(PROFILE, json={"skills": []})
    refused = await cast.mentee.http.get(f"{HERE}/mentors")
    assert refused.status_code == 409
    assert "profile" in refused.json()["detail"]
    await cast.mentee.post(f"{HERE}/requests", {"mentor_id": cast.mentor.id, "message": "x"}, 409)


async def test_filters_and_words(town: World, cast: Cast) -> None:
    await cast.mentor.http.put(
        PROFILE,
        json={
            "country": "de",
            "languages": ["de"],
            "headline": "Data at sea",
            "attributes": {"office": "North"},
        },
    )
    await cast.bystander.http.put(PROFILE, json={"country": "fr", "languages": ["fr", "de"]})

    async def names(**params: Any) -> list[str]:
        found = await cast.mentee.get(f"{HERE}/mentors", **params)
        return sorted(one["mentor"]["name"] for one in found["items"])

    assert await names() == ["Bo", "Jorgen"]
    assert await names(basis="", exact="", q="", skill="", language="", country="") == ["Bo", "Jorgen"]
    assert await names(country="DE") == ["Jorgen"]
    assert await names(language=["de"], country=["de", "fr"]) == ["Bo", "Jorgen"]
    assert await names(q="sea") == ["Jorgen"]
    # An attribute is private until the programme shows it.
    attributes = [one["mentor"]["attributes"] for one in (await cast.mentee.get(f"{HERE}/mentors"))["items"]]
    assert (await names(office="north"), attributes) == ([], [{}, {}])
    await cast.admin.http.patch(f"{HERE}/settings", json={"filterable": ["Office"]})
    assert await names(office="north") == ["Jorgen"]
    found = await cast.mentee.get(f"{HERE}/mentors", office="NORTH")
    assert found["items"][0]["mentor"]["attributes"] == {"office": "North"}
    assert await names(shoe="43") == []
    assert await names(exact="true") == ["Bo", "Jorgen"] or await names(exact="true") == ["Jorgen"]
    assert await names(skill="negotiation") == []
    first = await cast.mentee.get(f"{HERE}/mentors", limit=1)
    second = await cast.mentee.get(f"{HERE}/mentors", limit=1, cursor=first["next"])
    assert second["next"] is None
    assert second["items"][0]["mentor"]["id"] != first["items"][0]["mentor"]["id"]
    for bad in ({"cursor": "x"}, {"basis": "love"}, {"exact": "perhaps"}, {"limit": 0}):
        assert (await cast.mentee.http.get(f"{HERE}/mentors", params=bad)).status_code == 422


async def test_every_change_of_people_is_seen_by_the_next_search(town: World, cast: Cast) -> None:
    with town.database.reading() as session:
        before = session.get_one(ProgrammeRow, town.programmes[SLUG]).people_version
    await cast.mentor.http.put(PROFILE, json={"headline": "New"})
    with town.database.reading() as session:
        row = session.scalars(select(ProgrammeRow).where(ProgrammeRow.slug == SLUG)).one()
    assert row.people_version == before + 1


async def test_familiarity_and_the_wish_for_help_stay_until_unticked(town: World, cast: Cast) -> None:
    path = f"/api/v1/programmes/{SLUG}/profile"

    async def save(*skills: dict[str, Any], status: int = 200) -> Any:
        return expect(await cast.mentee.http.put(path, json={"skills": list(skills)}), status)

    asked = {"name": "python", "level": 2, "target": 4, "familiarity": 3, "help": True}
    saved = await save(asked, {"name": "negotiation", "help": True})
    assert saved["skills"][1] == asked
    only = {"name": "negotiation", "level": None, "target": None, "familiarity": None, "help": True}
    assert only in saved["skills"]
    # What a body leaves out stays, as a program of before sends it; null and false take it away.
    kept = await save({"name": "python", "level": 3, "target": 4}, {"name": "negotiation", "level": 1})
    assert [one["help"] for one in kept["skills"]] == [True, True]
    assert {"name": "python", "level": 3, "target": 4, "familiarity": 3, "help": True} in kept["skills"]
    gone = await save({"name": "python", "level": 3, "target": 4, "familiarity": None, "help": False})
    assert gone["skills"] == [{"name": "python", "level": 3, "target": 4, "familiarity": None, "help": False}]
    for wrong in ({"familiarity": 6}, {"familiarity": 0}, {"familiarity": "much"}, {"help": "yes"}):
        await save({"name": "python", "level": 3, **wrong}, status=422)
    await save(asked)
    seen = await cast.admin.get(f"/api/v1/programmes/{SLUG}/people/{cast.mentee.id}")
    assert seen["skills"] == [asked]
    # Nothing of it is in what everybody in the programme may know of a mentor.
    mentors = await cast.bystander.get(f"/api/v1/programmes/{SLUG}/mentors")
    assert "familiarity" not in str(mentors)
