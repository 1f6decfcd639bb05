"""Azure Machine Learning: compute that a workspace starts."""

from __future__ import annotations

from typing import Any, Final

from guardrail.catalog.azure.words import DOCS, LOCATION, size
from guardrail.catalog.convert import flag, seconds, whole
from guardrail.catalog.kind import Always, Fact, GroupSpec, Kind, MachineHours, Of, at
from guardrail.model.resource import ON_DEMAND, SPOT, Link, Purchase

_WORKSPACE: Final = Link(
    kind="references", at="/machine_learning_workspace_id", types=("azurerm_machine_learning_workspace",)
)
_SCALE: Final = ("scale_settings", 0)


def _purchase(priority: Any) -> Purchase:
    return SPOT if priority == "LowPriority" else ON_DEMAND


def _exposure() -> Fact:
    return at(
        "node_public_ip_enabled",
        default="public",
        convert=lambda public: "public" if flag(public) else "private",
    )


CLUSTER: Final = Kind(
    type="azurerm_machine_learning_compute_cluster",
    category="compute.pool",
    source=f"{DOCS}machine_learning_compute_cluster",
    labels="tags",
    region=LOCATION,
    groups=(
        GroupSpec(
            machine_types=size("vm_size"),
            min=at(*_SCALE, "min_node_count", convert=whole),
            max=at(*_SCALE, "max_node_count", convert=whole),
            autoscaled=Always(True),
            purchase=at("vm_priority", default=ON_DEMAND, convert=_purchase),
        ),
    ),
    lifetime={
        "idle_shutdown_seconds": at(*_SCALE, "scale_down_nodes_after_idle_duration", convert=seconds),
    },
    facts={"exposure": _exposure()},
    links=(_WORKSPACE,),
    lines=(MachineHours(service="azureml-compute-cluster"),),
)

INSTANCE: Final = Kind(
    type="azurerm_machine_learning_compute_instance",
    category="ml.notebook",
    source=f"{DOCS}machine_learning_compute_instance",
    labels="tags",
    region=(*LOCATION, Of(_WORKSPACE.at, LOCATION[0])),
    groups=(GroupSpec(machine_types=size("virtual_machine_size"), purchase=Always(ON_DEMAND)),),
    facts={"exposure": _exposure()},
    links=(_WORKSPACE,),
    lines=(MachineHours(service="azureml-compute-instance"),),
)

WORKSPACE: Final = Kind(
    type="azurerm_machine_learning_workspace",
    category="other",
    source="https://azure.microsoft.com/pricing/details/machine-learning/",
    labels="tags",
    region=LOCATION,
)

KINDS: Final = (CLUSTER, INSTANCE, WORKSPACE)
