"""What declarations of pools in a cluster share: labels, taints, durations, how machines are bought."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Optional

from guardrail.catalog.convert import ConversionError, text
from guardrail.catalog.facts import bare
from guardrail.catalog.kind import Each, Fact, From, Shape, at
from guardrail.catalog.kubernetes.pools.requirements import Requirement
from guardrail.catalog.kubernetes.quantity import units
from guardrail.model.path import Segment
from guardrail.model.pattern import pattern
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import OpenMap, Reason, Unknown, Value

RESERVED: Final = Purchase(0, 0, "reserved")

CAPACITY: Final = ("karpenter.sh/capacity-type", "eks.amazonaws.com/capacityType")
ZONES: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
REGIONS: Final = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
SYSTEMS: Final = ("kubernetes.io/os", "beta.kubernetes.io/os")

_BOUGHT: Final[Mapping[str, Purchase]] = {"spot": SPOT, "on-demand": ON_DEMAND, "reserved": RESERVED}
_ZONE: Final = pattern(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9])[a-z]")
_GO_DURATION: Final = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|us|µs|ns|h|m|s))+", re.ASCII)
_PART: Final = re.compile(r"([0-9.]+)(ms|us|µs|ns|h|m|s)")
_SECONDS: Final[Mapping[str, Decimal]] = {"h": Decimal(3600), "m": Decimal(60), "s": Decimal(1)}

NEVER: Final = "Never"


def taints(*path: Segment) -> Each:
    """Return the taints of a list in the spelling of Kubernetes, which has them so already."""
    return Each(path, Shape({"key": at("key"), "value": at("value"), "effect": at("effect")}))


def go_seconds(value: Any) -> Optional[int]:
    """Return the seconds of a duration (`720h`, `1h30m`), None for `Never`: what lasts for ever has no limit."""
    if value == NEVER:
        return None
    if not isinstance(value, str) or not _GO_DURATION.fullmatch(value):
        raise ConversionError("not a duration")
    return int(
        sum((Decimal(number) * _SECONDS.get(unit, Decimal(0)) for number, unit in _PART.findall(value)), Decimal(0))
    )


def gibibytes(value: Any) -> int:
    """Return GiB, rounded up, of a quantity."""
    return -(-units(value) // 2**30)


def chosen(requirements: tuple[Requirement, ...], keys: tuple[str, ...]) -> Optional[Value]:
    """Return the values that a label can have, None where nothing says; unknown where one of them is."""
    found: Optional[tuple[str, ...]] = None
    for rule in requirements:
        if rule.key and (rule.key not in keys or rule.operator != "In" or not rule.values):
            continue
        hidden = next((one for one in rule.values if isinstance(one, Unknown)), None)
        if hidden is not None:
            return hidden
        values = tuple(dict.fromkeys(one for one in rule.values if isinstance(one, str)))
        found = values if found is None else tuple(one for one in found if one in values)
    return found


def region_of(zones: Optional[Value]) -> Optional[tuple[str, ...]]:
    """Return the region that zones of Amazon lie in, as a tuple; None where they do not tell one."""
    if not isinstance(zones, tuple):
        return None
    matches = [_ZONE.fullmatch(zone) for zone in zones]
    regions = {match["region"] for match in matches if match is not None}
    return tuple(regions) if len(regions) == 1 and None not in matches else None


def excluded(requirements: tuple[Requirement, ...], keys: tuple[str, ...]) -> frozenset[str]:
    """Return the values that a label must not have."""
    return frozenset(
        value
        for rule in requirements
        if rule.key in keys and rule.operator == "NotIn"
        for value in rule.values
        if isinstance(value, str)
    )


def bought(requirements: tuple[Requirement, ...], otherwise: tuple[str, ...]) -> Value:
    """
    Return how machines are bought. Where several ways are permitted, the provisioner chooses while it runs.

    `otherwise` are the ways that hold where no requirement is about it.
    """
    stated = chosen(requirements, CAPACITY)
    if isinstance(stated, Unknown):
        return stated
    never = excluded(requirements, CAPACITY)
    ways = [way for way in (stated or otherwise) if way not in never]
    if not ways or not set(ways) <= set(_BOUGHT):
        raise ConversionError("no way of buying machines")
    if len(ways) == 1:
        return _BOUGHT[ways[0]]
    options = tuple(_BOUGHT[way] for way in _BOUGHT if way in ways)
    return Unknown(Reason.COMPUTED, options, note=f"the provisioner chooses between {' and '.join(sorted(ways))}")


def node_labels(requirements: tuple[Requirement, ...], template: Optional[Mapping[str, Value]]) -> Mapping[str, Value]:
    """
    Return the labels that nodes get: those of the template, and what requirements let them be.

    A label with several permitted values has one of them on each node.
    """
    found: dict[str, Value] = {}
    rest: Optional[Unknown] = template.rest if isinstance(template, OpenMap) else None
    for rule in requirements:
        if not rule.key:
            rest = next((one for one in rule.values if isinstance(one, Unknown)), rest)
        elif rule.operator == "In" and rule.values and rule.key not in found:
            found[rule.key] = _one_of(rule.values)
        elif rule.operator == "Exists":
            found.setdefault(rule.key, AS_ASKED)
    for key, value in (template or {}).items():
        if value is not None:
            found[key] = bare(value) if isinstance(value, Unknown) else text(value)
    return found if rest is None else OpenMap(found, rest)


AS_ASKED: Final = Unknown(Reason.COMPUTED, note="each node gets the value that its pods ask for")
"""The value of a label that the pool leaves open."""

MANY_VALUES: Final = 16


def _one_of(values: tuple[Value, ...]) -> Value:
    hidden = next((one for one in values if isinstance(one, Unknown)), None)
    distinct = tuple(dict.fromkeys(values))
    if hidden is not None or len(distinct) == 1:
        return hidden if hidden is not None else distinct[0]
    options = distinct if len(distinct) <= MANY_VALUES else None
    return Unknown(Reason.COMPUTED, options, note="each node gets the one of several values that its pods ask for")


def together(*paths: tuple[Segment, ...]) -> Fact:
    """Return the mappings at several paths as one; what comes later replaces the same key."""
    return From(tuple(at(*path) for path in paths), _merged)


def _merged(*several: Optional[Mapping[str, Value]]) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    rest: Optional[Unknown] = None
    for one in several:
        if one is None:
            continue
        if not isinstance(one, Mapping):
            raise ConversionError("not a mapping")
        stated = {key: value for key, value in one.items() if value is not None}
        found |= {key: value if isinstance(value, Unknown) else text(value) for key, value in stated.items()}
        rest = one.rest if isinstance(one, OpenMap) else rest
    return found if rest is None else OpenMap(found, rest)
