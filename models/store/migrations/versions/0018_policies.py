"""New rules of a programme for what is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.store.types import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "programmes", sa.Column("settings_revision", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("requests", sa.Column("policy_revision", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "policy_changes",
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_policy_changes_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "revision", name=op.f("pk_policy_changes")),
    )
    op.create_index(op.f("ix_policy_changes_state"), "policy_changes", ["state"])


def downgrade() -> None:
    op.drop_table("policy_changes")
    for table, column in (("requests", "policy_revision"), ("programmes", "settings_revision")):
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)
