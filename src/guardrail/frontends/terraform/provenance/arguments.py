"""Functions that hand on what they are given: which of its arguments a part of the result comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Optional

from guardrail.frontends.terraform.provenance.spots import Spot
from guardrail.frontends.terraform.syntax import nodes
from guardrail.frontends.terraform.values import Listed, Mapped, OpenMap, Unknown, Value, same
from guardrail.model.value import ABSENT

_Arguments = tuple[nodes.Expression, ...]

Test = Callable[[Spot], None]
"""Takes note of what decides between values."""


def _merge(_: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    """Go on at the last argument that has the key, and at those after it that may have it."""
    if not spot.path:
        yield from (spot.at(argument) for argument in arguments)
        return
    for argument in reversed(arguments):
        value = spot.evaluate(argument)
        if isinstance(value, Mapped) and spot.path[0] in value:
            yield spot.at(argument, spot.path)
            return
        if isinstance(value, Unknown) or (isinstance(value, OpenMap) and value.may_hold(str(spot.path[0]))):
            yield spot.at(argument, spot.path)


def _first(_: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    """Go on at the first argument that is a value, and at those before it that may turn out to be one."""
    for argument in arguments:
        value = spot.evaluate(argument)
        if value is not ABSENT and not _skipped(spot, value):
            yield spot.at(argument, spot.path)
            if not isinstance(value, Unknown):
                return


def _skipped(spot: Spot, value: Value) -> bool:
    """Whether `coalesce` passes over a value; `try` takes any."""
    return spot.node.function.startswith("coalesce") and value in (None, "", ())  # type: ignore[union-attr]


def _lookup(test: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    if len(arguments) < _LOOKUP:
        return
    test(spot.at(arguments[1]))
    key, collection = spot.key(arguments[1]), spot.evaluate(arguments[0])
    if key is not None and (not isinstance(collection, Mapped) or key in collection):
        yield spot.at(arguments[0], (key, *spot.path))
    else:
        yield from (spot.at(argument) for argument in (arguments[0], *arguments[2:]))


_LOOKUP: Final = 2


def _element(test: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    collection = spot.evaluate(arguments[0]) if arguments else ABSENT
    key = spot.key(arguments[1]) if len(arguments) == _LOOKUP else None
    for argument in arguments[1:]:
        test(spot.at(argument))
    if isinstance(collection, Listed) and collection and isinstance(key, int):
        yield spot.at(arguments[0], (key % len(collection), *spot.path))
    elif arguments:
        yield spot.at(arguments[0])


def _concat(_: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    """Go on at the list that the index falls into."""
    position = spot.path[0] if spot.path else None
    for argument in arguments:
        value = spot.evaluate(argument)
        if not isinstance(position, int) or not isinstance(value, Listed):
            yield spot.at(argument)
        elif position < len(value):
            yield spot.at(argument, (position, *spot.path[1:]))
            return
        else:
            position -= len(value)


def _reordered(_: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    """Go on at the element that the result has there, wherever the argument has it; without a path at all of them."""
    place = spot.path[0] if spot.path else None
    result, given = spot.evaluate(spot.node), spot.evaluate(arguments[0]) if arguments else ABSENT
    at: Optional[int] = None
    if isinstance(place, int) and isinstance(result, Listed) and isinstance(given, Listed) and place < len(result):
        at = next((index for index, each in enumerate(given) if same(each, result[place])), None)
    yield from (spot.at(each, () if at is None else (at, *spot.path[1:])) for each in arguments[:1])


def _same(_: Test, spot: Spot, arguments: _Arguments) -> Iterator[Spot]:
    """Go on at the argument, whose parts are those of the result."""
    yield from (spot.at(argument, spot.path) for argument in arguments[:1])


HANDED_ON: Final[Mapping[str, Callable[[Test, Spot, _Arguments], Iterator[Spot]]]] = {
    "merge": _merge,
    "try": _first,
    "coalesce": _first,
    "coalescelist": _first,
    "lookup": _lookup,
    "element": _element,
    "concat": _concat,
    **dict.fromkeys(("tostring", "tonumber", "tobool", "tolist", "tomap", "sensitive", "nonsensitive"), _same),
    **dict.fromkeys(("compact", "distinct", "reverse", "sort", "toset"), _reordered),
}
"""By the name of the function: yields where to go on, given the call and its arguments."""
