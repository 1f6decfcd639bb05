"""Rows of a user's own with everything that rows may have: what they say is what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.graph import Graph
from guardrail.model.resource import Bounds, Group
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

META = "metadata: {name: a, namespace: ml}"
GPU = "resources: {limits: {nvidia.com/gpu: 2}}"


def _graph(text: str, *rows: Mapping[str, Any]) -> Graph:
    tree = MemoryTree({"a.yaml": text.encode()})
    unit = Unit(name=".", format="kubernetes", directory=".", files=("a.yaml",))
    return build([read(tree, unit, rows)])


def _groups(graph: Graph, kind: str = "Fleet", name: str = "a") -> Mapping[str, Group]:
    groups = graph.resources[f".//acme.io/{kind}/ml/{name}"].groups
    assert not isinstance(groups, Unknown)
    return groups


def _devices(group: Group) -> Any:
    found = group.accelerators
    return found.reason if isinstance(found, Unknown) else [(one.vendor, one.count, one.model) for one in found]


def test_amounts_and_machines_outside_of_pods() -> None:
    spec = "spec: {machine: Standard_NC24ads_A100_v4, gpu: '3', kind: amd.com/gpu}"
    text = f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\n{spec}\n"
    pods = {"template": "/spec", "pod": "", "desired": 2}
    asks = [{"amount": "/spec/gpu", "resource": "nvidia.com/gpu", "named": "/spec/kind"}]
    row = {"type": "acme.io/Fleet", "category": "workload.service", "pods": [{**pods, "asks": asks}]}
    group = _groups(_graph(text, row))["main"]
    assert [(vendor, count) for vendor, count, _ in _devices(group)] == [("amd", 3)]
    whole = {**pods, "whole": True, "selects": {"node.kubernetes.io/instance-type": "/spec/machine"}}
    group = _groups(_graph(text, {**row, "pods": [whole]}))["main"]
    assert _devices(group) == [("nvidia", 1, "a100-80gb")]
    assert (group.machine_types, group.replicas) == (("Standard_NC24ads_A100_v4",), Bounds(2, 2, 2))


def test_what_is_joined_and_what_is_chosen() -> None:
    runtime = (
        "---\napiVersion: acme.io/v1\nkind: Runtime\nmetadata: {name: r, namespace: ml}\n"
        f"spec: {{pod: {{containers: [{{name: main, image: a, {GPU}}}]}}}}\n"
    )
    text = f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\nspec: {{runtime: r}}\n"
    row = {
        "type": "acme.io/Fleet",
        "category": "ml.endpoint",
        "joins": [{"name": "/spec/runtime", "types": "acme.io/Runtime", "take": "/spec/pod", "into": "/spec/pod"}],
        "pods": [{"template": ["/spec/pod", "/spec"], "pod": "", "elsewhere": "the runtime"}],
    }
    supplier = {"type": "acme.io/Runtime", "category": "ml.runtime", "template": True}
    assert [count for _, count, _ in _devices(_groups(_graph(text + runtime, row, supplier))["main"])] == [2]
    assert _devices(_groups(_graph(text, row, supplier))["main"]) is Reason.ENVIRONMENT


def test_a_scaler_of_ones_own_moves_a_workload_of_ones_own() -> None:
    text = (
        f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\nspec: {{replicas: 2, size: 3, template: {{spec: {{containers: "
        f"[{{name: main, image: a, {GPU}}}]}}}}}}\n---\napiVersion: acme.io/v1\nkind: Mover\n{META}\n"
        "spec: {of: {apiVersion: acme.io/v1, kind: Fleet, name: a}, most: 5}\n"
    )
    fleet = {
        "type": "acme.io/Fleet",
        "category": "workload.service",
        "pods": [{"desired": {"at": "/spec/replicas", "default": 1}, "times": ["/spec/size"]}],
    }
    mover = {
        "type": "acme.io/Mover",
        "category": "autoscaler",
        "scaler": {"target": "/spec/of", "min": 1, "max": {"at": "/spec/most", "default": "unbounded"}, "cooldown": 60},
    }
    assert _groups(_graph(text, fleet, mover))["main"].replicas == Bounds(3, 6, 15)


def test_modes_words_and_what_is_not_read() -> None:
    text = (
        f"apiVersion: acme.io/v1\nkind: Fleet\n{META}\nspec: {{mode: %s, size: all, claims: %s, most: 9, template: "
        f"{{spec: {{containers: [{{name: main, image: a, {GPU}}}]}}}}}}\n"
    )
    row = {
        "type": "acme.io/Fleet",
        "category": "workload.batch",
        "pods": [
            {
                "desired": {"at": "/spec/size", "words": {"all": 4}},
                "max": "/spec/most",
                "cases": [{"at": "/spec/mode", "words": ["fixed"]}],
                "unread": {"/spec/claims": "claims are not counted"},
            }
        ],
    }
    scaled = _groups(_graph(text % ("elastic", "null"), row))["main"]
    fixed = _groups(_graph(text % ("fixed", "[a]"), row))["main"]
    assert (scaled.replicas, [count for _, count, _ in _devices(scaled)]) == (Bounds(4, 4, 9), [2])
    assert (fixed.replicas, _devices(fixed)) == (Bounds(4, 4, 4), Reason.REFUSED)
