from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload

from installation.codec import KEY_ID, EncryptionCodec, PayloadDamaged, UnknownKey

OLD = "the secret of last year, long enough"
NEW = "the secret of this year, long enough"
payloads = st.lists(
    st.builds(
        Payload,
        metadata=st.dictionaries(st.text(max_size=8), st.binary(max_size=8), max_size=3),
        data=st.binary(max_size=500),
    ),
    max_size=3,
)


def encode(codec: EncryptionCodec, plain: list[Payload]) -> list[Payload]:
    return asyncio.run(codec.encode(plain))


def decode(codec: EncryptionCodec, sealed: list[Payload]) -> list[Payload]:
    return asyncio.run(codec.decode(sealed))


@given(payloads)
def test_what_goes_in_comes_out(plain: list[Payload]) -> None:
    codec = EncryptionCodec([NEW])
    assert decode(codec, encode(codec, plain)) == plain


@given(payloads)
def test_a_rotated_key_still_opens_what_it_closed(plain: list[Payload]) -> None:
    sealed = encode(EncryptionCodec([OLD]), plain)
    assert decode(EncryptionCodec([NEW, OLD]), sealed) == plain


def test_the_newest_key_encrypts() -> None:
    sealed = encode(EncryptionCodec([NEW, OLD]), [Payload(data=b"text")])
    assert decode(EncryptionCodec([NEW]), sealed) == [Payload(data=b"text")]
    with pytest.raises(UnknownKey):
        decode(EncryptionCodec([OLD]), sealed)


def test_an_unknown_key_is_named_without_its_secret() -> None:
    sealed = encode(EncryptionCodec([OLD]), [Payload(data=b"text")])
    with pytest.raises(UnknownKey, match=sealed[0].metadata[KEY_ID].decode()) as caught:
        decode(EncryptionCodec([NEW]), sealed)
    assert "STEADFAST_SECRET_KEYS" in str(caught.value)
    assert OLD not in str(caught.value)


@given(st.data())
def test_every_change_is_noticed(data: st.DataObject) -> None:
    codec = EncryptionCodec([NEW])
    (sealed,) = encode(codec, [Payload(data=b"I would like to learn from you")])
    at = data.draw(st.integers(0, len(sealed.data) - 1))
    changed = bytearray(sealed.data)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PayloadDamaged):
        decode(codec, [Payload(metadata=sealed.metadata, data=bytes(changed))])


@given(st.integers(0, 40))
def test_a_part_of_a_payload_is_no_payload(length: int) -> None:
    codec = EncryptionCodec([NEW])
    (sealed,) = encode(codec, [Payload(data=b"I would like to learn from you")])
    with pytest.raises(PayloadDamaged):
        decode(codec, [Payload(metadata=sealed.metadata, data=sealed.data[:length])])


def test_the_text_is_not_in_the_payload_and_no_two_payloads_are_alike() -> None:
    text = Payload(metadata={"name": b"canary"}, data=b"canary")
    one, other = encode(EncryptionCodec([NEW]), [text, text])
    assert b"canary" not in one.SerializeToString()
    assert one.data != other.data


def test_what_was_never_encrypted_passes() -> None:
    plain = [Payload(metadata={"encoding": b"json/plain"}, data=b"1")]
    assert decode(EncryptionCodec([NEW]), plain) == plain


def test_no_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        EncryptionCodec([])
