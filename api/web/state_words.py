"""Where a request or a relationship stands, and what happens next, to one reader. Pure.

Names and dates come in, sentences go out. `viewer` is the role in which somebody reads: mentee, mentor, or
admin for everybody who looks on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.web.words import Label, Stage, label_for, together_label
from models.process.actors import Part, Role
from models.process.commands import check_complete
from models.process.relationship.base import RelationshipState
from models.process.request.kinds import RequestKind, named, role_of
from models.process.request.state import INNER, TERMINAL, WAITS_FOR, RequestState
from models.process.terms import Sentence

R = RequestState
S = RelationshipState


@dataclass(frozen=True, slots=True)
class RequestWords:
    """Says where one request stands, to one viewer. `mentee` and `mentor` are names."""

    viewer: Role
    state: str
    mentee: str
    mentor: str
    next_reminder_at: datetime | None = None
    closes_at: datetime | None = None
    relationship: bool = False
    left_to_admins: bool = False
    kind: RequestKind = RequestKind.REQUEST
    on_behalf: bool = False
    handed_over: bool = False

    @property
    def label(self) -> Label:
        return label_for("left_to_admins" if self.left_to_admins else self.state, self.viewer, self.kind)

    @property
    def standing(self) -> str:
        """One sentence on where it stands now."""
        if self.left_to_admins:
            return self._named(_WITH_ADMINS[self.viewer])
        if self.handed_over:
            return self._named(_HANDED_OVER[self.viewer])
        state = RequestState(self.state)
        if self.on_behalf and state in _ON_BEHALF.get(self.kind, {}):
            return self._named(_ON_BEHALF[self.kind][state][self.viewer])
        own = _OWN_STANDING.get(self.kind, {})
        return self._named(own.get(state, _STANDING[state])[self.viewer])

    @property
    def stages(self) -> list[Stage]:
        """What happens next, in order; never empty."""
        if self.left_to_admins:
            return self._with_admins()
        state = RequestState(self.state)
        if state in WAITS_FOR:
            return self._waiting(role_of(WAITS_FOR[state], self.kind))
        if self.handed_over:
            return [Stage(self._named(_GOES_ON[self.viewer]))]
        after = _OWN_AFTER.get(self.kind, {}).get(state, _AFTER[state])[self.viewer]
        return [Stage(self._named(after))]

    def _named(self, template: str) -> str:
        return Sentence(named(template, self.kind), mentee=self.mentee, mentor=self.mentor)

    def _with_admins(self) -> list[Stage]:
        if self.viewer is Role.MENTOR:
            return [Stage(_NOTHING_FROM_YOU)]
        stages = [Stage(_LOOK_AFTER[self.viewer])]
        if self.closes_at:
            stages.append(
                Stage(
                    Sentence("If nothing comes of it by then, the {t.request} closes by itself."),
                    self.closes_at,
                )
            )
        return stages

    def _waiting(self, decider: Role) -> list[Stage]:
        you = decider is self.viewer
        who = self.mentor if decider is Role.MENTOR else self.mentee
        part = WAITS_FOR[RequestState(self.state)]
        stages = [Stage(_TURN[part])] if you else []
        if self.next_reminder_at:
            whom = "you" if you else who
            stages.append(Stage(f"A reminder goes to {whom} by mail.", self.next_reminder_at))
        stages.append(self._closing("you" if you else who, _DEED[part]))
        return stages

    def _closing(self, who: str, deed: str) -> Stage:
        if self.closes_at is None:
            return Stage(self._named("There is no closing date: the {t.request} waits until it is answered."))
        verb = "have" if who == "you" else "has"
        told = "Both are told" if self.viewer is Role.ADMIN else "You are both told"
        is_asking = self.viewer in _FREE and self.kind is RequestKind.REQUEST
        consolation = f", and {_FREE[self.viewer]}" if is_asking else ""
        sentence = "If {who} {verb} not {deed} by then, the {t.request} closes by itself. "
        return Stage(
            Sentence(named(f"{sentence}{told}{consolation}.", self.kind), who=who, verb=verb, deed=deed),
            self.closes_at,
        )


_FREE = {Role.MENTEE: "you can ask somebody else or the same {t.mentor} again"}
_TURN = {
    Part.DECIDER: "It is your turn: accept, ask for a change, or decline.",
    Part.SENDER: "It is your turn: change your message and send it again.",
}

_DEED = {Part.DECIDER: "answered", Part.SENDER: "sent it again"}

_STANDING: dict[RequestState, dict[Role, str]] = {
    state: {Role.MENTEE: mentee, Role.MENTOR: mentor, Role.ADMIN: admin}
    for state, mentee, mentor, admin in (
        (
            R.PENDING,
            "{mentor} has your {t.request} and has not answered yet.",
            "{mentee} is waiting for your answer.",
            "{mentee} is waiting for an answer from {mentor}.",
        ),
        (
            R.AMENDMENT_REQUESTED,
            "{mentor} would like you to change the {t.request} and send it again.",
            "You asked for a change. {mentee} has not sent the {t.request} again yet.",
            "{mentor} asked for a change. {mentee} has not sent the {t.request} again yet.",
        ),
        (
            R.ACCEPTED,
            "{mentor} accepted your {t.request}.",
            "You accepted this {t.request}.",
            "{mentor} accepted this {t.request}.",
        ),
        (
            R.REJECTED,
            "{mentor} cannot take this on.",
            "You declined this {t.request}.",
            "{mentor} declined this {t.request}.",
        ),
        (
            R.WITHDRAWN,
            "You withdrew this {t.request}.",
            "{mentee} withdrew this {t.request}.",
            "{mentee} withdrew this {t.request}.",
        ),
        (
            R.EXPIRED,
            "This {t.request} closed by itself, because no answer came in time.",
            "This {t.request} closed by itself, because no answer came in time.",
            "This {t.request} closed by itself, because no answer came in time.",
        ),
        (
            R.CLOSED,
            "{t.A_coordinator} closed this {t.request}.",
            "{t.A_coordinator} closed this {t.request}.",
            "{t.A_coordinator} closed this {t.request}.",
        ),
        (
            R.RELEASED,
            "This {t.request} was released, because something else came first; the history says what.",
            "This {t.request} was released, because something else came first; the history says what.",
            "This {t.request} was released, because something else came first; the history says what.",
        ),
    )
}

Readings = dict[RequestState, dict[Role, str]]


def _read(*lines: tuple[RequestState, str, str, str]) -> Readings:
    """What each state reads like, to the mentee, the mentor and an admin."""
    return {
        state: {Role.MENTEE: mentee, Role.MENTOR: mentor, Role.ADMIN: admin}
        for state, mentee, mentor, admin in lines
    }


_OWN_STANDING: dict[RequestKind, Readings] = {
    RequestKind.OFFER: _read(
        (
            R.PENDING,
            "{mentor} is waiting for your answer.",
            "{mentee} has your offer and has not answered yet.",
            "{mentor} is waiting for an answer from {mentee}.",
        ),
        (
            R.AMENDMENT_REQUESTED,
            "You asked for a change. {mentor} has not made the offer again yet.",
            "{mentee} would like you to change the offer and make it again.",
            "{mentee} asked for a change. {mentor} has not made the offer again yet.",
        ),
        (
            R.ACCEPTED,
            "You accepted this offer.",
            "{mentee} accepted your offer.",
            "{mentee} accepted this offer.",
        ),
        (
            R.REJECTED,
            "You declined this offer.",
            "{mentee} does not take up your offer this time.",
            "{mentee} declined this offer.",
        ),
        (
            R.WITHDRAWN,
            "{mentor} withdrew this offer.",
            "You withdrew this offer.",
            "{mentor} withdrew this offer.",
        ),
    ),
}
"""Of a kind that goes another way than a request does."""
_FREE_NOW = "You are free to ask any {t.mentor}."
_PLACE_FREE = "Your place stays free for somebody else."
_OWN_AFTER: dict[RequestKind, Readings] = {
    RequestKind.OFFER: _read(
        *(
            (state, _FREE_NOW, _PLACE_FREE, "Nothing more is needed.")
            for state in (R.REJECTED, R.WITHDRAWN, R.EXPIRED, R.CLOSED, R.RELEASED)
        )
    ),
}
_REQUEST_ON_BEHALF: Readings = {
    state: {Role.MENTEE: mentee, Role.MENTOR: mentor, Role.ADMIN: admin}
    for state, mentee, mentor, admin in (
        (
            R.AMENDMENT_REQUESTED,
            "{t.A_coordinator} would like you to change the {t.request} to {mentor} and send it again.",
            "{t.A_coordinator} asked for a change in your place. {mentee} has not sent it again yet.",
            "A change was asked for in the place of {mentor}. {mentee} has not sent it again yet.",
        ),
        (
            R.ACCEPTED,
            "{t.A_coordinator} accepted your {t.request} on behalf of {mentor}.",
            "{t.A_coordinator} accepted this {t.request} on your behalf.",
            "{t.A_coordinator} accepted this {t.request} on behalf of {mentor}.",
        ),
        (
            R.REJECTED,
            "{t.A_coordinator} answered for {mentor}, who cannot take this on.",
            "{t.A_coordinator} declined this {t.request} on your behalf.",
            "{t.A_coordinator} declined this {t.request} on behalf of {mentor}.",
        ),
    )
}
_ON_BEHALF: dict[RequestKind, Readings] = {
    RequestKind.REQUEST: _REQUEST_ON_BEHALF,
    RequestKind.OFFER: _read(
        (
            R.AMENDMENT_REQUESTED,
            "{t.A_coordinator} asked for a change in your place. {mentor} has not made the offer again yet.",
            "{t.A_coordinator} would like you to change the offer to {mentee} and make it again.",
            "A change was asked for in the place of {mentee}. {mentor} has not made the offer again yet.",
        ),
        (
            R.ACCEPTED,
            "{t.A_coordinator} accepted this offer on your behalf.",
            "{t.A_coordinator} accepted your offer on behalf of {mentee}.",
            "{t.A_coordinator} accepted this offer on behalf of {mentee}.",
        ),
        (
            R.REJECTED,
            "{t.A_coordinator} declined this offer on your behalf.",
            "{t.A_coordinator} answered for {mentee}, who does not take up your offer this time.",
            "{t.A_coordinator} declined this offer on behalf of {mentee}.",
        ),
    ),
}
_HANDED_OVER = {
    Role.MENTEE: "{t.A_coordinator} handed your {t.request} over to another {t.mentor}.",
    Role.MENTOR: "{t.A_coordinator} handed this {t.request} over to another {t.mentor}.",
    Role.ADMIN: "{t.A_coordinator} handed this {t.request} over to another {t.mentor}.",
}
_GOES_ON = {
    Role.MENTEE: "It goes on there: the other {t.mentor} answers, and the dates have begun anew.",
    Role.MENTOR: "Nothing more is needed from you.",
    Role.ADMIN: "It goes on with the other {t.mentor}.",
}

_WITH_ADMINS = {
    Role.MENTEE: "{mentor} takes no {t.requests} any more, so the {t.coordinators} look after this one.",
    Role.MENTOR: "You take no {t.requests} here any more, so the {t.coordinators} look after this one.",
    Role.ADMIN: "{mentor} takes no {t.requests} any more, so this one waits for {t.a_coordinator}.",
}
_LOOK_AFTER = {
    Role.MENTEE: Sentence(
        "The {t.coordinators} look for another way. You can also withdraw it and ask somebody else."
    ),
    Role.ADMIN: Sentence("Hand it over to another {t.mentor}, or close it with a word."),
}

_ASK_ON = "You are free to ask another {t.mentor}, or {mentor} again later."
_DONE = "Nothing more is needed."
_NOTHING_FROM_YOU = "Nothing more is needed from you."

_AFTER: dict[RequestState, dict[Role, str]] = {
    state: {Role.MENTEE: mentee, Role.MENTOR: mentor, Role.ADMIN: admin}
    for state, mentee, mentor, admin in (
        (
            R.ACCEPTED,
            "Arrange your first conversation with {mentor}. Your shared area says how to reach them.",
            "Write to {mentee} and suggest a first conversation. Your shared area says how to reach them.",
            "The two arrange their first conversation.",
        ),
        (R.REJECTED, _ASK_ON, _NOTHING_FROM_YOU, _DONE),
        (R.WITHDRAWN, _ASK_ON, _NOTHING_FROM_YOU, _DONE),
        (R.EXPIRED, _ASK_ON, _NOTHING_FROM_YOU, _DONE),
        (R.CLOSED, _ASK_ON, _NOTHING_FROM_YOU, _DONE),
        (
            R.RELEASED,
            "If you are still looking for {t.a_mentor}, you can ask another.",
            _NOTHING_FROM_YOU,
            _DONE,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class RelationshipWords:
    """Says where one relationship stands, to one viewer. `survey` is the state of the viewer's own survey."""

    viewer: Role
    state: str
    mentee: str
    mentor: str
    signed_by: Role | None = None
    confirms_at: datetime | None = None
    survey: str | None = None
    survey_closes_at: datetime | None = None
    has_goals: bool = False
    ended_by: Role | None = None
    """Which of the two ended it early, where the timeline tells."""

    @property
    def label(self) -> Label:
        return together_label(self.state)

    @property
    def other(self) -> str:
        return self.mentee if self.viewer is Role.MENTOR else self.mentor

    @property
    def standing(self) -> str:
        if self.state == S.COMPLETING and self.viewer is not Role.ADMIN:
            if self.signed_by is self.viewer:
                return f"You signed it off as complete. {self.other} has not confirmed yet."
            return f"{self.other} signed it off as complete and asks you to confirm."
        if self.state == S.ACTIVE and self.viewer is not Role.ADMIN:
            side = "{t.mentee}" if self.viewer is Role.MENTOR else "{t.mentor}"
            return Sentence("{other} is your " + side + ".", other=self.other)
        if self.state == S.COMPLETED and self.viewer is not Role.ADMIN:
            return Sentence("You and {other} have completed your {t.mentoring}. Well done.", other=self.other)
        if self.state == S.WITHDRAWN and self.ended_by:
            return Sentence("{who} ended this {t.mentoring}.", who=self._who(self.ended_by))
        return Sentence(_TOGETHER[RelationshipState(self.state)], mentee=self.mentee, mentor=self.mentor)

    def _who(self, role: Role) -> str:
        if role is self.viewer:
            return "You"
        return self.mentor if role is Role.MENTOR else self.mentee

    @property
    def stages(self) -> list[Stage]:
        if self.state == S.ACTIVE:
            return self._active()
        if self.state == S.COMPLETING:
            return self._completing()
        if self.state == S.COMPLETED and self.survey == "open":
            return [
                Stage("It is your turn: answer a few questions. It takes about two minutes."),
                Stage("The survey closes by itself. You need not answer.", self.survey_closes_at),
            ]
        if self.viewer is Role.ADMIN:
            return self._looked_on()
        return [Stage("Nothing more is needed. Thank you for the time you gave each other.")]

    def _looked_on(self) -> list[Stage]:
        if self.state == S.COMPLETED and self.survey_closes_at:
            return [Stage("A survey that is not answered closes by itself.", self.survey_closes_at)]
        return [Stage("Nothing more is needed.")]

    def _active(self) -> list[Stage]:
        if self.viewer is Role.ADMIN:
            return [Stage("The two meet and work on their goals until one of them signs it off as complete.")]
        end = Stage("When you are done, one of you signs off and the other confirms.")
        if self.has_goals:
            return [
                Stage(f"Keep in touch with {self.other}, and write down how far you are with your goals."),
                end,
            ]
        first = {
            Role.MENTOR: f"Write to {self.mentee} first, and suggest a first conversation.",
            Role.MENTEE: f"Arrange your first conversation with {self.mentor}.",
        }[self.viewer]
        return [Stage(first), Stage("Set one or two goals together."), end]

    def _completing(self) -> list[Stage]:
        asked = self.viewer is not Role.ADMIN and self.signed_by is not self.viewer
        silence = "you have not answered" if asked else "nobody answers"
        itself = Stage(f"If {silence} by then, it counts as complete.", self.confirms_at)
        survey = Stage("Then each of you gets a brief survey by mail.")
        if self.viewer is Role.ADMIN:
            return [itself, Stage("Then each of the two gets a brief survey by mail.")]
        if self.signed_by is self.viewer:
            return [Stage(f"{self.other} confirms, or says what is still to be done."), itself, survey]
        return [Stage("It is your turn: confirm, or say what is still to be done."), itself, survey]


_TOGETHER: dict[RelationshipState, str] = {
    S.ACTIVE: "{mentor} is the {t.mentor} of {mentee}.",
    S.COMPLETING: "One side has signed off as complete; the other has not confirmed yet.",
    S.COMPLETED: "{mentor} and {mentee} have completed their {t.mentoring}.",
    S.WITHDRAWN: "This {t.mentoring} was ended early.",
    S.ENDED: "This {t.mentoring} was ended by {t.a_coordinator}.",
}

_HERE = "api/web/state_words.py"
check_complete(f"_STANDING in {_HERE}", _STANDING, set(RequestState) - INNER)
check_complete(f"_AFTER in {_HERE}", _AFTER, TERMINAL)
check_complete(f"_TOGETHER in {_HERE}", _TOGETHER, RelationshipState)
