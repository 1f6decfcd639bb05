"""Which operation a body is for, by its members alone."""

from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.frontends.sagemaker.operations import OPERATIONS, operation, pascal_case


@pytest.mark.parametrize(
    ("members", "type_"),
    [
        pytest.param("TrainingJobName ResourceConfig", "sagemaker/TrainingJob", id="its name and another member"),
        pytest.param("AlgorithmSpecification ResourceConfig", "sagemaker/TrainingJob", id="a name given elsewhere"),
        pytest.param("trainingJobName resourceConfig", "sagemaker/TrainingJob", id="in camel case"),
        pytest.param("TrainingJobName", None, id="one member stands in many files"),
        pytest.param("EndpointConfigName ProductionVariants", "sagemaker/EndpointConfig", id="a configuration"),
        pytest.param(
            "EndpointName EndpointConfigName ProductionVariants EndpointStatus CreationTime", "sagemaker/Endpoint",
            id="what describe-endpoint prints is no configuration",
        ),
        pytest.param(
            "EndpointName DesiredWeightsAndCapacities", "sagemaker/EndpointCapacities", id="capacities of variants"
        ),
        pytest.param(
            "TransformJobName ModelName TransformResources", "sagemaker/TransformJob", id="a transform job has a model"
        ),
        pytest.param("DomainId UserProfileName AppName AppType", "sagemaker/App", id="an application"),
        pytest.param("modelName containers", None, id="words of many files in camel case"),
        pytest.param("ModelName Containers", "sagemaker/Model", id="the same as the API writes them"),
        pytest.param("InstanceType RoleArn", None, id="a machine and a role are parameters of anything"),
        pytest.param("NotebookInstanceName InstanceType", "sagemaker/NotebookInstance", id="a notebook"),
        pytest.param("clusterName instanceGroups", None, id="a cluster of something else"),
        pytest.param("ClusterName InstanceGroups", "sagemaker/Cluster", id="HyperPod"),
        pytest.param(
            "ServiceNamespace ResourceId ScalableDimension MinCapacity MaxCapacity",
            "application-autoscaling/ScalableTarget",
            id="a scalable target",
        ),
        pytest.param(
            "PolicyName ServiceNamespace ResourceId ScalableDimension PolicyType", None, id="a scaling policy is none"
        ),
        pytest.param("", None, id="nothing"),
    ],
)  # fmt: skip
def test_operation(members: str, type_: Optional[str]) -> None:
    found = operation(members.split())
    assert (found.type if found is not None else None) == type_


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.type)
def test_every_operation_is_told_by_all_of_its_members(one: object) -> None:
    found = operation(one.telling)  # type: ignore[attr-defined]
    assert found is not None
    assert found.type == one.type  # type: ignore[attr-defined]


@given(st.frozensets(st.text(max_size=8), max_size=6))
def test_members_of_other_files_tell_nothing(members: frozenset[str]) -> None:
    known = {name for one in OPERATIONS for name in one.telling}
    assert operation(members) is None or len({pascal_case(one) for one in members} & known) > 1
