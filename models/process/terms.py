"""The words of a programme (P3): what it calls mentors, mentees, coordinators, requests and relationships.

Pages and mails name them as `{{ t.mentor }}`, sentences made in Python as `Sentence("... {t.mentor} ...")`:
`mentor`, `mentors`, `a_mentor`, and each with a capital. Why it is done so is in docs/decisions/terms.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from models.folding import fold

MAX_WORD = 40
_BESIDES = frozenset(" -'’")


def _word(value: str) -> str:
    word = " ".join(unicodedata.normalize("NFC", value).split())
    kinds = [unicodedata.category(one)[0] for one in word]
    if (
        not word
        or kinds[0] != "L"
        or any(kind not in "LMN" and one not in _BESIDES for one, kind in zip(word, kinds, strict=True))
    ):
        raise ValueError(
            "takes words that begin with a letter, of letters, digits, blanks, hyphens and apostrophes"
        )
    return word


Word = Annotated[str, Field(max_length=MAX_WORD), AfterValidator(_word)]
Words = Mapping[str, str]
"""Name in a template -> word."""


class Term(BaseModel):
    """What one thing is called: `coach`, `coaches`, and `a coach` where the usual rule does not make that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    one: Word
    many: Word
    a: Word | None = None

    @model_validator(mode="after")
    def _ends_with_the_word(self) -> Self:
        if self.a is not None and not self.a.endswith(f" {self.one}"):
            raise ValueError(f"takes as “a” an article and the word, such as “a {self.one}”")
        return self

    @property
    def with_article(self) -> str:
        return self.a or f"{'an' if self.one[0].lower() in 'aeiou' else 'a'} {self.one}"


class Terms(BaseModel):
    """A term that is not given has its usual words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mentor: Term = Term(one="mentor", many="mentors")
    mentee: Term = Term(one="mentee", many="mentees")
    coordinator: Term = Term(one="coordinator", many="coordinators")
    request: Term = Term(one="request", many="requests")
    relationship: Term = Term(one="relationship", many="relationships")

    @model_validator(mode="after")
    def _each_its_own(self) -> Self:
        words = [{fold(self._of(name).one), fold(self._of(name).many)} for name in TERMS]
        for first, second in combinations(words, 2):
            if shared := first & second:
                raise ValueError(f"takes different words, and “{shared.pop()}” would stand for two terms")
        return self

    def _of(self, name: str) -> Term:
        term: Term = getattr(self, name)
        return term

    @property
    def words(self) -> Words:
        """Every form that a template can name."""
        found: dict[str, str] = {}
        for name in TERMS:
            found |= _forms(name, self._of(name))
        # Without a word of the programme's own, pages call a relationship by what the two do.
        is_usual = self.relationship == Terms.model_fields["relationship"].default
        found |= _forms("mentoring", _MENTORING if is_usual else self.relationship)
        found |= _forms("mentorship", _MENTORSHIP if is_usual else self.relationship)
        return MappingProxyType(found)


TERMS = tuple(Terms.model_fields)
_MENTORING = Term(one="mentoring", many="mentorings")
_MENTORSHIP = Term(one="mentorship", many="mentorships")


def _forms(name: str, term: Term) -> dict[str, str]:
    forms = {name: term.one, f"{name}s": term.many, f"a_{name}": term.with_article}
    return forms | {_capital(key): _capital(word) for key, word in forms.items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


USUAL = Terms()
USUAL_WORDS = USUAL.words

_PLACE = re.compile(r"\{(t\.)?(\w+)\}")


class Sentence(str):
    """A sentence of ours that names terms or values: `Sentence("{name} is no {t.mentor} here.", name=name)`.

    As text it has the usual words; `in_terms` gives it those of a programme. What people typed comes in as a
    value and is never read as a template. What is put together from it with `+`, `join` or an f-string is
    plain text, so a part of another sentence is a value of that one.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        made = super().__new__(cls, _filled(template, values, USUAL_WORDS))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        # A copy is made from the template too: its text can have braces that people typed.
        return (self.template,), dict(self.values)

    def in_terms(self, words: Words) -> str:
        return _filled(self.template, self.values, words)


def pack(text: object) -> list[Any] | None:
    """The template and the values of a sentence of ours, as JSON can carry them beside the text."""
    if not isinstance(text, Sentence):
        return None
    return [text.template, {name: pack(value) or str(value) for name, value in text.values.items()}]


def unpack(text: str, packed: Any) -> str:
    """The sentence that was packed, or `text`, its usual words, where another version packed it."""
    try:
        made = _sentence(packed)
    except (TypeError, ValueError, LookupError, AttributeError):
        return text
    return made if made == text else text


def _sentence(packed: Any) -> str:
    template, values = packed
    return Sentence(
        template, **{name: one if isinstance(one, str) else _sentence(one) for name, one in values.items()}
    )


def joined(between: str, parts: Iterable[str]) -> Sentence:
    """As `between.join(parts)`, in terms as its parts are. `between` is ours."""
    found = {f"part_{n}": part for n, part in enumerate(parts)}
    return Sentence(between.join(f"{{{name}}}" for name in found), **found)


def in_terms(text: str, words: Words) -> str:
    """`text` in the words of a programme where it is a sentence of ours, else as it is."""
    return text.in_terms(words) if isinstance(text, Sentence) else text


def _filled(template: str, values: Mapping[str, object], words: Words) -> str:
    def put(found: re.Match[str]) -> str:
        if found[1]:
            return words[found[2]]
        value = values[found[2]]
        return in_terms(value, words) if isinstance(value, str) else str(value)

    return _PLACE.sub(put, template)
