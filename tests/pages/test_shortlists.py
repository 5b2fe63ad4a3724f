"""Shortlists on pages: picked by numbers, checked, sent, changed and taken back, without a script."""

from __future__ import annotations

from models.process.request.commands import AcceptRequest
from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Page
from tests.pages.reading import broken_rules, words_of
from tests.pages.village import Village, Villager, send

pytestmark = SQLITE
NEW = f"/p/{SLUG}/shortlists/new"


async def cast(village: Village) -> tuple[Villager, list[Villager]]:
    mentee = await village.person("Ada Asker", "mentee", skills={"python": 2}, targets={"python": 4})
    names = ("Ben One", "Cleo Two", "Dora Three", "Emil Four")
    return mentee, [await village.person(name, "mentor", skills={"python": 5}) for name in names]


def place(someone: Villager) -> str:
    return f"place-{someone.id}"


async def begun(mentee: Villager, *mentors: Villager) -> str:
    """The path of a list that asks these in order."""
    form = (await mentee.open(NEW)).form_with("message")
    numbers = {place(one): str(number) for number, one in enumerate(mentors, 1)}
    checked = await send(mentee.browser, form, step="check", message="May I?", **numbers)
    assert checked.status_code == 200, checked.text
    confirm = Page.of(checked, mentee.browser).form_with("step", "send")
    sent = await send(mentee.browser, confirm, step="send")
    assert sent.status_code == 303
    return sent.headers["location"]


async def test_names_are_picked_by_numbers_and_searched_without_losing_anything(village: Village) -> None:
    mentee, (one, two, three, _) = await cast(village)
    page = await mentee.open(f"{NEW}?add={two.id}")
    form = page.form_with("message")
    found = await send(mentee.browser, form, step="search", q="Dora", message="My words", **{place(one): "2"})
    assert broken_rules(found) == []
    for name in ("Ben One", "Cleo Two", "Dora Three"):
        assert name in words_of(found)
    again = Page.of(found, mentee.browser).form_with("message")
    assert "My words" in found.text
    twice = await send(mentee.browser, again, step="check", **{place(three): "1", place(two): "1"})
    assert twice.status_code == 422
    assert "Two people have the number 1" in words_of(twice)
    nobody = await send(
        mentee.browser, again, step="check", **{place(one): "", place(two): "", place(three): ""}
    )
    assert nobody.status_code == 422
    assert "Please name at least one mentor." in words_of(nobody)
    checked = await send(mentee.browser, again, step="check", **{place(three): "1", place(two): "3"})
    words = words_of(checked)
    assert words.index("Dora Three") < words.index("Ben One") < words.index("Cleo Two")
    assert broken_rules(checked) == []


async def test_sent_shown_changed_and_taken_back(village: Village) -> None:
    mentee, (one, two, three, four) = await cast(village)
    path = await begun(mentee, one, two, three)
    shown = await mentee.get(path)
    assert broken_rules(shown) == []
    for part in ("Ben One is asked now; 2 more wait.", "1. Ben One", "Waiting", "The list began"):
        assert part in words_of(shown)
    home = words_of(await mentee.get("/"))
    assert "Your list of mentors" in home
    listed = await mentee.get(f"/p/{SLUG}/shortlists")
    assert "Ben One, Cleo Two, Dora Three" in words_of(listed)
    form = (await mentee.open(f"{path}/change")).form_with("step", "save")
    numbers = {place(four): "1", place(three): "2", place(two): ""}
    saved = await send(mentee.browser, form, step="save", **numbers)
    assert saved.status_code == 303
    words = words_of(await mentee.get(path))
    assert words.index("2. Emil Four") < words.index("3. Dora Three")
    assert "Cleo Two" not in words.partition("What happened so far")[0]
    assert (await one.get(path)).status_code == 404
    taken = await send(mentee.browser, (await mentee.open(path)).form_with("comment"), comment="Thank you.")
    assert taken.status_code == 303
    words = words_of(await mentee.get(path))
    assert "You took the list back." in words
    assert "Taken back" in words


async def test_an_acceptance_leads_on_from_the_page_of_the_list(village: Village) -> None:
    mentee, (one, two, *_) = await cast(village)
    path = await begun(mentee, one, two)
    (asked,) = [each for each in village.world.gateway.requests.values() if each.mentor_id == one.id]
    await one.tell(asked.id, AcceptRequest(comment="Gladly."))
    page = await mentee.get(path)
    assert "Ben One has accepted." in words_of(page)
    assert f'href="/relationships/{village.world.gateway.requests[asked.id].relationship_id}"' in page.text
    assert f'href="{path}"' in (await mentee.get(f"/requests/{asked.id}")).text
    assert path not in (await one.get(f"/requests/{asked.id}")).text
