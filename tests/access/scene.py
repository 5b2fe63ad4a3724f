"""The world of the table: everybody it names, and a request or relationship in each of its states."""

from __future__ import annotations

import itertools
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import select, update

from api.web.assets import sheet_address
from api.web.security import cookie_name, form_token
from models.links import Purpose, sign
from models.mails.frame import ReleaseCause
from models.process.actors import SYSTEM, Role
from models.process.draft.state import MOST_OPEN, DraftState
from models.process.draft.state import OPEN as OPEN_DRAFTS
from models.process.erasure import GRACE
from models.process.member import MemberProfile
from models.process.request import moves as request_moves
from models.process.request.reports import BeOvertaken
from models.store import access, do_not_pair, links, questions
from models.store.delivery import MailboxRow, MailRow, SignInLinkRow
from models.store.do_not_pair import Wish
from models.store.drafts import DraftRow
from models.store.profiles import save_profiles, touch_people
from models.store.tables import InvitationRow, PersonRow, RegistrationRow, SkillRow, SkillsetRow
from tests.access.table import ANSWERS, COMMENT, GOAL, REJECT, Row
from tests.api.world import BASE, KEYS, OTHER, SLUG, Someone, World

SETTINGS: dict[str, Any] = {
    "open_requests": 0,
    "max_capacity": 50,
    "mentors_per_mentee": 50,
    "offers_by_mentors": True,
    "self_registration": "approval",
}
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": BASE}
OURS = "our own token"
STOCK = 8
"""Pairs that are made at once."""
MAIL = b"Subject: Hello\r\nContent-Type: text/html\r\n\r\n<html><head></head><p>Hello</p></html>"


@dataclass(frozen=True)
class Player:
    """Somebody with a token and with a browser that is signed in. `contact` is found nowhere by chance."""

    id: str
    email: str
    contact: str
    api: AsyncClient
    browser: AsyncClient
    csrf: str
    roles: tuple[str, ...] = ()


@dataclass
class Target:
    """What the path of a row leads to: the ids of its parts, and whose it is."""

    ids: dict[str, str] = field(default_factory=dict)
    mentee: Player | None = None
    mentor: Player | None = None


@dataclass
class Scene:
    town: World
    anonymous: Player
    players: dict[str, Player]
    target: Target
    """Of the routes that are about nothing of anybody's."""
    numbers: itertools.count[int]
    stock: list[tuple[Player, Player]] = field(default_factory=list)

    @classmethod
    async def built(cls, town: World) -> Scene:
        await town.programme(SLUG, **SETTINGS)
        await town.programme(OTHER, **SETTINGS)
        nobody = Player("", "", "", town.client(), town.client(**BROWSER), "")
        scene = cls(town, nobody, {}, Target(), itertools.count(1))
        scene.players = {
            "anonymous": nobody,
            "elsewhere": await scene.player("elsewhere", "mentee", "mentor", slug=OTHER),
            "their admin": await scene.player("theiradmin", "admin", slug=OTHER),
            "other mentee": await scene.player("othermentee", "mentee"),
            "other mentor": await scene.player("othermentor", "mentor", capacity=50),
            "admin": await scene.player("admin", "admin"),
        }
        mail_id = await scene._mail()
        _, _, digest, name = sheet_address().split("/")
        scene.target.ids = {"slug": SLUG, "mail_id": mail_id, "digest": digest, "name": name}
        return scene

    async def player(self, name: str, *roles: str, slug: str = SLUG, **profile: Any) -> Player:
        return (await self._players([(name, roles)], slug, **profile))[0]

    async def _players(
        self, wanted: list[tuple[str, tuple[str, ...]]], slug: str = SLUG, **profile: Any
    ) -> list[Player]:
        """Members with complete profiles, made in one transaction: the table needs hundreds."""
        now, programme_id, made = self.town.clock(), self.town.programmes[slug], []
        with self.town.database.writing() as session:
            for kind, roles in wanted:
                name, person_id = f"{kind}{next(self.numbers)}", str(uuid.uuid4())
                contact = f"reach-{name}-at-home"
                email = f"{name}@example.org"
                session.add(PersonRow(id=person_id, email=email, name=name, created_at=now))
                session.flush()
                member = _member(person_id, name, roles, contact=contact, joined_at=now, **profile)
                save_profiles(session, programme_id, {}, [member])
                token = access.create_api_token(session, person_id, now)
                cookie = access.create_session(session, person_id, now)
                player = self._player(person_id, email, contact, token, cookie)
                made.append(replace(player, roles=roles))
            touch_people(session, programme_id)
        return made

    def _player(self, person_id: str, email: str, contact: str, token: str, cookie: str) -> Player:
        ctx = self.town.ctx
        browser = self.town.client(**BROWSER)
        browser.cookies.set(cookie_name(ctx), cookie)
        csrf = form_token(ctx, access.digest(cookie))
        api = self.town.client(Authorization=f"Bearer {token}")
        return Player(person_id, email, contact, api, browser, csrf)

    async def pair(self) -> Target:
        """A mentee and a mentor of their own."""
        if not self.stock:
            wanted: list[tuple[str, tuple[str, ...]]] = [("mentee", ("mentee",)), ("mentor", ("mentor",))]
            made = await self._players(wanted * STOCK, capacity=50)
            self.stock = list(zip(made[::2], made[1::2], strict=True))
        mentee, mentor = self.stock.pop()
        ids = self.target.ids | await self._skills() | {"person_id": mentee.id}
        return Target(ids | {"pair_id": self._apart(mentee)}, mentee, mentor)

    def _apart(self, mentee: Player) -> str:
        """The mentee and the coordinator are not to be paired."""
        admin = self.players["admin"].id
        wish = Wish(str(uuid.uuid4()), (mentee.id, admin), admin, Role.ADMIN, "", self.town.clock())
        with self.town.database.writing() as session:
            return do_not_pair.add(session, self.town.programmes[SLUG], wish).id

    async def _skills(self) -> dict[str, str]:
        """Two skills and a skillset of their own, which nobody names."""
        ids = {name: str(uuid.uuid4()) for name in ("skill_id", "other_skill_id", "skillset_id")}
        with self.town.database.writing() as session:
            programme_id = self.town.programmes[SLUG]
            session.add(
                SkillsetRow(id=ids["skillset_id"], programme_id=programme_id, title=ids["skillset_id"])
            )
            for name in ("skill_id", "other_skill_id"):
                session.add(SkillRow(id=ids[name], programme_id=programme_id, name=ids[name]))
        return ids

    async def in_state(self, kind: str, state: str) -> Target:
        """Something of `kind` that is in `state`, of two people of its own."""
        target = await self.pair()
        builders: dict[str, Callable[[Target, str], Any]] = {
            "request": self._request,
            "offer": self._offer,
            "relationship": self._relationship,
            "question": self._question,
            "assignment": self._assignment,
            "invitation": self._invitation,
            "shortlist": self._shortlist,
            "registration": self._registration,
            "sign-in link": self._sign_in,
            "copy": self._copy,
            "erasure": self._erasure,
            "draft": self._draft,
        }
        if kind in builders:
            await builders[kind](target, state)
        return target

    async def left(self, target: Target) -> Target:
        """The same with both having left."""
        for one in (target.mentee, target.mentor):
            if one is not None:
                await self.town.leave(one.id)
        return target

    async def _request(self, target: Target, state: str) -> None:
        mentee, mentor = _both(target)
        asked = await self.town.ask(Someone(mentee.id, "", mentee.api), Someone(mentor.id, "", mentor.api))
        await self._lead_to(target, asked["id"], state, mentor, mentee)

    async def _offer(self, target: Target, state: str) -> None:
        mentee, mentor = _both(target)
        body = {"mentee_id": mentee.id, "message": "May I be of help?"}
        made = await _done(mentor.api, f"/api/v1/programmes/{SLUG}/offers", body)
        await self._lead_to(target, made["id"], state, mentee, mentor)

    async def _lead_to(
        self, target: Target, request_id: str, state: str, decider: Player, sender: Player
    ) -> None:
        asked = {"id": request_id}
        target.ids["request_id"] = asked["id"]
        where = f"/api/v1/requests/{asked['id']}"
        acts: dict[str, tuple[Player, str, dict[str, str]]] = {
            "amendment_requested": (decider, "request-amendment", COMMENT),
            "accepted": (decider, "accept", COMMENT),
            "rejected": (decider, "reject", REJECT if decider is target.mentor else COMMENT),
            "withdrawn": (sender, "withdraw", COMMENT),
            "closed": (self.players["admin"], "close", COMMENT),
        }
        if state in acts:
            who, command, body = acts[state]
            await _done(who.api, f"{where}/{command}", body)
        elif state == "expired":
            await self._overdue(asked["id"])
        elif state == "released":
            await self._overtaken(asked["id"])
        assert self.town.gateway.requests[asked["id"]].state == state

    async def _question(self, target: Target, state: str) -> None:
        mentee, mentor = _both(target)
        body = {"to": mentor.id, "text": "How often?"}
        asked = await _done(mentee.api, f"/api/v1/programmes/{SLUG}/questions", body)
        target.ids["question_id"] = asked["id"]
        if state == "answered":
            await _done(mentor.api, f"/api/v1/questions/{asked['id']}/answer", {"text": "Often."})
        if state == "closed":
            with self.town.database.writing() as session:
                questions.close(session, asked["id"], self.town.clock())

    async def _shortlist(self, target: Target, state: str) -> None:
        mentee, mentor = _both(target)
        body = {"mentors": [mentor.id], "message": "Please."}
        made = await _done(mentee.api, f"/api/v1/programmes/{SLUG}/shortlists", body)
        target.ids["shortlist_id"] = made["id"]
        if state == "withdrawn":
            await _done(mentee.api, f"/api/v1/shortlists/{made['id']}/withdraw", {})

    async def _assignment(self, target: Target, state: str) -> None:
        mentee, mentor = _both(target)
        body = {"mentee_id": mentee.id, "mentor_id": mentor.id, "topic": {"skill": "python"}}
        admin = self.players["admin"].api
        made = await _done(admin, f"/api/v1/programmes/{SLUG}/assignments", body)
        target.ids["assignment_id"] = made["id"]
        if state == "ended":
            await _done(admin, f"/api/v1/assignments/{made['id']}/end", {"comment": "It is over."})

    async def _overdue(self, request_id: str) -> None:
        """First a reminder that comes late, then the end, which leaves a last wait after it."""
        gateway, now = self.town.gateway, self.town.gateway.clock
        for _ in range(2):
            closes = gateway.requests[request_id].closes_at
            assert closes is not None
            gateway.clock = lambda at=closes + timedelta(minutes=1): at  # type: ignore[misc]
            await gateway.overdue(request_id)
        gateway.clock = now

    async def _overtaken(self, request_id: str) -> None:
        gateway = self.town.gateway
        command = BeOvertaken(cause=ReleaseCause.MENTOR_FULL)
        stands = gateway.requests[request_id]
        await gateway._take(request_moves.decide(stands, command, SYSTEM, self.town.clock()))

    async def _relationship(self, target: Target, state: str) -> None:
        await self._request(target, "accepted")
        mentee, mentor = _both(target)
        pair = self.town.gateway.requests[target.ids["request_id"]].relationship_id or ""
        target.ids["relationship_id"], where = pair, f"/api/v1/relationships/{pair}"
        target.ids["goal_id"] = (await _done(mentee.api, f"{where}/goals", GOAL))["id"]
        if state in {"completing", "completed", "settled"}:
            await _done(mentee.api, f"{where}/complete", COMMENT)
        if state in {"completed", "settled"}:
            await _done(mentor.api, f"{where}/confirm-completion", COMMENT)
        if state == "settled":
            for one in (mentee, mentor):
                await _done(one.api, f"{where}/survey", {"answers": ANSWERS})
        if state in {"withdrawn", "ended"}:
            who, command = (mentee, "withdraw") if state == "withdrawn" else (self.players["admin"], "end")
            await _done(who.api, f"{where}/{command}", COMMENT)

    async def _invitation(self, target: Target, state: str) -> None:
        now = self.town.clock()
        row = InvitationRow(
            id=str(uuid.uuid4()),
            programme_id=self.town.programmes[SLUG],
            email=f"invited{next(self.numbers)}@example.org",
            name="",
            roles="mentee",
            created_at=now,
            expires_at=now + timedelta(days=-1 if state == "expired" else 30),
            accepted_at=now if state == "accepted" else None,
            revoked_at=now if state == "revoked" else None,
        )
        target.ids["invitation_id"] = row.id
        with self.town.database.writing() as session:
            session.add(row)

    async def _registration(self, target: Target, state: str) -> None:
        now, number = self.town.clock(), next(self.numbers)
        person_id, registration_id = str(uuid.uuid4()), str(uuid.uuid4())
        target.ids["registration_id"] = registration_id
        with self.town.database.writing() as session:
            email = f"registered{number}@example.org"
            session.add(PersonRow(id=person_id, email=email, name="", created_at=now))
            session.flush()
            session.add(
                RegistrationRow(
                    id=registration_id,
                    programme_id=self.town.programmes[SLUG],
                    person_id=person_id,
                    name="Kim",
                    time_zone="UTC",
                    roles="mentee",
                    state=state,
                    created_at=now,
                )
            )

    async def _sign_in(self, target: Target, state: str) -> None:
        token, now = secrets.token_urlsafe(32), self.town.clock()
        row = SignInLinkRow(
            token_hash=access.digest(token),
            person_id=_both(target)[0].id,
            next_path="/",
            expires_at=now + timedelta(minutes=-1 if state == "expired" else 10),
            used_at=now if state == "used" else None,
        )
        target.ids["sign-in token"] = token
        with self.town.database.writing() as session:
            session.add(row)

    async def _copy(self, target: Target, state: str) -> None:
        """Of everybody's own data, whoever may ask for it."""
        for one in (*self.players.values(), *_both(target)):
            if state == "ready" and one.id:
                await self.town.gateway.begin_export(one.id, str(uuid.uuid4()))

    async def _erasure(self, target: Target, state: str) -> None:
        person_id = target.ids["erased_id"] = _both(target)[0].id
        await self.town.gateway.begin_erasure(person_id, GRACE)
        if state == "kept":
            await self.town.gateway.keep_data(person_id)

    async def _draft(self, target: Target, state: str) -> None:
        """Of recommendations for the mentee. Those of before give way where no more may be open."""
        still_open = DraftRow.state.in_(OPEN_DRAFTS)
        with self.town.database.writing() as session:
            if len(session.scalars(select(DraftRow).where(still_open)).all()) >= MOST_OPEN:
                session.execute(update(DraftRow).where(still_open).values(state=DraftState.DISCARDED))
        drafts, mentee, admin = self.town.gateway.drafts, _both(target)[0], self.players["admin"]
        target.ids["mentee_id"] = mentee.id
        where, drafts.works = f"/api/v1/programmes/{SLUG}/recommendations", state != "computing"
        response = await admin.api.post(where, json={"mentee_ids": [mentee.id]})
        assert response.status_code == 202, response.text
        drafts.works = True
        target.ids["draft_id"] = response.json()["id"]
        act = {"published": "publish", "discarded": "discard"}.get(state)
        if act:
            await _done(admin.api, f"/api/v1/drafts/{target.ids['draft_id']}/{act}", {})

    async def linked(self, target: Target, row: Row) -> Target:
        """`target` with the token of the mail link that the row is about."""
        if row.token in set(map(str, Purpose)) and f"{row.token} token" not in target.ids:
            target.ids[f"{row.token} token"] = await self._minted(target, Purpose(row.token))
        return target

    async def _minted(self, target: Target, purpose: Purpose) -> str:
        subject, person, turn = {
            Purpose.DECIDE: ("request_id", target.mentor, 1),
            Purpose.AMEND: ("request_id", target.mentee, 1),
            Purpose.CONFIRM: ("relationship_id", target.mentor, 1),
            Purpose.SURVEY: ("relationship_id", target.mentee, 0),
            Purpose.ANSWER: ("question_id", target.mentor, 0),
            Purpose.INVITATION: ("invitation_id", None, 0),
            Purpose.KEEP: ("erased_id", target.mentee, 0),
            Purpose.UNSUBSCRIBE: ("programme_id", target.mentee, 0),
        }[purpose]
        target.ids["programme_id"] = self.town.programmes[SLUG]
        link_id, until = str(uuid.uuid4()), self.town.clock() + timedelta(days=60)
        holder = person.id if person else None
        new = links.NewLink(link_id, purpose, target.ids[subject], holder, turn, until)
        with self.town.database.writing() as session:
            links.mint(session, [new], self.town.clock())
        return sign(purpose, link_id, KEYS)

    async def _mail(self) -> str:
        mail_id, now = str(uuid.uuid4()), self.town.clock()
        row = MailRow(
            id=mail_id,
            key=mail_id,
            kind="sign-in",
            programme_id=self.town.programmes[SLUG],
            to_address="somebody@example.org",
            props={},
            state="sent",
            queued_at=now,
            next_attempt_at=now,
            message_id=f"<{mail_id}@localhost>",
        )
        with self.town.database.writing() as session:
            session.add(row)
            session.flush()
            kept = MailboxRow(mail_id=mail_id, to_address=row.to_address, subject="Hello", raw=MAIL, at=now)
            session.add(kept)
        return mail_id

    def caller(self, name: str, target: Target) -> list[Player]:
        """Everybody who stands for the column `name` before `target`."""
        if name in self.players:
            return [self.players[name]]
        both = {"mentee": [target.mentee], "mentor": [target.mentor], "left": [target.mentee, target.mentor]}
        return [one for one in both[name] if one is not None]

    async def send(
        self,
        row: Row,
        player: Player,
        target: Target,
        *,
        browser: AsyncClient | None = None,
        csrf: str | None = OURS,
    ) -> Response:
        """What the row says, by `player`. A `browser` sends what the API takes as well, with its cookie.

        `csrf` is what a form carries instead of our own token, None leaves the field out.
        """
        sides = {"mentor_id": target.mentor, "mentee_id": target.mentee}
        ids = {**{name: one.id if one else "" for name, one in sides.items()}, **target.ids}
        ids["token"] = ids.get(f"{row.token} token", ids.get("token", ""))
        if "{session_id}" in row.route and "session_id" not in ids:
            ids["session_id"] = await self._another_session(player)
        path = row.path.format_map(ids)
        body = self.filled(row, target, player)
        if row.is_api:
            return await (browser or player.api).request(row.method, path, json=body)
        client = browser or player.browser
        if not row.is_unsafe:
            return await client.request(row.method, path)
        if csrf == OURS:
            csrf = form_token(self.town.ctx, ids["token"]) if row.token else player.csrf
        return await client.post(path, data=(body or {}) | ({} if csrf is None else {"csrf": csrf}))

    async def _another_session(self, player: Player) -> str:
        """The id of a further session of `player`, so that ending it leaves their browser signed in."""
        if not player.id:
            return "none"
        with self.town.database.writing() as session:
            token = access.create_session(session, player.id, self.town.clock())
        return access.session_id(access.digest(token))

    def elsewhere(self, player: Player, headers: dict[str, str]) -> AsyncClient:
        """The browser of `player` with a page of another site, which sends just these headers."""
        browser = self.town.client(Accept="text/html", **headers)
        browser.cookies = player.browser.cookies
        return browser

    def filled(self, row: Row, target: Target, player: Player) -> dict[str, Any] | None:
        """The row's body with its names filled in; what has to be new each time is."""
        if row.body is None:
            return None
        known: dict[str, Any] = {
            "{mentor_id}": target.mentor.id if target.mentor else "",
            "{mentee_id}": target.mentee.id if target.mentee else "",
            "{other_mentor_id}": self.players["other mentor"].id,
            "{both}": [one.id for one in (target.mentee, target.mentor) if one is not None],
            "{mentee_email}": target.mentee.email if target.mentee else "",
            "{mentor_email}": target.mentor.email if target.mentor else "",
            # A skill of their own for each call: the same topic is taken once.
            "{topic}": {"skill": target.ids["skill_id"]} if row.is_api else f"skill:{target.ids['skill_id']}",
            "{roles}": [role for role in player.roles if role != "admin"],
            "{fresh skill}": str(uuid.uuid4()),
            "{other_skill_id}": target.ids["other_skill_id"],
            "{fresh}@example.org": f"new{next(self.numbers)}@example.org",
        }

        def fill(value: Any) -> Any:
            if isinstance(value, list):
                return [fill(one) for one in value]
            return known.get(value, value) if isinstance(value, str) else value

        named = str(known["{mentor_id}"])
        return {key.replace("{mentor_id}", named): fill(value) for key, value in row.body.items()}


def _member(person_id: str, name: str, roles: tuple[str, ...], **profile: Any) -> MemberProfile:
    found = MemberProfile(person_id=person_id, name=name, time_zone="Europe/Berlin", **profile)
    found.is_mentee, found.is_mentor, found.is_admin = (one in roles for one in ("mentee", "mentor", "admin"))
    found.skills = {"python": 2} if found.is_mentee else {"python": 5}
    found.targets = {"python": 4} if found.is_mentee else {}
    found.complete = True
    return found


def _both(target: Target) -> tuple[Player, Player]:
    assert target.mentee is not None
    assert target.mentor is not None
    return target.mentee, target.mentor


async def _done(client: AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    assert response.status_code < 300, response.text
    return dict(response.json())
