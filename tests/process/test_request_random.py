"""Lives that nobody would think of: any commands, by anybody, at any time, under any rules."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM, Actor, Role
from models.process.calendar import DayCount, WorkingTime
from models.process.commands import Command, MailBounced
from models.process.errors import ProcessError
from models.process.policy import ProgrammePolicy, RequestPolicy
from models.process.request import moves as request_moves
from models.process.request.commands import (
    AcceptRequest,
    CloseRequest,
    EditRequest,
    ExtendRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from models.process.request.reports import (
    BeOvertaken,
    GiveBack,
    LeaveToAdmins,
    PlacesClaimed,
    PlacesRefused,
)
from models.process.request.state import MOVES, TERMINAL, Request, RequestState, next_step
from models.process.step import Decision
from tests.process.factories import ACTORS, NOW, OVERTAKEN, REASON, REQUEST_ID, STRANGER_ID, draft

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")

texts = st.sampled_from(("", " ", "Yes, gladly.", "\x00", "line\r\nline", "x" * 5000)) | st.text(max_size=30)
revisions = st.none() | st.integers(0, 5)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(AcceptRequest, comment=texts, revision=revisions),
    st.builds(RequestAmendment, comment=texts, revision=revisions),
    st.builds(RejectRequest, comment=texts, reason=st.sampled_from((REASON, "", "?")), revision=revisions),
    st.builds(ResubmitRequest, message=texts),
    st.builds(EditRequest, message=texts),
    st.builds(WithdrawRequest, comment=texts),
    st.builds(RemindNow),
    st.builds(ExtendRequest, days=st.none() | st.integers(-1, 100)),
    st.builds(CloseRequest, comment=texts),
    st.builds(PlacesClaimed, overtaken=st.sampled_from(((), (OVERTAKEN,)))),
    st.builds(PlacesRefused, full=st.sampled_from(("mentor", "mentee")), gone=st.booleans()),
    st.builds(BeOvertaken, cause=st.sampled_from(ReleaseCause)),
    st.builds(LeaveToAdmins, cause=st.sampled_from(ReleaseCause)),
    st.builds(GiveBack),
    st.just(MailBounced(process_id=REQUEST_ID, kind="request-received")),
)
actors = st.sampled_from((*ACTORS.values(), Actor(role=Role.MENTOR, person_id=STRANGER_ID)))
pauses = st.integers(0, 20 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
periods = st.integers(1, 40).map(lambda days: timedelta(days=days)) | st.integers(1, 10**6).map(
    lambda seconds: timedelta(seconds=seconds)
)
reminders = st.lists(periods, max_size=4).map(tuple)
working_times = st.builds(
    WorkingTime,
    count=st.sampled_from(DayCount),
    day_ends=st.times(min_value=time(1), max_value=time(23, 59)).map(lambda t: t.replace(microsecond=0)),
    weekdays=st.lists(st.integers(0, 6), min_size=1, unique=True).map(lambda days: tuple(sorted(days))),
    holidays=st.frozensets(st.dates(date(2026, 3, 1), date(2026, 5, 1)), max_size=20),
)
policies = st.builds(
    RequestPolicy,
    working=working_times,
    remind_after=reminders,
    close_after=st.none() | periods,
    amendment_remind_after=reminders,
    amendment_close_after=st.none() | periods,
    extend_by=periods,
    comment_required=st.frozensets(st.sampled_from(("accept", "reject", "withdraw", "close"))),
    release_overtaken=st.booleans(),
    decline_reasons=st.sampled_from(((), (REASON,))),
)


class Life:
    """One request, with everything that is ever seen of it, and what must hold after each step."""

    def __init__(self, policy: RequestPolicy, zone: str) -> None:
        self.now = NOW
        self.keys: set[str] = set()
        self.reminded: list[datetime] = []
        new = draft(policy=ProgrammePolicy(request=policy), mentor_zone=zone)
        self.request = new
        self.take(request_moves.open_request(new, NOW))

    def wait(self, pause: timedelta, is_down: bool = False) -> None:
        """The engine wakes the process on each of its dates; after an outage once, for all it missed."""
        until = self.now + pause
        while not is_down and (step := next_step(self.request)) and step.at <= until:
            self.now = max(self.now, step.at)
            self.settle()
        self.now = until
        self.settle()

    def settle(self) -> None:
        while command := request_moves.due(self.request, self.now):
            decision = request_moves.decide(self.request, command, SYSTEM, self.now)
            if command.name == "reminder-due":
                self.reminded.append(self.now)
            self.take(decision)

    def send(self, command: Command, actor: Actor) -> None:
        before = self.request.model_copy(deep=True)
        try:
            decision = request_moves.decide(self.request, command, actor, self.now)
        except ProcessError:
            assert self.request == before
        else:
            assert self.request.state not in TERMINAL
            assert decision.after.state in MOVES[self.request.state, command.name]
            self.take(decision)

    def take(self, decision: Decision[Request]) -> None:
        before, after = self.request, decision.after
        assert [entry.seq for entry in decision.entries] == list(range(before.entries + 1, after.entries + 1))
        assert after.version == before.version + bool(decision.entries)
        assert bool(decision.entries) or not decision.mails
        keys = {order.key for order in decision.mails}
        assert len(keys) == len(decision.mails)
        assert not keys & self.keys
        self.keys |= keys
        self.request = Request.model_validate_json(after.model_dump_json())
        assert self.request == after
        self.check_dates()

    def check_dates(self) -> None:
        request, rules = self.request, self.request.policy.request
        if request.state in TERMINAL:
            assert next_step(request) is None
            assert request.decided_at is not None
            return
        amending = request.state is RequestState.AMENDMENT_REQUESTED
        if request.state is not RequestState.ACCEPTING and (
            rules.amendment_close_after if amending else rules.close_after
        ):
            assert next_step(request) is not None
        if request.closes_at:
            assert all(at < request.closes_at for at in request.reminders)
        assert list(request.reminders) == sorted(set(request.reminders))


steps: st.SearchStrategy[list[Any]] = st.lists(
    st.tuples(pauses, st.booleans(), commands, actors), max_size=25
)


@settings(max_examples=120, deadline=None)
@given(policies, st.sampled_from(ZONES), steps)
def test_any_life_keeps_its_promises(
    policy: RequestPolicy, zone: str, life_steps: list[tuple[timedelta, bool, Command, Actor]]
) -> None:
    life = Life(policy, zone)
    for pause, is_down, command, actor in life_steps:
        life.wait(pause, is_down)
        life.send(command, actor)
    assert len(set(life.reminded)) == len(life.reminded)


@settings(max_examples=40, deadline=None)
@given(policies.filter(lambda rules: rules.close_after is not None), st.sampled_from(ZONES))
def test_silence_always_ends(policy: RequestPolicy, zone: str) -> None:
    life = Life(policy, zone)
    life.wait(timedelta(days=1000))
    assert life.request.state is RequestState.EXPIRED
    assert len(life.reminded) <= len(policy.remind_after)


@settings(max_examples=25, deadline=None)
@given(policies, st.sampled_from(ZONES), pauses)
def test_opening_is_the_same_however_often_it_is_done(
    policy: RequestPolicy, zone: str, later: timedelta
) -> None:
    new = draft(policy=ProgrammePolicy(request=policy), mentor_zone=zone)
    once = request_moves.open_request(new, NOW + later)
    assert once == request_moves.open_request(new, NOW + later)
    assert once == request_moves.open_request(once.after.model_copy(update={"entries": 0}), NOW + later)
