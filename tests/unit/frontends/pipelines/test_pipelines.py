"""Pipelines: the steps that they come to, what those ask for, and what they start."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Optional

import pytest

from guardrail.frontends.budget import Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.pipelines.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Multiplicity, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.sources.listed import MemoryTree

ACCELERATOR = {"type": "NVIDIA_TESLA_T4", "count": "2"}


def parsed(spec: object, name: str = "p.json") -> Parsed:
    unit = Unit(name=name, format="pipeline", directory=".", files=(name,))
    text = spec if isinstance(spec, str) else json.dumps(spec)
    return read(MemoryTree({name: text.encode()}), unit, Budget())


def pipeline(
    accelerator: Optional[object] = None,
    *,
    task: Optional[Mapping[str, Any]] = None,
    container: Optional[Mapping[str, Any]] = None,
    defined: Optional[Mapping[str, Any]] = None,
    inputs: Optional[Mapping[str, Any]] = None,
) -> dict[str, Any]:
    """Return a pipeline of one task `a`. `defined` are parameters of its component, `inputs` those of the pipeline."""
    resources = {} if accelerator is None else {"resources": {"accelerator": accelerator}}
    return {
        "pipelineInfo": {"name": "p"},
        "schemaVersion": "2.1.0",
        "components": {"comp-a": {"executorLabel": "exec-a", "inputDefinitions": {"parameters": dict(defined or {})}}},
        "deploymentSpec": {"executors": {"exec-a": {"container": {"image": "i", **resources, **(container or {})}}}},
        "root": {
            "dag": {"tasks": {"a": {"componentRef": {"name": "comp-a"}, **(task or {})}}},
            "inputDefinitions": {"parameters": dict(inputs or {})},
        },
    }


def given(**parameters: Any) -> dict[str, Any]:
    """Return a task that is given constants, or parameters of the pipeline where a value is a mapping."""
    return {
        "inputs": {
            "parameters": {
                name: value if isinstance(value, Mapping) else {"runtimeValue": {"constant": value}}
                for name, value in parameters.items()
            }
        }
    }


def of_type(found: Parsed, type_: str) -> list[Resource]:
    return [one for one in found.resources if one.type == type_]


def step(found: Parsed) -> Resource:
    (one,) = of_type(found, "pipeline/Step")
    return one


def devices(resource: Resource, group: str = "main") -> list[tuple[Any, Any]]:
    assert not isinstance(resource.groups, Unknown)
    told = resource.groups[group].accelerators
    assert not isinstance(told, Unknown)
    return [(reason(device.model), reason(device.count)) for device in told]


def reason(value: object) -> object:
    return value.reason if isinstance(value, Unknown) else value


@pytest.mark.parametrize(
    ("accelerator", "found"),
    [
        pytest.param({"type": "NVIDIA_TESLA_T4", "count": "2"}, [("t4", 2)], id="as it was"),
        pytest.param({"resourceType": "NVIDIA_TESLA_T4", "resourceCount": "2"}, [("t4", 2)], id="as it is now"),
        pytest.param(
            {"type": "NVIDIA_TESLA_T4", "count": "2", "resourceType": "nvidia-tesla-t4", "resourceCount": "2"},
            [("t4", 2)],
            id="twice the same is not the sum",
        ),
        pytest.param(
            {"type": "NVIDIA_TESLA_T4", "count": "8", "resourceType": "NVIDIA_TESLA_T4", "resourceCount": "1"},
            [("t4", 8)],
            id="the larger of two counts",
        ),
        pytest.param({"resource_type": "NVIDIA_L4", "resource_count": 1.0}, [("l4", 1)], id="in snake case"),
        pytest.param({"type": "nvidia.com/gpu", "count": 4}, [(Reason.ENVIRONMENT, 4)], id="a key of a device plugin"),
        pytest.param({"type": "NVIDIA_TESLA_T4"}, [("t4", 1)], id="without a count"),
        pytest.param({"type": "NVIDIA_TESLA_T4", "count": "-1"}, [("t4", Reason.ERROR)], id="fewer than none"),
        pytest.param({"type": "NVIDIA_TESLA_T4", "count": "0"}, [], id="none"),
        pytest.param({}, [], id="nothing"),
    ],
)
def test_accelerators_of_a_step(accelerator: object, found: list[Any]) -> None:
    assert devices(step(parsed(pipeline(accelerator)))) == found


PLACEHOLDER = {"resourceType": "{{$.inputs.parameters['m']}}", "resourceCount": "{{$.inputs.parameters['n']}}"}


@pytest.mark.parametrize(
    ("task", "inputs", "found"),
    [
        pytest.param(given(m="NVIDIA_L4", n="2"), {}, [("l4", 2)], id="constants"),
        pytest.param(given(m="NVIDIA_L4", n=2.0), {}, [("l4", 2)], id="a constant of a structure is a float"),
        pytest.param(
            given(m={"runtimeValue": {"constantValue": {"stringValue": "NVIDIA_L4"}}}, n=1), {}, [("l4", 1)],
            id="a constant as it was",
        ),
        pytest.param(
            given(m={"componentInputParameter": "kind"}, n=1), {"kind": {"defaultValue": "NVIDIA_L4"}}, [("l4", 1)],
            id="a default of the pipeline",
        ),
        pytest.param(
            given(m="{{$.inputs.parameters['pipelinechannel--kind']}}", n=1) | {},
            {}, [(Reason.VARIABLE, 1)], id="a parameter that nobody gives",
        ),
        pytest.param(
            given(
                m="{{$.inputs.parameters['pipelinechannel--kind']}}", n=1,
                **{"pipelinechannel--kind": {"componentInputParameter": "kind"}},
            ),
            {"kind": {"defaultValue": "NVIDIA_L4"}}, [("l4", 1)], id="a constant made of another parameter",
        ),
        pytest.param(
            given(m={"componentInputParameter": "kind"}, n=1), {"kind": {}}, [(Reason.VARIABLE, 1)],
            id="a parameter of the pipeline without a value",
        ),
        pytest.param(
            given(m={"taskOutputParameter": {"producerTask": "b", "outputParameterKey": "o"}}, n=1), {},
            [(Reason.COMPUTED, 1)], id="an output of another task",
        ),
    ],
)  # fmt: skip
def test_placeholders(task: Mapping[str, Any], inputs: Mapping[str, Any], found: list[Any]) -> None:
    assert devices(step(parsed(pipeline(PLACEHOLDER, task=task, inputs=inputs)))) == found


def test_what_a_run_states_counts_before_defaults() -> None:
    task = given(m={"componentInputParameter": "kind"}, n=1)
    spec = pipeline(PLACEHOLDER, task=task, inputs={"kind": {"defaultValue": "NVIDIA_L4"}})
    run = {"displayName": "r", "pipelineSpec": spec, "runtimeConfig": {"parameterValues": {"kind": "NVIDIA_H100_80GB"}}}
    assert devices(step(parsed(run))) == [("h100-80gb", 1)]


def test_the_second_document_belongs_to_the_pipeline_before_it() -> None:
    key = {"type": "nvidia.com/gpu", "count": 1}
    platform = """
platforms:
  kubernetes:
    deploymentSpec:
      executors:
        exec-a: {nodeSelector: {labels: {cloud.google.com/gke-accelerator: nvidia-l4}}, activeDeadlineSeconds: 60}
"""
    other = json.dumps(pipeline({"type": "nvidia.com/gpu", "count": 2}) | {"pipelineInfo": {"name": "q"}})
    found = parsed(f"# two pipelines\n{json.dumps(pipeline(key))}\n---{platform}---\n{other}\n", "p.yaml")
    first, second = of_type(found, "pipeline/Step")
    assert devices(first) == [("l4", 1)]
    assert first.lifetime == {"max_runtime_seconds": 60}
    assert devices(second) == [(Reason.ENVIRONMENT, 2)]


@pytest.mark.parametrize(
    ("iteration", "copies"),
    [
        pytest.param(
            {"parameterIterator": {"items": {"raw": "[1, 2, 3]"}, "itemInput": "i"}}, 3, id="items that are known"
        ),
        pytest.param(
            {
                "parameterIterator": {"items": {"raw": "[1, 2, 3]"}, "itemInput": "i"},
                "iteratorPolicy": {"parallelismLimit": 2},
            },
            2,
            id="so many at a time",
        ),
        pytest.param(
            {"parameterIterator": {"items": {"inputParameter": "x"}}}, UNBOUNDED, id="items that are not known"
        ),
        pytest.param(
            {"parameterIterator": {"items": {"inputParameter": "x"}}, "iteratorPolicy": {"parallelismLimit": 0}},
            UNBOUNDED,
            id="a limit of none is no limit",
        ),
        pytest.param(
            {"artifactIterator": {"items": {"inputArtifact": "x"}}, "iteratorPolicy": {"parallelismLimit": "4"}},
            4,
            id="artifacts, so many at a time",
        ),
    ],
)
def test_a_loop_runs_side_by_side(iteration: Mapping[str, Any], copies: Any) -> None:
    assert step(parsed(pipeline(ACCELERATOR, task=iteration))).multiplicity == Multiplicity(1, copies)


def test_loops_in_loops_multiply() -> None:
    spec = pipeline(ACCELERATOR, task={"parameterIterator": {"items": {"raw": "[1, 2]"}, "itemInput": "i"}})
    spec["components"]["comp-inner"] = {"dag": spec["root"]["dag"]}
    outer = {
        "componentRef": {"name": "comp-inner"},
        "parameterIterator": {"items": {"raw": "[1,2,3]"}, "itemInput": "j"},
    }
    spec["root"] = {"dag": {"tasks": {"outer": outer}}}
    found = step(parsed(spec))
    assert found.multiplicity == Multiplicity(1, 6)
    assert found.address == "p.json//pipeline/Step/p/outer/a"


def test_a_model_that_a_loop_chooses_is_one_of_several() -> None:
    loop = {
        "parameterIterator": {"items": {"raw": '["NVIDIA_TESLA_T4", "NVIDIA_H100_80GB"]'}, "itemInput": "m"},
        **given(n=1),
    }
    found = step(parsed(pipeline(PLACEHOLDER, task=loop)))
    assert not isinstance(found.groups, Unknown)
    (device,) = found.groups["main"].accelerators  # type: ignore[misc]
    assert isinstance(device.model, Unknown)
    assert device.model.one_of == ("t4", "h100-80gb")
    assert device.model.reason is Reason.VARIABLE


def test_a_task_behind_a_condition_counts() -> None:
    found = step(parsed(pipeline(ACCELERATOR, task={"triggerPolicy": {"condition": "1 == 2"}})))
    assert found.multiplicity == Multiplicity(1, 1)
    assert devices(found) == [("t4", 2)]


POOLS = [{"machine_spec": {"machine_type": "a3-highgpu-8g"}, "replica_count": 2.0}]
PAYLOAD = (
    '{"display_name": "{{$.inputs.parameters[\'name\']}}", '
    '"job_spec": {"worker_pool_specs": {{$.inputs.parameters[\'worker_pool_specs\']}}, '
    '"scheduling": {"timeout": "{{$.inputs.parameters[\'timeout\']}}"}}, '
    "\"labels\": {{$.inputs.parameters['labels']}}}"
)
PIECES = json.dumps(
    {
        "Concat": [
            '{"display_name": "', "{{$.inputs.parameters['name']}}", '", "job_spec": {"worker_pool_specs": ',
            "{{$.inputs.parameters['worker_pool_specs']}}", ', "scheduling": {"timeout": "',
            {"IfPresent": {"InputName": "timeout", "Then": "{{$.inputs.parameters['timeout']}}", "Else": "60s"}},
            '"}}, "labels": ', "{{$.inputs.parameters['labels']}}", "}",
        ]
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["--payload", PAYLOAD], id="a message in an argument"),
        pytest.param(["--payload", PIECES], id="a message of pieces"),
        pytest.param([], id="parameters alone"),
        pytest.param(["--payload", "{not json"], id="parameters beside a text that is no message"),
    ],
)
def test_a_custom_job_that_a_task_starts(args: list[str]) -> None:
    labels = {"runtimeValue": {"constant": {"team": "a"}}}
    names = given(
        name="n", display_name="n", worker_pool_specs=POOLS, timeout="3600s", labels=labels, location="us-central1"
    )
    (job,) = of_type(parsed(pipeline(task=names, container={"args": args})), "vertex/CustomJob")
    assert devices(job, "0") == [("h100-80gb", 8)]
    assert not isinstance(job.groups, Unknown)
    assert job.groups["0"].replicas.max == 2
    assert job.lifetime == {"max_runtime_seconds": 3600}
    assert (job.name, job.region, job.labels) == ("n", "us-central1", {"team": "a"})


def test_pools_lead_to_the_parameter_that_states_them() -> None:
    spec = pipeline(task=given(name="n", worker_pool_specs=POOLS), container={"args": ["--payload", PAYLOAD]})
    text = json.dumps(spec, indent=1)
    (job,) = of_type(parsed(text), "vertex/CustomJob")
    line = job.native.place(job.origins["/groups/0/machine_types"][0].path).line
    assert "a3-highgpu-8g" in text.splitlines()[line - 1]


def test_pools_in_the_defaults_of_a_component() -> None:
    spec = pipeline(defined={"worker_pool_specs": {"defaultValue": POOLS, "parameterType": "LIST"}})
    (job,) = of_type(parsed(spec), "vertex/CustomJob")
    assert devices(job, "0") == [("h100-80gb", 8)]


def test_pools_that_another_task_makes_are_not_known() -> None:
    made = {"taskOutputParameter": {"producerTask": "b", "outputParameterKey": "o"}}
    (job,) = of_type(parsed(pipeline(task=given(worker_pool_specs=made))), "vertex/CustomJob")
    assert isinstance(job.groups, Unknown)
    assert job.groups.reason is Reason.COMPUTED


def test_an_executor_that_is_a_custom_job() -> None:
    spec = pipeline()
    job = {
        "displayName": "j",
        "jobSpec": {"workerPoolSpecs": [{"machineSpec": {"machineType": "g2-standard-8"}, "replicaCount": "1"}]},
    }
    spec["deploymentSpec"]["executors"]["exec-a"] = {"customJob": {"customJob": job}}
    (found,) = of_type(parsed(spec), "vertex/CustomJob")
    assert devices(found, "0") == [("l4", 1)]


def test_a_deployment_by_parameters() -> None:
    names = {
        "dedicated_resources_machine_type": "n1-standard-8",
        "dedicated_resources_accelerator_type": "NVIDIA_TESLA_T4",
        "dedicated_resources_accelerator_count": 1.0,
        "dedicated_resources_min_replica_count": 1.0,
        "dedicated_resources_max_replica_count": 0.0,
    }
    (found,) = of_type(parsed(pipeline(task=given(**names))), "vertex/DeployedModel")
    assert devices(found) == [("t4", 1)]
    assert not isinstance(found.groups, Unknown)
    assert found.groups["main"].replicas.max == 1


def test_resources_of_which_nothing_is_stated_are_none() -> None:
    payload = {
        "deployed_model": {
            "model": "m",
            "dedicated_resources": {"machine_spec": {"machine_type": "g2-standard-8"}, "min_replica_count": 1},
            "automatic_resources": {"min_replica_count": 0, "max_replica_count": 0},
        }
    }
    found = parsed(pipeline(container={"args": [json.dumps(payload)]}))
    (model,) = of_type(found, "vertex/DeployedModel")
    assert not isinstance(model.groups, Unknown)
    assert list(model.groups) == ["main"]


def test_a_schedule_starts_runs_at_once() -> None:
    request = {
        "parent": "projects/a/locations/europe-west4",
        "pipelineJob": {"displayName": "r", "pipelineSpec": pipeline(ACCELERATOR)},
    }
    found = parsed(
        {
            "displayName": "s",
            "cron": "TZ=Europe/Paris 0 3 * * *",
            "maxConcurrentRunCount": "3",
            "createPipelineJobRequest": request,
        }
    )
    one = step(found)
    assert one.multiplicity == Multiplicity(1, 3)
    assert one.lifetime == {"schedule": ({"cron": "0 3 * * *", "timezone": "Europe/Paris"},)}
    assert one.region == "europe-west4"
    assert [each.type for each in found.resources] == ["vertex/Schedule", "vertex/PipelineJob", "pipeline/Step"]


def test_graphs_that_grow_without_end_are_said() -> None:
    spec = pipeline(ACCELERATOR)
    tasks = {name: {"componentRef": {"name": "comp-again"}} for name in "ab"}
    spec["components"]["comp-again"] = {"dag": {"tasks": tasks}}
    spec["root"]["dag"]["tasks"]["again"] = {"componentRef": {"name": "comp-again"}}
    found = parsed(spec)
    assert [one.code for one in found.diagnostics] == ["limit-tasks"]
    assert len(of_type(found, "pipeline/Step")) == 1


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"deploymentSpec": [], "root": 1}, id="nothing that it should be"),
        pytest.param({"deploymentSpec": {}, "root": {"dag": {"tasks": {"a": None, "b": 3}}}}, id="tasks that are none"),
        pytest.param({"pipelineSpec": "x"}, id="a text"),
    ],
)  # fmt: skip
def test_odd_pipelines_never_raise(spec: object) -> None:
    parsed(spec)


def test_a_component_that_is_not_there_may_ask_for_anything() -> None:
    spec = pipeline()
    spec["components"] = {}
    found = step(parsed(spec)).groups
    assert not isinstance(found, Unknown)
    assert isinstance(found["main"].accelerators, Unknown)


@pytest.mark.parametrize("as_text", [False, True], ids=["in an argument", "as the text of a parameter"])
def test_environment_of_a_job_is_not_shown(as_text: bool) -> None:
    container = {"env": [{"name": "T", "value": "hunter2"}]}
    pool = {"machine_spec": {"machine_type": "g2-standard-8"}, "replica_count": 1, "container_spec": container}
    payload = json.dumps({"display_name": "n", "job_spec": {"worker_pool_specs": [pool]}})
    task = given(worker_pool_specs=json.dumps([pool])) if as_text else {}
    args = [] if as_text else ["--payload", payload]
    found = parsed(pipeline(task=task, container={"args": args}))
    (job,) = of_type(found, "vertex/CustomJob")
    assert devices(job, "0") == [("l4", 1)]
    assert "hunter2" not in repr([one.attributes for one in found.resources])
