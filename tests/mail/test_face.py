"""Every mail of a programme has its colour and its logo."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from activities import mail_links
from activities.mail_facts import Facts
from activities.mail_writer import Draft
from models import logos, looks
from models.mails.order import AnyMail
from models.store.database import Database
from models.store.delivery import MailboxRow, MailRow
from models.store.links import NewLink
from models.store.programmes import change_settings
from tests.mail import world
from tests.mail.test_contact import queue_all
from tests.mail.tools import on_one_database
from tests.mail.world import PROGRAMME, START, Clock
from tests.test_logos import SVG, png

ACCENT = "#7a2048"


def set_face(database: Database, **values: str) -> None:
    with database.writing() as session:
        change_settings(session, PROGRAMME, values, START)


async def test_every_mail_has_the_colour_and_the_logo(database: Database, clock: Clock) -> None:
    set_face(database, accent=ACCENT, logo=logos.as_uri(png()))
    await queue_all(database)
    await world.dispatcher(database, clock).deliver_due()
    with database.reading() as session:
        raws = [row.raw for row in session.scalars(select(MailboxRow))]
    assert len(raws) == 5
    for raw in raws:
        message = world.parsed(raw)
        html = world.html_of(message)
        assert looks.schemes(ACCENT)["light"]["deep-2"] in html
        assert looks.LIGHT["deep-2"] not in html
        (picture,) = [part for part in message.walk() if part.get_content_type() == "image/png"]
        assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html
        assert picture.get_content() == png()
        assert picture.get_content_disposition() == "inline"
        assert "Amara" in world.text_of(message) or "Hello" in world.text_of(message)


async def test_no_boundary_begins_with_another_one(database: Database, clock: Clock) -> None:
    """A reader may compare the beginning of a line alone (RFC 2046, 5.1.1)."""
    set_face(database, logo=logos.as_uri(png()))
    await world.queue(database, world.received())
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    outer, inner = [part.get_boundary() or "" for part in message.walk() if part.is_multipart()]
    assert not inner.startswith(outer)
    assert not outer.startswith(inner)


async def test_mails_that_are_drafted_at_the_same_time_keep_their_logo(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_face(database, logo=logos.as_uri(png()))
    await world.queue(database, world.received())
    writer = world.writer(clock)
    plan = mail_links.plan

    def planned(row: MailRow, props: AnyMail, facts: Facts, now: datetime) -> NewLink | None:
        """Meanwhile another step has mails of a programme without a logo."""
        with database.reading() as session:
            writer.draft(session, [])
        return plan(row, props, facts, now)

    monkeypatch.setattr(mail_links, "plan", planned)
    with database.writing() as session:
        ((_, draft),) = writer.draft(session, session.scalars(select(MailRow)).all())
    assert isinstance(draft, Draft)
    assert draft.logo == png()


@on_one_database
@pytest.mark.parametrize("logo", [logos.as_uri(SVG.format("<path d='M0 0'/>").encode()), "off", " Off "])
async def test_a_logo_that_mail_programs_cannot_show_is_left_out(
    database: Database, clock: Clock, logo: str
) -> None:
    set_face(database, logo=logos.as_uri(png()))
    set_face(database, logo=logo)
    await world.queue(database, world.received())
    await world.dispatcher(database, clock).deliver_due()
    (message,) = await world.mailbox(database)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert "<img" not in world.html_of(message)


@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#ffff00", "#808080", "#0000ff", "#ff0000"])
def test_whatever_the_accent_the_band_can_be_read(accent: str) -> None:
    """Also the words on it, which keep their colour."""
    for scheme in ("light", "dark"):
        ground = looks.schemes(accent)[scheme]["deep-2"]
        for ink in ("ink", "star"):
            assert looks.contrast(looks.BAND[ink], ground) >= looks.TEXT
