"""What a cell can be refused with."""


class BadValue(ValueError):
    """A cell that cannot be taken; `sentences` holds one for each thing that is wrong with it."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences
