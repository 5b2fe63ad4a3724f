"""Tokens of mail links: what was signed is read, and nothing else."""

from __future__ import annotations

import base64
import string
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.links import BadLink, Purpose, read, sign

NEW = "n" * 8 + "ew-key-that-is-long-enough-for-all"
OLD = "o" * 8 + "ld-key-that-is-long-enough-for-all"
KEYS = (NEW, OLD)
URL_SAFE = string.ascii_letters + string.digits + "-_."

purposes = st.sampled_from(Purpose)
ids = st.uuids().map(str)


def refused(token: str, keys: tuple[str, ...] = KEYS) -> bool:
    try:
        read(token, keys)
    except BadLink:
        return True
    return False


@settings(deadline=None)
@given(purposes, ids)
def test_what_was_signed_is_read(purpose: Purpose, link_id: str) -> None:
    token = sign(purpose, link_id, KEYS)
    assert read(token, KEYS) == (purpose, link_id)
    assert token.startswith(f"{purpose}.")
    assert set(token) <= set(URL_SAFE)


@settings(deadline=None)
@given(purposes, ids, st.data())
def test_every_changed_character_is_refused(purpose: Purpose, link_id: str, data: st.DataObject) -> None:
    token = sign(purpose, link_id, KEYS)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda c: c != token[place]))
    assert refused(token[:place] + other + token[place + 1 :])


def test_each_url_safe_change_of_each_character_is_refused() -> None:
    token = sign(Purpose.DECIDE, str(uuid.UUID(int=7)), KEYS)
    changed = (
        token[:place] + other + token[place + 1 :]
        for place in range(len(token))
        for other in URL_SAFE
        if other != token[place]
    )
    assert all(refused(one) for one in changed)


def test_another_spelling_of_the_same_signature_is_refused() -> None:
    token = sign(Purpose.DECIDE, str(uuid.UUID(int=7)), KEYS)
    body, signature = token.rsplit(".", 1)
    alike = [
        signature[:-1] + last
        for last in URL_SAFE
        if last not in "." + signature[-1]
        and base64.urlsafe_b64decode(signature[:-1] + last + "=") == base64.urlsafe_b64decode(signature + "=")
    ]
    assert len(alike) == 3
    assert all(refused(f"{body}.{one}") for one in [*alike, signature + "=", signature + "\n"])


@settings(deadline=None)
@given(purposes, ids, st.text(min_size=1, max_size=5), st.booleans())
def test_added_characters_are_refused(purpose: Purpose, link_id: str, more: str, before: bool) -> None:
    token = sign(purpose, link_id, KEYS)
    assert refused(more + token if before else token + more)


@settings(deadline=None)
@given(st.text())
def test_made_up_tokens_are_refused(text: str) -> None:
    assert refused(text)


@settings(deadline=None)
@given(purposes, purposes, ids)
def test_a_token_cannot_be_moved_to_another_purpose(one: Purpose, other: Purpose, link_id: str) -> None:
    signature = sign(one, link_id, KEYS).rsplit(".", 1)[1]
    moved = f"{other}.{uuid.UUID(link_id).hex}.{signature}"
    assert refused(moved) == (one is not other)


def test_the_first_key_signs_and_every_key_reads() -> None:
    link_id = str(uuid.uuid4())
    before = sign(Purpose.SURVEY, link_id, [OLD])
    assert sign(Purpose.SURVEY, link_id, KEYS) == sign(Purpose.SURVEY, link_id, [NEW]) != before
    assert read(before, KEYS) == (Purpose.SURVEY, link_id)
    assert refused(before, (NEW,))


def test_without_a_key_nothing_is_signed_and_nothing_read() -> None:
    token = sign(Purpose.SURVEY, str(uuid.uuid4()), KEYS)
    with pytest.raises(ValueError, match="no key"):
        sign(Purpose.SURVEY, str(uuid.uuid4()), [])
    assert refused(token, ())
