"""Questions before a request, or about one, and their answers (M5)."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.questions import acts, reads
from api.questions.schemas import AnswerIn, QuestionIn, QuestionOut, QuestionQuery
from api.web.access import Ctx
from api.web.idempotency import Reply
from api.web.json_routes import OnceHere, OnlyOnce, Part, Who, answer, json_router
from api.web.problems import LIST, ONE, WRITING, problems
from api.web.schemas import Page

router = json_router("questions")

ASKING = problems(
    *(*WRITING, "key-reused", "illegal-move"),
    *("already-open", "limit-reached", "mentor-full", "not-listed", "refused"),
)
ANSWERING = problems(*WRITING, "key-reused", "illegal-move", "not-allowed")


@router.post("/programmes/{slug}/questions", response_model=QuestionOut, status_code=201, responses=ASKING)
async def ask(ctx: Ctx, member: Part, once: OnceHere, body: QuestionIn) -> Response:
    """Asks a mentor something before a request, or the other side of an open request. It counts towards no
    limit of requests, is mailed at once, and closes by itself."""

    async def act(key: str) -> Reply:
        asked = await acts.ask(ctx, member, body.to, body.text, body.request_id, key)
        return Reply(asked, 201, f"/api/v1/questions/{asked.id}")

    return await once.answer(act, partial(reads.question, ctx, member.viewer))


@router.get("/programmes/{slug}/questions", response_model=Page[QuestionOut], responses=problems(*LIST))
async def list_questions(ctx: Ctx, member: Part, query: Annotated[QuestionQuery, Query()]) -> Response:
    """Those that I asked and those that I am to answer, newest first."""
    found = await reads.questions_of(ctx, member, query.state, query.request_id, query.limit, query.cursor)
    return answer(found)


@router.get("/questions/{question_id}", response_model=QuestionOut, responses=problems(*ONE))
async def get_question(ctx: Ctx, who: Who, question_id: str) -> Response:
    """One question, for its two people."""
    return answer(await reads.question(ctx, who, question_id))


@router.post("/questions/{question_id}/answer", response_model=QuestionOut, responses=ANSWERING)
async def answer_question(ctx: Ctx, who: Who, once: OnlyOnce, question_id: str, body: AnswerIn) -> Response:
    """Answers a question; the one who asked gets it by mail."""

    async def act(key: str) -> Reply:
        return Reply(await acts.answer(ctx, who, question_id, body.text))

    return await once.answer(act, partial(reads.question, ctx, who))
