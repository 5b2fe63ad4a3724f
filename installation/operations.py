"""What the commands do to the database, one function each; commands.py and terminal.py put it in words.

OperationError
├── NoDatabase            the data directory has none, and nothing may create it here
├── DatabaseUnreachable   or refused us, or is no database
├── UnknownPerson
└── FileUnreadable        the file to import
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from models import logos
from models.canonical import clean_address
from models.importing.report import ImportReport
from models.operator_error import OperatorError
from models.process.errors import Invalid
from models.process.programme import ProgrammeSettings
from models.process.programme_notes import notes_on
from models.store import access, administration, faults, policy_changes, skill_import
from models.store.administration import Headcount, find_programme
from models.store.database import Database
from models.store.importing import ImportOptions, Progress, import_people
from models.store.migrate import Schema, SchemaError, require_current, schema, upgrade
from models.store.people import person_by_email
from models.store.policy_changes import Outlook
from models.store.programmes import change_settings, changed_settings, shown_settings
from models.store.skill_import import SkillReport
from settings import Settings

T = TypeVar("T")

_STATES = {
    "28P01": "it refuses the user or the password",
    "28000": "it refuses the user or the password",
    "3D000": "it has no database of that name",
    "42501": "the user may not do this there",
    "53300": "it has no connection left",
}
_WORDS = (
    ("timeout expired", "no answer in time"),
    ("Connection refused", "nothing listens there"),
    ("No such file or directory", "nothing listens there"),
    ("failed to resolve host", "there is no such host"),
    ("authentication failed", _STATES["28P01"]),
    ("no pg_hba.conf entry", _STATES["28000"]),
    ('role "', _STATES["28000"]),
    ('database "', _STATES["3D000"]),
    ("too many", _STATES["53300"]),
)
"""What psycopg says where no connection comes about, which has no SQLSTATE."""


class OperationError(OperatorError):
    """One sentence for the operator, with the remedy."""


class NoDatabase(OperationError):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"There is no database {file.name} in {file.parent}: name the installation's directory with "
            "--data-dir or its database with STEADFAST_DATABASE_URL; for a new one, run `steadfast up`."
        )


class DatabaseUnreachable(OperationError):
    def __init__(self, url: str, error: BaseException) -> None:
        super().__init__(f"The database {shown_url(url)} cannot be used ({reason(error)}): {_remedy(url)}.")


class UnknownPerson(OperationError):
    def __init__(self, email: str) -> None:
        super().__init__(
            f"Nobody here has the address {email}: import or invite them first, or add an admin with "
            "`steadfast admin add`."
        )


class FileUnreadable(OperationError):
    def __init__(self, file: Path, reason: str, wanted: str = "a CSV file") -> None:
        super().__init__(f"{file} cannot be read ({reason}): name {wanted} that you may read.")


@dataclass(frozen=True, slots=True)
class ProgrammeSheet:
    """What `programme show` prints."""

    slug: str
    name: str
    settings: ProgrammeSettings
    headcount: Headcount
    change: str = ""
    """How far the last settings hold that were to hold for open requests too."""


def now() -> datetime:
    return datetime.now(UTC)


def shown_url(url: str) -> str:
    """Without the password."""
    return make_url(url).render_as_string(hide_password=True)


def missing_file(settings: Settings) -> Path | None:
    """The file of an SQLite database that is not there."""
    url = make_url(settings.resolved_database_url())
    file = Path(url.database or "")
    return file.resolve() if url.get_backend_name() == "sqlite" and not file.exists() else None


@asynccontextmanager
async def connected(settings: Settings, pool_size: int = 10) -> AsyncIterator[Database]:
    """The installation's database, with the current schema. Raises OperationError."""
    url = settings.resolved_database_url()
    if missing := missing_file(settings):
        raise NoDatabase(missing)  # or SQLite would make an empty one
    database = Database(url, pool_size)
    try:
        with translated(url):
            await require_current(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """`connected` for one operation: a database that fails in the middle is one sentence, too."""
    with translated(settings.resolved_database_url()):
        async with connected(settings, pool_size=2) as database:
            yield database


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turns what a driver raises, and what the schema may be, into an OperationError."""
    try:
        yield
    except SchemaError as error:
        raise OperationError(str(error)) from error
    except faults.ANY as error:
        raise DatabaseUnreachable(url, error) from error


def _remedy(url: str) -> str:
    if url.startswith("sqlite"):
        return "check that its directory is there and can be written, and that the file is a database"
    return "check that it is running and that STEADFAST_DATABASE_URL is right"


def reason(error: BaseException) -> str:
    """Why something cannot be reached, in a few words and without what a driver repeats of a row."""
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None)
    if state:
        return _STATES.get(state, f"SQLSTATE {state}")
    if isinstance(cause, psycopg.OperationalError):
        said = str(cause).splitlines()[0].rpartition("failed: ")[2]
        return next((words for piece, words in _WORDS if piece in str(cause)), said)
    if isinstance(cause, OSError | sqlite3.Error):
        return str(cause).splitlines()[0]
    return type(cause).__name__


async def migrate(settings: Settings) -> bool:
    """To the current schema; false if it was there already. Raises OperationError."""
    url = settings.resolved_database_url()
    if not settings.database_url:
        _make_directory(settings.data_dir)
    database = Database(url, pool_size=1)
    try:
        with translated(url):
            if await schema(database) is Schema.CURRENT:
                return False
            await upgrade(url)
            return True
    finally:
        await database.close()


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperationError(
            f"The data directory {directory.resolve()} cannot be made ({error.strerror}): "
            "name a writable one with --data-dir."
        ) from error


def with_logo(values: Mapping[str, str]) -> dict[str, str]:
    """The settings with the content of the file that `logo=@FILE` names. Raises Invalid, FileUnreadable."""
    found = dict(values)
    if found.get("logo", "").startswith("@"):
        file = Path(found["logo"][1:])
        with _readable(file, "an SVG or PNG file") as source:
            content = source.read(logos.MAX_BYTES + 1)
        if len(content) > logos.MAX_BYTES:
            raise Invalid(f"The setting “logo” {logos.TAKES}; {file} has more.", field="logo")
        found["logo"] = logos.as_uri(content)
    return found


async def create_programme(
    settings: Settings, slug: str, name: str, values: Mapping[str, str], admins: Sequence[str]
) -> list[str]:
    """What the settings lead to together.

    Raises Invalid for the slug, the name, a setting or an admin's address; then nothing was written.
    """
    addresses = [address_of(email) for email in admins]
    if missing_file(settings) and not settings.database_url:
        await migrate(settings)  # so that a programme can be made before the first `steadfast up`
    async with opened(settings) as database:

        def work(session: Session) -> list[str]:
            programme = administration.create_programme(session, slug, name, with_logo(values), now())
            for email in addresses:
                administration.add_admin(session, programme, email, "", now())
            return notes_on(ProgrammeSettings.kept(programme.settings))

        return await database.write(work)


async def change_programme(
    settings: Settings, slug: str, values: Mapping[str, str], *, open_too: bool = False
) -> tuple[list[str], int]:
    """What the settings lead to together, and how many open requests are to follow them.

    Raises Invalid for an unknown programme or a bad setting; then nothing was written.
    """
    async with opened(settings) as database:

        def work(session: Session) -> tuple[list[str], int]:
            programme = find_programme(session, slug)
            notes = notes_on(change_settings(session, programme.id, with_logo(values), now()))
            followers = policy_changes.ask(session, programme.id, now()).requests if open_too else 0
            return notes, followers

        return await database.write(work)


async def preview_programme(
    settings: Settings, slug: str, values: Mapping[str, str]
) -> tuple[list[str], Outlook]:
    """The same for settings that are not set, and what they would do to the open requests."""
    async with opened(settings) as database:

        def work(session: Session) -> tuple[str, ProgrammeSettings]:
            programme = find_programme(session, slug)
            return programme.id, changed_settings(session, programme.id, with_logo(values), now())

        programme_id, found = await database.read(work)
        policy = policy_changes.policy_of(found, 0, now())
        seen = await policy_changes.outlook(database, programme_id, policy, now())
        return notes_on(found), seen


async def describe_programme(settings: Settings, slug: str) -> ProgrammeSheet:
    """Raises Invalid for an unknown programme."""
    async with opened(settings) as database:

        def work(session: Session) -> ProgrammeSheet:
            programme = find_programme(session, slug)
            count = administration.headcount(session, programme.id)
            read = shown_settings(session, programme.id, ProgrammeSettings.kept(programme.settings))
            last = policy_changes.last(session, programme.id)
            change = policy_changes.in_words(last) if last else ""
            return ProgrammeSheet(programme.slug, programme.name, read, count, change)

        return await database.read(work)


async def add_admin(settings: Settings, slug: str, email: str, name: str) -> bool:
    """False if the person was an admin already. Raises Invalid."""
    address = address_of(email)
    async with opened(settings) as database:

        def work(session: Session) -> bool:
            programme = find_programme(session, slug)
            return administration.add_admin(session, programme, address, name, now())

        return await database.write(work)


async def create_token(settings: Settings, email: str, days: int) -> str:
    """Raises Invalid for what is no address, UnknownPerson."""
    async with opened(settings) as database:
        return await database.write(
            lambda session: access.create_api_token(session, person_id(session, email), now(), days)
        )


async def revoke_tokens(settings: Settings, email: str) -> int:
    """How many API tokens of the person worked until now. Raises Invalid, UnknownPerson."""
    async with opened(settings) as database:
        return await database.write(
            lambda session: access.revoke_api_tokens(session, person_id(session, email), now())
        )


def person_id(session: Session, email: str) -> str:
    """Raises Invalid, UnknownPerson."""
    address = address_of(email)
    person = person_by_email(session, address)
    if person is None:
        raise UnknownPerson(address)
    return person.id


async def import_file(
    settings: Settings, file: Path, slug: str, options: ImportOptions, progress: Progress
) -> ImportReport:
    """Imports people; nothing is written when the report has a problem. Raises Invalid, FileUnreadable."""
    with _readable(file) as source:
        async with opened(settings) as database:
            programme = await database.read(lambda session: find_programme(session, slug))
            return await import_people(
                database, programme.id, source, now(), options=options, progress=progress
            )


async def in_programme(settings: Settings, slug: str, act: Callable[[Session, str], T]) -> T:
    """Runs one act on a programme in one transaction. Raises Invalid for an unknown programme."""
    async with opened(settings) as database:
        return await database.write(lambda session: act(session, find_programme(session, slug).id))


async def import_skills(settings: Settings, file: Path, slug: str, *, dry_run: bool) -> SkillReport:
    """Imports a CSV of skills; nothing is written in a dry run or when the report has a problem."""
    with _readable(file) as source:
        async with opened(settings) as database:

            def work(session: Session) -> SkillReport:
                programme = find_programme(session, slug)
                report = skill_import.import_skills(session, programme.id, source)
                if dry_run or report.problems:
                    session.rollback()
                return report

            return await database.write(work)


def _readable(file: Path, wanted: str = "a CSV file") -> BinaryIO:
    try:
        if file.is_fifo():  # opening it would wait for a writer who may never come
            raise FileUnreadable(file, "it is a pipe", wanted)
        return file.open("rb")
    except OSError as error:
        raise FileUnreadable(file, error.strerror or type(error).__name__, wanted) from error


def address_of(email: str) -> str:
    """The address, normalised. Raises Invalid."""
    try:
        return clean_address(email)
    except ValueError as error:
        raise Invalid(f"“{email[:320]}” is no e-mail address: {error}", field="email") from error
