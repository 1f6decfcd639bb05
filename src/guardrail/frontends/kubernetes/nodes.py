"""What the labels that a pod asks of its node say of that node: its machine, accelerators, place and price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Optional, Union

from guardrail.catalog import node_labels as labels
from guardrail.catalog.accelerators import AcceleratorModel, accelerator
from guardrail.catalog.machines import all_of, machine
from guardrail.frontends.kubernetes.selection import Selector, chosen
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.model.resource import ON_DEMAND, SPOT, Accelerator, Purchase
from guardrail.model.value import CANDIDATES, OpenMap, Reason, Text, Unknown

_PROVIDERS: Final = ("aws", "gcp", "azure")
_RESERVED: Final = Purchase(0, 0, "reserved")
_BOUGHT: Final[Mapping[str, Purchase]] = {"on_demand": ON_DEMAND, "spot": SPOT, "reserved": _RESERVED}


@dataclass(frozen=True, slots=True)
class Nodes:
    """
    What the choice of nodes says. `models` are the accelerators that the node can have, None if nothing tells.

    `chosen` says that the node is chosen by its accelerators (or by a machine that has some): of `vendor`, where that
    is all that is known of them, and at most `devices` of them. `slice` is the MIG profile of a device, `clients` how
    many share one, `topology` the shape of a slice of TPUs.
    """

    machine_types: Union[tuple[str, ...], Unknown, None] = None
    models: Union[tuple[AcceleratorModel, ...], Unknown, None] = None
    zones: Union[tuple[str, ...], Unknown, None] = None
    region: Text = None
    purchase: Union[Purchase, Unknown, None] = None
    slice: Optional[str] = None
    clients: Optional[int] = None
    chosen: bool = False
    vendor: Optional[str] = None
    devices: Optional[int] = None
    topology: Text = None


ANY_NODE: Final = Nodes()


def nodes(asked: Selector) -> Nodes:
    """Return what labels that are asked for say of the node."""
    if isinstance(asked, dict) and not asked and not isinstance(asked, OpenMap):
        return ANY_NODE
    types = chosen(asked, labels.MACHINES)
    region = chosen(asked, labels.REGIONS)
    clients = chosen(asked, labels.CLIENTS)
    models = _models(asked, types)
    vendor = _vendor(asked)
    inside = _machines(types) if isinstance(types, tuple) else ()
    return Nodes(
        machine_types=types,
        models=models,
        zones=chosen(asked, labels.ZONES),
        region=_only(region),
        purchase=_purchase(asked),
        slice=_slice(asked),
        clients=_small(clients),
        chosen=vendor is not None or _by_model(asked, models) or any(inside),
        vendor=vendor,
        devices=_devices(asked, inside),
        topology=_topology(asked),
    )


def _topology(asked: Selector) -> Text:
    values = chosen(asked, (labels.TOPOLOGY,)) if not isinstance(asked, Unknown) and labels.TOPOLOGY in asked else None
    if not isinstance(values, tuple):
        return values
    if len(values) == 1:
        return values[0]
    one_of = values if len(values) <= CANDIDATES else None
    return Unknown(Reason.REFUSED, one_of, note="slices of several shapes will do")


def _by_model(asked: Selector, models: object) -> bool:
    """Whether labels that name accelerators are asked for: any value will do, but for a label of one's own."""
    if isinstance(asked, Unknown):
        return False
    named = [key for key in labels.MODELS if key in asked]
    return bool(named) and (named != ["accelerator"] or isinstance(models, tuple))


def _vendor(asked: Selector) -> Optional[str]:
    """Return whose accelerators the node is asked to have."""
    if isinstance(asked, Unknown):
        return None
    for key, words in labels.VENDORS.items():
        values = chosen(asked, (key,)) if key in asked else None
        for value in values if isinstance(values, tuple) else ():
            if value in words:
                return words[value]
    return None


def _slice(asked: Selector) -> Optional[str]:
    """Return the MIG profile of the node's devices, where there is one for certain."""
    if isinstance(asked, Unknown):
        return None
    for key in (labels.SLICE, *labels.SLICED):
        values = chosen(asked, (key,)) if key in asked else None
        found = _PROFILE.search(values[0]) if isinstance(values, tuple) and len(values) == 1 else None
        if found is not None:
            return found[1]
    return None


_PROFILE: Final = pattern(r"(?:\A|\Aall-|-MIG-)([1-7]g\.[0-9]{1,3}gb)(?:[.+-][a-z.]+)?\Z")


def _machines(types: tuple[str, ...]) -> tuple[tuple[Accelerator, ...], ...]:
    """Return the accelerators of each machine type that is in the table."""
    found = (next((known for cloud in _PROVIDERS if (known := machine(cloud, name))), None) for name in types)
    return tuple(known.accelerators for known in found if known is not None)


def _devices(asked: Selector, inside: tuple[tuple[Accelerator, ...], ...]) -> Optional[int]:
    """Return how many accelerators the node has at most, None where that is not known."""
    stated = chosen(asked, labels.DEVICES) if isinstance(asked, dict) and _any(asked, labels.DEVICES) else None
    if isinstance(stated, tuple) and all(value.isascii() and value.isdigit() for value in stated):
        return max(int(value[:9]) for value in stated) if stated else None
    numbers = [sum(one.count for one in several if isinstance(one.count, int)) for several in inside]
    return max(numbers, default=0) or None


def _any(asked: Mapping[str, object], keys: Iterable[str]) -> bool:
    return any(key in asked for key in keys)


def _models(
    asked: Selector, types: Union[tuple[str, ...], Unknown, None]
) -> Union[tuple[AcceleratorModel, ...], Unknown, None]:
    """
    Return the models that a node can have: those that all labels agree on, which all have to hold.

    A name in no row leaves it unknown which. Labels that contradict each other leave the models of all of them.
    """
    if isinstance(asked, Unknown):
        return asked
    told: Optional[tuple[AcceleratorModel, ...]] = None
    doubt = types if isinstance(types, Unknown) else None
    for key in labels.MODELS:
        named = chosen(asked, (key,)) if key in asked else None
        if isinstance(named, Unknown):
            doubt = doubt or named
        elif named:
            found = _named(key, named)
            if isinstance(found, Unknown):
                return found
            told = agreed(told, found) if found else told
    for inside in (_inside(types) if isinstance(types, tuple) else None, _of_families(asked)):
        if isinstance(inside, Unknown):
            return inside
        told = agreed(told, inside) if inside else told
    return told or doubt or (asked.rest if isinstance(asked, OpenMap) else None)


def _named(key: str, names: tuple[str, ...]) -> Union[tuple[AcceleratorModel, ...], Unknown]:
    """Return the models that a label names; none where it is a label of one's own, which may say anything."""
    found = [accelerator(name) for name in names]
    known = tuple(row for row in found if row is not None)
    if len(known) == len(found):
        return known
    if key == "accelerator" and not known:
        return ()
    other = next(name for name, row in zip(names, found, strict=True) if row is None)
    return Unknown(Reason.REFUSED, note=f"the accelerator {other[:60]!r} is not in the table of accelerators")


def agreed(
    told: Optional[tuple[AcceleratorModel, ...]], more: tuple[AcceleratorModel, ...]
) -> tuple[AcceleratorModel, ...]:
    """Return the models that both name, all of them where they name none in common."""
    if told is None:
        return more
    common = [one if one.memory_gib is not None else other for one in told for other in more if _alike(one, other)]
    return tuple(dict.fromkeys(common or (*told, *more)))


def _alike(one: AcceleratorModel, other: AcceleratorModel) -> bool:
    """Whether two names can mean one device: of `a100` alone the memory is not known."""
    return one == other or (one.family == other.family and None in (one.memory_gib, other.memory_gib))


def _inside(types: tuple[str, ...]) -> Union[tuple[AcceleratorModel, ...], Unknown, None]:
    """Return the accelerators that machines of some of the types have, None where the types do not tell."""
    found = [next((known for cloud in _PROVIDERS if (known := machine(cloud, name))), None) for name in types]
    names = [one.model for known in found if known is not None for one in known.accelerators]
    rows = tuple(row for name in names if isinstance(name, str) and (row := accelerator(name)) is not None)
    if not rows:
        return None
    if None in found:
        return Unknown(Reason.REFUSED, note="one of the machine types is not in the table of machines")
    return tuple(dict.fromkeys(rows))


def _of_families(asked: Mapping[str, object]) -> Optional[tuple[AcceleratorModel, ...]]:
    """Return the accelerators of machines of the families that are asked for, None where some have none."""
    for key, cloud in labels.FAMILIES.items():
        families = chosen(asked, (key,)) if key in asked else None
        if not isinstance(families, tuple):
            continue
        several = [_of_family(cloud, family) for family in families]
        if several and all(several):
            return tuple(dict.fromkeys(row for rows in several for row in rows))
    return None


@cache
def _of_family(cloud: str, family: str) -> tuple[AcceleratorModel, ...]:
    begins = f"{family}." if cloud == "aws" else f"{family}-"
    found = (machine(cloud, name) for name in all_of(cloud) if name.startswith(begins))
    names = (one.model for known in found if known is not None for one in known.accelerators)
    rows = (accelerator(name) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(row for row in rows if row is not None))


def _purchase(asked: Selector) -> Union[Purchase, Unknown, None]:
    for key, words in labels.PURCHASES.items():
        values = chosen(asked, (key,)) if isinstance(asked, Unknown) or key in asked else None
        if isinstance(values, Unknown):
            return values
        if not values:
            continue
        kinds = {words.get(value) for value in values}
        if len(kinds) == 1 and None not in kinds:
            return _BOUGHT[str(kinds.pop())]
        if kinds != {None}:
            return Unknown(Reason.ENVIRONMENT, note=f"the pods take nodes of several kinds of {key}")
    return asked.rest if isinstance(asked, OpenMap) else None


def _only(values: Union[tuple[str, ...], Unknown, None]) -> Text:
    if isinstance(values, tuple):
        return one_region(values)
    return None  # a region that is filled in later is no reason to know less than the unit states


def one_region(values: tuple[str, ...]) -> Text:
    """Return the region where any of several will do: it is up to the manifest to say which."""
    if len(values) == 1:
        return values[0]
    one_of = values if 1 < len(values) <= CANDIDATES else None
    return Unknown(Reason.REFUSED, one_of, note="several regions will do")


def _small(values: Union[tuple[str, ...], Unknown, None]) -> Optional[int]:
    """Return the least number of clients per device: the largest share."""
    if not isinstance(values, tuple) or not values or not all(value.isascii() and value.isdigit() for value in values):
        return None
    least = min(int(value[:9]) for value in values)
    return least if least > 1 else None
