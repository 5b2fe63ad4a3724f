"""The skills of a programme on the coordinator's desk: add, rename, group, merge, delete."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.desk import programmes, skills
from api.desk.pages import tabs
from api.desk.skills import SkillEntry
from api.desk.ways import way_back, with_back
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, Sent, values_of
from api.web.pages import (
    PER_PAGE,
    REFUSALS,
    PageAdmin,
    Posted,
    form_for,
    go,
    member_page,
    refuse,
)
from api.web.present import address
from models.matching.skills import SkillBook
from models.process import texts
from models.process.errors import Invalid
from models.store.skill_changes import SkillChange

router = APIRouter(include_in_schema=False)

LEAD = "What people can name in their profiles. Everybody is found by the name and by each alias."


@router.get("/p/{slug}/admin/skills")
async def skills_page(ctx: Ctx, member: PageAdmin, q: str = "", cursor: str | None = None) -> Response:
    return await _page(ctx, member, form_for(ctx, member.viewer), q=texts.clean(q[:200], "q"), cursor=cursor)


@router.post("/p/{slug}/admin/skills")
async def add(ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """Adds a skill, or says what the levels are called."""
    base = f"/p/{member.programme.slug}/admin/skills"
    try:
        if sent.has("levels"):
            names = [sent.text(f"level_{n}") for n in range(1, member.programme.settings.levels + 1)]
            await _name_levels(ctx, member, names if any(names) else [])
            return go(base)
        made = await skills.create(ctx, member, _change(sent), anyway=sent.has("anyway"))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _page(ctx, member, form, status=status)
    return go(f"{base}/{made.id}")


@router.get("/p/{slug}/admin/skills/{skill_id}")
async def skill_page(ctx: Ctx, member: PageAdmin, skill_id: str, back: str = "") -> Response:
    found = await skills.skill(ctx, member, skill_id)
    return await _one(ctx, member, found, form_for(ctx, member.viewer), back)


@router.post("/p/{slug}/admin/skills/{skill_id}")
async def change(skill_id: str, ctx: Ctx, member: PageAdmin, sent: Posted) -> Response:
    """What the button says: save, merge or delete."""
    base = f"/p/{member.programme.slug}/admin/skills"
    back = way_back(member, sent.text("back"), "skills") if sent.has("back") else ""
    before = await skills.skill(ctx, member, skill_id)
    try:
        if sent.has("merge"):
            into = _meant(await skills.book_of(ctx, member), sent.text("into"))
            return go(with_back(f"{base}/{(await skills.merge(ctx, member, skill_id, into)).id}", back))
        if sent.has("delete"):
            await skills.remove(ctx, member, skill_id)
            return go(back or base)
        await skills.alter(ctx, member, skill_id, _altered(before, _change(sent)))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, error, sent)
        return await _one(ctx, member, before, form, back, status)
    return go(with_back(f"{base}/{skill_id}", back))


async def _name_levels(ctx: Context, member: Member, names: list[str]) -> None:
    try:
        await programmes.change_settings(ctx, member, programmes.Change({"level_names": names}))
    except Invalid as error:
        empty = next((n for n, name in enumerate(names, 1) if not name), 1)
        sentence = "Please name every level, each differently, or none." if "" in names else error.sentence
        raise Invalid(sentence, field=f"level_{empty}") from error


def _change(sent: Sent) -> SkillChange:
    aliases = tuple(filter(None, (line.strip() for line in sent.text("aliases").splitlines())))
    return SkillChange(sent.text("name"), aliases, sent.text("skillset"))


def _altered(before: SkillEntry, wanted: SkillChange) -> SkillChange:
    """A former name stays an alias where only the name was changed."""
    only_name = list(wanted.aliases or ()) == before.aliases and wanted.name != before.name
    return SkillChange(wanted.name, None if only_name else wanted.aliases, wanted.skillset)


def _meant(book: SkillBook, written: str) -> str:
    found = book.find(written)
    if found is None:
        raise Invalid(f"The programme has no skill of this name.{book.did_you_mean(written)}", field="into")
    return found.id


async def _page(
    ctx: Context,
    member: Member,
    form: Form,
    *,
    q: str = "",
    cursor: str | None = None,
    status: int = 200,
) -> Response:
    found = await skills.skills(ctx, member, q, PER_PAGE, cursor)
    settings, base = member.programme.settings, f"/p/{member.programme.slug}/admin/skills"
    levels = form
    if not form.value("levels"):
        levels = form_for(ctx, member.viewer, "levels")
        levels.values = values_of({f"level_{n}": name for n, name in enumerate(settings.level_names, 1)})
    return member_page(
        ctx,
        member,
        "admin",
        "skills.html",
        status=status,
        lead=LEAD,
        form=form,
        levels_form=levels,
        levels=range(1, settings.levels + 1),
        search=Form(csrf="", values=values_of({"q": q}), prefix="search"),
        skills=found.items,
        here=address(base, (("q", q), ("cursor", cursor))),
        skillsets=[one.name for one in (await skills.skillsets(ctx, member)).items],
        next_href=address(base, (("q", q), ("cursor", found.next))) if found.next else None,
        first_href=address(base, (("q", q),)) if cursor else None,
        **tabs(member, "/skills"),
    )


async def _one(
    ctx: Context, member: Member, one: SkillEntry, form: Form, back: str, status: int = 200
) -> Response:
    if not form.values:
        form.values = values_of(
            {"name": one.name, "aliases": "\n".join(one.aliases), "skillset": one.skillset}
        )
    book = await skills.book_of(ctx, member)
    return member_page(
        ctx,
        member,
        "admin",
        "skill.html",
        status=status,
        skill=one,
        back=way_back(member, back, "skills"),
        form=form,
        others=[skill.name for skill in book.skills.values() if skill.id != one.id],
        skillsets=[group.name for group in (await skills.skillsets(ctx, member)).items],
        **tabs(member, "/skills"),
    )
