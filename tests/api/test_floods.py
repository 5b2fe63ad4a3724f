"""Nobody is flooded with mail, however often somebody presses: with the real outbox and delivery."""

from __future__ import annotations

from email import message_from_bytes, policy

from sqlalchemy import select

from activities.mail_dispatcher import MailDispatcher
from activities.mail_writer import LetterWriter
from activities.transport import MailboxTransport
from api.desk import inviting
from api.links.links import LinkState, link
from models.addresses import sender
from models.mails.order import MailOrder
from models.mails.request import RequestEdited
from models.store import mail_limits, mails
from models.store.delivery import MailboxRow, MailRow
from tests.api.conftest import Cast
from tests.api.world import BASE, KEYS, SLUG, Json, World

HERE = f"/api/v1/programmes/{SLUG}"
GUEST: Json = {"email": "guest@example.org", "name": "Grace", "roles": ["mentor"], "note": ""}


async def delivered(town: World) -> list[str]:
    """The kinds of all mails that have left, after everything due has."""

    async def nobody_is_told(_process_id: str, _kind: str) -> None:
        raise AssertionError

    writer = LetterWriter(base_url=BASE, sender=sender("post@example.org"), keys=KEYS, clock=town.clock)
    await MailDispatcher(
        town.database, writer, MailboxTransport(town.clock), nobody_is_told, town.clock
    ).deliver_due()
    with town.database.reading() as session:
        query = select(MailRow.kind).where(MailRow.state == mails.SENT).order_by(MailRow.settled_at)
        return list(session.scalars(query))


async def last_link(town: World, kind: str) -> str:
    """The token in the last mail of a kind that has left."""
    query = (
        select(MailboxRow.raw)
        .join(MailRow, MailRow.id == MailboxRow.mail_id)
        .where(MailRow.kind == kind)
        .order_by(MailboxRow.at.desc())
        .limit(1)
    )
    with town.database.reading() as session:
        raw = session.scalar(query)
    assert raw
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body
    return str(body.get_content()).partition(f"{BASE}/links/")[2].split()[0]


async def test_forty_edits_are_one_mail_about_the_last_wording(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    where = f"/api/v1/requests/{asked['id']}"
    assert await delivered(town) == ["request-received"]
    first = await last_link(town, "request-received")
    for number in range(40):
        await cast.mentee.post(f"{where}/edit", {"message": f"Wording {number}"})
        town.clock.forward(seconds=5)
        await delivered(town)
    assert await delivered(town) == ["request-received"]
    assert (await link(town.ctx, first)).standing is LinkState.SUPERSEDED
    page = await town.anybody.get(f"/links/{first}")
    assert "the newer mail, which can take some minutes" in page.text
    town.clock.forward(minutes=10)
    assert await delivered(town) == ["request-received", "request-edited"]
    last = await link(town.ctx, await last_link(town, "request-edited"))
    assert (last.standing, last.round) == (LinkState.OPEN, 41)


async def test_somebody_who_edits_on_and_on_is_heard_of_every_ten_minutes(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    for number in range(40):
        await cast.mentee.post(f"/api/v1/requests/{asked['id']}/edit", {"message": f"Wording {number}"})
        town.clock.forward(minutes=1)
        await delivered(town)
    assert (await delivered(town)).count("request-edited") in {3, 4}


async def test_an_edit_is_not_told_when_the_request_has_gone_on(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    where = f"/api/v1/requests/{asked['id']}"
    await cast.mentee.post(f"{where}/edit", {"message": "Better"})
    await cast.mentee.post(f"{where}/withdraw", {"comment": "No more"})
    town.clock.forward(minutes=11)
    assert "request-edited" not in await delivered(town)
    with town.database.reading() as session:
        row = session.scalars(select(MailRow).where(MailRow.kind == "request-edited")).one()
    assert (row.state, row.error) == (mails.DROPPED, "the request had moved on before it left")


async def test_a_step_that_is_saved_again_late_takes_nothing_from_a_newer_one(
    town: World, cast: Cast
) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    for number in range(2):
        await cast.mentee.post(f"/api/v1/requests/{asked['id']}/edit", {"message": f"Wording {number}"})
    with town.database.writing() as session:
        rows = session.scalars(select(MailRow).where(MailRow.kind == "request-edited"))
        older = min(rows, key=lambda row: int(row.props["revision"]))
        order = MailOrder(key=older.key, to=cast.mentor.id, props=RequestEdited.model_validate(older.props))
        mails.queue(
            session,
            [order],
            programme_id=older.programme_id,
            process_id=asked["id"],
            now=older.queued_at,
            edits_due=town.clock(),
        )
    town.clock.forward(minutes=10)
    assert sorted(await delivered(town)) == ["request-edited", "request-received"]


async def test_the_fourth_request_of_a_pair_within_a_day_waits(town: World, cast: Cast) -> None:
    body = {"mentor_id": cast.mentor.id, "message": "Please?"}
    answers = []
    for _ in range(15):
        answer = await cast.mentee.http.post(f"{HERE}/requests", json=body)
        answers.append(answer)
        if answer.status_code == 201:
            await cast.mentee.post(f"/api/v1/requests/{answer.json()['id']}/withdraw")
        town.clock.forward(minutes=1)
    assert [one.status_code for one in answers] == [201] * 3 + [409] * 12
    assert "3 times within 24 hours" in answers[-1].json()["detail"]
    assert len(await delivered(town)) == 6
    await town.ask(cast.mentee, cast.bystander)
    town.clock.forward(hours=24)
    await town.ask(cast.mentee, cast.mentor)


async def test_twenty_presses_of_remind_are_one_reminder_a_day(town: World, cast: Cast) -> None:
    asked = await town.ask(cast.mentee, cast.mentor)
    where = f"/api/v1/requests/{asked['id']}"
    assert asked["reminded_at"] is None
    town.clock.forward(minutes=1)
    answers = [await cast.admin.http.post(f"{where}/remind") for _ in range(20)]
    assert [one.status_code for one in answers] == [200] + [409] * 19
    assert answers[0].json()["reminded_at"] == "2026-03-02T09:31:00Z"
    refused = answers[-1].json()
    assert refused["type"] == "/docs#too-soon"
    assert "02 March 2026 at 09:31 UTC" in refused["detail"]
    assert (await delivered(town)).count("request-reminder") == 1

    town.clock.forward(hours=1)
    (stalled,) = (await cast.admin.get(f"{HERE}/stalled", older_than="PT0S"))["items"]
    assert stalled["reminded_at"] == "2026-03-02T09:31:00Z"
    browser = await town.session_of(cast.admin)
    assert "Last reminded" in (await browser.get(f"/requests/{asked['id']}")).text
    assert "The last reminder went" in (await browser.get(f"/p/{SLUG}/admin/stalled?older_than=P0D")).text

    town.clock.forward(hours=23)
    await cast.admin.post(f"{where}/remind")
    town.clock.forward(minutes=1)
    # Whose turn it is now was not reminded yet.
    await cast.mentor.post(f"{where}/request-amendment", {"comment": "What for?"})
    await cast.admin.post(f"{where}/remind")
    await cast.admin.post(f"{where}/remind", None, 409)
    assert (await delivered(town)).count("request-reminder") == 2


async def test_twenty_five_invitations_are_one_and_one_mail_a_day(town: World, cast: Cast) -> None:
    other = await town.person("Olga", "admin")
    made = [
        await (other if number % 2 else cast.admin).post(f"{HERE}/invitations", GUEST, 201)
        for number in range(25)
    ]
    assert len({one["id"] for one in made}) == 1
    assert (await cast.admin.get(f"{HERE}/invitations"))["items"] == [made[-1]]
    assert await delivered(town) == ["invitation"]

    town.clock.forward(hours=25)
    renewed = await cast.admin.post(f"{HERE}/invitations", GUEST | {"roles": ["mentee"]}, 201)
    assert (renewed["id"], renewed["roles"]) == (made[0]["id"], ["mentee"])
    assert renewed["expires_at"] > made[0]["expires_at"]
    assert renewed["mailed_at"] > made[0]["mailed_at"]
    assert await delivered(town) == ["invitation"] * 2
    token = await last_link(town, "invitation")
    await inviting.accept_invitation(town.ctx, token, "Grace", "UTC")
    # Whoever has joined is invited anew, if at all.
    again = await cast.admin.post(f"{HERE}/invitations", GUEST, 201)
    assert again["id"] != renewed["id"]


async def test_inviting_and_taking_back_again_and_again_is_one_mail(town: World, cast: Cast) -> None:
    for _ in range(10):
        made = await cast.admin.post(f"{HERE}/invitations", GUEST, 201)
        assert await delivered(town) == ["invitation"]
        await cast.admin.post(f"{HERE}/invitations/{made['id']}/revoke")
    made = await cast.admin.post(f"{HERE}/invitations", GUEST, 201)
    assert made["state"] == "open"
    # The link of the mail that is out there is good again.
    token = await last_link(town, "invitation")
    _, slug = await inviting.accept_invitation(town.ctx, token, "Grace", "UTC")
    assert slug == SLUG


async def test_an_invitation_whose_mail_never_left_is_mailed(town: World, cast: Cast) -> None:
    made = await cast.admin.post(f"{HERE}/invitations", GUEST, 201)
    await cast.admin.post(f"{HERE}/invitations/{made['id']}/revoke")
    assert await delivered(town) == []
    town.clock.forward(minutes=1)
    await cast.admin.post(f"{HERE}/invitations", GUEST, 201)
    assert await delivered(town) == ["invitation"]


async def test_more_of_a_kind_than_anybody_reads_is_marked_in_the_log(town: World, cast: Cast) -> None:
    """Moving the closing date has no limit of its own."""
    asked = await town.ask(cast.mentee, cast.mentor)
    for _ in range(9):
        await cast.admin.post(f"/api/v1/requests/{asked['id']}/extend", {"days": 1})
    sent = await delivered(town)
    assert sent.count("request-extended") == 2 * mail_limits.MOST_ABOUT_ONE
    browser = await town.session_of(cast.admin)
    log = await browser.get(f"/p/{SLUG}/admin/mails?state=dropped")
    assert log.text.count("Not sent: the recipient got 6 mails of this kind about the same within a day") == 6
    town.clock.forward(hours=25)
    await cast.admin.post(f"/api/v1/requests/{asked['id']}/extend", {"days": 1})
    assert (await delivered(town)).count("request-extended") == 2 * mail_limits.MOST_ABOUT_ONE + 2
