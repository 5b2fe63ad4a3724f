"""The names of skills or options during an import: those of the programme, and those it adds."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from models.importing.errors import BadValue
from models.importing.report import Problem, shown
from models.matching.names import name_key, tidy
from models.matching.suggest import NEARLY_THE_SAME, did_you_mean, near

MAX_NAME = 120
MAX_NEW = 5000
"""New names in one import; a file with more has something else in that column."""


@dataclass(slots=True)
class NameBook:
    """Looks names up without regard to case and blanks; `what` and `column` are for the sentences.

    With `may_add` unknown names are added, written as `spell` writes them: `added` gives the line that first
    had each.
    """

    what: str
    column: str
    may_add: bool
    spell: Callable[[str], str]
    names: dict[str, str]
    added: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_skills(cls, known: Collection[str], may_add: bool) -> "NameBook":
        """The skills that the programme has; they are kept in lower case."""
        return cls("skill", "skills", may_add, name_key, {name_key(name): name for name in known})

    @classmethod
    def of_options(cls, known: Collection[str]) -> "NameBook":
        """The preferences that people can tick. They are added only to a programme that has none."""
        return cls("preference", "preferences", not known, tidy, {name_key(name): name for name in known})

    def look_up(self, text: str, line: int) -> str:
        """The name as the programme writes it. Raises BadValue for one that cannot be taken."""
        key = name_key(text)
        return self.names.get(key) or self._add(key, text, line)

    def _add(self, key: str, text: str, line: int) -> str:
        name = self.spell(text)
        if not name:
            raise BadValue(f"The name of the {self.what} is missing.")
        if len(name) > MAX_NAME or not name.isprintable():
            limits = f"{MAX_NAME} characters at most, on one line"
            raise BadValue(f"The {self.what} {shown(name)} is too long or has odd characters: {limits}.")
        if not self.may_add:
            hint = did_you_mean(name, self.names.values())
            raise BadValue(f"The programme has no {self.what} {shown(name)}.{hint}")
        if len(self.added) >= MAX_NEW:
            raise BadValue(
                f"The file has more than {MAX_NEW:,} new names of this kind. Is it the right column?"
            )
        self.names[key] = name
        self.added[name] = line
        return name

    def warnings(self) -> Iterator[Problem]:
        """One for each new name that looks like another spelling of one in the book."""
        if len(self.added) > MAX_NEW // 5:
            yield Problem(0, self.column, f"The file adds {len(self.added):,} names of this kind.")
            return
        for name, line in self.added.items():
            others = [other for other in self.names.values() if other != name]
            for other in near(name, others, at_least=NEARLY_THE_SAME, limit=1):
                # Of two new names, only the one that came later is suspected.
                if self.added.get(other, 0) <= line:
                    sentence = (
                        f"{shown(name)} is new and much like {shown(other)}. Are they the same {self.what}?"
                    )
                    yield Problem(line, self.column, sentence)
