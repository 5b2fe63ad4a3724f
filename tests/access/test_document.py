"""What docs/access.md says is what the table says."""

from __future__ import annotations

from tests.access.document import DOCUMENT, document


def test_the_document_is_that_of_the_table() -> None:
    assert DOCUMENT.read_text() == document(), "run `make docs`"
