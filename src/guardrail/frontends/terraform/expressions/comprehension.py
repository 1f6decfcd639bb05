"""`[for …]` and `{for …}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Optional, Union

from guardrail.frontends.terraform.candidates import lift
from guardrail.frontends.terraform.convert import convert, kind_name
from guardrail.frontends.terraform.expressions.hints import type_of_null
from guardrail.frontends.terraform.kinds import declare
from guardrail.frontends.terraform.lazy import Lazy, Reached
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Expression, For
from guardrail.frontends.terraform.types import ANY, STRING, TupleType, Type
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    Mapped,
    ObjectValue,
    OpenMap,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    checked,
    first_unknown,
    members,
    refused,
    unknown,
)
from guardrail.model.dataclass import dataclass

ELEMENTS = 100_000
"""The most elements that a collection may have to be gone over."""


@dataclass(frozen=True, slots=True)
class Elements:
    """
    Keys and elements in the order of a visit; `rest` stands for those that there may be beside them.

    `disorder` says why it is not known in which order they are.
    """

    pairs: list[tuple[Value, Reached]]
    rest: Optional[Unknown] = None
    disorder: Optional[Unknown] = None


def elements_of(node: Expression, scope: Scope) -> Union[Elements, Unknown]:
    """Return the elements of a collection, unknown where nothing can be said of them."""
    reached = scope.reach(node)
    if isinstance(reached, Lazy):
        items = reached.items()
        return items if isinstance(items, Unknown) else Elements(items)
    return elements(reached)


def elements(value: Value) -> Union[Elements, Unknown]:
    """Return the elements of a collection, as `for`, `for_each` and `dynamic` visit them."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, SetValue):
        known = [(each, each) for each in value if not isinstance(each, Unknown)]
        disorder = first_unknown(value) if len(value) > 1 else None
        return Elements(known, unknown(value) if len(known) < len(value) else None, disorder)
    if isinstance(value, (TupleValue, ListValue)):
        return Elements(list(enumerate(value)))
    if isinstance(value, Mapped):
        return Elements(members(value), value.rest if isinstance(value, OpenMap) else None)
    found = "null" if value is None else f"a {kind_name(value)}"
    raise EvaluationError(f"only a list, a set, a map or an object has elements to go through, not {found}")


def for_(node: For, scope: Scope) -> Value:
    """Return the tuple or object that a `for` expression makes."""
    found = elements_of(node.collection, scope)
    if isinstance(found, Unknown):
        return scope.meter.doubted(lift(lambda known: _loop(node, elements(known), scope), found), found)
    return _loop(node, found, scope)


def _loop(node: For, found: Union[Elements, Unknown], scope: Scope) -> Value:
    if isinstance(found, Unknown):  # among candidates only
        return unknown(found)
    if len(found.pairs) > ELEMENTS:
        return scope.meter.noticed(node, refused(f"a for expression over more than {ELEMENTS:,} elements"))
    if node.result_key is None:
        return _whole(node, _tuple(node, found, scope), scope)
    return _whole(node, _grouped(node, found, scope) if node.grouped else _object(node, found, scope), scope)


def _whole(node: For, result: Value, scope: Scope) -> Value:
    whole = checked(result)
    return whole if whole is result else scope.meter.noticed(node, whole)


def _inner(node: For, key: Value, element: Reached, scope: Scope) -> Scope:
    scope.meter.charge(1)
    return scope.inner({node.value: element} if node.key is None else {node.key: key, node.value: element})


def _kept(node: For, scope: Scope) -> Value:
    """Return whether the `if` clause keeps the element at hand."""
    return True if node.test is None else test(scope.evaluate(node.test), "if clause", scope.meter)


def _tuple(node: For, found: Elements, scope: Scope) -> Value:
    """One element more or less moves all that follow, so that a single unknown test leaves nothing known."""
    results: list[Value] = []
    doubts = [doubt for doubt in (found.rest, found.disorder) if doubt is not None]
    nulls: dict[int, Type] = {}
    for key, element in found.pairs:
        inner = _inner(node, key, element, scope)
        kept = _kept(node, inner)
        if isinstance(kept, Unknown):
            doubts.append(kept)
        elif kept:
            results.append(inner.evaluate(node.result))
            if results[-1] is None:
                nulls[len(results) - 1] = type_of_null(node.result, inner)
    if doubts:
        return unknown(*doubts, not_null=True)
    made = TupleValue(results)
    return declare(made, TupleType(tuple(nulls.get(at, ANY) for at in range(len(results))))) if nulls else made


def _object(node: For, found: Elements, scope: Scope) -> Value:
    result = ObjectValue()
    doubts: list[Unknown] = [found.rest] if found.rest else []
    for name, value in _members(node, found, scope, doubts):
        if name in result:
            raise EvaluationError(f'two elements have the key "{name}": "..." after the value would group them')
        result[name] = value
    return OpenMap(result, unknown(*doubts)) if doubts else result


def _grouped(node: For, found: Elements, scope: Scope) -> Value:
    """Return the groups. One may get further elements from wherever there is doubt; that it exists does not change."""
    groups: dict[str, list[Value]] = {}
    doubts: list[Unknown] = [found.rest] if found.rest else []
    for name, value in _members(node, found, scope, doubts):
        groups.setdefault(name, []).append(value)
    if doubts:
        rest = unknown(*doubts)
        return OpenMap(dict.fromkeys(groups, rest), rest)
    return ObjectValue({name: TupleValue(group) for name, group in groups.items()})


def _members(node: For, found: Elements, scope: Scope, doubts: list[Unknown]) -> Iterator[tuple[str, Value]]:
    """Yield the key and value of each element that is kept; `doubts` gets why of others it is not known."""
    for key, element in found.pairs:
        inner = _inner(node, key, element, scope)
        kept = _kept(node, inner)
        if kept is False:
            continue
        name = _result_key(node, inner)
        value = inner.evaluate(node.result)
        if isinstance(kept, Unknown) or isinstance(name, Unknown):
            doubts.append(kept if isinstance(kept, Unknown) else name)
        else:
            yield name, value


def _result_key(node: For, scope: Scope) -> Value:
    if node.result_key is None:
        raise AssertionError
    name = scope.evaluate(node.result_key)
    if name is None:
        raise EvaluationError("a key is null", node.result_key)
    return scope.meter.doubted(convert(name, STRING), name)
