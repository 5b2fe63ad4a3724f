"""The kinds of a request, and what the two sides of each are: who has sent it, and who decides."""

from __future__ import annotations

from enum import StrEnum

from models.process.actors import Part, Role


class RequestKind(StrEnum):
    REQUEST = "request"
    """A mentee asks a mentor."""
    PAIRING = "pairing"
    """Coordinators have paired the two: accepted with its beginning."""


_ROLES: dict[RequestKind, dict[Part, Role]] = {
    RequestKind.REQUEST: {Part.SENDER: Role.MENTEE, Part.DECIDER: Role.MENTOR},
    RequestKind.PAIRING: {Part.SENDER: Role.MENTEE, Part.DECIDER: Role.MENTOR},
}


def role_of(part: Part, kind: RequestKind | str) -> Role:
    return _ROLES[RequestKind(kind)][part]


def part_of(role: Role | None, kind: RequestKind | str) -> Part | None:
    """What a role is in a request of this kind; None for one that looks on."""
    return next((part for part, its in _ROLES[RequestKind(kind)].items() if its is role), None)


def roles_in(parts: frozenset[Role | Part], kind: RequestKind | str) -> frozenset[Role]:
    """The roles that are meant, each part as a role."""
    return frozenset(role_of(one, kind) if isinstance(one, Part) else one for one in parts)
