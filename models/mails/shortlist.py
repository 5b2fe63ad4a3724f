"""The mails about a shortlist."""

from __future__ import annotations

from typing import Literal

from models.mails.frame import Props


class AboutShortlist(Props):
    """To the mentee, the only one who knows of the list."""

    shortlist_id: str


class ShortlistExhausted(AboutShortlist):
    """`others` are ids of mentors who fit; their names are read when it leaves."""

    kind: Literal["shortlist-exhausted"] = "shortlist-exhausted"
    label = "List come to its end"
    others: tuple[str, ...] = ()
