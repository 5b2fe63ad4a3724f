"""Recommendations and pairs from end to end, over HTTP and mail alone, on both databases."""

from __future__ import annotations

import asyncio

from tests.e2e.town import SLUG, Json, Someone, Town

P = f"/api/v1/programmes/{SLUG}"


async def until(admin: Someone, draft: Json, state: str) -> Json:
    async with asyncio.timeout(60):
        while (found := await admin.get(f"/api/v1/drafts/{draft['id']}"))["state"] != state:
            await asyncio.sleep(0.05)
    return found


async def items(admin: Someone, draft: Json) -> dict[str, Json]:
    found = await admin.get(f"/api/v1/drafts/{draft['id']}/items")
    return {item["mentee"]["id"]: item for item in found["items"]}


async def test_recommendations_are_drafted_changed_and_mailed_once(town: Town) -> None:
    admin = await town.admin()
    mina, max_ = await town.mentee("Mina"), await town.mentee("Max")
    unfinished = await town.mentee("Una", complete=False)
    momo, nora = await town.mentor("Momo"), await town.mentor("Nora")
    draft = await admin.post(f"{P}/recommendations", expect=202, per_mentee=2)
    assert (draft["kind"], draft["matched"]) == ("recommendations", 0)
    ready = await until(admin, draft, "draft")
    assert (ready["progress"], ready["matched"], ready["unmatched"], ready["total_score"]) == (100, 2, 1, 400)
    found = await items(admin, draft)
    assert {one["mentor"]["id"] for one in found[mina.id]["mentors"]} == {momo.id, nora.id}
    assert found[mina.id]["mentors"][0]["reasons"][0]["kind"] == "gap-covered"
    assert found[unfinished.id]["why_none"] == "The profile of the mentee is not complete."
    await town.quiet()
    assert mina.mails("mentors-recommended") == []

    where = f"/api/v1/drafts/{draft['id']}"
    changed = await admin.http.put(f"{where}/items/{max_.id}", json={"mentors": [nora.id]})
    assert (changed.status_code, changed.json()["by_hand"]) == (200, True)
    both = await asyncio.gather(*(admin.post(f"{where}/publish") for _ in range(2)))
    assert {one["state"] for one in both} <= {"publishing", "published"}
    done = await until(admin, draft, "published")
    assert (done["left_out"], done["allowed"]) == (0, [])
    mail = await mina.mail("mentors-recommended")
    assert "Momo" in mail.text
    assert "Nora" in mail.text
    assert momo.email not in mail.text
    assert "Momo" not in (await max_.mail("mentors-recommended")).text
    await admin.post(f"{where}/publish")
    await admin.post(f"{where}/discard", expect=409)
    refused = await admin.http.put(f"{where}/items/{max_.id}", json={"mentors": []})
    assert refused.status_code == 409
    await town.quiet()
    assert len(mina.mails("mentors-recommended")) == 1
    assert unfinished.mails() == momo.mails() == []
