"""What the commands of a relationship build their decisions with."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.process import calendar
from models.process.actors import Role
from models.process.effects import ReleasePlaces
from models.process.relationship.base import RelationshipState
from models.process.relationship.state import Relationship
from models.process.step import Step


class RelationshipStep(Step[Relationship]):
    """The moves that end a relationship."""

    recorded = False
    """What a clock and a zone say against a command counts until then; a replay may read them anew."""

    def end(self, state: RelationshipState) -> None:
        self.set(state=state, since=self.now, ended_at=self.now, confirms_at=None)
        self.effects.append(ReleasePlaces())

    def after(self, period: timedelta, side: Role) -> datetime:
        working, zone = self.process.clock(side)
        return calendar.due(self.now, period, working, zone, self.process.id)
