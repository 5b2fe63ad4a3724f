"""The settings of an installation, from the environment. An unknown or bad variable refuses to start.

Temporal's own variables (`TEMPORAL_ADDRESS` ...) are not here: Temporal's library reads them itself.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from enum import StrEnum
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from models import addresses
from models.networks import ascii_host, plain_address
from models.operator_error import OperatorError
from models.smtp import SmtpSettings

PREFIX = "STEADFAST_"
MIN_KEY = 32
DEFAULT_DATA_DIR = Path("steadfast-data")
NEW_KEY = "openssl rand -base64 48"
DRIVERS = ("postgresql+asyncpg", "sqlite+aiosqlite")


class SettingsError(OperatorError):
    """One sentence that names the variable and says what it takes; never its value, which may be a secret."""


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


def is_loopback(host: str | None) -> bool:
    """Whether only this machine can reach `host`, a name or an address without brackets."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return (host or "").lower() == "localhost"


class Settings(BaseSettings):
    """One installation. What is derived from other values has a method, not a field.

    Made by `load`; to make one directly reads nothing from the environment.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(DEFAULT_DATA_DIR, description="Where embedded parts keep their files.")
    database_url: str = Field(
        "", repr=False, description="postgresql+asyncpg://... ; empty: SQLite in the data directory."
    )
    smtp_url: str = Field(
        "", repr=False, description="smtp://user:password@host:587?starttls=true ; empty: the mailbox."
    )
    base_url: str = Field("", description="The address under which people reach the pages.")
    secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description=f"Newest first, with commas between; {MIN_KEY} characters each or more."
    )
    mail_from: str = Field("Steadfast <steadfast@localhost>", description="Sender of every mail.")
    bounce_secret: str = Field(
        "",
        repr=False,
        description="What a provider's webhook sends as bearer with bounces; empty: no webhook.",
    )
    metrics_token: str = Field(
        "", repr=False, description="What /metrics asks for as bearer; empty: everybody may read it."
    )
    log_format: LogFormat = Field(LogFormat.TEXT, description="text or json.")
    deployment: str = Field(
        "",
        description="Name of the worker deployment, for upgrades side by side; empty: no versions.",
    )
    build_id: str = Field("", description="The version of these workers; empty: that of the package.")
    accept_unbound_payloads: bool = Field(
        False, description="true while a part of a version before 0.3 still runs on the same engine."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses of proxies whose X-Forwarded-For is believed, with commas between."
    )

    session_idle_days: int = Field(
        14, ge=1, le=30, description="A page session unused for so many days ends; after 30 any session does."
    )

    @classmethod
    def settings_customise_sources(cls, settings_cls: type[BaseSettings], *_: Any, **sources: Any) -> Any:
        """`load` hands over what it read; another look into the environment could differ from its check."""
        return (sources["init_settings"],)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: object) -> Self:
        """Reads `environ` (the process's own by default); `given`, from the command line, wins unless None.

        Raises SettingsError.
        """
        environ = os.environ if environ is None else environ
        _refuse_unknown(environ, set(cls.model_fields))
        told = {name: value for name, value in given.items() if value is not None}
        try:
            return cls(**{**_Environment(cls, environ)(), **told})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(f"{name} {_sentence(first['msg'])}.") from None

    def resolved_database_url(self) -> str:
        """The URL that is used, with the password in it: for the driver, never for a log."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'steadfast.db'}"

    def resolved_build_id(self) -> str:
        return self.build_id or version("steadfast")

    def smtp(self) -> SmtpSettings | None:
        return SmtpSettings.from_url(self.smtp_url) if self.smtp_url else None

    def mailbox_enabled(self) -> bool:
        """The mailbox shows sign-in links to anyone who opens it, so it exists on this machine only."""
        return not self.smtp_url and is_loopback(urlsplit(self.base_url).hostname)

    @field_validator("secret_keys", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("secret_keys")
    @classmethod
    def _strong(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked_keys(value)

    @field_validator("bounce_secret", "metrics_token")
    @classmethod
    def _one_strong(cls, value: str) -> str:
        if value and not (MIN_KEY <= len(value) <= 500 and value.isascii() and value.isprintable()):
            raise ValueError(f"needs {MIN_KEY} random characters of ASCII or more; make one with `{NEW_KEY}`")
        return "".join(checked_keys((value,))) if value else value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(plain_address(part) for part in value)
        except ValueError:
            raise ValueError("takes IP addresses with commas between, such as 10.0.0.7,10.0.0.8") from None

    @field_validator("data_dir")
    @classmethod
    def _expanded(cls, value: Path) -> Path:
        try:
            return value.expanduser()
        except RuntimeError:
            raise ValueError("begins with the home directory of nobody; write the whole path") from None

    @field_validator("deployment", "build_id")
    @classmethod
    def _named(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}", value):
            raise ValueError("takes letters, digits and . _ + - between them, 100 characters at the most")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return _checked_database(value) if value else value

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        return _checked_address(value) if value else value

    @field_validator("smtp_url")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            SmtpSettings.from_url(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_address(cls, value: str) -> str:
        addresses.sender(value)
        return value


def checked_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Raises ValueError with what is wrong, without a key in it."""
    if any(len(key) < MIN_KEY or len(set(key)) < MIN_KEY // 4 for key in keys):
        raise ValueError(
            f"needs keys of {MIN_KEY} random characters or more, newest first, with commas between; "
            f"make one with `{NEW_KEY}`"
        )
    if len(set(keys)) != len(keys):
        raise ValueError("has the same key twice; each key stands once, newest first")
    return keys


def _checked_database(value: str) -> str:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    is_file = url is not None and url.database not in {None, "", ":memory:"}
    if url is None or url.drivername not in DRIVERS or not is_file:
        raise ValueError(
            "takes postgresql+asyncpg://user:password@host/name or sqlite+aiosqlite:///file; "
            "unset it to use SQLite in the data directory"
        )
    return value


def _checked_address(value: str) -> str:
    example = "takes an address without a path, like https://mentoring.example.org"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError(example) from None
    extras = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or extras or not value.isprintable():
        raise ValueError(example)
    # Browsers name such a host in ASCII, and what they name is compared with this.
    return value.rstrip("/").replace(parts.netloc, _ascii_netloc(parts), 1)


def _ascii_netloc(parts: SplitResult) -> str:
    if (parts.hostname or "").isascii():
        return parts.netloc
    return ascii_host(parts.hostname or "") + (f":{parts.port}" if parts.port else "")


class _Environment(EnvSettingsSource):
    """A given mapping in place of the process's environment."""

    def __init__(self, settings: type[BaseSettings], environ: Mapping[str, str]) -> None:
        super().__init__(settings)
        self.env_vars = {name.lower(): value for name, value in environ.items() if value}


def _refuse_unknown(environ: Mapping[str, str], fields: set[str]) -> None:
    known = {field.upper() for field in fields}
    for name in sorted(environ):
        told = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and told not in known:
            close = difflib.get_close_matches(told, known, n=1)
            every = ", ".join(PREFIX + field for field in sorted(known))
            hint = f"did you mean {PREFIX}{close[0]}?" if close else f"known are {every}."
            raise SettingsError(f"{name} is no setting of Steadfast, so unset it; {hint}")


def _sentence(message: str) -> str:
    own = message.removeprefix("Value error, ")
    return own.rstrip(".") if own != message else f"is not valid: {message[:1].lower()}{message[1:]}"
