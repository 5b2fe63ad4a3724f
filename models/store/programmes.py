"""Programmes and their settings, as admins read and change them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.holidays import calendar_name, holidays_in
from models.matching.skills import SkillBook
from models.process.errors import Invalid
from models.process.profile import requirements
from models.process.programme import ProgrammeSettings
from models.process.terms import Terms
from models.store import logos
from models.store.processes import RelationshipRow, RequestRow
from models.store.profiles import refresh_completeness, touch_people
from models.store.skills import load_book
from models.store.tables import ProgrammeRow


def checked(settings: ProgrammeSettings, now: datetime) -> ProgrammeSettings:
    """The settings, after the checks that their types cannot make. Raises Invalid with the field."""
    holidays_in(settings.holiday_calendar, now)
    settings = settings.model_copy(update={"holiday_calendar": calendar_name(settings.holiday_calendar)})
    requirements(settings.eligibility)
    if settings.level_names and len(settings.level_names) != settings.levels:
        raise Invalid(
            f"The levels run from 1 to {settings.levels} and {len(settings.level_names)} names were given: "
            "name all of them, or none.",
            field="level_names",
        )
    return settings


def with_changes(settings: ProgrammeSettings, values: Mapping[str, Any], now: datetime) -> ProgrammeSettings:
    """Some settings changed: text as `--set` takes it, the rest as it is stored. Raises Invalid."""
    for key, value in values.items():
        _check_text(key, value)
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    others = {key: value for key, value in values.items() if not isinstance(value, str)}
    changed = settings.changed(texts)
    unknown = sorted(others.keys() - ProgrammeSettings.model_fields.keys())
    if unknown:
        known = ", ".join(sorted(ProgrammeSettings.model_fields))
        raise Invalid(f"There is no setting “{unknown[0]}”. The settings are: {known}.", field=unknown[0])
    after = checked(ProgrammeSettings.loaded(changed.stored() | others), now)
    kept = after.stored()
    for key in values:
        _check_text(key, kept[key])  # JSON may have had them escaped
    return after


def _check_text(key: str, value: Any) -> None:
    """Raises Invalid for characters that PostgreSQL cannot keep, wherever in a value they are."""
    if isinstance(value, str) and any(unicodedata.category(one) in {"Cc", "Cs"} for one in value):
        raise Invalid(f"The setting “{key}” has a character that cannot be kept.", field=key)
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    for part in parts if isinstance(parts, list) else ():
        _check_text(key, part)


def by_slug(session: Session, slug: str) -> ProgrammeRow | None:
    return session.scalars(select(ProgrammeRow).where(ProgrammeRow.slug == slug)).one_or_none()


def settings_at(session: Session, slug: str) -> ProgrammeSettings:
    """The settings of the programme, or the usual ones where there is none."""
    found = session.scalar(select(ProgrammeRow.settings).where(ProgrammeRow.slug == slug))
    return ProgrammeSettings.kept(found or {})


def terms_of(session: Session, programme_id: str) -> Terms:
    """What the programme calls its mentors, mentees and so on."""
    return _terms(session, select(ProgrammeRow.settings).where(ProgrammeRow.id == programme_id))


def terms_at(session: Session, place: Mapping[str, str]) -> Terms:
    """Those of the programme that the parameters of a path lead to."""
    query = select(ProgrammeRow.settings)
    for name, process in (("request_id", RequestRow), ("relationship_id", RelationshipRow)):
        if name in place:
            joined = query.join(process, process.programme_id == ProgrammeRow.id)
            return _terms(session, joined.where(process.id == place[name]))
    return _terms(session, query.where(ProgrammeRow.slug == place.get("slug", "")))


def _terms(session: Session, query: Select[tuple[dict[str, Any]]]) -> Terms:
    return terms_in(session.scalar(query) or {})


def terms_in(settings: Mapping[str, Any]) -> Terms:
    """The words in stored settings, read without the other ones."""
    return ProgrammeSettings.kept({"terms": settings["terms"]} if settings.get("terms") else {}).terms


def locked_settings(session: Session, programme_id: str) -> ProgrammeSettings:
    """The settings, locked until the transaction ends.

    A writer of profiles takes this lock before it touches any member, as a change of the settings does:
    who is complete is then computed with the settings that hold, and no two wait for each other. Raises
    LookupError for an unknown programme.
    """
    query = select(ProgrammeRow.settings).where(ProgrammeRow.id == programme_id)
    # Not against those who merely refer to the programme, such as a new request.
    found = session.scalar(query.with_for_update(key_share=True))
    if found is None:
        raise LookupError("There is no such programme.")
    return ProgrammeSettings.kept(found)


def shown_settings(session: Session, programme_id: str, settings: ProgrammeSettings) -> ProgrammeSettings:
    """The settings as people read them: with the names of the skills."""
    book = load_book(session, programme_id)
    return settings.model_copy(
        update={
            "eligibility": book.shown_rule(settings.eligibility),
            "skill_weights": book.shown_weights(settings.skill_weights),
        }
    )


def known_weights(book: SkillBook, weights: Mapping[str, float]) -> dict[str, float]:
    """The weights by the keys of skills. Raises Invalid for a skill that the programme does not have."""
    for name in weights:
        if book.find(name) is None:
            raise Invalid(f"There is no skill “{name}”.{book.did_you_mean(name)}", field="skill_weights")
    found = book.weights_with_keys(weights)
    if len(found) < len(weights):
        raise Invalid("The weights name one skill twice, by two of its names.", field="skill_weights")
    return found


def changed_settings(
    session: Session, programme_id: str, values: Mapping[str, Any], now: datetime
) -> ProgrammeSettings:
    """What the settings would be; nothing is written. Raises Invalid as a change does."""
    before = ProgrammeSettings.kept(session.get_one(ProgrammeRow, programme_id).settings)
    values, _ = logos.taken(values, before.logo)
    return _with_keys(session, programme_id, before, with_changes(before, values, now))


def _with_keys(
    session: Session, programme_id: str, before: ProgrammeSettings, after: ProgrammeSettings
) -> ProgrammeSettings:
    """What was changed and names skills, by their keys."""
    named = ("eligibility", "skill_weights")
    if all(getattr(before, name) == getattr(after, name) for name in named):
        return after
    book, found = load_book(session, programme_id), dict[str, Any]()
    if before.eligibility != after.eligibility:
        found["eligibility"] = book.rule_with_keys(after.eligibility)
    if before.skill_weights != after.skill_weights:
        found["skill_weights"] = known_weights(book, after.skill_weights)
    return after.model_copy(update=found)


def change_settings(
    session: Session, programme_id: str, values: Mapping[str, Any], now: datetime
) -> ProgrammeSettings:
    """Writes some settings, and who is complete under them. Two admins at once lose nothing."""
    row = session.get_one(ProgrammeRow, programme_id, with_for_update={"key_share": True})
    before = ProgrammeSettings.kept(row.settings)
    values, logo = logos.taken(values, before.logo)
    after = with_changes(before, values, now)
    after = _with_keys(session, programme_id, before, after)
    # The JSON form of a set has no order of its own, so that the same settings can be written in two ways.
    if after != before:
        row.settings_revision += 1
    row.settings = after.stored()
    logos.keep(session, programme_id, after.logo, logo)
    session.flush()
    if (before.preferences, before.eligibility) != (after.preferences, after.eligibility):
        refresh_completeness(session, programme_id, after)
    departing = ("when_mentor_leaves", "when_unavailable")
    if any(getattr(before, name) != getattr(after, name) for name in departing):
        # Those who are gone already are looked at again.
        touch_people(session, programme_id)
    return after
