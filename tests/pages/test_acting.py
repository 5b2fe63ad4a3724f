"""The form of a command is drawn from its class."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated

import pytest
from starlette.datastructures import FormData

from api.web.act_forms import acts_of, begun, command_of, fields_of, read
from api.web.errors import NotFound
from api.web.forms import Form, Sent, values_of
from api.web.rendering import environment
from models.process.commands import BY_MENTOR
from models.process.errors import Invalid
from models.process.inputs import Input, Label, Offer, Place, Widget
from models.process.relationship.parts.goals import ReviseGoal
from models.process.request.commands import Decision, EditRequest
from models.process.request.moves import COMMANDS
from models.process.terms import Term, Terms


class Postpone(Decision):
    """The mentor puts the answer off."""

    name = "postpone"
    by = BY_MENTOR
    offer = Offer(
        "Put it off",
        done="It is put off.",
        title="Put the {t.request} off",
        lead="{other} is told.",
        labels={"comment": Label("Your words to {other}", "The {t.mentee} reads them.")},
    )
    weeks: Annotated[int | None, Input(Widget.NUMBER, between=(1, 4), wrong="Please write weeks.")] = None


WORDS = Terms(request=Term(one="call", many="calls"), mentee=Term(one="pupil", many="pupils")).words


def drawn(comment_required: tuple[str, ...] = ()) -> str:
    form = Form(csrf="token", values=values_of({"revision": 3, "comment": "<b>"}))
    (act,) = acts_of({"postpone": Postpone}, {"postpone": form}, "Ada", comment_required)
    module = environment().get_template("parts/form.html").make_module({"t": WORDS})
    return str(module.act(act, "/requests/1"))  # type: ignore[attr-defined]


def test_a_form_has_the_fields_limits_labels_and_words_of_the_class() -> None:
    text = drawn()
    assert 'action="/requests/1/postpone"' in text
    assert "<summary>Put the call off</summary>" in text
    assert "Ada is told." in text
    assert ">Put it off</button>" in text
    assert "Your words to Ada" in text
    assert "The pupil reads them." in text
    assert 'maxlength="2000"' in text
    assert "&lt;b&gt;" in text
    assert 'name="weeks" type="number"' in text
    assert 'min="1" max="4"' in text


def test_a_form_carries_the_wording_that_was_read() -> None:
    assert '<input type="hidden" name="revision" value="3">' in drawn()


def test_a_form_begins_with_what_the_process_has_where_its_field_says_so() -> None:
    shown = SimpleNamespace(message="May I?", revision=2, comment="Of somebody else", weeks=3)
    assert begun(Postpone, shown) == {"revision": ["2"]}
    assert begun(EditRequest, shown) == {"message": ["May I?"]}


def test_a_comment_is_optional_where_the_programme_asks_for_none() -> None:
    assert "(if you like)" in drawn()
    assert "(if you like)" not in drawn(("postpone",))


def test_a_posted_form_becomes_the_command() -> None:
    sent = Sent(FormData([("comment", " So be it. "), ("revision", "3"), ("weeks", "2"), ("by", "admin")]))
    assert read(Postpone, sent) == Postpone(comment="So be it.", revision=3, weeks=2)
    assert read(Postpone, Sent(FormData())) == Postpone()
    assert read(Postpone, sent, revision=4) == Postpone(comment="So be it.", revision=4, weeks=2)
    with pytest.raises(Invalid, match="Please write weeks"):
        read(Postpone, Sent(FormData([("weeks", "two")])))
    with pytest.raises(Invalid, match="by when"):
        read(ReviseGoal, Sent(FormData([("due", "soon")])), goal_id="1")


@pytest.mark.parametrize("name", ["accept", "places-claimed", "reminder-due", "nothing"])
def test_a_page_sends_only_what_it_draws(name: str) -> None:
    with pytest.raises(NotFound):
        command_of(COMMANDS, name)


def test_every_field_that_is_asked_for_has_a_label() -> None:
    for command in COMMANDS.values():
        if command.is_act() and command.offer.place is not Place.OWN:
            assert set(fields_of(command)) <= set(command.offer.labels)
