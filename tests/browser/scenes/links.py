"""The pages of mail links, in every state that looks different."""

from __future__ import annotations

from playwright.async_api import Page

from models.links import Purpose
from models.process.request.commands import (
    AcceptRequest,
    EditRequest,
    RejectRequest,
    RequestAmendment,
    ResubmitRequest,
    WithdrawRequest,
)
from tests.browser.scenes.stage import BASE, REASON, Stage, Step, open_all, press, unfold
from tests.pages.test_unsubscribing import off_link


async def links(stage: Stage) -> None:
    v, cast = stage.village, stage.cast
    decide = await v.link(Purpose.DECIDE, cast.asked, cast.jonas, 1)
    stage.add("link-decide", decide)
    stage.add("link-decide-errors", decide, None, _decline_badly)
    await _decided(stage)
    await _too_late(stage)
    stage.add("link-decide-full", await _full(stage))
    stage.add("link-decide-changed", await _changed(stage))
    amending, amended = await stage.newcomer("Bence Nagy", cast.jonas)
    comment = "Gladly, in principle. What would you like to have reached by summer?"
    await cast.jonas.tell(amended, RequestAmendment(comment=comment))
    stage.add("link-amend", await v.link(Purpose.AMEND, amended, amending, 1))
    stage.add("request-amend", f"/requests/{amended}", amending)
    invitation = await v.invitation("new@example.org", "mentee,mentor", "Zoë Newcomer")
    stage.add("link-invitation", invitation)
    stage.add("link-invitation-joined", invitation, None, _join)
    unsubscribing = await off_link(v, cast.jonas)
    stage.add("unsubscribe", unsubscribing)
    stage.add("unsubscribe-done", unsubscribing, None, _switch_off)


async def _decline_badly(page: Page) -> None:
    await unfold(page, "Decline")
    await page.get_by_label("And mark me unavailable for new requests").check()
    await press(page, "Decline")


async def _switch_off(page: Page) -> None:
    await press(page, "Switch them off")


async def _join(page: Page) -> None:
    await press(page, "Join")


async def _decided(stage: Stage) -> None:
    for name, button, who, whom in (
        ("link-accepted", "Accept", "Oona Virtanen", "Lars Holm"),
        ("link-rejected", "Decline", "Piet Bakker", "Mei Chen"),
        ("link-asked-change", "Ask for a change", "Quinn Reed", "Omar Haddad"),
    ):
        mentor = await stage.village.person(whom, "mentor", skills={"devops": 4})
        _, asked = await stage.newcomer(who, mentor)
        path = await stage.village.link(Purpose.DECIDE, asked, mentor, 1)
        stage.add(name, path, None, _deciding(button))
        stage.add(f"{name}-again", path)


def _deciding(button: str) -> Step:
    async def steps(page: Page) -> None:
        await page.locator("#f-comment").fill("Thank you for asking me.")
        if button != "Accept":
            await unfold(page, button)
        if button == "Decline":
            await page.locator("#f-reason").select_option(index=1)
            await page.get_by_label("And mark me unavailable for new requests").check()
        await press(page, button)

    return steps


async def _too_late(stage: Stage) -> None:
    """Links that something else has overtaken, before they were opened and while they were read."""
    jonas = stage.cast.jonas
    mentee, asked = await stage.newcomer("Aiko Tanaka", jonas)
    stage.add("link-superseded", await stage.village.link(Purpose.DECIDE, asked, jonas, 1))
    await mentee.tell(asked, EditRequest(message="Changed, sorry."))
    leaving, left = await stage.newcomer("Ewa Zielińska", jonas)

    async def withdrawn_meanwhile(page: Page) -> None:
        await page.locator("#f-comment").fill("With pleasure! Shall we begin next week?")
        await leaving.tell(left, WithdrawRequest(comment=""))
        await press(page, "Accept")

    stage.add(
        "link-too-late", await stage.village.link(Purpose.DECIDE, left, jonas, 1), None, withdrawn_meanwhile
    )


async def _changed(stage: Stage) -> str:
    """The link of a request that came back after the mentor asked for a change."""
    first = "Hello,\n\nI would like to learn how you lead. May we talk now and then?\n\nTala"
    second = first.replace("May we", "By summer I would like to run a project of my own. May we")
    jonas = stage.cast.jonas
    mentee, asked = await stage.newcomer("Tala Again", jonas)
    await mentee.tell(asked, EditRequest(message=first))
    await jonas.tell(asked, RequestAmendment(comment="Gladly. What would you like to reach by summer?"))
    await mentee.tell(asked, ResubmitRequest(message=second.replace("now and then", "once a month")))
    return await stage.village.link(Purpose.DECIDE, asked, jonas, 3)


async def _full(stage: Stage) -> str:
    """The link of a request that waits for somebody whose last place went in the meantime."""
    gateway, petra = stage.village.world.gateway, stage.cast.petra
    _, held = await stage.newcomer("Rana Held", petra)
    await petra.tell(held, AcceptRequest(comment="Gladly."))
    mentee, asked = await stage.newcomer("Sofia Late", stage.cast.jonas)
    gateway.requests[asked] = gateway.requests[asked].model_copy(update={"mentor_id": petra.id})
    view = await mentee.tell(asked, EditRequest(message="Would you have an hour a month for me?"))
    return await stage.village.link(Purpose.DECIDE, view.id, petra, 2)


async def requests(stage: Stage) -> None:
    cast = stage.cast
    path = f"/requests/{cast.asked}"
    stage.add("request-mentee", path, cast.ngozi, open_all)
    stage.add("request-mentor", path, cast.jonas)
    stage.add("request-admin", path, cast.ines, open_all)
    stage.add("requests-mentee", f"{BASE}/requests", cast.ngozi)
    stage.add("requests-mentor", f"{BASE}/requests?show=all", cast.jonas)
    stage.add("requests-empty", f"{BASE}/requests", cast.tom)
    mentor = await stage.village.person("Ulla Busy", "mentor", skills={"python": 5})
    mentee, asked = await stage.newcomer("Vito Declined", mentor)
    reject = RejectRequest(comment="I am away until March; try again then.", reason=REASON)
    await mentor.tell(asked, reject)
    stage.add("request-declined", f"/requests/{asked}", mentee)
