"""Direct assignments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

PEOPLE = ("mentee_id", "mentor_id", "assigned_by")
RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        *(sa.Column(name, sa.String(36), nullable=False) for name in PEOPLE),
        sa.Column("topic_kind", sa.String(16), nullable=False),
        sa.Column("topic_id", sa.String(36), nullable=False),
        sa.Column("topic", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(36), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_assignments_programme_id_programmes")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_assignments_{name}_people"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    for name, columns, unique in (
        ("uq_assignments_running", ["programme_id", "mentee_id", "mentor_id", "topic_id"], True),
        ("ix_assignments_mentor", ["programme_id", "mentor_id"], False),
    ):
        op.create_index(
            name, "assignments", columns, unique=unique, postgresql_where=RUNNING, sqlite_where=RUNNING
        )


def downgrade() -> None:
    op.drop_table("assignments")
