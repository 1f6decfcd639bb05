"""What the table of machines knows of the machine that a row is the price of."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple, Optional

from guardrail.catalog.machines import accelerators_of, machine
from guardrail.model.value import Unknown
from guardrail.pricing.rows import Row

BY_MACHINE: Final = (
    "ec2",
    "gce-machine",
    "azure-vm",
    "tpu",
    "sagemaker-async",
    "sagemaker-batch-transform",
    "sagemaker-hosting",
    "sagemaker-notebook",
    "sagemaker-processing",
    "sagemaker-studio",
    "sagemaker-training",
    "sagemaker-unspecified",
    "vertex-prediction",
    "vertex-training",
    "azureml-compute-cluster",
    "azureml-compute-instance",
)
"""Services whose rows are prices of whole machines, with all that is in them."""


class Devices(NamedTuple):
    """Accelerators of one machine. `number` may be a part of one."""

    model: str
    number: Decimal


@cache
def devices(provider: str, name: str) -> Optional[Devices]:
    """Return what is in a machine type, None where it has no accelerators or nobody knows."""
    inside = accelerators_of(provider, name)
    if isinstance(inside, Unknown) or len(inside) != 1:
        return None
    one = inside[0]
    return Devices(str(one.model), Decimal(str(one.count)) * (one.fraction or 1))


@cache
def table_vcpu(provider: str, name: str) -> Optional[Decimal]:
    """Return the vCPU of a machine type as the table of machines has it, None where it does not."""
    found = machine(provider, name)
    return Decimal(found.vcpu) if found and found.vcpu else None


def vcpu(row: Row) -> Optional[Decimal]:
    """Return the vCPU of the machine: as the row says, else as the table does."""
    return row.vcpu or table_vcpu(row.key.provider, row.key.sku)
