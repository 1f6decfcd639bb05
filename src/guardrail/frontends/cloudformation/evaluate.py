"""
Values of a template, three-valued: what a parameter, an account or another stack decides is not known.

A parameter without a default is a variable without a value; one with allowed values is one of them. Both arms of an
`Fn::If` whose condition is not known are candidates. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Optional, Union

from guardrail.frontends.budget import weight
from guardrail.frontends.cloudformation import functions
from guardrail.frontends.cloudformation.loops import LOOP, MOST, members
from guardrail.frontends.cloudformation.template import Template, hidden
from guardrail.model.value import CANDIDATES, OpenMap, Reason, Unknown, Value, apply

STEPS: Final = 200_000
"""Values of one template that are worked out: the largest templates of 1 MB have some ten thousand."""

DEPTH: Final = 60
"""How deep functions and references nest."""


class _NoValue:
    """What `AWS::NoValue` leaves: nothing."""


NO_VALUE: Final = _NoValue()

_ENVIRONMENT: Final = frozenset(
    {"AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"}
)
_TOO_MUCH: Final = Unknown(Reason.REFUSED, note="the template takes too many steps, or nests too deeply")
_CIRCLE: Final = Unknown(Reason.ERROR, note="it refers to itself")
_PASSING: Final = frozenset({"Condition", "Fn::Condition", "Fn::If"})
"""Functions that pass on what was counted already."""

_PARAMETER_STORE: Final = "AWS::SSM::Parameter::"


class Evaluator:
    """Works out values of one template; what was asked for once is remembered."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._parameters = template.section("Parameters")
        self._mappings = template.section("Mappings")
        self._conditions = template.section("Conditions")
        self._resources = template.section("Resources")
        self._known: dict[tuple[str, str], Value] = {}
        self._steps = STEPS
        self._loops = [MOST]
        self._depth = 0

    def value(self, written: Value) -> Value:
        """Return a value with its functions called; `NO_VALUE` where nothing is left of it."""
        if self._steps <= 0 or self._depth > DEPTH:
            return _TOO_MUCH
        self._steps -= 1
        if isinstance(written, str):
            return functions.text(written)
        if isinstance(written, Mapping):
            if len(written) == 1:
                ((name, argument),) = written.items()
                looped = name.startswith(LOOP)
                if (
                    name == "Ref"
                    or (name.startswith("Fn::") and not looped)
                    or (name == "Condition" and isinstance(argument, str))
                ):
                    return self._deeper(lambda: self._call(name, argument))
            return self._deeper(lambda: self._mapping(written))
        if isinstance(written, tuple):
            found = self._deeper(lambda: tuple(self.value(one) for one in written))
            return tuple(one for one in found if one is not NO_VALUE) if isinstance(found, tuple) else found
        return written

    def condition(self, name: Value) -> Union[bool, Unknown]:
        """Return whether a condition holds; one that is not there is in error."""
        if isinstance(name, bool):  # a name like Yes, which YAML takes for a boolean here as where it is declared
            name = str(name).lower()
        if not isinstance(name, str) or name not in self._conditions:
            return Unknown(Reason.ERROR, note="there is no such condition")
        found = self._once("condition", name, lambda: self.value(self._conditions[name]))
        return found if isinstance(found, (bool, Unknown)) else Unknown(Reason.ERROR, note="a condition is no boolean")

    def _deeper(self, work: Callable[[], Value]) -> Value:
        self._depth += 1
        try:
            return work()
        finally:
            self._depth -= 1

    def _once(self, kind: str, name: str, work: Callable[[], Value]) -> Value:
        key = (kind, name)
        if key not in self._known:
            self._known[key] = _CIRCLE  # what is asked for while it is worked out refers to itself
            self._known[key] = work()
        return self._known[key]

    def _mapping(self, written: Mapping[str, Value]) -> Value:
        found: dict[str, Value] = {}
        rest = written.rest if isinstance(written, OpenMap) else None
        for key, member in written.items():
            made = members(member, self.value, self._loops) if key.startswith(LOOP) else None
            if made is not None:
                several = self._mapping(made)
                if isinstance(several, OpenMap):
                    rest = several.rest
                found.update(several)
                continue
            if key.startswith("Fn::"):  # a loop of any length, Fn::Transform: what they add here is not known
                rest = Unknown(Reason.REFUSED, note=f"{key.rpartition('::')[0] or key} is not worked out")
                continue
            value = self.value(member)
            if value is not NO_VALUE:
                found[key] = value
        return found if rest is None else OpenMap(found, rest)

    def _call(self, name: str, argument: Value) -> Value:
        """Return what a function makes. What it makes of what is elsewhere counts anew: that could double each time."""
        found = self._made(name, argument)
        if name in _PASSING:
            return found
        self._steps -= _size(found)
        return found if self._steps > 0 else _TOO_MUCH

    def _made(self, name: str, argument: Value) -> Value:
        if name == "Ref":
            return self._reference(argument)
        if name in ("Condition", "Fn::Condition"):
            return self.condition(argument)
        if name == "Fn::If":
            return self._chosen(argument)
        if name == "Fn::GetAtt":
            return self._attribute(argument)
        if name == "Fn::Sub":
            return self._substituted(argument)
        if name == "Fn::FindInMap":
            return self._mapped(argument)
        function = functions.FUNCTIONS.get(name)
        if function is None:
            return Unknown(functions.REFUSED.get(name, Reason.REFUSED), note=f"{name[:40]} is not worked out")
        found = self.value(argument)
        return _TOO_MUCH if found is NO_VALUE else function(found)

    def _reference(self, name: Value) -> Value:
        if not isinstance(name, str):
            return Unknown(Reason.ERROR, note="Ref takes a name")
        if name == "AWS::NoValue":
            return NO_VALUE
        if name == "AWS::Region":
            stated = self._template.region
            return stated if stated is not None else Unknown(Reason.ENVIRONMENT, note="the region of the stack")
        if name in _ENVIRONMENT:
            return Unknown(Reason.ENVIRONMENT, note=f"{name} is known to the stack")
        if name in self._parameters:
            given = self._template.given.get(name)
            return self._once("parameter", name, lambda: _parameter(name, self._parameters[name], given))
        if name in self._resources:
            return Unknown(Reason.COMPUTED, note=f"what {name} is called is known after it is made")
        return Unknown(Reason.ERROR, note=f"nothing is called {name[:80]}")

    def _attribute(self, argument: Value) -> Value:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, (list, tuple)) or not parts or not isinstance(parts[0], str):
            return Unknown(Reason.ERROR, note="Fn::GetAtt takes a name and an attribute")
        resource = self._resources.get(parts[0])
        if not isinstance(resource, Mapping):
            return Unknown(Reason.ERROR, note=f"there is no resource {parts[0][:80]}")
        properties = resource.get("Properties")
        wanted = parts[1] if len(parts) > 1 else None
        if isinstance(properties, Mapping) and isinstance(wanted, str) and wanted in properties:
            return self._once("attribute", f"{parts[0]}.{wanted}", lambda: self.value(properties[wanted]))
        return Unknown(Reason.COMPUTED, note=f"an attribute of {parts[0]} is known after it is made")

    def _chosen(self, argument: Value) -> Value:
        if not isinstance(argument, tuple) or len(argument) != 3:  # noqa: PLR2004 - condition and two arms
            return Unknown(Reason.ERROR, note="Fn::If takes a condition and two values")
        holds = self.condition(argument[0])
        if isinstance(holds, bool):
            return self.value(argument[1] if holds else argument[2])
        arms = [self.value(arm) for arm in argument[1:]]
        arms = [None if arm is NO_VALUE else arm for arm in arms]
        if arms[0] == arms[1]:
            return NO_VALUE if arms[0] is None else arms[0]
        hidden_arm = next((arm for arm in arms if _is_hidden(arm)), None)
        if hidden_arm is not None:
            return Unknown(holds.reason, note=holds.note)
        return Unknown(holds.reason, tuple(arms), note=holds.note)

    def _substituted(self, argument: Value) -> Value:
        text = argument
        own: Mapping[str, Value] = {}
        if isinstance(argument, tuple) and len(argument) == 2 and isinstance(argument[1], Mapping):  # noqa: PLR2004
            text, own = argument[0], argument[1]
        if not isinstance(text, str):
            return text if isinstance(text, Unknown) else Unknown(Reason.ERROR, note="Fn::Sub takes a text")
        return functions.substituted(text, lambda name: self._named(name, own))

    def _named(self, name: str, own: Mapping[str, Value]) -> Value:
        """Return what `${name}` in a text stands for."""
        if name in own:
            return self.value(own[name])
        return self._attribute(name) if "." in name else self._reference(name)

    def _mapped(self, argument: Value) -> Value:
        if not isinstance(argument, tuple) or len(argument) < 3:  # noqa: PLR2004 - the map and two keys
            return Unknown(Reason.ERROR, note="Fn::FindInMap takes a map and two keys")
        keys = [self.value(one) for one in argument[:3]]
        default = argument[3].get("DefaultValue") if len(argument) > 3 and isinstance(argument[3], Mapping) else None  # noqa: PLR2004
        if isinstance(keys[1], Unknown) and keys[1].one_of is None and isinstance(keys[0], str):
            first = self._mappings.get(keys[0])
            if isinstance(first, Mapping) and 1 < len(first) <= CANDIDATES:  # one of those that are listed
                keys[1] = Unknown(keys[1].reason, tuple(first), note=keys[1].note)
        return apply(lambda *known: self._found(known, default), *keys)

    def _found(self, keys: tuple[Any, ...], default: Optional[Value]) -> Value:
        value: Value = self._mappings
        for key in keys:
            value = value.get(str(key)) if isinstance(value, Mapping) else None
        if value is None:
            return Unknown(Reason.ERROR, note="the map has no such key") if default is None else self.value(default)
        return functions.text(value) if isinstance(value, str) else value


def _parameter(name: str, parameter: Value, given: Optional[Value]) -> Value:
    """Return what a parameter is: what is given, its default, else one of what is allowed."""
    if not isinstance(parameter, Mapping):
        return Unknown(Reason.ERROR, note=f"the parameter {name} is not declared as one")
    kind, default = parameter.get("Type"), parameter.get("Default") if given is None else given
    if hidden(parameter):
        return Unknown(Reason.VARIABLE, note=f"the parameter {name} is not shown")
    if isinstance(kind, str) and kind.startswith(_PARAMETER_STORE):
        return Unknown(Reason.DATA, note=f"the parameter {name} is read from a store")
    listed = isinstance(kind, str) and (kind == "CommaDelimitedList" or kind.startswith("List<"))
    if isinstance(default, str):
        default = functions.text(default)  # it may name what is looked up
    if default is not None:
        return tuple(part.strip() for part in default.split(",")) if listed and isinstance(default, str) else default
    allowed = parameter.get("AllowedValues")
    note = f"the parameter {name} has no default"
    if isinstance(allowed, tuple) and not listed and not any(isinstance(one, (Unknown, Mapping)) for one in allowed):
        if len(allowed) == 1:
            return allowed[0]
        if 1 < len(allowed) <= CANDIDATES:
            return Unknown(Reason.VARIABLE, allowed, note=note)
    return Unknown(Reason.VARIABLE, note=note)


def _size(value: Value) -> int:
    """Return as how many steps a value counts: its members, and 1 for each 64 bytes of text."""
    if isinstance(value, str):
        return weight(value)
    if isinstance(value, Mapping):
        return len(value) + sum(map(_size, value.values()))
    if isinstance(value, tuple):
        return len(value) + sum(map(_size, value))
    return _size(value.one_of) if isinstance(value, Unknown) and value.one_of is not None else 0


def _is_hidden(value: Value) -> bool:
    """Whether a value is not known somewhere inside: then it is no candidate."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, Mapping):
        return isinstance(value, OpenMap) or any(map(_is_hidden, value.values()))
    return isinstance(value, tuple) and any(map(_is_hidden, value))
