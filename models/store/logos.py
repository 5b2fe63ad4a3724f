"""The logos of programmes: the setting `logo` holds the name of one, which follows from its content."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import logos
from models.process.errors import Invalid
from models.store.tables import LogoRow


def content(session: Session, name: str) -> bytes | None:
    """What the logo of this name is; None where no programme has it any more."""
    return session.scalars(select(LogoRow.content).where(LogoRow.name == name).limit(1)).first()


def contents(session: Session, names: Collection[str]) -> dict[str, bytes]:
    """The same of several; those that are gone are left out."""
    query = select(LogoRow.name, LogoRow.content).where(LogoRow.name.in_(sorted(names)))
    return {row.name: row.content for row in session.execute(query)} if names else {}


def taken(values: Mapping[str, Any], current: str = "") -> tuple[dict[str, Any], logos.Logo | None]:
    """The settings with the name of a new logo in place of the logo itself. Raises Invalid.

    The name of the current one stays what it is, so that settings can be sent as they were read.
    """
    given = values.get("logo")
    if not isinstance(given, str) or given.strip() == current or given.strip().lower() in {"", "off", "none"}:
        return dict(values), None
    try:
        logo = logos.from_uri(given)
    except logos.BadLogo as error:
        raise Invalid(f"The setting “logo” {error}.", field="logo") from error
    return {**values, "logo": logo.name}, logo


def keep(session: Session, programme_id: str, name: str, logo: logos.Logo | None) -> None:
    """Writes a new logo of the programme; forgets the old one where its setting names none any more."""
    if logo is not None or not name:
        session.execute(delete(LogoRow).where(LogoRow.programme_id == programme_id))
    if logo is not None:
        session.add(LogoRow(programme_id=programme_id, name=logo.name, content=logo.content))
