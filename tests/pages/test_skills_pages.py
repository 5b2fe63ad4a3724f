"""The page of skills on the coordinator's desk: a programme set up without a file can have mentors."""

from __future__ import annotations

from httpx import Response

from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.village import Village, Villager

pytestmark = SQLITE
HERE = f"/p/{SLUG}/admin/skills"


async def sent(who: Villager, path: str, **fields: str) -> Response:
    form = (await who.open("/")).form_with("csrf")
    return await who.browser.post(path, data={"csrf": form.fields["csrf"], **fields})


async def test_a_coordinator_adds_renames_and_merges_skills_and_names_the_levels(village: Village) -> None:
    admin, mentor = await village.person("Ines", "admin"), await village.person("Ben", "mentor")
    added = await sent(admin, HERE, name="reactjs", skillset="Web")
    assert added.status_code == 303
    where = added.headers["location"]
    assert (await sent(admin, where, name="React", aliases="", skillset="Web")).status_code == 303
    assert ">reactjs</textarea>" in (await admin.get(where)).text.replace("\n", "")
    refused = await sent(admin, HERE, name="Reactjs")
    assert refused.status_code == 422
    assert "There is a skill" in refused.text
    names = {f"level_{n}": f"step {n}" for n in range(1, 6)}
    assert (await sent(admin, HERE, levels="yes", **(names | {"level_3": ""}))).status_code == 422
    assert (await sent(admin, HERE, levels="yes", **names)).status_code == 303
    fields = {"name": "Ben", "time_zone": "Europe/Berlin", "roles": "mentor", "headline": "Builds"}
    skill = {"skill_0": "REACTJS", "level_0": "4"}
    saved = await sent(mentor, f"/p/{SLUG}/profile", **fields, **skill)
    assert saved.status_code == 303, saved.text
    profile = (await mentor.get(f"/p/{SLUG}/profile")).text
    assert 'value="React"' in profile
    assert "4 (step 4)" in profile
    other = (await sent(admin, HERE, name="Front end")).headers["location"]
    merged = await sent(admin, where, merge="yes", into="front-end")
    assert merged.headers["location"] == other
    assert "1 person names it" in " ".join((await admin.get(other)).text.split())
    assert (await admin.get(where)).status_code == 404
    unused = (await sent(admin, HERE, name="Cooking")).headers["location"]
    assert (await sent(admin, unused, delete="yes")).headers["location"] == HERE
    assert "Cooking" not in (await admin.get(HERE)).text
