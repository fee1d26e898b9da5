"""How a value that is written as text ("5 mg", "8 weeks") goes in and out of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Written(Protocol):
    """A value with one text form: `parse` reads what `str` writes, and raises `ValueError` for anything else."""

    @classmethod
    def parse(cls, text: str) -> Any: ...


def schema(cls: type[Written], read: Callable[[str], Any] | None = None) -> Any:
    """What pydantic needs to read such a value from text, to take it as it is, and to write it as text again.

    `read` reads what `parse` does, and what `str` writes but nobody types.
    """
    from pydantic_core import core_schema

    read = read or cls.parse

    return core_schema.json_or_python_schema(
        json_schema=core_schema.no_info_after_validator_function(read, core_schema.str_schema()),
        python_schema=core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else read(value)
        ),
        serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
    )
