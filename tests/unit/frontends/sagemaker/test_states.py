"""State machines: states that send requests, wherever they stand, and what only the execution knows."""

from __future__ import annotations

from typing import Any, Optional

import pytest

from guardrail.frontends.sagemaker.states import states
from guardrail.model.resource import Multiplicity
from guardrail.model.value import UNBOUNDED, OpenMap, Reason, Unknown


def task(resource: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, **more}


def machine(**several: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": several}


TRAIN = task("arn:aws:states:::sagemaker:createTrainingJob.sync", Parameters={"RoleArn": "r"})


@pytest.mark.parametrize(
    ("resource", "type_"),
    [
        ("arn:aws:states:::sagemaker:createTrainingJob.sync", "sagemaker/TrainingJob"),
        ("arn:aws:states:::sagemaker:createTrainingJob", "sagemaker/TrainingJob"),
        ("arn:aws-cn:states:::sagemaker:createTransformJob.sync", "sagemaker/TransformJob"),
        ("arn:aws:states:::aws-sdk:sagemaker:createEndpointConfig", "sagemaker/EndpointConfig"),
        ("arn:aws:states:::aws-sdk:sagemaker:createAutoMLJobV2.waitForTaskToken", "sagemaker/AutoMLJob"),
        ("arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync:2", "sagemaker/HyperParameterTuningJob"),
        ("arn:aws:states:::sagemaker:updateEndpoint", "sagemaker/Endpoint"),
        ("arn:aws:states:::aws-sdk:sagemaker:updateNotebookInstance", None),
        ("arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob", None),
        ("arn:aws:states:::lambda:invoke", None),
        (None, None),
        (Unknown(Reason.TEMPLATE, written="arn:${P}:states:::sagemaker:createModel"), "sagemaker/Model"),
        (Unknown(Reason.TEMPLATE, written="${Train}"), None),
    ],
)
def test_resources(resource: Any, type_: Optional[str]) -> None:
    found = list(states(machine(A=task(resource, Parameters={}))))
    assert [one.type for one in found] == ([type_] if type_ is not None else [])


@pytest.mark.parametrize(
    ("state", "at", "many"),
    [
        pytest.param(TRAIN, "/States/A/Parameters", Multiplicity(), id="a state"),
        pytest.param(
            {"Type": "Parallel", "Branches": (machine(), machine(B=TRAIN))},
            "/States/A/Branches/1/States/B/Parameters", Multiplicity(),
            id="a branch",
        ),
        pytest.param(
            {"Type": "Map", "MaxConcurrency": 3, "ItemProcessor": machine(B=TRAIN)},
            "/States/A/ItemProcessor/States/B/Parameters", Multiplicity(1, 3),
            id="a map runs as many at once as it says",
        ),
        pytest.param(
            {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": machine(B=TRAIN)},
            "/States/A/ItemProcessor/States/B/Parameters", Multiplicity(),
            id="a map runs one after the other",
        ),
        pytest.param(
            {"Type": "Map", "Iterator": machine(B=TRAIN)},
            "/States/A/Iterator/States/B/Parameters", Multiplicity(1, UNBOUNDED),
            id="a map without a limit",
        ),
        pytest.param(
            {"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": machine(
                B={"Type": "Map", "MaxConcurrency": 2, "ItemProcessor": machine(C=TRAIN)}
            )},
            "/States/A/ItemProcessor/States/B/ItemProcessor/States/C/Parameters", Multiplicity(1, UNBOUNDED),
            id="a map in a map",
        ),
    ],
)  # fmt: skip
def test_where_states_stand(state: Any, at: str, many: Multiplicity) -> None:
    (found,) = states(machine(A=state))
    assert found.at == at
    assert (found.multiplicity.min, found.multiplicity.max) == (many.min, many.max)


@pytest.mark.parametrize(
    ("state", "body"),
    [
        pytest.param({"Parameters": {"InstanceCount": 2}}, {"InstanceCount": 2}, id="what is written"),
        pytest.param({"Arguments": {"A": ("{% $x %}",)}}, {"A": (Reason.ENVIRONMENT,)}, id="an expression"),
        pytest.param(
            {"Parameters": {"R": {"InstanceType.$": "$.t"}}}, {"R": {"InstanceType": Reason.ENVIRONMENT}},
            id="a member with a path",
        ),
        pytest.param(
            {"Arguments": {"A": Unknown(Reason.TEMPLATE, written="{% $x %}")}}, {"A": Reason.ENVIRONMENT},
            id="an expression that looks like a template",
        ),
        pytest.param({"Parameters": {"A": Unknown(Reason.TEMPLATE)}}, {"A": Reason.TEMPLATE}, id="a placeholder"),
    ],
)  # fmt: skip
def test_what_the_execution_gives(state: Any, body: Any) -> None:
    (found,) = states(machine(A={**TRAIN, "Parameters": {}, **state} if "Arguments" not in state else _only(state)))
    assert _reasons(found.body) == body


@pytest.mark.parametrize("state", [{}, {"Parameters.$": "$.body"}, {"Arguments": "{% $states.input %}"}])
def test_a_body_that_the_execution_gives_is_open(state: Any) -> None:
    (found,) = states(machine(A=_only(state)))
    assert isinstance(found.body, OpenMap)
    assert found.body.rest.reason is Reason.ENVIRONMENT


def _only(state: Any) -> Any:
    return {"Type": "Task", "Resource": TRAIN["Resource"], **state}


def _reasons(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, dict):
        return {key: _reasons(member) for key, member in value.items()}
    return tuple(map(_reasons, value)) if isinstance(value, tuple) else value
