"""
The words in which a native type is declared: what it means, and what it is billed by.

A `Kind` is data. `catalog.describe` reads attributes by it; `pricing.lines` prices the `lines`. Attribute paths are
those of the Terraform provider (nested blocks are lists), the spelling in which other formats are normalised first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Optional, Union

from guardrail.model.path import Segment
from guardrail.model.resource import Category, Link
from guardrail.model.value import Value


@dataclass(frozen=True, slots=True)
class At:
    """
    The value at a path of attributes, converted; `default` where nothing is written (None: the fact is absent).

    `convert` sees known values that are not null; a ValueError or TypeError of its makes the fact unknown (`error`).
    """

    path: tuple[Segment, ...]
    default: Value = None
    convert: Optional[Callable[[Any], Value]] = None


@dataclass(frozen=True, slots=True)
class From:
    """
    A fact made of several: `function` of the known values of `inputs` (None for an absent one).

    Unknown inputs make it unknown, by candidates where they have some. The origins are those of the inputs.
    """

    inputs: tuple[Fact, ...]
    function: Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Always:
    """A fact that the type itself states."""

    value: Value


Fact = Union[At, From, Always]


def at(*path: Segment, default: Value = None, convert: Optional[Callable[[Any], Value]] = None) -> At:
    """Return the fact at a path: `at("scaling_config", 0, "min_size")`."""
    return At(path, default, convert)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSpec:
    """Disks of each replica, or of the resource itself. Inside a repeated block `each`, other paths are relative."""

    each: tuple[Segment, ...] = ()
    kind: Fact = Always(None)
    size_gib: Fact = Always(None)
    iops: Fact = Always(None)
    throughput_mibps: Fact = Always(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpec:
    """
    How a group is read.

    `each` is the path of a repeated block that gives one group per element, named by `name` (an attribute in it,
    else the index); empty for the one group `main`. Other paths are then inside the element.

    The facts yield what the fields of `model.resource.Group` hold; `accelerators` only where they are not told by
    the machine type. `desired` absent means `min`.
    """

    each: tuple[Segment, ...] = ()
    name: Optional[str] = None
    machine_types: Optional[Fact] = None  # a string or a list of strings
    min: Fact = Always(1)
    desired: Optional[Fact] = Always(1)
    max: Fact = Always(1)
    accelerators: Optional[Fact] = None  # list of {type, count}, native names
    purchase: Optional[Fact] = None  # a `Purchase`
    zones: Optional[Fact] = None
    node_labels: Optional[Fact] = None
    taints: Optional[Fact] = None
    disks: tuple[DiskSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    A native type.

    `source` is the public page that the declaration rests on. `labels` is the attribute that holds cost tags, None
    where the type takes none; `region` the facts tried in order before the provider's own. `facts` are further
    facts by name of the contract, `lifetime` those below /lifetime. `lines` is what the bill consists of: empty is
    *known to be free*. `template` says that it never runs by itself.
    """

    type: str
    category: Category
    source: str
    name: tuple[str, ...] = ("name",)
    labels: Optional[str] = None
    region: tuple[Fact, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    lifetime: Mapping[str, Fact] = field(default_factory=dict)
    autoscaling: Optional[Callable[[Mapping[str, Value]], Value]] = None
    storage: tuple[DiskSpec, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    cluster: Optional[Fact] = None
    links: tuple[Link, ...] = ()
    lines: tuple[Line, ...] = ()
    template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineHours:
    """Each replica of each group pays for its machine by the hour. `prefix` is put before the machine type (`ml.`)."""

    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceleratorHours:
    """Accelerators that are paid for beside the machine (Google N1 with a GPU added on); inside it otherwise."""

    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskMonths:
    """
    Every disk pays per GiB and month, and for IOPS and throughput above what its class includes.

    `of` says whose: each replica's of each group, or the resource's own.
    """

    service: str
    of: Literal["groups", "resource"] = "groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A fixed amount of one SKU per resource: `quantity` per month, or hours of a month where the unit is `hour`."""

    name: str
    service: str
    sku: Union[str, Fact]
    unit: str = "hour"
    quantity: Fact = Always(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUsage:
    """Billed by use that configuration does not tell: unpriced with the reason `usage` until a usage file says it."""

    name: str


Line = Union[MachineHours, AcceleratorHours, DiskMonths, Flat, ByUsage]
