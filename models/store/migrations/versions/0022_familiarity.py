"""How well a member knows a skill, and since when they need help with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations.base import BatchOperations

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SAID = "ck_member_skills_something_said"
BEFORE = "level IS NOT NULL OR target IS NOT NULL"
NOW = f"{BEFORE} OR familiarity IS NOT NULL OR help_since IS NOT NULL"


def upgrade() -> None:
    with op.batch_alter_table("member_skills") as table:
        table.add_column(sa.Column("familiarity", sa.Integer(), nullable=True))
        table.add_column(sa.Column("help_since", sa.DateTime(timezone=True), nullable=True))
        _say(table, NOW)


def downgrade() -> None:
    """A row without a level and a target says nothing that the earlier version knows."""
    op.execute(sa.text("DELETE FROM member_skills WHERE level IS NULL AND target IS NULL"))
    with op.batch_alter_table("member_skills") as table:
        _say(table, BEFORE)
        table.drop_column("help_since")
        table.drop_column("familiarity")


def _say(table: BatchOperations, what: str) -> None:
    # SQLite makes the table anew, and takes no check over.
    if op.get_bind().dialect.name != "sqlite":
        table.drop_constraint(op.f(SAID), type_="check")
    table.create_check_constraint(op.f(SAID), what)
