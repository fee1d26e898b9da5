"""The shape of the rule format itself: which tables a field holds, and how a rule that extends another joins them.

Read off the models, so that a new field of the format needs nothing here.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from titrate.ruleformat.value import Cited, Table, several

# How what a file gives under a key joins what it inherits there:
# "whole": it takes the place of all of it;
# "parts": part by part, each as a whole (the taper);
# "named": what has the same name is replaced as a whole, the rest stays (products, scopes, sources);
# "added": it is added to it, and every item has a topic by which it can be removed (advice).
Join = Literal["whole", "parts", "named", "added"]


def written(table: type[Table]) -> Iterator[tuple[str, str, FieldInfo]]:
    """Every field of a table as (key in a file, name in Python, field), in the order of the model."""
    for name, field in table.model_fields.items():
        yield field.alias or name, name, field


def described(table: type[Table]) -> Iterator[tuple[str, str, FieldInfo]]:
    """The same, each field with the text below it as its description.

    The texts are read from the source only here: who plans needs none of them.
    """
    for owner in reversed(table.__mro__):
        if issubclass(owner, Table):
            for name, text in _texts(owner.__module__).get(owner.__name__, {}).items():
                table.model_fields[name].description = text
    yield from written(table)


@lru_cache(maxsize=32)
def _texts(module: str) -> dict[str, dict[str, str]]:
    """By class and field, the texts below the fields of a module's classes."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(sys.modules[module])).body:
        if isinstance(node, ast.ClassDef):
            for field, below in pairwise(node.body):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                        found.setdefault(node.name, {})[name] = inspect.cleandoc(text)
    return found


def tables(annotation: Any) -> Iterator[type[Table]]:
    """Every kind of table that a value of this type is or holds, outermost first; not what these hold in turn."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        if issubclass(annotation, Table):
            yield annotation
        return
    for part in get_args(annotation):
        yield from tables(part)


def holds(annotation: Any, kind: type) -> bool:
    """Whether the type is a `kind` of container (tuple, dict), perhaps among others such as `None`."""
    if get_origin(annotation) is kind:
        return True
    return any(holds(part, kind) for part in get_args(annotation) if get_origin(annotation) is not kind)


def join(field: FieldInfo) -> Join:
    """How what a file gives in such a field joins what it inherits."""
    table = next(tables(field.annotation), None)
    if table is None:
        return "whole"
    if holds(field.annotation, dict):
        return "named"
    if holds(field.annotation, tuple):
        if "name" in table.model_fields:
            return "named"
        return "added" if "topic" in table.model_fields else "whole"
    return "parts" if not issubclass(table, Cited) and any(_cited(part) for _, _, part in written(table)) else "whole"


def _cited(field: FieldInfo) -> bool:
    return any(issubclass(table, Cited) for table in tables(field.annotation))


def single(field: FieldInfo) -> bool:
    """Whether one table may stand where a list of tables is read."""
    return any(isinstance(one, BeforeValidator) and one.func is several for one in field.metadata)


def plain(annotation: Any, metadata: Iterable[Any] = ()) -> bool:
    """Whether plain text or a plain number may stand for a table of this type: `"5 mg"` for a range."""
    if any(
        isinstance(one, BeforeValidator) and one.json_schema_input_type is not PydanticUndefined for one in metadata
    ):
        return True
    if hasattr(annotation, "__metadata__"):
        return plain(annotation.__origin__, annotation.__metadata__)
    return get_origin(annotation) in (Union, UnionType) and any(plain(part) for part in get_args(annotation))


def choices(annotation: Any) -> tuple[Any, ...]:
    """The values that a type allows, where it names them: `("draft", "reviewed")`."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return next((found for part in get_args(annotation) if (found := choices(part))), ())


def meaning(field: FieldInfo) -> str:
    """What a key means, and the values that it knows, in sentences; of a field from `described`."""
    extra = field.json_schema_extra
    known: Any = extra["enum"] if isinstance(extra, dict) and "enum" in extra else choices(field.annotation)
    told = f"One of: {', '.join(map(str, known))}." if len(known) > 1 else ""
    return " ".join(filter(None, (field.description, told)))
