"""Azure Machine Learning: what costs nothing by itself, since it runs nothing."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.azure.table import PART, TAGGED, TAGGED_PART
from guardrail.catalog.kind import Kind
from guardrail.catalog.rows import free, metered

_YAML: Final = "https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview"

KINDS: Final[tuple[Kind, ...]] = (
    *free(TAGGED, _YAML, "azureml/Registry azureml/Hub azureml/Project azureml/VirtualMachine"),
    *free(
        TAGGED_PART,
        _YAML,
        "azureml/Environment azureml/Model azureml/Data azureml/DataImport azureml/FeatureStoreEntity "
        "azureml/Datastore azureml/Flow azureml/DataIndex",
    ),
    *free(PART, _YAML, "azureml/Connection azureml/ModelPackage"),
    *metered(
        TAGGED,
        "https://azure.microsoft.com/pricing/details/machine-learning/",
        "azureml/FeatureStore",
        "storage and materialization",
    ),
)
"""A virtual machine that is attached is paid for where it is made."""
