"""What still holds of a draft when it is edited or published."""

from __future__ import annotations

from models.process.asking import Facts, obstacles
from models.process.terms import Sentence

_MENTEE = Sentence("The {t.mentee} has left, or has no complete profile.")
_AWAY = Sentence("The {t.mentor} takes no {t.requests} at the moment, or has left.")
_MATCHED = Sentence("The {t.mentee} has found {t.a_mentor} in the meantime.")


def stands_against(facts: Facts) -> str:
    """Why a mentor cannot be recommended to a mentee, or the two not be paired; empty where they can.

    For coordinators. It names no person.
    """
    found = dict(obstacles(facts, None if facts.mentor_is_listed else _AWAY))
    if "mentee" in found:
        return _MENTEE
    if facts.mentee_places >= facts.mentee_maximum and "together" not in found:
        return _MATCHED
    return next(iter(found.values()), "")
