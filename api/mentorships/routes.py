"""Direct assignments (M12), and who mentors whom (L16)."""

from __future__ import annotations

from functools import partial

from starlette.responses import Response

from api.mentorships import acts, reads
from api.mentorships.schemas import AssignmentIn, AssignmentOut, EndIn, MentorshipPage
from api.web.access import Ctx
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Part, Who, answer, json_router
from api.web.problems import ONE, WRITING, problems

router = json_router("mentorships")

ASSIGNING = problems(*WRITING, "key-reused", "not-allowed", "already-open", "refused")
ENDING = problems(*WRITING, "key-reused", "not-allowed", "illegal-move")


@router.post(
    "/programmes/{slug}/assignments", response_model=AssignmentOut, status_code=201, responses=ASSIGNING
)
async def assign(ctx: Ctx, member: Part, once: OnceHere, body: AssignmentIn) -> Response:
    """Makes a member the mentor of another one for one skill or skillset, without asking them.

    For admins, and for the mentee's line manager where the programme's `assignments_by_managers` says so.
    """

    async def act(key: str) -> Reply:
        made = await acts.assign(ctx, member, body.mentee_id, body.mentor_id, body.topic, body.notify, key)
        return Reply(made, 201, f"/api/v1/assignments/{made.id}")

    return await once.answer(act, partial(reads.assignment, ctx, member.viewer))


@router.get("/assignments/{assignment_id}", response_model=AssignmentOut, responses=problems(*ONE))
async def get_assignment(ctx: Ctx, who: Who, assignment_id: str) -> Response:
    """One assignment, for the two of it and for those who may end it."""
    return answer(await reads.assignment(ctx, who, assignment_id))


@router.post("/assignments/{assignment_id}/end", response_model=AssignmentOut, responses=ENDING)
async def end(ctx: Ctx, who: Who, once: OnlyOnce, assignment_id: str, body: EndIn) -> Response:
    """Ends an assignment with a word, which both get by mail."""

    async def act(key: str) -> Reply:
        return Reply(await acts.end(ctx, who, assignment_id, body.comment))

    return await once.answer(act, partial(reads.assignment, ctx, who))


@router.get("/programmes/{slug}/mentorships", response_model=MentorshipPage, responses=problems(*ONE))
async def list_mentorships(ctx: Ctx, member: Part) -> Response:
    """Whom I mentor and who mentors me, in which topics, and what the mentees have asked for help with."""
    return answer(await reads.mentorships(ctx, member))
