"""`steadfast sign-out`: every browser of one person, and nothing of anybody else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from installation.operations import address_of, now, person_id
from models.store import access
from models.store.database import Database
from models.store.delivery import SignInLinkRow
from tests.cli.conftest import Run, refused

ADA, BOB = "ada@example.org", "bob@example.org"


async def sign_in(data_dir: Path, email: str, browsers: int) -> tuple[str, str]:
    """Some sessions and one unused link of a person: the tokens of the last session and of the link."""
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'steadfast.db'}")
    with database.writing() as session:
        person, link = person_id(session, address_of(email)), f"link of {email}"
        cookies = [access.create_session(session, person, now()) for _ in range(browsers)]
        session.add(
            SignInLinkRow(
                token_hash=access.digest(link),
                person_id=person,
                next_path="/",
                expires_at=now() + timedelta(minutes=10),
            )
        )
    await database.close()
    return cookies[-1], link


async def works(data_dir: Path, cookie: str, link: str) -> tuple[bool, bool]:
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'steadfast.db'}")
    with database.reading() as session:
        idle_since = now() - timedelta(days=14)
        signed_in = access.person_of_session(session, cookie, now(), idle_since)
        usable = access.find_sign_in(session, link, now())
    await database.close()
    return signed_in is not None, usable is not None


def test_all_browsers_and_links_of_one_person_end(spring: Run, data_dir: Path) -> None:
    spring("admin", "add", BOB, "--programme", "spring")
    hers = asyncio.run(sign_in(data_dir, ADA, 2))
    his = asyncio.run(sign_in(data_dir, BOB, 1))
    spring("token", ADA)
    done = spring("sign-out", "ADA@example.org")
    assert (done.exit_code, done.stdout) == (0, "Sessions ended: 2; sign-in links made worthless: 1\n")
    assert asyncio.run(works(data_dir, *hers)) == (False, False)
    assert asyncio.run(works(data_dir, *his)) == (True, True)
    again = spring("sign-out", ADA)
    assert (again.exit_code, again.stdout) == (0, "Sessions ended: 0; sign-in links made worthless: 0\n")
    assert spring("token", ADA, "--revoke").stdout == "API tokens made worthless: 1\n"


def test_somebody_unknown_is_told(spring: Run) -> None:
    assert "Nobody here has the address eve@example.org" in refused(spring("sign-out", "eve@example.org"))
    assert "“eve” is no e-mail address" in refused(spring("sign-out", "eve"))
