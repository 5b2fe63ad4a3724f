"""The skills of a programme: read by its people, changed by its admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field
from starlette.responses import Response

from api.desk import skills
from api.desk.skills import SkillEntry, SkillsetOut
from api.web.access import Ctx, Member, admin
from api.web.idempotency import Reply
from api.web.inputs import In, PageQuery
from api.web.json_routes import OnceHere, Part, answer, json_router
from api.web.problems import ONE, WRITING, problems
from api.web.schemas import Page
from models.store.skill_changes import MAX_ALIASES, SkillChange

router = json_router("skills", "/programmes/{slug}")
Admin = Annotated[Member, Depends(admin)]
POSTING = problems(*WRITING, "not-allowed", "key-reused")
CHANGING = problems(*WRITING, "not-allowed")
DELETING = problems(*WRITING, "not-allowed", "refused")

Name = Annotated[str, Field(max_length=400)]
Aliases = Annotated[list[Name], Field(max_length=MAX_ALIASES)]


class SkillQuery(PageQuery):
    q: str = Field("", max_length=200, description="Words in the names")


class SkillIn(In):
    name: Name
    aliases: Aliases = Field([])
    skillset: Name = Field("", description="Name of a group; made if there is none")
    anyway: bool = Field(False, description="Although there is one that is much like it")


class SkillChangeIn(In):
    """What is left out or null stays as it is; an empty `skillset` takes the skill out of its group."""

    name: Name | None = None
    aliases: Aliases | None = None
    skillset: Name | None = None


class MergeIn(In):
    into: str = Field(max_length=64, description="Id of the skill that stays")


class SkillsetIn(In):
    name: Name


@router.get("/skills", response_model=Page[SkillEntry], responses=problems(*ONE, "invalid"))
async def list_skills(ctx: Ctx, member: Part, query: Annotated[SkillQuery, Query()]) -> Response:
    """The skills of the programme by name."""
    return answer(await skills.skills(ctx, member, query.q, query.limit, query.cursor))


@router.post("/skills", response_model=SkillEntry, status_code=201, responses=POSTING)
async def create_skill(ctx: Ctx, member: Admin, once: OnceHere, body: SkillIn) -> Response:
    """A new skill. One that is much like another is refused unless it is wanted `anyway`."""

    async def act(key: str) -> Reply:
        change = SkillChange(body.name, tuple(body.aliases), body.skillset)
        made = await skills.create(ctx, member, change, anyway=body.anyway)
        return Reply(made, 201, f"/api/v1/programmes/{member.programme.slug}/skills/{made.id}")

    return await once.answer(act, lambda made: skills.skill(ctx, member, made))


@router.get("/skills/{skill_id}", response_model=SkillEntry, responses=problems(*ONE))
async def get_skill(ctx: Ctx, member: Part, skill_id: str) -> Response:
    """One skill."""
    return answer(await skills.skill(ctx, member, skill_id))


@router.patch("/skills/{skill_id}", response_model=SkillEntry, responses=CHANGING)
async def change_skill(ctx: Ctx, member: Admin, skill_id: str, body: SkillChangeIn) -> Response:
    """Another name, other aliases, another group. A former name stays an alias unless `aliases` are sent."""
    aliases = None if body.aliases is None else tuple(body.aliases)
    return answer(await skills.alter(ctx, member, skill_id, SkillChange(body.name, aliases, body.skillset)))


@router.delete("/skills/{skill_id}", status_code=204, responses=DELETING)
async def delete_skill(ctx: Ctx, member: Admin, skill_id: str) -> Response:
    """Deletes a skill that nothing uses; merge one that is used."""
    await skills.remove(ctx, member, skill_id)
    return Response(status_code=204)


@router.post("/skills/{skill_id}/merge", response_model=SkillEntry, responses=POSTING)
async def merge_skill(ctx: Ctx, member: Admin, once: OnceHere, skill_id: str, body: MergeIn) -> Response:
    """Moves everybody's levels and targets to another skill, where the higher counts; answers that."""

    async def act(key: str) -> Reply:
        return Reply(await skills.merge(ctx, member, skill_id, body.into))

    return await once.answer(act, lambda _: skills.skill(ctx, member, body.into))


@router.get("/skillsets", response_model=Page[SkillsetOut], responses=problems(*ONE))
async def list_skillsets(ctx: Ctx, member: Part) -> Response:
    """The groups of skills by name, all on one page."""
    return answer(await skills.skillsets(ctx, member))


@router.post("/skillsets", response_model=SkillsetOut, status_code=201, responses=POSTING)
async def create_skillset(ctx: Ctx, member: Admin, once: OnceHere, body: SkillsetIn) -> Response:
    """A group; the one of this name if there is one already."""

    async def act(key: str) -> Reply:
        return Reply(await skills.create_skillset(ctx, member, body.name), 201)

    return await once.answer(act, lambda made: skills.skillset(ctx, member, made))


@router.patch("/skillsets/{skillset_id}", response_model=SkillsetOut, responses=CHANGING)
async def rename_skillset(ctx: Ctx, member: Admin, skillset_id: str, body: SkillsetIn) -> Response:
    """Another name for a group."""
    return answer(await skills.rename_skillset(ctx, member, skillset_id, body.name))


@router.delete("/skillsets/{skillset_id}", status_code=204, responses=CHANGING)
async def delete_skillset(ctx: Ctx, member: Admin, skillset_id: str) -> Response:
    """Deletes a group; its skills stay."""
    await skills.remove_skillset(ctx, member, skillset_id)
    return Response(status_code=204)
