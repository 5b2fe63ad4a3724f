"""A member on the coordinator's desk, the end of a membership, and what is left to the coordinators."""

from __future__ import annotations

from models.links import Purpose
from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM
from models.process.request import moves as request_moves
from models.process.request.reports import LeaveToAdmins
from tests.browser.scenes.stage import BASE, Stage
from tests.pages.village import Villager


async def members(stage: Stage) -> None:
    v, people = stage.village, f"{BASE}/admin/people"
    admin = await v.person("Ada Desk", "admin")
    mentee = await v.person("Amara", "mentee", skills={"architecture": 1}, targets={"architecture": 4})
    mentor = await v.person("Jorgen", "mentor", skills={"architecture": 5})
    asked = await mentee.ask(mentor)
    stage.add("member", f"{people}/{mentor.id}", admin)
    stage.add("member-oneself", f"{people}/{admin.id}", admin)
    stage.add("member-remove", f"{people}/{mentor.id}/remove", admin)
    link = await v.link(Purpose.DECIDE, await _left(stage, mentee), mentor, 1)
    stage.add("left-to-admins-link", link)
    stage.add("left-to-admins-stalled", f"{BASE}/admin/stalled", admin)
    for name, reader in (("mentee", mentee), ("mentor", mentor), ("admin", admin)):
        stage.add(f"left-to-admins-{name}", f"/requests/{asked}", reader)
    gone = await v.person("Una Leaver", "mentor", skills={"architecture": 5})
    other = await mentee.ask(gone)
    stage.add("link-of-left", await v.link(Purpose.DECIDE, other, gone, 1))
    await v.world.leave(gone.id)


async def _left(stage: Stage, mentee: Villager) -> str:
    """The id of the mentee's request, which its mentor does not answer any more."""
    gateway = stage.village.world.gateway
    stands = next(one for one in gateway.requests.values() if one.mentee_id == mentee.id)
    command = LeaveToAdmins(cause=ReleaseCause.MENTOR_STOPPED)
    now = stage.village.world.clock()
    await gateway._take(request_moves.decide(stands, command, SYSTEM, now))
    return stands.id
