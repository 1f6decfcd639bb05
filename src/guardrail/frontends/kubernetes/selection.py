"""Which nodes a pod may run on: labels that it asks for, and what those say of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Optional, Union

from guardrail.catalog.accelerators import AcceleratorModel, accelerator
from guardrail.catalog.kubernetes import labels
from guardrail.catalog.machines import machine
from guardrail.frontends.kubernetes.reading import Reading, opened
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import ON_DEMAND, SPOT, Purchase
from guardrail.model.value import ABSENT, OpenMap, Reason, Text, Unknown, Value

Selector = Union[Mapping[str, Value], Unknown]
"""Labels of the node by key: text, a tuple of texts of which any will do, or unknown."""

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_AFFINITY: Final = ("affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
_PROVIDERS: Final = ("aws", "gcp", "azure")
_RESERVED: Final = Purchase(0, 0, "reserved")
_BOUGHT: Final[Mapping[str, Purchase]] = {"on_demand": ON_DEMAND, "spot": SPOT, "reserved": _RESERVED}


def selector(reading: Reading, pod: Mapping[str, Value], at: str) -> Selector:
    """
    Return the labels that a pod asks of its node, by selector and by required affinity.

    Of several terms, of which any will do, only what all of them ask for is asked for.
    """
    stated = reading.texts(pod.get("nodeSelector"), f"{at}/nodeSelector")
    asked = _affinity(reading, pod, at)
    if isinstance(stated, Unknown):
        return stated
    if isinstance(asked, Unknown):
        return opened(stated, asked)
    if not asked:
        return stated
    together = {**asked, **stated}
    return opened(together, stated.rest) if isinstance(stated, OpenMap) else together


def _affinity(reading: Reading, pod: Mapping[str, Value], at: str) -> Selector:
    value: Value = pod
    for depth, key in enumerate(_AFFINITY):
        if not isinstance(value, dict):
            break
        value = value.get(key)
        if value is None:
            return {}
        if isinstance(value, Unknown):
            return value
        at = f"{at}/{key}"
        if depth < len(_AFFINITY) - 1 and not isinstance(value, dict):
            return reading.problem(at, "not a mapping")
    terms = reading.sequence(value, at)
    if isinstance(terms, Unknown):
        return terms
    read = [_term(reading, term, f"{at}/{index}") for index, term in enumerate(terms)]
    doubt = next((term for term in read if isinstance(term, Unknown)), None)
    if doubt is not None:
        return doubt
    known = [term for term in read if isinstance(term, dict)]
    if len(known) == 1:
        return known[0]
    common = [key for key in (known[0] if known else ()) if all(key in term for term in known)]
    return {key: _any_of([term[key] for term in known]) for key in common}


def _term(reading: Reading, term: Value, at: str) -> Selector:
    found = reading.mapping(term, at)
    if isinstance(found, Unknown):
        return found
    expressions = reading.sequence(found.get("matchExpressions"), f"{at}/matchExpressions")
    if isinstance(expressions, Unknown):
        return expressions
    asked: dict[str, Value] = {}
    for index, expression in enumerate(expressions):
        below = f"{at}/matchExpressions/{index}"
        one = reading.mapping(expression, below)
        if isinstance(one, Unknown):
            return one
        key, operator = one.get("key"), one.get("operator")
        for word in (key, operator):
            if isinstance(word, Unknown):
                return word
        if not isinstance(key, str):
            return reading.problem(below, "an expression without a key")
        if operator == "Exists":
            asked.setdefault(key, Unknown(Reason.ENVIRONMENT, note=f"any value of the label {key} will do"))
        elif operator == "In":
            values = reading.sequence(one.get("values"), f"{below}/values")
            asked[key] = values if isinstance(values, Unknown) else _values(reading, values, f"{below}/values")
    return asked


def _values(reading: Reading, values: Sequence[Value], at: str) -> Value:
    texts = [reading.text(value, f"{at}/{index}") for index, value in enumerate(values)]
    return _any_of(texts)


def _any_of(values: Iterable[Value]) -> Value:
    flat: list[str] = []
    for value in values:
        if isinstance(value, Unknown):
            return value
        flat.extend(value if isinstance(value, tuple) else [value] if isinstance(value, str) else [])
    distinct = tuple(dict.fromkeys(flat))
    return distinct[0] if len(distinct) == 1 else distinct


def chosen(asked: Selector, keys: Iterable[str]) -> Union[tuple[str, ...], Unknown, None]:
    """Return the values of the first of the keys that a node is chosen by, None if it is chosen by none of them."""
    if isinstance(asked, Unknown):
        return asked
    for key in keys:
        value = asked.get(key, ABSENT)
        if isinstance(value, Unknown):
            return value
        if value is not ABSENT:
            return value if isinstance(value, tuple) else (str(value),)
    return asked.rest if isinstance(asked, OpenMap) else None


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
    """Return the models that a node can have. One label with a name in no row leaves it unknown which."""
    for key in labels.MODELS:
        named = chosen(asked, (key,)) if isinstance(asked, Unknown) or key in asked else None
        if isinstance(named, Unknown):
            return named
        if not named:
            continue
        found = [accelerator(name) for name in named]
        known = tuple(row for row in found if row is not None)
        if len(known) == len(found) and known:
            return known
        if key != "accelerator":  # a label of one's own may say anything
            return Unknown(
                Reason.REFUSED, note=f"the accelerator {named[0][:60]!r} is not in the table of accelerators"
            )
    if isinstance(types, tuple):
        inside = [_inside(name) for name in types]
        if inside and all(inside):
            return tuple(dict.fromkeys(row for rows in inside for row in rows))
    if isinstance(types, Unknown):
        return types
    return asked.rest if isinstance(asked, OpenMap) else None


def _inside(machine_type: str) -> tuple[AcceleratorModel, ...]:
    """Return the accelerators inside a machine type of whatever cloud has it."""
    for provider in _PROVIDERS:
        found = machine(provider, machine_type)
        if found is not None:
            rows = (accelerator(one.model) for one in found.accelerators if isinstance(one.model, str))
            return tuple(row for row in rows if row is not None)
    return ()


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
        one_of = values if len(values) > 1 else None
        return values[0] if len(values) == 1 else Unknown(Reason.ENVIRONMENT, one_of, note="several regions will do")
    return None  # a region that is filled in later is no reason to know less than the unit states


def _small(values: Union[tuple[str, ...], Unknown, None]) -> Optional[int]:
    """Return the least number of clients per device: the largest share."""
    if not isinstance(values, tuple) or not values or not all(value.isascii() and value.isdigit() for value in values):
        return None
    least = min(int(value[:9]) for value in values)
    return least if least > 1 else None
