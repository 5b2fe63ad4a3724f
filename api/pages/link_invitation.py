"""Joining a programme by invitation."""

from __future__ import annotations

from fastapi.responses import Response

from api.errors import NotFound
from api.inviting import accept_invitation
from api.pages import present, queries
from api.pages.common import REFUSALS, go, refuse
from api.pages.forms import Form, Sent, values_of
from api.pages.link_stands import Opened, opened, stands
from api.pages.notices import go_and_say
from api.pages.rendering import page
from api.pages.words import Stage, roles
from api.schemas import InvitationOut
from api.security import set_session
from models.process.errors import Superseded
from models.store.access import digest
from models.zones import places

NEXT = [
    Stage("Then you fill in your profile; it takes a few minutes."),
    Stage("When your profile is complete, you can look for a mentor, or be asked by mentees."),
]


async def show(link: Opened) -> Response:
    form = link.form()
    form.values = values_of({"name": _invitation(link).name, "time_zone": await _zone(link)})
    return _form_page(link, form)


async def act(link: Opened, sent: Sent) -> Response:
    try:
        token, slug = await accept_invitation(link.ctx, link.token, sent.text("name"), sent.text("time_zone"))
    except Superseded:
        return await stands(await opened(link.ctx, link.token), status=409)
    except REFUSALS as error:
        form = link.form()
        status = refuse(form, error, sent)
        return _form_page(link, form, status)
    path = f"/p/{slug}/profile"
    if token is None:
        # Known already: their other rights must not hang on a link that is good for weeks.
        return go(present.address("/sign-in", (("next", path),)))
    response = go_and_say(link.ctx, digest(token), path, "joined")
    set_session(link.ctx, response, token)
    return response


async def _zone(link: Opened) -> str:
    """The programme's own zone, which is the likeliest."""
    return await queries.programme_zone(link.ctx, link.subject.programme_slug)


def _invitation(link: Opened) -> InvitationOut:
    if link.subject.invitation is None:
        raise NotFound
    return link.subject.invitation


def _form_page(link: Opened, form: Form, status: int = 200) -> Response:
    invitation = _invitation(link)
    return page(
        "link_invitation.html",
        frame=link.frame,
        status=status,
        programme=link.programme,
        invitation=invitation,
        roles_words=roles(invitation.roles),
        zones=places(),
        stages=NEXT,
        form=form,
        failed=bool(form.errors),
        action=link.action,
        dates=link.dates,
    )
