"""Types of Amazon Web Services."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws import (
    autoscaling,
    batch,
    cloudformation,
    containers,
    ebs,
    ec2,
    eks,
    emr,
    fleets,
    logs,
    models,
    network,
    sagemaker,
    sagemaker_cluster,
    sagemaker_hosting,
    sagemaker_others,
    sagemaker_processing,
    sagemaker_scaling,
    sagemaker_training,
    sagemaker_tuning,
    table,
)
from guardrail.catalog.kind import Kind

_KINDS: Final[tuple[Kind, ...]] = (
    *autoscaling.KINDS,
    *batch.KINDS,
    *containers.KINDS,
    *ebs.KINDS,
    *ec2.KINDS,
    *eks.KINDS,
    *emr.KINDS,
    *fleets.KINDS,
    *logs.KINDS,
    *models.KINDS,
    *network.KINDS,
    *sagemaker.KINDS,
    *sagemaker_cluster.KINDS,
    *sagemaker_hosting.KINDS,
    *sagemaker_others.KINDS,
    *sagemaker_processing.KINDS,
    *sagemaker_scaling.KINDS,
    *sagemaker_training.KINDS,
    *sagemaker_tuning.KINDS,
    *table.KINDS,
)

KINDS: Final[tuple[Kind, ...]] = tuple(cloudformation.in_templates(_KINDS))
"""Every type of the provider that is understood."""
