"""Shortlists, and of which list a request is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "shortlists",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("mentee_id", sa.String(36), nullable=False),
        sa.Column("workflow_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asks", JSON, nullable=False),
        sa.Column("why", sa.String(32), nullable=True),
        sa.Column("relationship_id", sa.String(36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_event", sa.String(64), nullable=False),
        sa.Column("rest", JSON, nullable=True),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_shortlists_mentee_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_shortlists_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlists")),
    )
    op.create_index(
        op.f("ix_shortlists_programme_id_created_at"), "shortlists", ["programme_id", "created_at"]
    )
    op.create_index(
        op.f("ix_shortlists_programme_id_mentee_id_created_at"),
        "shortlists",
        ["programme_id", "mentee_id", "created_at"],
    )
    op.create_index(
        "ix_shortlists_running",
        "shortlists",
        ["programme_id", "mentee_id"],
        postgresql_where=sa.text("is_open"),
        sqlite_where=sa.text("is_open = 1"),
    )
    op.add_column("requests", sa.Column("shortlist_id", sa.String(36), nullable=True))


def downgrade() -> None:
    op.drop_column("requests", "shortlist_id")
    op.drop_table("shortlists")
