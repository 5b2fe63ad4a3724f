"""Questions between two members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'open'")
PEOPLE = ("mentee_id", "mentor_id", "asked_by")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        *(sa.Column(name, sa.String(36), nullable=False) for name in PEOPLE),
        sa.Column("request_id", sa.String(36), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_questions_programme_id_programmes")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_questions_{name}_people"))
            for name in PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    for name, columns in (
        ("ix_questions_open", ["programme_id", "mentee_id"]),
        ("ix_questions_due", ["closes_at"]),
    ):
        op.create_index(name, "questions", columns, postgresql_where=OPEN, sqlite_where=OPEN)
    for side in ("mentee_id", "mentor_id"):
        columns = ["programme_id", side, "asked_at"]
        op.create_index(op.f(f"ix_questions_{'_'.join(columns)}"), "questions", columns)
    op.create_index(op.f("ix_questions_request_id"), "questions", ["request_id"])


def downgrade() -> None:
    op.drop_table("questions")
