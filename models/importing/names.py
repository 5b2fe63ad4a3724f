"""The names of skills or options during an import: those of the programme, and those it adds."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from models.folding import fold
from models.importing.errors import BadValue
from models.importing.report import Problem, shown
from models.matching.names import Named, name_key, tidy
from models.matching.skills import SkillBook
from models.matching.suggest import NEARLY_THE_SAME, did_you_mean, near

MAX_NAME = 120
MAX_NEW = 5000
"""New names in one import; a file with more has something else in that column."""


@dataclass(slots=True)
class NameBook:
    """Looks names up without regard to case, accents and blanks; `what` and `column` are for the sentences.

    `known` gives what a name is kept as by a name, where the programme has it; `names` are all those names.
    With `may_add` unknown ones are added: `added` gives the line that first had each, `kept` what it is kept
    as.
    """

    what: str
    column: str
    may_add: bool
    known: Callable[[str], str | None]
    keep: Callable[[str], str]
    names: list[str]
    added: dict[str, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_skills(cls, known: SkillBook | Collection[str], may_add: bool) -> "NameBook":
        """The skills of the programme, by name or alias; stored as their keys."""
        book = known if isinstance(known, SkillBook) else SkillBook.of_names(known)

        def key(name: str) -> str | None:
            found = book.find(name)
            return found.key if found else None

        return cls("skill", "skills", may_add, key, name_key, list(book.names.values()))

    @classmethod
    def of_options(cls, known: Collection[str]) -> "NameBook":
        """The preferences that people can tick. They are added only to a programme that has none."""
        options = Named(known)
        return cls("preference", "preferences", not known, options.find, tidy, list(known))

    def has(self, text: str) -> bool:
        """Whether the name is in the book already."""
        return self.known(text) is not None or fold(text) in self.kept

    def look_up(self, text: str, line: int) -> str:
        """The stored form of the name. Raises BadValue for one that cannot be taken."""
        return self.known(text) or self.kept.get(fold(text)) or self._add(text, line)

    def _add(self, text: str, line: int) -> str:
        name = tidy(text)
        if not name:
            raise BadValue(f"The name of the {self.what} is missing.")
        if len(name) > MAX_NAME or not name.isprintable():
            limits = f"{MAX_NAME} characters at most, on one line"
            raise BadValue(f"The {self.what} {shown(name)} is too long or has odd characters: {limits}.")
        if not self.may_add:
            hint = did_you_mean(name, self.names)
            raise BadValue(f"The programme has no {self.what} {shown(name)}.{hint}")
        if len(self.added) >= MAX_NEW:
            raise BadValue(
                f"The file has more than {MAX_NEW:,} new names of this kind. Is it the right column?"
            )
        kept = self.kept[fold(name) or name] = self.keep(name)
        self.names.append(name)
        self.added[name] = line
        return kept

    def warnings(self) -> Iterator[Problem]:
        """One for each new name that looks like another spelling of one in the book."""
        if len(self.added) > MAX_NEW // 5:
            yield Problem(0, self.column, f"The file adds {len(self.added):,} names of this kind.")
            return
        for name, line in self.added.items():
            others = [other for other in self.names if other != name]
            for other in near(name, others, at_least=NEARLY_THE_SAME, limit=1):
                # Of two new names, only the one that came later is suspected.
                if self.added.get(other, 0) <= line:
                    sentence = (
                        f"{shown(name)} is new and much like {shown(other)}. Are they the same {self.what}?"
                    )
                    yield Problem(line, self.column, sentence)
