"""The answer to a question, by mail link."""

from __future__ import annotations

from fastapi.responses import Response

from api.finding import reads as finding_reads
from api.links.opened import LinkPage
from api.questions import acts
from api.questions.pages import after_answer, who_waits
from api.web import present
from api.web.forms import Form, Sent
from api.web.rendering import Item
from models.process.terms import Sentence


async def act(link: LinkPage, sent: Sent) -> Response:
    question = await acts.answer(link.ctx, link.viewer, link.question.id, sent.text("text"))
    asker = present.isolated(question.from_.name)
    return link.page(
        "link_answered.html",
        question=question,
        title="Your answer is on its way",
        text=f"{asker} gets it by mail at once.",
        stages=after_answer(question),
        links=[Item("See the question", f"/questions/{question.id}")],
    )


async def show(link: LinkPage, form: Form) -> Response:
    question = link.question
    programme = link.reader.programme
    return link.page(
        "link_question.html",
        question=question,
        card=await finding_reads.card(link.ctx, programme.id, question.from_.id),
        title=Sentence("{asker} asks you something", asker=present.isolated(question.from_.name)),
        lead=who_waits(question),
        form=form,
    )
