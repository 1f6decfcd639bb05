"""Messages of Vertex AI: what each asks for, however it is written."""

from __future__ import annotations

import json
from typing import Any, Optional

import pytest

from guardrail.frontends.budget import Budget
from guardrail.frontends.unit import Unit
from guardrail.frontends.vertex.read import read
from guardrail.model.resource import Resource
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

H100 = "{machineType: a3-highgpu-8g, acceleratorType: NVIDIA_H100_80GB, acceleratorCount: 8}"


def resources(text: str, name: str = "job.yaml") -> tuple[Resource, ...]:
    unit = Unit(name=name, format="vertex", directory=".", files=(name,))
    return read(MemoryTree({name: text.encode()}), unit, Budget()).resources


def only(text: str, name: str = "job.yaml") -> Resource:
    (found,) = resources(text, name)
    return found


def devices(resource: Resource) -> dict[str, Any]:
    """Return (model, devices of each replica, most replicas) of each group."""
    assert not isinstance(resource.groups, Unknown)
    return {
        name: [(one.model, one.count, group.replicas.max) for one in group.accelerators]
        for name, group in resource.groups.items()
        if not isinstance(group.accelerators, Unknown)
    }


def pools(*specs: str) -> str:
    return "workerPoolSpecs:\n" + "".join(f"- {spec}\n" for spec in specs)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        pytest.param("NVIDIA_TESLA_T4", "t4", id="as the API names it"),
        pytest.param("nvidia-tesla-t4", "t4", id="as gcloud does"),
        pytest.param("nvidia-h100-80gb", "h100-80gb", id="as Compute Engine does"),
        pytest.param("NVIDIA-H100-80GB-HBM3", "h100-80gb", id="as the device itself does"),
        pytest.param("NVIDIA_H100_MEGA_80GB", "h100-80gb", id="with faster networks"),
        pytest.param("TPU_V5_LITEPOD", "tpu-v5e", id="a TPU"),
    ],
)
def test_an_accelerator_has_many_names(name: str, model: str) -> None:
    spec = f"{{machineType: n1-standard-8, acceleratorType: {name}, acceleratorCount: 2}}"
    found = only(pools(f"{{machineSpec: {spec}, replicaCount: 1}}"))
    assert devices(found) == {"0": [(model, 2, 1)]}


@pytest.mark.parametrize(
    ("machine", "model", "count"),
    [
        ("a2-ultragpu-4g", "a100-80gb", 4),
        ("a3-megagpu-8g", "h100-80gb", 8),
        ("a4-highgpu-8g", "b200", 8),
        ("g2-standard-24", "l4", 2),
        ("ct5lp-hightpu-4t", "tpu-v5e", 4),
        ("ct6e-standard-8t", "tpu-v6e", 8),
    ],
)
def test_a_machine_brings_its_accelerators(machine: str, model: str, count: int) -> None:
    found = only(pools(f"{{machineSpec: {{machineType: {machine}}}, replicaCount: 3}}"))
    assert devices(found) == {"0": [(model, count, 3)]}


@pytest.mark.parametrize(
    ("count", "most"),
    [
        pytest.param('"2"', 2, id="a 64-bit number is a string in JSON"),
        pytest.param("2.0", 2, id="a number of a structure is a float"),
        pytest.param("2", 2, id="a plain number"),
        pytest.param("-1", Reason.ERROR, id="fewer than none"),
        pytest.param("2.5", Reason.ERROR, id="no whole number"),
        pytest.param("true", Reason.ERROR, id="no number"),
        pytest.param('"{{ replicas }}"', Reason.TEMPLATE, id="what a template fills in"),
        pytest.param("$REPLICAS", Reason.TEMPLATE, id="what a shell fills in"),
    ],
)
def test_replicas(count: str, most: Any) -> None:
    found = only(pools(f"{{machineSpec: {H100}, replicaCount: {count}}}")).groups
    assert not isinstance(found, Unknown)
    told = found["0"].replicas.max
    assert (told.reason if isinstance(told, Unknown) else told) == most


def test_replicas_that_are_not_stated_are_not_one() -> None:
    found = only(pools(f"{{machineSpec: {H100}}}")).groups
    assert not isinstance(found, Unknown)
    assert isinstance(found["0"].replicas.max, Unknown)


def test_an_empty_pool_keeps_its_place() -> None:
    found = only(
        pools("{}", f"{{machineSpec: {H100}, replicaCount: 1}}", "{}", f"{{machineSpec: {H100}, replicaCount: 2}}")
    )
    assert devices(found) == {"1": [("h100-80gb", 8, 1)], "3": [("h100-80gb", 8, 2)]}


def test_a_pool_behind_a_merge_key() -> None:
    text = f"base: &base {{machineSpec: {H100}, replicaCount: 4}}\nworkerPoolSpecs:\n- <<: *base\n"
    assert devices(only(text)) == {"0": [("h100-80gb", 8, 4)]}


@pytest.mark.parametrize(
    ("scheduling", "seconds"),
    [
        pytest.param("{}", 604800, id="a week where nothing is stated"),
        pytest.param("{timeout: 3600s}", 3600, id="stated"),
        pytest.param("{timeout: 0s}", 604800, id="none is none stated"),
        pytest.param("{timeout: -5s}", Reason.ERROR, id="less than none"),
    ],
)
def test_how_long_a_job_may_run(scheduling: str, seconds: Any) -> None:
    found = only(pools(f"{{machineSpec: {H100}, replicaCount: 1}}") + f"scheduling: {scheduling}\n").lifetime
    assert not isinstance(found, Unknown)
    told = found["max_runtime_seconds"]
    assert (told.reason if isinstance(told, Unknown) else told) == seconds


@pytest.mark.parametrize(
    ("strategy", "bought"),
    [
        ("SPOT", "spot"),
        ("4", "spot"),
        ("STANDARD", "on_demand"),
        ("FLEX_START", "on_demand"),
        ("ON_DEMAND", "on_demand"),
    ],
)
def test_how_machines_of_a_job_are_bought(strategy: str, bought: str) -> None:
    text = pools(f"{{machineSpec: {H100}, replicaCount: 1}}") + f"scheduling: {{strategy: {strategy}}}\n"
    found = only(text).groups
    assert not isinstance(found, Unknown)
    purchase = found["0"].purchase
    assert purchase is not None
    assert not isinstance(purchase, Unknown)
    assert purchase.otherwise == bought


@pytest.mark.parametrize(
    ("topology", "replicas", "most"),
    [
        pytest.param("4x4", "1", 4, id="a slice of four machines"),
        pytest.param("2x2", "1", 1, id="a slice within a machine"),
        pytest.param("4x4", "4", None, id="so many machines, or so many slices"),
    ],
)
def test_a_slice_of_tpus_spans_machines(topology: str, replicas: str, most: Optional[int]) -> None:
    spec = f"{{machineType: ct5lp-hightpu-4t, tpuTopology: {topology}}}"
    found = only(pools(f"{{machineSpec: {spec}, replicaCount: {replicas}}}")).groups
    assert not isinstance(found, Unknown)
    told = found["0"].replicas.max
    assert told == most or (isinstance(told, Unknown) and told.one_of == (4, 16))


@pytest.mark.parametrize(
    ("deployment", "bounds"),
    [
        pytest.param("{minReplicaCount: 2}", (2, 2), id="the most is the least where it is not stated"),
        pytest.param("{minReplicaCount: 2, maxReplicaCount: 0}", (2, 2), id="no most is none stated"),
        pytest.param("{minReplicaCount: 1, maxReplicaCount: 9}", (1, 9), id="stated"),
        pytest.param("{minReplicaCount: 1, maxReplicaCount: 9, scaleToZeroSpec: {}}", (0, 9), id="scaled to zero"),
    ],
)
def test_replicas_of_a_deployment(deployment: str, bounds: tuple[int, int]) -> None:
    resources_ = deployment.replace("{", "{machineSpec: {machineType: g2-standard-12}, ", 1)
    found = only(f"deployedModel:\n  model: m\n  dedicatedResources: {resources_}\n").groups
    assert not isinstance(found, Unknown)
    replicas = found["main"].replicas
    assert (replicas.min, replicas.max) == bounds


def test_automatic_resources_have_no_bound() -> None:
    found = only("deployedModel: {model: m, automaticResources: {minReplicaCount: 1}}\n").groups
    assert not isinstance(found, Unknown)
    assert found["automatic"].replicas.max == "unbounded"
    assert isinstance(found["automatic"].accelerators, Unknown)


def test_shared_resources_bring_no_machines() -> None:
    assert only("deployedModel: {model: m, sharedResources: pool}\n").groups == {}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        pytest.param(pools("{}"), None, id="a file for gcloud names none"),
        pytest.param(
            "name: projects/a/locations/us-central1/customJobs/7\n" + pools("{}"), "us-central1", id="in its name"
        ),
        pytest.param(
            "parent: projects/a/locations/europe-west4\ncustom_job: {job_spec: {worker_pool_specs: []}}\n",
            "europe-west4",
            id="in that of what it is made in",
        ),
        pytest.param("name: my/locations/europe-west4/x\n" + pools("{}"), None, id="not in any name"),
    ],
)
def test_the_region_is_only_where_a_name_says_it(text: str, region: Optional[str]) -> None:
    told = only(text).region
    assert told == region or (region is None and isinstance(told, Unknown) and told.reason is Reason.ENVIRONMENT)


def test_several_documents_are_several_jobs() -> None:
    found = resources(pools(f"{{machineSpec: {H100}, replicaCount: 1}}") + "---\na: 1\n---\n" + pools("{}"))
    assert [one.type for one in found] == ["vertex/CustomJob", "vertex/CustomJob"]
    assert len({one.address for one in found}) == 2


def test_environment_is_not_shown() -> None:
    text = pools(f"{{machineSpec: {H100}, replicaCount: 1, containerSpec: {{env: [{{name: TOKEN, value: hunter2}}]}}}}")
    assert "hunter2" not in repr(only(text).attributes)


def test_facts_lead_to_their_lines() -> None:
    text = f"displayName: a\njobSpec:\n  workerPoolSpecs:\n  - {{}}\n  - machineSpec: {H100}\n    replicaCount: 2\n"
    found = only(text)
    (origin,) = found.origins["/groups/1/replicas/max"][:1]
    assert found.native.place(origin.path).line == 6


def test_a_request_in_json() -> None:
    body = {
        "displayName": "a",
        "jobSpec": {"workerPoolSpecs": [{"machineSpec": {"machineType": "g2-standard-8"}, "replicaCount": "1"}]},
    }
    assert devices(only(json.dumps(body), "job.json")) == {"0": [("l4", 1, 1)]}


def test_a_member_in_two_cases_is_in_error() -> None:
    text = (
        "workerPoolSpecs: []\nworker_pool_specs:\n- {machine_spec: {machine_type: a3-highgpu-8g}, replica_count: 1}\n"
    )
    assert isinstance(only(text).groups, Unknown)
