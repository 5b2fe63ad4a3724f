"""The pages of drafts, from the first form to what was left out."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import SQLITE
from tests.api.world import SLUG
from tests.e2e.forms import Form, Page
from tests.pages.reading import broken_rules, paths, seen
from tests.pages.village import Village

BASE = f"/p/{SLUG}/admin/drafts"
pytestmark = SQLITE


def form_to(page: Page, ending: str) -> Form:
    return next(form for form in page.forms if form.action.endswith(ending) and form.method == "post")


def _chosen(*mentors: str) -> dict[str, Any]:
    return {"mentor": list(mentors), "do": "set"}


async def test_a_draft_is_begun_changed_and_published(village: Village) -> None:
    admin = await village.person("Ada Admin", "admin")
    mina = await village.person("Mina", "mentee", skills={"python": 1}, targets={"python": 4})
    momo = await village.person("Momo", "mentor", skills={"python": 5})
    nora = await village.person("Nora", "mentor", skills={"python": 4})
    page = await admin.open(BASE)
    page = await page.submit(
        form_to(page, "/drafts"), kind="recommendations", per_mentee="1", minimum_score="101"
    )
    assert "This takes a whole number from 0 to 100." in page.text
    page = await page.submit(form_to(page, "/drafts"), minimum_score="10")
    response = await admin.get(page.url)
    assert broken_rules(response) == []
    first = momo if "Momo" in page.text else nora
    other = nora if first is momo else momo
    assert first.name in page.text
    assert other.name not in page.text

    (href,) = [one for one in paths(seen(response)) if f"/people/{mina.id}" in one]
    edit = await admin.open(href)
    assert broken_rules(await admin.get(href)) == []
    form = form_to(edit, f"/people/{mina.id}")
    refused = await edit.submit(form, **_chosen(first.id, other.id))
    assert "This draft has up to 1 for each mentee" in refused.text
    page = await refused.submit(form_to(refused, f"/people/{mina.id}"), **_chosen(other.id))
    assert "Set by hand" in page.text
    page = await page.submit(form_to(page, "/compute"))
    assert other.name in page.text
    page = await page.submit(form_to(page, "/publish"))
    assert "It has been published" in page.text
    assert not [form for form in page.forms if form.action.endswith("/publish")]
    assert "Published" in (await admin.open(BASE)).text


async def test_while_it_is_computed_the_page_looks_again(village: Village) -> None:
    admin = await village.person("Ada Admin", "admin")
    village.world.gateway.drafts.works = False
    page = await admin.open(BASE)
    page = await page.submit(form_to(page, "/drafts"), kind="recommendations")
    assert (await admin.get(page.url)).headers["Refresh"] == "3"
    assert "0% done" in page.text
    page = await page.submit(form_to(page, "/discard"))
    assert "nothing of it was sent" in page.text
    assert "Refresh" not in (await admin.get(page.url)).headers
