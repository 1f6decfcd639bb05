"""Types of Amazon SageMaker, which a repository without any does not load."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws import (
    cloudformation,
    sagemaker,
    sagemaker_cluster,
    sagemaker_hosting,
    sagemaker_others,
    sagemaker_processing,
    sagemaker_scaling,
    sagemaker_training,
    sagemaker_tuning,
)
from guardrail.catalog.kind import Kind

_KINDS: Final[tuple[Kind, ...]] = (
    *sagemaker.KINDS,
    *sagemaker_cluster.KINDS,
    *sagemaker_hosting.KINDS,
    *sagemaker_others.KINDS,
    *sagemaker_processing.KINDS,
    *sagemaker_scaling.KINDS,
    *sagemaker_training.KINDS,
    *sagemaker_tuning.KINDS,
)

KINDS: Final[tuple[Kind, ...]] = tuple(cloudformation.in_templates(_KINDS))
"""Every type that says SageMaker in its name."""
