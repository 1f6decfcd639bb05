"""
A row that a user wrote in `kubernetes.kinds`: the fields of `Workload`, down to its pods and counts, in YAML.

Whatever is wrong raises `ConfigError`, which names the key: a row that is half understood would count half the pods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, Final, get_args

from guardrail.catalog.kubernetes.workload import Count, Nested, Pods, Workload
from guardrail.errors import ConfigError, did_you_mean
from guardrail.model import value as values
from guardrail.model.resource import Category
from guardrail.model.value import UNBOUNDED

_TEXTS: Final = frozenset({"template", "containers", "also", "hidden", "schedule", "at", "beside"})
_LISTS: Final = {"pods": Pods, "nested": Nested}
_COUNTS: Final = frozenset({"desired", "min", "max", "overlap", "cooldown"})
_COUNT_LISTS: Final = frozenset({"at_most", "times"})
_INTERNAL: Final = frozenset({"scaler", "refers", "controller"})
_POINTERS: Final = frozenset({"each", "named", "pod", "resources", "scaled", "ends", "suspended", "timezone", "claim"})


def declare(row: Any, where: str) -> Workload:
    """Return the row that a user wrote. Every key is one of `Workload`, down to its pods and counts."""
    found: Workload = _record(Workload, row, where)
    if found.type.count("/") != 1 or not all(found.type.split("/")):
        raise ConfigError(f"{where}.type: {found.type!r} is not <API group>/<Kind>, such as ray.io/RayCluster")
    if found.category not in get_args(Category):
        raise ConfigError(
            f"{where}.category: {found.category!r} is no category{did_you_mean(found.category, get_args(Category))}"
        )
    return found


def _record(record: type, written: Any, where: str) -> Any:
    if not isinstance(written, Mapping):
        raise ConfigError(f"{where}: must be a mapping")
    known = {one.name: one for one in fields(record) if one.name not in _INTERNAL}
    given: dict[str, Any] = {}
    for key, value in written.items():
        if key not in known:
            raise ConfigError(f"{where}: unknown key {str(key)!r}{did_you_mean(str(key), known)}")
        given[key] = _field(key, value, f"{where}.{key}")
    missing = [
        name
        for name, one in known.items()
        if name not in given and one.default is MISSING and one.default_factory is MISSING
    ]
    if missing:
        raise ConfigError(f"{where}: {missing[0]} is not given")
    return record(**given)


def _field(key: str, value: Any, where: str) -> Any:
    if key in _LISTS:
        return tuple(_record(_LISTS[key], one, f"{where}[{at}]") for at, one in enumerate(_sequence(value, where)))
    if key in _COUNTS:
        return _count(value, where)
    if key in _COUNT_LISTS:
        return tuple(_count(one, f"{where}[{at}]") for at, one in enumerate(_sequence(value, where)))
    if key in _TEXTS:
        return tuple(_text(one, where) for one in ((value,) if isinstance(value, str) else _sequence(value, where)))
    if key == "lifetime":
        if not isinstance(value, Mapping):
            raise ConfigError(f"{where}: must be a mapping of facts to numbers")
        return {str(fact): _count(one, f"{where}.{fact}") for fact, one in value.items()}
    if key in ("cluster_scoped", "required", "fixed"):
        if not isinstance(value, bool):
            raise ConfigError(f"{where}: must be true or false")
        return value
    text = _text(value, where)
    if key in _POINTERS and text and not text.startswith(("/", "#/")):
        raise ConfigError(f"{where}: {text!r} is no JSON Pointer; it begins with a slash")
    return text


def _count(value: Any, where: str) -> Count:
    """Return a count: a number, a pointer, or `{at, default, less}`."""
    if isinstance(value, str) and value != UNBOUNDED.value:
        return Count((_pointer(value, where),))
    if not isinstance(value, Mapping):
        return Count(default=_number(value, where))
    unknown = sorted(set(map(str, value)) - {"at", "default", "less", "zero"})
    if unknown:
        raise ConfigError(
            f"{where}: unknown key {unknown[0]!r}{did_you_mean(unknown[0], ('at', 'default', 'less', 'zero'))}"
        )
    at = value.get("at", ())
    pointers = tuple(_pointer(one, where) for one in ((at,) if isinstance(at, str) else _sequence(at, where)))
    default = _number(value["default"], f"{where}.default") if "default" in value else None
    less = value.get("less", 0)
    if isinstance(less, bool) or not isinstance(less, int):
        raise ConfigError(f"{where}.less: must be a whole number")
    return Count(pointers, default, zero=UNBOUNDED if value.get("zero") == UNBOUNDED.value else None, less=less)


def _number(value: Any, where: str) -> values.Count:
    if value == UNBOUNDED.value:
        return UNBOUNDED
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigError(f'{where}: must be a whole number or "{UNBOUNDED}"')
    return value


def _pointer(value: Any, where: str) -> str:
    text = _text(value, where)
    if not text.startswith(("/", "#/")):
        raise ConfigError(f"{where}: {text!r} is no JSON Pointer; it begins with a slash")
    return text


def _sequence(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ConfigError(f"{where}: must be a list")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where}: must be text")
    return value
