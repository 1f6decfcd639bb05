from __future__ import annotations

import pytest

from guardrail.catalog.registry import declared, kinds, linking_to, types_of


def test_every_type_leads_to_the_kind_that_declares_it() -> None:
    found = kinds()
    assert len(found) > 500
    for one in found:
        for native in types_of(one.type):
            told = declared(native)
            assert told is not None, native
            assert told.kind.type == one.type


@pytest.mark.parametrize(
    ("native", "linking"),
    [
        pytest.param("aws_sagemaker_endpoint", "aws_appautoscaling_target", id="to a thing of SageMaker"),
        pytest.param("aws_sagemaker_endpoint", "sagemaker/InferenceComponent", id="within SageMaker, as a request"),
        pytest.param("aws_eks_cluster", "aws_sagemaker_cluster", id="from a thing of SageMaker"),
        pytest.param("aws_launch_template", "aws_autoscaling_group", id="of which neither is of SageMaker"),
    ],
)
def test_links_are_known_across_modules(native: str, linking: str) -> None:
    assert linking in linking_to(native)
