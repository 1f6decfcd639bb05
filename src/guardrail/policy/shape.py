"""
What can be in the document, so that a policy that reads something else is told so.

Rego answers a misspelt field with silence: the policy would never deny, and nobody would notice. The published schema
of the document is the truth here, and for parameters the METADATA of the policy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, Optional

from guardrail.data import DIRECTORY
from guardrail.errors import did_you_mean
from guardrail.policy.abstract import Abstract
from guardrail.policy.calls import LIBRARY
from guardrail.policy.model import ANY, JOINED, KEYS, Path
from guardrail.policy.syntax import Name

FILE: Final = DIRECTORY / "schemas" / "input.schema.json"

Schema = Mapping[str, Any]

_ANYTHING: Final[Schema] = {}

_FEW: Final = 8
"""Names that a message lists."""

_UNFILLED: Final = frozenset(
    {("usage",), ("alternatives",), *(("run", key) for key in ("event", "repository", "author", "pusher"))}
)
"""Parts of the document that are agreed on, and that nothing can state yet."""

_WORDS: Final[Mapping[Name, tuple[int, Path]]] = {
    (*LIBRARY, "in_category"): (0, ("index", "category")),
    (*LIBRARY, "linked"): (1, ("edges", ANY, ANY, "kind")),
}
"""Functions of the library with an argument that is a word of a closed list: which argument, and whose list it is."""


@cache
def _document() -> Schema:
    document: Schema = json.loads(FILE.read_bytes())
    return document


@cache
def fields() -> frozenset[str]:
    """Return the names of all facts that a resource may have, and of what else stands beside them."""
    return frozenset(_document()["$defs"]["resource"]["properties"])


class Shape:
    """The schema of the document as one policy sees it."""

    def __init__(self, policy: str, parameters: Schema) -> None:
        self._root = _document()
        own = _closed(parameters)
        units = {"type": "object", "additionalProperties": own}
        both = {"type": "object", "additionalProperties": False, "properties": {"default": own, "units": units}}
        self._parameters: Schema = {"type": "object", "additionalProperties": False, "properties": {policy: both}}

    def nothing(self, value: Abstract) -> Optional[str]:
        """Return what is wrong with a value that can be nothing at all, None if it can be something."""
        if not _is_read(value):
            return None
        misfits = [self.misfit(path) for path in sorted(value.paths)]
        return misfits[0] if all(misfits) else None

    def odd_word(self, value: Abstract, constant: Abstract) -> Optional[str]:
        """Return what is wrong with comparing a value with a constant, where it can never be that one."""
        if not _is_read(value) or len(value.paths) != 1:
            return None
        (path,) = value.paths
        allowed = self.words(path)
        odd = sorted(constant.texts - allowed) if allowed else []
        return f"{told(path)} is never {_meant(odd[0], allowed)}" if odd and allowed else None

    def odd_argument(self, function: Name, args: Sequence[Abstract]) -> Optional[str]:
        """Return what is wrong with the arguments of a function of the library that takes a word of a closed list."""
        at, path = _WORDS.get(function, (len(args), ()))
        if at >= len(args):
            return None
        allowed = self.words(path) or self.keys(path)
        odd = sorted(args[at].texts - allowed)
        return f"there is no {path[-1]} {_meant(odd[0], allowed)}" if odd else None

    def misfit(self, path: Path) -> Optional[str]:
        """Return what is wrong with a path: where it leaves all that can be. None if it can lead to something."""
        schemas: list[Schema] = [self._root]
        if path[:1] in _UNFILLED or path[:2] in _UNFILLED:
            return f"this version of guardrail does not fill {told(path[:2])}"
        for depth, key in enumerate(path):
            below = [inner for one in schemas for inner in self._below(one, key)]
            if path[: depth + 1] == ("params",):
                below = [self._parameters]
            if not below:
                return f"there is no {told(path[: depth + 1])}{_instead(key, self._names(schemas))}"
            schemas = below
        return None

    def words(self, path: Path) -> Optional[frozenset[str]]:
        """Return the texts that may stand at a path, where these are a closed list."""
        return _texts(plain for one in self._at(path) for plain in self._plain(one))

    def keys(self, path: Path) -> frozenset[str]:
        """Return the keys that a map may have, where these are a closed list."""
        return frozenset(self._names(self._at(path)))

    def _at(self, path: Path) -> list[Schema]:
        schemas: list[Schema] = [self._root]
        for key in path:
            schemas = [inner for one in schemas for inner in self._below(one, key)]
        return schemas

    def _plain(self, schema: Schema) -> Iterator[Schema]:
        """Yield what a schema is, references and alternatives followed."""
        if "$ref" in schema:
            yield from self._plain(self._root["$defs"][schema["$ref"].rpartition("/")[2]])
        elif "anyOf" in schema:
            for one in schema["anyOf"]:
                yield from self._plain(one)
        else:
            yield schema

    def _below(self, schema: Schema, key: str) -> Iterator[Schema]:
        """Yield what may lie below a schema under a key."""
        for plain in self._plain(schema):
            kind = plain.get("type")
            if kind is None and "enum" not in plain and "const" not in plain:
                yield _ANYTHING
            elif kind == "object":
                yield from _members(plain, key)
            elif kind == "array":
                yield plain.get("items", _ANYTHING)

    def _names(self, schemas: Iterable[Schema]) -> list[str]:
        return [name for schema in schemas for plain in self._plain(schema) for name in _listed(plain)]


def _is_read(value: Abstract) -> bool:
    """Whether a value is a part of the document and nothing else."""
    return bool(value.paths) and not (value.texts or value.other) and value.items is None


def _instead(key: str, known: Sequence[str]) -> str:
    """Return the end of a message about a key that is not there: what may have been meant, or all of a few."""
    few = f"; there are {', '.join(sorted(known))}" if 0 < len(known) <= _FEW else ""
    return did_you_mean(key, known) or few


def _meant(word: str, allowed: Iterable[str]) -> str:
    """Return a word that is not allowed, and what may have been meant."""
    known = sorted(allowed)
    return f"{word!r}" + (did_you_mean(word, known) or f"; it is one of {', '.join(known)}")


def _members(schema: Schema, key: str) -> Iterator[Schema]:
    properties: Mapping[str, Schema] = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    if _is_any(key):
        yield from properties.values()
    elif key in properties:
        yield properties[key]
        return
    if others is False or not (_is_any(key) or key in schema.get("propertyNames", {}).get("enum", (key,))):
        return
    yield _ANYTHING if others is True else others


def _listed(schema: Schema) -> Iterable[str]:
    return (*schema.get("properties", {}), *schema.get("propertyNames", {}).get("enum", ()))


def _is_any(key: str) -> bool:
    return key in (ANY, JOINED, KEYS) or key[:1] == "{"


def _texts(schemas: Iterable[Schema]) -> Optional[frozenset[str]]:
    found: set[str] = set()
    for schema in schemas:
        if "enum" not in schema and "const" not in schema:
            if schema.get("type") != "null":
                return None
            continue
        found.update(schema.get("enum", ()))
        found.update(one for one in (schema.get("const"),) if isinstance(one, str))
    return frozenset(found) or None


def _closed(schema: Schema) -> Schema:
    """Return a schema of parameters as JSON Schema says the same: what is not named cannot be given."""
    result = dict(schema)
    if schema.get("type") == "object":
        result["properties"] = {name: _closed(member) for name, member in schema.get("properties", {}).items()}
        others = schema.get("additionalProperties")
        result["additionalProperties"] = _closed(others) if others else False
    elif schema.get("type") == "array":
        result["items"] = _closed(schema.get("items", {"type": "string"}))
    return result


def told(path: Path) -> str:
    """Return a path as Rego writes it."""
    return "input" + "".join("[_]" if _is_any(key) else f".{key}" if _is_name(key) else f'["{key}"]' for key in path)


def _is_name(key: str) -> bool:
    return key.isascii() and key.isidentifier()
