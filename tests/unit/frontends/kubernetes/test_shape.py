"""Kinds in no row: pods found by their shape wherever they stand, how many there are never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes import shape
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

GPU = "resources: {limits: {nvidia.com/gpu: 8}}"
CONTAINER = f"{{name: main, image: example/a:1, {GPU}}}"
POD = f"containers: [{CONTAINER}]"


def _read(text: str) -> Parsed:
    tree = MemoryTree({"a.yaml": text.encode()})
    return read(tree, Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",)))


def _one(spec: str) -> Resource:
    (resource,) = _read(f"apiVersion: acme.io/v1\nkind: Fleet\nmetadata: {{name: f}}\n{spec}").resources
    return resource


def _devices(resource: Resource) -> dict[str, Any]:
    """Return the devices of each group, `?` with the reason where they are not known."""
    assert not isinstance(resource.groups, Unknown)
    told: dict[str, Any] = {}
    for name, group in resource.groups.items():
        found = group.accelerators
        told[name] = f"?{found.reason.value}" if isinstance(found, Unknown) else sum(_count(one) for one in found)
    return told


def _count(accelerator: Any) -> int:
    assert isinstance(accelerator.count, int)
    return accelerator.count


@pytest.mark.parametrize(
    ("spec", "devices"),
    [
        pytest.param(f"spec: {{template: {{spec: {{{POD}}}}}}}", {"main": 8}, id="where a deployment has it"),
        pytest.param(f"spec: {{{POD}}}", {"main": 8}, id="the spec itself"),
        pytest.param(f"spec: {{a: {{b: {{c: {{d: {{podSpec: {{{POD}}}}}}}}}}}}}", {"a.b.c.d.podSpec": 8}, id="deep"),
        pytest.param(
            f"spec: {{pools: [{{name: a, template: {{spec: {{{POD}}}}}}}, {{pod: {{{POD}}}}}]}}",
            {"pools.a": 8, "pools.1.pod": 8},
            id="in a list, by the name of the element where it has one",
        ),
        pytest.param(
            f"spec: {{byName: {{a: {{{POD}}}, b: {{{POD}}}}}}}", {"byName.a": 8, "byName.b": 8}, id="in a map"
        ),
        pytest.param(f"pod: {{{POD}}}", {"pod": 8}, id="an object without a spec"),
        pytest.param(f"spec: {{engine: {CONTAINER}}}", {"engine": 8}, id="a container on its own"),
        pytest.param(f"spec: {{engine: {{{GPU}}}}}", {"engine": 8}, id="no image, only what is asked for"),
        pytest.param(
            f"spec: {{{POD}, workers: {{template: {{spec: {{{POD}}}}}}}}}",
            {"main": 8, "workers": 8},
            id="one pod spec inside another",
        ),
        pytest.param(
            f"spec: {{image: a, {GPU}, workers: {{{POD}}}}}",
            {"main": 8, "workers": 8},
            id="pods beside what is asked for",
        ),
        pytest.param(f"status: {{pods: [{{{POD}}}]}}\nspec: {{}}", {}, id="what the cluster says asks for nothing"),
        pytest.param("spec: {colour: blue}", {}, id="no pods at all"),
        pytest.param("spec: $SPEC", {"main": "?template"}, id="filled in by another tool"),
        pytest.param("spec: {template: $TEMPLATE}", {"main": "?template"}, id="a template that is filled in"),
        pytest.param("spec: {containers: [$CONTAINER]}", {"main": "?template"}, id="a container that is"),
        pytest.param("spec: {image: a, resources: $ASKED}", {"main": "?template"}, id="amounts that are"),
        pytest.param("spec: {colour: $COLOUR}", {}, id="anything else that is filled in"),
    ],
)
def test_pods_are_found_by_their_shape(spec: str, devices: dict[str, Any]) -> None:
    resource = _one(spec)
    assert _devices(resource) == devices
    assert (resource.understood, resource.by_shape) == (bool(devices), bool(devices))


@pytest.mark.parametrize("bound", ["min", "desired", "max"])
def test_how_many_there_are_is_not_known_and_not_one(bound: str) -> None:
    resource = _one(f"spec: {{replicas: 3, template: {{spec: {{{POD}}}}}}}")
    assert not isinstance(resource.groups, Unknown)
    told = getattr(resource.groups["main"].replicas, bound)
    assert isinstance(told, Unknown)
    assert told.reason is Reason.REFUSED


def test_objects_by_shape_are_counted_by_kind() -> None:
    fleet = f"apiVersion: acme.io/v1\nkind: Fleet\nmetadata: {{name: %s}}\nspec: {{{POD}}}\n"
    other = f"apiVersion: acme.io/v1\nkind: Train\nmetadata: {{name: t}}\nspec: {{{POD}}}\n"
    told = _read("---\n".join([fleet % "a", other, fleet % "b"])).diagnostics
    assert [(one.code, one.message, str(one.place)) for one in told] == [
        (
            "kind-by-shape",
            "acme.io/Fleet is in no row: the pods of 2 objects are read, but how many there are is not known",
            "a.yaml:2:1",
        ),
        (
            "kind-by-shape",
            "acme.io/Train is in no row: the pods of 1 object are read, but how many there are is not known",
            "a.yaml:7:1",
        ),
    ]


def test_an_object_too_large_to_be_looked_through_may_hold_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shape, "VISITED", 20)
    resource = _one(f"spec: {{first: {{{POD}}}, numbers: [{', '.join(['1'] * 30)}], last: {{{POD}}}}}")
    assert _devices(resource) == {"first": 8, "?": "?refused"}


def test_too_many_groups_are_said_to_be() -> None:
    pools = ", ".join([f"{{{POD}}}"] * 501)
    parsed = _read(f"apiVersion: acme.io/v1\nkind: Fleet\nmetadata: {{name: f}}\nspec: {{pools: [{pools}]}}")
    assert isinstance(parsed.resources[0].groups, Unknown)
    assert [(one.code, one.unread) for one in parsed.diagnostics][:1] == [("limit-groups", True)]
