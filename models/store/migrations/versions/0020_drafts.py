"""Drafts of recommendations and pairs, and what is recommended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("published_by", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("found_total", sa.Integer(), nullable=True),
        sa.Column("found_matched", sa.Integer(), nullable=True),
        sa.Column("was_total", sa.Integer(), nullable=True),
        sa.Column("was_matched", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_drafts_created_by_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_drafts_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_drafts_published_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_programme_id_created_at"), "drafts", ["programme_id", "created_at"])

    op.create_table(
        "draft_choices",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_choices_draft_id_drafts")),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_draft_choices_mentee_id_people")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_draft_choices_mentor_id_people")),
        sa.PrimaryKeyConstraint("draft_id", "mentee_id", "mentor_id", name=op.f("pk_draft_choices")),
    )
    for side in ("mentee_id", "mentor_id"):
        op.create_index(op.f(f"ix_draft_choices_{side}"), "draft_choices", [side])

    op.create_table(
        "draft_forbidden",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_forbidden_draft_id_drafts")),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["people.id"], name=op.f("fk_draft_forbidden_mentee_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["people.id"], name=op.f("fk_draft_forbidden_mentor_id_people")
        ),
        sa.PrimaryKeyConstraint("draft_id", "mentee_id", "mentor_id", name=op.f("pk_draft_forbidden")),
    )
    op.create_table(
        "draft_items",
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("is_changed", sa.Boolean(), nullable=False),
        sa.Column("found", sa.String(length=36), nullable=True),
        sa.Column("before", sa.String(length=36), nullable=True),
        sa.Column("why_none", sa.Text(), nullable=False),
        sa.Column("one_more", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_draft_items_draft_id_drafts")),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_draft_items_mentee_id_people")),
        sa.PrimaryKeyConstraint("draft_id", "mentee_id", name=op.f("pk_draft_items")),
    )
    op.create_table(
        "recommendations",
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.Column("draft_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_recommendations_draft_id_drafts")),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["people.id"], name=op.f("fk_recommendations_mentee_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["people.id"], name=op.f("fk_recommendations_mentor_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_recommendations_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("programme_id", "mentee_id", "mentor_id", name=op.f("pk_recommendations")),
    )


def downgrade() -> None:
    op.drop_table("recommendations")
    op.drop_table("draft_items")
    op.drop_table("draft_forbidden")
    op.drop_table("draft_choices")
    op.drop_table("drafts")
