"""What the API and the pages read of questions: each is for its two people alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.questions.schemas import QuestionOut
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import DEFAULT_LIMIT, cursor_of, cut, parse_id, read_cursor
from api.web.schemas import Page, PersonRef
from models.process.questions import QuestionState
from models.store import people, questions
from models.store.question_tables import QuestionRow
from models.store.questions import Listed
from models.store.tables import ProgrammeRow


async def question(ctx: Context, viewer: Viewer, question_id: str) -> QuestionOut:
    """One question, for its two people. Raises NotFound."""
    return await ctx.database.read(lambda session: question_in(session, viewer.person_id, question_id))


def question_in(session: Session, person_id: str, question_id: str) -> QuestionOut:
    """The same within a transaction. Raises NotFound, also for who has left the programme."""
    row = questions.find(session, parse_id(question_id), person_id)
    member = people.member(session, row.programme_id, person_id) if row else None
    if row is None or member is None or member.left_at is not None:
        raise NotFound
    slug = session.get_one(ProgrammeRow, row.programme_id).slug
    return questions_out(session, person_id, slug, [row])[0]


async def questions_of(
    ctx: Context,
    member: Member,
    state: QuestionState | None = None,
    request_id: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[QuestionOut]:
    """Those that the member asked or is to answer, newest first. Raises Invalid for a bad cursor."""
    listed = Listed(
        member.person_id,
        state and state.value,
        request_id and parse_id(request_id),
        read_cursor(cursor),
        limit + 1,
    )

    def work(session: Session) -> Page[QuestionOut]:
        rows, more = cut(questions.page(session, member.programme.id, listed), limit)
        last = cursor_of(rows[-1].asked_at, rows[-1].id) if more else None
        shown = questions_out(session, member.person_id, member.programme.slug, rows)
        return Page[QuestionOut](items=shown, next=last)

    return await ctx.database.read(work)


async def waiting(ctx: Context, member: Member) -> list[QuestionOut]:
    """Those that the member is to answer, the oldest first."""

    def work(session: Session) -> list[QuestionOut]:
        rows = questions.waiting_for(session, member.programme.id, member.person_id)
        return questions_out(session, member.person_id, member.programme.slug, rows)

    return await ctx.database.read(work)


def questions_out(
    session: Session, person_id: str, slug: str, rows: Sequence[QuestionRow]
) -> list[QuestionOut]:
    """Questions of one programme as one of their people reads them."""
    if not rows:
        return []
    ids = {person for row in rows for person in (row.mentee_id, row.mentor_id)}
    names = people.names_of(session, rows[0].programme_id, ids)
    return [_out(session, row, person_id, slug, names) for row in rows]


def _out(session: Session, row: QuestionRow, person_id: str, slug: str, names: dict[str, str]) -> QuestionOut:
    may_answer = person_id == row.asks and questions.is_answerable(session, row)
    return QuestionOut(
        id=row.id,
        programme=slug,
        from_=PersonRef(row.asked_by, names.get(row.asked_by, "")),
        to=PersonRef(row.asks, names.get(row.asks, "")),
        text=row.text,
        request_id=row.request_id,
        state=QuestionState(row.state),
        asked_at=row.asked_at,
        closes_at=row.closes_at if row.state == QuestionState.OPEN else None,
        answer=row.answer,
        answered_at=row.settled_at if row.state == QuestionState.ANSWERED else None,
        closed_at=row.settled_at if row.state == QuestionState.CLOSED else None,
        allowed=["answer"] if may_answer else [],
    )
