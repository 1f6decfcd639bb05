"""
The types of Terraform values: what constraints are made of, and what conversion and unification compare.

A type says nothing about null: every type has one. `ANY` is the type that is not known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Optional, Union

from guardrail.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Primitive:
    """`string`, `number` or `bool`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class AnyType:
    """Not known yet, or left to the value."""

    def __str__(self) -> str:
        return "any"


@dataclass(frozen=True, slots=True)
class ListType:
    """Elements of one type, in order."""

    element: Type

    def __str__(self) -> str:
        return f"list({self.element})"


@dataclass(frozen=True, slots=True)
class SetType:
    """Elements of one type, each once, in no order of the author's."""

    element: Type

    def __str__(self) -> str:
        return f"set({self.element})"


@dataclass(frozen=True, slots=True)
class MapType:
    """Members of one type under any keys."""

    element: Type

    def __str__(self) -> str:
        return f"map({self.element})"


@dataclass(frozen=True, slots=True)
class TupleType:
    """A fixed number of elements, each of its own type."""

    elements: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple([{', '.join(str(element) for element in self.elements)}])"


@dataclass(frozen=True, slots=True)
class OptionalAttribute:
    """What `optional(type, default)` adds to an attribute: it may be missing, and `default` stands in for it."""

    default: Any = None


@dataclass(frozen=True, slots=True)
class ObjectType:
    """Attributes by name, each of its own type. `optional` has those that a constraint lets be missing."""

    attributes: Mapping[str, Type]
    optional: Optional[Mapping[str, OptionalAttribute]] = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"object({{{', '.join(f'{name} = {kind}' for name, kind in self.attributes.items())}}})"


Type = Union[Primitive, AnyType, ListType, SetType, MapType, TupleType, ObjectType]

STRING: Final = Primitive("string")
NUMBER: Final = Primitive("number")
BOOL: Final = Primitive("bool")
ANY: Final = AnyType()


def definite(kind: Type) -> bool:
    """Whether nothing of the type is left open."""
    if isinstance(kind, ObjectType):
        return all(map(definite, kind.attributes.values()))
    if isinstance(kind, TupleType):
        return all(map(definite, kind.elements))
    return definite(kind.element) if isinstance(kind, (ListType, SetType, MapType)) else kind is not ANY
