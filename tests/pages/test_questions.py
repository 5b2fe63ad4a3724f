"""Questions on pages and by the link of their mail: asked, answered once, shown to the two."""

from __future__ import annotations

from api.questions import acts
from models.links import Purpose
from models.process.request.commands import AcceptRequest
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.test_every_page import ALL
from tests.pages.village import Village, send

pytestmark = SQLITE
MENTORS = f"/p/{SLUG}/mentors"


async def test_asked_on_a_page_and_answered_by_mail_link(village: Village) -> None:
    mentee = await village.person("Ada Asker", "mentee")
    mentor = await village.person("Ben Helper", "mentor")
    page = Page.of(await mentee.browser.get(f"{MENTORS}/{mentor.id}/question"), mentee.browser)
    form = page.form_with("text")
    empty = await send(mentee.browser, form, text=" ")
    assert empty.status_code == 422
    assert "Please write your question." in words_of(empty)
    sent = await send(mentee.browser, form, text="How often do you meet?")
    assert sent.status_code == 303
    again = await send(mentee.browser, form, text="How often do you meet?")
    assert again.headers["location"] == sent.headers["location"]
    question_id = sent.headers["location"].rpartition("/")[2]
    shown = await mentee.browser.get(sent.headers["location"])
    assert "Your question to Ben Helper" in words_of(shown)
    link = await village.link(Purpose.ANSWER, question_id, mentor)
    anybody = village.browser()
    opened = await anybody.get(link)
    assert broken_rules(opened) == []
    for part in ("Ada Asker asks you something", "How often do you meet?", "You answer as Ben Helper"):
        assert part in words_of(opened)
    answering = Page.of(opened, anybody).form_with("text")
    assert (await send(anybody, answering, text="")).status_code == 422
    done = await send(anybody, answering, text="Once a month.")
    assert done.status_code == 200
    assert broken_rules(done) == []
    assert "Your answer is on its way" in words_of(done)
    late = await send(anybody, answering, text="Once a week.")
    assert late.status_code == 409
    assert "Once a week." in words_of(late)
    assert "This question has its answer" in words_of(await anybody.get(link))
    assert (await mentee.browser.get(link)).status_code == 403
    for who in (mentee, mentor):
        assert "Once a month." in words_of(await who.browser.get(f"/questions/{question_id}"))


async def test_a_mentor_asks_before_deciding(village: Village) -> None:
    mentee = await village.person("Ada Asker", "mentee")
    mentor = await village.person("Ben Helper", "mentor")
    asked = await mentee.ask(mentor)
    path = f"/requests/{asked}/question"
    page = await mentor.browser.get(f"/requests/{asked}")
    assert f'href="{path}"' in page.text
    form = Page.of(await mentor.browser.get(path), mentor.browser).form_with("text")
    sent = await send(mentor.browser, form, text="Which topic matters most?")
    question = sent.headers["location"]
    answering = Page.of(await mentee.browser.get(question), mentee.browser).form_with("text")
    assert (await send(mentee.browser, answering, text="Feedback.")).status_code == 303
    timeline = words_of(await mentor.browser.get(f"/requests/{asked}"))
    for part in (
        "A question was asked",
        "Which topic matters most?",
        "The question was answered",
        "Feedback.",
    ):
        assert part in timeline
    await mentor.tell(asked, AcceptRequest(comment="Gladly."))
    assert (await mentor.browser.get(path)).status_code == 409
    assert f'href="{path}"' not in (await mentor.browser.get(f"/requests/{asked}")).text


async def test_what_stands_against_it_is_said_at_the_form(village: Village) -> None:
    mentee = await village.person("Ada Asker", "mentee")
    away = await village.person("Ben Away", "mentor", available=False)
    path = f"{MENTORS}/{away.id}/question"
    page = await mentee.browser.get(path)
    assert page.status_code == 409
    assert "You cannot ask this mentor at the moment" in words_of(page)
    assert (await mentee.browser.get(f"{MENTORS}/{mentee.id}/question")).status_code == 404
    assert (await mentee.browser.get(f"{MENTORS}/nobody/question")).status_code == 404


async def test_pages_of_questions_keep_the_rules_whatever_is_written(village: Village) -> None:
    mentee = await village.person(ALL[:200], "mentee", headline=ALL[:200], about=ALL)
    mentor = await village.person(ALL[:200][::-1], "mentor", about=ALL)
    form = Page.of(await mentee.browser.get(f"{MENTORS}/{mentor.id}/question"), mentee.browser)
    sent = await send(mentee.browser, form.form_with("text"), text=ALL)
    question = sent.headers["location"]
    link = await village.link(Purpose.ANSWER, question.rpartition("/")[2], mentor)
    pages = [await village.browser().get(link)]
    for who in (mentee, mentor):
        pages += [await who.browser.get(path) for path in (question, f"/p/{SLUG}/questions")]
    for page in pages:
        assert page.status_code == 200
        assert broken_rules(page) == []
        assert "<script>alert" not in page.text


async def test_a_question_that_waits_is_on_the_home_of_who_answers(village: Village) -> None:
    mentee = await village.person("Ada Asker", "mentee")
    mentor = await village.person("Ben Helper", "mentor")
    member = await mentee.member()
    asked = await acts.ask(village.world.ctx, member, mentor.id, "How often do you meet?", None, "k")
    home = await mentor.browser.get("/")
    assert broken_rules(home) == []
    for part in ("One thing waits for you", "Ada Asker asks you something", "How often do you meet?"):
        assert part in words_of(home)
    (turn,) = (await mentor.browser.get(f"/api/v1/programmes/{SLUG}/home")).json()["your_turn"]
    assert (turn["kind"], turn["url"], turn["process_id"]) == ("answer", f"/questions/{asked.id}", asked.id)
    assert "asks you something" not in words_of(await mentee.browser.get("/"))
