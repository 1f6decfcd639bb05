"""
Whether values have the shape that a JSON Schema of ours describes, with messages for people.

Only the keywords that `data/schemas/config.schema.json` uses, so that no library has to be loaded for a check; tests
keep the schema within them, and compare the answers with a complete implementation. `{"not": {}}` marks what this
version cannot do, its description is the message; `x-refused` has messages for single words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from guardrail.errors import did_you_mean
from guardrail.model.dataclass import dataclass

_ARTICLES: Final = {"object": "a mapping", "array": "a list", "string": "a text", "integer": "a whole number"}
_TYPES: Final[Mapping[str, Any]] = {"object": dict, "array": list, "string": str, "integer": int}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a path; `key`: with the key before it."""

    path: tuple[str, ...]
    message: str
    key: bool = False


def problems(schema: Mapping[str, Any], value: Any) -> tuple[Problem, ...]:
    """Return everything that is wrong, in the order of the value. Empty: it has the shape."""
    return tuple(_Shape(schema.get("$defs", {})).check(schema, value, ()))


class _Shape:
    """A schema with its definitions."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def check(self, schema: Mapping[str, Any], value: Any, path: tuple[str, ...]) -> Iterator[Problem]:
        """Yield what is wrong with a value and what is in it."""
        if "$ref" in schema:
            schema = self._definitions[schema["$ref"].removeprefix("#/$defs/")]
        if "not" in schema:
            yield Problem(path, schema["description"], key=True)
        elif "const" in schema or "enum" in schema:
            yield from _one_of(schema, value, path)
        elif "type" in schema and not _has_type(value, schema["type"]):
            advice = f"; write [{_said(value)}]" if schema["type"] == "array" and isinstance(value, str) else ""
            yield Problem(path, f"expected {_ARTICLES[schema['type']]}, found {_said(value)}{advice}")
        elif isinstance(value, dict):
            yield from self._mapping(schema, value, path)
        elif isinstance(value, list) and "items" in schema:
            for index, inner in enumerate(value):
                yield from self.check(schema["items"], inner, (*path, str(index)))
        else:
            yield from _scalar(schema, value, path)

    def _mapping(self, schema: Mapping[str, Any], value: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Problem]:
        known: Mapping[str, Any] = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for key, inner in value.items():
            at = (*path, key)
            if key in known:
                yield from self.check(known[key], inner, at)
            elif others is False:
                advice = did_you_mean(key, known) or f"; here may stand {', '.join(_usable(known))}"
                yield Problem(at, f'unknown key "{key}"{advice}', key=True)
            else:
                for problem in self.check(schema.get("propertyNames", {}), key, at):
                    yield Problem(at, problem.message, key=True)
                if others is not True:
                    yield from self.check(others, inner, at)
        for key in schema.get("required", ()):
            if key not in value:
                only = known.get(key, {}).get("const")
                yield Problem(path, f'the key "{key}" is missing' + (f"; write {key}: {only}" if only else ""))


def _usable(known: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys that this version takes."""
    return (key for key, schema in known.items() if "not" not in schema)


def _one_of(schema: Mapping[str, Any], value: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    allowed: list[Any] = schema.get("enum", [schema.get("const")])
    if isinstance(value, str) and value in schema.get("x-refused", {}):
        yield Problem(path, schema["x-refused"][value])
        return
    if any(type(value) is type(one) and value == one for one in allowed):
        return
    words = " or ".join(str(one) for one in allowed)
    advice = did_you_mean(value, (one for one in allowed if isinstance(one, str))) if isinstance(value, str) else ""
    if isinstance(value, str) and any(value == str(one) for one in allowed):
        advice = "; write it without quotes"
    yield Problem(path, f"expected {words}, found {_said(value)}{advice}")


def _scalar(schema: Mapping[str, Any], value: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield Problem(path, "is empty")
    elif isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield Problem(path, f"{_said(value)} is not a name: letters, digits, dots, dashes and underscores")
    elif isinstance(value, int) and value < schema.get("minimum", value):
        yield Problem(path, f"expected at least {schema['minimum']}, found {value}")


def _has_type(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, Decimal)) else f'"{value}"'
