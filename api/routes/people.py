"""Signing in, oneself, one's profile, and finding a mentor."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api import profiles, reads, signing
from api.access import Ctx
from api.idempotency import KeyHeader, checked
from api.inputs import MentorQuery, ProfileIn, SignInIn
from api.problems import KNOWN, ONE, STORED, WRITING, problems
from api.profiles import ProfileChange
from api.routes.common import Part, Who, answer, json_router
from api.schemas import MentorPage, MeOut, ProfileOut
from api.security import check_same_origin, client_of
from models.matching.search import Criteria
from models.process.match import Basis

router = json_router("people")

COLUMNS = ("language", "country", "unit", "location")


class Accepted(BaseModel):
    detail: str = (
        "If the address is known here, a mail with a link is on its way. The link is good for 10 minutes."
    )


@router.post(
    "/sign-in",
    status_code=202,
    response_model=Accepted,
    responses=problems(*STORED, "forbidden", "invalid", "not-json", "too-large", "too-many", "too-slow"),
)
async def sign_in(body: SignInIn, request: Request, ctx: Ctx, key: KeyHeader = None) -> Response:
    """Mails a link to sign in with. The answer is the same for every address.

    The caller is unknown here, so no answer is stored for a key: the same question
    within ten minutes makes one mail, and another caller with the key learns nothing of it.
    """
    check_same_origin(ctx, request, must_say=False)
    once = secrets.token_urlsafe(24) if key is None else checked(key)
    await signing.ask(ctx, body.email, body.next, client_of(ctx, request), once)
    return answer(Accepted(), 202)


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


@router.get(
    "/programmes/{slug}/mentors", response_model=MentorPage, responses=problems(*ONE, "invalid", "refused")
)
async def mentors(
    request: Request, ctx: Ctx, member: Part, query: Annotated[MentorQuery, Query()]
) -> Response:
    """Mentors whom I may ask, closest first, each with the score and why.

    Any further parameter names an attribute of profiles that mentors must have.
    """
    given = request.query_params
    filters = {name: given.getlist(name) for name in given if name not in MentorQuery.model_fields}
    filters |= {name: getattr(query, name) for name in COLUMNS}
    search = Criteria(
        basis=query.basis or Basis.GAPS,
        exact=bool(query.exact),
        text=query.q,
        skills=tuple(query.skill),
        preferences=tuple(query.preference),
        filters={name: tuple(filter(None, values)) for name, values in filters.items()},
        limit=query.limit,
        cursor=query.cursor,
    )
    return answer(await reads.find_mentors(ctx, member, search))
