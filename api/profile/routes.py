"""Oneself and one's profile."""

from __future__ import annotations

from starlette.responses import Response

from api.profile import profiles, reads
from api.profile.profiles import ProfileChange
from api.profile.schemas import MeOut, ProfileIn, ProfileOut
from api.web.access import Ctx
from api.web.json_routes import Part, Who, answer, json_router
from api.web.problems import KNOWN, ONE, WRITING, problems

router = json_router("people")


@router.get("/me", response_model=MeOut, responses=problems(*KNOWN))
async def me(ctx: Ctx, who: Who) -> Response:
    """Who I am, and in which programmes with which roles."""
    return answer(await reads.me(ctx, who))


@router.get("/programmes/{slug}/profile", response_model=ProfileOut, responses=problems(*ONE))
async def profile(ctx: Ctx, member: Part) -> Response:
    """My profile in the programme, with what it still lacks."""
    return answer(await reads.profile(ctx, member))


@router.put("/programmes/{slug}/profile", response_model=ProfileOut, responses=problems(*WRITING))
async def put_profile(ctx: Ctx, member: Part, body: ProfileIn) -> Response:
    """Saves my profile. Fields that are left out stay as they are."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    clears = {name for name in ("capacity", "available_from") if name in given and given[name] is None}
    change = ProfileChange(**(given | lists), clears=frozenset(clears))
    return answer(await profiles.save_profile(ctx, member, change))
