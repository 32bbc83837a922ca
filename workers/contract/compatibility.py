"""Whether a changed schema still suits those who read records of the old one.

Two readers are protected. Code with the new schema reads records that were stored
under the old one, so a constraint may not get tighter. Subscribers with the old
schema read new records, so a field may not vanish, be left out or become of another
type. One thing a subscriber must bear: enum values that are new to it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_EXACT = ("pattern", "format", "const", "multipleOf", "additionalProperties")


def breaking_changes(old: Json, new: Json) -> list[str]:
    """Return what in schema *new* breaks a reader, a line each; empty if nothing."""
    return list(_Comparison(old, new).compare(old, new, "$"))


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new
        self._under_way: set[tuple[str, str]] = set()

    def compare(self, old: Json, new: Json, path: str) -> Iterator[str]:
        references = (old.get("$ref", ""), new.get("$ref", ""))
        if all(references):
            if references in self._under_way:
                return
            self._under_way.add(references)
        old, new = _resolve(self._old, old), _resolve(self._new, new)
        yield from self._alternatives(old, new, path)
        yield from _bounds(old, new, path)
        yield from _values(old, new, path)
        yield from self._properties(old, new, path)
        yield from self._items(old, new, path)
        self._under_way.discard(references)

    def _alternatives(self, old: Json, new: Json, path: str) -> Iterator[str]:
        """Compare the branches of anyOf, a plain schema being its only branch."""
        if "anyOf" not in old and "anyOf" not in new:
            if _type(old) != _type(new):
                yield f"{path}: type {_type(old)} became {_type(new)}"
            return
        old_branches = {_type(b): b for b in _branches(self._old, old)}
        new_branches = {_type(b): b for b in _branches(self._new, new)}
        for kind in old_branches.keys() - new_branches.keys():
            yield f"{path}: type {kind} is no longer allowed"
        for kind in new_branches.keys() - old_branches.keys():
            yield f"{path}: type {kind} may now come, which no reader expects"
        if "anyOf" in old and "anyOf" in new:
            for kind in old_branches.keys() & new_branches.keys():
                yield from self.compare(old_branches[kind], new_branches[kind], path)

    def _properties(self, old: Json, new: Json, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        was_required, is_required = (
            set(old.get("required", ())),
            set(new.get("required", ())),
        )
        for name in before:
            if name not in after:
                yield f"{path}.{name}: field removed"
            else:
                yield from self.compare(before[name], after[name], f"{path}.{name}")
        for name in after:
            if name in is_required and name not in was_required:
                yield f"{path}.{name}: required, but older records may lack it"
            if name in was_required and name not in is_required:
                yield f"{path}.{name}: no longer required, so it may be missing"

    def _items(self, old: Json, new: Json, path: str) -> Iterator[str]:
        if "items" in old and "items" in new:
            yield from self.compare(old["items"], new["items"], f"{path}[]")
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        if len(after) < len(before):
            yield f"{path}: elements of the array removed"
        for number, (one, other) in enumerate(zip(before, after, strict=False)):
            title = (one.get("title"), other.get("title"))
            if title[0] != title[1]:
                yield f"{path}[{number}]: {title[0]} became {title[1]}"
            yield from self.compare(one, other, f"{path}[{number}]")


def _bounds(old: Json, new: Json, path: str) -> Iterator[str]:
    for bound in _LOWER_BOUNDS:
        if bound in new and new[bound] > old.get(bound, float("-inf")):
            yield f"{path}: {bound} raised to {new[bound]}"
    for bound in _UPPER_BOUNDS:
        if bound in new and new[bound] < old.get(bound, float("inf")):
            yield f"{path}: {bound} lowered to {new[bound]}"
    for constraint in _EXACT:
        if constraint in new and old.get(constraint) != new[constraint]:
            yield f"{path}: {constraint} is now {new[constraint]!r}"


def _values(old: Json, new: Json, path: str) -> Iterator[str]:
    if "enum" in new:
        if "enum" not in old:
            yield f"{path}: only certain values are allowed now"
        for value in old.get("enum", ()):
            if value not in new["enum"]:
                yield f"{path}: value {value!r} removed"


def _resolve(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        *_, name = schema["$ref"].split("/")
        schema = document["$defs"][name]
    return schema


def _branches(document: Json, schema: Json) -> list[Json]:
    return [_resolve(document, branch) for branch in schema.get("anyOf", [schema])]


def _type(schema: Json) -> str:
    if "type" in schema:
        return str(schema["type"])
    if "enum" in schema:  # msgspec gives enums no type; the values tell
        return "string" if isinstance(schema["enum"][0], str) else "integer"
    return "any"
