"""Encryption of everything that the engine stores: arguments, results, memos, failure messages.

AES-256-GCM. The keys are derived (HKDF-SHA-256) from the installation's secrets, newest first: the first
encrypts, all decrypt. A payload carries the id of its key, so a rotated key is found without trying.

A payload is bound to its place: namespace, workflow id and, for what an activity takes and gives, the name of
the activity are authenticated with it, so that a copy of it opens nowhere else. Versions before 0.3 bound
nothing; what they wrote is still read. `workflows.trust` decides how far it is obeyed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from workflows.trust import MARK, TOLERATED, Mark

ENCODING = b"binary/encrypted+bound"
UNBOUND = b"binary/encrypted"
"""The encoding of versions before 0.3."""
KEY_ID = "encryption-key-id"
_NONCE_BYTES = 12


class PayloadUnreadable(Exception):
    """A payload that this installation's keys do not open."""


class UnknownKey(PayloadUnreadable):
    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"A stored payload was encrypted with the key {key_id}, which this installation does not have: "
            "put the secret it came from back at the end of STEADFAST_SECRET_KEYS."
        )


class PayloadDamaged(PayloadUnreadable):
    def __init__(self) -> None:
        super().__init__(
            "A stored payload is damaged, was copied from another process, or was changed by somebody who "
            "does not have its key."
        )


class PayloadPlain(PayloadUnreadable):
    def __init__(self) -> None:
        super().__init__("The engine gave an answer in plain text, so it is not from a worker of ours.")


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts with the first of `secrets` and decrypts with any of them.

    With `accept_unbound` it works beside versions before 0.3: it writes as they do, and what is unbound or in
    plain text counts as much as what is bound. A `marking` one, a worker's, raises for nothing that somebody
    without keys can send: it marks what is not bound to its place.
    """

    def __init__(self, secrets: Sequence[str], *, accept_unbound: bool = False) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._newest = _key_id(secrets[0])
        self._keys = {_key_id(secret): AESGCM(_derive(secret, b"payloads", 32)) for secret in secrets}
        self._accept_unbound = accept_unbound
        self._marks = False
        self._place: bytes | None = None

    def marking(self) -> Self:
        return self._with(_marks=True)

    def with_context(self, context: SerializationContext) -> Self:
        return self._with(_place=_place(context))

    def _with(self, **changed: object) -> Self:
        # One is made for every payload, and `copy` takes ten times as long.
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, **changed)
        return other

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._read(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        encoding = UNBOUND if self._accept_unbound else ENCODING
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, payload.SerializeToString(), self._bound(encoding))
        metadata = {"encoding": encoding, KEY_ID: self._newest.encode()}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _bound(self, encoding: bytes) -> bytes:
        """What is authenticated with the payload."""
        if encoding == UNBOUND:
            return encoding
        if self._place is None:
            raise ValueError("a payload without a place cannot be bound to one")
        return encoding + self._place

    def _read(self, payload: Payload) -> Payload:
        encoding = payload.metadata.get("encoding", b"")
        if encoding not in (ENCODING, UNBOUND):
            return self._marked(payload, Mark.PLAIN)
        try:
            opened = self._decrypt(payload, encoding)
        except PayloadUnreadable as error:
            if not self._marks:
                raise
            return self._marked(payload, Mark.UNKNOWN if isinstance(error, UnknownKey) else Mark.FOREIGN)
        return opened if encoding == ENCODING else self._marked(opened, Mark.UNBOUND)

    def _decrypt(self, payload: Payload, encoding: bytes) -> Payload:
        key_id = payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKey(key_id)
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(key.decrypt(nonce, sealed, self._bound(encoding)))
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise PayloadDamaged from error

    def _marked(self, payload: Payload, mark: Mark) -> Payload:
        if self._marks:
            tolerated = self._accept_unbound and mark in (Mark.PLAIN, Mark.UNBOUND)
            metadata = {**payload.metadata, MARK: mark.encode(), TOLERATED: b"yes" if tolerated else b""}
            return Payload(metadata=metadata, data=payload.data)
        if mark is Mark.PLAIN and not self._accept_unbound:
            raise PayloadPlain
        return payload


def _place(context: SerializationContext) -> bytes:
    """Where a payload belongs, in bytes that no two places share."""
    match context:
        case WorkflowSerializationContext():
            return _bytes(context.namespace, context.workflow_id)
        case ActivitySerializationContext():
            return _bytes(context.namespace, context.workflow_id or "", context.activity_type or "")
        case _:
            raise ValueError(f"nothing of ours has a {type(context).__name__}")


@lru_cache
def _bytes(*parts: str) -> bytes:
    return json.dumps(parts).encode()


def _key_id(secret: str) -> str:
    """16 hex digits that tell keys apart and say nothing about the secret."""
    return _derive(secret, b"key id", 8).hex()


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"steadfast engine " + purpose)
    return kdf.derive(secret.encode())
