"""What controllers make of objects without pods of their own: numbers, where they are written, what is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from guardrail.catalog.kubernetes.rows import builtin
from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.frontends.kubernetes import read as reader
from guardrail.frontends.kubernetes.controllers.fanout import Task, Times, fan, graph
from guardrail.frontends.kubernetes.controllers.making import Part
from guardrail.frontends.kubernetes.controllers.sizes import mebibytes, seconds
from guardrail.frontends.kubernetes.objects import Object, distinct, objects
from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.kubernetes.resource import finish
from guardrail.frontends.kubernetes.surroundings import surroundings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Group, Resource
from guardrail.model.value import UNBOUNDED, NoBound, Reason, Unknown, Value
from guardrail.sources.listed import MemoryTree

EXAMPLES: Final = Path(__file__).parents[4] / "fixtures" / "objects"
UNIT: Final = Unit(name="k8s", format="kubernetes", directory="k8s", files=("a.yaml",))
MADE: Final = (
    "argoproj.io_Workflow",
    "autoscaling.x-k8s.io_capacity",
    "flink.apache.org_FlinkDeployment",
    "flow.volcano.sh_JobFlow",
    "kubeflow.org_Experiment",
    "kubeflow.org_PyTorchJob",
    "kubeflow.org_roles",
    "ray.io_RayCluster",
    "sparkoperator.k8s.io_SparkApplication",
    "tekton.dev_PipelineRun",
    "trainer.kubeflow.org_TrainJob",
    "workload.codeflare.dev_AppWrapper",
)


def _read(text: str) -> Parsed:
    return read(MemoryTree({"a.yaml": text.encode()}), UNIT)


def _groups(text: str) -> Mapping[str, Group]:
    groups = _read(text).resources[0].groups
    assert not isinstance(groups, Unknown)
    return groups


def _accelerators(resource: Resource, bound: str) -> Any:
    """Return how many accelerators a resource has, "unbounded" without a bound; unknown ones count as none."""
    total = 0
    assert not isinstance(resource.groups, Unknown)
    for group in resource.groups.values():
        for one in () if isinstance(group.accelerators, Unknown) else group.accelerators:
            number = getattr(group.replicas, bound)
            if isinstance(number, NoBound):
                return "unbounded"
            total += one.count * number if isinstance(number, int) and isinstance(one.count, int) else 0
    return total


@pytest.mark.parametrize(
    ("folder", "name", "at_first", "at_most"),
    [
        pytest.param(
            "ray.io_RayCluster", "slices", 49, 81, id="two groups of slices of four hosts, and one in the head"
        ),
        pytest.param("ray.io_RayCluster", "unlimited", 0, "unbounded", id="Ray without a maximum"),
        pytest.param("ray.io_RayCluster", "paused", 0, 3, id="Ray that is paused"),
        pytest.param("jobset.x-k8s.io_JobSet", "pretrain", 32, 32, id="replicas times parallelism"),
        pytest.param("jobset.x-k8s.io_JobSet", "paused", 0, 68, id="a set of jobs that is paused"),
        pytest.param("jobset.x-k8s.io_JobSet", "queued", 2, 2, id="one that a queue lets in"),
        pytest.param("trainer.kubeflow.org_TrainJob", "tune", 32, 32, id="nodes and resources of the job"),
        pytest.param("trainer.kubeflow.org_TrainJob", "plain", 2, 2, id="nodes and resources of the runtime"),
        pytest.param("trainer.kubeflow.org_TrainJob", "mpi", 0, 24, id="the launcher as a node, paused"),
        pytest.param("trainer.kubeflow.org_TrainJob", "elsewhere", 6, 6, id="a runtime that is not here"),
        pytest.param("kubeflow.org_PyTorchJob", "elastic", 0, 32, id="an elastic job that is paused"),
        pytest.param("kubeflow.org_PyTorchJob", "lower", 32, 32, id="roles in lower case"),
        pytest.param("kubeflow.org_PyTorchJob", "old-elastic", 8, 12, id="the elastic job before it"),
        pytest.param("kubeflow.org_roles", "mpijob", 32, 32, id="a launcher without"),
        pytest.param("kubeflow.org_roles", "listed", 2, 2, id="roles in a list"),
        pytest.param("kubeflow.org_Experiment", "search", 6, 6, id="three trials at once by default"),
        pytest.param("kubeflow.org_Experiment", "short", 16, 16, id="never more trials at once than there are"),
        pytest.param("kubeflow.org_Experiment", "mapped", 2, 2, id="a trial from a config map"),
        pytest.param("kubeflow.org_Experiment", "optimize", 16, 16, id="trials that are training jobs"),
        pytest.param("kubeflow.org_Notebook", "idle", 0, 1, id="a notebook that is stopped"),
        pytest.param("sagemaker.amazonaws.com_HyperPodPyTorchJob", "elastic", 16, 64, id="HyperPod, elastic"),
        pytest.param("flow.volcano.sh_JobFlow", "nightly", 8, 8, id="a flow by the templates that it names"),
        pytest.param("autoscaling.x-k8s.io_capacity", "ahead", 32, 32, id="capacity that is asked for ahead"),
        pytest.param("autoscaling.x-k8s.io_capacity", "spare", 24, 24, id="capacity that is kept free"),
        pytest.param("workload.codeflare.dev_AppWrapper", "older", 2, 6, id="a wrapper with a paused job in it"),
        pytest.param("argoproj.io_Workflow", "pipeline-*", 7, 7, id="steps from the entry point on"),
        pytest.param("argoproj.io_Workflow", "graph", 13, 13, id="side by side in a graph, within the limit"),
        pytest.param("argoproj.io_Workflow", "data", 4, "unbounded", id="as many as a step before says"),
        pytest.param("argoproj.io_Workflow", "texts", 14, 14, id="a patch and an object that are text"),
        pytest.param("argoproj.io_Workflow", "referring", 0, 2, id="the templates of another object, paused"),
        pytest.param("argoproj.io_Workflow", "hourly", 2, "unbounded", id="runs that overlap"),
        pytest.param("argoproj.io_Workflow", "recurring", 1, 4, id="runs within a limit, all of it text"),
        pytest.param("argoproj.io_Workflow", "odd", 1, 1, id="a template that calls itself"),
        pytest.param("sparkoperator.k8s.io_SparkApplication", "etl", 8, 8, id="executors, by name and quantity"),
        pytest.param("sparkoperator.k8s.io_SparkApplication", "configured", 3, 10, id="executors, by configuration"),
        pytest.param("sparkoperator.k8s.io_SparkApplication", "unlimited", 0, "unbounded", id="as many as it takes"),
        pytest.param("flink.apache.org_FlinkDeployment", "stream", 3, 3, id="parallelism in slots"),
        pytest.param("flink.apache.org_FlinkDeployment", "stopped", 0, 8, id="a stream that is stopped"),
        pytest.param("tekton.dev_PipelineRun", "release", 6, "unbounded", id="tasks of a matrix"),
        pytest.param("tekton.dev_PipelineRun", "once", 2, 2, id="a task as a whole"),
    ],
)
def test_accelerators_are_those_that_were_worked_out_by_hand(
    folder: str, name: str, at_first: object, at_most: object
) -> None:
    found = read(MemoryTree({"a.yaml": (EXAMPLES / folder / "input.yaml").read_bytes()}), UNIT)
    (resource,) = [one for one in found.resources if one.name == name and one.type != "kueue.x-k8s.io/LocalQueue"]
    assert (_accelerators(resource, "desired"), _accelerators(resource, "max")) == (at_first, at_most)


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


def _devices(resources: tuple[Resource, ...]) -> dict[str, list[Any]]:
    """Return (devices of a pod, most pods) for the groups of each object, `None` where one of the two is not known."""
    told: dict[str, list[Any]] = {}
    for resource in resources:
        found = told.setdefault(resource.address, [])
        for group in {} if isinstance(resource.groups, Unknown) else resource.groups.values():
            if isinstance(group.accelerators, Unknown):
                found.append(None)
                continue
            facts = [(one.count, group.replicas.max) for one in group.accelerators]
            found += [None if any(isinstance(fact, Unknown) for fact in one) else one for one in facts]
    return told


def _as_many(known: tuple[int, Any], other: Any) -> bool:
    """Whether a group has as many accelerators as another one, or may have."""
    if other is None:
        return True
    return other[0] >= known[0] and (other[1] is UNBOUNDED or (known[1] is not UNBOUNDED and other[1] >= known[1]))


def _worlds(name: str) -> list[tuple[list[Value], int]]:
    """Return for each object of an example those that it is read with, and which of them it is."""
    values = [one.value for one in documents.read((EXAMPLES / name / "input.yaml").read_bytes(), name).documents]
    named = [one for one in values if isinstance(one, dict) and one["kind"].endswith(_NAMED)]
    return [(values, values.index(one)) if one in named else ([one, *named], 0) for one in values]


_NAMED: Final = ("Template", "Runtime", "ConfigMap", "Task", "Pipeline")
"""Ends of the kinds that others name."""


@pytest.mark.parametrize("name", MADE)
def test_what_is_filled_in_later_hides_no_device_of_the_very_object(name: str) -> None:
    for values, index in _worlds(name):
        before = _devices(_judge(values))
        for path in _pointers(values[index]):
            if path[0] in ("apiVersion", "kind") or path[:2] in _IDENTITY:
                continue
            hidden = _replaced(values[index], path, Unknown(Reason.TEMPLATE))
            after = _devices(_judge([*values[:index], hidden, *values[index + 1 :]]))
            for address, groups in before.items():
                for known in groups:
                    told = known is None or any(_as_many(known, other) for other in after[address])
                    assert told, f"{path} hidden: {known} of {address} is gone"


@pytest.mark.parametrize("name", MADE)
def test_a_mapping_where_none_belongs_never_raises(name: str) -> None:
    for values, index in _worlds(name):
        for path in _pointers(values[index]):
            _judge([*values[:index], _replaced(values[index], path, {"a": ({},)}), *values[index + 1 :]])


_IDENTITY: Final = (("metadata",), ("metadata", "name"), ("metadata", "namespace"), ("metadata", "generateName"))
"""What says which object it is. Hidden, it is another one."""


RUN: Final = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: a}
spec:
  entrypoint: main
  templates:
    - {name: main, BODY}
    - {name: gpu, container: {image: a, resources: {limits: {nvidia.com/gpu: 1}}}}
"""


@pytest.mark.parametrize(
    ("body", "bounds"),
    [
        pytest.param("steps: [[{name: a, template: gpu}, {name: b, template: gpu}]]", (2, 2, 2), id="side by side"),
        pytest.param("steps: [[{name: a, template: gpu}], [{name: b, template: gpu}]]", (1, 1, 1), id="in turn"),
        pytest.param(
            "steps: [{name: a, template: gpu}, {name: b, template: gpu}]", (1, 1, 1), id="steps without lists"
        ),
        pytest.param("steps: [[{name: a, template: gpu, when: '{{x}}'}]]", (0, 1, 1), id="one that may not run"),
        pytest.param("steps: [[{name: a, template: gpu, withItems: []}]]", (0, 0, 0), id="for nothing"),
        pytest.param("steps: [[{name: a, template: gpu, withSequence: {count: '7'}}]]", (7, 7, 7), id="a count"),
        pytest.param("steps: [[{name: a, template: gpu, withSequence: {end: '3'}}]]", (4, 4, 4), id="from zero on"),
        pytest.param(
            "steps: [[{name: a, template: gpu, withSequence: {start: '9', end: '2'}}]]", (8, 8, 8), id="downwards"
        ),
        pytest.param("steps: [[{name: a, template: gpu, withParam: '[1, 2]'}]]", (2, 2, 2), id="a list as text"),
        pytest.param("steps: [[{name: a, inline: {steps: [[{name: b, template: gpu}]]}}]]", (1, 1, 1), id="in line"),
        pytest.param("dag: {tasks: [{name: a, template: gpu}, {name: b, template: gpu}]}", (2, 2, 2), id="a graph"),
        pytest.param(
            "dag: {tasks: [{name: a, template: gpu}, {name: b, template: gpu, depends: a}]}", (1, 1, 1), id="in order"
        ),
        pytest.param(
            "parallelism: 2, steps: [[{name: a, template: gpu, withItems: [1, 2, 3]}]]", (2, 2, 2), id="within a limit"
        ),
    ],
)
def test_fan_out(body: str, bounds: tuple[int, int, int]) -> None:
    replicas = _groups(RUN.replace("BODY", body))["gpu"].replicas
    assert (replicas.min, replicas.desired, replicas.max) == bounds


def test_what_an_earlier_step_says_has_no_bound() -> None:
    replicas = _groups(RUN.replace("BODY", "steps: [[{name: a, template: gpu, withParam: '{{x}}'}]]"))["gpu"].replicas
    assert (replicas.min, replicas.max) == (0, UNBOUNDED)
    assert isinstance(replicas.desired, Unknown)
    assert replicas.desired.reason is Reason.COMPUTED


def test_tasks_that_can_run_side_by_side_are_found_exactly() -> None:
    once = {"x": Times(1, 1, 1)}
    chain = [Task("a", frozenset(), once), *(Task(f"b{at}", frozenset({"a"}), once) for at in range(5))]
    assert graph([*chain, Task("z", frozenset(f"b{at}" for at in range(5)), {"x": Times(3, 3, 3)})])["x"].high == 5


def test_a_long_graph_is_no_more_than_all_of_it() -> None:
    many = [Task(f"t{at}", frozenset(), {"x": Times(1, 1, 1)}) for at in range(3000)]
    assert graph(many)["x"].high == 3000


def test_workflows_without_end_are_told() -> None:
    steps = "".join(f"    - {{name: t{at}, steps: [[{{name: a, template: t{at + 1}}}]]}}\n" for at in range(300))
    text = RUN.replace("BODY", "steps: [[{name: a, template: t0}]]") + steps
    (doubt,) = [group.accelerators for group in _groups(text).values() if isinstance(group.accelerators, Unknown)]
    assert doubt.reason is Reason.REFUSED


def _part(value: Value) -> Part:
    (one,) = objects("a.yaml", [Document(1, {"apiVersion": "v1", "kind": "Pod"}, "")], builtin())
    assert isinstance(one, Object)
    return Part(value, one, "")


@pytest.mark.parametrize("value", [{"count": "many"}, {"end": "{{x}}"}, {"start": 1}, Unknown(Reason.TEMPLATE)])
def test_a_sequence_that_is_filled_in_has_no_bound(value: Value) -> None:
    assert fan(_part({"withSequence": value})).high is UNBOUNDED


@pytest.mark.parametrize(
    ("size", "mib"),
    [
        ("512m", 512),
        ("4g", 4096),
        ("1T", 1024**2),
        ("2048k", 2),
        ("1025k", 2),
        ("3", 3),
        ("3b", 1),
        ("1Gi", 1024),
        ("2gb", 2048),
    ],
)
def test_sizes_of_programs_are_binary(size: str, mib: int) -> None:
    assert mebibytes(size) == mib


@pytest.mark.parametrize("size", ["", "x", "-1g", "1.5.2g", "9" * 20])
def test_what_is_no_size_is_not_known(size: str) -> None:
    assert isinstance(mebibytes(size), Unknown)


@pytest.mark.parametrize(("text", "told"), [("1h30m0s", 5400), ("90s", 90), ("0h0m0s", 0), ("1h x", None), ("x", None)])
def test_durations(text: str, told: object) -> None:
    assert seconds(text) == told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: a}\nspec:\n"
            "  runtimeRef: {name: x}\n  trainer:\n    numNodes: -2\n",
            7,
            id="nodes of a training job",
        ),
        pytest.param(
            "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a}\nspec:\n  pytorchReplicaSpecs:\n"
            "    Worker:\n      replicas: -1\n      template: {spec: {containers: []}}\n",
            7,
            id="replicas of a role",
        ),
        pytest.param(
            "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {name: a}\nspec:\n"
            "  driver: {}\n  executor:\n    instances: -4\n",
            7,
            id="executors",
        ),
        pytest.param(
            "apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"
            "  headGroupSpec: {template: {spec: {}}}\n  workerGroupSpecs:\n    - groupName: w\n"
            "      numOfHosts: -4\n      replicas: 1\n      template: {spec: {containers: []}}\n",
            8,
            id="hosts of a group",
        ),
    ],
)
def test_negative_numbers_are_told_with_their_line(text: str, line: int) -> None:
    told = [one for one in _read(text).diagnostics if one.code == "manifest-value"]
    assert [(one.place.line if one.place else 0, "negative" in one.message) for one in told] == [(line, True)]
    groups = _read(text).resources[0].groups
    assert not isinstance(groups, Unknown)
    assert any(isinstance(group.replicas.desired, Unknown) for group in groups.values())


def test_what_is_wrong_with_a_runtime_is_said_of_the_runtime() -> None:
    job = "apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: a}\n"
    job += "spec: {runtimeRef: {name: x}}\n"
    runtime = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata: {name: x}
spec:
  template:
    spec:
      replicatedJobs:
        - name: node
          template:
            spec:
              template:
                spec: {containers: [{name: node, resources: {limits: {nvidia.com/gpu: many}}}]}
"""
    parsed = _read(f"{job}---\n{runtime}")
    (told,) = [one for one in parsed.diagnostics if one.code == "manifest-value"]
    assert "ClusterTrainingRuntime/-/x" in told.message
    assert told.place is not None
    assert told.place.line == 17


RUNTIME = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata: {name: r}
spec:
  template:
    spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {containers: [CONTAINERS]}}}}}]}
"""


def test_a_small_file_cannot_have_a_large_object_read_again_and_again() -> None:
    """Without a limit this takes minutes: each job has all the containers of the runtime."""
    containers = ", ".join(f"{{name: c{at}, image: a, resources: {{limits: {{cpu: 1}}}}}}" for at in range(2000))
    job = "---\napiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata: {name: jNUMBER}\n"
    jobs = "".join(f"{job.replace('NUMBER', str(at))}spec: {{runtimeRef: {{name: r}}}}\n" for at in range(1000))
    parsed = _read(RUNTIME.replace("CONTAINERS", containers) + jobs)
    (told,) = parsed.diagnostics
    assert (told.code, told.level, told.unread) == ("limit-joined", "error", True)
    groups = parsed.resources[-1].groups
    assert not isinstance(groups, Unknown)
    assert isinstance(groups["node"].accelerators, Unknown)
    assert groups["node"].accelerators.reason is Reason.REFUSED


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param("volumes: [" + "{name: a, emptyDir: {}}, " * 3000 + "]", id="volumes"),
        pytest.param("templateDefaults: {initContainers: [" + "{name: a, image: b}, " * 2000 + "]}", id="defaults"),
        pytest.param("podSpecPatch: '{containers: [" + "{name: a, image: b}, " * 1000 + "]}'", id="a patch"),
    ],
)
def test_what_a_workflow_says_of_all_of_its_pods_is_not_read_without_end(shared: str) -> None:
    steps = ", ".join(f"{{name: s{at}, template: t{at}}}" for at in range(450))
    text = RUN.replace("BODY", f"steps: [[{steps}]]").replace("  entrypoint", f"  {shared}\n  entrypoint")
    parsed = _read(text + "".join(f"    - {{name: t{at}, container: {{image: a}}}}\n" for at in range(450)))
    assert [one.code for one in parsed.diagnostics] == ["limit-joined"]
    groups = parsed.resources[0].groups
    assert not isinstance(groups, Unknown)
    assert len(groups) == 450
    assert isinstance(groups["t449"].accelerators, Unknown)
