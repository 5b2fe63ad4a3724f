"""The bodies of acts, made from the fields of their commands."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from api.web.inputs import In
from api.web.validation import WHOLE, Day
from models.process.commands import Command
from models.process.inputs import Input, inputs_of


def body_of(command: type[Command]) -> type[BaseModel] | None:
    """What the API takes for a command; None where it has no fields. Commands share a body by its name."""
    inputs = inputs_of(command)
    if not inputs:
        return None
    return _body(command.body or f"{command.__name__}In", command, tuple(inputs.items()))


@cache
def _made() -> dict[str, type[BaseModel]]:
    return {}


def _body(name: str, command: type[Command], inputs: tuple[tuple[str, Input], ...]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        field: (_type(command.model_fields[field], one), _field(command.model_fields[field], one))
        for field, one in inputs
    }
    found = _made().setdefault(name, create_model(name, __base__=In, **fields))
    if list(found.model_fields) != list(fields):
        raise TypeError(f"{command.__name__} has other fields than another command whose body is {name}")
    return found


def _type(field: FieldInfo, one: Input) -> Any:
    """The type that JSON is read as: numbers and days are stricter than pydantic's."""
    kinds = get_args(field.annotation) or (field.annotation,)
    if get_origin(field.annotation) is tuple:
        kind: Any = list[str]
    elif date in kinds:
        kind = Day
    elif int in kinds:
        kind = Annotated[int, Field(ge=one.least, le=one.most), WHOLE]
    else:
        kind = str
    return kind | None if type(None) in kinds else kind


def _field(field: FieldInfo, one: Input) -> Any:
    return Field(
        ... if one.required or field.is_required() else field.default,
        max_length=one.limit,
        description=one.about or None,
        examples=[one.example] if one.example else None,
    )
