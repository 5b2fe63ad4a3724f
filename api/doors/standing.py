"""What a home shows of a request or a mentoring: whose turn it is, where it stands, how it ended. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.questions.schemas import QuestionOut
from api.relationships.schemas import RelationshipOut
from api.requests.schemas import RequestOut
from api.shortlists import texts as list_texts
from api.shortlists.schemas import ShortlistOut
from api.web import journeys, present, words
from api.web.dates import Dates
from api.web.journeys import Journey
from api.web.schemas import PersonRef
from api.web.words import Label
from models.process.actors import Part, Role
from models.process.relationship.base import RUNNING, RelationshipState
from models.process.relationship.parts.surveys import SurveyState
from models.process.request.kinds import RequestKind, role_of
from models.process.request.state import OPEN, WAITS_FOR, RequestState, whose_turn
from models.process.shortlist.state import AskState
from models.process.terms import Sentence

REMEMBERED = timedelta(days=30)
"""How long what has ended stands on the home."""
LONGEST_QUOTE = 280


@dataclass(frozen=True, slots=True)
class Step:
    """A link to where something is done."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One request or mentoring as its reader sees it. `quote` is what the other side wrote last.

    `is_turn`: it waits for the reader, until `until` where that has a date. `over`: it has ended.
    """

    title: str
    people: tuple[PersonRef, ...]
    sub: str
    mark: Label | None
    journey: Journey | None
    step: Step
    quote: str = ""
    is_turn: bool = False
    until: datetime | None = None
    over: bool = False
    goals: tuple[tuple[str, int], ...] = ()
    kind: str = ""
    """What the reader is to do, where it is their turn: decide, amend, answer, confirm or survey."""
    process_id: str = ""


def of_request(request: RequestOut, role: Role, dates: Dates) -> Standing:
    """To the mentee or the mentor of it."""
    said = present.request_words(request, role)
    other = request.mentor if role is Role.MENTEE else request.mentee
    here = f"/requests/{request.id}"
    turn = _turn_of_request(request, role)
    is_open = request.state in OPEN
    title, step = _headline(request, role, present.isolated(other.name), here)
    return Standing(
        title=title,
        people=(other,),
        sub=said.standing if not turn else "",
        mark=None if turn else said.label,
        journey=journeys.of_request(request, role, dates),
        step=step,
        quote=present.excerpt(_quote(request, role), LONGEST_QUOTE),
        is_turn=turn,
        until=request.closes_at if is_open else None,
        over=not is_open,
        kind=_KINDS.get(role, "") if turn else "",
        process_id=request.id,
    )


_KINDS = {Role.MENTOR: "decide", Role.MENTEE: "amend"}


def of_shortlist(one: ShortlistOut, dates: Dates) -> Standing:
    """A list that is under way, to its mentee."""
    asked = [ask.mentor for ask in one.asks if ask.state is AskState.ASKED]
    return Standing(
        title=list_texts.title(one, is_mine=True),
        people=tuple(asked[:1]) or (one.mentee,),
        sub=list_texts.standing(one),
        mark=list_texts.mark(one.state),
        journey=list_texts.journey(one, dates),
        step=Step("See your list", f"/shortlists/{one.id}"),
    )


def of_question(question: QuestionOut) -> Standing:
    """A question that the reader is to answer."""
    return Standing(
        title=f"{present.isolated(question.from_.name)} asks you something",
        people=(question.from_,),
        sub="",
        mark=None,
        journey=None,
        step=Step("Answer", f"/questions/{question.id}"),
        quote=present.excerpt(question.text, LONGEST_QUOTE),
        is_turn=True,
        until=question.closes_at,
        kind="answer",
        process_id=question.id,
    )


def _turn_of_request(request: RequestOut, role: Role) -> bool:
    return whose_turn(request.state, request.left_to_admins, request.kind) is role


def _headline(request: RequestOut, role: Role, other: str, here: str) -> tuple[str, Step]:
    if request.kind is RequestKind.OFFER:
        return _headline_of_offer(request, role, other, here)
    if role is Role.MENTOR:
        asks = Sentence("{other} asks you to be their {t.mentor}", other=other)
        if _turn_of_request(request, role):
            return asks, Step("Answer", f"{here}#answer")
        return asks, Step(Sentence("See the {t.request}"), here)
    if request.state is RequestState.AMENDMENT_REQUESTED:
        return f"{other} asks for a change", Step("Change your message", f"{here}#resubmit")
    return Sentence("Your {t.request} to {other}", other=other), Step(Sentence("See your {t.request}"), here)


def _headline_of_offer(request: RequestOut, role: Role, other: str, here: str) -> tuple[str, Step]:
    turn = _turn_of_request(request, role)
    if role is Role.MENTEE:
        offers = Sentence("{other} offers to be your {t.mentor}", other=other)
        return offers, Step("Answer", f"{here}#answer") if turn else Step("See the offer", here)
    if turn:
        return f"{other} asks for a change", Step("Change your offer", f"{here}#resubmit")
    return f"Your offer to {other}", Step("See your offer", here)


def _quote(request: RequestOut, role: Role) -> str:
    """The words of the other side: a mentor reads the message, a mentee what was answered."""
    if role is role_of(Part.DECIDER, request.kind):
        return request.message if _turn_of_request(request, role) else ""
    own = request.state is RequestState.WITHDRAWN or WAITS_FOR.get(request.state) is Part.DECIDER
    return "" if own else request.comment or request.reason


def of_relationship(relationship: RelationshipOut, role: Role, dates: Dates) -> Standing:
    said = present.relationship_words(relationship, role)
    me, other = relationship.mentee, relationship.mentor
    if role is Role.MENTOR:
        me, other = other, me
    name, here = present.isolated(other.name), f"/relationships/{relationship.id}"
    turn = _turn_of_relationship(relationship, role)
    goals = tuple((goal.title, goal.progress) for goal in relationship.goals)
    title, step, until = f"You and {name}", Step("Open what you share", here), None
    quote = kind = ""
    if turn and relationship.state is RelationshipState.COMPLETING:
        title, until = f"{name} says that you are done", relationship.confirms_at
        kind = "confirm"
        step = Step("Confirm or say what is missing", f"{here}#confirm")
        quote = present.last_note(relationship.timeline, "CompletionSignedOff")
    elif turn and relationship.survey:
        title, until = f"How was it with {name}?", relationship.survey.closes_at
        kind = "survey"
        step = Step("Answer the survey", f"{here}#survey")
    return Standing(
        title=title,
        people=(me, other),
        sub=_stands(relationship, dates, turn),
        mark=None if turn else said.label,
        journey=journeys.of_relationship(relationship, role, dates),
        step=step,
        quote=present.excerpt(quote, LONGEST_QUOTE),
        is_turn=turn,
        until=until,
        over=relationship.state not in RUNNING,
        goals=goals if relationship.state in RUNNING and not turn else (),
        kind=kind,
        process_id=relationship.id,
    )


def _turn_of_relationship(relationship: RelationshipOut, role: Role) -> bool:
    if relationship.state is RelationshipState.COMPLETING:
        return relationship.signed_by != role
    survey = relationship.survey
    return survey is not None and survey.state is SurveyState.OPEN


def _stands(relationship: RelationshipOut, dates: Dates, turn: bool) -> str:
    if relationship.state is RelationshipState.COMPLETED:
        if turn:
            return "A few questions, about two minutes. You need not answer."
        return f"Completed {dates.away(relationship.ended_at)}" if relationship.ended_at else "Completed"
    if relationship.state not in RUNNING:
        return Sentence("This {t.mentoring} has ended.")
    return f"Since {dates.day_of(relationship.started_at)}"


def is_recent(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at <= REMEMBERED


def remembered(all_of_them: Iterable[RequestOut], now: datetime) -> list[RequestOut]:
    """What a mentee asked and what came to nothing lately, without what they took back themselves."""
    ended = [
        one
        for one in all_of_them
        if one.state not in OPEN | {RequestState.ACCEPTED, RequestState.WITHDRAWN}
        and is_recent(one.decided_at, now)
    ]
    return sorted(ended, key=lambda one: one.decided_at or now, reverse=True)


_SAID_OTHERWISE = {"RelationshipStarted", "RelationshipPaired", "RequestSubmitted", "RequestPaired"}
"""The one follows from an acceptance, which is news itself; the other stands among what waits."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that another person, or time, has done since the reader was here."""

    at: datetime
    text: str
    by: str
    who: str
    href: str
    quote: str = ""

    @property
    def brief(self) -> str:
        return present.excerpt(self.quote)


def news(
    requests: Iterable[tuple[RequestOut, Role]],
    relationships: Iterable[tuple[RelationshipOut, Role]],
    me: str,
    since: datetime,
    shown: Collection[str] = (),
) -> list[News]:
    """Newest first, without what the reader did; words that are `shown` beside it are not repeated."""
    found = [one for request, role in requests for one in _of(request, role, "requests", me, since)]
    found += [
        one
        for relationship, role in relationships
        for one in _of(relationship, role, "relationships", me, since)
    ]
    found = [replace(one, quote="") if _is_shown(one.quote, shown) else one for one in found]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _is_shown(quote: str, shown: Collection[str]) -> bool:
    """Whether the words stand beside the news, where those of a decline are without their reason."""
    plain = " ".join(quote.split())
    return any(words and words.removesuffix(" …") in plain for words in shown)


def _of(
    process: RequestOut | RelationshipOut, role: Role, place: str, me: str, since: datetime
) -> list[News]:
    other = process.mentor if process.mentee.id == me else process.mentee
    return [
        News(
            at=entry.at,
            text=words.event(entry.what, role),
            by=entry.by.name or "" if entry.by.id and entry.by.id != other.id else "",
            who=other.name,
            href=f"/{place}/{process.id}",
            quote=(entry.note or "") if entry.by.id else "",
        )
        for entry in process.timeline
        if entry.at > since and entry.by.id != me and entry.what not in _SAID_OTHERWISE
    ]
