"""What a request shows of itself: the answer of its updates and queries, and what its projection keeps.

Views carry ids, never names; pages and API add the names.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from models.process.policy import RequestPolicy
from models.process.request.commands import decline_reasons
from models.process.request.state import INNER, OPEN, Request, RequestFacts, RequestState, next_step


class RequestRules(BaseModel):
    """What an act on one request has to bring and what it does: the programme's rules when it was sent.

    `comment_required` names commands, in order; without `decline_reasons` a decline takes none.
    """

    model_config = ConfigDict(frozen=True)

    comment_required: tuple[str, ...]
    decline_reasons: tuple[str, ...]
    extend_by: timedelta | None = None
    """What `extend` adds when no number is given; none where it was saved before this field existed."""

    @classmethod
    def of(cls, policy: RequestPolicy) -> RequestRules:
        return cls(
            comment_required=tuple(sorted(policy.comment_required)),
            decline_reasons=policy.decline_reasons,
            extend_by=policy.extend_by,
        )


class RequestView(RequestFacts):
    """`state` is one that people know (never `accepting`); times are UTC.

    `rules` are there while it is open; a projection that was saved before this field existed has none.
    """

    id: str
    programme_id: str
    mentee_id: str
    mentor_id: str
    state: RequestState
    version: int
    since: datetime
    next_reminder_at: datetime | None
    last_event: str
    rules: RequestRules | None = None
    policy_revision: int = 0
    """Of the settings that it lives by, see `ProgrammePolicy.revision`."""
    shortlist_id: str | None = None
    """Only its mentee and the admins may know of it: the mentor may not be the first who was asked."""

    @classmethod
    def of(cls, request: Request) -> RequestView:
        step = next_step(request)
        reminder = step.at if step and step.what == "reminder" else None
        own = {name: getattr(request, name) for name in cls.model_fields if name in Request.model_fields}
        # While the places are being claimed it is open whether the words with it will ever be sent.
        said = "" if request.state is RequestState.ACCEPTING else request.comment
        waits = request.state in OPEN - INNER
        return cls(
            **{
                **own,
                "state": request.public_state,
                "comment": said,
                "next_reminder_at": reminder,
                "left_to_admins": request.left_to_admins if waits else None,
            },
            rules=_rules(request) if request.state in OPEN else None,
            policy_revision=request.policy.revision,
        )


def _rules(request: Request) -> RequestRules:
    rules = RequestRules.of(request.policy.request)
    return rules.model_copy(update={"decline_reasons": decline_reasons(request)})
