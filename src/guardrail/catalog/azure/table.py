"""Types of Azure that cost nothing by themselves, are paid for by use, or that the price book has no rows for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from guardrail.catalog.azure.words import LOCATION
from guardrail.catalog.kind import Kind
from guardrail.catalog.rows import free, metered, priceless

_AZURE: Final = "https://azure.microsoft.com/pricing/details/"

TAGGED: Final = Kind(type="", category="other", source="", labels="tags", region=LOCATION)
PART: Final = Kind(type="", category="other", source="", worldwide=True)
"""A part of something that has a place; it has none of its own."""
TAGGED_PART: Final = replace(PART, labels="tags")

KINDS: Final[tuple[Kind, ...]] = (
    *free(
        TAGGED, "https://learn.microsoft.com/azure/azure-resource-manager/management/overview", "azurerm_resource_group"
    ),
    *free(
        PART,
        "https://learn.microsoft.com/azure/role-based-access-control/overview",
        "azurerm_role_assignment azurerm_role_definition azurerm_management_lock",
    ),
    *free(
        TAGGED,
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview",
        "azurerm_user_assigned_identity",
    ),
    *free(
        TAGGED,
        f"{_AZURE}virtual-network/",
        "azurerm_virtual_network azurerm_network_security_group azurerm_network_interface azurerm_route_table "
        "azurerm_application_security_group azurerm_local_network_gateway",
    ),
    *free(
        PART,
        f"{_AZURE}virtual-network/",
        "azurerm_subnet azurerm_network_security_rule azurerm_route "
        "azurerm_subnet_network_security_group_association azurerm_subnet_route_table_association "
        "azurerm_network_interface_security_group_association azurerm_subnet_nat_gateway_association",
    ),
    *free(TAGGED, f"{_AZURE}virtual-machines/linux/", "azurerm_availability_set azurerm_proximity_placement_group"),
    *free(PART, f"{_AZURE}managed-disks/", "azurerm_virtual_machine_data_disk_attachment"),
    *free(PART, f"{_AZURE}storage/blobs/", "azurerm_storage_container"),
    *metered(TAGGED, f"{_AZURE}storage/blobs/", "azurerm_storage_account", "storage and operations", "storage.bucket"),
    *metered(
        TAGGED, f"{_AZURE}key-vault/", "azurerm_key_vault azurerm_key_vault_key azurerm_key_vault_secret", "operations"
    ),
    *metered(
        TAGGED, f"{_AZURE}monitor/", "azurerm_log_analytics_workspace azurerm_application_insights", "data", "logs"
    ),
    *priceless(
        TAGGED,
        f"{_AZURE}azure-sql-database/single/",
        "azurerm_cosmosdb_account azurerm_mssql_elasticpool azurerm_postgresql_flexible_server "
        "azurerm_mysql_flexible_server azurerm_redis_cache azurerm_managed_redis",
        "capacity and storage",
        "database",
    ),
    *priceless(
        TAGGED_PART,
        f"{_AZURE}azure-sql-database/single/",
        "azurerm_mssql_database",
        "capacity and storage",
        "database",
    ),
    *priceless(TAGGED, f"{_AZURE}container-registry/", "azurerm_container_registry", "registry"),
    *priceless(
        TAGGED, f"{_AZURE}load-balancer/", "azurerm_lb azurerm_application_gateway", "rules and data", "network.lb"
    ),
    *priceless(TAGGED, f"{_AZURE}azure-nat-gateway/", "azurerm_nat_gateway", "gateway and data", "network.nat"),
    *priceless(TAGGED, f"{_AZURE}ip-addresses/", "azurerm_public_ip", "address", "network.ip"),
    *priceless(TAGGED, f"{_AZURE}app-service/", "azurerm_service_plan azurerm_app_service_plan", "instances"),
)
