from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    NexusSerializationContext,
    SerializationContext,
    WorkflowSerializationContext,
)

from installation.codec import (
    ENCODING,
    KEY_ID,
    UNBOUND,
    EncryptionCodec,
    PayloadDamaged,
    PayloadPlain,
    UnknownKey,
)
from workflows.trust import MARK, Mark

OLD = "the secret of last year, long enough"
NEW = "the secret of this year, long enough"
HERE = WorkflowSerializationContext(namespace="here", workflow_id="request/1")
TEXT = Payload(metadata={"encoding": b"json/plain"}, data=b"1")
payloads = st.lists(
    st.builds(
        Payload,
        metadata=st.dictionaries(st.text(max_size=8), st.binary(max_size=8), max_size=3),
        data=st.binary(max_size=500),
    ),
    max_size=3,
)


def activity(name: str, workflow_id: str | None = "request/1") -> ActivitySerializationContext:
    return ActivitySerializationContext(
        namespace="here",
        workflow_id=workflow_id,
        activity_type=name,
        activity_id=None,
        activity_task_queue=None,
        workflow_type=None,
        is_local=False,
    )


PLACES: dict[str, SerializationContext] = {
    "a process": HERE,
    "another process": WorkflowSerializationContext(namespace="here", workflow_id="request/2"),
    "another namespace": WorkflowSerializationContext(namespace="there", workflow_id="request/1"),
    "parts cut elsewhere": WorkflowSerializationContext(namespace='here", "request', workflow_id="1"),
    "a step of it": activity("save-request"),
    "another step": activity("claim-places"),
    "a step of another": activity("save-request", "request/2"),
    "a step of none": activity("save-request", None),
}


def codec_of(*secrets: str, old: bool = False) -> EncryptionCodec:
    return EncryptionCodec(secrets, accept_unbound=old).with_context(HERE)


def encode(codec: EncryptionCodec, plain: list[Payload]) -> list[Payload]:
    return asyncio.run(codec.encode(plain))


def decode(codec: EncryptionCodec, sealed: list[Payload]) -> list[Payload]:
    return asyncio.run(codec.decode(sealed))


@given(payloads)
def test_what_goes_in_comes_out(plain: list[Payload]) -> None:
    codec = codec_of(NEW)
    assert decode(codec, encode(codec, plain)) == plain


@given(payloads)
def test_a_rotated_key_still_opens_what_it_closed(plain: list[Payload]) -> None:
    sealed = encode(codec_of(OLD), plain)
    assert decode(codec_of(NEW, OLD), sealed) == plain


def test_the_newest_key_encrypts() -> None:
    sealed = encode(codec_of(NEW, OLD), [Payload(data=b"text")])
    assert decode(codec_of(NEW), sealed) == [Payload(data=b"text")]
    with pytest.raises(UnknownKey):
        decode(codec_of(OLD), sealed)


def test_an_unknown_key_is_named_without_its_secret() -> None:
    sealed = encode(codec_of(OLD), [Payload(data=b"text")])
    with pytest.raises(UnknownKey, match=sealed[0].metadata[KEY_ID].decode()) as caught:
        decode(codec_of(NEW), sealed)
    assert "STEADFAST_SECRET_KEYS" in str(caught.value)
    assert OLD not in str(caught.value)


@given(st.data())
def test_every_change_is_noticed(data: st.DataObject) -> None:
    codec = codec_of(NEW)
    (sealed,) = encode(codec, [Payload(data=b"I would like to learn from you")])
    at = data.draw(st.integers(0, len(sealed.data) - 1))
    changed = bytearray(sealed.data)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PayloadDamaged):
        decode(codec, [Payload(metadata=sealed.metadata, data=bytes(changed))])


@given(st.integers(0, 40))
def test_a_part_of_a_payload_is_no_payload(length: int) -> None:
    codec = codec_of(NEW)
    (sealed,) = encode(codec, [Payload(data=b"I would like to learn from you")])
    with pytest.raises(PayloadDamaged):
        decode(codec, [Payload(metadata=sealed.metadata, data=sealed.data[:length])])


def test_the_text_is_not_in_the_payload_and_no_two_payloads_are_alike() -> None:
    text = Payload(metadata={"name": b"canary"}, data=b"canary")
    one, other = encode(codec_of(NEW), [text, text])
    assert b"canary" not in one.SerializeToString()
    assert one.data != other.data


def test_what_was_never_encrypted_is_refused_or_marked() -> None:
    with pytest.raises(PayloadPlain):
        decode(codec_of(NEW), [TEXT])
    (marked,) = decode(codec_of(NEW).marking(), [TEXT])
    assert (marked.metadata[MARK], marked.data) == (Mark.PLAIN.encode(), TEXT.data)
    assert decode(codec_of(NEW, old=True), [TEXT]) == [TEXT]


@pytest.mark.parametrize("there", PLACES)
@pytest.mark.parametrize("here", PLACES)
def test_a_copy_opens_nowhere_else(here: str, there: str) -> None:
    sealed = encode(EncryptionCodec([NEW]).with_context(PLACES[here]), [TEXT])
    other = EncryptionCodec([NEW]).with_context(PLACES[there])
    if here == there:
        assert decode(other, sealed) == [TEXT]
        return
    with pytest.raises(PayloadDamaged):
        decode(other, sealed)
    (marked,) = decode(other.marking(), sealed)
    assert marked.metadata[MARK] == Mark.FOREIGN.encode()
    assert marked.data != b"1"


def test_what_has_no_place_is_not_encrypted() -> None:
    with pytest.raises(ValueError, match="place"):
        encode(EncryptionCodec([NEW]), [TEXT])
    with pytest.raises(ValueError, match="Nexus"):
        EncryptionCodec([NEW]).with_context(NexusSerializationContext("a", "b", "c"))


def test_what_an_earlier_version_wrote_is_read_and_marked() -> None:
    sealed = encode(codec_of(NEW, old=True), [TEXT])
    assert sealed[0].metadata["encoding"] == UNBOUND
    assert decode(codec_of(NEW), sealed) == [TEXT]
    (marked,) = decode(codec_of(NEW).marking(), sealed)
    assert (marked.metadata[MARK], marked.data) == (Mark.UNBOUND.encode(), TEXT.data)


def test_one_encoding_does_not_pass_for_the_other() -> None:
    """An attacker who says of a bound payload that it is of the old kind opens it nowhere."""
    (bound,) = encode(codec_of(NEW), [TEXT])
    assert bound.metadata["encoding"] == ENCODING
    changed = Payload(metadata={**bound.metadata, "encoding": UNBOUND}, data=bound.data)
    with pytest.raises(PayloadDamaged):
        decode(codec_of(NEW), [changed])


@given(
    st.binary(max_size=60), st.binary(max_size=8), st.sampled_from([ENCODING, UNBOUND, b"json/plain", b""])
)
def test_a_worker_raises_for_nothing_that_anybody_can_send(data: bytes, key: bytes, encoding: bytes) -> None:
    payload = Payload(metadata={"encoding": encoding, KEY_ID: key, MARK: b"trusted"}, data=data)
    (marked,) = decode(codec_of(NEW).marking(), [payload])
    assert marked.metadata[MARK] in {mark.encode() for mark in Mark}


def test_no_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        EncryptionCodec([])
