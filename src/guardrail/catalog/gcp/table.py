"""Types of Google that cost nothing by themselves, are paid for by use, or that the price book has no rows for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Optional

from guardrail.catalog.gcp.words import PLACE, PROJECT
from guardrail.catalog.kind import Flat, From, Kind, at
from guardrail.catalog.rows import free, metered, priceless

_CLOUD: Final = "https://cloud.google.com/"

LABELLED: Final = Kind(type="", category="other", source="", labels="labels", region=PLACE, account=PROJECT)
PLAIN: Final = replace(LABELLED, labels=None)
WORLDWIDE: Final = Kind(type="", category="other", source="", worldwide=True, account=PROJECT)
WORLDWIDE_LABELLED: Final = replace(WORLDWIDE, labels="labels")

FREE: Final[tuple[Kind, ...]] = (
    *free(
        LABELLED,
        f"{_CLOUD}vertex-ai/pricing",
        "google_vertex_ai_feature_group google_vertex_ai_feature_group_feature "
        "google_vertex_ai_featurestore_entitytype google_vertex_ai_featurestore_entitytype_feature "
        "google_vertex_ai_feature_online_store_featureview",
    ),
    *free(
        WORLDWIDE,
        f"{_CLOUD}iam/docs/overview",
        "google_vertex_ai_endpoint_iam_member google_vertex_ai_endpoint_iam_binding "
        "google_vertex_ai_endpoint_iam_policy "
        "google_vertex_ai_featurestore_iam_member google_vertex_ai_featurestore_iam_binding "
        "google_vertex_ai_featurestore_iam_policy google_vertex_ai_featurestore_entitytype_iam_member "
        "google_vertex_ai_featurestore_entitytype_iam_binding google_vertex_ai_featurestore_entitytype_iam_policy "
        "google_workbench_instance_iam_member google_workbench_instance_iam_binding "
        "google_workbench_instance_iam_policy "
        "google_colab_runtime_template_iam_member google_colab_runtime_template_iam_binding "
        "google_colab_runtime_template_iam_policy google_notebooks_instance_iam_member "
        "google_notebooks_instance_iam_binding google_notebooks_instance_iam_policy "
        "google_notebooks_runtime_iam_member google_notebooks_runtime_iam_binding google_notebooks_runtime_iam_policy "
        "google_dataproc_cluster_iam_member google_dataproc_cluster_iam_binding google_dataproc_cluster_iam_policy",
    ),
    *free(
        WORLDWIDE,
        f"{_CLOUD}iam/docs/overview",
        "google_project_iam_member google_project_iam_binding google_project_iam_policy google_service_account "
        "google_service_account_key google_service_account_iam_member google_service_account_iam_binding "
        "google_project_iam_custom_role google_organization_iam_member google_folder_iam_member "
        "google_storage_bucket_iam_member google_storage_bucket_iam_binding google_pubsub_topic_iam_member "
        "google_secret_manager_secret_iam_member google_kms_crypto_key_iam_member google_kms_crypto_key_iam_binding "
        "google_artifact_registry_repository_iam_member google_cloud_run_service_iam_member "
        "google_cloud_run_v2_service_iam_member google_bigquery_dataset_iam_member google_iam_workload_identity_pool "
        "google_iam_workload_identity_pool_provider",
    ),
    *free(
        WORLDWIDE,
        f"{_CLOUD}service-usage/docs/overview",
        "google_project_service google_project_service_identity google_tags_tag_key google_tags_tag_value "
        "google_tags_tag_binding",
    ),
    *free(WORLDWIDE_LABELLED, f"{_CLOUD}resource-manager/docs/creating-managing-projects", "google_project"),
    *free(
        WORLDWIDE,
        f"{_CLOUD}vpc/network-pricing",
        "google_compute_network google_compute_firewall google_compute_route google_compute_network_peering "
        "google_compute_network_peering_routes_config google_service_networking_connection "
        "google_compute_network_firewall_policy_association google_compute_shared_vpc_host_project "
        "google_compute_shared_vpc_service_project",
    ),
    *free(PLAIN, f"{_CLOUD}vpc/network-pricing", "google_compute_subnetwork"),
    *free(
        PLAIN,
        f"{_CLOUD}network-connectivity/docs/router/pricing",
        "google_compute_router google_compute_router_interface google_compute_router_peer",
    ),
    *free(
        PLAIN,
        f"{_CLOUD}load-balancing/pricing",
        "google_compute_region_backend_service google_compute_region_url_map google_compute_region_health_check "
        "google_compute_region_target_http_proxy google_compute_region_target_https_proxy "
        "google_compute_region_ssl_certificate google_compute_target_pool google_compute_instance_group "
        "google_compute_network_endpoint_group google_compute_region_network_endpoint_group",
    ),
    *free(
        WORLDWIDE,
        f"{_CLOUD}load-balancing/pricing",
        "google_compute_backend_service google_compute_backend_bucket google_compute_url_map "
        "google_compute_health_check google_compute_http_health_check google_compute_https_health_check "
        "google_compute_target_http_proxy google_compute_target_https_proxy google_compute_target_tcp_proxy "
        "google_compute_target_ssl_proxy google_compute_target_grpc_proxy google_compute_ssl_certificate "
        "google_compute_managed_ssl_certificate google_compute_ssl_policy",
    ),
    *free(WORLDWIDE_LABELLED, f"{_CLOUD}vpc/network-pricing", "google_compute_global_address"),
    *free(PLAIN, f"{_CLOUD}compute/docs/instances/schedule-instance-start-stop", "google_compute_resource_policy"),
    *free(WORLDWIDE, f"{_CLOUD}compute/docs/metadata/overview", "google_compute_project_metadata"),
    *free(WORLDWIDE, f"{_CLOUD}sql/pricing", "google_sql_user google_sql_database google_sql_ssl_cert"),
    *free(PLAIN, f"{_CLOUD}kms/pricing", "google_kms_key_ring"),
    *free(WORLDWIDE, f"{_CLOUD}dns/pricing", "google_dns_record_set google_dns_policy"),
    *free(LABELLED, f"{_CLOUD}vertex-ai/pricing", "google_vertex_ai_index_endpoint"),
    *free(LABELLED, f"{_CLOUD}kubernetes-engine/fleet-management/docs", "google_gke_hub_membership"),
)
"""What has no price. Each source says so, or lists everything else of its service that has one."""

BY_USE: Final[tuple[Kind, ...]] = (
    *metered(LABELLED, f"{_CLOUD}vertex-ai/pricing", "google_vertex_ai_tensorboard", "storage of experiments"),
    *metered(PLAIN, f"{_CLOUD}vertex-ai/pricing", "google_vertex_ai_metadata_store", "storage of metadata"),
    *metered(PLAIN, f"{_CLOUD}vertex-ai/pricing", "google_vertex_ai_rag_engine_config", "the database of its tier"),
    *metered(PLAIN, f"{_CLOUD}vertex-ai/pricing", "google_vertex_ai_schedule", "jobs that it starts", "ml.pipeline"),
    *metered(PLAIN, f"{_CLOUD}vertex-ai/pricing", "google_colab_schedule", "runs of the notebook", "ml.pipeline"),
    *metered(
        LABELLED,
        f"{_CLOUD}dataflow/pricing",
        "google_dataflow_job google_dataflow_flex_template_job",
        "processing, memory and disks of workers",
        "workload.batch",
    ),
    *metered(LABELLED, f"{_CLOUD}storage/pricing", "google_storage_bucket", "storage and operations", "storage.bucket"),
    *metered(WORLDWIDE, f"{_CLOUD}storage/pricing", "google_storage_bucket_object", "storage"),
    *metered(
        LABELLED, f"{_CLOUD}bigquery/pricing", "google_bigquery_dataset google_bigquery_table", "storage and queries"
    ),
    *metered(
        WORLDWIDE_LABELLED, f"{_CLOUD}pubsub/pricing", "google_pubsub_topic google_pubsub_subscription", "messages"
    ),
    *metered(LABELLED, f"{_CLOUD}artifact-registry/pricing", "google_artifact_registry_repository", "storage"),
    *metered(
        LABELLED,
        f"{_CLOUD}functions/pricing",
        "google_cloudfunctions2_function google_cloudfunctions_function",
        "calls",
    ),
    *metered(
        LABELLED, f"{_CLOUD}compute/disks-image-pricing", "google_compute_snapshot google_compute_image", "storage"
    ),
    *metered(PLAIN, f"{_CLOUD}nat/pricing", "google_compute_router_nat", "machines served and data", "network.nat"),
    *metered(
        LABELLED,
        f"{_CLOUD}vertex-ai/pricing",
        "google_vertex_ai_dataset google_vertex_ai_index",
        "storage and building",
    ),
    *metered(
        LABELLED, f"{_CLOUD}workflows/pricing", "google_workflows_workflow google_eventarc_trigger", "steps and events"
    ),
)

UNPRICED: Final[tuple[Kind, ...]] = (
    *priceless(
        replace(PLAIN, labels_from=at("settings", 0, "user_labels")),
        f"{_CLOUD}sql/pricing",
        "google_sql_database_instance",
        "database machine and storage",
        "database",
    ),
    *priceless(
        LABELLED,
        f"{_CLOUD}memorystore/docs/redis/pricing",
        "google_redis_instance google_redis_cluster google_spanner_instance google_bigtable_instance",
        "capacity",
        "database",
    ),
    *priceless(
        LABELLED, f"{_CLOUD}managed-service-for-apache-kafka/pricing", "google_managed_kafka_cluster", "capacity"
    ),
    *priceless(WORLDWIDE_LABELLED, f"{_CLOUD}secret-manager/pricing", "google_secret_manager_secret", "versions"),
    *priceless(WORLDWIDE, f"{_CLOUD}secret-manager/pricing", "google_secret_manager_secret_version", "version"),
    *priceless(WORLDWIDE_LABELLED, f"{_CLOUD}kms/pricing", "google_kms_crypto_key", "key versions"),
    *priceless(WORLDWIDE_LABELLED, f"{_CLOUD}dns/pricing", "google_dns_managed_zone", "zone"),
    *priceless(
        replace(WORLDWIDE, labels_from=at("user_labels")),
        f"{_CLOUD}stackdriver/pricing",
        "google_monitoring_alert_policy",
        "alert conditions",
    ),
    *priceless(
        LABELLED,
        f"{_CLOUD}network-connectivity/docs/vpn/pricing",
        "google_compute_vpn_tunnel",
        "tunnel",
        "network.endpoint",
    ),
    *priceless(
        LABELLED,
        f"{_CLOUD}load-balancing/pricing",
        "google_compute_forwarding_rule",
        "rules, which a project pays for together",
        "network.lb",
    ),
    *priceless(
        WORLDWIDE_LABELLED,
        f"{_CLOUD}load-balancing/pricing",
        "google_compute_global_forwarding_rule",
        "rules, which a project pays for together",
        "network.lb",
    ),
    *priceless(
        LABELLED,
        f"{_CLOUD}certificate-authority-service/pricing",
        "google_privateca_certificate_authority",
        "authority",
    ),
    *priceless(LABELLED, f"{_CLOUD}filestore/pricing", "google_filestore_instance", "capacity", "storage.file"),
    *priceless(LABELLED, f"{_CLOUD}managed-lustre/pricing", "google_lustre_instance", "capacity", "storage.file"),
    *priceless(LABELLED, f"{_CLOUD}parallelstore/pricing", "google_parallelstore_instance", "capacity", "storage.file"),
    *priceless(LABELLED, f"{_CLOUD}composer/pricing", "google_composer_environment", "environment"),
    *priceless(
        LABELLED,
        f"{_CLOUD}alloydb/pricing",
        "google_alloydb_cluster google_alloydb_instance",
        "machines and storage",
        "database",
    ),
)


def _external(address_type: Optional[str]) -> bool:
    return address_type in (None, "EXTERNAL")


ADDRESS: Final = replace(
    LABELLED,
    type="google_compute_address",
    category="network.ip",
    source=f"{_CLOUD}vpc/network-pricing",
    lines=(
        # One that nothing uses costs more; that nothing will use it cannot be seen.
        Flat(
            name="external IPv4 address",
            service="public-ip",
            sku="ipv4-in-use",
            when=From((at("address_type"),), _external),
        ),
    ),
)

KINDS: Final = (*FREE, *BY_USE, *UNPRICED, ADDRESS)
