"""All tables in one place: what migrations and tests take the metadata from."""

from __future__ import annotations

from models.store import (
    assignment_tables,
    delivery,
    drafts,
    pair_tables,
    privacy,
    processes,
    question_tables,
    tables,
)

metadata = tables.Base.metadata

MODULES = (assignment_tables, tables, processes, delivery, privacy, pair_tables, question_tables, drafts)
