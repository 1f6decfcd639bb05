"""
Kinds of Google in the spellings of its APIs and of Config Connector.

Config Connector has Terraform's names in camelCase below `spec`; labels stand in the metadata, unless the object says
otherwise, and other objects behind references. https://cloud.google.com/config-connector/docs/reference/overview
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from guardrail.catalog.kind import Kind
from guardrail.catalog.spelling import Spelling

_GROUP: Final = ".cnrm.cloud.google.com/"
_PROJECT: Final = "/metadata/annotations/cnrm.cloud.google.com~1project-id"
_VERBATIM: Final = frozenset(
    {
        "labels", "resource_labels", "node_config.labels", "node_config.resource_labels", "node_config.metadata",
        "metadata", "gce_setup.metadata", "template.annotations", "template.labels", "node_pool.node_config.labels",
        "template.containers.resources.limits", "template.template.containers.resources.limits",
    }
)  # fmt: skip
"""Maps whose keys are somebody's own."""


def _object(type_: str, labels: str = "", **renamed: str) -> Spelling:
    """Return how Config Connector writes a kind. `labels` is the kind's attribute that the metadata's labels are."""
    beside = {"project": _PROJECT, labels: "/metadata/labels"} if labels else {"project": _PROJECT}
    words = {path.replace("__", "."): name for path, name in renamed.items()}
    group, _, kind = type_.partition("/")
    return Spelling(
        type=f"{group}{_GROUP}{kind}",
        case="camel",
        body="/spec",
        renamed=words,
        verbatim=_VERBATIM,
        beside=beside,
        references=True,
    )


def _body(type_: str, **renamed: str) -> Spelling:
    """Return how the API writes a kind."""
    words = {path.replace("__", "."): name for path, name in renamed.items()}
    return Spelling(type=f"vertex/{type_}", case="camel", renamed=words, verbatim=_VERBATIM)


_MACHINE_REFERENCES: Final = {
    "boot_disk__source_disk_ref": "source",
    "attached_disk__source_disk_ref": "source",
    "disk__source_disk_ref": "source",
}

SPELLINGS: Final[Mapping[str, tuple[Spelling, ...]]] = {
    "google_vertex_ai_endpoint": (_object("vertexai/VertexAIEndpoint", "labels"),),
    "google_vertex_ai_deployment_resource_pool": (
        _body("DeploymentResourcePool"),
        _object("vertexai/VertexAIDeploymentResourcePool"),
    ),
    "google_workbench_instance": (
        _body("WorkbenchInstance"),
        _object("notebooks/NotebookInstanceV2"),
    ),
    "google_notebooks_instance": (
        _body("NotebookInstance"),
        _object("notebooks/NotebookInstance", zone="location"),
    ),
    "google_tpu_v2_vm": (
        _body("TpuNode"),
        _object("tpu/TPUVirtualMachine", location="zone"),
        _object("tpu/TPUNode"),
    ),
    "google_container_node_pool": (_object("container/ContainerNodePool"),),
    "google_container_cluster": (_object("container/ContainerCluster", "resource_labels"),),
    "google_compute_instance": (_object("compute/ComputeInstance", "labels", **_MACHINE_REFERENCES),),
    "google_compute_instance_template": (_object("compute/ComputeInstanceTemplate", "labels", **_MACHINE_REFERENCES),),
    "google_compute_instance_group_manager": (_object("compute/ComputeInstanceGroupManager", versions="version"),),
    "google_vertex_ai_index_endpoint_deployed_index": (_body("DeployedIndex"),),
    "google_compute_disk": (_object("compute/ComputeDisk", "labels"),),
    "google_cloud_run_v2_service": (_object("run/RunService", "labels"),),
    "google_cloud_run_v2_job": (_object("run/RunJob", "labels"),),
}
"""By the type of the kind."""


def spelled(declared: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return kinds with their spellings in other formats."""
    return tuple(
        replace(one, spellings=(*one.spellings, *SPELLINGS[one.type])) if one.type in SPELLINGS else one
        for one in declared
    )
