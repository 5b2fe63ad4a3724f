"""In whose words an error is answered: those of the programme that the path names."""

from __future__ import annotations

from contextlib import suppress

from fastapi import Request

from models.process.errors import ProcessError
from models.process.terms import USUAL_WORDS, Sentence, Words
from models.store import faults, programmes
from models.store.database import Database


async def words_for(request: Request, error: Exception) -> Words:
    """Read for the few errors that name a term; the usual ones where the database cannot be asked."""
    if _names_a_term(error):
        database: Database = request.app.state.context.database
        with suppress(*faults.ANY):
            return await database.read(
                lambda session: programmes.terms_at(session, request.path_params).words
            )
    return USUAL_WORDS


def _names_a_term(error: Exception) -> bool:
    texts = error.texts if isinstance(error, ProcessError) else (getattr(error, "detail", ""),)
    return any(isinstance(text, Sentence) for text in (*texts, getattr(error, "title", "")))
