"""Who may do what: one row for every route of the API, and a check that no route is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from httpx import AsyncClient

from api.docs import described
from tests.api.conftest import SQLITE, Cast
from tests.api.world import SLUG, World

GOAL = {
    "title": "t",
    "specific": "s",
    "measurable": "m",
    "attainable": "a",
    "relevant": "r",
    "due": "2026-06-01",
}
HERE, ASKED, PAIR = f"/api/v1/programmes/{SLUG}", "/api/v1/requests/{request}", "/api/v1/relationships/{pair}"
COMMENT = {"comment": "c", "reason": "The topic is not mine", "message": "m"}

CALLERS = ("nobody", "foreign", "bystander", "mentee", "mentor", "admin")

ANYBODY = "yes yes yes yes yes yes"
KNOWN = "401 yes yes yes yes yes"
MEMBERS = "401 404 yes yes yes yes"
PARTIES = "401 404 404 yes yes yes"
MENTEE = "401 404 404 yes 403 403"
MENTOR = "401 404 404 403 yes 403"
ADMIN = "401 404 404 403 403 yes"
THE_TWO = "401 404 404 yes yes 403"
DESK = "401 404 403 403 403 yes"

TABLE: dict[tuple[str, str], tuple[str, dict[str, Any] | None]] = {
    ("get", "/healthz"): (ANYBODY, None),
    ("get", "/readyz"): (ANYBODY, None),
    ("post", "/api/v1/sign-in"): (ANYBODY, {"email": "amara@example.org"}),
    ("get", "/api/v1/me"): (KNOWN, None),
    ("get", f"{HERE}/profile"): (MEMBERS, None),
    ("put", f"{HERE}/profile"): (MEMBERS, {"headline": "h"}),
    ("get", f"{HERE}/mentors"): (MEMBERS, None),
    ("post", f"{HERE}/requests"): (MEMBERS, {"mentor_id": "{mentor}", "message": "m"}),
    ("get", f"{HERE}/requests"): (MEMBERS, None),
    ("get", ASKED): (PARTIES, None),
    ("post", f"{ASKED}/accept"): (MENTOR, COMMENT),
    ("post", f"{ASKED}/request-amendment"): (MENTOR, COMMENT),
    ("post", f"{ASKED}/reject"): (MENTOR, COMMENT),
    ("post", f"{ASKED}/resubmit"): (MENTEE, COMMENT),
    ("post", f"{ASKED}/edit"): (MENTEE, COMMENT),
    ("post", f"{ASKED}/withdraw"): (MENTEE, COMMENT),
    ("post", f"{ASKED}/remind"): (ADMIN, None),
    ("post", f"{ASKED}/extend"): (ADMIN, None),
    ("post", f"{ASKED}/close"): (ADMIN, COMMENT),
    ("get", f"{HERE}/relationships"): (MEMBERS, None),
    ("get", PAIR): (PARTIES, None),
    ("post", f"{PAIR}/goals"): (THE_TWO, GOAL),
    ("get", f"{PAIR}/goals/{{goal}}"): (PARTIES, None),
    ("patch", f"{PAIR}/goals/{{goal}}"): (THE_TWO, {"progress": 10}),
    ("post", f"{PAIR}/complete"): (THE_TWO, COMMENT),
    # The mentee has signed off above, so that only the mentor can answer to it.
    ("post", f"{PAIR}/confirm-completion"): (MENTOR, COMMENT),
    ("post", f"{PAIR}/decline-completion"): (THE_TWO, COMMENT),
    ("post", f"{PAIR}/withdraw"): (THE_TWO, COMMENT),
    ("post", f"{PAIR}/survey"): (THE_TWO, {"answers": {}}),
    ("post", f"{PAIR}/end"): (ADMIN, COMMENT),
    ("get", f"{HERE}/stalled"): (DESK, None),
    ("post", f"{HERE}/invitations"): (DESK, {"email": "new@example.org", "roles": ["mentee"]}),
    ("get", f"{HERE}/invitations"): (DESK, None),
    ("get", f"{HERE}/invitations/{{invitation}}"): (DESK, None),
    ("post", f"{HERE}/invitations/{{invitation}}/revoke"): (DESK, None),
    ("get", f"{HERE}/settings"): (DESK, None),
    ("patch", f"{HERE}/settings"): (DESK, {"open_requests": 7}),
}
"""(method, path) -> what each of CALLERS meets, and a body. `yes`: neither 401, 403 nor 404."""

_NAMES = {
    "{slug}": SLUG,
    "{request_id}": "{request}",
    "{relationship_id}": "{pair}",
    "{goal_id}": "{goal}",
    "{invitation_id}": "{invitation}",
}


@dataclass
class Scene:
    """Clients by caller, and the objects of the paths, all of the pair's or the programme's."""

    clients: dict[str, AsyncClient]
    ids: dict[str, str]

    def filled(self, text: str) -> str:
        for name, value in self.ids.items():
            text = text.replace(f"{{{name}}}", value)
        return text


@pytest.fixture
async def scene(town: World, cast: Cast) -> Scene:
    await cast.admin.http.patch(f"{HERE}/settings", json={"mentors_per_mentee": 2})
    pair = await town.paired(cast.mentee, cast.mentor)
    goal = await cast.mentee.post(f"/api/v1/relationships/{pair}/goals", GOAL, 201)
    second = await town.person("Kim", "mentor")
    asked = await town.ask(cast.mentee, second)
    made = await cast.admin.post(
        f"{HERE}/invitations", {"email": "kai@example.org", "roles": ["mentor"]}, 201
    )
    clients = {
        "nobody": town.anybody,
        "foreign": cast.foreign_admin.http,
        "bystander": cast.bystander.http,
        "mentee": cast.mentee.http,
        "mentor": cast.mentor.http,
        "second": second.http,
        "admin": cast.admin.http,
    }
    ids = {"pair": pair, "goal": goal["id"], "request": asked["id"], "invitation": made["id"]}
    return Scene(clients, {**ids, "mentor": cast.mentor.id})


@SQLITE
def test_every_route_is_in_the_table(town: World) -> None:
    declared = set()
    for path, methods in described(town.app)["paths"].items():
        for name, value in _NAMES.items():
            path = path.replace(name, value)  # noqa: PLW2901
        declared |= {(method, path) for method in methods}
    assert declared == set(TABLE)


@SQLITE
async def test_the_table_holds(scene: Scene) -> None:
    wrong = []
    for (method, path), (expected, body) in TABLE.items():
        for caller, wanted in zip(CALLERS, expected.split(), strict=True):
            # The request was sent to another mentor than the one of the relationship.
            acting = "second" if caller == "mentor" and path.startswith(ASKED) else caller
            filled = {
                key: scene.filled(value) if isinstance(value, str) else value
                for key, value in (body or {}).items()
            }
            response = await scene.clients[acting].request(
                method, scene.filled(path), json=filled if body else None
            )
            met = str(response.status_code)
            fits = met not in {"401", "403", "404", "500", "503"} if wanted == "yes" else met == wanted
            if not fits:
                wrong.append(f"{method} {path} by {caller}: {met} instead of {wanted}: {response.text[:200]}")
    assert wrong == []


@SQLITE
async def test_unknown_and_foreign_look_the_same(scene: Scene, cast: Cast) -> None:
    for path in (ASKED, PAIR):
        foreign = await cast.foreign_admin.http.get(scene.filled(path))
        unknown = await cast.foreign_admin.http.get(
            scene.filled(path)[:-36] + "00000000-0000-4000-8000-000000000000"
        )
        garbled = await cast.foreign_admin.http.get(scene.filled(path)[:-36] + "%00")
        answers = {(one.status_code, one.text) for one in (foreign, unknown, garbled)}
        assert len(answers) == 1
        assert foreign.status_code == 404
    elsewhere = await cast.mentee.http.get("/api/v1/programmes/elsewhere/profile")
    nowhere = await cast.mentee.http.get("/api/v1/programmes/nowhere/profile")
    assert (elsewhere.status_code, elsewhere.text) == (nowhere.status_code, nowhere.text)


@SQLITE
async def test_admin_lists_are_for_admins(town: World, cast: Cast) -> None:
    for path in ("requests", "relationships"):
        refused = await cast.mentee.http.get(f"{HERE}/{path}", params={"as": "admin"})
        assert refused.status_code == 403
        assert refused.json()["type"] == "/docs#not-allowed"


@SQLITE
async def test_somebody_who_left_sees_nothing_any_more(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    await town.leave(cast.mentor.id)
    assert (await cast.mentor.http.get(f"/api/v1/requests/{asked['id']}")).status_code == 404
    assert (await cast.mentor.http.get(f"{HERE}/requests")).status_code == 404
    assert (await cast.mentor.get("/api/v1/me"))["programmes"] == []


@SQLITE
async def test_an_admin_who_takes_part_reads_only_their_own_answers(town: World) -> None:
    mentee = await town.person("Ada", "mentee", "admin")
    mentor = await town.person("Jon", "mentor")
    where = f"/api/v1/relationships/{await town.paired(mentee, mentor)}"
    await mentor.post(f"{where}/complete")
    await mentee.post(f"{where}/confirm-completion")
    await mentor.post(f"{where}/survey", {"answers": {"useful": 1, "goals": 1, "recommend": 1}})
    seen = await mentee.get(where)
    assert seen["surveys"] == []
    assert seen["survey"]["answers"] == {}
