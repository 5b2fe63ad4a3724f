"""Every cell of the table of access, sent; and no route without a row."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from fastapi.routing import iter_route_contexts
from httpx import Response

from api.web.docs import described
from models.process.inputs import Place
from models.process.relationship import moves as relationship_moves
from models.process.request import moves as request_moves
from models.process.shortlist import moves as shortlist_moves
from tests.access.scene import Player, Scene, Target
from tests.access.table import CALLERS, IN_TOUCH, NOBODY, STATES, TABLE, Row
from tests.api.conftest import SQLITE
from tests.api.world import BASE, World, world

# These come last: then there is a copy, an all but empty form leaves a profile incomplete, signing out ends
# the session.
LAST = (
    ("POST", "/api/v1/me/export"),
    ("POST", "/your-data/export"),
    ("POST", "/p/{slug}/profile"),
    ("POST", "/sign-out"),
    ("POST", "/your-data/sign-out-everywhere"),
    ("POST", "/api/v1/me/sign-out-everywhere"),
)
ROWS = sorted(
    (row for rows in TABLE.values() for row in rows),
    key=lambda row: next((place for place, one in enumerate(LAST) if one == (row.method, row.route)), -1),
)
NAMED = (
    "request_id",
    "relationship_id",
    "goal_id",
    "invitation_id",
    "registration_id",
    "mentor_id",
    "mentee_id",
    "mail_id",
    "pair_id",
    "person_id",
    "session_id",
    "skill_id",
    "skillset_id",
    "draft_id",
    "mentee_id",
)
WHOSE = ("request_id", "relationship_id")
"""Ids that say whose it is: to a path with an unknown one of these nobody is more than a stranger."""


LINE = "\n"


@pytest.fixture
async def scene(migrated_url: str) -> AsyncIterator[Scene]:
    async with world(migrated_url, mailbox_enabled=True) as town:
        yield await Scene.built(town)


@SQLITE
def test_every_route_is_in_the_table(empty: World) -> None:
    declared = [
        (method, route.path)
        for route in iter_route_contexts(empty.app.routes)
        for method in route.methods or ()
    ]
    assert len(declared) == len(set(declared)), "a route is declared twice"
    assert set(declared) == {(row.method, row.route) for row in ROWS}


def test_every_form_of_a_page_is_in_the_table() -> None:
    for route, commands, own in (
        ("/requests/{request_id}/{command}", request_moves.COMMANDS, set[str]()),
        ("/relationships/{relationship_id}/{command}", relationship_moves.COMMANDS, {"confirm", "survey"}),
        ("/shortlists/{shortlist_id}/{command}", shortlist_moves.COMMANDS, set[str]()),
    ):
        acts = [one for one in commands.values() if one.is_act()]
        drawn = {one.name for one in acts if one.offer.place is not Place.OWN}
        assert {row.fills["command"] for row in ROWS if row.route == route} == drawn | own


@SQLITE
@pytest.mark.parametrize(("kind", "state"), [(kind, state) for kind in STATES for state in STATES[kind]])
async def test_the_table_holds(scene: Scene, kind: str, state: str) -> None:
    check = Check(scene, kind, state)
    for row in ROWS:
        if row.kind == kind:
            await check.everybody(row)
    assert not check.wrong, LINE.join(check.wrong)


class Check:
    """The rows of one kind in one state. Whoever may act gets a target of their own, the others share one."""

    def __init__(self, scene: Scene, kind: str, state: str) -> None:
        self.scene, self.kind, self.state = scene, kind, state
        self.shared: dict[bool, Target] = {}
        self.wrong: list[str] = []

    async def everybody(self, row: Row) -> None:
        shared = await self._shared(row)
        before = _stands(self.scene, shared)
        for name in CALLERS:
            expected = row.cell(name, self.state)
            acts, left = expected < 400 and row.is_unsafe, name == "left"
            target = await (self._target(row, left) if acts else self._shared(row, left=left))
            for player in self.scene.caller(name, target):
                response = await self.scene.send(row, player, target)
                self._judge(row, name, expected, response)
                self._judge_contacts(row, name, player, target, response)
                target = await self._target(row, left) if acts and left else target
        if _stands(self.scene, shared) != before:
            self.wrong.append(f"{row.method} {row.path} in {self.state}: a refusal changed something")

    async def _shared(self, row: Row, left: bool = False) -> Target:
        if left not in self.shared:
            made = await self.scene.in_state(self.kind, self.state)
            self.shared[left] = await self.scene.left(made) if left else made
        return await self.scene.linked(self.shared[left], row)

    async def _target(self, row: Row, left: bool = False) -> Target:
        made = await self.scene.in_state(self.kind, self.state)
        if left and ("/join/" in row.route or row.route.endswith("/registration")):
            # To join once more is what only somebody can do who has really left.
            made = await self.scene.left(made)
        return await self.scene.linked(made, row)

    def _judge(self, row: Row, name: str, expected: int, response: Response) -> None:
        met = response.status_code
        if met != _sent_away(row, expected):
            self._add(row, name, f"{met}, not {expected}: {response.text[-300:]}")
        if row.is_api and str(met) not in self._documented(row):
            self._add(row, name, f"{met} is not documented")
        elif row.is_api and met >= 400 and response.json()["type"] not in self._documented(row)[str(met)]:
            self._add(row, name, f"{response.json()['type']} is not documented")
        if expected == 401 and not row.is_api and "/sign-in?" not in response.headers.get("location", ""):
            self._add(row, name, f"sent to {response.headers.get('location')}")

    def _documented(self, row: Row) -> dict[str, str]:
        """What OpenAPI says about each status of the row's operation."""
        methods = described(self.scene.town.app)["paths"].get(row.route, {})
        answers = methods.get(row.method.lower(), {"responses": {"200": ""}})["responses"]
        return {status: str(answer) for status, answer in answers.items()}

    def _judge_contacts(
        self, row: Row, name: str, player: Player, target: Target, response: Response
    ) -> None:
        for one in (target.mentee, target.mentor):
            if one is None or one is player or _may_reach(row, name, self.state, one is target.mentee):
                continue
            if one.contact in response.text:
                self._add(row, name, "reads how to reach somebody")
            if one.email in response.text and not (name == "admin" and row.route.startswith(ADDRESSES)):
                self._add(row, name, "reads an address")

    def _add(self, row: Row, name: str, text: str) -> None:
        where = f"{row.method} {row.path} {row.token}".strip()
        self.wrong.append(f"{where} in {self.state} by {name}: {text}")


ADDRESSES = ("/p/{slug}/admin/people", "/api/v1/programmes/{slug}/people/")
"""Where admins read addresses: they invite by them and look people up by them."""


def _may_reach(row: Row, name: str, state: str, is_mentee: bool) -> bool:
    if row.token:
        # The page of a sign-in link names the account that it signs in.
        return row.token == "sign-in" and is_mentee
    return row.kind == "relationship" and state in IN_TOUCH and name in {"mentee", "mentor"}


def _sent_away(row: Row, expected: int) -> int:
    """On a page, who is not known is sent to sign in."""
    return 303 if expected == 401 and not row.is_api else expected


def _stands(scene: Scene, target: Target) -> tuple[object, object]:
    gateway = scene.town.gateway
    asked = gateway.requests.get(target.ids.get("request_id", ""))
    return asked, gateway.relationships.get(target.ids.get("relationship_id", ""))


NO_SUCH = (str(uuid.UUID(int=7)), "x", "%00", "9" * 300)


def _answered(row: Row, response: Response) -> str:
    """Without the frame of a page, which is that of the reader's own programme."""
    return response.text if row.is_api else response.text.partition("<main")[2].partition("</main>")[0]


@SQLITE
async def test_what_is_unknown_looks_like_what_is_foreign(scene: Scene) -> None:
    """The same status and the same words, whoever asks and whatever the path says."""
    targets = {kind: await scene.in_state(kind, STATES[kind][0]) for kind in STATES}
    wrong: list[str] = []
    told: dict[bool, set[str]] = {True: set(), False: set()}
    for row, named, name, player in _askers(scene, targets):
        for text in NO_SUCH:
            target = targets[row.kind]
            unknown = await scene.send(row, player, replace(target, ids=target.ids | {named: text}))
            if unknown.status_code not in _of_unknown(row, named, name):
                wrong.append(f"{row.method} {row.path}, {named} {text[:9]} by {name}: {unknown.status_code}")
            elif unknown.status_code == 404:
                told[row.is_api].add(_answered(row, unknown))
    for row in ROWS:
        if row.cell("their admin", STATES[row.kind][0]) == 404 and not row.token and row.kind != "copy":
            foreign = await scene.send(row, scene.players["their admin"], targets[row.kind])
            told[row.is_api].add(_answered(row, foreign))
    assert not wrong, LINE.join(wrong)
    assert {is_api: len(texts) for is_api, texts in told.items()} == {True: 1, False: 1}


def _askers(scene: Scene, targets: dict[str, Target]) -> Iterator[tuple[Row, str, str, Player]]:
    """Every row and id in it, with everybody who may ask for it; the last caller has not left here."""
    for row in ROWS:
        for named in NAMED:
            if f"{{{named}}}" in row.route:
                for name in list(CALLERS)[:-1]:
                    for player in scene.caller(name, targets[row.kind])[:1]:
                        yield row, named, name, player


def _of_unknown(row: Row, named: str, name: str) -> set[int]:
    expected = row.cell(name, STATES[row.kind][0])
    if expected == 401:
        return {_sent_away(row, expected)}
    if row.method == "POST" and named == "mentor_id" and name not in {"elsewhere", "their admin"}:
        # The message that somebody wrote to a mentor who has left is given back, whoever the mentor was.
        return {409}
    # Who may not do it with any goal is told so, or that there is no such goal.
    return {404} if named in WHOSE or expected != 403 else {403, 404}


ELSEWHERE: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": BASE},
    {"Origin": "https://evil.example.org"},
    {"Origin": "null"},
]
ASKS_FOR_A_MAIL = ("/sign-in", "/p/{slug}/join")
WITHOUT_TOKEN = (*ASKS_FOR_A_MAIL, "/links/{token}")
"""Forms that can be sent without ours: those of the first kind ask for nothing but a mail to oneself, and who
has the link of a mail may act by a script that has not seen its page. A wrong token is refused there."""


@SQLITE
async def test_other_sites_and_forms_without_our_token_do_nothing(scene: Scene) -> None:
    wrong: list[str] = []
    stranger = scene.players["other mentee"]
    for row in ROWS:
        # The path of `unsubscribe` is the whole secret: mail programs post there from anywhere.
        if not row.is_unsafe or row.who == NOBODY or row.token == "unsubscribe":
            continue
        state = row.works_in[0] if row.works_in else STATES[row.kind][0]
        target = await scene.linked(await scene.in_state(row.kind, state), row)
        name = next(name for name in ("mentee", "mentor", "admin") if row.cell(name, state) == row.yes)
        player, acts = scene.caller(name, target)[0], scene.town.gateway.acts
        tries = [scene.send(row, player, target, browser=scene.elsewhere(player, one)) for one in ELSEWHERE]
        if not row.is_api:
            given: list[str | None] = [stranger.csrf, "0" * 64] if row.route not in ASKS_FOR_A_MAIL else []
            given += [] if row.route in WITHOUT_TOKEN else [None, ""]
            tries += [scene.send(row, player, target, csrf=csrf) for csrf in given]
        for number, sent in enumerate(tries):
            refused = await sent
            if refused.status_code != 403:
                wrong.append(f"{row.method} {row.path}, try {number}: {refused.status_code}")
        if scene.town.gateway.acts != acts:
            wrong.append(f"{row.method} {row.path} did something")
    assert not wrong, LINE.join(wrong)
