"""Long lists: two hundred mentors, sixty requests, and days that have passed."""

from __future__ import annotations

from models.process.request.commands import RemindNow, RequestAmendment
from models.process.request.moves import due
from tests.browser.scenes import texts
from tests.browser.scenes.stage import BASE, Stage, open_all
from tests.pages.village import Villager

_TOPICS = ("architecture", "devops", "public speaking", "negotiation")
_FIRST = ("Ada", "Bo", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jun")
_LAST = (
    *("Adler", "Baker", "Cruz", "Dietz", "Evans", "Fischer", "Grant", "Huber", "Iqbal", "Jansen"),
    *("Kowalski", "Lind", "Moreau", "Novak", "Okoro", "Petrov", "Quist", "Rossi", "Silva", "Tanaka"),
)


async def crowd(stage: Stage) -> None:
    cast = stage.cast
    mentors = [await _mentor(stage, n) for n in range(200)]
    for n in range(60):
        name = f"{_FIRST[n // 6]} {_LAST[n % 20]}-{_LAST[(n + 7) % 20]}"
        mentee = await stage.village.person(name, "mentee", skills={"python": 1}, targets={"python": 4})
        asked = await mentee.ask(mentors[n], texts.MESSAGE)
        if n % 7 == 0:
            await mentors[n].tell(asked, RequestAmendment(comment="What exactly?"))
        if n % 9 == 0:
            await cast.ines.tell(asked, RemindNow())
    await _time_passes(stage, 9)
    stage.add("mentors-200", f"{BASE}/mentors", cast.ngozi)
    stage.add("admin", f"{BASE}/admin", cast.ines)
    stage.add("stalled", f"{BASE}/admin/stalled", cast.ines)
    stage.add("stalled-none", f"{BASE}/admin/stalled?older_than=P30D", cast.ines)
    stage.add("people", f"{BASE}/admin/people", cast.ines, open_all)
    stage.add("people-none", f"{BASE}/admin/people?q=nobody+of+that+name", cast.ines)
    stage.add("mails", f"{BASE}/admin/mails", cast.ines)
    stage.add("requests-admin", f"{BASE}/requests?of=admin", cast.ines)


async def _mentor(stage: Stage, n: int) -> Villager:
    return await stage.village.person(
        f"{_FIRST[n % 10]} {_LAST[n // 10]}",
        "mentor",
        headline=f"Knows a lot about {_TOPICS[n % 4]}",
        skills={_TOPICS[n % 4]: 1 + n % 5, "python": 1 + n % 4},
        country=("DE", "IN", "BR", "KE")[n % 4],
        languages=[("de", "hi", "pt", "sw")[n % 4], "en"],
    )


async def _time_passes(stage: Stage, days: int) -> None:
    """Everything that falls due on the way happens."""
    world = stage.village.world
    world.clock.forward(days=days)
    for request_id in list(world.gateway.requests):
        while due(world.gateway.requests[request_id], world.clock()):
            await world.gateway.overdue(request_id)
