"""The skills of a programme, as its people read them and its admins change them (P5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.web.access import Member, require_admin
from api.web.context import Context
from api.web.errors import NotFound
from api.web.paging import parse_id, parts_of, written
from api.web.schemas import Page
from models.folding import words
from models.matching.skills import Skill, SkillBook
from models.store import skill_changes
from models.store.skill_changes import SkillChange
from models.store.skills import load_book

T = TypeVar("T")


class SkillsetOut(BaseModel):
    """A group of skills."""

    id: str
    name: str


class SkillEntry(BaseModel):
    """A skill of the programme; it is found by its name and by its aliases."""

    id: str
    name: str
    aliases: list[str]
    skillset: str | None = Field(description="Name of its group")
    people: int | None = Field(description="How many people name it; for admins alone")


async def skills(ctx: Context, member: Member, text: str, limit: int, cursor: str | None) -> Page[SkillEntry]:
    """Skills by name, in whose names every word of `text` occurs. Raises Invalid for a bad cursor."""

    def work(session: Session) -> tuple[SkillBook, dict[str, int] | None]:
        book = load_book(session, member.programme.id)
        used = _usage(session, member)
        return book, used

    book, used = await ctx.database.read(work)
    wanted, after = words(text), _after(cursor)
    found = [
        skill
        for skill in book.skills.values()
        if all(word in book.words[skill.key] for word in wanted) and _place(skill) > after
    ]
    items = [entry(skill, used) for skill in found[:limit]]
    return Page[SkillEntry](
        items=items, next=written(*_place(found[limit - 1])) if len(found) > limit else None
    )


async def skill(ctx: Context, member: Member, skill_id: str) -> SkillEntry:
    """Raises NotFound."""

    def work(session: Session) -> tuple[SkillBook, dict[str, int] | None]:
        book = load_book(session, member.programme.id)
        used = _usage(session, member)
        return book, used

    book, used = await ctx.database.read(work)
    try:
        return entry(skill_changes.skill_of(book, parse_id(skill_id)), used)
    except LookupError as error:
        raise NotFound from error


def entry(skill: Skill, used: dict[str, int] | None) -> SkillEntry:
    return SkillEntry(
        id=skill.id,
        name=skill.name,
        aliases=list(skill.aliases),
        skillset=skill.skillset or None,
        people=None if used is None else used.get(skill.id, 0),
    )


def _usage(session: Session, member: Member) -> dict[str, int] | None:
    return skill_changes.usage(session, member.programme.id) if member.is_admin else None


def _place(skill: Skill) -> tuple[str, str, str]:
    return (*skill.order, skill.id)


def _after(cursor: str | None) -> tuple[str, ...]:
    return parts_of(cursor, 3) if cursor else ()


async def _changed(
    ctx: Context, member: Member, act: Callable[[Session, str], T]
) -> tuple[T, dict[str, int]]:
    """Runs one change in a transaction; gives what it gave, and how many people name each skill then."""
    programme_id = require_admin(member).programme.id
    try:

        def work(session: Session) -> tuple[T, dict[str, int]]:
            found = act(session, programme_id)
            return found, skill_changes.usage(session, programme_id)

        return await ctx.database.write(work)
    except LookupError as error:
        raise NotFound from error


async def create(ctx: Context, member: Member, change: SkillChange, *, anyway: bool) -> SkillEntry:
    """Raises Invalid for a name that is taken, or much like another one unless `anyway`."""
    made = await _changed(ctx, member, lambda s, p: skill_changes.create(s, p, change, anyway=anyway))
    return entry(*made)


async def alter(ctx: Context, member: Member, skill_id: str, change: SkillChange) -> SkillEntry:
    return entry(*await _changed(ctx, member, lambda s, p: skill_changes.alter(s, p, skill_id, change)))


async def merge(ctx: Context, member: Member, skill_id: str, into: str) -> SkillEntry:
    """Moves all that names one skill to another one."""
    return entry(*await _changed(ctx, member, lambda s, p: skill_changes.merge(s, p, skill_id, into)))


async def remove(ctx: Context, member: Member, skill_id: str) -> None:
    """Raises Refused while it is used, with by whom."""
    await _changed(ctx, member, lambda s, p: skill_changes.remove(s, p, skill_id))


async def skillsets(ctx: Context, member: Member) -> Page[SkillsetOut]:
    rows = await ctx.database.read(lambda session: skill_changes.skillsets(session, member.programme.id))
    return Page[SkillsetOut](items=[SkillsetOut(id=row.id, name=row.title) for row in rows])


async def skillset(ctx: Context, member: Member, skillset_id: str) -> SkillsetOut:
    """One group. Raises NotFound."""
    one = next((one for one in (await skillsets(ctx, member)).items if one.id == skillset_id), None)
    if one is None:
        raise NotFound
    return one


async def create_skillset(ctx: Context, member: Member, name: str) -> SkillsetOut:
    """The group of this name, made if there is none."""
    row, _ = await _changed(ctx, member, lambda s, p: skill_changes.ensure_skillset(s, p, name))
    return SkillsetOut(id=row.id, name=row.title)


async def rename_skillset(ctx: Context, member: Member, skillset_id: str, name: str) -> SkillsetOut:
    row, _ = await _changed(
        ctx, member, lambda s, p: skill_changes.rename_skillset(s, p, parse_id(skillset_id), name)
    )
    return SkillsetOut(id=row.id, name=row.title)


async def remove_skillset(ctx: Context, member: Member, skillset_id: str) -> None:
    """Its skills stay, in no group."""
    await _changed(ctx, member, lambda s, p: skill_changes.remove_skillset(s, p, parse_id(skillset_id)))


async def book_of(ctx: Context, member: Member) -> SkillBook:
    """The skills as they are now."""
    return await ctx.database.read(lambda session: load_book(session, member.programme.id))
