"""The lists of a person: requests and mentorships, by role, the open ones or all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.relationships import reads as relationship_reads
from api.relationships.reads import RelationshipFilter
from api.requests import reads as request_reads
from api.requests.reads import RequestFilter
from api.web import present
from api.web.access import Ctx, Member
from api.web.pages import OPEN_STATES, PER_PAGE, PageMember, member_page
from api.web.words import Empty, Tab
from models.process.actors import Role
from models.process.relationship.base import RUNNING, RelationshipState
from models.process.terms import Sentence

router = APIRouter(include_in_schema=False)

TOGETHER = tuple(RelationshipState(state) for state in sorted(RUNNING))
REQUEST_LEADS = {
    Role.MENTEE: "Whom you asked, and what happens next.",
    Role.MENTOR: "Who asked you, and by when to answer.",
    Role.ADMIN: Sentence("Every {t.request} of the programme."),
}
REQUEST_TABS = {
    None: ("Open", "All"),
    Role.MENTEE: ("I asked: open", "I asked: all"),
    Role.MENTOR: ("I was asked: open", "I was asked: all"),
    Role.ADMIN: ("Everybody’s: open", "Everybody’s: all"),
}
RELATIONSHIP_TABS = {
    None: ("Now", "All"),
    Role.MENTEE: (Sentence("My {t.mentors}"), Sentence("All my {t.mentors}")),
    Role.MENTOR: (Sentence("My {t.mentees}"), Sentence("All my {t.mentees}")),
    Role.ADMIN: ("Everybody’s: now", "Everybody’s: all"),
}
"""The running ones and all, by role; under None for somebody who has one role alone."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a list is shown: in which role, the open ones or all, from where on."""

    member: Member
    path: str
    role: Role
    all: bool
    cursor: str | None

    def address(self, role: Role, all_shown: bool, cursor: str | None = None) -> str:
        show = "all" if all_shown else None
        return present.address(self.path, (("of", role), ("show", show), ("cursor", cursor)))

    def tabs(self, texts: dict[Role | None, tuple[str, str]]) -> list[Tab]:
        own = [role for role in texts if role is not None and role in self.member.roles]
        return [
            Tab(text, self.address(role, all_shown), role is self.role and all_shown is self.all)
            for role in own
            for text, all_shown in zip(texts[role if len(own) > 1 else None], (False, True), strict=True)
        ]

    def pages(self, following: str | None) -> dict[str, Any]:
        """The addresses of the next and of the first page."""
        return {
            "next_href": self.address(self.role, self.all, following) if following else None,
            "first_href": self.address(self.role, self.all) if self.cursor else None,
        }


def view(member: Member, name: str, of: str, show: str, cursor: str | None) -> View:
    own = [role for role in (Role.MENTEE, Role.MENTOR, Role.ADMIN) if role in member.roles]
    role = next((role for role in own if role == of), own[0] if own else Role.MENTEE)
    return View(member, f"/p/{member.programme.slug}/{name}", role, show == "all", cursor)


@router.get("/p/{slug}/requests")
async def requests(
    ctx: Ctx, member: PageMember, of: str = "", show: str = "", cursor: str | None = None
) -> Response:
    seen = view(member, "requests", of, show, cursor)
    states = () if seen.all else OPEN_STATES
    wanted = RequestFilter(as_role=seen.role, states=states, limit=PER_PAGE, cursor=cursor)
    found = await request_reads.requests(ctx, member, wanted)
    return member_page(
        ctx,
        member,
        "requests",
        "requests.html",
        page=found,
        as_role=seen.role,
        lead=REQUEST_LEADS[seen.role],
        tabs=[*seen.tabs(REQUEST_TABS), *_shortlists(seen), *_questions(seen)],
        tabs_label=Sentence("Which {t.requests}"),
        empty=_no_requests(seen),
        **seen.pages(found.next),
    )


def _shortlists(seen: View) -> list[Tab]:
    if Role.MENTEE not in seen.member.roles:
        return []
    return [Tab("Lists", f"/p/{seen.member.programme.slug}/shortlists")]


def _questions(seen: View) -> list[Tab]:
    """Questions come before requests and with them, so they are found beside them."""
    if not seen.member.programme.settings.questions or not seen.member.roles & {Role.MENTEE, Role.MENTOR}:
        return []
    return [Tab("Questions", f"/p/{seen.member.programme.slug}/questions")]


def _no_requests(seen: View) -> Empty:
    if seen.role is Role.MENTEE:
        title = "You have not asked anybody yet" if seen.all else Sentence("You have no open {t.request}")
        href = f"/p/{seen.member.programme.slug}/mentors"
        return Empty(
            title,
            "Find somebody who fits what you want to learn, and ask.",
            href,
            Sentence("Find {t.a_mentor}"),
        )
    if seen.role is Role.MENTOR:
        title = "Nobody has asked you yet" if seen.all else Sentence("No {t.requests} to answer")
        return Empty(title, "When somebody asks you, you get a mail, and it stands here.")
    return Empty(
        Sentence("No {t.requests} here"), Sentence("As soon as somebody asks {t.a_mentor}, it stands here.")
    )


@router.get("/p/{slug}/relationships")
async def relationships(
    ctx: Ctx, member: PageMember, of: str = "", show: str = "", cursor: str | None = None
) -> Response:
    seen = view(member, "relationships", of, show, cursor)
    states = () if seen.all else TOGETHER
    wanted = RelationshipFilter(as_role=seen.role, states=states, limit=PER_PAGE, cursor=cursor)
    found = await relationship_reads.relationships(ctx, member, wanted)
    return member_page(
        ctx,
        member,
        "relationships",
        "relationships.html",
        page=found,
        viewer_id=member.person_id,
        lead="Who works with whom, and since when."
        if seen.role is Role.ADMIN
        else "The people you work with.",
        tabs=[*seen.tabs(RELATIONSHIP_TABS), Tab("By topic", f"/p/{member.programme.slug}/mentorships")],
        tabs_label=Sentence("Which {t.mentorships}"),
        empty=_nobody(seen),
        **seen.pages(found.next),
    )


def _nobody(seen: View) -> Empty:
    if seen.role is Role.MENTEE:
        href = f"/p/{seen.member.programme.slug}/mentors"
        return Empty(
            Sentence("You have no {t.mentor} at the moment"),
            Sentence("When {t.a_mentor} accepts, it begins here."),
            href,
            Sentence("Find {t.a_mentor}"),
        )
    if seen.role is Role.MENTOR:
        return Empty(
            Sentence("You have no {t.mentee} at the moment"),
            Sentence("When you accept {t.a_request}, it begins here."),
        )
    return Empty(
        "Nobody works together at the moment", Sentence("When {t.a_mentor} accepts, it begins here.")
    )
