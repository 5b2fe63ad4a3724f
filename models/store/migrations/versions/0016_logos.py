"""The logos of programmes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_logos",
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_programme_logos_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_programme_logos")),
    )
    op.create_index(op.f("ix_programme_logos_name"), "programme_logos", ["name"])


def downgrade() -> None:
    op.drop_table("programme_logos")
