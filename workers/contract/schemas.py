"""JSON Schemas (2020-12) of the topics, made from the records and their docstrings."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import fields

from workers.domain import records
from workers.domain.field_docs import field_texts
from workers.domain.topics import Topic

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]


def schema_file(topic: Topic[Any]) -> str:
    """Return the name of the file that holds the schema of *topic*."""
    return f"{topic.name()}.schema.json"


def json_schema(topic: Topic[Any]) -> Json:
    """Return the JSON Schema (2020-12) of the values of *topic*."""
    generated = msgspec.json.schema(topic.record)
    definitions = generated["$defs"]
    for name, definition in definitions.items():
        _describe(name, definition)
    return {
        "$schema": DIALECT,
        "$id": f"urn:khabar:schema:{topic.name()}",
        "title": topic.name(),
        "description": f"{topic.summary} {topic.record.__doc__}",
        **generated,
    }


def _describe(name: str, definition: Json) -> None:
    """Put the documentation of the fields of struct *name* into its schema."""
    struct = getattr(records, name)
    if "properties" in definition:
        by_name = definition["properties"]
    elif "prefixItems" in definition:  # a struct that is an array on the wire
        names = [field.encode_name for field in fields(struct)]
        by_name = dict(zip(names, definition["prefixItems"], strict=True))
        for field_name, schema in by_name.items():
            schema["title"] = field_name
    else:
        return
    documentation = field_documentation(struct)
    for field_name, schema in by_name.items():
        if field_name in documentation:
            schema["description"] = documentation[field_name]


def field_documentation(struct: type[Any]) -> Mapping[str, str]:
    """Return what stands under each field of *struct*, by its name on the wire.

    Inherited fields are included.
    """
    found: dict[str, str] = {}
    for ancestor in reversed(struct.__mro__):
        found |= field_texts(ancestor)
    return {
        field.encode_name: found[field.name]
        for field in fields(struct)
        if field.name in found
    }
