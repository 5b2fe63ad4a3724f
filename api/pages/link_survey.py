"""The brief survey by mail link."""

from __future__ import annotations

from fastapi.responses import Response

from api import acts
from api.errors import NotFound
from api.pages import surveying
from api.pages.forms import Form, Sent
from api.pages.link_confirm import relationship_of, words_of
from api.pages.link_stands import Opened
from api.pages.rendering import Item, page
from api.pages.words import Stage
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.terms import Sentence


async def act(link: Opened, sent: Sent) -> Response:
    survey = relationship_of(link).survey
    if survey is None:
        raise NotFound
    command = AnswerSurvey(answers=surveying.answers(survey.questions, sent))
    await acts.act_by_link(link.ctx, link.subject, command, sent.key)
    return _done_page(link)


async def show(link: Opened, form: Form) -> Response:
    relationship = relationship_of(link)
    if relationship.survey is None:
        raise NotFound
    return page(
        "link_survey.html",
        frame=link.frame,
        programme=link.programme,
        words=words_of(link, relationship),
        questions=surveying.asked(relationship.survey.questions),
        form=form,
        failed=bool(form.errors),
        action=link.action,
        dates=link.dates,
    )


def _done_page(link: Opened) -> Response:
    return page(
        "link_decided.html",
        frame=link.frame,
        programme=link.programme,
        title="Thank you",
        text=Sentence("Your answers are kept, and only the programme’s {t.coordinators} read them."),
        notes=[],
        stages=[
            Stage("Nothing more is needed. You are welcome to go on informally, or to begin something new.")
        ],
        links=[Item("Go home", "/")],
        dates=link.dates,
    )
