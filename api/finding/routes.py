"""Finding a mentor."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from api.finding import reads
from api.finding.schemas import MentorPage, MentorQuery
from api.web.access import Ctx
from api.web.json_routes import Part, answer, json_router
from api.web.problems import ONE, problems
from models.matching.search import Criteria
from models.process.match import Basis

router = json_router("people")

COLUMNS = ("language", "country", "unit", "location")


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
