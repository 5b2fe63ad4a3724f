"""What a decision asks the world to do, as data. Mails and timeline entries are saved with the new state."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from models.mails.frame import ReleaseCause
from models.process.actors import Role


class Effect(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClaimPlaces(Effect):
    """Take a place with the mentor and one with the mentee, both or none."""


class StartRelationship(Effect):
    """`closes`: how many other requests of the mentee it overtakes; `decided_by`: who has accepted, or an
    admin in their place; `paired`: coordinators have paired the two."""

    relationship_id: str
    closes: int = 0
    decided_by: Role = Role.MENTOR
    paired: bool = False


class HandOn(Effect):
    """Reserve the request in whose place another mentor is asked, and end this one, or neither."""


class StartSuccessor(Effect):
    """Start the process of the request that goes on in place of this one."""


class Overtaken(BaseModel):
    """Another open request for which no place is left."""

    model_config = ConfigDict(frozen=True)

    process_id: str
    workflow_id: str
    cause: ReleaseCause
    same_list: bool = False
    """Whether it is of the same shortlist as the request that was accepted, of which only one may be."""
    comment: str = ""
    """A word of the mentee who takes the shortlist back."""


class ExportDiscarded(BaseModel):
    """A copy of a person's data to be deleted before its time."""

    model_config = ConfigDict(frozen=True)

    export_id: str


class ReleaseOthers(Effect):
    """Tell other open requests that this acceptance overtook them."""

    others: tuple[Overtaken, ...]


class ReleasePlaces(Effect):
    """Give both places back; saved in the same transaction as the end of the relationship."""


class RecordAnswers(Effect):
    """`answers`: question key -> text; saved in the same transaction as the settled survey."""

    side: Role
    answers: dict[str, str]
