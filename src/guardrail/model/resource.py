"""
The one shape that every format is read into.

Fields carry what is known, `Unknown` where it cannot be told, and None where nothing is stated. Units are in the
names. How Rego sees a resource is `policy.document`; how it is derived from native attributes is `catalog`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Final, Literal, Optional, Protocol, Union

from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place, Step
from guardrail.model.value import Count, NoBound, Text, Unknown, Value

Format = Literal[
    "terraform", "terraform-plan", "kubernetes", "cloudformation", "sagemaker", "vertex", "azureml", "pipeline"
]

Category = Literal[
    "compute.instance", "compute.pool", "compute.template", "compute.reservation", "cluster", "namespace",
    "workload.service", "workload.batch", "workload.pod", "ml.training", "ml.tuning", "ml.processing", "ml.endpoint",
    "ml.notebook", "ml.pipeline", "ml.model", "ml.runtime", "storage.volume", "storage.bucket", "storage.file",
    "database", "logs", "network.nat", "network.lb", "network.ip", "network.endpoint", "network.service", "quota",
    "autoscaler", "module.call", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many copies there can be: at least, as asked for, at most."""

    min: Count = None
    desired: Count = None
    max: Count = None


ONE: Final = Bounds(1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """
    The accelerators of one model that each replica has.

    `model` and `family` are canonical names of `data/accelerators.csv`, Unknown where only "a GPU" is asked for.
    `fraction` is the part of a device, as an exact decimal, None for whole ones; `memory_gib` is per device.
    """

    count: Count
    vendor: Text = None
    model: Text = None
    family: Text = None
    fraction: Optional[Decimal] = None
    memory_gib: Union[int, Decimal, Unknown, None] = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """How machines are bought: the first `on_demand_base` and then this share on demand, the others `otherwise`."""

    on_demand_base: int
    on_demand_percent: int
    otherwise: Literal["on_demand", "spot", "reserved"]


ON_DEMAND: Final = Purchase(0, 100, "on_demand")
SPOT: Final = Purchase(0, 0, "spot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A volume: native class name (`gp3`, `pd-ssd`), GiB, provisioned IOPS and MiB/s. None is not stated."""

    kind: Text = None  # `class` in the document, a word that Python keeps
    size_gib: Count = None
    iops: Count = None
    throughput_mibps: Count = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """`requests` and `limits`: `cpu_millis`, `memory_bytes`, and other resources by native name, integers."""

    name: str
    requests: Mapping[str, Value] = field(default_factory=dict)
    limits: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """
    Identical machines or pods.

    `machine_types`: any one of them may run, in order of preference. `storage` are the disks of each replica.
    `surge` is what a rollout adds (a number, or as a decimal a share): the largest number of replicas has it already.
    A mapping of `taints` or `tolerations` has `key`, `operator`, `value`, `effect` in Kubernetes spelling.
    """

    replicas: Bounds = ONE
    accelerators: Union[tuple[Accelerator, ...], Unknown] = ()
    machine_types: Union[tuple[Union[str, Unknown], ...], Unknown, None] = None
    purchase: Union[Purchase, Unknown, None] = None
    zones: Union[tuple[Union[str, Unknown], ...], Unknown, None] = None
    node_labels: Union[Mapping[str, Value], Unknown, None] = None
    node_selector: Union[Mapping[str, Value], Unknown, None] = None
    taints: Union[tuple[Mapping[str, Value], ...], Unknown, None] = None
    tolerations: Union[tuple[Mapping[str, Value], ...], Unknown, None] = None
    priority: Union[str, int, Unknown, None] = None
    containers: Union[tuple[Container, ...], Unknown] = ()
    storage: Union[tuple[Disk, ...], Unknown] = ()
    surge: Union[int, Decimal, Unknown, None] = None


@dataclass(frozen=True, slots=True)
class Multiplicity:
    """How many copies an unknown `count` or `for_each` may make; `why` it is not known."""

    min: int = 1
    max: Union[int, NoBound] = 1
    why: Optional[Unknown] = None


SINGLE: Final = Multiplicity()

EdgeKind = Literal["contains", "scales", "schedules_on", "references", "deploys", "mounts", "owns"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    A wish for an edge, resolved by `graph`.

    The target is a resource of one of `types` (any, if empty) that the expression at `at` refers to, or, failing
    that, one whose `field` ("name", or a pointer below /attributes) equals the value there, or, where `after` is given,
    the part of it that follows (`endpoint/` of `endpoint/<name>/variant/<name>`, and of an ARN). `inherit` names the
    group fields that the target supplies where the resource itself states none (a launch template's machine).
    """

    kind: EdgeKind
    at: str  # pointer below /attributes
    types: tuple[str, ...] = ()
    field: str = "name"
    group: Optional[str] = None
    reverse: bool = False  # the edge runs from the target to this resource (a cluster contains its pools)
    inherit: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A native attribute that a fact came from: a pointer below /attributes, of another resource if one is named."""

    path: str
    address: Optional[str] = None


ALL: Final = "/*"
"""In `Native.same_basis`, in place of one attribute: all of them."""


class Native(Protocol):
    """What a frontend keeps of the text behind a resource. Everything here is asked for, never carried in values."""

    def place(self, path: str) -> Place:
        """Return where the native attribute at a pointer (below /attributes) is written, else its nearest ancestor."""

    def trace(self, path: str) -> tuple[Step, ...]:
        """Return the chain of lines that led to the native attribute at a pointer, the attribute's own line first."""

    def same_basis(self, path: str, other: Native) -> bool:
        """
        Whether all that is written behind the native attribute at a pointer is what another object has there.

        Two values that are not known are the same content only then. "" is the object itself, `ALL` all that any of
        its attributes may rest on (tags that a provider adds, too); layout does not count.
        """

    def referents(self, path: str) -> tuple[str, ...]:
        """Return the native addresses in the same unit that the expression at a pointer refers to."""

    def sensitive(self, path: str) -> bool:
        """Whether the native attribute at a pointer is made of what is marked as sensitive, and must not be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """
    Anything that is about to be created, as far as it is known.

    `type` is native (`aws_instance`, `apps/Deployment`). `labels` are those in effect, after provider defaults,
    pod-template and namespace rules. `lifetime` and `facts` hold the remaining facts by their name in the contract
    (`lifetime`: max_runtime_seconds, ttl_seconds, …; `facts`: placement, sweep, quota, checkpoint_uri, …).
    `origins` maps the pointer of a fact to the native attributes behind it.
    """

    address: str
    unit: str
    format: Format
    type: str
    name: str
    category: Category
    native: Native = field(compare=False, repr=False)
    attributes: Mapping[str, Value] = field(repr=False)
    labels: Union[Mapping[str, Value], Unknown] = field(default_factory=dict)
    annotations: Union[Mapping[str, Value], Unknown] = field(default_factory=dict)
    taggable: bool = False
    groups: Union[Mapping[str, Group], Unknown] = field(default_factory=dict)
    multiplicity: Multiplicity = SINGLE
    environment: Optional[str] = None
    api_version: Optional[str] = None
    provider: Optional[str] = None
    region: Text = None
    account: Text = None
    cluster: Text = None
    namespace: Text = None
    lifetime: Union[Mapping[str, Value], Unknown] = field(default_factory=dict)
    autoscaling: Union[tuple[Mapping[str, Value], ...], Unknown] = ()
    storage: Union[tuple[Disk, ...], Unknown] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict, compare=False, repr=False)
    links: tuple[Link, ...] = ()
    understood: bool = True  # False: no Kind; counted as not understood
    by_shape: bool = False  # understood by the shape of its pod templates alone: how many there are is not known
