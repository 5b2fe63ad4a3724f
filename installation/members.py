"""Access that the operator takes away: an admin's right, a membership, what is signed in."""

from __future__ import annotations

from sqlalchemy.orm import Session

from installation.operations import OperationError, now, opened, person_id
from models.process.departures import Touched
from models.process.programme import ProgrammeSettings
from models.store import access, departures, membership
from models.store.administration import find_programme
from models.store.tables import ProgrammeRow
from settings import Settings


class NotThere(OperationError):
    def __init__(self, email: str, slug: str) -> None:
        super().__init__(f"{email} is not, or not any more, in the programme {slug}: nothing was changed.")


async def remove_admin(settings: Settings, slug: str, email: str) -> bool:
    """Takes the right away; false if they had none. Raises Invalid, UnknownPerson, NotThere, Refused."""
    async with opened(settings) as database:

        def work(session: Session) -> bool:
            programme, who = _found(session, slug, email)
            try:
                return membership.remove_admin(session, programme.id, who, now())
            except membership.NoMember as error:
                raise NotThere(email, slug) from error

        return await database.write(work)


async def touched(settings: Settings, slug: str, email: str) -> Touched:
    """What the end of the membership would touch, and whether it is possible. Raises what `remove` does."""
    async with opened(settings) as database:

        def work(session: Session) -> Touched:
            programme, who = _found(session, slug, email)
            try:
                found = membership.locked(session, programme.id, who)
            except membership.NoMember as error:
                raise NotThere(email, slug) from error
            membership.check_not_last_admin(session, programme.id, found[who])
            rules = ProgrammeSettings.kept(programme.settings)
            return departures.open_of(session, programme.id, who, rules)

        return await database.write(work)


async def remove(settings: Settings, slug: str, email: str) -> None:
    """Ends the membership. Raises Invalid, UnknownPerson, NotThere, Refused for the only admin."""
    async with opened(settings) as database:

        def work(session: Session) -> None:
            programme, who = _found(session, slug, email)
            try:
                membership.end(session, programme.id, who, now())
            except membership.NoMember as error:
                raise NotThere(email, slug) from error

        await database.write(work)


def _found(session: Session, slug: str, email: str) -> tuple[ProgrammeRow, str]:
    return find_programme(session, slug), person_id(session, email)


async def sign_out(settings: Settings, email: str) -> access.SignedOut:
    """Ends the page sessions and sign-in links of the person. Raises Invalid, UnknownPerson."""
    async with opened(settings) as database:
        return await database.write(
            lambda session: access.sign_out(session, person_id(session, email), now(), tokens=False)
        )
