"""Joining a programme by invitation."""

from __future__ import annotations

from fastapi.responses import Response

from api.desk.inviting import SignInFirst, accept_invitation, make_known
from api.desk.schemas import InvitationOut
from api.doors import signing
from api.doors.pages import sent_page
from api.links.opened import LinkPage
from api.web import words
from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from api.web.notices import go_and_say
from api.web.security import set_session
from api.web.words import Stage, roles
from models.process.terms import Sentence
from models.store import programmes
from models.store.access import digest
from models.zones import places

NEXT = [
    Stage("Then you fill in your profile; it takes a few minutes."),
    Stage(
        Sentence("When your profile is complete, you can look for {t.a_mentor}, or be asked by {t.mentees}.")
    ),
]
SIGN_IN = [Stage("The link in the mail signs you in and brings you back here."), *NEXT]


async def act(link: LinkPage, sent: Sent) -> Response:
    if link.must_sign_in:
        return await _sign_in_first(link, sent)
    agent = link.http.headers.get("user-agent", "")
    try:
        token, slug = await accept_invitation(
            link.ctx, link.token, sent.text("name"), sent.text("time_zone"), link.here, agent
        )
    except SignInFirst:
        return await _sign_in_first(link, sent)
    reader = link.here.session if token is None and link.here else digest(token or "")
    response = go_and_say(link.ctx, reader, f"/p/{slug}/profile", words.DONE["joined"])
    if token is not None:
        set_session(link.ctx, response, token)
    return response


async def _sign_in_first(link: LinkPage, sent: Sent) -> Response:
    """Mails a sign-in link to the address that was invited, and to no other."""
    invitation = _invitation(link)
    await make_known(link.ctx, invitation.email, invitation.name)
    await signing.mail_link(link.ctx, invitation.email, link.action, sent.key)
    return sent_page(link.ctx, link.http, invitation.email, status=202)


def _invitation(link: LinkPage) -> InvitationOut:
    if link.subject.invitation is None:
        raise NotFound
    return link.subject.invitation


async def show(link: LinkPage, form: Form) -> Response:
    invitation = _invitation(link)
    slug = link.subject.programme_slug
    settings = await link.ctx.database.read(lambda session: programmes.settings_at(session, slug))
    if not form.values:
        # The programme's own zone is the likeliest.
        form.values = values_of({"name": invitation.name, "time_zone": settings.time_zone})
    return link.page(
        "link_invitation.html",
        invitation=invitation,
        roles_words=roles(invitation.roles),
        commitment=settings.minimum_commitment if "mentor" in invitation.roles else "",
        must_sign_in=link.must_sign_in,
        zones=places(),
        stages=SIGN_IN if link.must_sign_in else NEXT,
        form=form,
    )
