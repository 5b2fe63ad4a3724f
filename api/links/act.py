"""One command by mail link: what the other side wrote, the form of the command, and what came of it."""

from __future__ import annotations

from fastapi.responses import Response

from api.links.links import BY_LINK, act_by_link
from api.links.opened import LinkPage
from api.requests.schemas import RequestOut
from api.web import present
from api.web.act_forms import begun, fields_of, read
from api.web.forms import Form, Sent
from api.web.rendering import Item
from models.process.actors import Part, Role
from models.process.inputs import inputs_of
from models.process.request.kinds import role_of
from models.process.terms import Sentence


async def act(link: LinkPage, sent: Sent) -> Response:
    kind = BY_LINK[link.subject.purpose]
    # By the wording that the link was made for: another one meanwhile is refused.
    known = {"revision": link.subject.round} if "revision" in inputs_of(kind) else {}
    command = read(kind, sent, **known)
    acted = await act_by_link(link.ctx, link.subject, command, sent.key)
    request = acted.value if isinstance(acted.value, RequestOut) else link.request
    role, other = _role_and_other(link, request)
    is_own = role is role_of(Part.SENDER, request.kind)
    see = Sentence("See your {t.request}" if is_own else "See the {t.request}")
    return link.done(
        request,
        Sentence(kind.offer.done.removesuffix(".")),
        f"{other} has just been told.",
        present.request_words(request, role).stages,
        Item(see, f"/requests/{request.id}"),
    )


def _role_and_other(link: LinkPage, request: RequestOut) -> tuple[Role, str]:
    """In which role the link answers, and the name of the other side."""
    role = present.role_in(request, link.viewer.person_id)
    return role, present.isolated((request.mentor if role is Role.MENTEE else request.mentee).name)


async def show(link: LinkPage, form: Form) -> Response:
    request, command = link.request, BY_LINK[link.subject.purpose]
    role, other = _role_and_other(link, request)
    form.values = form.values or begun(command, request)
    texts = command.offer.by_link
    return link.page(
        "link_act.html",
        title=Sentence(texts.title, other=other),
        heading=Sentence(texts.heading, other=other),
        other=other,
        asker=request.mentor if role is Role.MENTEE else request.mentee,
        closes_at=request.closes_at,
        written=request.comment if role is role_of(Part.SENDER, request.kind) else request.message,
        words=present.request_words(request, role),
        form=form,
        form_title=Sentence(texts.form, other=other),
        fields=fields_of(
            command, other, request.rules.comment_required if request.rules else None, texts.labels
        ),
        button=Sentence(command.offer.button, other=other),
    )
