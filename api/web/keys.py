"""Idempotency keys as the engine and the database get them, and the ids that follow from them."""

from __future__ import annotations

import hashlib
import uuid

_NAMESPACE = uuid.UUID("a2f0d9f4-6f43-5d1c-8a36-6f1c2f3f6b70")


def scoped(person_id: str, key: str) -> str:
    """The key as the engine gets it: bound to its caller."""
    return hashlib.sha256(f"{person_id}\n{key}".encode()).hexdigest()


def made_id(person_id: str, key: str, *about: str) -> str:
    """The id of what an act makes: the same for the same key, so that sending it twice makes one.

    `about`: the ids of what the act is about. A key that comes back for something else, long after or with a
    form of ours that was sent to another page, then makes something else. Never personal data: a key may be
    easy to guess, and an address could then be tried against the id.
    """
    return str(uuid.uuid5(_NAMESPACE, "\n".join((scoped(person_id, key), *about))))
