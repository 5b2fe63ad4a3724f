"""The scenes that are looked at: every page, in every state that looks different, with awkward data too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.links import Purpose
from models.process.relationship_commands import ConfirmCompletion, ReviseGoal, SetGoal, SignOff
from models.process.request_commands import (
    AcceptRequest,
    EditRequest,
    RejectRequest,
    RemindNow,
    RequestAmendment,
)
from models.process.request_decide import due
from tests.api.world import SLUG
from tests.pages.village import Village, Villager

BASE = f"/p/{SLUG}"
LONG = "Wolfeschlegelsteinhausenbergerdorff-Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
ARABIC = "نور الهدى عبد الرحمن"
HEBREW = "שלום, אשמח ללמוד ממך כיצד לתכנן מערכות גדולות. האם נוכל לשוחח פעם בחודש?"
MESSAGE = (
    "Hello Jonas,\n\nI read your notes on splitting the ledger and would love to learn how you decide "
    "where to cut. Could we talk once a month?\n\nI would prepare a question each time."
)
ABOUT = (
    "I look after our booking services. I enjoy it, and I would like to grow into shaping systems, "
    "not only building them."
)
GOAL = {
    "title": "Lead a design review on my own",
    "specific": "I prepare and lead the review of one service, from the invitation to the notes.",
    "measurable": "Two reviews held, notes shared, feedback from three people.",
    "attainable": "My team has a review each month and is glad of a volunteer.",
    "relevant": "I want to move towards architecture, and this is where it happens.",
}

Step = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """A page as somebody sees it; `steps` is what they do on it before it is looked at."""

    name: str
    path: str
    who: Villager | None = None
    steps: Step | None = None


async def press(page: Any, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def open_all(page: Any) -> None:
    for summary in await page.locator("summary").all():
        await summary.click()


class Stage:
    """Builds the village and lists its scenes."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.scenes: list[Scene] = []

    def add(self, name: str, path: str, who: Villager | None = None, steps: Step | None = None) -> None:
        self.scenes.append(Scene(name, path, who, steps))

    async def build(self) -> list[Scene]:
        await self._people()
        self._doors()
        await self._links()
        await self._home_and_search()
        await self._requests()
        await self._relationships()
        await self._awkward()
        await self._mailbox()
        await self._crowd()
        return self.scenes

    async def _people(self) -> None:
        person = self.village.person
        skills = {"architecture": 2, "devops": 1, "python": 4}
        targets = {"architecture": 4, "devops": 4, "public speaking": 3}
        self.ngozi = await person(
            "Ngozi Adeyemi-Håkansson",
            "mentee",
            headline="Backend developer, four years in, moving towards architecture",
            about=ABOUT,
            unit="Digital Services",
            location="Lagos",
            country="NG",
            languages=["en", "fr"],
            time_zone="Africa/Lagos",
            skills=skills,
            targets=targets,
        )
        self.jonas = await person(
            "Jonas Weber",
            "mentor",
            headline="Systems architect, happiest at a whiteboard",
            unit="Platform",
            location="Leipzig",
            contact="Chat: @jonas\nOffice 4.12",
            skills={"architecture": 5, "devops": 3},
        )
        self.ines = await person("Ines Duarte", "admin", "mentee", skills=skills, targets=targets)
        self.fresh = await person(
            "Tom Fresh", "mentee", "mentor", skills={}, targets={}, preferences=frozenset()
        )
        self.quiet = await person("Petra Quiet", "mentor", skills={"python": 4}, capacity=1)

    def _doors(self) -> None:
        self.add("welcome", "/")
        self.add("sign-in", "/sign-in?next=/p/open-doors/mentors")

        async def send(page: Any) -> None:
            await page.get_by_label("Your e-mail address").fill("ngozi@example.org")
            await press(page, "Mail me a link")

        self.add("sign-in-sent", "/sign-in", None, send)
        self.add("sign-in-stale", "/sign-in/used")
        self.add("error-404", "/nothing/here")
        self.add("error-403", f"{BASE}/admin", self.ngozi)

    async def _links(self) -> None:
        v = self.village
        asked = await self.ngozi.ask(self.jonas, MESSAGE)
        self.asked = asked
        decide = await v.link(Purpose.DECIDE, asked, self.jonas, 1)
        self.add("link-decide", decide)

        async def decline_badly(page: Any) -> None:
            await page.get_by_label("And mark me unavailable for new requests").check()
            await press(page, "Decline")

        self.add("link-decide-errors", decide, None, decline_badly)
        await self._decided()
        old = await self._mentee("Aiko Tanaka").ask_of(self.jonas)
        superseded = await v.link(Purpose.DECIDE, old[1], self.jonas, 1)
        await old[0].tell(old[1], EditRequest(message="Changed, sorry."))
        self.add("link-superseded", superseded)
        amended = await self._mentee("Bence Nagy").ask_of(self.jonas)
        comment = "Gladly, in principle. What would you like to have reached by summer?"
        await self.jonas.tell(amended[1], RequestAmendment(comment=comment))
        self.add("link-amend", await v.link(Purpose.AMEND, amended[1], amended[0], 1))
        self.add("request-amend", f"/requests/{amended[1]}", amended[0])
        self.add("link-invitation", await v.invitation("new@example.org", "mentee,mentor", "Zoë Newcomer"))

    def _mentee(self, name: str) -> _Newcomer:
        return _Newcomer(self.village, name)

    async def _decided(self) -> None:
        v = self.village
        for name, button, who in (
            ("link-accepted", "Accept", "Oona Virtanen"),
            ("link-rejected", "Decline", "Piet Bakker"),
            ("link-asked-change", "Ask for a change", "Quinn Reed"),
        ):
            mentor = await v.person(f"Mentor of {who}", "mentor", skills={"devops": 4})
            _, asked = await self._mentee(who).ask_of(mentor)
            path = await v.link(Purpose.DECIDE, asked, mentor, 1)
            self.add(name, path, None, _deciding(button))
            self.add(f"{name}-again", path)
        held = await self._mentee("Rana Held").ask_of(self.quiet)
        await self.quiet.tell(held[1], AcceptRequest(comment="Gladly."))
        full = await self._late_request()
        self.add("link-decide-full", await v.link(Purpose.DECIDE, full, self.quiet, 2))

    async def _late_request(self) -> str:
        """A request that waits for somebody whose last place went in the meantime."""
        mentee, asked = await self._mentee("Sofia Late").ask_of(self.jonas)
        gateway = self.village.world.gateway
        gateway.requests[asked] = gateway.requests[asked].model_copy(update={"mentor_id": self.quiet.id})
        view = await mentee.tell(asked, EditRequest(message="Would you have an hour a month for me?"))
        return view.id

    async def _home_and_search(self) -> None:
        self.add("home-mentee", "/", self.ngozi)
        self.add("home-mentor", "/", self.jonas)
        self.add("home-admin", "/", self.ines)
        self.add("home-incomplete", "/", self.fresh)
        self.add("profile", f"{BASE}/profile", self.ngozi)
        self.add("profile-incomplete", f"{BASE}/profile", self.fresh)
        self.add("mentors-not-yet", f"{BASE}/mentors", self.fresh)
        self.add("mentors", f"{BASE}/mentors", self.ines)
        self.add("mentors-none", f"{BASE}/mentors?q=nobody&exact=yes", self.ines)
        self.add("ask", f"{BASE}/mentors/{self.jonas.id}/ask", self.ines)

        async def go_on(page: Any) -> None:
            await page.get_by_label("To Jonas Weber").fill(MESSAGE)
            await press(page, "Go on")

        self.add("ask-check", f"{BASE}/mentors/{self.jonas.id}/ask", self.ines, go_on)

    async def _requests(self) -> None:
        self.add("request-mentee", f"/requests/{self.asked}", self.ngozi, open_all)
        self.add("request-mentor", f"/requests/{self.asked}", self.jonas)
        self.add("request-admin", f"/requests/{self.asked}", self.ines, open_all)
        self.add("requests-mentee", f"{BASE}/requests", self.ngozi)
        self.add("requests-mentor", f"{BASE}/requests?show=all", self.jonas)
        self.add("requests-empty", f"{BASE}/requests", self.fresh)
        mentor = await self.village.person("Ulla Busy", "mentor", skills={"python": 5})
        mentee, asked = await self._mentee("Vito Declined").ask_of(mentor)
        reject = RejectRequest(comment="I am away until March; try again then.", reason=_REASON)
        await mentor.tell(asked, reject)
        self.add("request-declined", f"/requests/{asked}", mentee)

    async def _relationships(self) -> None:
        v = self.village
        mentor = await v.person(
            "Wanda Mentor", "mentor", contact="Phone +49 30 1234567", skills={"python": 5}
        )
        new = await (await v.person("Xaver New", "mentee")).mentored_by(mentor)
        self.add("relationship-new", f"/relationships/{new}", mentor)
        self.add("goal-new", f"/relationships/{new}/goals", mentor)

        async def empty_goal(page: Any) -> None:
            await press(page, "Set the goal")

        self.add("goal-errors", f"/relationships/{new}/goals", mentor, empty_goal)
        mentee = await v.person("Yara Learner", "mentee", contact="yara@chat")
        active = await mentee.mentored_by(mentor, MESSAGE)
        await mentee.say(active, SetGoal(goal_id=_GOAL, due=date(2026, 9, 30), **GOAL))
        await mentee.say(active, ReviseGoal(goal_id=_GOAL, progress=40))
        self.add("relationship-active", f"/relationships/{active}", mentee, open_all)
        self.add("relationships", f"{BASE}/relationships", mentor)
        done = await (await v.person("Zora Done", "mentee")).mentored_by(mentor)
        await mentor.say(done, SignOff(comment="It was a joy. I think you are there."))
        await self._ending()

    async def _ending(self) -> None:
        v = self.village
        for name in ("confirm", "survey"):
            host = await v.person(f"Host of {name}", "mentor", skills={"python": 5})
            mentee = await v.person(f"Guest of {name}", "mentee")
            found = await mentee.mentored_by(host)
            await mentee.say(found, SetGoal(goal_id=_GOAL, due=date(2026, 9, 30), **GOAL))
            await host.say(found, SignOff(comment="It was a joy. I think you are there."))
            if name == "survey":
                await mentee.say(found, ConfirmCompletion(comment="Yes, thank you."))
            link = await v.link(Purpose(name), found, mentee, 1 if name == "confirm" else 0)
            self.add(f"link-{name}", link)
            self.add(f"relationship-{name}", f"/relationships/{found}", mentee)
            self.add(f"relationship-{name}-admin", f"/relationships/{found}", self.ines)

    async def _awkward(self) -> None:
        v = self.village
        rtl = await v.person(
            ARABIC,
            "mentee",
            headline="مهندسة برمجيات تتطلع إلى قيادة فريق",
            about=HEBREW,
            unit="قسم التقنية",
            location="الدار البيضاء",
            country="MA",
            languages=["ar", "fr", "he"],
            skills={"architecture": 1},
            targets={"architecture": 4},
        )
        mentor = await v.person("Mentor of many words", "mentor", skills={"architecture": 5})
        asked = await rtl.ask(mentor, HEBREW)
        self.add("rtl-decide", await v.link(Purpose.DECIDE, asked, mentor, 1))
        self.add("rtl-request", f"/requests/{asked}", rtl)
        long = await v.person(
            f"{LONG} {LONG}"[:200],
            "mentee",
            "mentor",
            headline=LONG * 2,
            about=LONG * 5,
            unit=LONG,
            location=LONG,
            skills={"architecture": 1, LONG.lower(): 3},
            targets={"architecture": 4},
        )
        wordy = await long.ask(mentor, LONG * 10)
        self.add("long-decide", await v.link(Purpose.DECIDE, wordy, mentor, 1))
        self.add("long-request", f"/requests/{wordy}", long, open_all)
        self.add("long-home", "/", long)
        self.add("long-profile", f"{BASE}/profile", long)
        self.add("long-mentor-home", "/", mentor)

    async def _time_passes(self, days: int) -> None:
        """Everything that falls due on the way happens."""
        world = self.village.world
        world.clock.forward(days=days)
        for request_id in list(world.gateway.requests):
            while due(world.gateway.requests[request_id], world.clock()):
                await world.gateway.overdue(request_id)

    async def _mailbox(self) -> None:
        raw = _MAIL.replace("\n", "\r\n").encode()
        kept = await self.village.keep_mail("jonas@example.org", "Ngozi asks you to be their mentor", raw)
        for n in range(3):
            await self.village.keep_mail(f"person{n}@example.org", "Your link to sign in", raw)
        self.add("mailbox", "/mailbox")
        self.add("mailbox-empty", "/mailbox?to=nobody")
        self.add("mailbox-mail", f"/mailbox/{kept}")

    async def _crowd(self) -> None:
        v = self.village
        crowd = [
            await v.person(
                f"{_FIRST[n % 10]} {_LAST[n // 10]}",
                "mentor",
                headline=f"Knows a lot about {_TOPICS[n % 4]}",
                skills={_TOPICS[n % 4]: 1 + n % 5, "python": 1 + n % 4},
                country=("DE", "IN", "BR", "KE")[n % 4],
                languages=[("de", "hi", "pt", "sw")[n % 4], "en"],
            )
            for n in range(200)
        ]
        for n in range(60):
            mentee = await v.person(f"Asker {n + 1}", "mentee", skills={"python": 1}, targets={"python": 4})
            asked = await mentee.ask(crowd[n], MESSAGE)
            if n % 7 == 0:
                await crowd[n].tell(asked, RequestAmendment(comment="What exactly?"))
            if n % 9 == 0:
                await self.ines.tell(asked, RemindNow())
        await self._time_passes(9)
        self.add("mentors-200", f"{BASE}/mentors", self.ngozi)
        self.add("admin", f"{BASE}/admin", self.ines)
        self.add("stalled", f"{BASE}/admin/stalled", self.ines)
        self.add("stalled-none", f"{BASE}/admin/stalled?older_than=P30D", self.ines)
        self.add("people", f"{BASE}/admin/people", self.ines, open_all)
        self.add("people-none", f"{BASE}/admin/people?q=nobody+of+that+name", self.ines)
        self.add("mails", f"{BASE}/admin/mails", self.ines)
        self.add("requests-admin", f"{BASE}/requests?of=admin", self.ines)


@dataclass
class _Newcomer:
    """A mentee who is about to join and ask."""

    village: Village
    name: str

    async def ask_of(self, mentor: Villager, message: str = MESSAGE) -> tuple[Villager, str]:
        mentee = await self.village.person(self.name, "mentee", skills={"devops": 1}, targets={"devops": 4})
        return mentee, await mentee.ask(mentor, message)


def _deciding(button: str) -> Step:
    async def steps(page: Any) -> None:
        await page.locator("#f-comment").fill("Thank you for asking me.")
        if button == "Decline":
            await page.locator("#f-reason").select_option(index=1)
            await page.get_by_label("And mark me unavailable for new requests").check()
        await press(page, button)

    return steps


_GOAL = "11111111-1111-4111-8111-111111111111"
_REASON = "I have no time at the moment"
_TOPICS = ("architecture", "devops", "public speaking", "negotiation")
_FIRST = ("Ada", "Bo", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jun")
_LAST = [
    "Adler",
    "Baker",
    "Cruz",
    "Dietz",
    "Evans",
    "Fischer",
    "Grant",
    "Huber",
    "Iqbal",
    "Jansen",
    "Kowalski",
    "Lind",
    "Moreau",
    "Novak",
    "Okoro",
    "Petrov",
    "Quist",
    "Rossi",
    "Silva",
    "Tanaka",
]
_MAIL = """From: Open Doors <steadfast@localhost>
To: jonas@example.org
Subject: Ngozi asks you to be their mentor
X-Steadfast-Mail: request-received
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Hello Jonas,

Ngozi asks you to be their mentor. Decide here, it takes a minute:

http://localhost:8000/links/decide.00000000.abc

Thank you.

--b
Content-Type: text/html; charset=utf-8

<html><head><style>p { color: #1d5c52 }</style></head><body><p>Ngozi asks you to be their mentor.</p>
<p><a href="http://localhost:8000/links/decide.00000000.abc">Decide</a></p></body></html>

--b--
"""
