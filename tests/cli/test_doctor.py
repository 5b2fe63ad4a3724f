"""What `steadfast doctor` finds wrong. That it finds nothing wrong is tested where something runs."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import Result

from installation import doctor
from installation.findings import Finding, Verdict
from installation.keys import ensure_keys
from models.store.database import Database
from models.store.migrate import upgrade
from models.store.tables import ProgrammeRow
from settings import Settings
from tests.cli.conftest import Run
from tests.mail.sink import Sink
from tests.mail.test_transport import Authority

KEY = "k3y-that-is-long-enough-for-a-test-1"


@pytest.fixture(scope="module")
def server_side(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Shows a certificate that this machine does not trust."""
    return Authority(tmp_path_factory.mktemp("authority")).server()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    server = Sink()
    await server.start()
    yield server
    await server.stop()


async def told(findings: AsyncIterator[Finding]) -> list[tuple[Verdict, str]]:
    return [(finding.verdict, finding.sentence) async for finding in findings]


def test_nothing_is_wrong_with_what_has_not_begun(run: Run, data_dir: Path) -> None:
    found = run("doctor")
    assert found.exit_code == 0, found.output
    assert [line.split(":")[0] for line in found.stdout.splitlines()[:-1]] == [
        "NOTE  data directory",
        "NOTE  keys",
        "OK    clock",
        "NOTE  database",
        "NOTE  engine",
        "OK    mail",
        "NOTE  pages",
    ]
    assert found.stdout.splitlines()[-1] == "Nothing is wrong."
    assert not data_dir.exists()


def test_a_deployment_needs_more(run: Run) -> None:
    found = run(
        "doctor", TEMPORAL_ADDRESS="127.0.0.1:1", STEADFAST_DATABASE_URL="postgresql+asyncpg://127.0.0.1:1/x"
    )
    assert found.exit_code == 1
    wrong = [line.split(":")[0] for line in found.stdout.splitlines() if line.startswith("WRONG")]
    assert wrong == ["WRONG keys", "WRONG database", "WRONG engine", "WRONG pages"]
    assert found.stdout.splitlines()[-1] == "Something is wrong; see above for what to do."


async def test_keys_that_others_may_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    ensure_keys(settings)
    assert (await told(doctor.keys(settings)))[0][0] is Verdict.OK
    (tmp_path / "secret.keys").chmod(0o644)
    [(verdict, sentence)] = await told(doctor.keys(settings))
    assert verdict is Verdict.WRONG
    assert sentence.endswith(f"run `chmod 600 {tmp_path / 'secret.keys'}`.")


async def test_keys_that_are_damaged(tmp_path: Path) -> None:
    (tmp_path / "secret.keys").write_text("short")
    assert (await told(doctor.keys(Settings(data_dir=tmp_path))))[0][0] is Verdict.WRONG


async def test_a_schema_that_is_old(database_url: str) -> None:
    await upgrade(database_url, "0001")
    [(verdict, sentence)] = await told(doctor.database(Settings(database_url=database_url)))
    assert verdict is Verdict.WRONG
    assert "run `steadfast migrate`" in sentence


async def test_a_file_in_place_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [(verdict, _)] = await told(doctor.data_directory(Settings(data_dir=tmp_path / "file")))
    assert verdict is Verdict.WRONG


async def test_a_mail_server_that_answers(sink: Sink) -> None:
    [(verdict, sentence)] = await told(doctor.mail(Settings(smtp_url=f"smtp://127.0.0.1:{sink.port}")))
    assert (verdict, sentence) == (Verdict.OK, f"127.0.0.1:{sink.port} answers.")
    assert sink.recipients == {}


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.filterwarnings("ignore:Session.login_data:DeprecationWarning")
async def test_a_mail_server_that_lets_us_in_or_not(sink: Sink) -> None:
    sink.password = b"right"
    for password, expected in (("right", Verdict.OK), ("canary", Verdict.WRONG)):
        url = f"smtp://user:{password}@127.0.0.1:{sink.port}"
        [(verdict, sentence)] = await told(doctor.mail(Settings(smtp_url=url)))
        assert verdict is expected
        assert "canary" not in sentence


@pytest.mark.parametrize("options", ["?starttls=true", ""])
async def test_a_mail_server_that_cannot_be_used(options: str, sink: Sink) -> None:
    """It offers no encryption; or nobody is there."""
    if not options:
        await sink.stop()
    url = f"smtp://127.0.0.1:{sink.port}{options}"
    [(verdict, sentence)] = await told(doctor.mail(Settings(smtp_url=url)))
    assert verdict is Verdict.WRONG
    assert "STEADFAST_SMTP_URL" in sentence


async def test_mail_that_has_nowhere_to_go() -> None:
    [(verdict, _)] = await told(doctor.mail(Settings(base_url="https://mentoring.example.org")))
    assert verdict is Verdict.WRONG


async def test_pages_that_others_can_listen_to(tmp_path: Path) -> None:
    found = await told(doctor.pages(Settings(data_dir=tmp_path, base_url="http://mentoring.invalid")))
    assert "use https" in found[0][1]
    assert found[1] == (
        Verdict.NOTE,
        "http://mentoring.invalid does not answer; `steadfast up` is not running.",
    )


@pytest.mark.parametrize(
    ("implicit", "url", "expected"),
    [
        (True, "smtp://{at}", "write smtps://"),
        (True, "smtp://{at}?starttls=true", "write smtps://"),
        (False, "smtps://{at}", "write smtp:// and ?starttls=true"),
        (None, "smtp://{at}?starttls=true", "offers no STARTTLS"),
        (None, "smtp://user:canary@{at}", "offers no sign-in"),
        (False, "smtp://{at}?starttls=true", "does not trust"),
        (True, "smtps://{at}", "does not trust"),
    ],
)
async def test_the_mistake_with_a_mail_server_has_a_name(
    implicit: bool | None, url: str, expected: str, sink: Sink, server_side: ssl.SSLContext
) -> None:
    await sink.stop()
    sink.offers_sign_in = False
    if implicit is not None:
        sink.certificate, sink.implicit_tls = server_side, implicit
    await sink.start()
    settings = Settings(smtp_url=url.format(at=f"127.0.0.1:{sink.port}"))
    [(verdict, sentence)] = await told(doctor.mail(settings))
    assert verdict is Verdict.WRONG
    assert expected in sentence
    assert "canary" not in sentence


async def _keep(data_dir: Path, **values: object) -> None:
    """Settings of `spring` as an older version has kept them."""
    database = Database(f"sqlite+aiosqlite:///{data_dir}/steadfast.db", pool_size=1)
    with database.writing() as session:
        row = session.scalars(select(ProgrammeRow)).one()
        row.settings = {**row.settings, **values}
    await database.close()


def _programmes(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if "programmes:" in line]


def test_settings_that_hold_are_said_to(spring: Run) -> None:
    assert _programmes(spring("doctor")) == ["OK    programmes: Every setting of 1 holds."]


def test_settings_that_are_refused_now_are_named_with_what_is_read_instead(
    spring: Run, data_dir: Path
) -> None:
    kept = {"time_zone": "Factory", "confirm_after": "P99999D", "holiday_calendar": "NYSE", "colour": "blue"}
    asyncio.run(_keep(data_dir, **kept, preferences=[f"option {number}" for number in range(3000)]))
    found = spring("doctor")
    assert found.exit_code == 1
    said = "\n".join(_programmes(found))
    assert (
        "WRONG programmes: spring: “time_zone” is kept as “Factory” and read as its default, “UTC”: it is "
        "not an IANA time zone; write it like Europe/Berlin. "
        "Run `steadfast programme set spring time_zone=...`.\n"
    ) in said
    assert "WRONG programmes: spring: There is no holiday calendar “NYSE”." in said
    assert "Run `steadfast programme set spring holiday_calendar=...`." in said
    assert "NOTE  programmes: spring: “colour” is no setting of this version, and has no effect.\n" in said
    assert (
        "WRONG programmes: spring: “confirm_after” is kept as “P99999D” and read as its default, “P14D”"
        in said
    )
    assert "“preferences” is kept as “option 0|" in said
    assert max(map(len, said.splitlines())) < 300
    mend = ("time_zone=UTC", "confirm_after=P14D", "holiday_calendar=off", "preferences=off")
    assert spring("programme", "set", "spring", *mend).exit_code == 0
    assert _programmes(spring("doctor")) == ["OK    programmes: Every setting of 1 holds."]


def test_what_settings_lead_to_is_said_as_show_says_it(spring: Run) -> None:
    spring("programme", "set", "spring", "close_after=P5D")
    shown = spring("programme", "show", "spring").stdout
    said = _programmes(spring("doctor"))
    assert len(said) == 2
    for line in said:
        verdict, sentence = line.split("programmes: spring: ")
        assert verdict == "NOTE  "
        assert f"# {sentence}" in shown.splitlines()
