"""
Parameters of policies: the part of JSON Schema that describes them, and values made complete by it.

Beyond JSON Schema: `format: usd` takes dollars and gives integer micro-dollars, `format: percent` takes percent and
gives basis points, `format: regex` is an RE2 pattern, `format: family` the family of an accelerator that is known: one
that is misspelt would else allow nothing, in silence. `from: allocation.team` fills a list from the configuration's
allocation unless it is given, `when: x` only where parameter `x` is not empty. A parameter in `required` has no value
that holds anywhere: while it is empty the policy is not configured.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.errors import did_you_mean
from guardrail.patterns import PatternError, compiled

MICROS: Final = 6
"""Decimal places of a dollar that Rego sees."""
BASIS: Final = 2

_ANY: Final = frozenset({"type", "default", "description", "enum", "from", "when"})
_KEYWORDS: Final[Mapping[str, frozenset[str]]] = {
    "object": _ANY | {"properties", "additionalProperties", "propertyNames", "required"},
    "array": _ANY | {"items", "uniqueItems"},
    "string": _ANY | {"format"},
    "integer": _ANY | {"format", "minimum", "maximum"},
    "number": _ANY | {"format", "minimum", "maximum"},
    "boolean": _ANY,
}
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("regex", "family"),
    "integer": ("usd", "percent"),
    "number": ("usd", "percent"),
}
_DEPTH: Final = 8


class SchemaError(ValueError):
    """A schema or a value is wrong. `pointer` says where inside."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message


def check_schema(schema: Any) -> Mapping[str, Any]:
    """Return the schema of a policy's parameters if every keyword is understood and every default fits."""
    _check(schema, "", 0)
    if schema["type"] != "object" or "additionalProperties" in schema:
        raise SchemaError("", "parameters are an object with named properties")
    for name, member in schema.get("properties", {}).items():
        empty = member["type"] in ("object", "array")
        if "default" not in member and not empty and name not in schema.get("required", ()):
            raise SchemaError(f"/properties/{name}", f"{name} has no default")
    complete(schema, {})
    return dict(schema)


def _check(schema: Any, pointer: str, depth: int) -> None:
    if not isinstance(schema, dict):
        raise SchemaError(pointer, "a schema is a mapping")
    kind = str(schema.get("type"))
    if kind not in _KEYWORDS:
        raise SchemaError(pointer, f"type is {kind}; it is one of {', '.join(_KEYWORDS)}")
    if depth > _DEPTH:
        raise SchemaError(pointer, f"nested more than {_DEPTH} deep")
    for keyword in schema:
        if keyword not in _KEYWORDS[kind]:
            raise SchemaError(f"{pointer}/{keyword}", f"{keyword!r} is not understood for type {kind}")
    if "format" in schema and schema["format"] not in _FORMATS[kind]:
        raise SchemaError(f"{pointer}/format", f"format of a {kind} is {' or '.join(_FORMATS[kind])}")
    _check_members(schema, pointer, depth)


def _check_members(schema: Mapping[str, Any], pointer: str, depth: int) -> None:
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise SchemaError(f"{pointer}/properties", "properties is a mapping")
    for name, member in properties.items():
        _check(member, f"{pointer}/properties/{name}", depth + 1)
    for name in schema.get("required", ()):
        if name not in properties:
            raise SchemaError(f"{pointer}/required", f"there is no property {name!r}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if keyword in schema:
            _check(schema[keyword], f"{pointer}/{keyword}", depth + 1)


def complete(schema: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """Return the parameters that are given, checked and converted, with the defaults of all others."""
    result = _convert(schema, given, "")
    if not isinstance(result, dict):
        raise SchemaError("", "parameters are an object")
    return result


def unset(schema: Mapping[str, Any], params: Mapping[str, Any]) -> Optional[str]:
    """Return the first required parameter that is empty, if there is one."""
    return next((name for name in schema.get("required", ()) if not params.get(name)), None)


def _convert(schema: Mapping[str, Any], value: Any, pointer: str) -> Any:
    kind = schema["type"]
    if "enum" in schema and value not in schema["enum"]:
        raise SchemaError(pointer, f"{_said(value)} is not one of {', '.join(map(_said, schema['enum']))}")
    return _CONVERSIONS[kind](schema, value, pointer)


def _object(schema: Mapping[str, Any], value: Any, pointer: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise SchemaError(pointer, f"{_said(value)} is not a mapping")
    properties: Mapping[str, Any] = schema.get("properties", {})
    others = schema.get("additionalProperties")
    result: dict[str, Any] = {}
    for name, member in properties.items():
        if name in value:
            result[name] = _convert(member, value[name], f"{pointer}/{name}")
        elif "default" in member or member["type"] in ("object", "array"):
            result[name] = _convert(member, default(member), f"{pointer}/{name}")
    for name, member in value.items():
        if name in properties:
            continue
        if not isinstance(name, str):
            raise SchemaError(pointer, f"the key {name!r} is not a text; put it in quotes")
        if others is None:
            raise SchemaError(f"{pointer}/{name}", f"there is no {name!r}{_meant(name, properties)}")
        named = schema.get("propertyNames", {}).get("enum")
        if named is not None and name not in named:
            raise SchemaError(f"{pointer}/{name}", f"there is no {name!r}{_meant(name, named)}")
        result[name] = _convert(others, member, f"{pointer}/{name}")
    return result


def default(schema: Mapping[str, Any]) -> Any:
    """Return what holds where a parameter is not given, as METADATA writes it: the empty list or map without one."""
    empty: Mapping[str, Any] = {"object": {}, "array": []}
    return schema.get("default", empty.get(schema["type"]))


def _array(schema: Mapping[str, Any], value: Any, pointer: str) -> list[Any]:
    if isinstance(value, (str, Mapping)) or not isinstance(value, Sequence):
        advice = f"; write [{value}]" if isinstance(value, str) else ""
        raise SchemaError(pointer, f"{_said(value)} is not a list{advice}")
    items = schema.get("items", {"type": "string"})
    result = [_convert(items, member, f"{pointer}/{index}") for index, member in enumerate(value)]
    if schema.get("uniqueItems") and any(member in result[:index] for index, member in enumerate(result)):
        raise SchemaError(pointer, "a member occurs twice")
    return result


def _string(schema: Mapping[str, Any], value: Any, pointer: str) -> str:
    if not isinstance(value, str):
        raise SchemaError(pointer, f"{_said(value)} is not a text; put it in quotes")
    if schema.get("format") == "regex":
        try:
            compiled(value)
        except PatternError as error:
            raise SchemaError(pointer, f"{_said(value)} is not an RE2 pattern: {error}") from None
    if schema.get("format") == "family":
        _check_family(value, pointer)
    return value


def _check_family(value: str, pointer: str) -> None:
    """Refuse what is no family of accelerators, and say which one a model is of."""
    from guardrail.catalog.accelerators import accelerator, models

    families = sorted({model.family for model in models()})
    if value not in families:
        model = accelerator(value)
        advice = f"; its family is {model.family}" if model else did_you_mean(value, families)
        raise SchemaError(pointer, f"{_said(value)} is no family of accelerators{advice}")


def _boolean(_: Mapping[str, Any], value: Any, pointer: str) -> bool:
    if not isinstance(value, bool):
        raise SchemaError(pointer, f"{_said(value)} is neither true nor false")
    return value


def _number(schema: Mapping[str, Any], value: Any, pointer: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        advice = "; write digits alone, without unit or separator" if isinstance(value, str) else ""
        raise SchemaError(pointer, f"{_said(value)} is not a number{advice}")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite() or abs(exact) > Decimal(10) ** 15:
        raise SchemaError(pointer, f"{value} is out of range")
    for keyword, wrong in (("minimum", exact.__lt__), ("maximum", exact.__gt__)):
        if keyword in schema and wrong(Decimal(str(schema[keyword]))):
            bound = {"minimum": "at least", "maximum": "at most"}[keyword]
            raise SchemaError(pointer, f"{value} does not fit; it is {bound} {schema[keyword]}")
    places = {"usd": MICROS, "percent": BASIS}.get(schema.get("format", ""))
    if places is not None:
        return _scaled(exact, places, pointer)
    if exact == exact.to_integral_value():
        return int(exact)
    if schema["type"] == "integer":
        raise SchemaError(pointer, f"{value} is not a whole number")
    return float(exact)


def _scaled(value: Decimal, places: int, pointer: str) -> int:
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise SchemaError(pointer, f"{value} has more than {places} decimals")
    return int(scaled)


_CONVERSIONS: Final[Mapping[str, Callable[[Mapping[str, Any], Any, str], Any]]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "boolean": _boolean,
    "integer": _number,
    "number": _number,
}


def _said(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"  # noqa: PLR2004 - as much as fits into a message


def _meant(name: str, known: Collection[str]) -> str:
    return did_you_mean(name, known) or (f"; there are {', '.join(known)}" if known else "")
