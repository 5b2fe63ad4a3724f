"""Finding a mentor."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from api.finding import marking, reads
from api.finding.schemas import BookmarkIn, MentorDetail, MentorHit, MentorPage, MentorQuery
from api.web.access import Ctx
from api.web.idempotency import Reply
from api.web.inputs import Blank
from api.web.json_routes import OnceHere, Part, answer, json_router
from api.web.problems import ONE, WRITING, problems
from api.web.schemas import Page
from models.matching.directory import COLUMNS
from models.matching.search import Criteria
from models.process.match import Basis

router = json_router("people")

READING = problems(*ONE, "invalid", "refused")
MARKING = problems(*WRITING, "key-reused", "limit-reached", "refused")


@router.get("/programmes/{slug}/mentors", response_model=MentorPage, responses=READING)
async def mentors(
    request: Request, ctx: Ctx, member: Part, query: Annotated[MentorQuery, Query()]
) -> Response:
    """Mentors whom I may ask, closest first, each with the score and why.

    Any further parameter names an attribute that the programme shows (`filterable`) and mentors must have.
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


@router.get("/programmes/{slug}/mentors/{mentor_id}", response_model=MentorDetail, responses=READING)
async def mentor(
    ctx: Ctx, member: Part, mentor_id: str, basis: Annotated[Basis | None, Blank] = None
) -> Response:
    """One mentor with all that they name, also while they cannot be asked."""
    return answer(await reads.detail(ctx, member, mentor_id, basis or Basis.GAPS))


@router.get("/programmes/{slug}/bookmarks", response_model=Page[MentorHit], responses=READING)
async def list_bookmarks(ctx: Ctx, member: Part) -> Response:
    """The mentors whom I have marked, closest first, also those who cannot be asked now."""
    return answer(Page[MentorHit](items=await reads.bookmarked(ctx, member)))


@router.post("/programmes/{slug}/bookmarks", status_code=201, response_model=MentorDetail, responses=MARKING)
async def add_bookmark(ctx: Ctx, member: Part, once: OnceHere, body: BookmarkIn) -> Response:
    """Marks a mentor, so that I find them again. They are not told."""

    async def act(key: str) -> Reply:
        marked = await marking.mark_named(ctx, member, body.mentor_id)
        where = f"/api/v1/programmes/{member.programme.slug}/mentors/{marked.mentor.id}"
        return Reply(marked, 201, where)

    return await once.answer(act, lambda _: reads.detail(ctx, member, body.mentor_id))


@router.delete(
    "/programmes/{slug}/bookmarks/{mentor_id}", status_code=204, responses=problems(*WRITING, "refused")
)
async def remove_bookmark(ctx: Ctx, member: Part, mentor_id: str) -> Response:
    """Takes a mark away; without one, nothing changes."""
    await marking.unmark(ctx, member, mentor_id)
    return Response(status_code=204)
