"""Whether what was configured is enough for a part to run, and what follows from it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from temporalio.envconfig import ClientConfig

from installation.connection import external_engine_configured
from installation.keys import ensure_keys, load_keys
from installation.serving import is_everywhere, url_of
from models.operator_error import OperatorError
from settings import Settings, is_loopback


class NotConfigured(OperatorError):
    """A setting that a part needs is missing; one sentence for the operator, with the remedy."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int


def check_reach(settings: Settings, at: Address) -> None:
    """Raises NotConfigured where listening there would show sign-in links, or links would lead nowhere."""
    if not settings.smtp_url and not is_loopback(at.host):
        raise NotConfigured(
            f"{at.host} is open to others, and without a mail server the mailbox page shows everybody's "
            "sign-in links: set STEADFAST_SMTP_URL, or use --host 127.0.0.1."
        )
    if not settings.base_url and is_everywhere(at.host):
        raise NotConfigured(
            f"{at.host} stands for every address of this machine, and links in mails need one: "
            "set STEADFAST_BASE_URL to the address under which people reach the pages."
        )


def completed(settings: Settings, at: Address) -> Settings:
    """With the keys, and with the address that follows from where we listen."""
    keys, base_url = ensure_keys(settings), settings.base_url or url_of(at.host, at.port)
    settings = settings.model_copy(update={"secret_keys": keys, "base_url": base_url})
    check_mail(settings)
    return settings


def deployed(settings: Settings) -> Settings:
    """With the keys; nothing is made up for a part that shares its installation with others."""
    if not settings.base_url:
        raise NotConfigured(
            "STEADFAST_BASE_URL is not set: set it to the address under which people reach the pages, "
            "such as https://mentoring.example.org."
        )
    if not engine_is_named():
        raise NotConfigured(
            "TEMPORAL_ADDRESS is not set: set it, and what else Temporal needs, to the engine that all parts "
            "share; `steadfast up` brings one of its own."
        )
    settings = settings.model_copy(update={"secret_keys": load_keys(settings)})
    check_mail(settings)
    return settings


def check_mail(settings: Settings) -> None:
    """Raises NotConfigured where mails would have nowhere to go."""
    if not settings.smtp_url and not settings.mailbox_enabled():
        raise NotConfigured(
            f"STEADFAST_SMTP_URL is not set, and {settings.base_url}, open to others, has no mailbox page: "
            "set it to your mail server, such as smtp://user:password@host:587?starttls=true."
        )


def engine_is_named() -> bool:
    """Whether Temporal's own variables or its profile file name an engine."""
    if external_engine_configured(os.environ):
        return True
    try:
        return bool(ClientConfig.load_client_connect_config().get("target_host"))
    except (RuntimeError, ValueError, OSError):
        return True  # named, but not readable: the connection reports why
