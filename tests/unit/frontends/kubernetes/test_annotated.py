"""Parts of GPUs that pods ask for by annotations."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

POD = "apiVersion: v1\nkind: Pod\nmetadata: {{name: p, namespace: ml, annotations: {{{annotations}}}}}\nspec: {spec}\n"
UNIT = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
PLAIN = "{containers: [{name: a, image: a}]}"


def _told(annotations: str, spec: str = PLAIN) -> tuple[list[tuple[Any, Any]], list[str]]:
    text = POD.format(annotations=annotations, spec=spec)
    parsed = read(MemoryTree({"a.yaml": text.encode()}), UNIT)
    groups = parsed.resources[0].groups
    assert not isinstance(groups, Unknown)
    devices = groups["main"].accelerators
    assert not isinstance(devices, Unknown)
    found = [(one.count.reason if isinstance(one.count, Unknown) else one.count, one.fraction) for one in devices]
    return [(count, None if part is None else str(part)) for count, part in found], [
        f"{one.code} {one.place}" for one in parsed.diagnostics
    ]


@pytest.mark.parametrize(
    ("annotations", "found"),
    [
        pytest.param("gpu-fraction: '0.5'", [(1, "0.5")], id="half of one"),
        pytest.param("gpu-fraction: '0.25', gpu-fraction-num-devices: '4'", [(4, "0.25")], id="a quarter of four"),
        pytest.param("gpu-memory: '4000'", [(1, None)], id="memory, of a device that nobody knows"),
        pytest.param("gpu-fraction: '1'", [(1, None)], id="all of one"),
        pytest.param("gpu-fraction: '0'", [], id="none of one"),
        pytest.param("gpu-fraction: $PART", [(Reason.TEMPLATE, None)], id="filled in later"),
        pytest.param("team: ml", [], id="nothing of that"),
    ],
)
def test_parts(annotations: str, found: list[Any]) -> None:
    assert _told(annotations) == (found, [])


@pytest.mark.parametrize("value", ["'7'", "half", "'-0.5'", "'1.5'", "''"])
def test_what_is_no_part_is_told_with_its_line(value: str) -> None:
    found, told = _told(f"gpu-fraction: {value}")
    assert found == [(Reason.ERROR, None)]
    assert [one.partition(":")[0] for one in told] == ["manifest-value a.yaml"]


def test_whoever_asks_for_devices_has_those() -> None:
    spec = "{containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 8}}}]}"
    assert _told("gpu-fraction: '0.1'", spec)[0] == [(8, None)]


def test_a_node_that_is_chosen_is_shared() -> None:
    spec = "{nodeSelector: {cloud.google.com/gke-accelerator: nvidia-l4}, containers: [{name: a, image: a}]}"
    assert _told("gpu-fraction: '0.5'", spec)[0] == [(1, "0.5")]
