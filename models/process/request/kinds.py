"""The kinds of a request, and what the two sides of each are: who has sent it, and who decides."""

from __future__ import annotations

import re
from enum import StrEnum

from models.process.actors import Part, Role
from models.process.terms import Sentence, Term, Terms


class RequestKind(StrEnum):
    REQUEST = "request"
    """A mentee asks a mentor."""
    PAIRING = "pairing"
    """Coordinators have paired the two: accepted with its beginning."""
    OFFER = "offer"
    """A mentor offers a mentee to mentor them."""


_ROLES: dict[RequestKind, dict[Part, Role]] = {
    RequestKind.REQUEST: {Part.SENDER: Role.MENTEE, Part.DECIDER: Role.MENTOR},
    RequestKind.PAIRING: {Part.SENDER: Role.MENTEE, Part.DECIDER: Role.MENTOR},
    RequestKind.OFFER: {Part.SENDER: Role.MENTOR, Part.DECIDER: Role.MENTEE},
}


def role_of(part: Part, kind: RequestKind | str) -> Role:
    return _ROLES[RequestKind(kind)][part]


def part_of(role: Role | None, kind: RequestKind | str) -> Part | None:
    """What a role is in a request of this kind; None for one that looks on."""
    return next((part for part, its in _ROLES[RequestKind(kind)].items() if its is role), None)


def roles_in(parts: frozenset[Role | Part], kind: RequestKind | str) -> frozenset[Role]:
    """The roles that are meant, each part as a role."""
    return frozenset(role_of(one, kind) if isinstance(one, Part) else one for one in parts)


_TERMS = {RequestKind.OFFER: Term(one="offer", many="offers")}


def terms_of(terms: Terms, kind: RequestKind | str) -> Terms:
    """The words of a programme where a request of this kind is spoken of: an offer is called an offer."""
    term = _TERMS.get(RequestKind(kind))
    return terms.model_copy(update={"request": term}) if term else terms


def named(template: str, kind: RequestKind | str) -> str:
    """The template of a sentence of ours about a request of this kind."""
    term = _TERMS.get(RequestKind(kind))
    if term is None:
        return template
    words = Terms(request=term).words
    return re.sub(r"\{t\.(\w*[rR]equests?)\}", lambda found: words[found[1]], template)


def a_kind(kind: RequestKind | str) -> str:
    return Sentence(named("{t.a_request}", kind))
