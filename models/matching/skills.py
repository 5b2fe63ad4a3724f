"""The skills of a programme: their names, and which skill a written name means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from models.folding import fold, order, searchable
from models.matching.names import name_key
from models.matching.suggest import NEARLY_THE_SAME, asked, near
from models.process.match import spoken
from models.process.profile import Requirement, requirements, rewritten


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill. `key` is what profiles and processes know it by and is never shown; `name` is shown.

    `aliases` are other names under which it is found; `skillset` is the name of its group, or empty.
    """

    id: str
    key: str
    name: str
    aliases: tuple[str, ...] = ()
    skillset_id: str | None = None
    skillset: str = ""

    @property
    def order(self) -> tuple[str, str]:
        """Where it stands in a list of skills by name."""
        return order(self.name)


@dataclass(frozen=True)
class SkillBook:
    """All skills of a programme by key. Immutable: requests share it."""

    skills: Mapping[str, Skill] = field(default_factory=dict)

    NONE: ClassVar[SkillBook]

    @classmethod
    def of(cls, skills: Iterable[Skill]) -> SkillBook:
        """A book of these skills; their keys differ."""
        return cls({skill.key: skill for skill in sorted(skills, key=lambda skill: skill.order)})

    @classmethod
    def of_names(cls, names: Iterable[str]) -> SkillBook:
        """A book of skills that have nothing but a name."""
        return cls.of(Skill(id=name_key(name), key=name_key(name), name=name) for name in names)

    def find(self, written: str) -> Skill | None:
        """The skill that a text means: by its name, an alias or the key, whatever case, accents and dashes.

        A name goes before an alias, and both before a key, which may be the former name of another skill.
        """
        key = self._spellings.get(name_key(written)) or self._spellings.get(fold(written))
        return self.skills.get(key) if key else None

    def name(self, key: str) -> str:
        """What people call the skill of this key; of an unknown one, the key in plain words."""
        found = self.skills.get(key)
        return found.name if found else spoken(key)

    def rule_with_keys(self, rule: str) -> str:
        """The stored form of the rule who may mentor: with the keys of the programme's skills."""
        return rewritten(rule, lambda name: found.key if (found := self.find(name)) else name)

    def settled(self, rule: str) -> str:
        """A stored rule after the skills have changed: a skill that it named in vain may exist now."""
        return rewritten(rule, self.kept)

    def kept(self, name: str) -> str:
        if name in self.skills:
            return name
        found = self.find(name)
        return found.key if found else name

    def shown_rule(self, rule: str) -> str:
        """A stored rule with the names that people know; it can be read again as it is."""
        return rewritten(rule, lambda key: self.name(key) if is_plain(self.name(key)) else key)

    def weights_with_keys(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Weights by the keys of the skills that are meant; a name that means none stays as it is."""
        return {self.kept(name): factor for name, factor in weights.items()}

    def shown_weights(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Stored weights by the names that people know, in the order of lists."""
        named = {self.name(key): factor for key, factor in weights.items()}
        return dict(sorted(named.items(), key=lambda item: order(item[0])))

    def needed(self, rule: str) -> tuple[Requirement, ...]:
        """What a stored rule asks for, with the names that people know."""
        return tuple(one.model_copy(update={"name": self.name(one.skill)}) for one in requirements(rule))

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of all skills by key, in the order of lists."""
        return {key: skill.name for key, skill in self.skills.items()}

    @cached_property
    def words(self) -> dict[str, str]:
        """Folded text by key, in which the words of a search are looked for: the name and all aliases."""
        return {
            key: "\n".join(searchable(name) for name in (skill.name, *skill.aliases))
            for key, skill in self.skills.items()
        }

    def near(self, written: str) -> tuple[str, ...]:
        """The names of skills that may be meant, the nearest first."""
        return tuple(near(spoken(written), tuple(self.names.values())))

    def did_you_mean(self, written: str) -> str:
        """A sentence that names skills of similar names, with a leading blank; empty if there are none."""
        return asked(self.near(written))

    def much_like(self, name: str) -> list[str]:
        """Names that are probably another spelling of this one."""
        return near(name, tuple(self.names.values()), at_least=NEARLY_THE_SAME)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for form in (name_key, fold):
            for key, skill in self.skills.items():
                found.setdefault(form(skill.name), key)
            for key, skill in self.skills.items():
                for alias in skill.aliases:
                    found.setdefault(form(alias), key)
        for key in self.skills:
            found.setdefault(key, key)
            found.setdefault(fold(key), key)
        return found


SkillBook.NONE = SkillBook()


def is_plain(name: str) -> bool:
    """Whether the name can stand in a rule."""
    return not set(name) & set(",<>=")
