"""
The words in which a kind of Kubernetes object is declared: where its pods are, and what multiplies them.

A `Workload` is data, and a row of a user's configuration is the same data in YAML (`rows.declared`). Pointers are
JSON Pointers. In a `Pods` with `each` they begin at the element of that list or map; `#/…` begins at the object,
`^/…` at the element of the enclosing list, where `each` goes through two (`/predictors/*/components`).
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

    `words` are strings that mean a number (`Forbid`); `zero` is what 0 means where that is no number; `by` divides
    it, rounded down and at least 1 (nodes of so many ranks each); `less` is taken off (a size that counts the leader
    too); `most` points to a number that it does not exceed (completions of a job).
    """

    at: tuple[str, ...] = ()
    default: values.Count = None
    words: Mapping[str, values.Count] = field(default_factory=dict)
    zero: Optional[NoBound] = None
    less: int = 0
    by: tuple[str, ...] = ()
    most: tuple[str, ...] = ()


def at(*pointers: str, default: values.Count = None, zero: Optional[NoBound] = None, less: int = 0) -> Count:
    """Return the number at the first of the pointers that is there."""
    return Count(pointers, default, zero=zero, less=less)


MADE: Final = "/(made)"
"""Where pointers lead into what a controller makes of an object; no object that a cluster takes has such a key."""

ONE: Final = Count(default=1)
NONE: Final = Count(default=0)
UNLIMITED: Final = Count(default=UNBOUNDED)
UNTOLD: Final = Count(
    default=Unknown(Reason.REFUSED, note="what multiplies the pods of this kind is in no row (kubernetes.kinds)")
)
"""How many pods a kind has that is understood by the shape of its pod templates alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """
    An amount of a resource that stands outside of requests and limits: `gpu: 8` beside `gpuType: nvidia.com/gpu`.

    `amount` are pointers below what a group is read from, the first that is there; `named` points to the name of the
    resource, which begins with `prefix`, `resource` is the name where that is not there. Where only the name is, the
    amount is `alone`.
    """

    amount: tuple[str, ...]
    resource: str
    named: str = ""
    prefix: str = ""
    alone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where the text at a pointer is one of `words`, these bounds hold instead (a mode that does not scale)."""

    at: str
    words: frozenset[str]
    min: Optional[Count] = None
    max: Optional[Count] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """As many pods as it takes for so many devices together: the product of `devices`, less pods read elsewhere."""

    devices: tuple[Count, ...]
    less: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pods:
    """
    The pods of one group, or with `each` of one group per element of a list or map.

    `group` is the name of the one group; of several, `named` points to the name in the element, else the key or
    the index is it (with `group`, where that is stated, behind it). `template` are pointers to a pod template, the
    first that is there; `pod` leads from it to the pod spec. `containers` are pointers below the pod spec to single
    containers beside `containers`; `resources` is one to requests and limits where no container is written at all,
    `asks` are amounts written otherwise. `elsewhere` says who else states the devices, where a container of those or
    the resources are not stated here. `unread` are pointers to what asks for devices in a way that is not read, each
    with what to say then. `beside` are pointers to more containers of the pod, where it is scaled.

    `selects` are labels that the node must have, with pointers to their values (the key is empty where those are
    labels themselves), beside those that a pod states; with `whole` the pods have all devices of the machine that
    they select, unless they are given a part of one that is there (`asks`). `when` points to a boolean, or to what is
    there or not: where it is not, there is no such group. `suspended` points to a boolean that keeps the pods of the
    group from starting.

    Replicas are `desired` within `min` and `max` (None: as `desired`), at most `at_most`, times `times`; the largest
    number also times `overlap`. With `scaled`, a pointer to a boolean, `min` and `max` hold only where it is true;
    with `cases`, the first that applies says what holds instead. Where `second` points to a share of traffic (percent)
    that leaves some, and no case applies, as many pods of the version before run beside them. `spread` makes more pods
    of each replica. With `fixed` nothing moves the number between its bounds: they are what is known of it.
    `required` templates that are missing are an error; others make no group.
    """

    group: str = "main"
    each: str = ""
    named: str = ""
    template: tuple[str, ...] = ("/spec/template",)
    pod: str = "/spec"
    containers: tuple[str, ...] = ()
    resources: str = ""
    asks: tuple[Ask, ...] = ()
    elsewhere: str = ""
    selects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    suspended: str = ""
    beside: tuple[str, ...] = ()
    required: bool = False
    desired: Count = ONE
    min: Optional[Count] = None
    max: Optional[Count] = None
    at_most: tuple[Count, ...] = ()
    times: tuple[Count, ...] = ()
    overlap: Optional[Count] = None
    scaled: str = ""
    cases: tuple[Case, ...] = ()
    second: str = ""
    spread: Optional[Spread] = None
    fixed: bool = False
    cooldown: Optional[Count] = None
    surge: str = ""  # pointer to how many more pods there may be during a rollout, a number or a percentage
    claims: str = ""  # pointer to a list of volume claims that each replica has


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """
    Whole objects of other kinds inside this one, at `at` below each element of `each`, and what multiplies them.

    With `each` the pointers of what multiplies begin at the element. Only the largest number is also times `overlap`.
    `named` points to the name that its groups go by there; else it is that of the object. With `together` all of them
    start with this one, so that it lasts as long as the longest of them.
    """

    each: str = ""
    at: str = ""
    times: tuple[Count, ...] = ()
    overlap: Optional[Count] = None
    named: str = ""
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """
    How an object is chosen that nobody names.

    `wanted` points to what is asked for, the first that is there (what is at `alone` of the join asks by its key),
    which an element of its list `listed` has at `named`, where `marked` is true. One of the namespace is preferred; of
    several, and of those for the whole cluster, others may be meant.
    """

    wanted: tuple[str, ...]
    listed: str
    named: str
    marked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """
    Another object that completes this one: what it states holds where this one states nothing.

    `name` points to its name, or with `reference` to a mapping of apiVersion, kind and name; with `each`, below each
    element of that list, of which later ones win. `types` are those that it can be of, in order of preference; it is
    looked for in the namespace of this object, then in `homes`. Of it, what is at `take` without the keys `leave`
    completes what is at `into` (nothing, if that is empty: a controller takes it); with `present` only where something
    is there already. `alone` are pointers below `into` to single containers, which its container `container` completes.
    Lists of named elements are completed by name, other lists not at all. Without a name, `chosen` says which it is.
    """

    name: str
    types: tuple[str, ...]
    chosen: Optional[Chosen] = None
    reference: bool = False
    each: str = ""
    homes: tuple[str, ...] = ()
    take: str = "/spec"
    leave: frozenset[str] = frozenset()
    into: str = "/spec"
    present: bool = False
    alone: tuple[str, ...] = ()
    container: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaler:
    """
    An object that moves the replicas of another one, which `target` points to (apiVersion, kind, name).

    Where `fixed` is stated it is the number, and nothing moves; where `idle` is, it can be the least number too.
    `raised` are numbers that the largest one can be as well (of several elements `*` the largest). `group` points to
    the name of the only group that is moved.
    """

    target: str
    min: Count
    max: Count
    cooldown: Count
    type: str = "apps/Deployment"  # where the target does not say its kind
    fixed: Optional[Count] = None
    idle: Optional[Count] = None
    raised: tuple[Count, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """
    A kind of object, by API group and kind: `apps/Deployment`, `core/Pod`.

    `source` is the public page that the declaration rests on; `also` are other groups that serve the same kind.
    `lifetime` gives facts by name (a `*` in a pointer is every element, of which the largest counts); with `ends`,
    a pointer to a boolean, those about its end hold only where it is true. `schedule` are pointers to times of cron.
    `suspended` points to a boolean that keeps pods from starting, `stopped` to what does so by being there at all.
    `expires` points to the time at which it ends, `tags` to a list of pairs that are its labels too (name or key, and
    value). `controller` names who makes the pods (`frontends.kubernetes.controllers`): pointers that begin with `MADE`
    lead into what it makes. `claim` points to the volume claim that the object itself is, or makes once (where it has
    pods, written as `{size, storageClass}`). `hidden` is never kept of the object. `template` says that it never runs
    by itself; `refers` gives the types of other objects by the pointers of their names, where a `guest` runs on pods
    of theirs instead of its own; `joins` are those that complete it.
    Without anything of these a kind is *known to be free*.
    """

    type: str
    category: Category = "other"
    source: str = ""
    also: tuple[str, ...] = ()
    cluster_scoped: bool = False
    pods: tuple[Pods, ...] = ()
    nested: tuple[Nested, ...] = ()
    joins: tuple[Join, ...] = ()
    lifetime: Mapping[str, Count] = field(default_factory=dict)
    ends: str = ""
    suspended: str = ""
    stopped: str = ""
    controller: str = ""
    schedule: tuple[str, ...] = ()
    timezone: str = ""
    expires: str = ""
    tags: str = ""
    scaler: Optional[Scaler] = None
    claim: str = ""
    hidden: tuple[str, ...] = ()
    template: bool = False
    refers: Mapping[str, str] = field(default_factory=dict)
    guest: bool = False
