"""Pairs that are not to be, and bookmarks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "do_not_pair",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("lower_id", sa.String(36), nullable=False),
        sa.Column("higher_id", sa.String(36), nullable=False),
        sa.Column("set_by", sa.String(36), nullable=False),
        sa.Column("set_as", sa.String(16), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *references("do_not_pair", programme_id="programmes"),
        *references("do_not_pair", lower_id="people", higher_id="people", set_by="people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_do_not_pair")),
        sa.UniqueConstraint(
            "programme_id", "lower_id", "higher_id", "set_by", name=op.f("uq_do_not_pair_set_by")
        ),
    )
    op.create_index("ix_do_not_pair_programme_id_higher_id", "do_not_pair", ["programme_id", "higher_id"])
    op.create_table(
        "bookmarks",
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("mentor_id", sa.String(36), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        *references("bookmarks", programme_id="programmes", person_id="people", mentor_id="people"),
        sa.PrimaryKeyConstraint("programme_id", "person_id", "mentor_id", name=op.f("pk_bookmarks")),
    )
    op.create_index("ix_bookmarks_mentor_id", "bookmarks", ["mentor_id"])


def downgrade() -> None:
    op.drop_table("bookmarks")
    op.drop_table("do_not_pair")


def references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """By column: the table whose id it is."""
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]
