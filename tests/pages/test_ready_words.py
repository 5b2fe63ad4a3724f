"""A decision needs no typing: a sentence of the programme can be chosen; what is written goes before it."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from models.links import Purpose
from models.process.ready_words import ACCEPT_SENTENCES, AMENDMENT_SENTENCES, DECLINE_SENTENCES
from models.process.request.commands import WithdrawRequest
from tests.api.conftest import SQLITE
from tests.e2e.forms import Form, Page
from tests.pages.reading import broken_rules, seen, words_of
from tests.pages.village import Village, Villager, a_village, send

READY = {"accept": ACCEPT_SENTENCES, "amend": AMENDMENT_SENTENCES, "reject": DECLINE_SENTENCES}
STATES = {"accept": "accepted", "amend": "amendment_requested", "reject": "rejected"}
REASON = {"reason": "I have no time at the moment"}
COACH = {"mentor": {"one": "coach", "many": "coaches"}}
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada Asker", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben Helper", "mentor")


async def shown(village: Village, mentor: Villager, asked: str, by_link: bool) -> tuple[Response, Form]:
    path = await village.link(Purpose.DECIDE, asked, mentor, 1) if by_link else f"/requests/{asked}"
    page = await mentor.get(path)
    return page, Page.of(page, mentor.browser).form_with("decision", "accept")


def offered(page: Response) -> dict[str, list[str]]:
    """The name of each group of radios -> its values; one that is chosen before is a mistake."""
    groups: dict[str, list[str]] = {}
    for attrs in seen(page).all("input"):
        if attrs.get("type") == "radio":
            assert "checked" not in attrs
            groups.setdefault(attrs["name"] or "", []).append(attrs["value"] or "")
    return groups


def state(village: Village, asked: str) -> tuple[str, str]:
    request = village.world.gateway.requests[asked]
    return request.state.value, request.comment


@pytest.mark.parametrize("by_link", [True, False])
@pytest.mark.parametrize("decision", READY)
async def test_a_chosen_sentence_is_what_the_other_side_reads(
    village: Village, mentee: Villager, mentor: Villager, decision: str, by_link: bool
) -> None:
    asked = await mentee.ask(mentor)
    page, form = await shown(village, mentor, asked, by_link)
    sentences = offered(page)[f"ready-{decision}"]
    assert len(sentences) == len(READY[decision]) == 3
    done = await send(
        mentor.browser, form, decision=decision, **{f"ready-{decision}": sentences[1]}, **REASON
    )
    assert done.status_code in {200, 303}
    assert state(village, asked) == (STATES[decision], sentences[1])
    assert sentences[1] in words_of(await mentee.get(f"/requests/{asked}"))


@pytest.mark.parametrize("decision", READY)
async def test_what_is_written_goes_before_a_choice_that_cannot_be_undone(
    village: Village, mentee: Villager, mentor: Villager, decision: str
) -> None:
    asked = await mentee.ask(mentor)
    page, form = await shown(village, mentor, asked, by_link=True)
    chosen = {f"ready-{decision}": offered(page)[f"ready-{decision}"][0]}
    await send(mentor.browser, form, decision=decision, comment="My own words.", **chosen, **REASON)
    assert state(village, asked) == (STATES[decision], "My own words.")


@pytest.mark.parametrize("by_link", [True, False])
@pytest.mark.parametrize("decision", READY)
async def test_a_sentence_of_another_decision_and_none_at_all_are_refused(
    village: Village, mentee: Villager, mentor: Villager, decision: str, by_link: bool
) -> None:
    asked = await mentee.ask(mentor)
    page, form = await shown(village, mentor, asked, by_link)
    groups, name = offered(page), f"ready-{decision}"
    other = next(group for group in groups if group != name)
    for value, complaint in (
        ("Invented.", "Please choose one of the sentences"),
        (groups[other][0], "Please choose one of the sentences"),
        ("", "Please write a sentence or two"),
    ):
        refused = await send(mentor.browser, form, decision=decision, **{name: value}, **REASON)
        assert (refused.status_code, broken_rules(refused)) == (422, [])
        assert complaint in words_of(refused)
    # Chosen, but for another decision than the one that was pressed.
    crossed = await send(mentor.browser, form, decision=decision, **{other: groups[other][0]}, **REASON)
    assert crossed.status_code == 422
    assert state(village, asked)[0] == "pending"


async def test_a_refused_form_comes_back_open_where_it_was_pressed_with_its_choice(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    page, form = await shown(village, mentor, await mentee.ask(mentor), by_link=True)
    assert ["open" in attrs for attrs in seen(page).all("details") if attrs.get("name") == "answer"] == [
        True,
        False,
        False,
    ]
    chosen = {"ready-reject": offered(page)["ready-reject"][2]}
    refused = await send(mentor.browser, form, decision="reject", **chosen)
    assert "Please choose one of the reasons" in words_of(refused)
    groups = [attrs for attrs in seen(refused).all("details") if attrs.get("name") == "answer"]
    assert ["open" in attrs for attrs in groups] == [False, False, True]
    checked = [attrs["value"] for attrs in seen(refused).all("input") if "checked" in attrs]
    assert checked == list(chosen.values())


async def test_a_machine_that_presses_every_button_decides_nothing(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    for by_link in (True, False):
        _, form = await shown(village, mentor, asked, by_link)
        assert form.buttons[0] == ("decision", "")
        for name, value in form.buttons:
            assert (await send(mentor.browser, form, **{name: value})).status_code == 422
    assert state(village, asked)[0] == "pending"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"terms": COACH}, "Yes, I am glad to be your coach."),
        ({"accept_sentences": ["<b>Yes</b> & {t.a_mentor}"], "terms": COACH}, "<b>Yes</b> & a coach"),
        ({"accept_sentences": []}, None),
    ],
)
async def test_the_sentences_are_the_programmes_own_in_its_own_terms(
    migrated_url: str, settings: dict[str, Any], expected: str | None
) -> None:
    async with a_village(migrated_url, **settings) as village:
        mentee, mentor = await village.person("Ada", "mentee"), await village.person("Ben", "mentor")
        asked = await mentee.ask(mentor)
        page, form = await shown(village, mentor, asked, by_link=True)
        assert broken_rules(page) == []
        if expected is None:
            assert "ready-accept" not in offered(page)
            return
        assert offered(page)["ready-accept"][-1] == expected
        await send(mentor.browser, form, decision="accept", **{"ready-accept": expected})
        assert state(village, asked) == ("accepted", expected)


async def test_a_choice_that_came_too_late_is_not_shown_as_something_written(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    asked = await mentee.ask(mentor)
    page, form = await shown(village, mentor, asked, by_link=True)
    chosen = offered(page)["ready-accept"][0]
    await mentee.tell(asked, WithdrawRequest())
    late = await send(mentor.browser, form, decision="accept", **{"ready-accept": chosen})
    assert (late.status_code, broken_rules(late)) == (409, [])
    assert "What you wrote" not in words_of(late)
