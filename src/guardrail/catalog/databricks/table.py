"""Types of Databricks that cost nothing by themselves, or are paid for by use."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.databricks.words import DOCS
from guardrail.catalog.kind import Kind
from guardrail.catalog.rows import free, metered, priceless

_PLAIN: Final = Kind(type="", category="other", source="", worldwide=True)

KINDS: Final[tuple[Kind, ...]] = (
    *free(
        _PLAIN,
        f"{DOCS}cluster_policy",
        "databricks_access_control_rule_set databricks_artifact_allowlist databricks_catalog "
        "databricks_catalog_workspace_binding databricks_cluster_policy databricks_connection databricks_credential "
        "databricks_dashboard databricks_dbfs_file databricks_directory databricks_entitlements "
        "databricks_external_location databricks_file databricks_git_credential databricks_global_init_script "
        "databricks_grant databricks_grants databricks_group databricks_group_instance_profile "
        "databricks_group_member databricks_group_role databricks_instance_profile databricks_ip_access_list "
        "databricks_library databricks_metastore databricks_metastore_assignment databricks_metastore_data_access "
        "databricks_mlflow_experiment databricks_mlflow_model databricks_mlflow_webhook databricks_mount "
        "databricks_mws_credentials databricks_mws_customer_managed_keys databricks_mws_log_delivery "
        "databricks_mws_networks databricks_mws_permission_assignment databricks_mws_private_access_settings "
        "databricks_mws_storage_configurations databricks_mws_vpc_endpoint databricks_notebook "
        "databricks_obo_token databricks_permission_assignment databricks_permissions databricks_query "
        "databricks_recipient databricks_registered_model databricks_repo databricks_schema databricks_secret "
        "databricks_secret_acl databricks_secret_scope databricks_service_principal databricks_service_principal_role "
        "databricks_service_principal_secret databricks_share databricks_sql_permissions databricks_sql_table "
        "databricks_storage_credential databricks_system_schema databricks_token databricks_user "
        "databricks_user_instance_profile databricks_user_role databricks_volume databricks_workspace_conf "
        "databricks_workspace_file",
    ),
    *metered(_PLAIN, f"{DOCS}vector_search_endpoint", "databricks_vector_search_index", "storage and queries"),
    *priceless(_PLAIN, f"{DOCS}vector_search_endpoint", "databricks_vector_search_endpoint", "units of the endpoint"),
    *metered(_PLAIN, f"{DOCS}mws_workspaces", "databricks_mws_workspaces", "what runs in the workspace"),
    *metered(_PLAIN, f"{DOCS}app", "databricks_app", "hours of the application", "workload.service"),
    *metered(
        _PLAIN,
        f"{DOCS}quality_monitor",
        "databricks_quality_monitor databricks_lakehouse_monitor databricks_online_table",
        "units of what they compute",
    ),
)
