"""
Expressions of Azure's templates (`[concat(parameters('name'), '-gpu')]`), as far as a template tells them by itself.

What depends on where and when it is deployed stays unknown, with its reason. Nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Optional

from guardrail.model.dataclass import dataclass
from guardrail.model.value import ABSENT, Reason, Unknown, Value, lookup

_TOKEN: Final = re.compile(r"\s*(?:'((?:[^']|'')*)'|(-?\d{1,18})|([A-Za-z_][\w]*)|([()\[\].,]))")
_PLACE: Final = re.compile(r"\{(\d{1,2})\}")

LONGEST: Final = 8_192
DEPTH: Final = 32
"""Characters of an expression, and how deep calls and variables may be inside one another."""

_ENVIRONMENT: Final = frozenset(
    {"resourcegroup", "subscription", "tenant", "managementgroup", "deployment", "environment", "resourceid",
     "subscriptionresourceid", "tenantresourceid", "extensionresourceid"}
)  # fmt: skip
_COMPUTED: Final = frozenset(
    {"reference", "listkeys", "list", "uniquestring", "guid", "newguid", "utcnow", "copyindex", "environmentvariables"}
)


class _Refused(Exception):  # noqa: N818 - an expression that is not told here
    pass


@dataclass(slots=True)
class Scope:
    """What an expression may name: parameters, variables as they are written. Names are in any case."""

    parameters: Mapping[str, Value] = field(default_factory=dict)
    variables: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0

    def parameter(self, name: str) -> Value:
        """Return a parameter, unknown where nobody gives it a value."""
        found = self.parameters.get(name.lower(), ABSENT)
        return Unknown(Reason.VARIABLE, note=f"parameter {name[:80]} has no value") if found is ABSENT else found

    def variable(self, name: str) -> Value:
        """Return a variable of the template."""
        if self.depth > DEPTH:
            return Unknown(Reason.ERROR, note="variables that need each other")
        found = self.variables.get(name.lower(), ABSENT)
        if found is ABSENT:
            return Unknown(Reason.ERROR, note=f"there is no variable {name[:80]}")
        return evaluated(found, Scope(self.parameters, self.variables, self.depth + 1))


def evaluated(value: Value, scope: Scope) -> Value:
    """Return a value with all expressions in it worked out."""
    if isinstance(value, str):
        return _text(value, scope)
    if isinstance(value, Mapping):
        return {key: evaluated(member, scope) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(evaluated(member, scope) for member in value)
    return value


def _text(text: str, scope: Scope) -> Value:
    if not text.startswith("[") or not text.endswith("]"):
        return text
    if text.startswith("[["):
        return text[1:]
    if len(text) > LONGEST:
        return Unknown(Reason.REFUSED, note="an expression that is too long")
    try:
        reader = _Reader(tuple(_tokens(text[1:-1])), scope)
        found = reader.expression()
        return found if reader.done() else Unknown(Reason.ERROR, note="not an expression")
    except _Refused as refusal:
        return Unknown(Reason.REFUSED, note=str(refusal))


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _Refused("not an expression that is understood")
        quoted, number, name, sign = match.groups()
        if quoted is not None:
            yield "value", quoted.replace("''", "'")
        elif number is not None:
            yield "value", int(number)
        else:
            yield ("name", name) if name is not None else ("sign", sign)
        at = match.end()


@dataclass(slots=True)
class _Reader:
    """One expression while it is read, which is when it is worked out."""

    tokens: Sequence[tuple[str, Any]]
    scope: Scope
    at: int = 0
    depth: int = 0

    def done(self) -> bool:
        return self.at == len(self.tokens)

    def expression(self) -> Value:
        self.depth += 1
        if self.depth > DEPTH:
            raise _Refused("an expression that is nested too deeply")
        kind, token = self._next()
        if kind == "name":
            value = self._call(token)
        elif kind == "value":
            value = token
        else:
            raise _Refused("not an expression that is understood")
        self.depth -= 1
        return self._members(value)

    def _members(self, value: Value) -> Value:
        while self._sign(".") or self._sign("["):
            if self.tokens[self.at - 1][1] == ".":
                _, key = self._next()
            else:
                key = self.expression()
                if not self._sign("]"):
                    raise _Refused("not an expression that is understood")
            value = _member(value, key)
        return value

    def _call(self, name: str) -> Value:
        if not self._sign("("):
            raise _Refused(f"{name[:40]} is no function")
        given: list[Value] = []
        while not self._sign(")"):
            given.append(self.expression())
            self._sign(",")
        word = name.lower()
        if word in ("parameters", "variables") and len(given) == 1 and isinstance(given[0], str):
            return self.scope.parameter(given[0]) if word == "parameters" else self.scope.variable(given[0])
        if word in _ENVIRONMENT:
            written = _of_names(given) if word == "resourceid" else ""
            return Unknown(Reason.ENVIRONMENT, note=f"{name}() is told where it is deployed", written=written)
        if word in _COMPUTED:
            return Unknown(Reason.COMPUTED, note=f"{name}() is told when it is deployed")
        function = _FUNCTIONS.get(word)
        if function is None:
            raise _Refused(f"{name[:40]}() is not worked out")
        try:
            return function(*given)
        except (TypeError, ValueError, IndexError) as error:
            raise _Refused(f"{name[:40]}() is not worked out of these") from error

    def _next(self) -> tuple[str, Any]:
        if self.done():
            raise _Refused("an expression that breaks off")
        self.at += 1
        return self.tokens[self.at - 1]

    def _sign(self, sign: str) -> bool:
        if not self.done() and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False


def _of_names(given: Sequence[Value]) -> str:
    """Return the end of the id of a resource by its type and names, empty where one of them is not known."""
    texts = [one for one in given if isinstance(one, str)]
    at = next((index for index, one in enumerate(texts) if "/" in one), -1)
    return identity(texts[at].split("/")[1:], texts[at + 1 :]) if at >= 0 and len(texts) == len(given) else ""


def identity(types: Sequence[str], names: Sequence[str]) -> str:
    """Return `/workspaces/w/computes/gpu`: what an id says beside where the resource is deployed."""
    if len(types) != len(names):
        return ""
    return "".join(f"/{one.lower()}/{name}" for one, name in zip(types, names, strict=True))


def _member(value: Value, key: Value) -> Value:
    if isinstance(value, Unknown):
        return Unknown(value.reason, note=value.note)
    if isinstance(key, Unknown):
        return key
    found = lookup(value, (key,))
    return Unknown(Reason.ERROR, note=f"there is no {str(key)[:40]}") if found is ABSENT else found


def _joined(*parts: Value) -> Value:
    """Return texts one after the other; what precedes an unknown one is its beginning."""
    known: list[str] = []
    for part in parts:
        if isinstance(part, Unknown):
            return Unknown(part.reason, prefix="".join(known) or None, note=part.note)
        if not isinstance(part, (str, int)):
            raise TypeError
        known.append(str(part))
    return "".join(known)


def _formatted(pattern: Value, *given: Value) -> Value:
    if not isinstance(pattern, str):
        raise TypeError
    parts: list[Value] = []
    start = 0
    for found in _PLACE.finditer(pattern):
        parts += [pattern[start : found.start()], given[int(found[1])]]
        start = found.end()
    return _joined(*parts, pattern[start:])


def _chosen(condition: Value, yes: Value, no: Value) -> Value:
    if isinstance(condition, bool):
        return yes if condition else no
    reason, note = (condition.reason, condition.note) if isinstance(condition, Unknown) else (Reason.ERROR, "")
    plain = [one for one in (yes, no) if not isinstance(one, (Unknown, Mapping, tuple))]
    several = tuple(dict.fromkeys(plain))
    if len(plain) == 2 and len(several) == 1:  # noqa: PLR2004 - both ways are the same
        return several[0]
    return Unknown(reason, several if len(plain) == 2 else None, None, note)  # noqa: PLR2004 - both are known


def _of_known(function: Callable[..., Value]) -> Callable[..., Value]:
    """Return a function that is unknown of what is not known."""

    def call(*given: Value) -> Value:
        hidden = next((one for one in given if isinstance(one, Unknown)), None)
        return Unknown(hidden.reason, note=hidden.note) if hidden is not None else function(*given)

    return call


def _flag(value: Value) -> bool:
    return value if isinstance(value, bool) else str(value).lower() in ("true", "1")


_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "concat": _joined,
    "format": _formatted,
    "if": _chosen,
    "string": _joined,
    "int": _of_known(int),
    "bool": _of_known(_flag),
    "true": lambda: True,
    "false": lambda: False,
    "null": lambda: None,
    "equals": _of_known(lambda one, other: one == other),
    "not": _of_known(lambda value: not _flag(value)),
    "and": _of_known(lambda *values: all(map(_flag, values))),
    "or": _of_known(lambda *values: any(map(_flag, values))),
    "empty": _of_known(lambda value: value is None or len(value) == 0),
    "length": _of_known(len),
    "tolower": _of_known(lambda value: str(value).lower()),
    "toupper": _of_known(lambda value: str(value).upper()),
    "createarray": lambda *members: tuple(members),
    "min": _of_known(min),
    "max": _of_known(max),
    "add": _of_known(lambda one, other: one + other),
    "sub": _of_known(lambda one, other: one - other),
    "mul": _of_known(lambda one, other: one * other),
}


def parameters(declared: Mapping[str, Value], given: Sequence[Mapping[str, Value]]) -> Mapping[str, Value]:
    """
    Return what each parameter may be: its default and what files of parameters give it, unknown where several do.

    Where nobody says, it is one of the values that are allowed, if those are few.
    """
    found: dict[str, Value] = {}
    for name, stated in declared.items():
        own = stated if isinstance(stated, Mapping) else {}
        if str(own.get("type")).lower().startswith("secure"):
            found[name.lower()] = Unknown(Reason.VARIABLE, note=f"parameter {name[:80]} is secret")
            continue
        default = own.get("defaultValue", ABSENT)
        told: list[Value] = [] if default is ABSENT else [evaluated(default, Scope(found))]
        told += [one[name.lower()] for one in given if name.lower() in one]
        several: list[Value] = []
        for one in told:
            if one not in several:
                several.append(one)
        found[name.lower()] = several[0] if len(several) == 1 else _one_of(name, several, own.get("allowedValues"))
    return found


_FEW: Final = 16


def _one_of(name: str, several: Sequence[Value], allowed: Optional[Value]) -> Value:
    options = several or (allowed if isinstance(allowed, (list, tuple)) else ())
    plain = all(isinstance(one, (str, int, bool)) for one in options)
    note = f"parameter {name[:80]} has {'several values' if several else 'no value'}"
    return Unknown(Reason.VARIABLE, tuple(options) if plain and 1 < len(options) <= _FEW else None, None, note)
