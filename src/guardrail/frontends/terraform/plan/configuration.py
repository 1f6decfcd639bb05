"""
What a plan says of the configuration that it was made from: which arguments are set, and what they refer to.

Locals and dynamic blocks are not in it. Whatever has another shape than Terraform gives it counts as not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Optional

from guardrail.frontends.terraform.plan.changes import Change
from guardrail.frontends.terraform.plan.document import Plan

Way = tuple[tuple[str, str], ...]
"""(name, key) of each call that leads to a module."""

VISITS: Final = 400
"""How many references are looked at for one question."""

INSTANCES: Final = 20
"""How many instances of a module are looked into for a reference to all of them: too many for an edge to one."""

_KEY: Final = r'(?:\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?'
_RESOURCE: Final = re.compile(rf"(?:resource\.)?([\w-]+\.[\w-]+)({_KEY})")
_VARIABLE: Final = re.compile(r"var\.([\w-]+)")
_OUTPUT: Final = re.compile(rf"module\.([\w-]+)({_KEY})\.([\w-]+)")
_EXPRESSION: Final = frozenset({"references", "constant_value"})
_NO_RESOURCES: Final = frozenset({"var", "local", "module", "data", "each", "count", "self", "path", "terraform"})


class Configuration:
    """The configuration of a plan, looked into by module and block."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._blocks: dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]] = {}
        self._instances: Optional[Mapping[tuple[Way, str], Sequence[Way]]] = None
        self.providers = mapping(plan.configuration.get("provider_config"))

    def module(self, way: Way) -> Mapping[str, Any]:
        """Return what is told of a module."""
        found = mapping(self._plan.configuration.get("root_module"))
        for name, _ in way:
            found = mapping(self._call(found, name).get("module"))
        return found

    def block(self, change: Change) -> Optional[Mapping[str, Any]]:
        """Return what is told of the block that a change is of, None where it is not in the configuration."""
        names = tuple(name for name, _ in change.modules)
        if names not in self._blocks:
            told = self.module(change.modules).get("resources")
            blocks = filter(None, map(mapping, told if isinstance(told, list) else ()))
            self._blocks[names] = {str(one.get("address")): one for one in blocks}
        return self._blocks[names].get(f"{change.type}.{change.name}")

    def stated(self, change: Change) -> Optional[Mapping[str, Any]]:
        """Return the expressions of the block that a change is of, None where it is not in the configuration."""
        block = self.block(change)
        return None if block is None else mapping(block.get("expressions"))

    def _call(self, module: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        return mapping(mapping(module.get("module_calls")).get(name))

    def references(self, change: Change, path: Sequence[str]) -> Iterator[tuple[Way, str]]:
        """
        Yield (module, reference) for all that an attribute is made of, nearest first: across modules, to the root.

        Those that lead on within the plan are followed, and yielded too.
        """
        pending = [(change.modules, one) for one in self._own(change, path)]
        seen: set[tuple[Way, str]] = set()
        while pending and len(seen) < VISITS:
            way, text = pending.pop(0)
            if (way, text) not in seen:
                seen.add((way, text))
                yield way, text
                pending.extend(self._behind(change, way, text))

    def _own(self, change: Change, path: Sequence[str]) -> Iterator[str]:
        told: Any = self.stated(change)
        for segment in path:
            if isinstance(told, list) and segment.isdigit() and int(segment) < len(told):
                told = told[int(segment)]
            elif isinstance(told, dict) and not told.keys() & _EXPRESSION:
                told = told.get(segment)
            else:
                break  # what is inside an expression, or a block of a set
        return furthest(told)

    def _behind(self, change: Change, way: Way, text: str) -> Iterator[tuple[Way, str]]:
        """Yield what a reference leads on to."""
        variable, output = _VARIABLE.match(text), _OUTPUT.match(text)
        if variable is not None and way:
            call = self._call(self.module(way[:-1]), way[-1][0])
            yield from ((way[:-1], one) for one in furthest(mapping(call.get("expressions")).get(variable[1])))
        elif output is not None:
            for child in self._children(way, output[1], output[2]):
                told = mapping(mapping(self.module(child).get("outputs")).get(output[3])).get("expression")
                yield from ((child, one) for one in furthest(told))
        elif text.startswith("each.value") and way == change.modules:
            block = self.block(change) or {}
            yield from ((way, one) for one in furthest(block.get("for_each_expression")))

    def _children(self, way: Way, name: str, key: str) -> Sequence[Way]:
        """Return the instances of a module that a reference may mean."""
        if key:
            return ((*way, (name, key)),)
        if self._instances is None:
            known: dict[tuple[Way, str], dict[Way, None]] = {}
            for change in self._plan.changes:
                for end, (part, _) in enumerate(change.modules):
                    several = known.setdefault((change.modules[:end], part), {})
                    if len(several) < INSTANCES:
                        several[change.modules[: end + 1]] = None
            self._instances = {place: tuple(ways) for place, ways in known.items()}
        return self._instances.get((way, name), ())

    def referents(self, change: Change, path: Sequence[str]) -> tuple[tuple[str, ...], bool]:
        """Return the addresses of the resources that an attribute is made of, and whether there may be others."""
        found: dict[str, None] = {}
        lost = False
        for way, text in self.references(change, path):
            lost = lost or text.startswith("local.")
            resource = _RESOURCE.match(text)
            if resource is not None and resource[1].partition(".")[0] not in _NO_RESOURCES:
                found[f"{prefix(way)}{resource[1]}{resource[2]}"] = None
        return tuple(found), lost


def prefix(way: Way) -> str:
    """Return what stands before addresses in a module: `module.a["x"].`."""
    return "".join(f"module.{name}{key}." for name, key in way)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object of the plan, an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def furthest(told: Any) -> Iterator[str]:
    """
    Yield the references in an expression, or in all expressions of a block.

    Terraform lists `a.b[0].c`, then `a.b[0]` and `a.b`, for one reference: only the longest is yielded.
    """
    texts: list[str] = []
    pending = [told]
    while pending and len(texts) < VISITS:
        one = pending.pop()
        if isinstance(one, list):
            pending.extend(reversed(one))
        elif isinstance(one, dict) and isinstance(one.get("references"), list):
            texts.extend(text for text in one["references"][:VISITS] if isinstance(text, str))
        elif isinstance(one, dict) and "constant_value" not in one:
            pending.extend(reversed(list(one.values())))
    whole = frozenset(texts)
    shorter = {text[:at] for text in whole for at, sign in enumerate(text) if sign in ".["}
    return (text for text in dict.fromkeys(texts) if text not in shorter)
