"""Definitions inside of resources of other formats: what they start is told as in files."""

from __future__ import annotations

from typing import Any

import pytest
from requested import graph, group

from guardrail.model.graph import Graph
from guardrail.model.resource import Bounds, Resource
from guardrail.model.value import Reason, Unknown

PIPELINE = """
variable "machine" {}
variable "known" { default = "ml.g5.xlarge" }
provider "aws" {
  region = "us-east-1"
  default_tags { tags = { team = "all" } }
}
resource "aws_sagemaker_pipeline" "p" {
  %s
  pipeline_name = "p"
  pipeline_definition = %s
}
"""
STEPS = """jsonencode({
    Version = "2020-12-01"
    Steps = [{
      Name = "t"
      Type = "Training"
      Arguments = { ResourceConfig = { InstanceType = var.%s, InstanceCount = 2 } }
    }]
  })"""


def terraform(text: str) -> Graph:
    return graph({"main.tf": text.encode()})


def step(found: Graph, holder: str = "aws_sagemaker_pipeline.p") -> Resource:
    return found.resources[f".//{holder}!sagemaker/TrainingJob/t"]


def test_steps_of_a_pipeline_in_terraform() -> None:
    found = terraform(PIPELINE % ("", STEPS % "known"))
    made = step(found)
    assert (made.region, made.format, made.labels) == ("us-east-1", "terraform", {})
    assert group(made).machine_types == ("ml.g5.xlarge",)
    assert [(edge.kind, edge.to) for edge in found.edges[".//aws_sagemaker_pipeline.p"]] == [("contains", made.address)]
    assert found.resources[".//aws_sagemaker_pipeline.p"].groups == {}


def test_a_gap_in_a_definition_leaves_open_what_stands_there() -> None:
    told = group(step(terraform(PIPELINE % ("", STEPS % "machine"))))
    machine: Any = told.machine_types[0] if isinstance(told.machine_types, tuple) else told.machine_types
    assert isinstance(machine, Unknown)
    assert machine.reason is Reason.VARIABLE
    assert told.replicas == Bounds(2, 2, 2)


def test_there_are_as_many_steps_as_pipelines() -> None:
    found = terraform(PIPELINE % ("count = 2", STEPS % "known"))
    steps = [one.address for one in found.resources.values() if one.type == "sagemaker/TrainingJob"]
    assert steps == [f".//aws_sagemaker_pipeline.p[{index}]!sagemaker/TrainingJob/t" for index in range(2)]
    hidden = terraform(PIPELINE % ("count = var.machine", STEPS % "known"))
    (made,) = (one for one in hidden.resources.values() if one.type == "sagemaker/TrainingJob")
    assert made.multiplicity.min == 0


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        pytest.param("var.machine", Reason.VARIABLE, id="a variable"),
        pytest.param('file("nowhere.json")', Reason.ERROR, id="a file that is not there"),
        pytest.param('"{"', Reason.ERROR, id="a text that is cut off"),
    ],
)
def test_a_definition_that_is_not_known_leaves_open_what_starts(definition: str, reason: Reason) -> None:
    found = terraform(PIPELINE % ("", definition)).resources[".//aws_sagemaker_pipeline.p"]
    assert isinstance(found.groups, Unknown)
    assert found.groups.reason is reason


def test_states_of_a_machine_in_terraform() -> None:
    found = terraform(
        """
resource "aws_sfn_state_machine" "m" {
  name = "m"
  definition = jsonencode({
    StartAt = "t"
    States = { t = {
      Type = "Task"
      Resource = "arn:aws:states:::sagemaker:createTrainingJob.sync"
      Parameters = { ResourceConfig = { InstanceType = "ml.p4d.24xlarge", "InstanceCount.$" = "$.n" } }
    } }
  })
}
"""
    )
    made = step(found, "aws_sfn_state_machine.m")
    assert group(made).machine_types == ("ml.p4d.24xlarge",)
    assert isinstance(group(made).replicas.max, Unknown)


def test_the_line_of_a_step_is_that_of_the_attribute() -> None:
    text = PIPELINE % ("", STEPS % "known")
    made = step(terraform(text))
    line = 1 + text[: text.index("  pipeline_definition")].count("\n")
    assert made.native.place("/ResourceConfig/InstanceType").line == line
    assert made.native.trace("/ResourceConfig/InstanceCount")[0].value == 2
