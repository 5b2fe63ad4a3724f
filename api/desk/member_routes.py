"""Single members of a programme, for its admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from starlette.responses import Response

from api.desk import members
from api.desk.schemas import PersonIn, PersonOut, RemovalOut, RemovalQuery
from api.profile.profiles import ProfileChange
from api.web.access import Ctx, Member, admin
from api.web.json_routes import answer, json_router
from api.web.problems import ONE, WRITING, problems

router = json_router("admin", "/programmes/{slug}/people")

Admin = Annotated[Member, Depends(admin)]
READING = problems(*ONE, "not-allowed")
CHANGING = problems(*WRITING, "not-allowed", "refused")


@router.get("/{person_id}", response_model=PersonOut, responses=READING)
async def get_person(ctx: Ctx, member: Admin, person_id: str) -> Response:
    """One member, with their roles."""
    return answer(await members.person(ctx, member, person_id))


@router.patch("/{person_id}", response_model=PersonOut, responses=CHANGING)
async def change_person(ctx: Ctx, member: Admin, person_id: str, body: PersonIn) -> Response:
    """Changes roles, availability or capacity of a member. What is open follows from it."""
    empties_capacity = "capacity" in body.model_fields_set and body.capacity is None
    wanted = ProfileChange(
        roles=None if body.roles is None else tuple(body.roles),
        available=body.available,
        capacity=body.capacity,
        clears=frozenset({"capacity"} if empties_capacity else ()),
    )
    return answer(await members.change(ctx, member, person_id, wanted, myself=body.myself))


@router.get("/{person_id}/removal", response_model=RemovalOut, responses=READING)
async def removal(ctx: Ctx, member: Admin, person_id: str) -> Response:
    """What the end of a membership would touch, before it is done."""
    return answer(await members.removal(ctx, member, person_id))


@router.delete("/{person_id}", status_code=204, responses=CHANGING)
async def remove_person(
    ctx: Ctx, member: Admin, person_id: str, query: Annotated[RemovalQuery, Query()]
) -> Response:
    """Ends a membership at once. What is open is released or ended, and the other sides get a mail."""
    await members.remove(ctx, member, person_id, myself=query.myself)
    return Response(status_code=204)
