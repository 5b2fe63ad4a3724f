"""What the environment may say, and the sentence for what it may not."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from settings import LogFormat, Settings, SettingsError, is_loopback

KEY = "k3y-that-is-long-enough-for-a-test-1"
OTHER = "an0ther-key-that-is-long-enough-too"


def test_nothing_set_is_an_installation_of_its_own() -> None:
    settings = Settings.load({})
    assert settings.data_dir == Path("steadfast-data")
    assert settings.resolved_database_url().startswith("sqlite+aiosqlite:////")
    assert settings.resolved_database_url().endswith("/steadfast-data/steadfast.db")
    assert (settings.smtp(), settings.base_url, settings.secret_keys) == (None, "", ())


def test_reads_everything() -> None:
    settings = Settings.load(
        {
            "STEADFAST_DATA_DIR": "/srv/steadfast",
            "STEADFAST_DATABASE_URL": "postgresql+asyncpg://user:secret@host/name",
            "STEADFAST_SMTP_URL": "smtp://user:secret@mail.example.org:587?starttls=true",
            "STEADFAST_BASE_URL": "https://mentoring.example.org/",
            "STEADFAST_SECRET_KEYS": f"{KEY}, {OTHER}",
            "STEADFAST_MAIL_FROM": "Mentoring <mentoring@example.org>",
            "STEADFAST_LOG_FORMAT": "json",
            "STEADFAST_TRUSTED_PROXIES": "10.0.0.7,::1",
            "STEADFAST_SESSION_IDLE_DAYS": "3",
            "PATH": "/usr/bin",
            "TEMPORAL_ADDRESS": "is not ours to read",
        }
    )
    assert settings.data_dir == Path("/srv/steadfast")
    assert settings.resolved_database_url() == "postgresql+asyncpg://user:secret@host/name"
    assert settings.base_url == "https://mentoring.example.org"
    assert settings.secret_keys == (KEY, OTHER)
    assert settings.mail_from == "Mentoring <mentoring@example.org>"
    assert settings.log_format is LogFormat.JSON
    assert settings.trusted_proxies == ("10.0.0.7", "::1")
    assert (settings.session_idle_days, Settings.load({}).session_idle_days) == (3, 14)
    server = settings.smtp()
    assert server is not None
    assert (server.host, server.port) == ("mail.example.org", 587)


def test_a_trusted_proxy_is_known_by_its_plain_address() -> None:
    settings = Settings.load({"STEADFAST_TRUSTED_PROXIES": "::ffff:10.0.0.7, 2001:DB8:0::1"})
    assert settings.trusted_proxies == ("10.0.0.7", "2001:db8::1")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert Settings.load({"STEADFAST_LOG_FORMAT": "", "STEADFAST_SECRET_KEYS": ""}) == Settings.load({})


def test_the_command_line_goes_before_the_environment() -> None:
    environ = {"STEADFAST_DATA_DIR": "/srv/one"}
    assert Settings.load(environ, data_dir=Path("/srv/two")).data_dir == Path("/srv/two")
    assert Settings.load(environ, data_dir=None).data_dir == Path("/srv/one")


def test_shows_no_secret() -> None:
    settings = Settings.load(
        {
            "STEADFAST_DATABASE_URL": "postgresql+asyncpg://user:canary@host/name",
            "STEADFAST_SMTP_URL": "smtps://user:canary@mail.example.org",
            "STEADFAST_SECRET_KEYS": f"canary-{KEY}",
        }
    )
    assert "canary" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("STEADFAST_BAS_URL", "did you mean STEADFAST_BASE_URL?"),
        ("STEADFAST_SECRET_KEY", "did you mean STEADFAST_SECRET_KEYS?"),
        ("steadfast_smpt_url", "did you mean STEADFAST_SMTP_URL?"),
        ("STEADFAST_COLOUR", "known are STEADFAST_ACCEPT_UNBOUND_PAYLOADS, STEADFAST_BASE_URL, "),
        ("STEADFAST_", "known are "),
    ],
)
def test_an_unknown_variable_is_refused_and_named(name: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({name: "canary"})
    assert str(refused.value).startswith(f"{name} is no setting of Steadfast, so unset it; {says}")
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BASE_URL", "mentoring.example.org", "takes an address"),
        ("BASE_URL", "https://mentoring.example.org/path", "takes an address without a path"),
        ("BASE_URL", "https://mentoring.example.org?x=1", "takes an address"),
        ("BASE_URL", "https://user@mentoring.example.org", "takes an address"),
        ("BASE_URL", "https://mentoring.example.org:port", "takes an address"),
        ("BASE_URL", "ftp://mentoring.example.org", "takes an address"),
        ("BASE_URL", "https://", "takes an address"),
        ("BASE_URL", "https://[::1", "takes an address"),
        ("DATABASE_URL", "postgresql://user@host/name", "takes postgresql+asyncpg://"),
        ("DATABASE_URL", "postgresql+asyncpg://user@host", "takes postgresql+asyncpg://"),
        ("DATABASE_URL", "postgresql+asyncpg://user@host:port/name", "takes postgresql+asyncpg://"),
        ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "takes postgresql+asyncpg://"),
        ("DATABASE_URL", "mysql://host/name", "takes postgresql+asyncpg://"),
        ("DATABASE_URL", "nonsense", "takes postgresql+asyncpg://"),
        ("SMTP_URL", "http://mail.example.org", "must begin with smtp:// or smtps://"),
        ("SMTP_URL", "smtp://user:canary@mail.example.org", "would send the password unencrypted"),
        ("SECRET_KEYS", "canary", "needs keys of 32 random characters or more"),
        ("SECRET_KEYS", "a" * 40, "needs keys of 32 random characters or more"),
        ("SECRET_KEYS", f"{KEY},canary", "needs keys of 32 random characters or more"),
        ("SECRET_KEYS", f"{KEY},{KEY}", "has the same key twice"),
        ("MAIL_FROM", "nobody", "must be one address"),
        ("MAIL_FROM", "a@example.org, b@example.org", "must be one address"),
        ("LOG_FORMAT", "xml", "is not valid: input should be 'text' or 'json'"),
        ("TRUSTED_PROXIES", "10.0.0.7,proxy", "takes IP addresses"),
        ("SESSION_IDLE_DAYS", "0", "is not valid: input should be greater than or equal to 1"),
        ("SESSION_IDLE_DAYS", "31", "is not valid: input should be less than or equal to 30"),
        ("SESSION_IDLE_DAYS", "canary", "is not valid: input should be a valid integer"),
        ("METRICS_TOKEN", "canary", "needs 32 random characters"),
        ("DATA_DIR", "~nobody-of-this-name/x", "begins with the home directory of nobody"),
    ],
)
def test_a_bad_value_is_refused_without_being_repeated(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load({f"STEADFAST_{name}": value})
    sentence = str(refused.value)
    assert sentence.startswith(f"STEADFAST_{name} {says}")
    assert sentence.endswith(".")
    assert "canary" not in sentence
    assert "\n" not in sentence
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("base_url", "smtp_url", "exists"),
    [
        ("http://127.0.0.1:8000", "", True),
        ("http://localhost:8000", "", True),
        ("http://[::1]:8000", "", True),
        ("http://127.0.0.1:8000", "smtp://mail.example.org", False),
        ("https://mentoring.example.org", "", False),
        ("http://127.0.0.1.example.org", "", False),
        ("http://localhost.example.org", "", False),
        ("", "", False),
    ],
)
def test_the_mailbox_is_for_this_machine_alone(base_url: str, smtp_url: str, exists: bool) -> None:
    assert Settings(base_url=base_url, smtp_url=smtp_url).mailbox_enabled() is exists


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost", "LOCALHOST"])
def test_knows_what_only_this_machine_reaches(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "", None])  # noqa: S104
def test_knows_what_others_reach(host: str | None) -> None:
    assert not is_loopback(host)


def test_the_names_of_deployments_and_builds() -> None:
    made = Settings.load({"STEADFAST_DEPLOYMENT": "mentoring", "STEADFAST_BUILD_ID": "0.2.0+3f2a"})
    assert (made.deployment, made.resolved_build_id()) == ("mentoring", "0.2.0+3f2a")
    assert Settings.load({}).resolved_build_id() == version("steadfast")
    with pytest.raises(SettingsError, match="STEADFAST_BUILD_ID takes letters"):
        Settings.load({"STEADFAST_BUILD_ID": "two: words"})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example:8443/", "https://xn--bcher-kva.example:8443"),
        ("http://mentoring。例え.jp", "http://mentoring.xn--r8jz45g.jp"),
        ("https://Mentoring.example.org", "https://Mentoring.example.org"),
    ],
)
def test_a_host_with_an_umlaut_is_named_as_browsers_name_it(given: str, kept: str) -> None:
    assert Settings(base_url=given).base_url == kept


def test_a_mail_server_with_an_umlaut() -> None:
    found = Settings(smtp_url="smtp://post.bücher.example").smtp()
    assert found is not None
    assert found.host == "post.xn--bcher-kva.example"
