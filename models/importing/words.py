"""Yes, no, nothing and the roles in the words of several languages; all folded."""

from __future__ import annotations

import re

from models.folding import fold
from models.importing.errors import BadValue
from models.importing.report import shown

YES = frozenset(
    (
        "yes true y 1 on x ✓ ✔ ☑ ja wahr j oui vrai o si sí verdadero vero sim verdadeiro tak prawda "
        "ano da да available verfugbar verfügbar disponible disponibile checked selected はい 是 有"
    ).split()
)
NO = frozenset(
    (
        "no false n 0 off nein falsch non faux falso nao não nie falsz fałsz ne нет nee unavailable ✗ "
        "✘ ☐ unchecked いいえ 否 没有"
    ).split()
) | {"not available", "nicht verfügbar", "non disponible", "no disponible"}
NOTHING = frozenset(
    (
        "- -- --- – — . .. ? / n/a #n/a #na #n/d #nv #null! na null nil none nan keine keiner k.a. "
        "k.a entfällt aucun aucune s.o. ninguno ninguna nessuno nenhum brak нет(пусто) blank (blank) "
        "(leer) (vide) <null> undefined anonymous"
    ).split()
) | {"not applicable", "keine angabe", "k. a.", "sin respuesta", "no answer"}
"""What stands in a cell in place of nothing."""

NOTHING_AT_ALL = frozenset(
    ("- -- --- – — . .. ? / n/a #n/a #nv #n/d (blank) (leer) (vide) <null> anonymous").split()
)
"""The same for a name, a country or languages, which may be Null or NA."""

TOTALS = re.compile(
    r"(?:grand\s+)?(?:total|totals|sum|count|average|mean|summe|gesamt|gesamtsumme|insgesamt|anzahl|mittelwert|"
    r"totaux|somme|moyenne|totales|suma|promedio|totale|media|итого)\b\W*[\d.,\s]*(?:\w+)?",
    re.IGNORECASE,
)
"""The beginning of a row under the table that is about all rows."""

_ROLES = {
    "mentee": "mentee mentees mentoree mentorees mentorado mentorada mentorados mentorando mentorand "
    "mentorandin protege protegee schutzling aprendiz менти メンティー",
    "mentor": "mentor mentors mentorin mentoren mentorinnen mentora mentoras mentores mentoris mentrice "
    "ментор наставник メンター 导师",
    "admin": "admin admins administrator administratorin administrateur administrador",
}
_BY_WORD = {fold(word): role for role, words in _ROLES.items() for word in words.split()}
_BOTH = frozenset(
    {"both", "beide", "beides", "les deux", "ambos", "ambas", "entrambi", "both roles", "beide rollen"}
)
_GENDERS = re.compile(r"(?<=mentor)[/*:_(]?-?(?:in|innen|a|e|rice)\b\)?", re.IGNORECASE)
_FRENCH_MENTEE = re.compile(
    r"mentor[ée]{1,2}(?:\(e\)|·e|e)?s?\b|mentorad[oa](?:/[oa]|\([oa]\))?", re.IGNORECASE
)
_AROUND = frozenset(
    (
        "i am want to be become a an the would like as join and yes my role ich mochte will bin sein "
        "werden als ein eine einen und ja je suis veux etre devenir et un une comme oui quiero ser "
        "como y soy si d"
    ).split()
)
"""Words that may stand around a role without turning what is meant."""
_WISHES = frozenset({"want", "like", "mochte", "will", "veux", "quiero"})
_BEING = frozenset({"be", "become", "as", "sein", "werden", "als", "etre", "devenir", "comme", "ser", "como"})
_ASIDE = re.compile(r"[(\[].*?[)\]]")
_WORDS = re.compile(r"\w+")


def yes_or_no(text: str) -> bool:
    """Yes, true, y, 1, on, and their opposites."""
    word = " ".join(text.casefold().split()).rstrip(".!")
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadValue(f"{shown(text)} is neither yes nor no.")


def roles(text: str, allow_admin: bool) -> tuple[str, ...]:
    """Roles in the order mentee, mentor, admin."""
    given: set[str] = set()
    for part in filter(None, (part.strip() for part in re.split(r"[|,;\n、，；]", text))):
        given |= _roles_in(part)
    if "admin" in given and not allow_admin:
        raise BadValue(
            "An admin is named by the operator of the installation, not by an import. Remove admin."
        )
    known = ("mentee", "mentor", "admin")
    return tuple(role for role in known if role in given)


def _roles_in(part: str) -> set[str]:
    plain = fold(part)
    if plain in _BOTH:
        return {"mentee", "mentor"}
    if role := _BY_WORD.get(plain):
        return {role}
    marked = _FRENCH_MENTEE.sub(
        lambda match: "mentee" if match[0].casefold() not in _PLAIN else match[0], part
    )
    words = set(_WORDS.findall(fold(_ASIDE.sub(" ", _GENDERS.sub("", marked)))))
    found = {_BY_WORD[word] for word in words & _BY_WORD.keys()}
    around = words - _BY_WORD.keys()
    # "I want a mentor" means a mentee.
    if not found or around - _AROUND or (around & _WISHES and not around & _BEING):
        raise BadValue(
            f"There is no role {shown(part)}. Write mentee, mentor or mentee|mentor, or leave the column out "
            "and say it for all of them: --default roles=mentor."
        )
    return found


_PLAIN = frozenset({"mentores", "mentore"})
"""Spanish and Italian mentors, not French mentees, who have an accent."""
