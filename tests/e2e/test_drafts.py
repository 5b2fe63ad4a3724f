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


async def test_pairs_are_drafted_around_what_is_pinned_and_begin_at_once(town: Town) -> None:
    admin = await town.admin()
    mina, max_, mona = [await town.mentee(name) for name in ("Mina", "Max", "Mona")]
    momo, nora = await town.mentor("Momo", capacity=1), await town.mentor("Nora", capacity=1)
    asked = await mina.ask(momo)
    draft = await admin.post(f"{P}/pairings", expect=202, minimum_score=10)
    ready = await until(admin, draft, "draft")
    assert (ready["kind"], ready["matched"], ready["unmatched"]) == ("pairing", 2, 1)
    found = await items(admin, draft)
    # The two whose request is open are not paired past it.
    assert [one["mentor"]["id"] for one in found[mina.id]["mentors"]] in ([nora.id], [])
    (without,) = [one for one in found.values() if not one["mentors"]]
    assert without["why_none"] == "The places of all mentors who fit went to better pairs."
    assert without["one_more"]

    where = f"/api/v1/drafts/{draft['id']}"
    full = await admin.http.put(f"{where}/items/{without['mentee']['id']}", json={"mentors": [nora.id]})
    assert (full.status_code, full.json()["title"]) == (409, "No place left")
    forbid = [{"mentee_id": max_.id, "mentor_id": momo.id}]
    await admin.post(f"{where}/compute", expect=202, forbid=forbid)
    again = await until(admin, draft, "draft")
    assert again["before"] == {"total_score": ready["total_score"], "matched": 2}
    found = await items(admin, draft)
    assert [one["mentor"]["id"] for one in found[mona.id]["mentors"]] == [momo.id]
    (other,) = [one for one in (mina, max_) if found[one.id]["mentors"]]

    await admin.post(f"{where}/publish")
    done = await until(admin, draft, "published")
    assert (done["matched"], done["left_out"]) == (2, 0)
    for mentee, mentor in ((mona, momo), (other, nora)):
        told = (await mentee.mail("relationship-started")).text
        name = found[mentee.id]["mentors"][0]["mentor"]["name"]
        assert f"have paired you with {name}" in told
        assert mentor.email in told
        assert "python" in told.lower()
        (request,) = (await mentee.get(f"{P}/requests", state="accepted"))["items"]
        assert (request["kind"], request["state"], request["score"]) == ("pairing", "accepted", 100)
        assert [entry["what"] for entry in request["timeline"]] == ["RequestPaired", "RequestAccepted"]
        pair = await mentor.relationship(request["relationship_id"])
        assert [entry["what"] for entry in pair["timeline"]] == ["RelationshipPaired"]
    assert nora.mails("request-received") == []
    await mina.mail("request-released")
    assert (await mina.request(asked["id"]))["state"] == "released"


async def test_what_holds_no_more_is_left_out_and_named(town: Town) -> None:
    admin = await town.admin()
    mina, max_ = await town.mentee("Mina"), await town.mentee("Max")
    momo = await town.mentor("Momo", capacity=2)
    draft = await admin.post(f"{P}/pairings", expect=202)
    assert (await until(admin, draft, "draft"))["matched"] == 2
    nora = await town.mentor("Nora")
    asked = await mina.ask(nora)
    await nora.tell(asked, "accept", comment="Gladly.")
    other = await mina.ask(momo)
    await momo.tell(other, "accept", comment="Me too.")
    await admin.post(f"/api/v1/drafts/{draft['id']}/publish")
    done = await until(admin, draft, "published")
    assert (done["matched"], done["left_out"]) == (2, 1)
    found = await items(admin, draft)
    assert found[mina.id]["mentors"][0]["left_out"] == "The two work together already."
    assert found[max_.id]["mentors"][0]["left_out"] is None
    assert "paired you with Momo" in (await max_.mail("relationship-started")).text
    await town.quiet()
    assert len(mina.mails("relationship-started")) == 2


async def test_what_was_recommended_comes_first_and_alone_where_the_list_is_hidden(town: Town) -> None:
    admin, mina, max_ = await town.admin(), await town.mentee("Mina"), await town.mentee("Max")
    momo, nora, olga = [await town.mentor(name) for name in ("Momo", "Nora", "Olga")]
    draft = await admin.post(f"{P}/recommendations", expect=202, per_mentee=2, mentee_ids=[mina.id])
    assert (await until(admin, draft, "draft"))["matched"] == 1
    where = f"/api/v1/drafts/{draft['id']}"
    await admin.http.put(f"{where}/items/{mina.id}", json={"mentors": [olga.id, nora.id]})
    await admin.post(f"{where}/publish")
    await until(admin, draft, "published")

    async def seen(who: Someone, **query: int) -> list[tuple[str, bool]]:
        found = await who.get(f"{P}/mentors", **query)
        assert found["total"] == 3
        return [(one["mentor"]["id"], one["pushed"]) for one in found["items"]]

    assert await seen(mina) == [(olga.id, True), (nora.id, True), (momo.id, False)]
    assert {pushed for _, pushed in await seen(max_)} == {False}
    home = (await mina.get(f"{P}/home"))["recommended"]
    assert [(one["mentor"]["id"], one["pushed"]) for one in home][:2] == [(olga.id, True), (nora.id, True)]

    changed = await admin.http.patch(f"{P}/settings", json={"list_hidden": True})
    assert changed.status_code == 200, changed.text
    assert [one["mentor"]["id"] for one in (await mina.get(f"{P}/mentors"))["items"]] == [olga.id, nora.id]
    assert (await max_.get(f"{P}/mentors"))["items"] == []
    await max_.ask(momo, expect=409)
    await mina.ask(momo, expect=409)
    assert (await mina.ask(nora))["state"] == "pending"
