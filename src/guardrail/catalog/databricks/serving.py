"""Endpoints of models and of SQL: their size is a word, and Databricks has the machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.convert import flag, minutes, whole
from guardrail.catalog.databricks.words import DOCS, none_for_zero
from guardrail.catalog.kind import (
    AcceleratorSpec,
    Always,
    ByUsage,
    Each,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    NoRows,
    at,
)
from guardrail.model.value import Reason, Unknown, Value

_SIZES: Final[Mapping[str, tuple[Optional[str], int]]] = {
    "CPU": (None, 0),
    "GPU_SMALL": ("nvidia-tesla-t4", 1),
    "GPU_MEDIUM": ("a10g", 1),
    "MULTIGPU_MEDIUM": ("a10g", 4),
    "GPU_MEDIUM_8": ("a10g", 8),
    "GPU_LARGE": ("a100-80gb", 1),
    "GPU_LARGE_2": ("a100-80gb", 2),
}
"""
GPUs of a replica by its type of workload: those of AWS, and where only Azure has a type those of Azure.

https://docs.databricks.com/aws/en/machine-learning/model-serving/create-manage-serving-endpoints
https://learn.microsoft.com/azure/databricks/machine-learning/model-serving/create-manage-serving-endpoints
"""


def _of_size(size: Any) -> tuple[Optional[str], int]:
    found = _SIZES.get(str(size).upper())
    if found is None:
        raise LookupError(size)
    return found


def _model(size: Optional[Any]) -> Value:
    if size is None or str(size).upper() in _SIZES:
        return None if size is None else _of_size(size)[0]
    return Unknown(Reason.REFUSED, note="a type of workload that is in no table")


def _count(size: Optional[Any]) -> Value:
    if size is None or str(size).upper() in _SIZES:
        return 0 if size is None else _of_size(size)[1]
    return Unknown(Reason.REFUSED, note="a type of workload that is in no table")


_ASKED: Final = Unknown(Reason.USAGE, note="as many replicas as requests need, within the size of the workload")
_TYPE: Final = at("workload_type")


def _entities(block: str) -> GroupSpec:
    return GroupSpec(
        each=("config", 0, block),
        name="name",
        min=From((at("scale_to_zero_enabled", default=False, convert=flag),), lambda zero: 0 if zero else 1),
        max=Always(_ASKED),
        autoscaled=Always(True),
        accelerators=AcceleratorSpec(model=From((_TYPE,), _model), count=From((_TYPE,), _count)),
    )


def _tags(listed: Optional[Any]) -> Value:
    """Return tags of blocks with a key and a value each."""
    return None if listed is None else {key: value for one in listed for key, value in one.items()}


MODELS: Final = Kind(
    type="databricks_model_serving",
    category="ml.endpoint",
    source=f"{DOCS}model_serving",
    labels_from=From((Each(("tags",), From((at("key"), at("value", default="")), lambda key, of: {key: of})),), _tags),
    groups=(_entities("served_entities"), _entities("served_models")),
    lines=(ByUsage(name="Databricks units of serving"),),
)

_FEWEST: Final = at("min_num_clusters", default=1, convert=whole)
_TWO_HOURS: Final = 120 * 60
"""
Seconds after which a warehouse stops where it does not say: the provider's own default.

https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/sql_endpoint#auto_stop_mins
"""

_CUSTOM: Final[Fact] = Each(
    ("tags", 0, "custom_tags"), From((at("key"), at("value", default="")), lambda key, of: {key: of})
)

WAREHOUSE: Final = Kind(
    type="databricks_sql_endpoint",
    category="database",
    source=f"{DOCS}sql_endpoint",
    labels_from=From((_CUSTOM,), _tags),
    groups=(
        GroupSpec(
            name="clusters",
            min=_FEWEST,
            max=First((at("max_num_clusters", convert=whole), _FEWEST)),
            autoscaled=Always(True),
        ),
    ),
    lifetime={"idle_shutdown_seconds": none_for_zero(at("auto_stop_mins", default=_TWO_HOURS, convert=minutes))},
    lines=(NoRows(name="Databricks units of the warehouse"),),
)

KINDS: Final = (MODELS, WAREHOUSE)
