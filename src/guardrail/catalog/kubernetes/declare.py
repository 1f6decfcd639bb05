"""
A row that a user wrote in `kubernetes.kinds`: the words of `workload`, in YAML.

Every key of the catalogue's own rows is one here, but for what only code can say. Whatever is wrong is a `Problem` with
the path of the key: a row that is half understood would count half the pods.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, Final, Optional, get_args

from guardrail.catalog.kubernetes.workload import Ask, Case, Chosen, Count, Join, Nested, Pods, Scaler, Spread, Workload
from guardrail.errors import ConfigError, did_you_mean
from guardrail.model import value as values
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Category
from guardrail.model.value import UNBOUNDED, Reason, Unknown

RECORDS: Final[Mapping[str, type]] = {
    one.__name__: one for one in (Workload, Pods, Nested, Join, Chosen, Ask, Case, Spread, Scaler)
}
_INTERNAL: Final = frozenset({"controller"})
"""Keys of what only code can say."""

_WORDS: Final = frozenset(
    {
        "group",
        "elsewhere",
        "type",
        "types",
        "source",
        "also",
        "homes",
        "leave",
        "container",
        "resource",
        "prefix",
        "words",
    }
)
"""Keys of plain text; all other text is a pointer."""

_LIFETIME: Final = frozenset({"max_runtime_seconds", "ttl_seconds", "idle_shutdown_seconds", "max_retries"})
_POINTER: Final = re.compile(r"[#^]?/(?:[^~]|~[01])*")
_TYPE: Final = re.compile(r"[^/]+/[^/]+")
_COUNT: Final = tuple(one.name for one in fields(Count))
_UNKNOWN: Final = "unknown"
_DECIDED_ELSEWHERE: Final = Unknown(Reason.ENVIRONMENT, note="the row of its kind says that something else decides it")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a path below the row; `key`: with the key before it."""

    path: Path
    message: str
    key: bool = False


class _RefusedError(Exception):
    """A value that says nothing; what is wrong has been noted."""


def declare(row: Any, where: str) -> Workload:
    """Return the row that a user wrote, or raise `ConfigError` for the first thing that is wrong with it."""
    found, problems = read(row, where)
    if found is None or problems:
        raise ConfigError(problems[0].message)
    return found


def read(row: Any, where: str) -> tuple[Optional[Workload], tuple[Problem, ...]]:
    """Return the row that a user wrote, and all that is wrong with it; messages begin with `where` and the key."""
    reader = _Reader(where)
    try:
        found: Optional[Workload] = reader.record(Workload, row, ())
    except _RefusedError:
        found = None
    if found is not None and not reader.problems:
        reader.whole(found)
    return found, tuple(reader.problems)


class _Reader:
    """One row being read; what is wrong gathers in `problems`, in the order of the row."""

    def __init__(self, where: str) -> None:
        self.problems: list[Problem] = []
        self._where = where

    def record(self, of: type, written: Any, path: Path) -> Any:
        """Return a record of the catalogue with the keys that are written."""
        self._mapping(written, path)
        known = _fields(of)
        given: dict[str, Any] = {}
        for key, value in written.items():
            at = (*path, str(key))
            if key not in known:
                self._note(
                    path, f"unknown key {str(key)!r}{did_you_mean(str(key), known) or _may(known)}", at, key=True
                )
                continue
            try:
                given[key] = self._value(known[key].type, str(key), value, at)
            except _RefusedError:
                continue
        missing = [name for name, one in known.items() if _is_needed(one) and name not in written]
        if missing:
            self._refuse(path, f"{missing[0]} is not given")
        if any(_is_needed(one) and name not in given for name, one in known.items()):
            raise _RefusedError
        return of(**given)

    def whole(self, row: Workload) -> None:
        """Note what contradicts itself in a row that can be read."""
        if row.category == "other" and (row.pods or row.nested):
            self._note((), "category is not given: policies find what runs pods by it, as workload.service", ())
        for fact in row.lifetime:
            if fact not in _LIFETIME:
                advice = did_you_mean(fact, _LIFETIME) or _may(_LIFETIME)
                self._note(("lifetime",), f"unknown fact {fact!r}{advice}", ("lifetime", fact), key=True)

    def _value(self, kind: Any, name: str, value: Any, path: Path) -> Any:
        """Return a value of the type that a field of a record has."""
        record = RECORDS.get(str(kind).removeprefix("Optional[").removeprefix("tuple[").rstrip("], ."))
        if record is not None and str(kind).startswith("tuple["):
            return tuple(self.record(record, one, (*path, str(at))) for at, one in self._sequence(value, path))
        if record is not None:
            return self.record(record, value, path)
        return _READERS[str(kind)](self, name, value, path)

    def texts(self, name: str, value: Any, path: Path) -> tuple[str, ...]:
        """Return several texts, of which a single one need be no list."""
        if isinstance(value, str):
            return (self.text(name, value, path),)
        return tuple(self.text(name, one, (*path, str(at))) for at, one in self._sequence(value, path))

    def text(self, name: str, value: Any, path: Path) -> str:
        """Return text: a type, a category, words, or else a pointer."""
        if not isinstance(value, str):
            self._refuse(path, "must be text")
        if name in ("type", "types") and not _TYPE.fullmatch(value):
            self._refuse(path, f"{value!r} is not <API group>/<Kind>, such as ray.io/RayCluster")
        if name in _WORDS or not value:
            return str(value)
        if not _POINTER.fullmatch(value):
            advice = f"; did you mean /{value.replace('.', '/')}?" if re.fullmatch(r"[\w.]+", value) else ""
            self._refuse(path, f"{value!r} is no JSON Pointer; it begins with a slash{advice}")
        return str(value)

    def category(self, name: str, value: Any, path: Path) -> Any:
        """Return one of the categories."""
        del name
        if value not in get_args(Category):
            advice = did_you_mean(str(value), get_args(Category)) or _may(get_args(Category))
            self._refuse(path, f"{value!r} is no category{advice}")
        return value

    def flag(self, name: str, value: Any, path: Path) -> bool:
        """Return a boolean."""
        del name
        if not isinstance(value, bool):
            self._refuse(path, "must be true or false")
        return bool(value)

    def counts(self, name: str, value: Any, path: Path) -> tuple[Count, ...]:
        """Return several counts."""
        return tuple(self.count(name, one, (*path, str(at))) for at, one in self._sequence(value, path))

    def count(self, name: str, value: Any, path: Path) -> Count:
        """Return a count: a number, a pointer, or a mapping of what a `Count` has."""
        del name
        if isinstance(value, str) and value not in (UNBOUNDED.value, _UNKNOWN):
            return Count((self.text("at", value, path),))
        if not isinstance(value, Mapping):
            return Count(default=self._number(value, path))
        for key in value:
            if key not in _COUNT:
                self._refuse(
                    path, f"unknown key {str(key)!r}{did_you_mean(str(key), _COUNT) or _may(_COUNT)}", str(key)
                )
        pointers = {
            name: self.texts(name, value[name], (*path, name)) for name in ("at", "by", "most") if name in value
        }
        words = self._named("words", value.get("words", {}), (*path, "words"), self._word)
        less = value.get("less", 0)
        if isinstance(less, bool) or not isinstance(less, int):
            self._refuse((*path, "less"), "must be a whole number")
        zero = value.get("zero", UNBOUNDED.value)
        if zero != UNBOUNDED.value:
            self._refuse((*path, "zero"), f'is "{UNBOUNDED}" or not given')
        default = self._number(value["default"], (*path, "default")) if "default" in value else None
        return Count(default=default, words=words, zero=UNBOUNDED if "zero" in value else None, less=less, **pointers)

    def by_pointer(self, name: str, value: Any, path: Path) -> Mapping[str, str]:
        """Return texts by the pointers that they are about."""
        found = self._named(
            name, value, path, lambda told, at: self.text("type" if name == "refers" else "words", told, at)
        )
        return {self.text("at", pointer, (*path, pointer)): told for pointer, told in found.items()}

    def pointers_by_name(self, name: str, value: Any, path: Path) -> Mapping[str, tuple[str, ...]]:
        """Return pointers by the names of what they lead to."""
        return self._named(name, value, path, lambda told, at: self.texts("at", told, at))

    def counts_by_name(self, name: str, value: Any, path: Path) -> Mapping[str, Count]:
        """Return counts by the facts that they are."""
        return self._named(name, value, path, lambda told, at: self.count(name, told, at))

    def _named(self, name: str, value: Any, path: Path, one: Callable[[Any, Path], Any]) -> dict[str, Any]:
        del name
        self._mapping(value, path)
        return {str(key): one(told, (*path, str(key))) for key, told in value.items()}

    def _word(self, value: Any, path: Path) -> values.Count:
        return self._number(value, path)

    def _number(self, value: Any, path: Path) -> values.Count:
        if value == UNBOUNDED.value:
            return UNBOUNDED
        if value == _UNKNOWN:
            return _DECIDED_ELSEWHERE
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self._refuse(path, f'must be a whole number, "{UNBOUNDED}" or "{_UNKNOWN}"')
        return int(value)

    def _mapping(self, value: Any, path: Path) -> None:
        if not isinstance(value, Mapping):
            self._refuse(path, "must be a mapping")

    def _sequence(self, value: Any, path: Path) -> Sequence[tuple[int, Any]]:
        if not isinstance(value, (list, tuple)):
            self._refuse(path, "must be a list")
        return [*enumerate(value)]

    def _refuse(self, path: Path, message: str, key: str = "") -> None:
        self._note(path, message, (*path, key) if key else path, key=bool(key))
        raise _RefusedError

    def _note(self, path: Path, message: str, at: Path, *, key: bool = False) -> None:
        shown = "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in path)
        self.problems.append(Problem(at, f"{self._where}{shown}: {message}", key))


_READERS: Final[Mapping[str, Callable[[_Reader, str, Any, Path], Any]]] = {
    "str": _Reader.text,
    "tuple[str, ...]": _Reader.texts,
    "frozenset[str]": lambda reader, name, value, path: frozenset(reader.texts(name, value, path)),
    "bool": _Reader.flag,
    "int": lambda reader, name, value, path: reader.count(name, value, path).default,
    "Category": _Reader.category,
    "Count": _Reader.count,
    "Optional[Count]": _Reader.count,
    "tuple[Count, ...]": _Reader.counts,
    "Mapping[str, str]": _Reader.by_pointer,
    "Mapping[str, tuple[str, ...]]": _Reader.pointers_by_name,
    "Mapping[str, Count]": _Reader.counts_by_name,
}
"""How the fields of records are read, by their type as it is written."""


@cache
def _fields(record: type) -> Mapping[str, Field[Any]]:
    return {one.name: one for one in fields(record) if one.name not in _INTERNAL}


def _is_needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _may(known: Any) -> str:
    """Return the end of a message about a word that is like none of those that may stand there."""
    return f"; here may stand {', '.join(sorted(known))}"
