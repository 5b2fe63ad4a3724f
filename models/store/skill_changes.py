"""What admins do to the skills of a programme: create, rename, group, merge, delete.

Every function here holds the row of the programme first, as all who write profiles do, so that no profile
names a skill that is going. Each raises Invalid with the field, and LookupError for an unknown id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.folding import fold
from models.matching.names import name_key, tidy
from models.matching.skills import Skill, SkillBook
from models.process.errors import Invalid, Refused
from models.process.profile import requirements, rewritten
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence
from models.store.people import names_of
from models.store.profiles import refresh_completeness, touch_people
from models.store.programmes import locked_settings
from models.store.skills import load_book, touch_skills
from models.store.tables import MemberSkillRow, ProgrammeRow, SkillRow, SkillsetRow

MAX_NAME = 120
MAX_ALIASES = 30
SHOWN = 5
"""People who are named of those who have a skill that cannot be deleted."""


@dataclass(frozen=True, slots=True)
class SkillChange:
    """What of a skill changes; None leaves it. `skillset` is a name, empty for none; new ones are made."""

    name: str | None = None
    aliases: tuple[str, ...] | None = None
    skillset: str | None = None


def create(session: Session, programme_id: str, change: SkillChange, *, anyway: bool = False) -> Skill:
    """A new skill. One that is much like another is refused unless it is wanted `anyway`."""
    settings = locked_settings(session, programme_id)
    book = load_book(session, programme_id)
    name = checked_name(change.name or "", book)
    if not anyway and (like := book.much_like(name)):
        raise Invalid(f"There is “{like[0]}” already, which is much like it. {ANYWAY}", field="name")
    key = _free_key(name_key(name), book)
    session.add(SkillRow(id=str(uuid4()), programme_id=programme_id, name=key, title=name, aliases=[]))
    session.flush()
    _write(session, programme_id, key, change)
    return _settle(session, programme_id, settings).skills[key]


ANYWAY = "Use that one, or give it this name as an alias; or say that both are wanted."


def alter(session: Session, programme_id: str, skill_id: str, change: SkillChange) -> Skill:
    """Another name, other aliases, another skillset. A former name stays an alias."""
    settings = locked_settings(session, programme_id)
    before = skill_of(load_book(session, programme_id), skill_id)
    if change.name is not None and fold(change.name) != fold(before.name) and change.aliases is None:
        change = SkillChange(change.name, (*before.aliases, before.name), change.skillset)
    _write(session, programme_id, before.key, change)
    return _settle(session, programme_id, settings).skills[before.key]


def merge(session: Session, programme_id: str, skill_id: str, into_id: str) -> Skill:
    """Moves everybody's levels and targets, the higher wins, and all names; then the one skill is gone."""
    settings = locked_settings(session, programme_id)
    book = load_book(session, programme_id)
    one, other = skill_of(book, skill_id), skill_of(book, into_id)
    if one == other:
        raise Invalid("A skill cannot be merged into itself; choose another one.", field="into")
    people = _having(session, one.id)
    _move_levels(session, one.id, other.id)
    session.execute(delete(SkillRow).where(SkillRow.id == one.id))
    aliases = _aliases((*other.aliases, one.name, *one.aliases), other.name)
    session.execute(update(SkillRow).where(SkillRow.id == other.id).values(aliases=aliases))
    rule = rewritten(settings.eligibility, lambda name: other.key if book.kept(name) == one.key else name)
    weights = settings.skill_weights
    if one.key in weights:
        # The weight of the skill that stays goes before.
        weights = {other.key: weights[one.key]} | {key: weights[key] for key in weights if key != one.key}
    after = _settle(session, programme_id, settings, rule, moved=True, weights=weights)
    touch_people(session, programme_id, people)
    return after.skills[other.key]


def remove(session: Session, programme_id: str, skill_id: str) -> None:
    """Deletes a skill that nothing uses. Raises Refused that says by whom it is used."""
    settings = locked_settings(session, programme_id)
    book = load_book(session, programme_id)
    skill = skill_of(book, skill_id)
    if any(book.kept(one.skill) == skill.key for one in requirements(settings.eligibility)):
        raise Refused(
            Sentence(
                "The rule of who may be {t.a_mentor} asks for “{skill}”: change the rule first.",
                skill=skill.name,
            )
        )
    people = _having(session, skill.id)
    if people:
        raise Refused(_used(session, programme_id, skill, people))
    session.execute(delete(SkillRow).where(SkillRow.id == skill.id))
    weights = {key: factor for key, factor in settings.skill_weights.items() if key != skill.key}
    _settle(session, programme_id, settings, weights=weights)


def _used(session: Session, programme_id: str, skill: Skill, people: Sequence[str]) -> str:
    names = sorted(names_of(session, programme_id, people[:SHOWN]).values(), key=fold)
    more = f" and {len(people) - len(names)} more" if len(people) > len(names) else ""
    return (
        f"“{skill.name}” is in the profile of {', '.join(names)}{more}: merge it into another skill instead."
    )


def usage(session: Session, programme_id: str) -> dict[str, int]:
    """How many people name each skill, by its id; unused ones are left out."""
    query = (
        select(MemberSkillRow.skill_id, func.count())
        .where(MemberSkillRow.programme_id == programme_id)
        .group_by(MemberSkillRow.skill_id)
    )
    return dict(session.execute(query).all())


def skillsets(session: Session, programme_id: str) -> list[SkillsetRow]:
    """The groups of a programme by name."""
    found = session.scalars(select(SkillsetRow).where(SkillsetRow.programme_id == programme_id))
    return sorted(found, key=lambda row: fold(row.title))


def ensure_skillset(session: Session, programme_id: str, name: str) -> SkillsetRow:
    """The group of this name, made if there is none yet."""
    locked_settings(session, programme_id)
    title = checked_line(name, "skillset")
    for row in skillsets(session, programme_id):
        if fold(row.title) == fold(title):
            return row
    row = SkillsetRow(id=str(uuid4()), programme_id=programme_id, title=title)
    session.add(row)
    session.flush()
    return row


def rename_skillset(session: Session, programme_id: str, skillset_id: str, name: str) -> SkillsetRow:
    """Another name; that of another group is refused."""
    locked_settings(session, programme_id)
    title = checked_line(name, "name")
    row = _skillset(session, programme_id, skillset_id)
    for other in skillsets(session, programme_id):
        if other is not row and fold(other.title) == fold(title):
            raise Invalid(
                f"There is a skillset “{other.title}” already; put the skills in that one.", field="name"
            )
    row.title = title
    session.flush()
    touch_skills(session, programme_id)
    return row


def remove_skillset(session: Session, programme_id: str, skillset_id: str) -> None:
    """Its skills stay, in no group."""
    locked_settings(session, programme_id)
    row = _skillset(session, programme_id, skillset_id)
    session.execute(update(SkillRow).where(SkillRow.skillset_id == skillset_id).values(skillset_id=None))
    session.delete(row)
    session.flush()
    touch_skills(session, programme_id)


def _skillset(session: Session, programme_id: str, skillset_id: str) -> SkillsetRow:
    row = session.get(SkillsetRow, skillset_id)
    if row is None or row.programme_id != programme_id:
        raise LookupError("There is no such skillset.")
    return row


def skill_of(book: SkillBook, skill_id: str) -> Skill:
    """Raises LookupError for an id that is none of the book."""
    found = next((skill for skill in book.skills.values() if skill.id == skill_id), None)
    if found is None:
        raise LookupError("There is no such skill.")
    return found


def checked_line(text: str, field: str) -> str:
    """A name on one line. Raises Invalid."""
    name = tidy(text)
    if not fold(name) or len(name) > MAX_NAME or not name.isprintable() or "|" in name:
        raise Invalid(
            f"A name is one line of 1 to {MAX_NAME} characters with a letter or a digit, without “|”.",
            field=field,
        )
    return name


def checked_name(text: str, book: SkillBook, own: str = "", field: str = "name") -> str:
    """A name or alias that no skill but that of the key `own` has. Raises Invalid."""
    name = checked_line(text, field)
    taken = book.find(name)
    if taken is not None and taken.key != own and _is_called(taken, name):
        called = "" if fold(taken.name) == fold(name) else f", as another name of “{taken.name}”"
        raise Invalid(
            f"There is a skill “{name}” already{called}. Merge the two if they are the same.", field=field
        )
    return name


def _is_called(skill: Skill, name: str) -> bool:
    """Whether it is a name of the skill, and not merely its key, which was a name of it once."""
    return fold(name) in {fold(one) for one in (skill.name, *skill.aliases)}


def _free_key(wanted: str, book: SkillBook) -> str:
    key, number = wanted[:MAX_NAME], 2
    while key in book.skills:
        ending = f"-{number}"
        key, number = wanted[: MAX_NAME - len(ending)] + ending, number + 1
    return key


def _aliases(names: Iterable[str], title: str) -> list[str]:
    """Each once, and not what finds the skill by its title already."""
    found = {fold(title): title}
    for name in names:
        found.setdefault(fold(name), tidy(name))
    return list(found.values())[1:]


def _write(session: Session, programme_id: str, key: str, change: SkillChange) -> None:
    book = load_book(session, programme_id)
    skill = book.skills[key]
    values: dict[str, object] = {}
    title = skill.name
    if change.name is not None:
        title = values["title"] = checked_name(change.name, book, key)
    if change.aliases is not None:
        if len(change.aliases) > MAX_ALIASES:
            raise Invalid(f"A skill has up to {MAX_ALIASES} aliases.", field="aliases")
        checked = [checked_name(alias, book, key, "aliases") for alias in change.aliases]
        values["aliases"] = _aliases(checked, title)
    elif change.name is not None:
        values["aliases"] = _aliases(skill.aliases, title)
    if change.skillset is not None:
        group = change.skillset.strip()
        values["skillset_id"] = ensure_skillset(session, programme_id, group).id if group else None
    if values:
        session.execute(update(SkillRow).where(SkillRow.id == skill.id).values(values))


def _settle(
    session: Session,
    programme_id: str,
    settings: ProgrammeSettings,
    rule: str | None = None,
    moved: bool = False,
    weights: Mapping[str, float] | None = None,
) -> SkillBook:
    """After a change: settings that name skills follow, and caches of the skills read them again."""
    touch_skills(session, programme_id)
    book = load_book(session, programme_id)
    kept = book.settled(settings.eligibility if rule is None else rule)
    weighed = book.weights_with_keys(settings.skill_weights if weights is None else weights)
    after = settings.model_copy(update={"eligibility": kept, "skill_weights": weighed})
    is_other_rule = requirements(kept) != requirements(settings.eligibility) or bool(moved and kept)
    if is_other_rule or weighed != settings.skill_weights:
        here = update(ProgrammeRow).where(ProgrammeRow.id == programme_id)
        session.execute(here.values(settings=after.stored()))
    if is_other_rule:
        refresh_completeness(session, programme_id, after)
    return book


def _having(session: Session, skill_id: str) -> list[str]:
    query = select(MemberSkillRow.person_id).where(MemberSkillRow.skill_id == skill_id)
    return list(session.scalars(query.order_by(MemberSkillRow.person_id)))


def _move_levels(session: Session, one: str, other: str) -> None:
    theirs = aliased(MemberSkillRow)

    def higher(column: InstrumentedAttribute[Any], of: InstrumentedAttribute[Any]) -> object:
        moved = (
            select(of)
            .where(theirs.skill_id == one, theirs.person_id == MemberSkillRow.person_id)
            .scalar_subquery()
        )
        return case((or_(column.is_(None), moved > column), moved), else_=column)

    both = select(theirs.person_id).where(theirs.skill_id == one)
    in_other = MemberSkillRow.skill_id == other
    session.execute(
        update(MemberSkillRow)
        .where(in_other, MemberSkillRow.person_id.in_(both))
        .values(
            level=higher(MemberSkillRow.level, theirs.level),
            target=higher(MemberSkillRow.target, theirs.target),
            familiarity=higher(MemberSkillRow.familiarity, theirs.familiarity),
            help_since=higher(MemberSkillRow.help_since, theirs.help_since),
        )
        .execution_options(synchronize_session=False)
    )
    kept = select(theirs.person_id).where(theirs.skill_id == other)
    in_one = MemberSkillRow.skill_id == one
    session.execute(
        delete(MemberSkillRow)
        .where(in_one, MemberSkillRow.person_id.in_(kept))
        .execution_options(synchronize_session=False)
    )
    session.execute(update(MemberSkillRow).where(in_one).values(skill_id=other))
