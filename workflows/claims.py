"""What a request asks for its places, and what its mentor reads where there are none."""

from __future__ import annotations

from datetime import datetime

from activities.messages import Claim, Claimed
from models.process import asking
from models.process.actors import Role
from models.process.errors import MenteeFull, MentorFull, ProcessError, Refused
from models.process.request.state import Request, relationship_id
from models.process.terms import Sentence

FULL = {
    "mentor": MentorFull(
        Sentence("No place is left with this {t.mentor}; raise the capacity, or decline this {t.request}.")
    ),
    "mentee": MenteeFull(
        Sentence("The {t.mentee} has found {t.a_mentor} in the meantime; there is nothing left to accept.")
    ),
}

GONE = {
    "mentor": Refused(
        Sentence(
            "You are not {t.a_mentor} of this programme any more, so you cannot accept. The {t.mentee} is "
            "told, and you need not do anything."
        )
    ),
    "mentee": Refused(Sentence("The {t.mentee} does not look for {t.a_mentor} in this programme any more.")),
}


SEEN_BY_OTHERS: dict[str, ProcessError] = {
    "mentor": MentorFull(asking.MENTOR_FULL),
    "mentee": MenteeFull(asking.MENTEE_FULL),
}
GONE_FOR_OTHERS = {
    "mentor": Refused(Sentence("This person is no {t.mentor} of the programme any more.")),
    "mentee": GONE["mentee"],
}
"""For whoever else decides than the mentor."""


def error_of(refused: Claimed, decider: Role = Role.MENTOR) -> ProcessError:
    assert refused.full
    full, gone = (FULL, GONE) if decider is Role.MENTOR else (SEEN_BY_OTHERS, GONE_FOR_OTHERS)
    return (gone if refused.gone else full)[refused.full]


def claim_of(request: Request, now: datetime) -> Claim:
    return Claim(
        request_id=request.id,
        relationship_id=relationship_id(request.id),
        programme_id=request.programme_id,
        mentee_id=request.mentee_id,
        mentor_id=request.mentor_id,
        now=now,
    )
