"""Requests in files: what they make, and how those of one folder go together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from requested import graph, group, only

from guardrail.model.resource import Bounds
from guardrail.model.value import UNBOUNDED, Reason, Unknown


def variant(**more: Any) -> dict[str, Any]:
    return {"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "v", "ModelName": "m", **more}]}


def training(**more: Any) -> dict[str, Any]:
    return {"TrainingJobName": "t", "AlgorithmSpecification": {}, **more}


@pytest.mark.parametrize(
    ("stated", "bounds"),
    [
        pytest.param({"InitialInstanceCount": 2}, Bounds(2, 2, 2), id="a number"),
        pytest.param({"InitialInstanceCount": "2"}, Bounds(2, 2, 2), id="a number as text"),
        pytest.param(
            {"InitialInstanceCount": 2, "ManagedInstanceScaling": {"MinInstanceCount": 0, "MaxInstanceCount": 9}},
            Bounds(0, 2, 9), id="SageMaker scales it",
        ),
        pytest.param(
            {
                "InitialInstanceCount": 2,
                "ManagedInstanceScaling": {"Status": "DISABLED", "MinInstanceCount": 0, "MaxInstanceCount": 9},
            },
            Bounds(2, 2, 2), id="scaling that is switched off",
        ),
        pytest.param(
            {"InitialInstanceCount": 2, "ManagedInstanceScaling": {"Status": "ENABLED"}},
            Bounds(2, 2, UNBOUNDED), id="scaling without a limit",
        ),
    ],
)  # fmt: skip
def test_how_many_machines_a_variant_has(stated: Any, bounds: Bounds) -> None:
    found = group(only(variant(InstanceType="ml.g5.xlarge", **stated)), "v")
    assert found.replicas == bounds


def test_machines_of_pools_are_in_the_order_of_their_priority() -> None:
    pools = [{"InstanceType": "ml.g5.xlarge", "Priority": 2}, {"InstanceType": "ml.g6.xlarge", "Priority": 1}]
    found = group(only(variant(InstancePools=pools, InitialInstanceCount=1)), "v")
    assert found.machine_types == ("ml.g6.xlarge", "ml.g5.xlarge")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param(variant(InstanceType="", InitialInstanceCount=0), "machine_types", id="an empty machine"),
        pytest.param(variant(InstanceType="", InitialInstanceCount=0), "replicas", id="a number beside it"),
        pytest.param(variant(InstanceType="<YOUR TYPE>", InitialInstanceCount=1), "machine_types", id="a placeholder"),
    ],
)
def test_what_is_left_to_fill_in_is_a_placeholder(body: Any, path: str) -> None:
    found = getattr(group(only(body), "v"), path)
    found = found.max if isinstance(found, Bounds) else found[0] if isinstance(found, tuple) else found
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TEMPLATE


def test_serverless_members_of_a_skeleton_hide_no_machine() -> None:
    empty = {"MemorySizeInMB": 0, "MaxConcurrency": 0}
    found = only(variant(InstanceType="ml.p4d.24xlarge", InitialInstanceCount=1, ServerlessConfig=empty))
    assert isinstance(found.groups, Unknown)
    assert found.groups.reason is Reason.TEMPLATE


@pytest.mark.parametrize("body", [variant(InitialInstanceCount=1), training(ResourceConfig={"InstanceCount": 1})])
def test_a_machine_that_is_not_stated_is_given_by_whoever_sends_it(body: Any) -> None:
    resource = only(body)
    assert isinstance(resource.groups, dict)
    (found,) = resource.groups.values()
    told = found.machine_types[0] if isinstance(found.machine_types, tuple) else found.machine_types
    assert isinstance(told, Unknown)
    assert told.reason is Reason.ENVIRONMENT


def test_no_request_says_its_region() -> None:
    found = only(
        training(RoleArn="arn:aws:iam::123456789012:role/x", OutputDataConfig={"S3OutputPath": "s3://eu-west-1"})
    )
    assert isinstance(found.region, Unknown)
    assert found.region.reason is Reason.ENVIRONMENT


@pytest.mark.parametrize("empty", [{}, {"note": None}], ids=["an empty object", "with nothing in it"])
def test_spot_of_hyperpod_is_an_object_that_is_there(empty: Any) -> None:
    machines = {"InstanceGroupName": "g", "InstanceType": "ml.p5.48xlarge", "InstanceCount": 2}
    groups = [{**machines, "CapacityRequirements": {"Spot": empty}}]
    body = {"ClusterName": "c", "NodeRecovery": "None", "InstanceGroups": groups}
    purchase = group(only(body), "g").purchase
    assert purchase is not None
    assert not isinstance(purchase, Unknown)
    assert purchase.otherwise == "spot"


@pytest.mark.parametrize(
    ("config", "bounds", "machines"),
    [
        pytest.param(
            {"InstanceType": "ml.g5.xlarge", "InstanceCount": 3, "SelectedInstanceType": "ml.p5.48xlarge"},
            Bounds(3, 3, 3), ("ml.g5.xlarge",), id="what describe adds is no request",
        ),
        pytest.param(
            {"InstancePreferences": [
                {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": 1},
                {"InstanceType": "ml.g5.xlarge", "InstanceCount": 8},
            ]},
            Bounds(1, 1, 8), ("ml.p4d.24xlarge", "ml.g5.xlarge"), id="one of several alternatives runs",
        ),
    ],
)  # fmt: skip
def test_machines_of_a_job(config: Any, bounds: Bounds, machines: tuple[str, ...]) -> None:
    found = group(only(training(ResourceConfig=config)))
    assert (found.replicas, found.machine_types) == (bounds, machines)


def test_machines_of_instance_groups_are_added_to_one_that_is_stated() -> None:
    """The API takes one of the two; where both are written, neither hides the other."""
    groups = [{"InstanceGroupName": "g", "InstanceType": "ml.p4d.24xlarge", "InstanceCount": 4}]
    found = only(training(ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "InstanceGroups": groups}))
    assert group(found, "g").replicas == Bounds(4, 4, 4)
    assert group(found).replicas == Bounds(1, 1, 1)


@pytest.mark.parametrize(
    ("limits", "cap"),
    [
        pytest.param({"MaxParallelTrainingJobs": 4, "MaxNumberOfTrainingJobs": 10}, 3 * 3600, id="rounds of jobs"),
        pytest.param(
            {"MaxParallelTrainingJobs": 4, "MaxNumberOfTrainingJobs": 10, "MaxRuntimeInSeconds": 7200}, 7200,
            id="a limit of its own",
        ),
        pytest.param(
            {"MaxParallelTrainingJobs": 4, "MaxNumberOfTrainingJobs": 4, "MaxRuntimeInSeconds": 7200}, 3600,
            id="jobs that end before",
        ),
        pytest.param({"MaxParallelTrainingJobs": 4}, None, id="nothing limits it"),
    ],
)  # fmt: skip
def test_how_long_tuning_lasts(limits: Any, cap: Any) -> None:
    definition = {
        "ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    }
    body = {
        "HyperParameterTuningJobName": "h",
        "HyperParameterTuningJobConfig": {"ResourceLimits": limits},
        "TrainingJobDefinition": definition,
    }
    found = only(body)
    assert isinstance(found.lifetime, dict)
    assert found.lifetime.get("max_runtime_seconds") == cap
    assert group(found).replicas == Bounds(8, 8, 8)


def test_requests_of_one_folder_go_together() -> None:
    files: dict[str, Any] = {}
    for folder, most in (("dev", 3), ("prod", 30)):
        files[f"{folder}/config.json"] = variant(InstanceType="ml.g5.xlarge", InitialInstanceCount=1)
        files[f"{folder}/endpoint.json"] = {"EndpointName": "e", "EndpointConfigName": "c"}
        files[f"{folder}/scaling.json"] = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/e/variant/v",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "MinCapacity": 1,
            "MaxCapacity": most,
        }
    found = graph(files)
    assert [one.message for one in found.diagnostics] == []
    for folder, most in (("dev", 3), ("prod", 30)):
        endpoint = found.resources[f"{folder}/endpoint.json//sagemaker/Endpoint/e"]
        assert group(endpoint, "v").replicas == Bounds(1, 1, most)


def test_a_scalable_target_of_another_service_scales_no_endpoint_of_its_name() -> None:
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/endpoint/e",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 5,
        "MaxCapacity": 9,
    }
    files = {
        "config.json": variant(InstanceType="ml.g5.xlarge", InitialInstanceCount=1),
        "endpoint.json": {"EndpointName": "e", "EndpointConfigName": "c"},
        "scaling.json": target,
    }
    assert group(graph(files).resources["endpoint.json//sagemaker/Endpoint/e"], "v").replicas == Bounds(1, 1, 1)


def test_components_share_the_machines_of_their_endpoint() -> None:
    component = {
        "InferenceComponentName": "i",
        "EndpointName": "e",
        "VariantName": "v",
        "Specification": {"ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 2}},
        "RuntimeConfig": {"CopyCount": 3},
    }
    found = graph({"endpoint.json": {"EndpointName": "e", "EndpointConfigName": "c"}, "i.json": component})
    (edge,) = found.edges["i.json//sagemaker/InferenceComponent/i"]
    assert (edge.kind, edge.to) == ("schedules_on", "endpoint.json//sagemaker/Endpoint/e")
    held = group(found.resources["i.json//sagemaker/InferenceComponent/i"])
    assert isinstance(held.accelerators, tuple)
    assert (held.replicas, held.accelerators[0].count) == (Bounds(3, 3, 3), 2)


def test_copies_of_a_component_that_is_described() -> None:
    body = {
        "InferenceComponentName": "i",
        "EndpointName": "e",
        "Specification": {"ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 1}},
        "RuntimeConfig": {"DesiredCopyCount": 3, "CurrentCopyCount": 1},
    }
    assert group(only(body)).replicas == Bounds(3, 3, 3)


PIPELINE = {"Version": "2020-12-01", "Steps": [{"Name": "t", "Type": "Training", "Arguments": {}}]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("{{ definition }}", Reason.TEMPLATE, id="a placeholder"),
        pytest.param("{", Reason.ERROR, id="a text that is cut off"),
        pytest.param('{"Version": "1"}', Reason.ERROR, id="a text that is something else"),
        pytest.param(json.dumps([PIPELINE]), Reason.ERROR, id="a list"),
    ],
)
def test_a_definition_that_cannot_be_read_leaves_open_what_starts(text: str, reason: Reason) -> None:
    found = only({"PipelineName": "p", "PipelineDefinition": text})
    assert isinstance(found.groups, Unknown)
    assert found.groups.reason is reason


def test_the_lines_of_steps() -> None:
    text = json.dumps(PIPELINE, indent=1)
    (step,) = (
        one for one in graph({"p.json": text.encode()}).resources.values() if one.type == "sagemaker/TrainingJob"
    )
    line = 1 + text[: text.index('"Arguments"')].count("\n")
    assert step.native.place("").line == line
    held = {"PipelineName": "p", "PipelineDefinition": json.dumps(PIPELINE)}
    text = json.dumps(held, indent=1)
    (step,) = (
        one for one in graph({"p.json": text.encode()}).resources.values() if one.type == "sagemaker/TrainingJob"
    )
    assert step.native.place("/ResourceConfig").line == 1 + text[: text.index('"PipelineDefinition"')].count("\n")


def test_two_requests_of_one_name_are_both_judged() -> None:
    text = b"TrainingJobName: t\nAlgorithmSpecification: {}\n"
    found = graph({"a.yaml": text + b"---\n" + text})
    assert [address.partition("@")[2] for address in found.resources] == ["a.yaml#1", "a.yaml#2"]
    assert [one.code for one in found.diagnostics] == ["duplicate-address"]


@pytest.mark.parametrize(
    "text",
    [
        '{"TrainingJobName": "t", "ResourceConfig": {"InstanceType": "ml.p5.48xlarge"',
        "TrainingJobName: t\nResourceConfig: {InstanceType: ml.p5.48xlarge\n",
    ],
)
def test_a_request_that_cannot_be_read_is_told(text: str) -> None:
    name = "a.json" if text.startswith("{") else "a.yaml"
    (told,) = graph({name: text.encode()}).diagnostics
    assert told.level == "error"
    assert told.unread
