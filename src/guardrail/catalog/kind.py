"""
The words in which a native type is declared: what it means, and what it is billed by.

A `Kind` is data. `catalog.describe` reads attributes by it; `pricing.lines` prices the `lines`. Attribute paths are
those of the Terraform provider (nested blocks are lists), the spelling in which other formats are normalised first.

Every fact is three-valued: a known value, an `Unknown` in its place, or None where nothing is stated. Null and
missing are the same here, as they are to providers.

Words have no equality: nobody compares declarations, and what is made of one (`describe`) is kept by its identity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any, Final, Literal, Optional, Union

from guardrail.catalog.spelling import Spelling
from guardrail.model.dataclass import dataclass
from guardrail.model.path import Segment
from guardrail.model.resource import Category, Link
from guardrail.model.value import Value


@dataclass(frozen=True, slots=True, eq=False)
class At:
    """
    The value at a path of attributes, converted; `default` where nothing is written (None: the fact is absent).

    `convert` sees known values that are not null; a ValueError or TypeError of its makes the fact unknown (`error`).
    """

    path: tuple[Segment, ...]
    default: Value = None
    convert: Optional[Callable[[Any], Value]] = None


@dataclass(frozen=True, slots=True, eq=False)
class Always:
    """A fact that the type itself states."""

    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The first of several facts that is stated; what comes after it is not looked at."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Each:
    """A tuple: `fact` of every element of the repeated block at `path`. Absent where there is no such block."""

    path: tuple[Segment, ...]
    fact: Fact


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A mapping of facts, without those that are absent. An unknown one stays in its place."""

    members: Mapping[str, Fact]


@dataclass(frozen=True, slots=True, eq=False)
class From:
    """
    A fact made of several: `function` of the known values of `inputs` (None for an absent one).

    Unknown inputs make it unknown, by candidates where they have some. The origins are those of the inputs.
    """

    inputs: tuple[Fact, ...]
    function: Callable[..., Value]


@dataclass(frozen=True, slots=True, eq=False)
class Of:
    """
    A fact of another resource: the one that the attribute at `link` (a pointer, that of a `Link`) refers to.

    Unknown until the graph knows that resource, and where it never does; absent where `link` is not stated.
    """

    link: str
    fact: Fact


@dataclass(frozen=True, slots=True, eq=False)
class Outer:
    """A fact that stands outside the repeated block that is read: an attribute of the resource itself."""

    fact: Fact


@dataclass(frozen=True, slots=True, eq=False)
class Json:
    """
    What the JSON text at `path` says, or one `fact` of it. Around what is not known in it it is (`model.gaps`).

    A value that is no text is taken for what it is: some providers take either.
    """

    path: tuple[Segment, ...]
    fact: Optional[Fact] = None


Fact = Union[At, Always, First, Each, Shape, From, Of, Outer, Json]

ONCE: Final = Always(1)
"""A number that the type itself states."""

NOTHING: Final = Always(None)
"""A fact that the type never states."""

ALWAYS: Final = Always(True)
"""The condition of what every resource of a kind has."""

NEVER: Final = Always(False)
"""The condition of what no resource of a kind has."""


def at(*path: Segment, default: Value = None, convert: Optional[Callable[[Any], Value]] = None) -> At:
    """Return the fact at a path: `at("scaling_config", 0, "min_size")`."""
    return At(path, default, convert)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiskSpec:
    """
    Disks of each replica, or of the resource itself. Inside a repeated block `each`, other paths are relative.

    Where `when` is known to be false there is no such disk.
    """

    each: tuple[Segment, ...] = ()
    when: Fact = ALWAYS
    kind: Fact = NOTHING
    size_gib: Fact = NOTHING
    iops: Fact = NOTHING
    throughput_mibps: Fact = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AcceleratorSpec:
    """
    Accelerators that are named beside the machine type, one entry per element of the block at `each`.

    `model` is a native name. Those inside the machine are told by its type, and are not added again.
    """

    each: tuple[Segment, ...] = ()
    model: Fact
    count: Fact


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupSpec:
    """
    How a group is read.

    `each` is the path of a repeated block that gives one group per element, named by `name` (an attribute in it,
    else the index); empty for the one group `main`, or `name`. Other paths are then inside the element. Where `when`
    is known to be false there is no such group.

    The facts yield what the fields of `model.resource.Group` hold. `desired` absent means `min`. `autoscaled` says
    that something moves the number between the bounds; `plain` that no machine that may come has accelerators.
    """

    each: tuple[Segment, ...] = ()
    name: Optional[str] = None
    when: Fact = ALWAYS
    machine_types: Optional[Fact] = None  # a string or a list of strings
    min: Fact = ONCE
    desired: Fact = NOTHING
    max: Fact = ONCE
    autoscaled: Fact = NEVER
    accelerators: Optional[AcceleratorSpec] = None
    plain: Fact = NEVER
    purchase: Optional[Fact] = None  # a `Purchase`
    zones: Optional[Fact] = None
    node_labels: Optional[Fact] = None
    taints: Optional[Fact] = None
    disks: tuple[DiskSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScaleSpec:
    """
    What an autoscaler object says of its target: bounds, the group where it names one, and when it holds.

    `each` is the path of a repeated block of which every element says so, empty where the object itself does.
    """

    each: tuple[Segment, ...] = ()
    when: Fact = ALWAYS
    min: Fact
    max: Fact
    group: Fact = NOTHING
    cooldown_seconds: Fact = NOTHING
    schedule: Fact = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """
    A native type.

    `source` is the public page that the declaration rests on. `names` are the attributes that hold the native name,
    the first that is known counts. `labels` is the attribute of cost tags into which defaults of the provider are
    merged; `labels_from` the fact where tags are written in another way, without such defaults; with neither the
    type takes none. `region` are the facts tried in order before the provider's own; `worldwide` says that the
    thing is in no region. `facts` are further facts by name of the contract, `lifetime` those below /lifetime.
    `lines` is what the bill consists of: empty is *known to be free*. `template` says that it never runs by itself;
    `runs_as` are the types that run it where one of them refers to it, so that it is a template then. `spellings` are
    how other formats write it.
    """

    type: str
    category: Category
    source: str
    names: tuple[str, ...] = ("name",)
    labels: Optional[str] = None
    labels_from: Optional[Fact] = None
    region: tuple[Fact, ...] = ()
    worldwide: bool = False
    account: Optional[Fact] = None
    groups: tuple[GroupSpec, ...] = ()
    lifetime: Mapping[str, Fact] = field(default_factory=dict)
    storage: tuple[DiskSpec, ...] = ()  # of the resource itself
    facts: Mapping[str, Fact] = field(default_factory=dict)
    cluster: Optional[Fact] = None
    links: tuple[Link, ...] = ()
    lines: tuple[Line, ...] = ()
    scales: Optional[ScaleSpec] = None
    template: bool = False
    runs_as: tuple[str, ...] = ()
    spellings: tuple[Spelling, ...] = ()

    @property
    def taggable(self) -> bool:
        """Whether the type takes cost tags at all."""
        return self.labels is not None or self.labels_from is not None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineHours:
    """
    Each replica of each group pays for its machine by the hour; the SKU is the machine type, for Linux.

    Of this and every other line: where `when` is known to be false, the line does not apply; where it is unknown,
    the line is unpriced.

    To a group whose `machine_types` are an empty list, the line does not apply. Where they are `chosen`, the cloud
    takes any one of them: the first is no preference.
    """

    service: str
    when: Fact = ALWAYS
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AcceleratorHours:
    """Accelerators that are paid for beside the machine (Google N1 with a GPU added on); inside it otherwise."""

    service: str
    when: Fact = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiskMonths:
    """
    Every disk pays per GiB and month, and for IOPS and throughput above what its class includes.

    `of` says whose: each replica's of each group, or the resource's own. The SKU is the class of the disk with
    `suffix`, or `sku` for all classes.
    """

    service: str
    of: Literal["groups", "resource"] = "groups"
    sku: Optional[str] = None
    suffix: str = ""
    when: Fact = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flat:
    """
    A fixed amount of one SKU per resource: `quantity` per month, or hours of a month where the unit is `hour`.

    Where the fact behind `sku` or `quantity` is absent, the line does not apply.
    """

    name: str
    service: str
    sku: Union[str, Fact]
    unit: str = "hour"
    quantity: Fact = ONCE
    when: Fact = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByUsage:
    """
    Billed by use that configuration does not tell: unpriced with the reason `usage` until a usage file says it.

    Only where use is what the thing is paid for. What every machine may cause besides (traffic, operations of its
    disks) is no line of the machine.
    """

    name: str
    when: Fact = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NoRows:
    """Billed by something that the book has no rows for: unpriced, so that it is never taken for free."""

    name: str
    when: Fact = ALWAYS


Line = Union[MachineHours, AcceleratorHours, DiskMonths, Flat, ByUsage, NoRows]
