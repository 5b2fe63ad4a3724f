"""What is done to assignments: made without consent, ended with a word."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.mentorships.reads import assignment_in, may_assign
from api.mentorships.schemas import AssignmentOut, TopicIn
from api.web.access import Member, Viewer
from api.web.context import Context
from api.web.errors import KeyReused, NotFound
from api.web.keys import made_id
from api.web.paging import parse_id
from models.process import texts
from models.process.errors import Invalid, NotAllowed
from models.process.terms import Sentence
from models.store import assignments, people
from models.store.assignments import Topic, Wanted
from models.store.skill_changes import skillsets
from models.store.skills import load_book

ONLY = Sentence("Only {t.a_coordinator} of the programme can do this.")


async def assign(
    ctx: Context, member: Member, mentee_id: str, mentor_id: str, about: TopicIn, notify: bool, key: str
) -> AssignmentOut:
    """Makes somebody a mentor for one topic. Raises NotAllowed, Invalid, Refused, AlreadyOpen, KeyReused."""
    programme = member.programme
    mentee = _id(mentee_id, "mentee_id", Sentence("There is no such {t.mentee} in this programme."))
    mentor = _id(mentor_id, "mentor_id", Sentence("There is no such {t.mentor} in this programme."))

    def work(session: Session) -> AssignmentOut:
        row = people.member(session, programme.id, member.person_id)
        if row is None or not may_assign(session, row, member.viewer.email, programme.settings, mentee):
            raise NotAllowed(ONLY)
        topic = _topic(session, programme.id, about)
        made = made_id(member.person_id, key, programme.id, "assignment", mentee, mentor)
        wanted = Wanted(made, member.person_id, mentee, mentor, topic, notify)
        found = assignments.assign(session, programme.id, programme.settings, wanted, ctx.clock())
        if (found.topic_id, found.notified) != (topic.id, notify):
            raise KeyReused
        return assignment_in(session, member.viewer, found.id)

    assigned = await ctx.database.write(work)
    ctx.wake_mail()
    return assigned


def _id(text: str, field: str, sentence: str) -> str:
    try:
        return parse_id(text)
    except NotFound:
        raise Invalid(sentence, field=field) from None


def _topic(session: Session, programme_id: str, about: TopicIn) -> Topic:
    """The skill or the group that is meant, by name or id. Raises Invalid."""
    if bool(about.skill) == bool(about.skillset):
        raise Invalid("Please name one skill or one skillset.", field="topic")
    if about.skill:
        book = load_book(session, programme_id)
        skill = next((one for one in book.skills.values() if one.id == about.skill), book.find(about.skill))
        if skill is None:
            hint = book.did_you_mean(about.skill)
            raise Invalid(f"The programme has no skill of this name.{hint}", field="topic.skill")
        return Topic("skill", skill.id, skill.name)
    for row in skillsets(session, programme_id):
        if about.skillset in {row.id, row.title}:
            return Topic("skillset", row.id, row.title)
    raise Invalid("The programme has no skillset of this name.", field="topic.skillset")


async def end(ctx: Context, viewer: Viewer, assignment_id: str, comment: str) -> AssignmentOut:
    """Ends one with a word to both. Raises NotFound, NotAllowed, IllegalMove, Invalid."""

    def work(session: Session) -> AssignmentOut:
        found = assignment_in(session, viewer, assignment_id)
        row = assignments.find(session, found.id)
        if row is None:
            raise NotFound
        member = people.member(session, row.programme_id, viewer.person_id)
        if member is None:
            raise NotFound
        settings = people.settings_of(session, row.programme_id)
        if not may_assign(session, member, viewer.email, settings, row.mentee_id):
            raise NotAllowed(ONLY)
        words = texts.required(comment, "comment", "Please write a word to both.")
        assignments.end(session, found.id, viewer.person_id, words, ctx.clock())
        return assignment_in(session, viewer, found.id)

    ended = await ctx.database.write(work)
    ctx.wake_mail()
    return ended
