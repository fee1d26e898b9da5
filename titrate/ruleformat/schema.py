"""The JSON Schema of a rule file, for editors: what may stand where, and what it means.

It says what the models say about single values and tables. What only `titrate rules check` can tell (citations of
unknown sources, amounts in another unit, ...) it lets pass.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from titrate.rulefiles.inherit import REPEATED
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import described
from titrate.ruleformat.value import several

DIALECT = "https://json-schema.org/draft/2020-12/schema"


# Who says how a dose rises says where it may stay and what it never exceeds.
_RISING = {
    "if": {
        "anyOf": [{"required": [key], "additionalProperties": True} for key in ("start", "increase", "ladder")],
    },
    "then": {"required": ["maintenance", "maximum"], "additionalProperties": True},
}


def schema() -> dict[str, Any]:
    """The schema as data."""
    found = RuleFile.model_json_schema(schema_generator=_Written)
    needed = found.pop("required")
    extending = [key for key in needed if key in REPEATED]
    return {
        "$schema": DIALECT,
        "title": "A rule file of titrate",
        **_tidy(found),
        # A rule that extends another one inherits what it does not give. (Some tools take a schema that names no
        # properties for one that allows none.)
        "if": {"required": ["extends"], "additionalProperties": True},
        "then": {"required": extending, "additionalProperties": True},
        "else": {"required": needed, "additionalProperties": True, **_RISING},
    }


def text() -> str:
    """The schema as the text of `rules/schema.json`."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


class _Written(GenerateJsonSchema):
    """The schema of what a file may write, which is more than what is made of it."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if schema["function"]["function"] is several:
            return {"anyOf": [inner["items"], inner]}
        if "json_schema_input_schema" not in schema:
            raise TypeError(f"{schema['function']} does not say what may be written: give it a json_schema_input_type")
        return inner

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The table, and below each key what it means."""
        found = super().model_schema(schema)
        for key, _, field in described(schema["cls"]):
            found["properties"][key]["description"] = field.description
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """TOML has no null: what may be left out is left out."""
        return self.generate_inner(schema["schema"])


def _tidy(value: Any) -> Any:
    """Without names of Python, and without defaults that say no more than that a key may be left out."""
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {
        key: {name: _tidy(one) for name, one in inner.items()} if key in ("properties", "$defs") else _tidy(inner)
        for key, inner in value.items()
        if key != "title" and not (key == "default" and inner in (None, []))
    }
    if "anyOf" in kept and "minLength" in kept:  # pydantic says it of the two forms together, and means the list
        least = kept.pop("minLength")
        kept["anyOf"] = [{**one, "minItems": least} if one.get("type") == "array" else one for one in kept["anyOf"]]
    return kept
