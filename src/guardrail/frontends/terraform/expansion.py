"""How many instances a block has, and what they are called: `count`, `for_each`, `enabled`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, Optional, Union

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert, kind_name
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.expressions.comprehension import Elements, elements
from guardrail.frontends.terraform.lazy import Lazy, Reached, pair
from guardrail.frontends.terraform.operators import test
from guardrail.frontends.terraform.scope import Scope
from guardrail.frontends.terraform.syntax.nodes import Argument, Block
from guardrail.frontends.terraform.types import NUMBER, STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ListValue,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    unknown,
    with_candidates,
)
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import SINGLE, Multiplicity
from guardrail.model.value import CANDIDATES, UNBOUNDED, Reason, strictest

INSTANCES: Final = 10_000
"""How many instances of one block are evaluated one by one; with more, one stands for all."""

Key = Union[int, str, None]
Mode = Literal["single", "count", "for_each"]


@dataclass(frozen=True, slots=True)
class Slot:
    """
    One instance, or the one that stands for several (`symbolic`).

    `names` are those that its expressions can use: `each` or `count`.
    """

    key: Key = None
    symbolic: bool = False
    names: Optional[Mapping[str, Reached]] = None
    multiplicity: Multiplicity = SINGLE

    @property
    def suffix(self) -> str:
        """What follows the name in an address."""
        if self.symbolic:
            return "[?]"
        if self.key is None:
            return ""
        return f"[{self.key}]" if isinstance(self.key, int) else f"[{quoted(self.key)}]"


@dataclass(frozen=True, slots=True)
class Expansion:
    """All instances of a block. With a `doubt` there may be others, or fewer, than those listed."""

    mode: Mode
    slots: tuple[Slot, ...]
    doubt: Optional[Unknown] = None


ONE: Final = Expansion("single", (Slot(),))


def quoted(key: str) -> str:
    """Return a key as HCL writes it."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def expand(declaration: Declaration, scope: Scope) -> Expansion:
    """Return the instances of a block. Raises an `EvaluationError` where Terraform would."""
    count, for_each = declaration.argument("count"), declaration.argument("for_each")
    if count is not None and for_each is not None:
        raise EvaluationError("count and for_each exclude each other", for_each)
    if count is not None:
        return _counted(count, scope)
    if for_each is not None:
        return _for_each(for_each, scope)
    enabled = _enabled(declaration.block)
    return ONE if enabled is None else _optional(enabled, scope)


def symbolic(mode: Mode, why: Unknown) -> Expansion:
    """Return one instance that stands for however many there are."""
    return Expansion(mode, (_symbolic(mode, Multiplicity(0, UNBOUNDED, why), why),), why)


def gathered(expansion: Expansion) -> Expansion:
    """Return one instance that stands for all of an expansion."""
    least = sum(slot.multiplicity.min for slot in expansion.slots)
    most = [slot.multiplicity.max for slot in expansion.slots]
    whole = sum(each for each in most if isinstance(each, int))
    multiplicity = Multiplicity(least, whole if all(isinstance(each, int) for each in most) else UNBOUNDED)
    return Expansion(
        expansion.mode, (replace(_crowd(expansion.mode, whole), multiplicity=multiplicity),), expansion.doubt
    )


def product(outer: Multiplicity, inner: Multiplicity) -> Multiplicity:
    """Return the number of copies of something with `inner` in each of `outer`."""
    why = outer.why or inner.why
    if outer.why is not None and inner.why is not None:
        why = outer.why if strictest((outer.why.reason, inner.why.reason)) is outer.why.reason else inner.why
    if 0 in (outer.max, inner.max):
        return Multiplicity(0, 0, why)
    if not isinstance(outer.max, int) or not isinstance(inner.max, int):
        return Multiplicity(outer.min * inner.min, UNBOUNDED, why)
    return Multiplicity(outer.min * inner.min, outer.max * inner.max, why)


def mode_of(declaration: Declaration) -> Mode:
    """Return how the instances of a block are called, without evaluating anything."""
    return "count" if declaration.argument("count") else "for_each" if declaration.argument("for_each") else "single"


def _symbolic(mode: Mode, multiplicity: Multiplicity, why: Unknown, each: Optional[Mapping[str, Value]] = None) -> Slot:
    if mode == "count":
        names: Mapping[str, Reached] = {"count": ObjectValue(index=_position(multiplicity, why))}
    else:
        key = unknown(why, type=STRING, not_null=True)
        names = {"each": ObjectValue(each or {"key": key, "value": unknown(why)})}
    return Slot(None, symbolic=True, names=names, multiplicity=multiplicity)


def _position(multiplicity: Multiplicity, why: Unknown) -> Value:
    position = unknown(why, type=NUMBER, not_null=True)
    most = multiplicity.max
    return with_candidates(position, range(most)) if isinstance(most, int) and 0 < most <= CANDIDATES else position


def _enabled(block: Block) -> Optional[Argument]:
    """Return `enabled` of the `lifecycle` block, which OpenTofu knows."""
    settings = (inner.body.arguments.get("enabled") for inner in block.body.blocks if inner.type == "lifecycle")
    return next((found for found in settings if found is not None), None)


def _optional(enabled: Argument, scope: Scope) -> Expansion:
    verdict = test(scope.evaluate(enabled.value), "value of enabled", scope.meter)
    if isinstance(verdict, Unknown):
        return Expansion("single", (Slot(multiplicity=Multiplicity(0, 1, verdict)),), verdict)
    return ONE if verdict else Expansion("single", ())


def _counted(argument: Argument, scope: Scope) -> Expansion:
    value = scope.evaluate(argument.value)
    if isinstance(value, Unknown):
        return _uncertain("count", value, [_size(candidate) for candidate in value.one_of or ()])
    size = _size(value)
    if size > INSTANCES:
        return Expansion("count", (_crowd("count", size),))
    slots = tuple(Slot(index, names={"count": ObjectValue(index=index)}) for index in range(size))
    return Expansion("count", slots)


def _size(value: Value) -> int:
    if value is None:
        raise EvaluationError("count is null")
    size = convert(value, NUMBER)
    if not isinstance(size, int) or size < 0:
        raise EvaluationError("count must be a whole number, 0 or more")
    return size


def _uncertain(mode: Mode, why: Unknown, sizes: Sequence[int], each: Optional[Mapping[str, Value]] = None) -> Expansion:
    if not sizes:
        return symbolic(mode, why)
    multiplicity = Multiplicity(min(sizes), max(sizes), why)
    return Expansion(mode, (_symbolic(mode, multiplicity, why, each),), why)


def _crowd(mode: Mode, size: int) -> Slot:
    """Return the slot that stands for a known number of instances, too many to be evaluated one by one."""
    why = Unknown(Reason.REFUSED, note=f"{size:,} instances, of which at most {INSTANCES:,} are evaluated one by one")
    return _symbolic(mode, Multiplicity(size, size), why)


def _for_each(argument: Argument, scope: Scope) -> Expansion:
    reached = scope.reach(argument.value)
    if isinstance(reached, Lazy):
        items = reached.items()
        found = items if isinstance(items, Unknown) else Elements(items)
    else:
        found = _collection(reached)
    if isinstance(found, Unknown):
        return _any_of(found)
    if any(not isinstance(key, str) for key, _ in found.pairs):
        raise EvaluationError("for_each takes a map, or a set of strings without null")
    if len(found.pairs) > INSTANCES:
        return Expansion("for_each", (_crowd("for_each", len(found.pairs)),), found.rest)
    slots = [Slot(key, names={"each": pair(key, value)}) for key, value in found.pairs]
    if found.rest is not None:
        slots.append(_symbolic("for_each", Multiplicity(0, UNBOUNDED, found.rest), found.rest))
    return Expansion("for_each", tuple(slots), found.rest)


def _collection(value: Value) -> Union[Elements, Unknown]:
    if isinstance(value, (TupleValue, ListValue)):
        raise EvaluationError(
            f"for_each takes a map or a set, not a {kind_name(value).partition('(')[0]}: toset() makes one"
        )
    return elements(value)


def _any_of(collection: Unknown) -> Expansion:
    """Return the instance for one of several collections, or for one of which nothing is known."""
    candidates = [_collection(candidate) for candidate in collection.one_of or ()]
    known = [each for each in candidates if isinstance(each, Elements)]
    if not known or len(known) < len(candidates):
        return symbolic("for_each", collection)
    pairs = [pair for each in known for pair in each.pairs]
    key = unknown(collection, type=STRING, not_null=True)
    each = {
        "key": with_candidates(key, [key for key, _ in pairs]) if pairs else key,
        "value": one_of(unknown(collection), [value for _, value in pairs]) if pairs else unknown(collection),
    }
    return _uncertain("for_each", collection, [len(each.pairs) for each in known], each)
