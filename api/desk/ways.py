"""The way back from one person or skill to the list it was opened from, as that was searched and filtered."""

from __future__ import annotations

from api.web.access import Member
from api.web.pages import local_path
from api.web.present import address

LISTS = ("people", "mails", "skills", "stalled")


def way_back(member: Member, given: str, usual: str) -> str:
    """The list in `given`, an address that came from outside, or else the one named `usual`."""
    base = f"/p/{member.programme.slug}/admin"
    lists = {f"{base}/{name}" for name in LISTS}
    return local_path(given[:1000], lambda path: path.partition("?")[0] in lists, f"{base}/{usual}")


def with_back(path: str, back: str) -> str:
    """A page that knows the way back."""
    return address(path, (("back", back),))
