"""What somebody typed comes back with every form that is refused, also where the form is gone."""

from __future__ import annotations

import pytest

from models.links import Purpose
from models.process.programme import DEFAULT_SURVEY
from models.process.relationship.parts.completion import ConfirmCompletion, SignOff
from models.process.request.commands import AcceptRequest, WithdrawRequest
from models.process.surveys import QuestionKind
from models.store.tables import MemberRow
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.pages.reading import broken_rules, words_of
from tests.pages.test_people_pages import form_to
from tests.pages.village import Village, Villager, send

BASE = f"/p/{SLUG}"
ANSWERS = {"useful": "4", "goals": "5", "recommend": "5", "remark": "We began too late."}
pytestmark = SQLITE


@pytest.fixture
async def mentee(village: Village) -> Villager:
    return await village.person("Ada", "mentee")


@pytest.fixture
async def mentor(village: Village) -> Villager:
    return await village.person("Ben", "mentor")


async def completed(mentee: Villager, mentor: Villager) -> str:
    together = await mentee.mentored_by(mentor)
    await mentee.say(together, SignOff())
    await mentor.say(together, ConfirmCompletion())
    return together


async def test_a_survey_sent_empty_names_every_question(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await completed(mentee, mentor)
    link = await village.link(Purpose.SURVEY, together, mentee)
    for path, action in ((f"/relationships/{together}", "/survey"), (link, link)):
        empty = await send(mentee.browser, form_to(await mentee.open(path), action), remark="Kept words")
        assert empty.status_code == 422
        assert broken_rules(empty) == []
        assert "Kept words" in words_of(empty)
        for question in DEFAULT_SURVEY:
            named = words_of(empty).count(f"Please answer “{question.text}”")
            # Once in the summary and once at its field.
            assert named == (2 if question.required else 0), question.key


async def test_answers_that_came_too_late_are_kept_by_question(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    together = await completed(mentee, mentor)
    link = await village.link(Purpose.SURVEY, together, mentee)
    page = await mentee.open(f"/relationships/{together}")
    forms = (form_to(page, "/survey"), form_to(await mentee.open(link), link))
    assert (await send(mentee.browser, forms[0], **ANSWERS)).status_code == 303
    for form in forms:
        form.fields["key"] = "another"
        late = await send(mentee.browser, form, **ANSWERS | {"remark": "And one thing more."})
        assert late.status_code == 409
        assert broken_rules(late) == []
        shown = words_of(late)
        assert "And one thing more." in shown
        for question in DEFAULT_SURVEY:
            if question.kind is QuestionKind.SCALE:
                assert f"{question.text} {ANSWERS[question.key]}" in shown


async def test_a_message_to_a_mentor_who_has_left_comes_back(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    form = form_to(await mentee.open(f"{BASE}/mentors/{mentor.id}/ask"), "/ask")
    with village.world.database.writing() as session:
        session.get_one(MemberRow, (village.programme_id, mentor.id)).is_mentor = False
    for step in ("check", "send"):
        late = await send(mentee.browser, form, step=step, message="Weighed with care.")
        assert late.status_code == 409
        assert "Weighed with care." in words_of(late)
        assert "no mentor here any more" in words_of(late)


async def test_a_word_to_a_request_that_has_ended_comes_back(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    admin = await village.person("Ines", "admin")
    asked = await mentee.ask(mentor)
    forms = {
        "accept": (mentor, (await mentor.open(f"/requests/{asked}")).form_with("decision", "accept")),
        "edit": (mentee, form_to(await mentee.open(f"/requests/{asked}"), "/edit")),
        "close": (admin, form_to(await admin.open(f"/requests/{asked}"), "/close")),
    }
    await mentee.tell(asked, WithdrawRequest())
    for who, form in forms.values():
        typed = {"comment": "Typed with care.", "message": "Typed with care."}
        late = await send(who.browser, form, decision="accept", **typed)
        assert late.status_code == 409
        assert "Typed with care." in words_of(late)


async def test_a_refused_close_comes_back_to_the_list_it_was_sent_from(
    village: Village, mentee: Villager, mentor: Villager
) -> None:
    admin = await village.person("Ines", "admin")
    asked = await mentee.ask(mentor)
    village.world.clock.forward(days=8)
    back = f"{BASE}/admin/stalled?older_than=P3D"
    form = form_to(await admin.open(f"/requests/{asked}"), f"{asked}/close")
    refused = await send(admin.browser, form, back=back)
    assert refused.status_code == 422
    assert f'name="back" value="{back}"' in refused.text
    await mentor.tell(asked, AcceptRequest(comment="Yes."))
