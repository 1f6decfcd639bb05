"""Definitions of pipelines: parameters, texts that are joined, branches."""

from __future__ import annotations

from typing import Any

import pytest

from guardrail.frontends.sagemaker.pipelines import resolved, steps
from guardrail.model.value import OpenMap, Reason, Unknown

PARAMETERS = {"Machine": "ml.g5.xlarge", "Count": 2, "Given": Unknown(Reason.ENVIRONMENT)}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param({"Get": "Parameters.Machine"}, "ml.g5.xlarge", id="a parameter with a default"),
        pytest.param({"A": ({"Get": "Parameters.Count"},)}, {"A": (2,)}, id="inside of lists"),
        pytest.param({"Get": "a", "other": 1}, {"Get": "a", "other": 1}, id="a mapping with more in it is none"),
        pytest.param({"Std:Join": {"On": "/", "Values": ("s3:", "b", 7)}}, "s3:/b/7", id="texts that are joined"),
        pytest.param(
            {"Std:Join": {"On": "", "Values": ("ml.", {"Std:Join": {"On": ".", "Values": ("g5", "xlarge")}})}},
            "ml.g5.xlarge",
            id="a join in a join",
        ),
    ],
)
def test_values(value: Any, found: Any) -> None:
    assert resolved(value, PARAMETERS) == found


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param({"Get": "Parameters.Given"}, Reason.ENVIRONMENT, id="a parameter without a default"),
        pytest.param({"Get": "Parameters.None"}, Reason.ERROR, id="a parameter that is not declared"),
        pytest.param({"Get": "Steps.Train.ModelArtifacts"}, Reason.COMPUTED, id="what a step makes"),
        pytest.param({"Get": "Execution.PipelineName"}, Reason.COMPUTED, id="what an execution is called"),
        pytest.param({"Std:JsonGet": {"Path": "a"}}, Reason.COMPUTED, id="a file that a step writes"),
        pytest.param(
            {"Std:Join": {"On": "", "Values": ("ml.", {"Get": "Parameters.Given"})}}, Reason.ENVIRONMENT,
            id="a join with a gap",
        ),
        pytest.param({"Std:Join": {"On": "", "Values": ("x" * 5000,)}}, Reason.REFUSED, id="a join without end"),
        pytest.param({"Std:Join": {"Values": 3}}, Reason.ERROR, id="a join of nothing"),
    ],
)  # fmt: skip
def test_what_is_not_known(value: Any, reason: Reason) -> None:
    found = resolved(value, PARAMETERS)
    assert isinstance(found, Unknown)
    assert found.reason is reason


def step(name: Any, kind: Any, **arguments: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "Arguments": arguments}


def test_steps_are_found_in_branches_of_conditions() -> None:
    inner = step("inner", "Condition", ElseSteps=(step("deep", "Training"),))
    outer = step("outer", "Condition", IfSteps=(step("a", "Processing"), inner), ElseSteps=(step("b", "Transform"),))
    found = list(steps({"Version": "2020-12-01", "Steps": (step("first", "Tuning"), outer)}))
    assert [(one.name, one.type.rpartition("/")[2], one.at) for one in found] == [
        ("first", "HyperParameterTuningJob", "/Steps/0/Arguments"),
        ("a", "ProcessingJob", "/Steps/1/Arguments/IfSteps/0/Arguments"),
        ("deep", "TrainingJob", "/Steps/1/Arguments/IfSteps/1/Arguments/ElseSteps/0/Arguments"),
        ("b", "TransformJob", "/Steps/1/Arguments/ElseSteps/0/Arguments"),
    ]


def test_steps_that_nobody_knows_are_not_dropped() -> None:
    hidden = Unknown(Reason.TEMPLATE)
    listed = (step("new", "Quantum"), hidden, step(hidden, hidden), step("check", "ClarifyCheck"), step("f", "Fail"), 3)
    found = list(steps({"Version": "2020-12-01", "Steps": listed}))
    assert [(one.type, one.name) for one in found] == [
        ("sagemaker/QuantumStep", "new"),
        ("sagemaker/Step", "1"),
        ("sagemaker/Step", "2"),
        ("sagemaker/ProcessingJob", "check"),
    ]
    assert isinstance(found[1].body, OpenMap)
    assert [one.type for one in steps({"Version": "2020-12-01", "Steps": hidden})] == ["sagemaker/Step"]


def test_a_request_that_is_a_parameter_is_open() -> None:
    definition = {
        "Version": "2020-12-01",
        "Parameters": ({"Name": "All", "Type": "String"},),
        "Steps": ({"Name": "a", "Type": "Training", "Arguments": {"Get": "Parameters.All"}},),
    }
    (found,) = steps(definition)
    assert isinstance(found.body, OpenMap)
    assert found.body.rest.reason is Reason.ENVIRONMENT
