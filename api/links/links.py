"""The links of mails: what they are about, for whom, and what they are still good for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from api.desk.inviting import invitation_out, needs_sign_in
from api.desk.schemas import InvitationOut
from api.questions.reads import question_in
from api.questions.schemas import QuestionOut
from api.relationships import reads as relationship_reads
from api.relationships.acts import act_on_relationship
from api.relationships.schemas import RelationshipOut
from api.requests import reads as request_reads
from api.requests.acts import act_on_request
from api.requests.schemas import RequestOut
from api.web.access import Viewer
from api.web.acts import ActResult
from api.web.context import Context
from api.web.errors import NotFound
from models.links import BadLink, Purpose, read
from models.process.actors import Via
from models.process.commands import Command
from models.process.erasure import ErasureState
from models.process.errors import Superseded
from models.process.programme import ProgrammeSettings
from models.process.relationship.base import RelationshipState
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.commands import AcceptRequest
from models.process.request.moves import COMMANDS
from models.store import erasing, links, people
from models.store.delivery import LinkRow
from models.store.privacy import ErasureRow
from models.store.tables import InvitationRow, PersonRow, ProgrammeRow

BY_LINK = {
    command.offer.link.purpose: command
    for command in COMMANDS.values()
    if command.is_act() and command.offer.link is not None
}
"""The links that send one command to a request; one that decides offers three."""


class LinkState(StrEnum):
    """What a mail link is still good for."""

    OPEN = "open"
    OVER = "over"
    """What it was for has been done, or cannot be done any more; the subject says where it stands."""
    SUPERSEDED = "superseded"
    """A newer wording or sign-off replaced what it was for; a newer mail carries a newer link."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    LEFT = "left"
    """The person that it speaks for takes part no longer; nothing of its subject is shown to them."""


@dataclass(frozen=True)
class LinkSubject:
    """What a mail link points to, read for the person it speaks for.

    `viewer` is that person, None for an invitation. One of the four subjects is set, none when the link was
    revoked or is about the person's own data. `round` is the revision or the sign-off that it was made for.
    """

    purpose: Purpose
    link_id: str
    standing: LinkState
    round: int
    subject_id: str
    viewer: Viewer | None = None
    request: RequestOut | None = None
    relationship: RelationshipOut | None = None
    invitation: InvitationOut | None = None
    question: QuestionOut | None = None
    programme_name: str = ""
    programme_slug: str = ""
    settings: ProgrammeSettings = field(default_factory=ProgrammeSettings)
    """Of the programme, for a person who is no member of it."""
    erasure: ErasureState | None = None
    """Of the erasure that it can call off, and when that was settled."""
    settled_at: datetime | None = None
    needs_sign_in: bool = False
    """Of an invitation: whether only the invited person, signed in, can accept it."""


_READ_WHOLE = frozenset({Purpose.KEEP, Purpose.ANSWER})
"""Of these the database knows all that there is to know."""


async def link(ctx: Context, token: str) -> LinkSubject:
    """Where the subject of a mail link stands now. Raises NotFound for a token that is not ours."""
    try:
        purpose, link_id = read(token, ctx.keys)
    except BadLink:
        raise NotFound from None
    found, row = await ctx.database.read(lambda session: _found(session, purpose, link_id, ctx.clock()))
    if found.standing is not LinkState.OPEN or found.viewer is None or purpose in _READ_WHOLE:
        return found
    return await _process(ctx, found, found.viewer, row.expires_at)


def _found(session: Session, purpose: Purpose, link_id: str, now: datetime) -> tuple[LinkSubject, LinkRow]:
    """What the database knows of the subject; without a viewer or not open, that is all."""
    row = links.find(session, link_id, purpose)
    if row is None or purpose is Purpose.UNSUBSCRIBE:
        raise NotFound
    found = LinkSubject(purpose, link_id, LinkState.OPEN, row.round, row.subject_id)
    if row.revoked_at is not None:
        return replace(found, standing=LinkState.REVOKED), row
    if purpose is Purpose.INVITATION:
        return _invitation(session, found, row, now), row
    viewer = _viewer(session, row)
    if purpose is Purpose.KEEP:
        return replace(found, viewer=viewer, **_of_erasure(erasing.find(session, row.subject_id))), row
    programme = people.programme_left(session, row.subject_id, viewer.person_id)
    if programme is not None:
        return replace(found, standing=LinkState.LEFT, **_about(programme)), row
    if purpose is Purpose.ANSWER:
        return _question(session, found, viewer, row, now), row
    return replace(found, viewer=viewer), row


def _question(
    session: Session, found: LinkSubject, viewer: Viewer, row: LinkRow, now: datetime
) -> LinkSubject:
    question = question_in(session, viewer.person_id, row.subject_id)
    standing = LinkState.OPEN if question.allowed else LinkState.OVER
    if standing is LinkState.OPEN and row.expires_at <= now:
        standing = LinkState.EXPIRED
    return replace(
        found, viewer=viewer, standing=standing, question=question, programme_slug=question.programme
    )


def _viewer(session: Session, row: LinkRow) -> Viewer:
    person = session.get(PersonRow, row.person_id) if row.person_id else None
    if person is None:
        raise NotFound
    return Viewer(person.id, person.email, person.name, via=Via.MAIL_LINK)


def _invitation(session: Session, found: LinkSubject, row: LinkRow, now: datetime) -> LinkSubject:
    invited = session.get(InvitationRow, row.subject_id)
    programme = session.get(ProgrammeRow, invited.programme_id) if invited else None
    if invited is None or programme is None:
        raise NotFound
    shown = invitation_out(invited, now)
    standing = {
        "open": LinkState.EXPIRED if row.expires_at <= now else LinkState.OPEN,
        "held": LinkState.REVOKED,
        "accepted": LinkState.OVER,
        "revoked": LinkState.REVOKED,
        "expired": LinkState.EXPIRED,
    }[shown.state]
    if standing is LinkState.REVOKED:
        return replace(found, standing=standing)
    return replace(
        found,
        standing=standing,
        invitation=shown,
        needs_sign_in=needs_sign_in(session, invited),
        **_about(programme),
    )


def _about(programme: ProgrammeRow) -> dict[str, Any]:
    """What the subject says of its programme to a person who is no member of it."""
    return {
        "programme_name": programme.name,
        "programme_slug": programme.slug,
        "settings": ProgrammeSettings.kept(programme.settings),
    }


async def _process(ctx: Context, found: LinkSubject, viewer: Viewer, expires_at: datetime) -> LinkSubject:
    request = relationship = None
    if found.purpose is Purpose.DECIDE or found.purpose in BY_LINK:
        request = await request_reads.request(ctx, viewer, found.subject_id)
        standing = _of_request(found, request)
    else:
        relationship = await relationship_reads.relationship(ctx, viewer, found.subject_id)
        standing = _of_relationship(found, relationship)
    if standing is LinkState.OPEN and expires_at <= ctx.clock():
        standing = LinkState.EXPIRED
    slug = (request or relationship).programme  # type: ignore[union-attr]
    return replace(found, standing=standing, request=request, relationship=relationship, programme_slug=slug)


def _of_erasure(erasure: ErasureRow | None) -> dict[str, Any]:
    """Expiry does not count: as long as it waits, it can be called off."""
    if erasure is None:
        return {"standing": LinkState.OVER}
    state = ErasureState(erasure.state)
    standing = LinkState.OPEN if state is ErasureState.WAITING else LinkState.OVER
    return {"standing": standing, "erasure": state, "settled_at": erasure.settled_at}


def _of_request(found: LinkSubject, request: RequestOut) -> LinkState:
    sends = BY_LINK.get(found.purpose, AcceptRequest)
    if sends.name not in request.allowed:
        return LinkState.OVER
    return LinkState.OPEN if request.revision == found.round else LinkState.SUPERSEDED


def _of_relationship(found: LinkSubject, relationship: RelationshipOut) -> LinkState:
    if found.purpose is Purpose.SURVEY:
        mine = relationship.survey
        return LinkState.OPEN if mine and mine.state is SurveyState.OPEN else LinkState.OVER
    if relationship.state is not RelationshipState.COMPLETING:
        return LinkState.OVER
    return LinkState.OPEN if relationship.sign_offs == found.round else LinkState.SUPERSEDED


async def act_by_link(
    ctx: Context, subject: LinkSubject, command: Command, key: str
) -> ActResult[RequestOut] | ActResult[RelationshipOut]:
    """Sends a command as the person that a mail link speaks for. Raises Superseded when it is not open."""
    if subject.standing is not LinkState.OPEN or subject.viewer is None:
        raise Superseded("This link has done its work; the page says where things stand now.")
    if subject.request is not None:
        return await act_on_request(ctx, subject.viewer, subject.subject_id, command, key)
    return await act_on_relationship(ctx, subject.viewer, subject.subject_id, command, key)
