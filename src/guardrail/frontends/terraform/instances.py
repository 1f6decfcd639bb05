"""Resources, data sources and modules as expressions see them: one instance, or all of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional, Union

from guardrail.frontends.terraform.candidates import one_of
from guardrail.frontends.terraform.convert import convert
from guardrail.frontends.terraform.expansion import Expansion, Key
from guardrail.frontends.terraform.lazy import Lazy, Reached
from guardrail.frontends.terraform.meter import Meter
from guardrail.frontends.terraform.types import NUMBER, STRING
from guardrail.frontends.terraform.values import (
    EvaluationError,
    ObjectValue,
    OpenMap,
    TupleValue,
    Unknown,
    Value,
    checked,
    refused,
    unknown,
)
from guardrail.model.value import CANDIDATES


class One(Lazy):
    """An object that is asked for one attribute at a time."""

    __slots__ = ()

    def index(self, key: Value) -> Reached:
        """Return `object["name"]`, the same as `object.name`."""
        if isinstance(key, Unknown):
            return unknown(key)
        return self.attribute(convert(key, STRING))

    def items(self) -> Union[list[tuple[Value, Reached]], Unknown]:
        """Return unknown: what is computed has names that no configuration tells."""
        whole = self.value()
        return unknown(whole) if isinstance(whole, (OpenMap, Unknown)) else sorted(whole.items())

    def splat(self) -> Union[list[Reached], Unknown]:
        """Return the object as the one element that it is."""
        return [self]


class InstanceSet(Lazy):
    """
    The instances of a block with `count` or `for_each`, by key.

    `symbolic` stands for those that are not known, or too many.
    """

    __slots__ = ("_label", "_meter", "_value", "expansion", "known", "symbolic")

    def __init__(self, label: str, expansion: Expansion, instances: Sequence[Lazy], meter: Meter) -> None:
        self._label = label
        self._meter = meter
        self.expansion = expansion
        pairs = list(zip(expansion.slots, instances, strict=True))
        self._value: Value = None
        self.known: Mapping[Key, Lazy] = {slot.key: each for slot, each in pairs if not slot.symbolic}
        self.symbolic: Optional[Lazy] = next((each for slot, each in pairs if slot.symbolic), None)

    def attribute(self, name: str) -> Reached:
        """Return the instance of that name, for `for_each` only."""
        if self.expansion.mode == "count":
            raise EvaluationError(f"{self._label} has count: an index like [0] must come before .{name}")
        return self.index(name)

    def index(self, key: Value) -> Reached:
        """Return one instance. One that may not exist is taken for existing, with a doubt."""
        if isinstance(key, Unknown):
            return self._any(key)
        wanted = convert(key, NUMBER if self.expansion.mode == "count" else STRING)
        if wanted in self.known and not isinstance(wanted, bool):
            return self.known[wanted]
        if self.symbolic is None or self._beyond(wanted):
            raise EvaluationError(f"{self._label} has no instance {key!r}".replace("'", '"'))
        if not self._certain(wanted):
            self._meter.doubt = self.expansion.doubt
        return self.symbolic

    def _symbolic_size(self) -> tuple[int, Optional[int]]:
        multiplicity = next(slot.multiplicity for slot in self.expansion.slots if slot.symbolic)
        return multiplicity.min, multiplicity.max if isinstance(multiplicity.max, int) else None

    def _beyond(self, wanted: Key) -> bool:
        most = self._symbolic_size()[1]
        return isinstance(wanted, int) and (wanted < 0 or (most is not None and wanted >= most))

    def _certain(self, wanted: Key) -> bool:
        return isinstance(wanted, int) and wanted < self._symbolic_size()[0]

    def _any(self, key: Unknown) -> Reached:
        """Return the instance for a key that is not known: any of them, since one without would be an error."""
        choices = [*self.known.values(), *([self.symbolic] if self.symbolic is not None else [])]
        self._meter.doubt = key
        return Choice(key, choices) if 0 < len(choices) <= CANDIDATES else unknown(key)

    def _all(self) -> Optional[Unknown]:
        """Return why the instances cannot be listed, None where they can."""
        if self.expansion.doubt is not None:
            return self.expansion.doubt
        return refused(f"{self._label} has too many instances") if self.symbolic is not None else None

    def items(self) -> Union[list[tuple[Value, Reached]], Unknown]:
        """Return the instances by key."""
        doubt = self._all()
        return unknown(doubt) if doubt else list(self.known.items())

    def splat(self) -> Union[list[Reached], Unknown]:
        """Return the instances."""
        doubt = self._all()
        return unknown(doubt) if doubt else list(self.known.values())

    def value(self) -> Value:
        """Return a tuple or object of all instances; built once."""
        if self._value is None:
            self._value = self._built()
        return self._value

    def _built(self) -> Value:
        doubt = self._all()
        if self.expansion.mode == "count":
            if doubt:
                return unknown(doubt, not_null=True)
            return checked(TupleValue(each.value() for each in self.known.values()))
        members = {str(key): each.value() for key, each in self.known.items()}
        return checked(OpenMap(members, unknown(doubt)) if doubt else ObjectValue(members))


class Choice(One):
    """One of several instances, and it is not known which."""

    __slots__ = ("_choices", "_why")

    def __init__(self, why: Unknown, choices: Sequence[Lazy]) -> None:
        self._why = why
        self._choices = choices

    def attribute(self, name: str) -> Reached:
        """Return what the attribute is in any of them."""
        reached = [each.attribute(name) for each in self._choices]
        return one_of(unknown(self._why), [each.value() if isinstance(each, Lazy) else each for each in reached])

    def value(self) -> Value:
        """Return what is common to all of them."""
        return one_of(unknown(self._why), [each.value() for each in self._choices])


class Settled(One):
    """An object whose attributes a function tells: outputs of a module, results of what is not at hand."""

    __slots__ = ("_attribute", "_value")

    def __init__(self, attribute: Callable[[str], Reached], value: Callable[[], Any]) -> None:
        self._attribute = attribute
        self._value = value

    def attribute(self, name: str) -> Reached:
        """Return the attribute of that name."""
        return self._attribute(name)

    def value(self) -> Value:
        """Return the whole object."""
        return self._value()
