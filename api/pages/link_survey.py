"""The brief survey by mail link."""

from __future__ import annotations

from fastapi.responses import Response

from api import acts
from api.errors import NotFound
from api.pages import surveying
from api.pages.common import REFUSALS, refuse
from api.pages.forms import Form, Sent
from api.pages.link_confirm import relationship_of, words_of
from api.pages.link_stands import Opened, opened, stands
from api.pages.rendering import Item, page
from api.pages.words import Stage
from models.process.errors import IllegalMove, Superseded
from models.process.relationship_commands import AnswerSurvey


async def show(link: Opened) -> Response:
    return _form_page(link, link.form())


async def act(link: Opened, sent: Sent) -> Response:
    survey = relationship_of(link).survey
    if survey is None:
        raise NotFound
    command = AnswerSurvey(answers=surveying.answers(survey.questions, sent))
    try:
        await acts.act_by_link(link.ctx, link.subject, command, sent.key)
    except (Superseded, IllegalMove):
        typed = sent.typed(surveying.labels(surveying.asked(survey.questions)))
        return await stands(await opened(link.ctx, link.token), status=409, typed=typed)
    except REFUSALS as error:
        form = link.form()
        status = refuse(form, error, sent)
        return _form_page(link, form, status)
    return _done_page(link)


def _form_page(link: Opened, form: Form, status: int = 200) -> Response:
    relationship = relationship_of(link)
    if relationship.survey is None:
        raise NotFound
    return page(
        "link_survey.html",
        frame=link.frame,
        status=status,
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
        text="Your answers are kept, and only the programme’s coordinators read them.",
        notes=[],
        contact=None,
        stages=[
            Stage("Nothing more is needed. You are welcome to go on informally, or to begin something new.")
        ],
        links=[Item("Go home", "/")],
        dates=link.dates,
    )
