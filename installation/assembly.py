"""The API and the worker, made of their parts: all that takes long to load."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI
from temporalio.client import Client

from api.app import create_app
from api.web.context import Context
from api.web.gateway import Gateway
from models.store.database import Database
from models.store.saves import Saves
from settings import Settings
from worker import build as worker

__all__ = ["app", "worker"]

gc.enable()  # `serve` switched it off, since imports make nothing that goes


def _leave_to_poll() -> None:
    """Mail is delivered by another process, which looks for it every second."""


def app(
    settings: Settings,
    database: Database,
    client: Client,
    wake_mail: Callable[[], None] = _leave_to_poll,
    saves: Saves | None = None,
) -> FastAPI:
    return create_app(
        Context(
            database=database,
            gateway=Gateway(client),
            base_url=settings.base_url,
            keys=settings.secret_keys,
            mailbox_enabled=settings.mailbox_enabled(),
            trusted_proxies=frozenset(settings.trusted_proxies),
            session_idle=timedelta(days=settings.session_idle_days),
            bounce_secret=settings.bounce_secret,
            metrics_token=settings.metrics_token,
            wake_mail=wake_mail,
            saves=saves or Saves(),
        )
    )
