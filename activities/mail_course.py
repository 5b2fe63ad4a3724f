"""What a mail draws: how far the two have come, whose turn it is, and how well they fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from activities.mail_facts import Facts
from activities.wording import short_day
from models.mails.frame import Stage
from models.mails.order import AnyMail
from models.process.actors import Role
from models.process.match import MatchReason, spoken
from models.process.request.kinds import RequestKind


@dataclass(frozen=True, slots=True)
class Turn:
    """That it is the reader's turn, and until when."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class Stop:
    """`mark` is its look: done, now, todo (what the reader has to do) or ahead."""

    name: str
    mark: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A skill, with the levels of the mentee today, wanted, and of the mentor; 0 where none was stated."""

    skill: str
    sentence: str
    current: int
    target: int
    level: int


def turn(props: AnyMail, facts: Facts) -> Turn | None:
    """A mail that draws the two on their way has a link only for what waits for its reader."""
    waits = props.stage_in(facts.state) and props.link_for(facts.part, facts.state)
    return Turn(props.link_date) if waits else None


def journey(props: AnyMail, facts: Facts) -> tuple[Stop, ...]:
    """The four stops of every mentoring, or none where nothing goes on between the two."""
    stage = props.stage_in(facts.state)
    if stage is None or facts.role is Role.ADMIN:
        return ()
    todo = turn(props, facts) is not None
    by = props.link_date
    due = f"by {short_day(by, facts.zone)}" if by else ""
    begun = "Offered" if facts.kind is RequestKind.OFFER else "Asked"
    asked = Stop(begun, "done", _day(facts.asked_at, facts))
    if stage in {Stage.ANSWER, Stage.CHANGE}:
        name = f"{'Your' if todo else 'Their'} {stage}"
        return asked, _awaited(name, todo, due), Stop("Goals", "ahead"), Stop("Completed", "ahead")
    last = (
        Stop("Completed", "done")
        if stage is Stage.COMPLETE
        else _awaited("Completed?", todo, due)
        if stage is Stage.CONFIRM
        else Stop("Completed", "ahead")
    )
    goals = Stop("Your goals", "now") if stage is Stage.TOGETHER else Stop("Goals", "done")
    return asked, Stop("Accepted", "done", _day(facts.began_at, facts)), goals, last


def _awaited(name: str, todo: bool, due: str) -> Stop:
    return Stop(name, "todo" if todo else "now", due)


def _day(at: datetime | None, facts: Facts) -> str:
    return short_day(at, facts.zone) if at else ""


def gaps(facts: Facts) -> tuple[Gap, ...]:
    """The reasons that are about a skill, as the reader is told them."""
    return tuple(found for reason in facts.match if (found := _gap(reason, _reader(facts))))


def others(facts: Facts) -> tuple[str, ...]:
    """The other reasons, as sentences."""
    reader = _reader(facts)
    return tuple(reason.told(reader) for reason in facts.match if _gap(reason, reader) is None)


def _reader(facts: Facts) -> Role:
    """As whom the reasons are read."""
    return Role.MENTEE if facts.role is Role.MENTEE else Role.MENTOR


def _gap(reason: MatchReason, reader: Role) -> Gap | None:
    fields = reason.model_extra or {}
    levels = [fields.get(name) for name in ("current", "target", "level")]
    if not fields.get("skill") or not all(isinstance(level, int) for level in levels):
        return None
    skill = spoken(str(fields["skill"]))
    current, target, level = (int(level or 0) for level in levels)
    return Gap(skill, reason.told(reader).removeprefix(f"{skill}: "), current, target, level)
