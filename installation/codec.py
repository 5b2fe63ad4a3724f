"""Encryption of everything that the engine stores: arguments, results, memos, failure messages.

AES-256-GCM. The keys are derived (HKDF-SHA-256) from the installation's secrets, newest first: the first
encrypts, all decrypt. A payload carries the id of its key, so a rotated key is found without trying. What was
never encrypted passes through, so that an operator's own command line can still send a plain signal.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
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
        super().__init__("A stored payload is damaged or was changed by somebody who does not have its key.")


class EncryptionCodec(PayloadCodec):
    """Encrypts with the first of `secrets` and decrypts with any of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        self._newest = _key_id(secrets[0])
        self._keys = {_key_id(secret): AESGCM(_derive(secret, b"payloads", 32)) for secret in secrets}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._newest].encrypt(nonce, payload.SerializeToString(), ENCODING)
        metadata = {"encoding": ENCODING, KEY_ID: self._newest.encode()}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        key = self._keys.get(key_id)
        if key is None:
            raise UnknownKey(key_id)
        nonce, sealed = payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:]
        try:
            return Payload.FromString(key.decrypt(nonce, sealed, ENCODING))
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise PayloadDamaged from error


def _key_id(secret: str) -> str:
    """16 hex digits that tell keys apart and say nothing about the secret."""
    return _derive(secret, b"key id", 8).hex()


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=length, salt=None, info=b"steadfast engine " + purpose)
    return kdf.derive(secret.encode())
