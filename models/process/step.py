"""What all kinds of process have in common, and the collector with which a move builds its decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from models.mails.frame import ADMINS
from models.mails.order import AnyMail, MailOrder
from models.process.actors import Actor, Role
from models.process.calendar import WorkingDays, WorkingTime
from models.process.effects import Effect
from models.process.policy import ProgrammePolicy
from models.process.timeline import Audience, Entry
from models.process.zone_rules import rules_of, zone_with


class Lasting(BaseModel):
    """What every process knows, with whomever it deals; immutable, and carried whole when its workflow
    continues as new."""

    model_config = ConfigDict(frozen=True)

    id: str
    programme_id: str
    mentee_id: str

    version: int = 1
    """Grows with every change that others can see."""
    entries: int = 0
    """How many timeline entries there are; the next one gets the number after."""
    since: datetime
    """When the present wait began."""
    last_event: str = ""

    def person(self, role: Role) -> str:
        """Whom a mail to this side goes to."""
        return self.mentee_id


class Process(Lasting):
    """What a process between two people knows."""

    mentor_id: str
    mentee_zone: str
    """IANA names; dates fall at the end of the working day of the side that has to act."""
    mentor_zone: str
    mentee_rules: str = Field(default_factory=lambda known: rules_of(known.get("mentee_zone", "UTC")))
    mentor_rules: str = Field(default_factory=lambda known: rules_of(known.get("mentor_zone", "UTC")))
    """The rules of the zones at the beginning. A process that began before 0.3 has carried none: it computes
    with those of the present time zone data, until it continues as new."""
    mentee_days: WorkingDays | None = None
    mentor_days: WorkingDays | None = None
    """Those of the person's country; None: the programme's."""
    policy: ProgrammePolicy

    def zone_of(self, role: Role) -> tzinfo:
        return zone_with(self.mentee_rules if role is Role.MENTEE else self.mentor_rules)

    def working_of(self, role: Role, programme: WorkingTime) -> WorkingTime:
        return programme.on(self.mentee_days if role is Role.MENTEE else self.mentor_days)

    def person(self, role: Role) -> str:
        return self.mentee_id if role is Role.MENTEE else self.mentor_id


P = TypeVar("P", bound=Lasting)


@dataclass(frozen=True, slots=True)
class Decision(Generic[P]):
    """The process after a command, and what has to happen in the world because of it."""

    after: P
    entries: tuple[Entry, ...] = ()
    mails: tuple[MailOrder, ...] = ()
    effects: tuple[Effect, ...] = ()


class Step(Generic[P]):
    """Collects what one move leaves behind; `process` is the state as changed so far."""

    def __init__(self, before: P, actor: Actor, now: datetime) -> None:
        self.process = before
        self.actor = actor
        self.now = now
        self.entries: list[Entry] = []
        self.mails: list[MailOrder] = []
        self.effects: list[Effect] = []

    def set(self, **changes: Any) -> None:
        self.process = self.process.model_copy(update=changes)

    def note(self, what: str, note: str | None = None, audience: Audience = Audience.BOTH) -> None:
        """Adds to the timeline; a step that notes nothing is invisible and makes no new version."""
        seq = self.process.entries + 1
        entry = Entry.of(seq, self.now, what, self.actor, note).model_copy(update={"audience": audience})
        self.entries.append(entry)
        self.set(entries=seq, last_event=what)

    def send(self, to: Role, props: AnyMail) -> None:
        # The version is the one this step leads to, so the key is the same however often the step is saved.
        person = ADMINS if to is Role.ADMIN else self.process.person(to)
        key = f"{self.process.id}/{self.process.version + 1}/{props.kind}/{person}"
        self.mails.append(MailOrder(key=key, to=person, props=props))

    def send_both(self, props: AnyMail) -> None:
        self.send(Role.MENTEE, props)
        self.send(Role.MENTOR, props)

    def done(self) -> Decision[P]:
        if self.entries:
            self.set(version=self.process.version + 1)
        return Decision(self.process, tuple(self.entries), tuple(self.mails), tuple(self.effects))
