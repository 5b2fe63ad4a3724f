"""Direct assignments (M12), and who mentors whom in which topics (L16)."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from activities.questions import LateQuestions
from models.process.programme import ProgrammeSettings
from models.store import erasing
from models.store.assignment_tables import AssignmentRow
from models.store.delivery import MailRow
from models.store.skill_changes import ensure_skillset
from models.store.tables import MemberRow, ProgrammeRow
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, Someone, World, expect

P = f"/api/v1/programmes/{SLUG}"


async def _assign(by: Someone, cast: Cast, status: int = 201, key: str = "", **more: Any) -> dict[str, Any]:
    body = {"mentee_id": cast.mentee.id, "mentor_id": cast.mentor.id, "topic": {"skill": "python"}, **more}
    return await by.post(f"{P}/assignments", body, status, key)


def _mails(town: World) -> list[tuple[str, str | None]]:
    with town.database.reading() as session:
        query = select(MailRow.kind, MailRow.to_person).where(MailRow.kind.startswith("assignment"))
        return sorted(session.execute(query).all())


async def test_an_admin_assigns_without_asking_and_ends_with_a_word(town: World, cast: Cast) -> None:
    made = await _assign(cast.admin, cast, notify=True)
    assert (made["state"], made["topic"]) == ("active", {"skill": "python", "skillset": None})
    assert (made["mentee"]["name"], made["mentor"]["name"], made["allowed"]) == ("Amara", "Jorgen", ["end"])
    assert _mails(town) == sorted(("assignment-made", one.id) for one in (cast.mentee, cast.mentor))
    where = f"/api/v1/assignments/{made['id']}"
    for one in (cast.mentee, cast.mentor):
        assert (await one.get(where))["allowed"] == []
        await one.post(f"{where}/end", {"comment": "No."}, 403)
    for one in (cast.bystander, cast.foreign_admin):
        expect(await one.http.get(where), 404)
        await one.post(f"{where}/end", {"comment": "No."}, 404)
    await cast.admin.post(f"{where}/end", {"comment": " "}, 422)
    ended = await cast.admin.post(f"{where}/end", {"comment": "Thank you both."}, key="k")
    assert (ended["state"], ended["comment"], ended["allowed"]) == ("ended", "Thank you both.", [])
    await cast.admin.post(f"{where}/end", {"comment": "Thank you both."}, key="k")
    await cast.admin.post(f"{where}/end", {"comment": "Again."}, 409)
    assert len(_mails(town)) == 4
    assert (await cast.mentor.get(f"{P}/mentorships"))["items"] == []


async def test_each_topic_once_and_several_topics(town: World, cast: Cast) -> None:
    with town.database.writing() as session:
        group = ensure_skillset(session, town.programmes[SLUG], "Tools").id
    first = await _assign(cast.admin, cast, key="a")
    assert (await _assign(cast.admin, cast, key="a"))["id"] == first["id"]
    assert (await _assign(cast.admin, cast, 409))["title"] == "Already open"
    tools = await _assign(cast.admin, cast, topic={"skillset": "Tools"})
    assert tools["topic"] == {"skill": None, "skillset": "Tools"}
    await _assign(cast.admin, cast, 409, topic={"skillset": group})
    assert _mails(town) == []
    await cast.admin.post(f"/api/v1/assignments/{first['id']}/end", {"comment": "Over."})
    again = await _assign(cast.admin, cast)
    assert again["id"] != first["id"]
    body = {"mentee_id": cast.mentee.id, "mentor_id": cast.mentor.id, "topic": {"skill": "negotiation"}}
    calls = (cast.admin.http.post(f"{P}/assignments", json=body) for _ in range(4))
    sent = await asyncio.gather(*calls)
    assert sorted(one.status_code for one in sent) == [201, 409, 409, 409]


async def test_who_may_assign_and_whom(town: World, cast: Cast) -> None:
    for one in (cast.mentee, cast.mentor, cast.bystander):
        await _assign(one, cast, 403)
    await _assign(cast.foreign_admin, cast, 404)
    wrongs: tuple[dict[str, Any], ...] = (
        {"topic": {}},
        {"topic": {"skill": "python", "skillset": "Tools"}},
        {"topic": {"skill": "pyton"}},
        {"topic": {"skillset": "None"}},
        {"topic": "python"},
        {"mentor_id": cast.mentee.id},
        {"mentee_id": cast.mentor.id},
        {"mentee_id": "x"},
        {"notify": "yes"},
    )
    for wrong in wrongs:
        await _assign(cast.admin, cast, 422, **wrong)
    same = {"mentee_id": cast.bystander.id, "mentor_id": cast.bystander.id}
    await _assign(cast.admin, cast, 409, **same)
    with town.database.writing() as session:
        row = session.get_one(MemberRow, (town.programmes[SLUG], cast.mentee.id))
        row.manager_email = cast.mentor.email
    assert "line manager" in (await _assign(cast.admin, cast, 409))["detail"]
    with town.database.writing() as session:
        row = session.get_one(MemberRow, (town.programmes[SLUG], cast.mentee.id))
        row.manager_email = cast.bystander.email
    await _assign(cast.bystander, cast, 403)
    with town.database.writing() as session:
        programme = session.get_one(ProgrammeRow, town.programmes[SLUG])
        changed = ProgrammeSettings.kept(programme.settings).changed({"assignments_by_managers": "true"})
        programme.settings = changed.stored()
    made = await _assign(cast.bystander, cast)
    await cast.bystander.post(f"/api/v1/assignments/{made['id']}/end", {"comment": "Done."})


async def test_everybody_sees_their_mentorships_and_who_asks_for_help(town: World, cast: Cast) -> None:
    pair = await town.paired(cast.mentee, cast.mentor)
    town.clock.forward(hours=1)
    made = await _assign(cast.admin, cast, topic={"skill": "negotiation"})
    town.clock.forward(hours=1)
    skills = [{"name": "python", "level": 2, "target": 4, "help": True}]
    expect(await cast.mentee.http.put(f"{P}/profile", json={"skills": skills}), 200)
    assigned, together = (await cast.mentor.get(f"{P}/mentorships"))["items"]
    assert (assigned["role"], assigned["assignment_id"], assigned["relationship_id"]) == (
        "mentor",
        made["id"],
        None,
    )
    assert assigned["topic"] == {"skill": "negotiation", "skillset": None}
    assert assigned["other"] == {"id": cast.mentee.id, "name": "Amara"}
    assert (together["relationship_id"], together["topic"], together["topics"]) == (pair, None, ["python"])
    for one in (assigned, together):
        assert one["help"] == [{"skill": "python", "since": "2026-03-02T11:30:00Z"}]
    mine = (await cast.mentee.get(f"{P}/mentorships"))["items"]
    assert [one["role"] for one in mine] == ["mentee", "mentee"]
    for other in (cast.admin, cast.bystander):
        assert (await other.get(f"{P}/mentorships"))["items"] == []
    skills[0]["help"] = False
    expect(await cast.mentee.http.put(f"{P}/profile", json={"skills": skills}), 200)
    assert all(one["help"] == [] for one in (await cast.mentor.get(f"{P}/mentorships"))["items"])


async def test_who_leaves_ends_it_and_the_other_is_told(town: World, cast: Cast) -> None:
    made = await _assign(cast.admin, cast)
    await town.leave(cast.mentor.id)
    late = LateQuestions(town.database, lambda: None, town.clock)
    assert await late.close_due() == 1
    assert await late.close_due() == 0
    assert _mails(town) == [("assignment-ended", cast.mentee.id)]
    assert (await cast.admin.get(f"/api/v1/assignments/{made['id']}"))["state"] == "ended"


@SQLITE
async def test_an_erasure_of_who_ended_it_takes_the_word(town: World, cast: Cast) -> None:
    made = await _assign(cast.admin, cast)
    await cast.admin.post(f"/api/v1/assignments/{made['id']}/end", {"comment": "Ines says bye."})
    with town.database.writing() as session:
        gone = erasing.Asked(cast.admin.id, town.clock(), town.clock(), by_operator=True)
        erasing.ask(session, gone)
        erasing.begin(session, gone)
        erasing.erase(session, cast.admin.id, town.clock())
        assert "Ines" not in session.get_one(AssignmentRow, made["id"]).comment
        mails = session.scalars(select(MailRow).where(MailRow.kind == "assignment-ended"))
        assert [one.props["comment"] for one in mails] == ["", ""]
