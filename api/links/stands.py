"""A mail link that was opened: who it speaks for, and the page that says where its subject stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.links.links import LinkState, LinkSubject
from api.links.links import link as find_link
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.web import present
from api.web.access import Member, Viewer, member_of
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form, Sent
from api.web.pages import dates_of
from api.web.rendering import Frame, Item, face_of, page
from api.web.security import form_token
from api.web.state_words import RelationshipWords, RequestWords
from api.web.words import Stage
from models.links import Purpose
from models.process.errors import Invalid


@dataclass(frozen=True)
class LinkPage:
    """A link and whom it speaks for; `member` is None for an invitation, or for somebody who has left.

    `here` is who is signed in in the browser that opened it.
    """

    ctx: Context
    http: Request
    token: str
    subject: LinkSubject
    member: Member | None
    here: Viewer | None = None

    @property
    def dates(self) -> Dates:
        return dates_of(self.ctx, self.member)

    @property
    def frame(self) -> Frame:
        zone_words = self.dates.zone_words if self.member else ""
        settings = self.member.programme.settings if self.member else self.subject.settings
        face = face_of(self.programme, settings)
        if self.here is None:
            return Frame(zone_words=zone_words, **face)
        csrf = form_token(self.ctx, self.here.session or "")
        return Frame(
            person=self.here.name,
            person_id=self.here.person_id,
            csrf=csrf,
            zone_words=zone_words,
            next=self.action,
            **face,
        )

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

    @property
    def request(self) -> RequestOut:
        """The request it is about. Raises NotFound where it is about none."""
        if self.subject.request is None:
            raise NotFound
        return self.subject.request

    @property
    def relationship(self) -> RelationshipOut:
        """The relationship it is about. Raises NotFound where it is about none."""
        if self.subject.relationship is None:
            raise NotFound
        return self.subject.relationship

    def page(self, template: str, **values: Any) -> Response:
        """A page of the programme in the frame and the time zone of whom the link speaks for."""
        return page(
            template,
            frame=self.frame,
            programme=self.programme,
            action=self.action,
            dates=self.dates,
            **values,
        )

    def done(
        self,
        title: str,
        text: str,
        stages: list[Stage],
        *links: Item,
        notes: Sequence[str] = (),
        strong: bool = False,
    ) -> Response:
        """The page after the act; `strong` makes the first of the `links` the thing to do next."""
        return self.page(
            "link_decided.html",
            title=title,
            text=text,
            notes=notes,
            stages=stages,
            links=links,
            strong=strong,
        )

    @property
    def name(self) -> str:
        """What whoever answers by this link is called."""
        invitation = self.subject.invitation
        if self.subject.viewer is not None:
            return self.subject.viewer.name
        return (invitation.name or invitation.email) if invitation else ""

    @property
    def is_strange(self) -> bool:
        """Whether somebody else than the one it speaks for is signed in."""
        if self.here is None or not self.name:
            return False
        if self.subject.viewer is not None:
            return self.here.person_id != self.subject.viewer.person_id
        return self.subject.invitation is not None and self.here.email != self.subject.invitation.email

    @property
    def must_sign_in(self) -> bool:
        """Whether it can only be used by the invited person, and somebody else or nobody is signed in."""
        return self.subject.needs_sign_in and (self.here is None or self.is_strange)

    @property
    def is_other_side(self) -> bool:
        """Whether the other one of the two is signed in: nobody answers themselves."""
        pair = self.subject.request or self.subject.relationship
        if self.here is None or pair is None:
            return False
        return self.is_strange and self.here.person_id in {pair.mentee.id, pair.mentor.id}

    def check_confirmed(self, sent: Sent) -> None:
        """Raises Invalid where a stranger is signed in and has not confirmed in whose name they answer."""
        if self.is_strange and not sent.has("confirmed"):
            raise Invalid(
                f"Please sign out first, or confirm that you answer as {self.name}.", field="confirmed"
            )

    def form(self) -> Form:
        stranger = self.here.name if self.here and self.is_strange else ""
        return Form(csrf=form_token(self.ctx, self.token), answers_as=self.name, stranger=stranger)

    async def again(self) -> LinkPage:
        """The same link as things stand now."""
        return await opened(self.ctx, self.http, self.token, self.here)


async def opened(ctx: Context, http: Request, token: str, here: Viewer | None) -> LinkPage:
    """Reads a link and changes nothing. Raises NotFound for a token of nobody's."""
    subject = await find_link(ctx, token)
    return LinkPage(ctx, http, token, subject, await _member(ctx, subject), here)


async def _member(ctx: Context, subject: LinkSubject) -> Member | None:
    if subject.viewer is None:
        return None
    try:
        return await member_of(ctx, subject.viewer, subject.programme_slug)
    except NotFound:
        return None


_TITLES = {
    LinkState.OVER: (
        "This link has done its work",
        "Here is where it stands now. You need not use this link again.",
    ),
    LinkState.SUPERSEDED: (
        "There is a newer mail about this",
        "Please use the link in the newer mail, which can take some minutes; or sign in to answer at once.",
    ),
    LinkState.EXPIRED: ("This link is too old", "Links in mails are good for a while only. Nothing is lost."),
    LinkState.REVOKED: ("This link is no longer good", "It was taken back. Nothing is lost."),
    LinkState.LEFT: (
        "You do not take part in this programme any more",
        "So this link does nothing. If that is a mistake, please ask the people who run the programme.",
    ),
    LinkState.OPEN: ("Where it stands", "Nothing was changed just now."),
}
_NOT_SENT = "Your answer was not sent"
_NOT_SENT_BECAUSE = {
    LinkState.SUPERSEDED: "Something changed first. There is a newer mail about this: please use its link.",
    LinkState.EXPIRED: "This link is too old.",
    LinkState.REVOKED: "This link was taken back.",
    LinkState.LEFT: "You do not take part in this programme any more.",
}
_KEPT = "What you wrote is kept below, so that you can copy it."
_INVITATION = {
    "accepted": ("You have joined already", "This invitation was used. Sign in to go on."),
    "revoked": ("This invitation was taken back", "Please ask the people who run the programme."),
    "expired": ("This invitation is too old", "Please ask the people who run the programme for a new one."),
}
_SIGN_IN = Stage("Sign in with your e-mail address to see everything that is yours.")


def refused(link: LinkPage) -> Response:
    """The page for the other side of the two, who must not answer in this name."""
    subject = link.subject
    kind = "requests" if subject.request else "relationships"
    return page(
        "link_refused.html",
        frame=replace(link.frame, next=""),
        status=403,
        programme=link.programme,
        name=link.name,
        here=link.here,
        href=f"/{kind}/{subject.subject_id}",
    )


async def stands(link: LinkPage, status: int = 200, typed: str = "") -> Response:
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
    return link.page(
        "link_stands.html",
        status=status,
        title=title,
        text=text,
        process=process,
        words=words,
        stages=words.stages if words else [_SIGN_IN],
        href=f"/{kind}/{subject.subject_id}" if process else "/",
        typed=typed,
    )


def _words(subject: LinkSubject) -> RequestWords | RelationshipWords | None:
    viewer_id = subject.viewer.person_id if subject.viewer else ""
    if subject.request is not None:
        return present.request_words(subject.request, present.role_in(subject.request, viewer_id))
    if subject.relationship is not None:
        role = present.role_in(subject.relationship, viewer_id)
        return present.relationship_words(subject.relationship, role)
    return None
