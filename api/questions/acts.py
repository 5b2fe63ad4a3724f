"""What people do to questions: ask one, answer one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.questions.reads import question_in
from api.questions.schemas import QuestionOut
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id
from api.web.paging import parse_id
from models.process import texts
from models.process.errors import Invalid, NotAllowed, Refused
from models.process.questions import check_listed
from models.process.terms import Sentence
from models.store import questions
from models.store.asking import load_facts, members_of
from models.store.questions import Wanted

NO_WORDS = "Please write your question."


async def ask(
    ctx: Context, member: Member, to: str, text: str, request_id: str | None, key: str
) -> QuestionOut:
    """Sends a question. Raises Invalid, or the rule that stands against it.

    Raises KeyReused where the key has sent the same person something else.
    """
    programme, me = member.programme, member.person_id
    whom = _id(to, "to", "There is no such person in this programme.")
    about = request_id and _id(request_id, "request_id", Sentence("There is no such {t.request} of yours."))
    words = texts.required(text, "text", NO_WORDS)
    wanted = Wanted(made_id(me, key, programme.id, "question", whom), me, whom, words, about or None)

    def work(session: Session) -> QuestionOut:
        row = questions.ask(session, programme, programme.settings, wanted, ctx.clock())
        if (row.text, row.request_id) != (wanted.text, wanted.request_id):
            raise KeyReused
        return question_in(session, me, row.id)

    asked = await ctx.database.write(work)
    ctx.wake_mail()
    return asked


async def against(ctx: Context, member: Member, mentor_id: str) -> Refused | None:
    """The rule that stands against writing to a mentor before a request. Raises NotFound for who is none."""
    programme, now = member.programme, ctx.clock()
    pair = (member.person_id, parse_id(mentor_id))

    def work(session: Session) -> Refused | None:
        mentor = members_of(session, programme.id, pair, lock=False).get(pair[1])
        if mentor is None or not mentor.is_mentor or mentor.left_at is not None:
            raise NotFound
        try:
            check_listed(load_facts(session, programme, programme.settings, *pair, now, lock=False))
        except Refused as error:
            return error
        return None

    return await ctx.database.read(work)


def _id(text: str, field: str, sentence: str) -> str:
    try:
        return parse_id(text)
    except NotFound:
        raise Invalid(sentence, field=field) from None


async def answer(ctx: Context, viewer: Viewer, question_id: str, text: str) -> QuestionOut:
    """Answers a question. Raises NotFound, NotAllowed for the one who asked, IllegalMove, Invalid."""

    def work(session: Session) -> QuestionOut:
        found = question_in(session, viewer.person_id, question_id)
        if found.to.id != viewer.person_id:
            raise NotAllowed("Only the person who was asked can answer.")
        words = texts.required(text, "text", "Please write an answer.")
        questions.answer(session, found.id, viewer.person_id, words, ctx.clock())
        return question_in(session, viewer.person_id, found.id)

    answered = await ctx.database.write(work)
    ctx.wake_mail()
    return answered
