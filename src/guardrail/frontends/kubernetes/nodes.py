"""What the labels that a pod asks of its node say of that node: its machine, accelerators, place and price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Optional, Union

from guardrail.catalog import node_labels as labels
from guardrail.catalog.accelerators import AcceleratorModel, accelerator
from guardrail.catalog.machines import machine
from guardrail.frontends.kubernetes.selection import Selector, chosen
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import CANDIDATES, OpenMap, Reason, Text, Unknown

_PROVIDERS: Final = ("aws", "gcp", "azure")
_RESERVED: Final = Purchase(0, 0, "reserved")
_BOUGHT: Final[Mapping[str, Purchase]] = {"on_demand": ON_DEMAND, "spot": SPOT, "reserved": _RESERVED}


@dataclass(frozen=True, slots=True)
class Nodes:
    """What the choice of nodes says. `models` are the accelerators that the node can have, None if nothing tells."""

    machine_types: Union[tuple[str, ...], Unknown, None] = None
    models: Union[tuple[AcceleratorModel, ...], Unknown, None] = None
    zones: Union[tuple[str, ...], Unknown, None] = None
    region: Text = None
    purchase: Union[Purchase, Unknown, None] = None
    slice: Optional[str] = None
    clients: Optional[int] = None


_ANY: Final = Nodes()


def nodes(asked: Selector) -> Nodes:
    """Return what labels that are asked for say of the node."""
    if isinstance(asked, dict) and not asked and not isinstance(asked, OpenMap):
        return _ANY
    types = chosen(asked, labels.MACHINES)
    region = chosen(asked, labels.REGIONS)
    slices = chosen(asked, (labels.SLICE,))
    clients = chosen(asked, (labels.CLIENTS,))
    return Nodes(
        machine_types=types,
        models=_models(asked, types),
        zones=chosen(asked, labels.ZONES),
        region=_only(region),
        purchase=_purchase(asked),
        slice=slices[0] if isinstance(slices, tuple) and len(slices) == 1 else None,
        clients=_small(clients),
    )


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
    inside = _inside(types) if isinstance(types, tuple) else None
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
