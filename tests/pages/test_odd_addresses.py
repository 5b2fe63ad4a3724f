"""Addresses that no page of ours leads to. A NUL is text to SQLite and none to PostgreSQL: both are asked."""

from __future__ import annotations

import pytest

from tests.api.world import SLUG
from tests.pages.reading import broken_rules
from tests.pages.village import Village, Villager

BASE = f"/p/{SLUG}"
API = "/api/v1"
HERE = f"{API}/programmes/{SLUG}"
LIST = ("as", "state", "older_than", "limit", "cursor")
ASKED: dict[str, tuple[str, ...]] = {
    f"{BASE}/mentors": ("q", "skill", "language", "country", "unit", "basis", "exact", "cursor", "other"),
    f"{BASE}/profile": ("done",),
    f"{BASE}/requests": ("of", "show", "cursor"),
    f"{BASE}/relationships": ("of", "show", "cursor"),
    f"{BASE}/admin/stalled": ("older_than", "state", "cursor", "done", "behind"),
    f"{BASE}/admin/people": ("q", "after", "invited", "done"),
    f"{BASE}/admin/mails": ("state", "cursor"),
    "/mailbox": ("to", "cursor"),
    "/sign-in": ("next",),
    "/your-data": ("done",),
    f"{HERE}/mentors": ("q", "skill", "preference", "language", "unit", "basis", "cursor", "other"),
    f"{HERE}/requests": LIST,
    f"{HERE}/relationships": LIST,
    f"{HERE}/stalled": ("state", "older_than", "mentor", "mentee", "cursor"),
    f"{HERE}/invitations": ("limit", "cursor"),
}
"""Path -> what it takes."""
PATHS = (
    "/p/{}/mentors",
    f"{BASE}/mentors/{{}}/ask",
    "/requests/{}",
    "/relationships/{}",
    "/relationships/{}/goals/{}",
    "/links/{}",
    "/sign-in/{}",
    "/mailbox/{}",
    "/mailbox/{}/html",
    "/mailbox/{}/raw",
    f"{API}/programmes/{{}}/profile",
    f"{API}/requests/{{}}",
    f"{API}/relationships/{{}}",
    f"{API}/relationships/{{}}/goals/{{}}",
    f"{HERE}/invitations/{{}}",
)


@pytest.fixture
async def anyone(village: Village) -> Villager:
    """Somebody who may see every page."""
    roles = ("mentee", "mentor", "admin")
    return await village.person("Ada Lovelace", *roles, skills={"python": 5}, targets={"negotiation": 4})


async def test_a_nul_in_a_question_is_no_error_of_ours(anyone: Villager) -> None:
    wrong = []
    for path, names in ASKED.items():
        assert (await anyone.get(path)).status_code == 200, path
        for name in names:
            for text in ("%00", "a%00b"):
                status = (await anyone.get(f"{path}?{name}={text}")).status_code
                if status not in {200, 404, 422}:
                    wrong.append(f"{path}?{name}={text} is answered with {status}")
    assert wrong == []


async def test_a_nul_in_a_path_names_nothing(anyone: Villager) -> None:
    found = {path: (await anyone.get(path.format("%00", "%00"))).status_code for path in PATHS}
    assert found == dict.fromkeys(PATHS, 404)


async def test_people_and_mails_are_found_past_characters_that_nobody_sees(
    village: Village, anyone: Villager
) -> None:
    await village.keep_mail("ada@example.org", "Hello Ada", b"Subject: Hello Ada\r\n\r\nHello")
    for path, found in (
        (f"{BASE}/admin/people?q=%00Love%00lace%07", anyone.email),
        ("/mailbox?to=%00ada%00@", "Hello Ada"),
    ):
        response = await anyone.get(path)
        assert found in response.text, path
        assert broken_rules(response) == []
    nowhere = await anyone.get(f"{BASE}/admin/people?after=Ada")
    assert nowhere.status_code == 404
    assert broken_rules(nowhere) == []
