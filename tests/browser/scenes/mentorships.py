"""Mentorships by topic, what a mentor does, assigning, and the end of an assignment."""

from __future__ import annotations

from api.mentorships import acts
from api.mentorships.schemas import TopicIn
from tests.browser.scenes.stage import BASE, Stage


async def mentorships(stage: Stage) -> None:
    v, cast = stage.village, stage.cast
    mentor = await v.person("Lars Holm", "mentor", skills={"devops": 4})
    mentee = await v.person("Oona Virtanen", "mentee", skills={"devops": 1}, targets={"devops": 4})
    await mentee.mentored_by(mentor)
    admin, about = await cast.ines.member(), TopicIn(skill="architecture")
    made = await acts.assign(v.world.ctx, admin, cast.ngozi.id, mentor.id, about, True, "scene")
    stage.add("mentorships", f"{BASE}/mentorships", mentor)
    stage.add("mentorships-none", f"{BASE}/mentorships", cast.petra)
    stage.add("what-mentors-do", f"{BASE}/what-mentors-do", mentor)
    stage.add("assign", f"{BASE}/people/{cast.ngozi.id}/assign", cast.ines)
    stage.add("assigned-member", f"{BASE}/admin/people/{cast.ngozi.id}", cast.ines)
    stage.add("assignment-end", f"/assignments/{made.id}/end", cast.ines)
