"""What the API takes and says about shortlists."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from api.web.inputs import In, ProcessQuery
from api.web.schemas import EntryOut, PersonRef
from models.process import texts
from models.process.match import Basis
from models.process.shortlist.state import MOST_EVER, AskState, Mode, ShortlistFacts, ShortlistState


class ShortlistIn(In):
    mentors: list[str] = Field(
        max_length=MOST_EVER, description="Ids of mentors, the one to be asked first at the beginning"
    )
    message: str = Field(max_length=texts.MAX_MESSAGE, examples=["I would like to learn how you lead."])
    basis: Basis = Basis.GAPS
    mode: Mode = Mode.IN_ORDER


class ShortlistQuery(ProcessQuery):
    pass


class AskOut(In):
    """Where one mentor of the list stands. `why` says why they were passed over."""

    mentor: PersonRef
    state: AskState
    request_id: str | None
    at: datetime | None = Field(description="When it came to this; null while it waits")
    why: str | None


class ShortlistOut(ShortlistFacts):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    id: str
    programme: str = Field(description="Slug of the programme")
    state: ShortlistState
    mentee: PersonRef
    asks: list[AskOut]
    why: str | None = Field(description="Why it ended, where the state does not say it")
    allowed: list[str] = Field(description="Commands that the caller may send now")
    timeline: list[EntryOut]
