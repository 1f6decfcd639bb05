"""Accelerators that nobody counts are told, with their line; those that are counted are not."""

from __future__ import annotations

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.sources.listed import MemoryTree

POD = "{containers: [{name: a, image: a, resources: {limits: {nvidia.com/gpu: 1}}}]}"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: ml}\n"
OTHER = "apiVersion: acme.io/v1\nkind: Fleet\nmetadata: {name: f, namespace: ml}\n"
DEPLOYMENT = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec:\n  template: {{spec: {POD}}}\n"


def _told(text: str) -> list[str]:
    unit = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
    parsed = read(MemoryTree({"a.yaml": text.encode()}), unit)
    return [f"{one.code}:{one.place and one.place.line}" for one in parsed.diagnostics]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(DEPLOYMENT, [], id="what is counted"),
        pytest.param(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {POD}\n", [], id="a pod"),
        pytest.param(
            DEPLOYMENT + "  more: {nvidia.com/gpu: 64}\n", ["accelerator-overlooked:6"], id="beside what is counted"
        ),
        pytest.param(OTHER + "spec: {size: {amd.com/gpu: 8}}\n", ["accelerator-overlooked:4"], id="a kind in no row"),
        pytest.param(OTHER + "spec: {size: {example.com/npu: 8}}\n", ["accelerator-overlooked:4"], id="of anybody"),
        pytest.param(OTHER + "spec: {size: {nvidia.com/gpu: 0}}\n", [], id="none of them"),
        pytest.param(OTHER + "spec: {taints: [{nvidia.com/gpu: x}]}\n", [], id="what keeps pods away"),
        pytest.param(OTHER + "status: {used: {nvidia.com/gpu: 8}}\n", [], id="what somebody reports"),
        pytest.param(
            MAP + "data:\n  pod.yaml: |\n    limits:\n      nvidia.com/gpu: 8\n",
            ["accelerator-in-text:5"],
            id="YAML in text",
        ),
        pytest.param(MAP + "data: {a: '{\"nvidia.com/gpu\": \"8\"}'}\n", ["accelerator-in-text:4"], id="JSON in text"),
        pytest.param(MAP + "data: {a: 'nvidia.com/gpu: 0'}\n", [], id="none of them in text"),
        pytest.param(MAP + "data:\n  a: |\n    # nvidia.com/gpu: 8\n    x: 1\n", [], id="a comment in text"),
        pytest.param(MAP + "data: {a: 'see nvidia.com/gpu for more'}\n", [], id="a name in text"),
        pytest.param(
            "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {requests.nvidia.com/gpu: 8}}\n",
            [],
            id="a quota",
        ),
    ],
)  # fmt: skip
def test_what_is_told(text: str, told: list[str]) -> None:
    assert _told(text) == told


def test_one_word_for_many() -> None:
    amounts = "\n".join(f"  a{index}: {{nvidia.com/gpu: 1}}" for index in range(100))
    assert _told(f"{OTHER}spec:\n{amounts}\n") == ["accelerator-overlooked:5"]
