"""What a request asks for its places, and what its mentor reads where there are none."""

from __future__ import annotations

from datetime import datetime

from activities.messages import Claim, Claimed
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


def error_of(refused: Claimed) -> ProcessError:
    assert refused.full
    return (GONE if refused.gone else FULL)[refused.full]


def claim_of(request: Request, now: datetime) -> Claim:
    return Claim(
        request_id=request.id,
        relationship_id=relationship_id(request.id),
        programme_id=request.programme_id,
        mentee_id=request.mentee_id,
        mentor_id=request.mentor_id,
        now=now,
    )
