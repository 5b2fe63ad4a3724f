"""Skills with names of their own, and names folded for searching and sorting."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from models.process.match import spoken
from models.store.tables import folded

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Folded = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AT_ONCE = 1000
BY_NAME = "ix_members_programme_id_name_person_id"
BY_FOLDED_NAME = "ix_members_programme_id_name_folded_person_id"


def upgrade() -> None:
    op.add_column("programmes", sa.Column("skills_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("people", sa.Column("email_folded", Folded, nullable=False, server_default=sa.text("''")))
    op.add_column("members", sa.Column("name_folded", Folded, nullable=False, server_default=sa.text("''")))
    fill("people", ("id",), "email", "email_folded", folded)
    fill("members", ("programme_id", "person_id"), "name", "name_folded", folded)
    op.drop_index(BY_NAME, "members")
    op.create_index(BY_FOLDED_NAME, "members", ["programme_id", "name_folded", "person_id"])
    create_skillsets()
    with op.batch_alter_table("skills") as table:
        table.add_column(sa.Column("title", sa.String(120), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("aliases", Json, nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("skillset_id", sa.String(36), nullable=True))
        table.create_foreign_key("fk_skills_skillset_id_skillsets", "skillsets", ["skillset_id"], ["id"])
        table.drop_column("group")
    with op.batch_alter_table("skills") as table:
        table.alter_column("aliases", server_default=None, existing_type=Json, existing_nullable=False)
    op.create_index("ix_skills_skillset_id", "skills", ["skillset_id"])
    fill("skills", ("id",), "name", "title", spoken)


def downgrade() -> None:
    op.drop_index("ix_skills_skillset_id", "skills")
    with op.batch_alter_table("skills") as table:
        table.drop_constraint("fk_skills_skillset_id_skillsets", type_="foreignkey")
        table.add_column(sa.Column("group", sa.String(120), nullable=False, server_default=sa.text("''")))
        table.drop_column("skillset_id")
        table.drop_column("aliases")
        table.drop_column("title")
    op.drop_table("skillsets")
    op.drop_index(BY_FOLDED_NAME, "members")
    op.create_index(BY_NAME, "members", ["programme_id", "name", "person_id"])
    with op.batch_alter_table("members") as table:
        table.drop_column("name_folded")
    with op.batch_alter_table("people") as table:
        table.drop_column("email_folded")
    with op.batch_alter_table("programmes") as table:
        table.drop_column("skills_version")


def create_skillsets() -> None:
    op.create_table(
        "skillsets",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("programme_id", sa.String(36), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_skillsets_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skillsets")),
    )
    op.create_index("ix_skillsets_programme_id", "skillsets", ["programme_id"])


def fill(table: str, keys: tuple[str, ...], source: str, target: str, made: Callable[[str], str]) -> None:
    """Writes `target` of every row from its `source`, some rows at a time."""
    here = sa.table(table, *(sa.column(name) for name in (*keys, source, target)))
    key = sa.tuple_(*(here.c[name] for name in keys))
    these = sa.and_(*(here.c[name] == sa.bindparam(f"the_{name}") for name in keys))
    statement = sa.update(here).where(these).values({target: sa.bindparam("made")})
    page = sa.select(here.c[source], *(here.c[name] for name in keys)).order_by(*key).limit(AT_ONCE)
    connection, last = op.get_bind(), None
    while rows := connection.execute(page if last is None else page.where(key > last)).all():
        connection.execute(
            statement,
            [
                {f"the_{name}": value for name, value in zip(keys, row[1:], strict=True)}
                | {"made": made(row[0])}
                for row in rows
            ],
        )
        last = tuple(rows[-1][1:])
