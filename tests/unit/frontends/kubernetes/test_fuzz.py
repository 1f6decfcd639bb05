"""Valid manifests with any of their values replaced: reading never fails, and devices never just vanish."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardrail.catalog.kubernetes.rows import builtin
from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.frontends.kubernetes import read as reader
from guardrail.frontends.kubernetes.objects import Object, distinct, objects
from guardrail.frontends.kubernetes.resource import finish
from guardrail.frontends.kubernetes.surroundings import surroundings
from guardrail.frontends.unit import Unit
from guardrail.model.path import segments
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Reason, Unknown, Value
from guardrail.sources.listed import MemoryTree

EXAMPLES: Final = Path(__file__).parents[4] / "fixtures" / "objects"
TEXTS: Final = {path.parent.name: path.read_bytes() for path in sorted(EXAMPLES.glob("*/input.yaml"))}
VALUES: Final = {name: [one.value for one in documents.read(data, name).documents] for name, data in TEXTS.items()}

_GAP: Final = Unknown(Reason.TEMPLATE)

_UNTOLD: Final = ("free", "example.com_unknown")
"""Kinds without pods, and one whose pods are found by looking: what is hidden there cannot be looked at."""

ODD: Final[st.SearchStrategy[Any]] = st.sampled_from(
    [
        None, True, False, 0, -1, 3, 2**31 - 1, 2**31, 10**30, Decimal("1.5"), Decimal("1E+300"), "", "x", "-3", "1Gi",
        "9" * 50, "a/b~c", "\ud800", (), (1,), ("a", None, {}), ({"name": "x"},), {}, {"a": {}}, {"": None},
        _GAP, OpenMap({}, _GAP), OpenMap({"cpu": "1"}, _GAP),
    ]
)  # fmt: skip
UNIT: Final = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))


def _judge(values: list[Value]) -> tuple[Resource, ...]:
    held = [Document(number, value, "") for number, value in enumerate(values, 1)]
    found, _ = distinct([one for one in objects("a.yaml", held, builtin()) if isinstance(one, Object)])
    around = surroundings("k8s", found, builtin())
    return tuple(finish(one, around, UNIT) for one in reader._drafts(found, around))


def _pointers(value: Value, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: list[tuple[Any, Value]] = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, tuple) else []
    )
    return [at for key, member in items for at in [(*above, key), *_pointers(member, (*above, key))]]


def _replaced(value: Value, path: tuple[Any, ...], new: Value) -> Value:
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: _replaced(value[path[0]], path[1:], new)}
    return tuple(_replaced(member, path[1:], new) if index == path[0] else member for index, member in enumerate(value))


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_values_of_any_type_never_raise(data: st.DataObject) -> None:
    values = list(VALUES[data.draw(st.sampled_from(sorted(VALUES)))])
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(values) - 1))
        paths = _pointers(values[index])
        if paths:
            values[index] = _replaced(values[index], data.draw(st.sampled_from(paths)), data.draw(ODD))
    for resource in _judge(values):
        for origins in resource.origins.values():
            for origin in origins:
                segments(origin.path)
        for link in resource.links:
            resource.native.referents(link.at)


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in _UNTOLD])
@pytest.mark.parametrize("reason", [Reason.TEMPLATE])
def test_hiding_any_value_hides_no_device(name: str, reason: Reason) -> None:
    """What was known stays as it is or becomes unknown, wherever a value is filled in by another tool."""
    before = _devices(_judge(VALUES[name]))
    for index, value in enumerate(VALUES[name]):
        for path in _pointers(value):
            hidden = _replaced(value, path, Unknown(reason))
            if path[0] in _IDENTITY.get(name, ("apiVersion", "kind")):
                continue
            values = [hidden if at == index else one for at, one in enumerate(VALUES[name])]
            after = _devices(_judge(values))
            for known in before:
                assert known in after or None in after, f"{path} hidden: {known} is gone"


_IDENTITY: Final = {"core_LimitRange": ("apiVersion", "kind", "metadata")}
"""What says which object it is, and whom it is about. Hidden, it is no longer about those pods."""


def _devices(resources: tuple[Resource, ...]) -> list[Any]:
    """Return the devices of every group, `None` for one where something is not known."""
    told: list[Any] = []
    for resource in resources:
        if isinstance(resource.groups, Unknown):
            return [None]
        for group in resource.groups.values():
            if isinstance(group.accelerators, Unknown):
                told.append(None)
                continue
            for one in group.accelerators:
                facts = (one.count, one.family, group.replicas.max)
                told.append(None if any(isinstance(fact, Unknown) for fact in facts) else facts)
    return told


@given(st.binary(max_size=200))
def test_bytes_never_raise(data: bytes) -> None:
    reader.read(MemoryTree({"a.yaml": data}), UNIT)
