"""What every page needs: who reads it, in which frame, and what a form sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.web.access import Ctx, Member, Viewer, page_admin, page_member, page_viewer, signed_in
from api.web.context import Context
from api.web.dates import Dates
from api.web.errors import as_problem
from api.web.failures import EngineDown, Unconfirmed
from api.web.forms import Form, Sent
from api.web.rendering import Frame, Item, face_of, page
from api.web.security import check_form, form_token
from models.process.actors import Role
from models.process.errors import ProcessError
from models.process.request.kinds import terms_of
from models.process.request.state import OPEN as OPEN_REQUEST
from models.process.request.state import RequestState
from models.process.terms import Sentence, in_terms

REFUSALS = (ProcessError, EngineDown, Unconfirmed)
"""What is shown at the form that was sent, with everything that was typed."""
UNSURE = "This was not confirmed in time. It may have been recorded; send it again, and it is done once only."
"""To a person, whose form carries the key that a program would have to send."""

Here = Annotated[Viewer | None, Depends(signed_in)]
Reader = Annotated[Viewer, Depends(page_viewer)]
PageMember = Annotated[Member, Depends(page_member)]
PageAdmin = Annotated[Member, Depends(page_admin)]
PER_PAGE = 25

OPEN_STATES = tuple(RequestState(state) for state in sorted(OPEN_REQUEST))


async def read_form(request: Request) -> Sent:
    """The fields of a form; files are refused."""
    async with request.form(max_files=0, max_fields=2000) as data:
        return Sent(data, request.url.path)


async def posted(request: Request, ctx: Ctx, viewer: Reader) -> Sent:
    """Dependency: the fields of a form that somebody signed in has sent from our own page (CSRF)."""
    sent = await read_form(request)
    check_form(ctx, request, viewer.session or "", sent.text("csrf"))
    return sent


Posted = Annotated[Sent, Depends(posted)]


def form_for(ctx: Context, viewer: Viewer, prefix: str = "f") -> Form:
    return Form(csrf=form_token(ctx, viewer.session or ""), prefix=prefix)


def dates_of(ctx: Context, member: Member | None) -> Dates:
    return Dates(member.time_zone if member else "UTC", ctx.clock())


def frame_of(ctx: Context, viewer: Viewer, member: Member | None = None, current: str = "") -> Frame:
    """The frame of somebody who is signed in, with the navigation of one programme if there is one."""
    return Frame(
        person=viewer.name,
        person_id=viewer.person_id,
        csrf=form_token(ctx, viewer.session or ""),
        reader=sha256(viewer.person_id.encode()).hexdigest()[:12],
        zone_words=dates_of(ctx, member).zone_words if member else "",
        items=tuple(items(member, current)) if member else (),
        profile=f"/p/{member.programme.slug}/profile" if member else "/your-data",
        **(face_of(member.programme.name, member.programme.settings) if member else {}),
    )


def speaking_of(frame: Frame, kind: str) -> Frame:
    """The frame of a page about one request, which is called what its kind is; the navigation is not."""
    words = frame.terms.words
    items = tuple(replace(one, text=in_terms(one.text, words)) for one in frame.items)
    return replace(frame, terms=terms_of(frame.terms, kind), items=items)


def frame_among(ctx: Context, viewer: Viewer, members: Sequence[Member], current: str = "") -> Frame:
    """The frame of a page that belongs to no programme: that of the only one, or with the contacts of all."""
    if len(members) == 1:
        return frame_of(ctx, viewer, members[0], current)
    programmes = [member.programme for member in members]
    contacts = tuple((one.name, one.settings.contact) for one in programmes if one.settings.contact)
    return replace(frame_of(ctx, viewer), contacts=contacts)


def member_page(ctx: Context, member: Member, current: str, template: str, **values: Any) -> Response:
    """A page of the member's programme, in their time zone; `current` is its place in the navigation."""
    return page(
        template,
        frame=frame_of(ctx, member.viewer, member, current),
        slug=member.programme.slug,
        dates=dates_of(ctx, member),
        **values,
    )


def items(member: Member, current: str) -> list[Item]:
    """The pages of a programme that are of use to the member."""
    base = f"/p/{member.programme.slug}"
    found = []
    if Role.MENTEE in member.roles:
        found.append(Item(Sentence("{t.Mentors}"), f"{base}/mentors", current == "mentors"))
    if Role.MENTOR in member.roles and member.programme.settings.offers_by_mentors:
        found.append(Item(Sentence("{t.Mentees}"), f"{base}/mentees", current == "mentees"))
    if member.roles & {Role.MENTEE, Role.MENTOR}:
        found.append(
            Item(Sentence("{t.Requests}"), f"{base}/requests", current == "requests", member.turns.requests)
        )
        together, waiting = Sentence("{t.Mentoring}"), member.turns.together
        found.append(Item(together, f"{base}/relationships", current == "relationships", waiting))
    found.append(Item("Profile", f"{base}/profile", current == "profile"))
    if member.is_admin:
        found.append(Item("Desk", f"{base}/admin", current == "admin", member.waiting))
    return found


def refuse(form: Form, error: Exception, sent: Sent) -> int:
    """Puts a refusal on the form, with what was typed; gives the status of the answer.

    What was not confirmed keeps its key, so that sending it again does it once.
    """
    form.values = sent.values
    if isinstance(error, ProcessError):
        form.refused(error)
        return error.status
    problem = as_problem(error)
    form.errors[""] = UNSURE if isinstance(error, Unconfirmed) else problem.detail
    form.key = sent.form_key
    return problem.status


def go(path: str) -> Response:
    """After an act: the page that shows what came of it, so that a reload repeats nothing."""
    return RedirectResponse(path, 303)


def local_path(path: str, allowed: Callable[[str], bool], otherwise: str) -> str:
    """A path of our own that a form carried, or `otherwise`: never a way to another site."""
    plain = path.isascii() and path.isprintable() and "\\" not in path and not path.startswith("//")
    return path if plain and path.startswith("/") and allowed(path) else otherwise
