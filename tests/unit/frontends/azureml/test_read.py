"""Jobs, pipelines and schedules of Azure ML: what they ask for, where that is written, and what it is linked with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.config.settings import Settings, UnitSettings
from guardrail.frontends.azureml.kinds import STEMS
from guardrail.frontends.discover import discover
from guardrail.frontends.known import Known
from guardrail.frontends.readers import read
from guardrail.graph.build import build
from guardrail.model.finding import Diagnostic
from guardrail.model.graph import Graph
from guardrail.model.resource import Group, Resource
from guardrail.model.value import Reason, Unknown
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book
from guardrail.sources.listed import MemoryTree

SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest"
CLUSTER = f"{SCHEMA}/amlCompute.schema.json\nname: gpu\ntype: amlcompute\nsize: Standard_NC6s_v3\n"
RUN = "command: python train.py\nenvironment: azureml:torch@latest\n"
JOB = f"{SCHEMA}/commandJob.schema.json\nname: train\n{RUN}"
TERRAFORM = """\
resource "azurerm_machine_learning_compute_cluster" "gpu" {
  name                          = "gpu"
  location                      = "westeurope"
  machine_learning_workspace_id = "w"
  vm_priority                   = "Dedicated"
  vm_size                       = "Standard_NC24s_v3"
  scale_settings {
    min_node_count                       = 2
    max_node_count                       = 8
    scale_down_nodes_after_idle_duration = "PT2M"
  }
}
"""


def graph(files: Mapping[str, str], settings: Settings = Settings()) -> tuple[Graph, list[Diagnostic]]:  # noqa: B008
    tree, known = MemoryTree({name: text.encode() for name, text in files.items()}), Known()
    found = discover(tree, settings, known=known)
    parsed = [read(tree, unit, settings, known, known.budget) for unit in found.units]
    told = [*found.diagnostics, *(one for part in parsed for one in part.diagnostics)]
    return build(parsed, found.units, settings), told


def of(files: Mapping[str, str], address: str) -> Resource:
    return graph(files)[0].resources[address]


def main(resource: Resource) -> Group:
    assert not isinstance(resource.groups, Unknown)
    return resource.groups["main"]


def why(value: Any) -> Reason:
    assert isinstance(value, Unknown)
    return value.reason


def test_a_job_has_the_machines_of_its_cluster_in_another_file() -> None:
    found, told = graph({"jobs/a.yml": f"{JOB}compute: azureml:gpu\n", "compute/gpu.yml": CLUSTER})
    job = found.resources["jobs/a.yml//azureml/CommandJob/train"]
    assert main(job).machine_types == ("Standard_NC6s_v3",)
    assert [(one.model, one.count) for one in main(job).accelerators] == [("v100-16gb", 1)]  # type: ignore[union-attr]
    (edge,) = found.edges[job.address]
    assert (edge.kind, edge.to) == ("schedules_on", "compute/gpu.yml//azureml/AmlCompute/gpu")
    assert told == []


@pytest.mark.parametrize(
    "compute",
    [
        pytest.param("gpu", id="by name"),
        pytest.param("azureml:gpu", id="by reference"),
        pytest.param(
            "azureml:/subscriptions/0/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w/computes/gpu",
            id="by id",
        ),
    ],
)
def test_a_cluster_that_terraform_makes_is_meant_by_name(compute: str) -> None:
    files = {"job.yml": f"{JOB}compute: {compute}\nlimits: {{timeout: 3600}}\n", "infra/main.tf": TERRAFORM}
    found, _ = graph(files)
    job = found.resources["job.yml//azureml/CommandJob/train"]
    assert main(job).machine_types == ("Standard_NC24s_v3",)
    bill = bills(found, Book(), Settings())[job.address]
    assert bill.role == "allocated"
    assert bill.per_run is not None
    assert bill.per_run[1] == Decimal("15.292")  # one node for one hour, in westeurope


def test_a_job_takes_whole_nodes_of_a_cluster_without_accelerators() -> None:
    files = {
        "job.yml": f"{JOB}compute: gpu\nresources: {{instance_count: 2}}\nlimits: {{timeout: 3600}}\n",
        "infra/main.tf": TERRAFORM.replace("Standard_NC24s_v3", "Standard_D16s_v3"),
    }
    found, _ = graph(files)
    per_run = bills(found, Book(), Settings())["job.yml//azureml/CommandJob/train"].per_run
    assert per_run is not None
    assert per_run[1] == Decimal("1.92")  # two nodes at 0.96


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param("compute: azureml:somebodys\n", Reason.DATA, id="of a cluster that is not here"),
        pytest.param("compute: azureml:$CLUSTER\n", Reason.TEMPLATE, id="of one that a shell fills in"),
        pytest.param("compute: '${{inputs.where}}'\n", Reason.VARIABLE, id="of an input without a value"),
        pytest.param("compute: azureml:serverless\n", Reason.COMPUTED, id="that Azure ML chooses"),
        pytest.param("", Reason.COMPUTED, id="that nothing is said of"),
        pytest.param("resources: {instance_type: Standard_NC9000}\n", Reason.REFUSED, id="that no table has"),
    ],
)
def test_a_machine_that_nobody_can_tell_says_why(more: str, reason: Reason) -> None:
    groups = of({"job.yml": JOB + more}, "job.yml//azureml/CommandJob/train").groups
    assert why(groups if isinstance(groups, Unknown) else groups["main"].accelerators) is reason


def test_a_machine_that_a_job_names_counts_for_nothing_on_a_cluster() -> None:
    files = {
        "job.yml": f"{JOB}compute: gpu\nresources: {{instance_type: Standard_D2s_v3}}\n",
        "gpu.yml": CLUSTER,
    }
    assert main(of(files, "job.yml//azureml/CommandJob/train")).machine_types == ("Standard_NC6s_v3",)


PIPELINE = f"""\
{SCHEMA}/pipelineJob.schema.json
type: pipeline
name: p
settings:
  default_compute: azureml:gpu
jobs:
  train:
    component: ./parts/train.yml
"""
COMPONENT = f"{SCHEMA}/commandComponent.schema.json\ntype: command\nname: c\n{RUN}resources:\n  instance_count: 3\n"


def test_a_step_is_told_by_its_component_and_its_pipeline_each_at_its_line() -> None:
    files = {"p.yml": PIPELINE, "parts/train.yml": COMPONENT, "gpu.yml": CLUSTER}
    step = of(files, "p.yml//azureml/PipelineJob/p/train")
    assert main(step).replicas.max == 3
    assert str(step.native.place("/resources/instance_count")) == "parts/train.yml:7:3"
    assert str(step.native.place("/compute")) == "p.yml:5:3"
    assert str(step.native.place("")) == "p.yml:7:3"


def test_what_a_step_states_itself_goes_before_its_component() -> None:
    files = {
        "p.yml": PIPELINE + "    compute: other\n    resources: {instance_count: 1}\n",
        "parts/train.yml": COMPONENT,
    }
    step = of(files, "p.yml//azureml/PipelineJob/p/train")
    assert (main(step).replicas.max, step.attributes["compute"]) == (1, "other")
    assert str(step.native.place("/resources/instance_count")).startswith("p.yml:10:")


def test_a_component_that_is_not_there_is_said_and_its_number_is_not_known() -> None:
    found, told = graph({"p.yml": PIPELINE, "gpu.yml": CLUSTER})
    step = found.resources["p.yml//azureml/PipelineJob/p/train"]
    assert why(main(step).replicas.max) is Reason.MODULE
    assert main(step).machine_types == ("Standard_NC6s_v3",)
    assert [(one.code, str(one.place)) for one in told] == [("file-not-found", "p.yml:8:5")]


def test_a_pipeline_that_is_registered_may_do_anything() -> None:
    text = PIPELINE.replace("component: ./parts/train.yml", "type: pipeline\n    component: azureml:whole@latest")
    found, _ = graph({"p.yml": text})
    assert why(found.resources["p.yml//azureml/PipelineJob/p/train"].groups) is Reason.MODULE
    assert not bills(found, Book(), Settings())["p.yml//azureml/PipelineJob/p/train"].complete


def test_a_pipeline_contains_its_steps() -> None:
    found, _ = graph({"p.yml": PIPELINE, "parts/train.yml": COMPONENT})
    assert [(one.kind, one.to) for one in found.edges["p.yml//azureml/PipelineJob/p"]] == [
        ("contains", "p.yml//azureml/PipelineJob/p/train")
    ]


def test_two_jobs_of_one_name_are_both_judged() -> None:
    found, told = graph({"a.yml": f"{JOB}---\n{JOB}"})
    assert sorted(found.resources) == [
        "a.yml//azureml/CommandJob/train@a.yml#1",
        "a.yml//azureml/CommandJob/train@a.yml#2",
    ]
    assert [one.code for one in told] == ["duplicate-address"]


def test_a_scheduled_job_costs_what_its_runs_do() -> None:
    text = (
        f"{SCHEMA}/schedule.schema.json\nname: nightly\n"
        "trigger: {type: recurrence, frequency: week, interval: 1,\n"
        "  schedule: {week_days: [monday], hours: 3, minutes: 0}}\n"
        f"create_job:\n  type: command\n  command: x\n  environment: y\n  limits: {{timeout: 7200}}\n"
        "  resources: {instance_type: Standard_NC6s_v3}\n"
    )
    units = (UnitSettings(path="**", region="eastus"),)
    found, _ = graph({"s.yml": text}, Settings(units=units))
    job = found.resources["s.yml//azureml/Schedule/nightly/create_job"]
    assert job.lifetime["schedule"] == ({"cron": "0 3 * * 1", "timezone": "UTC"},)  # type: ignore[index]
    bill = bills(found, Book(), Settings(units=units))[job.address]
    assert bill.per_run is not None
    assert bill.per_run[1] == Decimal("6.12")  # two hours at 3.06
    assert bill.expected == pytest.approx(Decimal("6.12") * Decimal("4.35"), rel=Decimal("0.01"))


def test_the_steps_of_a_scheduled_pipeline_run_as_often_as_it() -> None:
    files = {
        "s.yml": f"{SCHEMA}/schedule.schema.json\nname: s\ntrigger: {{type: cron, expression: 0 3 * * *}}\n"
        "create_job: {type: pipeline, job: ./p.yml, settings: {default_compute: serverless}}\n",
        "p.yml": PIPELINE.replace("./parts/train.yml", "./parts/both.yml"),
        "parts/both.yml": f"{SCHEMA}/pipelineComponent.schema.json\ntype: pipeline\nname: both\nversion: 1\n"
        "jobs:\n  one: {type: command, command: x, environment: y, resources: {instance_type: Standard_NC6s_v3}}\n",
    }
    step = of(files, "s.yml//azureml/Schedule/s/create_job/train/one")
    assert step.lifetime["schedule"] == ({"cron": "0 3 * * *", "timezone": "UTC"},)  # type: ignore[index]
    assert main(step).machine_types == ("Standard_NC6s_v3",)
    assert str(step.native.place("/trigger")) == "s.yml:3:1"
    assert str(step.native.place("/compute")) == "s.yml:4:55"


@pytest.mark.parametrize(
    ("files", "units", "region"),
    [
        pytest.param({"a.yml": JOB}, (), Reason.ENVIRONMENT, id="is that of the workspace, which nobody tells"),
        pytest.param({"a.yml": JOB}, (UnitSettings(path="**", region="eastus"),), "eastus", id="is stated of the unit"),
        pytest.param(
            {"a.yml": f"{JOB}resources: {{locations: [West Europe]}}\n"}, (), "westeurope", id="is one that a job names"
        ),
        pytest.param(
            {"a.yml": f"{JOB}resources: {{locations: [westeurope, eastus]}}\n"},
            (UnitSettings(path="**", region="eastus"),),
            Reason.COMPUTED,
            id="is any of several",
        ),
    ],
)
def test_the_region_of_a_job(files: Mapping[str, str], units: Any, region: Any) -> None:
    job = graph(files, Settings(units=units))[0].resources["a.yml//azureml/CommandJob/train"]
    assert (why(job.region) if isinstance(job.region, Unknown) else job.region) == region


@pytest.mark.parametrize("jobs", ["[a, b]", "{a: text}", "text"])
def test_what_is_no_step_is_in_error(jobs: str) -> None:
    text = f"{SCHEMA}/pipelineJob.schema.json\ntype: pipeline\nname: p\njobs: {jobs}\n"
    assert why(of({"p.yml": text}, "p.yml//azureml/PipelineJob/p").groups) is Reason.ERROR


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "serverless", "${{inputs.x}}", "./a.yml"]),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["type", "compute"]), inside),
    max_leaves=6,
)
MEMBERS = (
    "type", "jobs", "component", "trial", "compute", "resources", "limits", "settings", "inputs", "trigger",
    "create_job", "instance_type", "instance_count", "scale_settings", "endpoint_name", "queue_settings",
    "conf", "name", "tags",
)  # fmt: skip


@given(st.sampled_from(sorted(STEMS)), st.dictionaries(st.sampled_from(MEMBERS), ODD, max_size=5))
def test_bad_input_never_raises(stem: str, members: Mapping[str, Any]) -> None:
    document = {"$schema": f"https://azuremlschemas.azureedge.net/latest/{stem}.schema.json", **members}
    found, _ = graph({"a.yml": json.dumps(document)})
    bills(found, Book(), Settings())


def test_secrets_are_not_kept() -> None:
    text = f"{JOB}environment_variables: {{TOKEN: hunter2}}\n"
    job = of({"job.yml": text}, "job.yml//azureml/CommandJob/train")
    assert "hunter2" not in repr(job.attributes)


def test_an_instance_says_when_it_stops() -> None:
    text = (
        f"{SCHEMA}/computeInstance.schema.json\nname: ada\ntype: computeinstance\nsize: Standard_NC6s_v3\n"
        "idle_time_before_shutdown_minutes: 30\nenable_node_public_ip: false\n"
        "schedules:\n  compute_start_stop:\n"
        "  - {action: stop, state: enabled, trigger: {type: cron, expression: 0 18 * * *}}\n"
        "  - {action: start, state: disabled, trigger: {type: cron, expression: 0 8 * * *}}\n"
    )
    instance = of({"i.yml": text}, "i.yml//azureml/ComputeInstance/ada")
    assert instance.lifetime == {
        "idle_shutdown_seconds": 1800,
        "schedule": ({"cron": "0 18 * * *", "timezone": "UTC", "action": "stop"},),
    }
    assert instance.facts["exposure"] == "private"


def test_deeply_nested_pipelines_end() -> None:
    files = {
        f"p{index}.yml": f"{SCHEMA}/pipelineComponent.schema.json\ntype: pipeline\nname: p{index}\nversion: 1\njobs:\n"
        + "".join(f"  s{step}: {{type: pipeline, component: ./p{index + 1}.yml}}\n" for step in range(10))
        for index in range(12)
    }
    found, told = graph({**files, "top.yml": PIPELINE.replace("./parts/train.yml", "./p0.yml")})
    assert {one.code for one in told} == {"limit-steps", "file-not-found"}
    assert len(found.resources) < 13 * 2_001
