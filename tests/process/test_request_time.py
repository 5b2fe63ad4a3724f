"""Silence: reminders, the closing date, extensions, and that no date is met twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.mails.request import RequestExpired
from models.process import calendar
from models.process.actors import SYSTEM, Role
from models.process.calendar import DayCount, WorkingDays
from models.process.policy import days
from models.process.request import moves as request_moves
from models.process.request.commands import EditRequest, ExtendRequest, RequestAmendment, ResubmitRequest
from models.process.request.reports import DeadlinePassed, ReminderDue
from models.process.request.state import Request, RequestState, next_step
from models.process.timeline import Audience
from tests.process.factories import (
    ADMIN,
    DAY,
    MENTEE,
    MENTEE_ID,
    MENTOR,
    MENTOR_ID,
    NOW,
    REQUEST_ID,
    SECOND,
    WORKING,
    pending,
    rules,
)

S = RequestState
SPREAD = calendar.spread(REQUEST_ID)
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def at_five(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=zone).astimezone(UTC) - SPREAD


def pass_time(request: Request, until: datetime) -> tuple[Request, list[tuple[datetime, str]]]:
    """Lets everything happen that falls due by `until`, each on its date."""
    happened = []
    while (step := next_step(request)) and step.at <= until:
        command = request_moves.due(request, step.at)
        assert command is not None
        decision = request_moves.decide(request, command, SYSTEM, step.at)
        happened.append((step.at, decision.entries[0].what))
        request = decision.after
    return request, happened


def test_two_reminders_and_the_end_at_the_close_of_the_mentors_working_days() -> None:
    request, happened = pass_time(pending(), NOW + 100 * DAY)
    assert happened == [
        (at_five(date(2026, 3, 9), BERLIN), "ReminderSent"),
        (at_five(date(2026, 3, 13), BERLIN), "ReminderSent"),  # day 12 is a Saturday, its Monday the last day
        (at_five(date(2026, 3, 16), BERLIN), "RequestExpired"),
    ]
    assert request.state is S.EXPIRED


def test_seven_and_twelve_days_from_a_wednesday() -> None:
    wednesday = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    _, happened = pass_time(request_moves.open_request(pending(), wednesday).after, wednesday + 100 * DAY)
    assert happened == [
        (at_five(date(2026, 3, 11), BERLIN), "ReminderSent"),
        (at_five(date(2026, 3, 16), BERLIN), "ReminderSent"),
        (at_five(date(2026, 3, 18), BERLIN), "RequestExpired"),
    ]


def test_nothing_is_due_a_second_before_its_date() -> None:
    request = pending()
    first = request.reminders[0]
    assert request_moves.due(request, first - SECOND) is None
    assert isinstance(request_moves.due(request, first), ReminderDue)


def test_a_closing_date_goes_before_the_reminders_that_were_missed() -> None:
    request = pending()
    assert request.closes_at
    assert isinstance(request_moves.due(request, request.closes_at - SECOND), ReminderDue)
    assert isinstance(request_moves.due(request, request.closes_at), DeadlinePassed)


def test_reminders_that_were_missed_are_one_reminder() -> None:
    request = pending(policy=rules(remind_after=days(1, 2, 3)))
    late = request.reminders[-1] + SECOND
    command = request_moves.due(request, late)
    assert command
    after = request_moves.decide(request, command, SYSTEM, late).after
    assert after.reminders == ()
    assert request_moves.due(after, late) is None


def test_periods_that_end_on_the_same_working_day_remind_once() -> None:
    """Day 5 and 6 of a Monday are a weekend, so both fall on the next Monday, as day 7 does."""
    request = pending(policy=rules(remind_after=days(5, 6, 7)))
    assert request.reminders == (at_five(date(2026, 3, 9), BERLIN),)


def test_no_reminder_comes_on_the_closing_date_or_after_it() -> None:
    request = pending(policy=rules(remind_after=days(1, 14, 30)))
    assert request.closes_at == at_five(date(2026, 3, 16), BERLIN)
    assert request.reminders == (at_five(date(2026, 3, 3), BERLIN),)


@pytest.mark.parametrize("day", range(7))
def test_whatever_day_it_begins_there_are_two_reminders_of_one_working_day_or_more(day: int) -> None:
    start = NOW + day * DAY
    request = request_moves.open_request(pending(), start).after
    first, second = (calendar.local_day(at, "Europe/Berlin") for at in request.reminders)
    assert request.closes_at
    assert start.date() + 6 * DAY <= first < second < calendar.local_day(request.closes_at, "Europe/Berlin")


def test_a_weekend_moves_no_reminder_back_to_the_day_it_began() -> None:
    friday = NOW + 4 * DAY
    quick = pending(policy=rules(remind_after=days(1), close_after=2 * DAY))
    request = request_moves.open_request(quick, friday).after
    assert request.reminders == ()
    assert request.closes_at == at_five(date(2026, 3, 9), BERLIN)


def test_what_asks_for_a_change_waits_for_the_mentee_in_the_mentees_zone() -> None:
    amended = request_moves.decide(pending(), RequestAmendment(comment="More?"), MENTOR, NOW).after
    assert amended.reminders == (at_five(date(2026, 3, 9), NEW_YORK),)
    assert amended.closes_at == at_five(date(2026, 3, 16), NEW_YORK)
    expired, happened = pass_time(amended, NOW + 100 * DAY)
    assert [what for _, what in happened] == ["ReminderSent", "RequestExpired"]
    assert expired.state is S.EXPIRED


@pytest.mark.parametrize("amended", [False, True])
def test_an_expiry_tells_both_whose_answer_did_not_come(amended: bool) -> None:
    request = pending()
    if amended:
        request = request_moves.decide(request, RequestAmendment(comment="More?"), MENTOR, NOW).after
    assert request.closes_at
    decision = request_moves.decide(request, DeadlinePassed(), SYSTEM, request.closes_at)
    for order, person in zip(decision.mails, (MENTEE_ID, MENTOR_ID), strict=True):
        assert order.to == person
        assert isinstance(order.props, RequestExpired)
        assert order.props.waited_for == ("mentee" if amended else "mentor")
        assert order.props.asked_at == NOW


def test_a_resubmission_starts_the_mentors_time_anew() -> None:
    amended = request_moves.decide(pending(), RequestAmendment(comment="More?"), MENTOR, NOW).after
    again = request_moves.decide(amended, ResubmitRequest(message="Here"), MENTEE, NOW + 3 * DAY).after
    assert again.since == NOW + 3 * DAY
    assert again.reminders[0] == at_five(date(2026, 3, 12), BERLIN)
    assert again.closes_at == at_five(date(2026, 3, 19), BERLIN)


def test_all_of_it_can_be_switched_off() -> None:
    silent = pending(policy=rules(remind_after=(), close_after=None))
    assert next_step(silent) is None
    assert request_moves.due(silent, NOW + 10_000 * DAY) is None
    only_reminded = pending(policy=rules(close_after=None))
    waiting, happened = pass_time(only_reminded, NOW + 100 * DAY)
    assert [what for _, what in happened] == ["ReminderSent", "ReminderSent"]
    assert waiting.state is S.PENDING


def test_exact_periods_are_exact() -> None:
    request = pending(policy=rules(remind_after=(timedelta(minutes=20),), close_after=timedelta(minutes=30)))
    assert request.reminders == (NOW + timedelta(minutes=20),)
    assert request.closes_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("added", "closes", "last_reminder"),
    [
        (1, date(2026, 3, 17), None),
        (2, date(2026, 3, 18), date(2026, 3, 17)),
        (4, date(2026, 3, 20), date(2026, 3, 18)),
        (7, date(2026, 3, 23), date(2026, 3, 20)),  # two days before a Monday is a Saturday: the Friday
        (90, date(2026, 6, 15), date(2026, 6, 12)),  # day 90 is a Sunday
    ],
)
def test_an_extension_adds_to_the_closing_date_and_reminds_once_more_before_it(
    added: int, closes: date, last_reminder: date | None
) -> None:
    before = pending(policy=rules(remind_after=days(7)))
    after = request_moves.decide(before, ExtendRequest(days=added), ADMIN, NOW).after
    assert after.closes_at == at_five(closes, BERLIN)
    expected = (at_five(last_reminder, BERLIN),) if last_reminder else ()
    assert after.reminders == before.reminders + expected


def test_by_default_an_extension_is_as_long_as_the_programme_says() -> None:
    after = request_moves.decide(
        pending(policy=rules(extend_by=timedelta(days=2))), ExtendRequest(), ADMIN, NOW
    ).after
    assert after.closes_at == at_five(date(2026, 3, 18), BERLIN)


def test_an_extension_by_an_exact_period_is_exact() -> None:
    quick = rules(close_after=timedelta(minutes=30), extend_by=timedelta(minutes=10), remind_after=())
    after = request_moves.decide(pending(policy=quick), ExtendRequest(), ADMIN, NOW).after
    assert after.closes_at == NOW + timedelta(minutes=40)
    assert after.reminders == (NOW + timedelta(minutes=35),)


def test_what_should_have_closed_already_is_extended_from_now() -> None:
    request = pending()
    late = NOW + 60 * DAY  # a Friday; everything was down meanwhile
    after = request_moves.decide(request, ExtendRequest(days=7), ADMIN, late).after
    assert after.closes_at == at_five(date(2026, 5, 8), BERLIN)
    assert all(late < at < after.closes_at for at in after.reminders)


@pytest.mark.parametrize(
    ("zone", "noted"),
    [
        ("America/Los_Angeles", "2026-03-23"),
        ("Pacific/Honolulu", "2026-03-23"),
        ("Pacific/Apia", "2026-03-23"),
    ],
)
def test_the_timeline_names_the_day_of_whoever_decides(zone: str, noted: str) -> None:
    """17:00 in Los Angeles is the next day in UTC."""
    decision = request_moves.decide(pending(mentor_zone=zone), ExtendRequest(days=7), ADMIN, NOW)
    assert decision.entries[0].note == noted


def test_dates_fall_on_the_working_days_of_whoever_is_to_answer() -> None:
    """In Riyadh Friday and Saturday are free, so the Friday of a mentor there is the Sunday after it."""
    riyadh = WorkingDays(weekdays=(0, 1, 2, 3, 6), holidays=frozenset({date(2026, 3, 15)}))
    policy = rules(remind_after=days(4), close_after=12 * DAY, amendment_remind_after=days(4))
    request = pending(policy=policy, mentor_days=riyadh)
    assert request.reminders == (at_five(date(2026, 3, 8), BERLIN),)
    assert request.closes_at == at_five(date(2026, 3, 16), BERLIN)
    amended = request_moves.decide(request, RequestAmendment(comment="More?"), MENTOR, NOW).after
    assert amended.reminders == (at_five(date(2026, 3, 6), NEW_YORK),)


def test_working_days_are_counted_without_weekends_and_holidays() -> None:
    working = WORKING.model_copy(
        update={"count": DayCount.WORKING, "holidays": frozenset({date(2026, 3, 4)})}
    )
    request = pending(policy=rules(working=working, remind_after=days(3), close_after=timedelta(days=5)))
    assert request.reminders == (at_five(date(2026, 3, 6), BERLIN),)
    assert request.closes_at == at_five(date(2026, 3, 10), BERLIN)


def test_an_edit_neither_wakes_nor_delays_anything() -> None:
    before = pending()
    after = request_moves.decide(before, EditRequest(message="Other words"), MENTEE, NOW + DAY).after
    assert next_step(after) == next_step(before)


@pytest.mark.parametrize("amended", [False, True])
def test_a_reminder_that_was_missed_with_the_end_comes_first_and_leaves_a_last_wait(amended: bool) -> None:
    request = pending(policy=rules(last_wait=DAY))
    if amended:
        request = request_moves.decide(request, RequestAmendment(comment="More?"), MENTOR, NOW).after
    assert request.closes_at
    back = request.closes_at + 2 * DAY
    assert isinstance(request_moves.due(request, back), ReminderDue)
    decision = request_moves.decide(request, ReminderDue(), SYSTEM, back)
    closes_at = decision.after.closes_at
    assert closes_at == request.closes_at + 3 * DAY
    moved, reminded = decision.entries
    zone = NEW_YORK if amended else BERLIN
    assert (moved.what, moved.note) == ("ClosingDateMoved", closes_at.astimezone(zone).date().isoformat())
    assert (moved.audience, moved.by_role) == (Audience.BOTH, Role.SYSTEM)
    assert reminded.what == decision.after.last_event == "ReminderSent"
    decider = MENTEE_ID if amended else MENTOR_ID
    assert [order.to for order in decision.mails] == [decider]
    assert getattr(decision.mails[0].props, "closes_at", None) == closes_at
    assert request_moves.due(decision.after, closes_at - SECOND) is None
    assert isinstance(request_moves.due(decision.after, closes_at), DeadlinePassed)


def test_an_end_that_was_missed_after_every_reminder_comes_at_once() -> None:
    request = pending(policy=rules(last_wait=DAY, remind_after=()))
    assert request.closes_at
    assert isinstance(request_moves.due(request, request.closes_at + DAY), DeadlinePassed)


def test_a_late_reminder_leaves_what_it_was_to_leave_or_the_last_wait() -> None:
    request = pending(policy=rules(last_wait=DAY))
    closes_at = request.closes_at
    assert closes_at
    for at, moves in (
        (request.reminders[0], False),
        (closes_at - 2 * DAY, False),
        (closes_at - SECOND, True),
    ):
        after = request_moves.decide(request, ReminderDue(), SYSTEM, at).after
        assert (after.closes_at != closes_at) is moves


def test_a_reminder_in_time_moves_nothing_and_says_nothing_of_it() -> None:
    request = pending(policy=rules(last_wait=DAY))
    decision = request_moves.decide(request, ReminderDue(), SYSTEM, request.reminders[0])
    assert [entry.what for entry in decision.entries] == ["ReminderSent"]
