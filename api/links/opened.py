"""A mail link that was opened: who it speaks for, and the frame of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.links import happened
from api.links.links import LinkSubject
from api.links.links import link as find_link
from api.questions.schemas import QuestionOut
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.web.access import Member, Viewer, member_of
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import NotFound
from api.web.forms import Form, Sent
from api.web.pages import dates_of, speaking_of
from api.web.rendering import Frame, Item, face_of, page
from api.web.security import form_token
from api.web.words import Stage
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
    def question(self) -> QuestionOut:
        """The question it is about. Raises NotFound where it is about none."""
        if self.subject.question is None:
            raise NotFound
        return self.subject.question

    @property
    def relationship(self) -> RelationshipOut:
        """The relationship it is about. Raises NotFound where it is about none."""
        if self.subject.relationship is None:
            raise NotFound
        return self.subject.relationship

    def page(
        self, template: str, process: RequestOut | RelationshipOut | None = None, **values: Any
    ) -> Response:
        """A page of the programme in the frame and the time zone of whom the link speaks for.

        `process` is what the link is about now, where that has changed since the link was opened.
        """
        pair = process or self.subject.request or self.subject.relationship
        viewer_id = self.subject.viewer.person_id if self.subject.viewer else ""
        frame = speaking_of(self.frame, pair.kind) if isinstance(pair, RequestOut) else self.frame
        return page(
            template,
            frame=frame,
            programme=self.programme,
            action=self.action,
            dates=self.dates,
            pair=pair,
            journey=happened.journey_of(pair, viewer_id, self.dates),
            **values,
        )

    def done(
        self,
        process: RequestOut | RelationshipOut,
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
            process,
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
        question, pair = self.subject.question, self.subject.request or self.subject.relationship
        if self.here is None or not self.is_strange:
            return False
        both = {one.id for one in (pair.mentee, pair.mentor)} if pair else set()
        return self.here.person_id in both or (
            question is not None and self.here.person_id == question.from_.id
        )

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
