"""A mail link that was opened: who it speaks for, and the page that says where its subject stands now."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from api.access import Member, Viewer, member_of
from api.context import Context
from api.errors import NotFound
from api.links import LinkSubject, Standing
from api.links import link as find_link
from api.pages import present
from api.pages.common import dates_of
from api.pages.dates import Dates
from api.pages.forms import Form
from api.pages.rendering import Frame, page
from api.pages.standing import RelationshipWords, RequestWords
from api.pages.words import Stage
from api.security import form_token
from models.links import Purpose


@dataclass(frozen=True)
class Opened:
    """A link and its reader; `member` is None for an invitation, or for somebody who has left."""

    ctx: Context
    token: str
    subject: LinkSubject
    member: Member | None

    @property
    def dates(self) -> Dates:
        return dates_of(self.ctx, self.member)

    @property
    def frame(self) -> Frame:
        return Frame(zone_words=self.dates.zone_words if self.member else "")

    @property
    def programme(self) -> str:
        """The name of the programme."""
        return self.member.programme.name if self.member else self.subject.programme_name

    @property
    def action(self) -> str:
        return f"/links/{self.token}"

    @property
    def viewer(self) -> Viewer:
        if self.subject.viewer is None:
            raise NotFound
        return self.subject.viewer

    @property
    def reader(self) -> Member:
        """The member the link speaks for. Raises NotFound where there is none."""
        if self.member is None:
            raise NotFound
        return self.member

    def form(self) -> Form:
        return Form(csrf=form_token(self.ctx, self.token))


async def opened(ctx: Context, token: str) -> Opened:
    """Reads a link and changes nothing. Raises NotFound for a token of nobody's."""
    subject = await find_link(ctx, token)
    return Opened(ctx, token, subject, await _member(ctx, subject))


async def _member(ctx: Context, subject: LinkSubject) -> Member | None:
    if subject.viewer is None:
        return None
    try:
        return await member_of(ctx, subject.viewer, subject.programme_slug)
    except NotFound:
        return None


_TITLES = {
    Standing.OVER: (
        "This link has done its work",
        "Here is where it stands now. You need not use this link again.",
    ),
    Standing.SUPERSEDED: (
        "There is a newer mail about this",
        "Something changed after this mail was sent. Please use the link in the newer mail.",
    ),
    Standing.EXPIRED: ("This link is too old", "Links in mails are good for a while only. Nothing is lost."),
    Standing.REVOKED: ("This link is no longer good", "It was taken back. Nothing is lost."),
    Standing.LEFT: (
        "You do not take part in this programme any more",
        "So this link does nothing. If that is a mistake, please ask the people who run the programme.",
    ),
    Standing.OPEN: ("Where it stands", "Nothing was changed just now."),
}
_NOT_SENT = "Your answer was not sent"
_NOT_SENT_BECAUSE = {
    Standing.SUPERSEDED: "Something changed first. There is a newer mail about this: please use its link.",
    Standing.EXPIRED: "This link is too old.",
    Standing.REVOKED: "This link was taken back.",
    Standing.LEFT: "You do not take part in this programme any more.",
}
_KEPT = "What you wrote is kept below, so that you can copy it."
_INVITATION = {
    "accepted": ("You have joined already", "This invitation was used. Sign in to go on."),
    "revoked": ("This invitation was taken back", "Please ask the people who run the programme."),
    "expired": ("This invitation is too old", "Please ask the people who run the programme for a new one."),
}
_SIGN_IN = Stage("Sign in with your e-mail address to see everything that is yours.")


async def stands(link: Opened, status: int = 200, typed: str = "") -> Response:
    """Where the subject of a link stands now. `typed` is what somebody wrote and could not send."""
    subject = link.subject
    title, text = _TITLES[subject.standing]
    if subject.purpose is Purpose.INVITATION and subject.invitation is not None:
        title, text = _INVITATION.get(subject.invitation.state, (title, text))
    if typed:
        reason = _NOT_SENT_BECAUSE.get(subject.standing, "Something else came first.")
        title, text = _NOT_SENT, f"{reason} {_KEPT}"
    words = _words(subject)
    process = subject.request or subject.relationship
    kind = "requests" if subject.request else "relationships"
    return page(
        "link_stands.html",
        frame=link.frame,
        status=status,
        programme=link.programme,
        title=title,
        text=text,
        process=process,
        words=words,
        stages=words.stages if words else [_SIGN_IN],
        href=f"/{kind}/{subject.subject_id}" if process else "/",
        typed=typed,
        dates=link.dates,
    )


def _words(subject: LinkSubject) -> RequestWords | RelationshipWords | None:
    viewer_id = subject.viewer.person_id if subject.viewer else ""
    if subject.request is not None:
        return present.request_words(subject.request, present.role_in(subject.request, viewer_id))
    if subject.relationship is not None:
        role = present.role_in(subject.relationship, viewer_id)
        return present.relationship_words(subject.relationship, role)
    return None
