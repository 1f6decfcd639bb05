"""Objects that are evaluated attribute by attribute: resources, modules, and the namespaces of names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union

from guardrail.frontends.terraform.values import EvaluationError, ObjectValue, Unknown, Value

Reached = Any
"""A `Value`, or a `Lazy` on the way to one."""


class Lazy:
    """
    Something that an expression can step into without evaluating the whole of it.

    Two resources may refer to attributes of each other, and a resource with a thousand instances need not be built
    as a value for one of them to be read. It never ends up inside a value: `value` makes one of it.
    """

    __slots__ = ()

    def attribute(self, name: str) -> Reached:
        """Return what `.name` leads to."""
        raise NotImplementedError

    def index(self, key: Value) -> Reached:
        """Return what `[key]` leads to. The key is not null."""
        raise NotImplementedError

    def items(self) -> Union[list[tuple[Value, Reached]], Unknown]:
        """Return keys and elements, as `for` and `for_each` visit them."""
        raise NotImplementedError

    def splat(self) -> Union[list[Reached], Unknown]:
        """Return the elements that `[*]` goes over."""
        raise NotImplementedError

    def value(self) -> Value:
        """Return the whole as a value."""
        raise NotImplementedError


class Namespace(Lazy):
    """What stands before the first dot: `var`, `local`, `module`, `data.TYPE`, `TYPE`. It is no value by itself."""

    __slots__ = ("_member", "name")

    def __init__(self, name: str, member: Callable[[str], Reached]) -> None:
        self.name = name
        self._member = member

    def attribute(self, name: str) -> Reached:
        """Return the member of that name."""
        return self._member(name)

    def index(self, key: Value) -> Reached:
        """Return the member of that name: `var["x"]` is `var.x`, though Terraform takes names only."""
        if not isinstance(key, str):
            raise EvaluationError(f'"{self.name}" must be followed by a name')
        return self._member(key)

    def items(self) -> Union[list[tuple[Value, Reached]], Unknown]:
        """Raise: a namespace cannot be gone over."""
        raise EvaluationError(f'"{self.name}" must be followed by a name')

    def splat(self) -> Union[list[Reached], Unknown]:
        """Raise: a namespace cannot be gone over."""
        raise EvaluationError(f'"{self.name}" must be followed by a name')

    def value(self) -> Value:
        """Raise: a namespace is no value."""
        raise EvaluationError(f'"{self.name}" must be followed by a name')


class _Pair(Lazy):
    """Key and value of an iteration over resources or modules: the value stays lazy."""

    __slots__ = ("_key", "_value")

    def __init__(self, key: Value, value: Lazy) -> None:
        self._key = key
        self._value = value

    def attribute(self, name: str) -> Reached:
        """Return the key or the value."""
        if name not in ("key", "value"):
            raise EvaluationError(f'there is no "{name}" in it, only key and value')
        return self._key if name == "key" else self._value

    def index(self, key: Value) -> Reached:
        """Return the key or the value."""
        return self.attribute(str(key))

    def items(self) -> Union[list[tuple[Value, Reached]], Unknown]:
        """Return both members."""
        return [("key", self._key), ("value", self._value)]

    def splat(self) -> Union[list[Reached], Unknown]:
        """Return the pair as the one element that it is."""
        return [self]

    def value(self) -> Value:
        """Return the pair as an object."""
        return ObjectValue(key=self._key, value=self._value.value())


def pair(key: Value, value: Reached) -> Reached:
    """Return what `each`, or the iterator of a `dynamic` block, stands for."""
    return _Pair(key, value) if isinstance(value, Lazy) else ObjectValue(key=key, value=value)
