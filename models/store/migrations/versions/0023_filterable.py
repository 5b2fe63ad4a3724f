"""Programmes that run go on showing the attributes that everybody could see and filter by until now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.folding import fold

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SETTING = "filterable"
MOST = 50
LONGEST = 120
AT_ONCE = 1000

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
programmes = sa.table("programmes", sa.column("id"), sa.column("settings", Json))
members = sa.table(
    "members", sa.column("programme_id"), sa.column("person_id"), sa.column("attributes", Json)
)


def upgrade() -> None:
    connection = op.get_bind()
    for programme_id, settings in connection.execute(sa.select(programmes)).all():
        shown = named(attributes_of(programme_id))
        if shown and SETTING not in settings:
            set_settings(programme_id, {**settings, SETTING: shown})


def downgrade() -> None:
    connection = op.get_bind()
    for programme_id, settings in connection.execute(sa.select(programmes)).all():
        if SETTING in settings:
            set_settings(programme_id, {name: one for name, one in settings.items() if name != SETTING})


def attributes_of(programme_id: str) -> Iterable[str]:
    """The name of every attribute, as often as somebody has it; members are read some at a time."""
    page = sa.select(members.c.person_id, members.c.attributes).where(members.c.programme_id == programme_id)
    page = page.order_by(members.c.person_id).limit(AT_ONCE)
    connection, last = op.get_bind(), ""
    while rows := connection.execute(page.where(members.c.person_id > last)).all():
        for _, attributes in rows:
            yield from attributes or ()
        last = rows[-1][0]


def named(attributes: Iterable[str]) -> list[str]:
    """What the setting takes of them, the most common first: two spellings of a name are one."""
    found: dict[str, str] = {}
    for name, _ in Counter(attributes).most_common():
        option = name.strip()
        if 0 < len(option) <= LONGEST and "|" not in option:
            found.setdefault(fold(option), option)
    return list(found.values())[:MOST]


def set_settings(programme_id: str, settings: dict[str, Any]) -> None:
    op.get_bind().execute(
        sa.update(programmes).where(programmes.c.id == programme_id).values(settings=settings)
    )
