"""Objects that complete others: whose value counts, where it is written, and what is not known without them."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.graph.trace import trace
from guardrail.model.resource import Group, Resource
from guardrail.model.value import Unknown
from guardrail.sources.listed import MemoryTree

SERVICE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: chat, namespace: ml}
spec:
  predictor: %s
"""
RUNTIME = """\
apiVersion: serving.kserve.io/v1alpha1
kind: %s
metadata: {name: any%s}
spec: %s
"""
GPU = "{name: kserve-container, image: a, resources: {limits: {nvidia.com/gpu: 4, memory: 8Gi}}}"


def _parsed(files: dict[str, str], unit: str = ".") -> Parsed:
    tree = MemoryTree({path: text.encode() for path, text in files.items()})
    return read(tree, Unit(name=unit, format="kubernetes", directory=unit, files=tuple(sorted(files))))


def _service(predictor: str, *runtimes: str) -> tuple[Resource, Parsed]:
    files = {"a-service.yaml": SERVICE % predictor, "b-runtime.yaml": "---\n".join(runtimes)}
    parsed = _parsed({path: text for path, text in files.items() if text})
    return next(one for one in parsed.resources if one.name == "chat"), parsed


def _own(spec: str) -> str:
    return RUNTIME % ("ServingRuntime", ", namespace: ml", spec)


def _shared(spec: str) -> str:
    return RUNTIME % ("ClusterServingRuntime", "", spec)


def _group(resource: Resource, name: str = "predictor") -> Group:
    assert not isinstance(resource.groups, Unknown)
    return resource.groups[name]


def _devices(group: Group) -> Any:
    found = group.accelerators
    return f"?{found.reason.value}" if isinstance(found, Unknown) else [one.count for one in found]


MODEL = "model: {modelFormat: {name: x}, runtime: any"


@pytest.mark.parametrize(
    ("predictor", "runtimes", "devices"),
    [
        pytest.param(f"{{{MODEL}}}}}", [_own(f"{{containers: [{GPU}]}}")], [4], id="the runtime states it"),
        pytest.param(f"{{{MODEL}}}}}", [_shared(f"{{containers: [{GPU}]}}")], [4], id="a runtime of the cluster does"),
        pytest.param(
            f"{{{MODEL}}}}}",
            [_shared("{containers: [{name: kserve-container, image: a}]}"), _own(f"{{containers: [{GPU}]}}")],
            [4],
            id="one of the namespace is preferred",
        ),
        pytest.param(
            f"{{{MODEL}, resources: {{limits: {{nvidia.com/gpu: 1}}}}}}}}",
            [_own(f"{{containers: [{GPU}]}}")],
            [1],
            id="what the service states wins",
        ),
        pytest.param(
            f"{{{MODEL}, resources: {{limits: {{cpu: 1}}}}}}}}",
            [_own(f"{{containers: [{GPU}]}}")],
            [4],
            id="a device of the runtime stays beside what the service states",
        ),
        pytest.param(
            f"{{{MODEL}, resources: null}}}}", [_own(f"{{containers: [{GPU}]}}")], [4], id="null states nothing"
        ),
        pytest.param(
            f"{{{MODEL}}}}}",
            [_own(f"{{containers: [{GPU}, {{name: side, image: a, resources: {{limits: {{nvidia.com/gpu: 2}}}}}}]}}")],
            [6],
            id="other containers of the runtime run beside it",
        ),
        pytest.param(
            f"{{containers: [{{name: side, image: b}}], {MODEL}}}}}",
            [_own(f"{{containers: [{GPU}, {{name: side, image: a, resources: {{limits: {{nvidia.com/gpu: 2}}}}}}]}}")],
            [6],
            id="containers are completed by their names",
        ),
        pytest.param(
            f"{{{MODEL}}}}}",
            [_own("{containers: [{name: kserve-container, image: a}]}")],
            [],
            id="a runtime without any device",
        ),
        pytest.param(f"{{{MODEL}}}}}", [], "?environment", id="no runtime"),
        pytest.param(
            f"{{{MODEL}}}}}",
            [RUNTIME % ("ServingRuntime", ", namespace: other", f"{{containers: [{GPU}]}}")],
            "?environment",
            id="a runtime of another namespace",
        ),
        pytest.param(
            f"{{{MODEL}}}}}",
            [_own(f"{{containers: [{GPU}]}}"), _own(f"{{containers: [{GPU}]}}")],
            "?environment",
            id="two of one name",
        ),
        pytest.param(
            f"{{{MODEL}, resources: {{limits: {{cpu: 1}}}}}}}}",
            [],
            "?environment",
            id="a runtime that may add devices to what is stated",
        ),
        pytest.param(f"{{{MODEL}}}}}", [_own("$SPEC")], "?template", id="a runtime that is filled in"),
        pytest.param(
            "{model: {runtime: $RUNTIME}}", [_own(f"{{containers: [{GPU}]}}")], "?template", id="a name that is"
        ),
        pytest.param(
            f"{{{MODEL}}}}}",
            [_own("{containers: [{name: kserve-container, image: a, resources: {limits: {nvidia.com/gpu: $N}}}]}")],
            ["?template"],
            id="a number of the runtime that is",
        ),
    ],
)
def test_devices_of_a_service(predictor: str, runtimes: list[str], devices: Any) -> None:
    found = _devices(_group(_service(predictor, *runtimes)[0]))
    assert (
        [f"?{one.reason.value}" if isinstance(one, Unknown) else one for one in found]
        if isinstance(found, list)
        else found
    ) == devices


def test_the_choice_of_nodes_comes_from_both() -> None:
    runtime = f"{{nodeSelector: {{cloud.google.com/gke-accelerator: nvidia-l4, pool: a}}, containers: [{GPU}]}}"
    group = _group(_service(f"{{nodeSelector: {{pool: b}}, {MODEL}}}}}", _own(runtime))[0])
    assert group.node_selector == {"cloud.google.com/gke-accelerator": "nvidia-l4", "pool": "b"}
    assert not isinstance(group.accelerators, Unknown)
    assert [one.model for one in group.accelerators] == ["l4"]


FITS = "supportedModelFormats: [{name: other, autoSelect: true}, {name: x, version: '1', autoSelect: %s}]"
CHOSEN = f"{{containers: [{GPU}], {FITS % 'true'}}}"
UNNAMED = "{model: {modelFormat: {name: x}, resources: {limits: {cpu: 1}}}}"


@pytest.mark.parametrize(
    ("predictor", "runtimes", "devices"),
    [
        pytest.param(UNNAMED, [_own(CHOSEN)], [4], id="the only one of the namespace that takes the format"),
        pytest.param("{x: {storageUri: a}}", [_own(CHOSEN)], "?environment", id="a format that is no key"),
        pytest.param(
            "{sklearn: {storageUri: a}}",
            [_own(CHOSEN.replace("name: x", "name: sklearn"))],
            [4],
            id="a format that is a key",
        ),
        pytest.param(
            UNNAMED,
            [_own(CHOSEN), _own(CHOSEN).replace("name: any", "name: more")],
            "?environment",
            id="two that take it",
        ),
        pytest.param(UNNAMED, [_shared(CHOSEN)], "?environment", id="one of the cluster, which may have more"),
        pytest.param(UNNAMED, [_own(f"{{containers: [{GPU}], {FITS % 'false'}}}")], [], id="one that is not chosen"),
        pytest.param(UNNAMED, [_own(f"{{containers: [{GPU}]}}")], [], id="one that takes nothing"),
    ],
)
def test_a_runtime_that_nobody_names(predictor: str, runtimes: list[str], devices: Any) -> None:
    assert _devices(_group(_service(predictor, *runtimes)[0])) == devices


def test_a_runtime_that_nobody_names_in_another_unit() -> None:
    parts = [_parsed({"a/s.yaml": SERVICE % UNNAMED}, "a"), _parsed({"b/r.yaml": _own(CHOSEN)}, "b")]
    graph = build(parts, [Unit(name=name, format="kubernetes", directory=name, files=()) for name in ("a", "b")])
    assert _devices(_group(graph.resources["a//serving.kserve.io/InferenceService/ml/chat"])) == [4]


@pytest.mark.parametrize("apart", [False, True], ids=["in one unit", "in two units"])
def test_a_fact_of_the_runtime_leads_to_its_line(apart: bool) -> None:
    service, runtime = SERVICE % f"{{{MODEL}}}}}", _own(f"{{containers: [{GPU}]}}")
    if apart:
        parts = [_parsed({"a/service.yaml": service}, "a"), _parsed({"b/runtime.yaml": runtime}, "b")]
    else:
        parts = [_parsed({"a/service.yaml": service, "b/runtime.yaml": runtime}, "a")]
    graph = build(parts, [Unit(name=name, format="kubernetes", directory=name, files=()) for name in ("a", "b")])
    address = "a//serving.kserve.io/InferenceService/ml/chat"
    assert _devices(_group(graph.resources[address])) == [4]
    (step, *_) = trace(graph, address, "/groups/predictor/containers/0/limits/nvidia.com~1gpu")
    assert (step.place.file, step.place.line) == ("b/runtime.yaml", 4)
    owner = f"{'b' if apart else 'a'}//serving.kserve.io/ServingRuntime/ml/any"
    assert [(edge.kind, edge.to) for edge in graph.edges[address]] == [("references", owner)]


def test_what_is_wrong_in_the_runtime_is_told_there() -> None:
    resource, parsed = _service(f"{{{MODEL}}}}}", _own("{containers: [{name: kserve-container, resources: 1}]}"))
    assert _devices(_group(resource)) == "?error"
    assert {(one.code, one.place.file) for one in parsed.diagnostics if one.place} == {
        ("manifest-value", "b-runtime.yaml")
    }


def test_later_configurations_win_and_the_service_over_all() -> None:
    kind = "apiVersion: serving.kserve.io/v1alpha2\nkind: LLMInferenceService%s\nmetadata: {name: %s, namespace: ml}\n"
    texts = [
        kind % ("Config", "a") + "spec: {replicas: 2, template: {containers: [{name: main, resources: "
        "{limits: {nvidia.com/gpu: 1}}}]}}\n",
        kind % ("Config", "b") + "spec: {replicas: 3, template: {nodeSelector: {pool: b}, containers: [{name: main, "
        "resources: {limits: {nvidia.com/gpu: 2}}}]}}\n",
        kind % ("", "llm") + "spec: {baseRefs: [{name: a}, {name: b}], template: {nodeSelector: {pool: c}}}\n",
    ]
    parsed = _parsed({"all.yaml": "---\n".join(texts)})
    group = _group(parsed.resources[-1], "main")
    assert _devices(group) == [2]
    assert (group.replicas.max, group.node_selector) == (3, {"pool": "c"})
