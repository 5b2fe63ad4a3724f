"""Projections of the processes, and the places that are taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Utc = sa.DateTime(timezone=True)
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    create_places()
    create_relationships()
    create_requests()
    create_timeline()
    create_goals()
    create_surveys()


def downgrade() -> None:
    op.drop_table("surveys")
    op.drop_table("goals")
    op.drop_table("timeline")
    op.drop_table("requests")
    op.drop_table("relationships")
    op.drop_table("places")


def create_places() -> None:
    op.create_table(
        "places",
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("relationship_id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("claimed_at", Utc, nullable=False),
        sa.Column("released_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_places_mentee_id_people")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_places_mentor_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_places_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_places")),
        sa.UniqueConstraint("relationship_id", name=op.f("uq_places_relationship_id")),
    )
    op.create_index(
        "ix_places_mentee_held",
        "places",
        ["programme_id", "mentee_id"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
        sqlite_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "ix_places_mentor_held",
        "places",
        ["programme_id", "mentor_id"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
        sqlite_where=sa.text("released_at IS NULL"),
    )
    op.create_index(
        "uq_places_held_pair",
        "places",
        ["programme_id", "mentor_id", "mentee_id"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
        sqlite_where=sa.text("released_at IS NULL"),
    )


def create_relationships() -> None:
    op.create_table(
        "relationships",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.Column("workflow_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", Utc, nullable=False),
        sa.Column("ended_at", Utc, nullable=True),
        sa.Column("since", Utc, nullable=False),
        sa.Column("signed_by", sa.String(length=16), nullable=True),
        sa.Column("sign_offs", sa.Integer(), nullable=False),
        sa.Column("confirms_at", Utc, nullable=True),
        sa.Column("next_at", Utc, nullable=True),
        sa.Column("next_what", sa.String(length=64), nullable=True),
        sa.Column("last_event", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_relationships_mentee_id_people")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_relationships_mentor_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_relationships_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationships")),
        sa.UniqueConstraint("request_id", name=op.f("uq_relationships_request_id")),
    )
    op.create_index(
        op.f("ix_relationships_programme_id_mentee_id_started_at"),
        "relationships",
        ["programme_id", "mentee_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_relationships_programme_id_mentor_id_started_at"),
        "relationships",
        ["programme_id", "mentor_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_relationships_programme_id_state_started_at"),
        "relationships",
        ["programme_id", "state", "started_at"],
        unique=False,
    )


def create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("mentee_id", sa.String(length=36), nullable=False),
        sa.Column("mentor_id", sa.String(length=36), nullable=False),
        sa.Column("pair", sa.String(length=73), nullable=False),
        sa.Column("workflow_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("since", Utc, nullable=False),
        sa.Column("decided_at", Utc, nullable=True),
        sa.Column("closes_at", Utc, nullable=True),
        sa.Column("next_reminder_at", Utc, nullable=True),
        sa.Column("last_event", sa.String(length=64), nullable=False),
        sa.Column("relationship_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["mentee_id"], ["people.id"], name=op.f("fk_requests_mentee_id_people")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_requests_mentor_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_requests_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(
        op.f("ix_requests_programme_id_created_at"), "requests", ["programme_id", "created_at"], unique=False
    )
    op.create_index(
        op.f("ix_requests_programme_id_mentee_id_created_at"),
        "requests",
        ["programme_id", "mentee_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_programme_id_mentor_id_created_at"),
        "requests",
        ["programme_id", "mentor_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_requests_programme_id_state_created_at"),
        "requests",
        ["programme_id", "state", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_requests_open_pair",
        "requests",
        ["programme_id", "pair"],
        unique=True,
        postgresql_where=sa.text("is_open"),
        sqlite_where=sa.text("is_open = 1"),
    )


def create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("process_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.String(length=36), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("by_role", sa.String(length=16), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_timeline_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("process_id", "seq", name=op.f("pk_timeline")),
    )
    op.create_index(op.f("ix_timeline_programme_id_at"), "timeline", ["programme_id", "at"], unique=False)


def create_goals() -> None:
    op.create_table(
        "goals",
        sa.Column("relationship_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("specific", sa.Text(), nullable=False),
        sa.Column("measurable", sa.Text(), nullable=False),
        sa.Column("attainable", sa.Text(), nullable=False),
        sa.Column("relevant", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("updated_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_goals_relationship_id_relationships")
        ),
        sa.PrimaryKeyConstraint("relationship_id", "id", name=op.f("pk_goals")),
    )


def create_surveys() -> None:
    op.create_table(
        "surveys",
        sa.Column("relationship_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("answers", Json, nullable=False),
        sa.Column("asked_at", Utc, nullable=False),
        sa.Column("closes_at", Utc, nullable=False),
        sa.Column("settled_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_surveys_person_id_people")),
        sa.ForeignKeyConstraint(
            ["relationship_id"], ["relationships.id"], name=op.f("fk_surveys_relationship_id_relationships")
        ),
        sa.PrimaryKeyConstraint("relationship_id", "person_id", name=op.f("pk_surveys")),
    )
