"""The brief survey by mail link."""

from __future__ import annotations

from fastapi.responses import Response

from api.links.confirm import words_of
from api.links.links import act_by_link
from api.links.opened import LinkPage
from api.relationships import surveying
from api.relationships.schemas import RelationshipOut
from api.web.errors import NotFound
from api.web.forms import Form, Sent
from api.web.rendering import Item
from api.web.words import Stage
from models.process.relationship.parts.surveys import AnswerSurvey
from models.process.terms import Sentence


async def act(link: LinkPage, sent: Sent) -> Response:
    survey = link.relationship.survey
    if survey is None:
        raise NotFound
    command = AnswerSurvey(answers=surveying.answers(survey.questions, sent))
    acted = await act_by_link(link.ctx, link.subject, command, sent.key)
    return link.done(
        acted.value if isinstance(acted.value, RelationshipOut) else link.relationship,
        "Thank you",
        Sentence("Your answers are saved, and only the programme’s {t.coordinators} read them."),
        [Stage("Nothing more is needed. You are welcome to go on informally, or to begin something new.")],
        Item("Go home", "/"),
    )


async def show(link: LinkPage, form: Form) -> Response:
    relationship = link.relationship
    if relationship.survey is None:
        raise NotFound
    return link.page(
        "link_survey.html",
        words=words_of(link, relationship),
        closes_at=relationship.survey.closes_at,
        questions=surveying.asked(relationship.survey.questions),
        form=form,
    )
