"""Erasing a person on behalf of the installation's operator."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio.client import Client

from api.failures import EngineDown, Unconfirmed
from api.gateway import Gateway
from installation.configured import NotConfigured, engine_is_named
from installation.connection import connect
from installation.keys import load_keys
from installation.operations import OperationError, UnknownPerson, address_of, opened
from installation.running import running_on
from models.process.erasure import GRACE
from models.store.erasing import without_other_admin
from models.store.people import person_by_email
from settings import Settings


class NotBegun(OperationError):
    def __init__(self) -> None:
        super().__init__(
            "The erasure could not be confirmed: check with `steadfast doctor` that engine and worker are "
            "there, and give the same command again; it is done once."
        )


async def alone_in(settings: Settings, email: str) -> list[str]:
    """Names of the programmes that would be left without an admin. Raises UnknownPerson, Invalid."""
    address = address_of(email)
    async with opened(settings) as database, database.read() as session:
        person = await person_by_email(session, address)
        if person is None:
            raise UnknownPerson(address)
        return await without_other_admin(session, person.id)


async def erase(settings: Settings, email: str, *, at_once: bool) -> datetime:
    """Asks for it, and says when it begins. Raises UnknownPerson, Invalid, OperationError, EngineError."""
    address = address_of(email)
    async with opened(settings) as database, database.read() as session:
        person = await person_by_email(session, address)
    if person is None:
        raise UnknownPerson(address)
    gateway = Gateway(await _engine(settings))
    try:
        grace = timedelta() if at_once else GRACE
        return (await gateway.begin_erasure(person.id, grace, by_operator=True)).begins_at
    except (EngineDown, Unconfirmed) as error:
        raise NotBegun from error


async def _engine(settings: Settings) -> Client:
    if engine_is_named():
        return await connect(load_keys(settings))
    running = running_on(settings.data_dir)
    if running is None:
        raise NotConfigured(
            "Nothing runs on this data directory, and an erasure needs the engine: "
            "start `steadfast up` first."
        )
    return await connect(load_keys(settings), address=running.engine)
