"""Where the subject of a mail link stands that is good for nothing more: what happened, by whom, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fastapi.responses import Response

from api.desk.schemas import InvitationOut
from api.links import happened
from api.links.links import LinkState
from api.links.opened import LinkPage
from api.web.dates import Dates
from api.web.present import Line
from api.web.rendering import page
from api.web.words import Stage
from models.links import Purpose
from models.process.erasure import ErasureState
from models.process.questions import QuestionState
from models.process.terms import Sentence, joined

_WHY = {
    LinkState.OVER: ("Where it stands", "This link has done its work: you need not use it again."),
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
    "accepted": ("You have joined already", "This invitation was used{when}. Sign in to go on."),
    "revoked": ("This invitation was taken back", "Please ask the people who run the programme."),
    "expired": (
        "This invitation is too old",
        "It was good until {when}. Please ask the people who run the programme for a new one.",
    ),
}
_ERASURE = {
    ErasureState.KEPT: (
        "Your data stays",
        "The erasure was called off{when}. Sign in to go on.",
    ),
    ErasureState.ERASING: ("The erasure has begun", "It cannot be called off any more."),
    ErasureState.ERASED: ("Your data is erased", "It was erased{when}, so this link does nothing any more."),
}
_QUESTION = {
    QuestionState.OPEN: Sentence("The {t.request} is decided, so the question has closed"),
    QuestionState.ANSWERED: "This question has its answer",
    QuestionState.CLOSED: "This question has closed",
}
_SIGN_IN = Stage("Sign in with your e-mail address to see everything that is yours.")


def refused(link: LinkPage) -> Response:
    """The page for the other side of the two, who must not answer in this name."""
    subject = link.subject
    kind = "questions" if subject.question else "requests" if subject.request else "relationships"
    return page(
        "link_refused.html",
        frame=replace(link.frame, next=""),
        status=403,
        programme=link.programme,
        name=link.name,
        here=link.here,
        href=f"/{kind}/{subject.subject_id}",
    )


async def stands(link: LinkPage, status: int = 200, *, lost: bool = False, typed: str = "") -> Response:
    """Where the subject of a link stands now: what happened, by whom and when, and what can be done.

    `lost`: an answer was sent by it just now and did not count; `typed` is what somebody wrote in it.
    """
    subject = link.subject
    words, last = happened.words_of(subject), happened.last_of(subject, link.dates)
    title, text = _title(link, last)
    if lost:
        title, text = _NOT_SENT, _why_lost(link, last, typed)
    return link.page(
        "link_stands.html",
        status=status,
        title=title,
        text=text,
        words=words,
        last=last,
        stages=words.stages if words else [_SIGN_IN],
        way_on=happened.way_on(subject),
        typed=typed,
    )


def _title(link: LinkPage, last: Line | None) -> tuple[str, str]:
    subject = link.subject
    title, text = _WHY[subject.standing]
    if subject.purpose is Purpose.INVITATION and subject.invitation is not None:
        return _of_invitation(link, subject.invitation, (title, text))
    if subject.question is not None and subject.standing is LinkState.OVER:
        return _QUESTION[subject.question.state], text
    if subject.erasure is not None:
        title, text = _ERASURE.get(subject.erasure, (title, text))
        return title, _dated(text, link.dates, subject.settled_at)
    return (last.text if last and subject.standing is LinkState.OVER else title), text


def _of_invitation(link: LinkPage, invitation: InvitationOut, usual: tuple[str, str]) -> tuple[str, str]:
    title, text = _INVITATION.get(invitation.state, usual)
    if invitation.state == "expired":
        return title, Sentence(text, when=link.dates.day_of(invitation.expires_at))
    return title, _dated(text, link.dates, invitation.accepted_at)


def _dated(text: str, dates: Dates, at: datetime | None) -> str:
    return Sentence(text, when=f" on {dates.day_of(at)}" if at else "")


def _why_lost(link: LinkPage, last: Line | None, typed: str) -> str:
    because = _NOT_SENT_BECAUSE.get(link.subject.standing)
    if because is None:
        because = Sentence("{what}, before your answer came.", what=last.text) if last else _ELSE
    return joined(" ", [because, _KEPT] if typed else [because])


_ELSE = "Something else came first."
