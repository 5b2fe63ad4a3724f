"""Erasing a person on behalf of the installation's operator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session
from temporalio.client import Client

from api.web.failures import EngineDown, Unconfirmed
from api.web.gateway import Gateway
from installation.configured import NotConfigured, engine_is_named
from installation.connection import PATIENCE, connect
from installation.keys import load_keys
from installation.operations import OperationError, UnknownPerson, address_of, opened
from installation.running import running_on
from models.process.erasure import GRACE
from models.store.erasing import Asked, ask, without_other_admin
from models.store.people import person_by_email
from models.store.tables import PersonRow
from settings import Settings


class NotBegun(OperationError):
    def __init__(self) -> None:
        super().__init__(
            "The erasure could not be confirmed: check with `steadfast doctor` that engine and worker are "
            "there, and give the same command again; it is done once."
        )


async def alone_in(settings: Settings, who: str) -> list[str]:
    """Names of the programmes that would be left without an admin. `who` and errors are those of `erase`."""
    async with opened(settings) as database:
        return await database.read(lambda session: without_other_admin(session, _person_id(session, who)))


async def erase(settings: Settings, who: str, *, at_once: bool) -> datetime:
    """Asks for it, and says when it begins. One that stands still half way is taken up again.

    `who` is an address or the id of a person, who may have no address any more.
    Raises UnknownPerson, Invalid, OperationError, EngineError.
    """
    grace, now = timedelta() if at_once else GRACE, datetime.now(UTC)
    async with opened(settings) as database:

        def work(session: Session) -> str:
            person_id = _person_id(session, who)
            ask(session, Asked(person_id, now, now + grace, by_operator=True))
            return person_id

        person_id = await database.write(work)
    gateway = Gateway(await engine_of(settings))
    try:
        return (await gateway.begin_erasure(person_id, grace, by_operator=True)).begins_at
    except (EngineDown, Unconfirmed) as error:
        raise NotBegun from error


def _person_id(session: Session, who: str) -> str:
    person = session.get(PersonRow, who) or person_by_email(session, address_of(who))
    if person is None:
        raise UnknownPerson(address_of(who))
    return person.id


async def engine_of(settings: Settings, patience: timedelta = PATIENCE) -> Client:
    """The engine of the installation, once it answers. Raises NotConfigured, KeysError, EngineError."""
    if engine_is_named():
        return await connect(
            load_keys(settings), patience=patience, accept_unbound=settings.accept_unbound_payloads
        )
    running = running_on(settings.data_dir)
    if running is None:
        raise NotConfigured(
            "Nothing runs on this data directory, and an erasure needs the engine: "
            "start `steadfast up` first."
        )
    return await connect(
        load_keys(settings),
        address=running.engine,
        patience=patience,
        accept_unbound=settings.accept_unbound_payloads,
    )
