"""Why a mentee has no mentor in a pairing, as a sentence for coordinators; pure.

It names mentors, so it is made when it is read and kept nowhere.
"""

from collections.abc import Mapping
from types import MappingProxyType

from models.matching.pairing import Unpaired, Why
from models.matching.rules import Rule
from models.process.terms import Sentence, joined

_NOBODY_MAY = Sentence("No {t.mentor} who takes {t.requests} may be paired with this {t.mentee}.")
_FORBIDDEN = Sentence("Every {t.mentor} who fits has been ruled out by hand.")
_FULL = "Every {t.mentor} who fits is full already: {names}."
_TAKEN = "The places of all who fit went to closer pairs or to those who waited longer: {names}."
_ONE_MORE = "One more place for {names} would change that."
_NO_ONE_MORE = "No single further place is sure to change that."


def why_none(
    one: Unpaired, names: Mapping[str, str], floor: int, rules: Mapping[Rule, int] = MappingProxyType({})
) -> str:
    """A mentor without a name in `names` (by id) is not named. `rules`: how many mentors each keeps away."""
    if one.why is Why.NO_MENTOR:
        return joined(" ", (_NOBODY_MAY, *(_times(rule, count) for rule, count in rules.items())))
    if one.why is Why.BELOW_FLOOR:
        return Sentence(
            "The closest {t.mentor} reaches {best} %, and at least {floor} % is asked for.",
            best=one.best,
            floor=floor,
        )
    if one.why is Why.FORBIDDEN:
        return _FORBIDDEN
    fitting, helping = _named(one.fits, names, "and"), _named(one.one_more, names, "or")
    return joined(
        " ",
        (
            Sentence(_FULL if one.why is Why.FULL else _TAKEN, names=fitting),
            Sentence(_ONE_MORE, names=helping) if one.one_more else _NO_ONE_MORE,
        ),
    )


def _times(rule: Rule, count: int) -> Sentence:
    return Sentence("{times}: {rule}", times="Once" if count == 1 else f"{count} times", rule=rule.sentence)


def _named(ids: tuple[str, ...], names: Mapping[str, str], word: str) -> str:
    known = [names[one] for one in ids if one in names]
    return f" {word} ".join(filter(None, (", ".join(known[:-1]), *known[-1:]))) or "somebody"
