"""Dates in the reader's zone, and what is said about where things stand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from api.web import forms, present, words
from api.web.dates import Dates
from api.web.pages import local_path
from api.web.rendering import environment
from api.web.schemas import By, EntryOut
from api.web.state_words import RelationshipWords, RequestWords
from models import naming, regions
from models.mails.frame import KINDS
from models.process.actors import Role
from models.process.errors import Invalid
from models.process.relationship import moves as relationship_moves
from models.process.relationship.base import RelationshipState
from models.process.request import moves as request_moves
from models.process.request.state import INNER, RequestState

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
READERS = (Role.MENTEE, Role.MENTOR, Role.ADMIN)


def test_a_time_is_written_in_the_readers_zone_and_names_it() -> None:
    at = datetime(2026, 3, 29, 14, 30, tzinfo=UTC)
    assert str(Dates("Europe/Berlin", NOW).full(at)) == (
        '<time datetime="2026-03-29T14:30Z">Sunday 29\xa0March at 16:30</time>, Berlin\xa0time'
    )
    assert "Sunday 29\xa0March at 10:30</time>, New York\xa0time" in Dates("America/New_York", NOW).full(at)
    assert "Monday 30\xa0March at 01:30</time>, Sydney\xa0time" in Dates("Australia/Sydney", NOW).full(at)
    assert "at 14:30</time>, UTC" in Dates("UTC", NOW).full(at)


def test_the_year_is_written_when_it_is_another_one() -> None:
    dates = Dates("UTC", NOW)
    assert dates.day(date(2026, 12, 31)) == "31 December"
    assert dates.day(date(2027, 1, 1)) == "1 January 2027"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (6, "in 6 days"),
        (19, "in 19 days"),
        (-21, "21 days ago"),
        (27, "in 4 weeks"),
        (59, "in 8 weeks"),
        (90, "in 3 months"),
    ],
)
def test_how_far_off_a_time_is(days: int, said: str) -> None:
    assert Dates("Europe/Berlin", NOW).away(NOW + timedelta(days=days)) == said


def test_days_are_counted_by_the_readers_calendar() -> None:
    soon = NOW + timedelta(hours=3)
    assert Dates("Pacific/Kiritimati", NOW).away(soon) == "today"
    assert Dates("Asia/Tokyo", NOW).away(soon) == "tomorrow"


@pytest.mark.parametrize("viewer", READERS)
@pytest.mark.parametrize("state", list(RequestState))
def test_every_state_of_a_request_says_where_it_stands_and_what_comes_next(
    state: RequestState, viewer: Role
) -> None:
    shown = RequestWords(viewer, _public(state), "Ada", "Ben", None, NOW)
    assert shown.standing
    assert shown.stages
    assert all(stage.text.endswith(".") for stage in shown.stages)
    assert words.label(state).text != state.value
    assert "{" not in shown.standing + "".join(stage.text for stage in shown.stages)


def _public(state: RequestState) -> str:
    return "pending" if state in INNER else state.value


@pytest.mark.parametrize("viewer", READERS)
@pytest.mark.parametrize("state", list(RelationshipState))
@pytest.mark.parametrize("signed_by", [None, Role.MENTEE, Role.MENTOR])
def test_every_state_of_a_relationship_says_where_it_stands_and_what_comes_next(
    state: RelationshipState, viewer: Role, signed_by: Role | None
) -> None:
    shown = RelationshipWords(viewer, state.value, "Ada", "Ben", signed_by, NOW, "open", NOW)
    assert shown.standing
    assert shown.stages
    assert words.label(state).text != state.value


@pytest.mark.parametrize(
    ("state", "turn", "other"),
    [("pending", Role.MENTOR, Role.MENTEE), ("amendment_requested", Role.MENTEE, Role.MENTOR)],
)
def test_an_open_request_stands_out_to_the_one_whose_turn_it_is(state: str, turn: Role, other: Role) -> None:
    assert words.label_for(state, turn) == words.Label("Waiting for you", words.Tone.TURN)
    assert words.label_for(state, other).tone is words.Tone.QUIET
    assert words.label_for(state, Role.ADMIN) == words.label(state)
    assert words.label_for("accepted", turn) == words.label("accepted")


def test_silence_is_told_by_what_was_awaited() -> None:
    changing = RequestWords(Role.MENTEE, "amendment_requested", "Ada", "Ben", None, NOW)
    assert "If you have not sent it again by then" in changing.stages[-1].text
    for viewer, said in ((Role.MENTEE, "nobody answers"), (Role.MENTOR, "you have not answered")):
        shown = RelationshipWords(viewer, "completing", "Ada", "Ben", Role.MENTEE, NOW)
        assert f"If {said} by then, it counts as complete." in [stage.text for stage in shown.stages]


@pytest.mark.parametrize(
    ("viewer", "said"), [(Role.MENTEE, "You ended"), (Role.MENTOR, "Ada ended"), (Role.ADMIN, "Ada ended")]
)
def test_who_ended_a_mentoring_early_is_named(viewer: Role, said: str) -> None:
    shown = RelationshipWords(viewer, "withdrawn", "Ada", "Ben", ended_by=Role.MENTEE)
    assert shown.standing == f"{said} this mentoring."
    assert shown.label.text == "Ended"


def test_a_waiting_request_names_both_dates_to_both() -> None:
    remind, close = NOW + timedelta(days=7), NOW + timedelta(days=14)
    for viewer, turn in ((Role.MENTOR, 1), (Role.MENTEE, 0)):
        stages = RequestWords(viewer, "pending", "Ada", "Ben", remind, close).stages
        assert [stage.at for stage in stages] == [None] * turn + [remind, close]
    assert "waits until it is answered" in RequestWords(Role.MENTEE, "pending", "Ada", "Ben").stages[-1].text


def test_everything_that_a_process_notes_has_its_words() -> None:
    kinds = [Path(module.__file__ or "").parent for module in (request_moves, relationship_moves)]
    rules = "".join(path.read_text("utf-8") for kind in kinds for path in kind.rglob("*.py"))
    said = re.findall(r"""(body = )?["']([A-Z][a-z]+(?:[A-Z][a-z]+)+)["']""", rules)
    noted = {what for is_body, what in said if not is_body}
    assert {"RequestSubmitted", "CompletionConfirmedByTime", "SurveyUnanswered"} <= noted
    assert noted <= words.EVENTS.keys()


def test_every_mail_has_its_words() -> None:
    assert {"request-received", "sign-in"} <= KINDS.keys()
    assert words.mail("sign-in") == "Sign-in link"
    assert words.mail("of-a-later-version") == "Of a later version"


def test_a_form_reads_numbers_and_days_strictly() -> None:
    sent = forms.Sent.__new__(forms.Sent)
    sent.values = {"a": ["7"], "b": ["٧"], "c": ["-1"], "d": ["9" * 40], "e": ["2026-02-30"], "f": [" "]}
    assert sent.number("a", "no") == 7
    assert sent.number("f", "no") is None
    for name in "bcd":
        with pytest.raises(Invalid, match="no"):
            sent.number(name, "no")
    with pytest.raises(Invalid, match="no"):
        sent.day("e", "no")


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "/a\nb", "/ä"],
)
def test_a_path_to_somewhere_else_is_not_followed(path: str) -> None:
    assert local_path(path, lambda _: True, "/home") == "/home"


def test_addresses_in_a_mail_become_links_and_nothing_else_does() -> None:
    text = "Decide: https://a.example/links/x.y-z?b=1&c=2.\n<script>alert(1)</script> javascript:alert(1)"
    shown = environment().from_string("{{ text | urlize }}").render(text=text)
    assert '<a href="https://a.example/links/x.y-z?b=1&amp;c=2" rel="noopener">' in shown
    assert "<script" not in shown
    assert shown.count("<a ") == 1


def test_languages_are_shown_by_names_that_are_understood_when_they_come_back() -> None:
    back = {code: regions.language_code(naming.language(code)) for code in regions.languages()}
    # Ga is also the code of Irish; Oji-Cree is Ojibwe to some.
    assert {code for code, found in back.items() if found != code} == {"gaa", "ojs"}
    assert not any("," in name for name in regions.languages().values())
    assert naming.country("DE") == "Germany"


def test_the_timeline_says_until_when_a_late_reminder_moved_the_closing_date() -> None:
    by = By(id=None, name=None, role=Role.SYSTEM)
    entry = EntryOut(at=NOW, what="ClosingDateMoved", by=by, on_behalf_of=None, note="2026-03-31")
    (line,) = present.lines([entry], "", Role.MENTEE, Dates("UTC", NOW))
    assert (line.by, line.note) == ("Automatically", "Until 31 March")
    assert line.text == "The closing date was moved, because the reminder came late"
