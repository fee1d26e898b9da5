"""Options whose value needs no conversion: what is text stays as it was typed.

typer has pydantic convert each value, and builds a validator for each option of a command, also for those that were
not given. Of our options nearly all are text. A value that is of another kind, or wrong, goes the usual way.
"""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

# What cannot be taken as it was typed.
_UNSURE = object()


class Command(TyperCommand):
    """A command whose options are taken as they were typed."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, `--help` among them."""
        return [_taken(param) for param in super().get_params(ctx)]


class Group(TyperGroup):
    """A group of commands whose own options are taken as they were typed."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Its parameters, `--help` among them."""
        return [_taken(param) for param in super().get_params(ctx)]


def _taken(param: Any) -> Any:
    """The parameter, which no longer converts what typer would leave as it is."""
    kind = getattr(param, "type_descriptor", None)  # other editions of typer convert without pydantic
    if kind is None or kind.parameter_info.parser is not None or "process_value" in vars(param):
        return param
    usual = param.process_value

    def process_value(ctx: Any, value: Any) -> Any:
        found = _as_typed(value, kind.annotation)
        if found is _UNSURE and isinstance(value, str) and (names := _names(kind.annotation)):
            # pydantic's own words begin with "Value error".
            raise typer.BadParameter(f"'{value}' is not one of {', '.join(names)}.", ctx, param)
        if found is _UNSURE or (param.required and param.value_is_missing(found)):
            return usual(ctx, value)
        return found if param.callback is None else param.callback(ctx, param, found)

    param.process_value = process_value
    return param


def _names(annotation: Any) -> list[str]:
    """What may be typed for an option that is one of several names."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(one.value) for one in annotation]
    return []


def _as_typed(value: Any, annotation: Any) -> Any:
    """The value of an option that is annotated so, or `_UNSURE`."""
    if get_origin(annotation) is list:
        inner = get_args(annotation)[0]
        found = () if value is None else [_as_typed(one, inner) for one in value]
        return _UNSURE if any(one is _UNSURE for one in found) else found
    if value is None or type(value) is annotation:
        return value
    if isinstance(annotation, type) and isinstance(value, str):
        if issubclass(annotation, Enum):
            return annotation._value2member_map_.get(value, _UNSURE)
        if annotation is Path and (os.access(value, os.R_OK) or not os.path.lexists(value)):
            return Path(value)
    return _UNSURE
