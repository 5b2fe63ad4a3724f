"""Choices that look random and never change: each is drawn from a checksum of an id and a purpose."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def number(who: str, purpose: str, below: int) -> int:
    """A whole number from 0 to `below` - 1."""
    digest = hashlib.blake2b(f"{who}/{purpose}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % below


def one(who: str, purpose: str, items: Sequence[Item]) -> Item:
    """One of the items; an item that stands twice is twice as likely."""
    return items[number(who, purpose, len(items))]


def some(who: str, purpose: str, items: Sequence[Item], count: int) -> list[Item]:
    """`count` different items (all, if there are fewer) in the order in which they stand."""
    order = sorted(range(len(items)), key=lambda place: number(who, f"{purpose}/{place}", 1 << 60))
    return [items[place] for place in sorted(order[:count])]
