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

_PLAIN: Final = {
    "google_artifact_registry_repository": "artifactregistry/ArtifactRegistryRepository",
    "google_bigquery_dataset": "bigquery/BigQueryDataset",
    "google_bigquery_table": "bigquery/BigQueryTable",
    "google_bigtable_instance": "bigtable/BigtableInstance",
    "google_compute_address": "compute/ComputeAddress",
    "google_compute_backend_bucket": "compute/ComputeBackendBucket",
    "google_compute_backend_service": "compute/ComputeBackendService",
    "google_compute_firewall": "compute/ComputeFirewall",
    "google_compute_forwarding_rule": "compute/ComputeForwardingRule",
    "google_compute_health_check": "compute/ComputeHealthCheck",
    "google_compute_http_health_check": "compute/ComputeHTTPHealthCheck",
    "google_compute_https_health_check": "compute/ComputeHTTPSHealthCheck",
    "google_compute_image": "compute/ComputeImage",
    "google_compute_instance_group": "compute/ComputeInstanceGroup",
    "google_compute_network": "compute/ComputeNetwork",
    "google_compute_network_endpoint_group": "compute/ComputeNetworkEndpointGroup",
    "google_compute_network_peering": "compute/ComputeNetworkPeering",
    "google_compute_project_metadata": "compute/ComputeProjectMetadata",
    "google_compute_resource_policy": "compute/ComputeResourcePolicy",
    "google_compute_route": "compute/ComputeRoute",
    "google_compute_router": "compute/ComputeRouter",
    "google_compute_router_interface": "compute/ComputeRouterInterface",
    "google_compute_router_nat": "compute/ComputeRouterNAT",
    "google_compute_router_peer": "compute/ComputeRouterPeer",
    "google_compute_snapshot": "compute/ComputeSnapshot",
    "google_compute_ssl_certificate": "compute/ComputeSSLCertificate",
    "google_compute_ssl_policy": "compute/ComputeSSLPolicy",
    "google_compute_subnetwork": "compute/ComputeSubnetwork",
    "google_compute_target_grpc_proxy": "compute/ComputeTargetGRPCProxy",
    "google_compute_target_http_proxy": "compute/ComputeTargetHTTPProxy",
    "google_compute_target_https_proxy": "compute/ComputeTargetHTTPSProxy",
    "google_compute_target_pool": "compute/ComputeTargetPool",
    "google_compute_target_ssl_proxy": "compute/ComputeTargetSSLProxy",
    "google_compute_target_tcp_proxy": "compute/ComputeTargetTCPProxy",
    "google_compute_url_map": "compute/ComputeURLMap",
    "google_dns_managed_zone": "dns/DNSManagedZone",
    "google_dns_policy": "dns/DNSPolicy",
    "google_dns_record_set": "dns/DNSRecordSet",
    "google_filestore_instance": "filestore/FilestoreInstance",
    "google_gke_hub_membership": "gkehub/GKEHubMembership",
    "google_iam_workload_identity_pool": "iam/IAMWorkloadIdentityPool",
    "google_iam_workload_identity_pool_provider": "iam/IAMWorkloadIdentityPoolProvider",
    "google_kms_crypto_key": "kms/KMSCryptoKey",
    "google_kms_key_ring": "kms/KMSKeyRing",
    "google_project": "resourcemanager/Project",
    "google_project_iam_binding": "iam/IAMPartialPolicy",
    "google_project_iam_custom_role": "iam/IAMCustomRole",
    "google_project_iam_member": "iam/IAMPolicyMember",
    "google_project_iam_policy": "iam/IAMPolicy",
    "google_project_service": "serviceusage/Service",
    "google_project_service_identity": "serviceusage/ServiceIdentity",
    "google_pubsub_subscription": "pubsub/PubSubSubscription",
    "google_pubsub_topic": "pubsub/PubSubTopic",
    "google_redis_instance": "redis/RedisInstance",
    "google_secret_manager_secret": "secretmanager/SecretManagerSecret",
    "google_secret_manager_secret_version": "secretmanager/SecretManagerSecretVersion",
    "google_service_account": "iam/IAMServiceAccount",
    "google_service_account_key": "iam/IAMServiceAccountKey",
    "google_service_networking_connection": "servicenetworking/ServiceNetworkingConnection",
    "google_spanner_instance": "spanner/SpannerInstance",
    "google_sql_database": "sql/SQLDatabase",
    "google_sql_database_instance": "sql/SQLInstance",
    "google_sql_ssl_cert": "sql/SQLSSLCert",
    "google_sql_user": "sql/SQLUser",
    "google_storage_bucket": "storage/StorageBucket",
    "google_tags_tag_binding": "tags/TagsTagBinding",
    "google_tags_tag_key": "tags/TagsTagKey",
    "google_tags_tag_value": "tags/TagsTagValue",
    "google_vertex_ai_dataset": "vertexai/VertexAIDataset",
    "google_vertex_ai_index": "vertexai/VertexAIIndex",
    "google_vertex_ai_index_endpoint": "vertexai/VertexAIIndexEndpoint",
}
"""Objects of which nothing is read but where they are and what they are labelled with."""

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
    "google_dataproc_cluster": (
        _object(
            "dataproc/DataprocCluster",
            "labels",
            config="cluster_config",
            cluster_config__secondary_worker_config="preemptible_worker_config",
            cluster_config__autoscaling_config__policy_ref="policy_uri",
        ),
    ),
    "google_dataproc_autoscaling_policy": (_object("dataproc/DataprocAutoscalingPolicy"),),
    "google_cloud_run_v2_service": (_object("run/RunService", "labels"),),
    "google_cloud_run_v2_job": (_object("run/RunJob", "labels"),),
    **{kind: (_object(type_, "labels"),) for kind, type_ in _PLAIN.items()},
}
"""By the type of the kind."""


def spelled(declared: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return kinds with their spellings in other formats."""
    return tuple(
        replace(one, spellings=(*one.spellings, *SPELLINGS[one.type])) if one.type in SPELLINGS else one
        for one in declared
    )
