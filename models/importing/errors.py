"""What a cell can be refused with."""

from collections.abc import Sequence


class BadValue(ValueError):
    """A cell that cannot be taken; `sentences` holds one for each thing that is wrong with it.

    `entries` are the bad entries of a list, in the order of the sentences; none if it is the whole cell.
    """

    def __init__(self, *sentences: str, entries: Sequence[str] = ()) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
        self.entries = entries
