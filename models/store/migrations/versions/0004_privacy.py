"""Erasures and exports of people's data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Utc = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", Utc, nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("begins_at", Utc, nullable=False),
        sa.Column("settled_at", Utc, nullable=True),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasures")),
    )
    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", Utc, nullable=False),
        sa.Column("ready_at", Utc, nullable=True),
        sa.Column("expires_at", Utc, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_exports_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_index(op.f("ix_exports_person_id"), "exports", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("exports")
    op.drop_table("erasures")
