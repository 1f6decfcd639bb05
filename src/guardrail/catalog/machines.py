"""
Machine types: vCPU, memory and the accelerators inside.

The rows are `data/machines.csv`, made by `tools/build_machines.py` from public price lists; they are sorted by
provider, and only the provider asked for is indexed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Final, Optional

from guardrail.catalog.accelerators import Accelerators, accelerator, of_model
from guardrail.data import DIRECTORY
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.model.resource import Accelerator
from guardrail.model.value import Reason, Unknown

_AWS_NAME: Final = pattern(r"(?:ml\.)?(?P<family>[a-z0-9-]+)\.[a-z0-9-]+")
_GOOGLE_CUSTOM: Final = pattern(
    r"(?:(?P<family>n1|n2|n2d|n4|n4d|e2|g2)-)?custom-(?P<vcpu>[0-9]{1,3})-(?P<mib>[0-9]{3,8})(?:-ext)?"
)
_GOOGLE_PLAIN: Final = pattern(r"(?:custom|[cehmntxz][0-9]+[a-z]?)-[a-z0-9-]+")
"""
Google's families A and G, and its TPUs (`ct`, `tpu`), have accelerators by their name; to the others they are added.

https://cloud.google.com/compute/docs/machine-resource
"""

_AZURE_PLAIN: Final = pattern(r"(?i)(?:standard|basic)_[a-mo-z][a-z]*[0-9][a-z0-9_-]*")
"""Azure's sizes with accelerators are the N series: https://learn.microsoft.com/azure/virtual-machines/sizes/overview"""


_WITHIN: Final[Mapping[str, tuple[str, ...]]] = {"databricks": ("aws", "azure", "gcp")}
"""Clouds in which a provider has its machines. No two of them have machines of one name."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine type. `memory_gib` is exact; `vcpu` counts hardware threads, as clouds sell them."""

    type: str
    vcpu: int
    memory_gib: Decimal
    accelerators: tuple[Accelerator, ...] = ()


def machine(provider: str, machine_type: str) -> Optional[Machine]:
    """
    Return a machine type of `aws`, `gcp` or `azure`, None where it is in no row or its size is not recorded.

    SageMaker's `ml.` types are the EC2 machines of that name. Google's custom machines are told by their name.
    Azure's names are matched without regard to case, as Azure does.
    """
    if provider in _WITHIN:
        return next((found for cloud in _WITHIN[provider] if (found := machine(cloud, machine_type))), None)
    row = _row(provider, machine_type)
    if row is None:
        return _custom(machine_type) if provider == "gcp" else None
    _, name, vcpu, memory, *_ = row.split(",")
    return Machine(name, int(vcpu), Decimal(memory), _inside(row)) if vcpu else None


@cache
def accelerators_of(provider: str, machine_type: str) -> Accelerators:
    """
    Return the accelerators inside a machine type, unknown where nothing tells.

    A type that is in no row has none where its family is known not to.
    """
    if provider in _WITHIN:
        told = [accelerators_of(cloud, machine_type) for cloud in _WITHIN[provider]]
        return next((one for one in told if not isinstance(one, Unknown)), told[0])
    row = _row(provider, machine_type)
    if row is not None:
        return _inside(row)
    if _plain_family(provider, machine_type):
        return ()
    return Unknown(Reason.REFUSED, note=f"the machine type {machine_type[:60]} is not in the table of machines")


def _plain_family(provider: str, machine_type: str) -> bool:
    """Whether no machine of the type's family has accelerators."""
    if provider == "aws":
        named = _AWS_NAME.fullmatch(machine_type)
        return named is not None and _families().get(named["family"]) is False
    plain = {"gcp": _GOOGLE_PLAIN, "azure": _AZURE_PLAIN}.get(provider)
    return plain is not None and plain.fullmatch(machine_type) is not None


@cache
def _families() -> Mapping[str, bool]:
    """Whether some type of an EC2 family has accelerators, by family."""
    families: dict[str, bool] = {}
    for name, row in _rows("aws").items():
        family = name.removeprefix("ml.").partition(".")[0]
        families[family] = families.get(family, False) or bool(row.split(",")[4])
    return families


@cache
def of_family(provider: str, family: str) -> tuple[str, ...]:
    """Return the machine types of a family (`g5`), in order of size; none where no row is of it."""
    found = [row.split(",") for name, row in _rows(provider).items() if name.startswith(f"{family}.")]
    return tuple(name for _, name, vcpu, *_ in sorted(found, key=lambda row: (int(row[2] or 0), row[1])))


@cache
def all_of(provider: str) -> tuple[str, ...]:
    """Return every machine type of a cloud that can be a node, in order of size and name: not those of SageMaker."""
    found = [row.split(",") for row in _rows(provider).values() if not row.startswith("aws,ml.")]
    return tuple(name for _, name, vcpu, *_ in sorted(found, key=lambda row: (int(row[2] or 0), row[1])))


def _row(provider: str, machine_type: str) -> Optional[str]:
    """Return the line of a machine type; SageMaker's types are the EC2 machines of that name."""
    rows = _rows(provider)
    row = rows.get(_key(provider, machine_type))
    return rows.get(machine_type[3:]) if row is None and machine_type.startswith("ml.") else row


def _key(provider: str, machine_type: str) -> str:
    return machine_type.lower() if provider == "azure" else machine_type


@cache
def _rows(provider: str) -> Mapping[str, str]:
    """Return the lines of one provider by machine type, unparsed: most are never asked for."""
    text = (DIRECTORY / "machines.csv").read_text(encoding="utf-8")
    start = text.find(f"\n{provider},") + 1
    if not start:
        return {}
    rows = {}
    for line in text[start:].splitlines():
        owner, name, _ = line.split(",", 2)
        if owner != provider:
            break
        rows[_key(provider, name)] = line
    return rows


def _inside(row: str) -> tuple[Accelerator, ...]:
    name, written = row.split(",")[4:6]
    if not name:
        return ()
    known = accelerator(name)
    if known is None:  # a test of the data keeps this from happening
        raise LookupError(name)
    count = Decimal(written)
    if count == count.to_integral_value():
        return (of_model(known, int(count)),)
    return (of_model(known, 1, count),)


def _custom(machine_type: str) -> Optional[Machine]:
    """Return a custom machine: its name holds vCPU and MiB. A GPU is only added to it, never inside, but for G2."""
    match = _GOOGLE_CUSTOM.fullmatch(machine_type)
    if match is None or match["family"] == "g2":
        return None
    return Machine(machine_type, int(match["vcpu"]), Decimal(match["mib"]) / 1024)
