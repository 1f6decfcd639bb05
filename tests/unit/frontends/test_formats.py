"""What is told by the keys alone, before a front end is asked, is what the front end would say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Final, Optional

import pytest

from guardrail.frontends.azureml.kinds import is_azure_ml
from guardrail.frontends.formats import known
from guardrail.frontends.sagemaker.operations import OPERATIONS, is_body
from guardrail.frontends.vertex.bodies import may_be

_OF_SAGEMAKER: Final = sorted({word for one in OPERATIONS for word in one.telling})
_OF_AZURE_ML: Final = """
    $schema type endpoint_name resource_id trigger create_job create_monitor import_data command environment compute
    experiment_name code instance_type component size trial jobs task input_data entry training_data model name
"""
_OF_VERTEX: Final = """
    spec jobSpec job_spec display_name tpu spot guaranteed queueing_policy index model name customJob custom_job
    workerPoolSpecs trial_job_spec trainingTaskInputs deployed_model inputConfig dedicatedResources automatic_resources
    resource_pools gceSetup training_input customEnvironmentSpec machine_spec runtimeVersion runtime_version
    accelerator_type euc_config onlineServingConfig reasoningEngine
"""
_TEXTS: Final = (None, "command", "sweep", "automl", "https://azuremlschemas.azureedge.net/x.schema.json")
_DATA: Final = (b"", b"machine_spec replicaCount", b"worker_pool_specs packageSpec", b"\\u0061", b"azureml")


@pytest.mark.parametrize(
    ("words", "texts", "datas"),
    [
        pytest.param(_OF_SAGEMAKER, (None,), (b"",), id="members of the API of SageMaker"),
        pytest.param(
            [word[:1].lower() + word[1:] for word in _OF_SAGEMAKER], (None,), (b"",), id="the same in camel case"
        ),
        pytest.param(_OF_AZURE_ML.split(), _TEXTS, _DATA, id="fields of Azure ML"),
        pytest.param(_OF_VERTEX.split(), (None,), _DATA, id="members of messages of Vertex AI"),
    ],
)
def test_no_front_end_is_passed_over_that_would_know_a_document(
    words: Sequence[str], texts: Sequence[Optional[str]], datas: Sequence[bytes]
) -> None:
    recognised = 0
    for keys, text, data in product([*((one,) for one in words), *combinations(words, 2)], texts, datas):
        top = dict.fromkeys(keys, text)
        expected = (
            ("Azure ML" if is_azure_ml(top, data) else None)
            or ("SageMaker request" if is_body(top, data) else None)
            or ("request of Vertex AI" if may_be(top, data) else None)
        )
        found = known(top, data)
        assert (found.what if found is not None else None) == expected, (keys, text, data)
        recognised += expected is not None
    assert recognised > 20
