"""
Accelerator models by all their names, and the accelerators that machines have.

Canonical names, families and aliases are rows of `data/accelerators.csv`. A family is the model less its memory:
`h100-80gb` and `h100-94gb` are h100; a10 is not a10g.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Final, Optional, Union

from guardrail.data import DIRECTORY
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.model.resource import Accelerator
from guardrail.model.value import Count, Reason, Text, Unknown, Value, apply

Accelerators = Union[tuple[Accelerator, ...], Unknown]

_SHARE: Final = pattern(r"-(?:shared|vws|mig-[0-9a-z.+-]+)$")
"""What names say of how a device is shared or licensed: the device stays the same."""


@dataclass(frozen=True, slots=True)
class AcceleratorModel:
    """
    A row of the table. `memory_gib` is that of one whole device, None where the name does not tell.

    `a100` alone is such a name: the family is certain, whether it has 40 or 80 GiB is not.
    """

    model: str
    family: str
    vendor: str
    memory_gib: Optional[Decimal]


def accelerator(name: str) -> Optional[AcceleratorModel]:
    """
    Return the model of a native name, None where it is in no row.

    Understood are names of GKE (`nvidia-tesla-t4`), Vertex AI (`NVIDIA_TESLA_T4`), GPU feature discovery
    (`NVIDIA-H100-80GB-HBM3`, also with `-SHARED` or `-MIG-1g.10gb`), Karpenter (`h100`) and the canonical ones.
    A Google accelerator that is given as a path counts by its last part.
    """
    wanted = _normal(name.rpartition("/")[2])
    table = _table()
    while wanted not in table:
        shorter = _SHARE.sub("", wanted)
        if shorter == wanted:
            return None
        wanted = shorter
    return table[wanted]


def models() -> tuple[AcceleratorModel, ...]:
    """Return every model once, sorted by name."""
    return tuple(sorted(set(_table().values()), key=lambda row: row.model))


def native(name: Text, count: Count) -> Accelerator:
    """Return the accelerators that are named natively. Of a name in no row, everything but the count is unknown."""
    if name is None:
        return Accelerator(count=count)
    if isinstance(name, Unknown):
        model, family, vendor, memory = (apply(partial(_field, field), name) for field in _FIELDS)
        return Accelerator(count=count, model=model, family=family, vendor=vendor, memory_gib=memory)
    row = accelerator(name)
    if row is not None:
        return of_model(row, count)
    hidden = Unknown(Reason.REFUSED, note=f"the accelerator {name[:60]} is not in the table of accelerators")
    return Accelerator(count=count, model=hidden, family=hidden, vendor=hidden, memory_gib=hidden)


_FIELDS: Final = ("model", "family", "vendor", "memory_gib")


def _field(field: str, name: str) -> Value:
    return getattr(native(name, None), field)


def of_model(row: AcceleratorModel, count: Count, fraction: Optional[Decimal] = None) -> Accelerator:
    """Return so many accelerators of a row of the table."""
    return Accelerator(
        count=count,
        vendor=row.vendor,
        model=row.model,
        family=row.family,
        fraction=fraction,
        memory_gib=_number(row.memory_gib),
    )


def together(lists: Iterable[tuple[Accelerator, ...]]) -> tuple[Accelerator, ...]:
    """
    Return what any one of several machines may have: every model, each with its largest number in one machine.

    The number is an upper bound on purpose. It is compared with limits, and each of the machines may come.
    """
    found: dict[object, Accelerator] = {}
    for one in lists:
        for item in one:
            known = found.get(item.model)
            if known is None or _weight(item) > _weight(known):
                found[item.model] = item
    return tuple(found.values())


def _weight(item: Accelerator) -> Decimal:
    return Decimal(item.count if isinstance(item.count, int) else 0) * (item.fraction or 1)


def _number(value: Optional[Decimal]) -> Union[int, Decimal, None]:
    return int(value) if value is not None and value == value.to_integral_value() else value


def _normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


@cache
def _table() -> Mapping[str, AcceleratorModel]:
    rows = (DIRECTORY / "accelerators.csv").read_text(encoding="utf-8").splitlines()[1:]
    table: dict[str, AcceleratorModel] = {}
    for row in rows:
        model, family, vendor, memory, aliases = row.split(",")
        found = AcceleratorModel(model, family, vendor, Decimal(memory) if memory else None)
        for name in (model, *aliases.split()):
            table[_normal(name)] = found
    return table
