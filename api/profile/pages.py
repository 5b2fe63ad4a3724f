"""A person's profile in a programme, as a form and back (P4-P8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.profile import reads
from api.profile.parts import Shown
from api.profile.profiles import ProfileChange, save_profile
from api.profile.schemas import ProfileOut, SkillOut
from api.web import words
from api.web.access import Ctx, Member
from api.web.context import Context
from api.web.forms import Form, Sent, Values, values_of
from api.web.notices import SILENT, Notice, Said, go_and_say
from api.web.pages import REFUSALS, PageMember, Posted, form_for, member_page, refuse
from models import naming, regions
from models.process.actors import Role
from models.process.errors import Invalid, ProcessError
from models.process.match import leveled
from models.process.programme import ProgrammeSettings
from models.process.terms import Sentence, joined
from models.zones import places

router = APIRouter(include_in_schema=False)

EMPTY_ROWS = 1
"""Rows for new skills; a button brings another."""
ANCHORS = {"targets": "f-skills", "skills": "f-skills"}
_COMMAS = re.compile("[,;、،]")
TEXTS = ("name", "time_zone", "headline", "about", "unit", "location", "country", "contact")


@router.get("/p/{slug}/profile")
async def profile_page(ctx: Ctx, member: PageMember, said: Said) -> Response:
    profile = await reads.profile(ctx, member)
    form = form_for(ctx, member.viewer)
    form.values = shown(profile)
    return await _page(ctx, member, profile, form, notice=said)


@router.post("/p/{slug}/profile")
async def change_profile(ctx: Ctx, member: PageMember, sent: Posted) -> Response:
    places: list[int] = []
    if sent.text("step") == "add":
        return await _with_a_row(ctx, member, sent)
    try:
        await save_profile(ctx, member, read(sent, member, places))
    except REFUSALS as error:
        form = form_for(ctx, member.viewer)
        status = refuse(form, _at_row(error, places), sent)
        return await _page(ctx, member, await reads.profile(ctx, member), form, status=status)
    return go_and_say(
        ctx, member.viewer.session, f"/p/{member.programme.slug}/profile", words.DONE["profile"]
    )


async def _with_a_row(ctx: Context, member: Member, sent: Sent) -> Response:
    """The form as it was sent, nothing of it saved, with room for one more skill."""
    form = form_for(ctx, member.viewer)
    form.values = sent.values
    return await _page(ctx, member, await reads.profile(ctx, member), form, opened="skills")


def shown(profile: ProfileOut) -> Values:
    """The fields of the form as the profile fills them."""
    plain: dict[str, Any] = {name: getattr(profile, name) for name in TEXTS}
    for name, value in profile.attributes.items():
        plain[f"attribute_{name}"] = value
    for n, skill in enumerate(profile.skills):
        plain |= {f"skill_{n}": skill.name, f"level_{n}": skill.level, f"target_{n}": skill.target}
        plain |= {f"familiarity_{n}": skill.familiarity, f"help_{n}": "yes" if skill.help else None}
    return values_of(
        plain
        | {
            "languages": naming.languages(profile.languages),
            "roles": profile.roles,
            "preferences": profile.preferences,
            "capacity": profile.capacity,
            "available": "yes" if profile.available else None,
            "available_from": profile.available_from,
            "commitment": "yes" if profile.commitment else None,
            "essential_only": None if profile.optional_mails else "yes",
        }
    )


def read(sent: Sent, member: Member, places: list[int]) -> ProfileChange:
    """What the form says. `places` gets the row of each skill, for errors about one. Raises Invalid."""
    clears = {name for name in ("capacity", "available_from") if not sent.has(name)}
    # A form that was opened before its sender became a mentor has none of a mentor's fields.
    mentoring = Role.MENTOR in member.roles and sent.has("mentoring")
    # A program that posts some of the fields leaves the other texts as they are; a page posts all.
    plain: dict[str, Any] = {name: sent.text(name) for name in TEXTS if name in sent.values}
    return ProfileChange(
        **plain,
        languages=tuple(filter(None, map(str.strip, _COMMAS.split(sent.text("languages"))))),
        attributes={
            name.removeprefix("attribute_"): sent.text(name)
            for name in sent.values
            if name.startswith("attribute_")
        },
        roles=(*sent.all("roles"), *(("admin",) if member.is_admin else ())),
        skills=_skills(sent, places),
        preferences=tuple(sent.all("preferences")),
        optional_mails=not sent.has("essential_only"),
        clears=frozenset(clears) if mentoring else frozenset(),
        **(_mentoring(sent) if mentoring else {}),
    )


def _mentoring(sent: Sent) -> dict[str, Any]:
    """The fields that the form has for mentors only; read from others they would mean "unticked"."""
    return {
        "capacity": sent.number("capacity", Sentence("Please write a whole number of {t.mentees}.")),
        "available": sent.has("available"),
        "available_from": sent.day("available_from", "Please write the day you are back as a date."),
        "commitment": sent.has("commitment"),
    }


def _skills(sent: Sent, places: list[int]) -> tuple[SkillOut, ...]:
    found = []
    for n in range(_rows(sent.values)):
        name = sent.text(f"skill_{n}")
        if not name:
            continue
        level = sent.number(f"level_{n}", "Please choose a level.")
        target = sent.number(f"target_{n}", "Please choose a level.")
        more = _familiarity(sent, n)
        if level is None and target is None and not any(more.values()):
            raise Invalid(f"Please choose your level in {name}, a target, or both.", field=f"level_{n}")
        places.append(n)
        found.append(SkillOut(name=name, level=level, target=target, **more))
    return tuple(found)


def _familiarity(sent: Sent, row: int) -> dict[str, Any]:
    """Left out where the form has no such fields: one that was opened before an upgrade."""
    if f"familiarity_{row}" not in sent.values:
        return {}
    known = sent.number(f"familiarity_{row}", "Please choose how well you know it.")
    return {"familiarity": known, "help": sent.has(f"help_{row}")}


def _rows(values: Values) -> int:
    """How many rows of skills there are in what was sent or is shown."""
    places = [name.removeprefix("skill_") for name in values if name.startswith("skill_")]
    return max((int(place) + 1 for place in places if place.isdecimal() and len(place) < 4), default=0)


def _at_row(error: Exception, places: Sequence[int]) -> Exception:
    """An error about the third skill of the profile, at the row of the form that it stands in."""
    if not isinstance(error, ProcessError) or not (error.field or "").startswith("skills."):
        return error
    _, place, part = (error.field or "").split(".")
    column = {"name": "skill"}.get(part, part)
    return type(error)(error.sentence, field=f"{column}_{places[int(place)]}")


async def _page(
    ctx: Context,
    member: Member,
    profile: ProfileOut,
    form: Form,
    *,
    status: int = 200,
    notice: Notice = SILENT,
    opened: str = "",
) -> Response:
    settings = member.programme.settings
    is_mentor = Role.MENTOR in member.roles
    sections = Shown(
        profile, is_mentor, bool(settings.preferences), settings.max_capacity, form.errors, opened
    )
    return member_page(
        ctx,
        member,
        "profile",
        "profile.html",
        status=status,
        profile=profile,
        parts={part.name: part for part in sections.parts()},
        form=form,
        anchors=ANCHORS,
        incomplete_words=_incomplete(profile),
        zones=_zones(profile.time_zone),
        countries=sorted(regions.countries().items(), key=lambda pair: pair[1]),
        attributes=sorted(profile.attributes),
        rows=max(_rows(form.values), len(profile.skills)) + EMPTY_ROWS,
        levels=settings.levels,
        level_choices=_levels(settings),
        level_names=settings.level_names,
        skill_names=await reads.skills(ctx, member),
        options=settings.preferences,
        is_mentor=is_mentor,
        maximum=settings.max_capacity,
        commitment=settings.minimum_commitment,
        notice=notice,
    )


def _incomplete(profile: ProfileOut) -> str:
    """What does not work until the profile is complete."""
    parts = {
        "mentee": Sentence("you cannot look for {t.a_mentor}"),
        "mentor": Sentence("you are not shown to {t.mentees}"),
    }
    shut = joined(" and ", (text for role, text in parts.items() if role in profile.roles))
    return Sentence("{shut}.", shut=shut)


def _levels(settings: ProgrammeSettings) -> list[tuple[str, str]]:
    names = dict(enumerate(settings.level_names, 1))
    return [(str(level), leveled(level, names.get(level))) for level in range(1, settings.levels + 1)]


def _zones(own: str) -> tuple[str, ...]:
    zones = places()
    return zones if own in zones else (own, *zones)
