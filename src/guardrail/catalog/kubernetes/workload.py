"""
The words in which a kind of Kubernetes object is declared: where its pods are, and what multiplies them.

A `Workload` is data, and a row of a user's configuration is the same data in YAML (`rows.declared`). Pointers are
JSON Pointers. In a `Pods` with `each` they begin at the element of that list or map; `#/…` begins at the object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, Optional

from guardrail.model import value as values
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Category
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown


@dataclass(frozen=True, slots=True)
class Count:
    """
    A number that a manifest states: the first of the pointers `at` that is there, else `default`.

    `words` are strings that mean a number (`Forbid`); `zero` is what 0 means where that is no number; `less` is
    taken off (a size that counts the leader too).
    """

    at: tuple[str, ...] = ()
    default: values.Count = None
    words: Mapping[str, values.Count] = field(default_factory=dict)
    zero: Optional[NoBound] = None
    less: int = 0


def at(*pointers: str, default: values.Count = None, zero: Optional[NoBound] = None, less: int = 0) -> Count:
    """Return the number at the first of the pointers that is there."""
    return Count(pointers, default, zero=zero, less=less)


ONE: Final = Count(default=1)
NONE: Final = Count(default=0)
UNLIMITED: Final = Count(default=UNBOUNDED)
UNTOLD: Final = Count(
    default=Unknown(Reason.REFUSED, note="what multiplies the pods of this kind is in no row (kubernetes.kinds)")
)
"""How many pods a kind has that is understood by the shape of its pod templates alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """
    The pods of one group, or with `each` of one group per element of a list or map.

    `group` is the name of the one group; of several, `named` points to the name in the element, else the key or
    the index is it. `template` are pointers to a pod template, the first that is there; `pod` leads from it to the
    pod spec. `containers` are pointers below the pod spec to single containers beside `containers`; `resources` is
    one to requests and limits where no container is written at all. `elsewhere` says who else states the devices,
    where a container of those or the resources are not stated here.

    Replicas are `desired` within `min` and `max` (None: as `desired`), at most `at_most`, times `times`; the largest
    number also times `overlap`. With `scaled`, a pointer to a boolean, `min` and `max` hold only where it is true.
    `required` templates that are missing are an error; others make no group.
    """

    group: str = "main"
    each: str = ""
    named: str = ""
    template: tuple[str, ...] = ("/spec/template",)
    pod: str = "/spec"
    containers: tuple[str, ...] = ()
    resources: str = ""
    elsewhere: str = ""
    required: bool = False
    desired: Count = ONE
    min: Optional[Count] = None
    max: Optional[Count] = None
    at_most: tuple[Count, ...] = ()
    times: tuple[Count, ...] = ()
    overlap: Optional[Count] = None
    scaled: str = ""
    cooldown: Optional[Count] = None
    claims: str = ""  # pointer to a list of volume claims that each replica has


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """Whole objects of other kinds inside this one, at `at` below each element of `each`, and what multiplies them."""

    each: str = ""
    at: str = ""
    times: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """An object that moves the replicas of another one, which `target` points to (apiVersion, kind, name)."""

    target: str
    min: Count
    max: Count
    cooldown: Count
    type: str = "apps/Deployment"  # where the target does not say its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """
    A kind of object, by API group and kind: `apps/Deployment`, `core/Pod`.

    `source` is the public page that the declaration rests on; `also` are other groups that serve the same kind.
    `lifetime` gives facts by name (a `*` in a pointer is every element, of which the largest counts); with `ends`,
    a pointer to a boolean, those about its end hold only where it is true. `schedule` are pointers to times of cron.
    `suspended` points to a boolean that keeps pods from starting. `claim` points to the volume claim that the object
    itself is. `hidden` is never kept of the object. `template` says that it never runs by itself; `refers` gives the
    types of other objects by the pointers of their names. Without anything of these a kind is *known to be free*.
    """

    type: str
    category: Category = "other"
    source: str = ""
    also: tuple[str, ...] = ()
    cluster_scoped: bool = False
    pods: tuple[Pods, ...] = ()
    nested: tuple[Nested, ...] = ()
    lifetime: Mapping[str, Count] = field(default_factory=dict)
    ends: str = ""
    suspended: str = ""
    schedule: tuple[str, ...] = ()
    timezone: str = ""
    scaler: Optional[Scaler] = None
    claim: str = ""
    hidden: tuple[str, ...] = ()
    template: bool = False
    refers: Mapping[str, str] = field(default_factory=dict)
