"""What admins of a programme do: stalled requests, invitations, settings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Body, Depends, Query
from starlette.responses import Response

from api.desk import inviting, programmes, reads, weights
from api.desk.reads import StalledFilter
from api.desk.schemas import (
    InvitationIn,
    InvitationOut,
    ProgrammeOut,
    ScorePreview,
    StalledOut,
    StalledQuery,
    WeightsQuery,
)
from api.web.access import Ctx, Member, admin
from api.web.idempotency import Reply
from api.web.inputs import PageQuery
from api.web.json_routes import OnceHere, answer, json_router
from api.web.problems import LIST, ONE, WRITING, problems
from api.web.schemas import Page
from models.process.request.state import RequestState

router = json_router("admin", "/programmes/{slug}")

DESK = problems(*ONE, "not-allowed")
INVITING = problems(*WRITING, "not-allowed", "key-reused")
REVOKING = problems(*WRITING, "not-allowed", "key-reused", "superseded")

Admin = Annotated[Member, Depends(admin)]


@router.get("/stalled", response_model=Page[StalledOut], responses=problems(*LIST, "engine-down"))
async def stalled(ctx: Ctx, member: Admin, query: Annotated[StalledQuery, Query()]) -> Response:
    """Open requests that wait for too long, the longest wait first, and what happens to them next."""
    wanted = StalledFilter(
        query.older_than,
        RequestState(query.state) if query.state else None,
        query.mentor,
        query.mentee,
        query.limit,
        query.cursor,
    )
    return answer(await reads.stalled(ctx, member, wanted))


@router.post("/invitations", response_model=InvitationOut, status_code=201, responses=INVITING)
async def invite(ctx: Ctx, member: Admin, once: OnceHere, body: InvitationIn) -> Response:
    """Invites a person by mail to join the programme.

    There is one open invitation for an address: inviting again renews it with the roles of now. One address
    is written to at most once a day; `mailed_at` says when that was.
    """

    async def act(key: str) -> Reply:
        made = await inviting.invite(ctx, member, body.email, body.name, body.roles, body.note, key)
        return Reply(made, 201, f"/api/v1/programmes/{member.programme.slug}/invitations/{made.id}")

    return await once.answer(act, lambda made: inviting.invitation(ctx, member, made))


@router.get("/invitations", response_model=Page[InvitationOut], responses=problems(*LIST))
async def list_invitations(ctx: Ctx, member: Admin, query: Annotated[PageQuery, Query()]) -> Response:
    """Newest first, with what became of each."""
    return answer(await inviting.invitations(ctx, member, query.limit, query.cursor))


@router.get("/invitations/{invitation_id}", response_model=InvitationOut, responses=DESK)
async def get_invitation(ctx: Ctx, member: Admin, invitation_id: str) -> Response:
    """One invitation."""
    return answer(await inviting.invitation(ctx, member, invitation_id))


@router.post("/invitations/{invitation_id}/revoke", response_model=InvitationOut, responses=REVOKING)
async def revoke(ctx: Ctx, member: Admin, once: OnceHere, invitation_id: str) -> Response:
    """Takes an invitation back; its link is worthless from then on."""

    async def act(key: str) -> Reply:
        return Reply(await inviting.revoke_invitation(ctx, member, invitation_id))

    return await once.answer(act, lambda _: inviting.invitation(ctx, member, invitation_id))


@router.get("/score-preview", response_model=ScorePreview, responses=problems(*LIST))
async def score_preview(ctx: Ctx, member: Admin, query: Annotated[WeightsQuery, Query()]) -> Response:
    """How ten lists would begin if the score weighed otherwise. Nothing is changed by it."""
    values = {key: value for key, value in query.model_dump().items() if value is not None}
    return answer(await weights.preview(ctx, member, values))


@router.get("/settings", response_model=ProgrammeOut, responses=DESK)
async def settings(ctx: Ctx, member: Admin) -> Response:
    """The programme's settings, and what each does."""
    return answer(await programmes.settings(ctx, member))


@router.patch("/settings", response_model=ProgrammeOut, responses=problems(*WRITING, "not-allowed"))
async def change_settings(
    ctx: Ctx,
    member: Admin,
    values: Annotated[
        dict[str, Any], Body(examples=[{"remind_after": ["P5D"], "open_requests": 3, "open_processes": True}])
    ],
) -> Response:
    """Changes some settings.

    New requests live by them. Open ones keep the rules they began with, or follow with
    `open_processes: true`: `open_processes` of the settings then says how far that has come. Their dates
    count from the beginning of the present wait; what would be due at once gets a last wait. With
    `dry_run: true` nothing is changed, and `open_processes` says what would move.
    """
    return answer(await programmes.change_settings(ctx, member, programmes.Change.of(values)))
