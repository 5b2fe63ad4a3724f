"""The page of the periods: it says what a change would do, and then makes it for new requests or for all."""

from __future__ import annotations

from sqlalchemy import select

from models.store.tables import PolicyChangeRow, ProgrammeRow
from tests.api.world import SLUG
from tests.pages.village import Village, Villager

HERE = f"/p/{SLUG}/admin/settings"


async def cast(village: Village) -> tuple[Villager, Villager]:
    mentee, mentor = await village.person("Ngozi", "mentee"), await village.person("Jonas", "mentor")
    await mentee.ask(mentor)
    return await village.person("Ines", "admin"), mentee


def settings(village: Village) -> dict[str, object]:
    with village.world.database.reading() as session:
        return dict(session.get_one(ProgrammeRow, village.programme_id).settings)


async def test_a_change_is_looked_at_first_and_then_made_for_open_requests_too(village: Village) -> None:
    admin, _ = await cast(village)
    before = settings(village)
    page = await admin.open(HERE)
    form = page.form_with("step", "look")
    assert form.fields["remind_after"] == "7, 12"
    seen = await page.submit(form, step="look", close_after="28 days", remind_after="10 and 20")
    assert "1 would close on another day, 0 of them sooner" in seen.text
    assert "None would be due at once" in seen.text
    assert settings(village) == before
    saved = await seen.submit(seen.form_with("step", "open"), step="open")
    assert "The open requests follow" in saved.text
    after = settings(village)
    assert (after["close_after"], after["remind_after"]) == ("P28D", ["P10D", "P20D"])
    with village.world.database.reading() as session:
        change = session.scalars(select(PolicyChangeRow)).one()
        assert (change.state, change.requests, change.policy["request"]["close_after"]) == (
            "asked",
            1,
            "P28D",
        )


async def test_what_is_due_at_once_is_named_and_new_ones_only_leaves_open_ones(village: Village) -> None:
    admin, _ = await cast(village)
    village.world.clock.forward(days=9)
    page = await admin.open(HERE)
    seen = await page.submit(
        page.form_with("step", "look"), step="look", close_after="PT36H", remind_after=""
    )
    assert "1 would be due at once" in seen.text
    await seen.submit(seen.form_with("step", "new"), step="new")
    assert settings(village)["remind_after"] == []
    with village.world.database.reading() as session:
        assert not session.scalars(select(PolicyChangeRow)).all()


async def test_what_cannot_be_read_comes_back_as_it_was_typed(village: Village) -> None:
    admin, _ = await cast(village)
    page = await admin.open(HERE)
    refused = await page.submit(page.form_with("step", "look"), step="look", close_after="a fortnight")
    assert refused.status == 422
    assert refused.form_with("step", "look").fields["close_after"] == "a fortnight"
    assert "close_after" in refused.text
