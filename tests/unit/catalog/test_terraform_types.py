"""What is easily taken wrong in Terraform's types of the world of models: defaults, units, words, versions."""

from __future__ import annotations

from typing import Any

import pytest
from examples import graph_of

from guardrail.config.settings import Settings
from guardrail.model.cost import Unpriced
from guardrail.model.resource import ON_DEMAND, SPOT, Bounds, Resource
from guardrail.model.value import UNBOUNDED, Reason, Unknown
from guardrail.pricing.bills import bills
from guardrail.pricing.book import Book


def resources(main: str) -> dict[str, Resource]:
    found, _ = graph_of({"main.tf": main.encode()}, Settings())
    return {address.partition("//")[2]: one for address, one in found.resources.items()}


def one(native: str, body: str) -> Resource:
    (found,) = resources(f'resource "{native}" "x" {{\n{body}\n}}\n').values()
    return found


def group(native: str, body: str, name: str = "main") -> Any:
    groups = one(native, body).groups
    assert not isinstance(groups, Unknown)
    return groups[name]


@pytest.mark.parametrize(
    ("native", "body", "name", "replicas"),
    [
        pytest.param("aws_ecs_service", "", "main", Bounds(0, 0, 0), id="a service of ECS starts nothing unless asked"),
        pytest.param("aws_apprunner_service", "", "main", Bounds(1, 1, 25), id="App Runner grows to 25"),
        pytest.param("azurerm_container_app", "template {}", "main", Bounds(0, 0, 10), id="Container Apps grow to ten"),
        pytest.param(
            "azurerm_batch_pool", "fixed_scale {}", "dedicated", Bounds(1, 1, 1), id="a pool of Batch has one machine"
        ),
        pytest.param(
            "databricks_instance_pool", "min_idle_instances = 2", "main", Bounds(2, 2, UNBOUNDED), id="a pool: no limit"
        ),
        pytest.param(
            "databricks_cluster", "autoscale {\n min_workers = 2\n max_workers = 9\n}", "workers", Bounds(2, 2, 9),
            id="workers without the driver",
        ),
        pytest.param(
            "databricks_job", "new_cluster {\n num_workers = 3\n}", "main", Bounds(0, 4, 4), id="workers and the driver"
        ),
        pytest.param(
            "google_dataproc_cluster", "", "worker", Bounds(2, 2, 2), id="a cluster of Dataproc has two workers"
        ),
        pytest.param(
            "google_dataproc_cluster",
            "cluster_config {\n preemptible_worker_config {\n num_instances = 3\n}\n}",
            "secondary",
            Bounds(3, 3, 3),
            id="and those that may be taken away",
        ),
        pytest.param(
            "aws_emr_cluster",
            "core_instance_fleet {\n target_spot_capacity = 4\n instance_type_configs {\n"
            ' instance_type = "m5.large"\n}\n}',
            "core-fleet",
            Bounds(0, 4, 4),
            id="units of a fleet are at most as many machines",
        ),
        pytest.param(
            "aws_glue_job", 'number_of_workers = "8"', "workers", Bounds(8, 8, 8), id="a number as text is a number"
        ),
        pytest.param(
            "azurerm_hdinsight_spark_cluster",
            'roles {\n head_node {\n vm_size = "Standard_A4_V2"\n}\n}',
            "head",
            Bounds(2, 2, 2),
            id="of heads there are two",
        ),
    ],
)  # fmt: skip
def test_how_many_there_are_where_little_is_said(native: str, body: str, name: str, replicas: Bounds) -> None:
    assert group(native, body, name).replicas == replicas


@pytest.mark.parametrize(
    ("native", "body", "seconds"),
    [
        pytest.param("databricks_cluster", "", 3600, id="a cluster of Databricks stops after an hour"),
        pytest.param("databricks_cluster", "autotermination_minutes = 0", None, id="unless 0 switches that off"),
        pytest.param("databricks_sql_endpoint", "", 7200, id="a warehouse after two hours"),
        pytest.param("aws_emrserverless_application", "", 900, id="EMR serverless after a quarter of one"),
        pytest.param(
            "aws_emrserverless_application", "auto_stop_configuration {\n enabled = false\n}", None, id="unless told so"
        ),
        pytest.param("google_notebooks_runtime", "", 5400, id="a runtime after an hour and a half"),
        pytest.param(
            "google_notebooks_runtime", "software_config {\n idle_shutdown = false\n}", None, id="unless switched off"
        ),
        pytest.param("aws_emr_cluster", "", None, id="a cluster of EMR never"),
    ],
)
def test_when_what_is_idle_stops(native: str, body: str, seconds: Any) -> None:
    lifetime = one(native, body).lifetime
    assert not isinstance(lifetime, Unknown)
    assert lifetime.get("idle_shutdown_seconds") == seconds


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        pytest.param("", 172800, id="after two days, where nothing is said"),
        pytest.param("timeout = 60", 3600, id="minutes"),
        pytest.param('command {\n name = "gluestreaming"\n script_location = "x"\n}', None, id="what streams never"),
    ],
)
def test_when_a_job_of_glue_is_stopped(body: str, seconds: Any) -> None:
    lifetime = one("aws_glue_job", body).lifetime
    assert not isinstance(lifetime, Unknown)
    assert lifetime.get("max_runtime_seconds") == seconds


@pytest.mark.parametrize(
    ("native", "body", "name", "bought"),
    [
        pytest.param("aws_emr_instance_group", 'bid_price = "0.5"', "main", SPOT, id="a bid is for spot machines"),
        pytest.param("aws_emr_instance_group", 'bid_price = ""', "main", ON_DEMAND, id="an empty one is none"),
        pytest.param(
            "databricks_cluster",
            'azure_attributes {\n availability = "SPOT_WITH_FALLBACK_AZURE"\n first_on_demand = 1\n}',
            "workers",
            SPOT,
            id="the one that is on demand is the driver",
        ),
        pytest.param("databricks_cluster", "", "workers", None, id="what nobody says is not stated"),
        pytest.param("azurerm_batch_pool", "fixed_scale {}", "low-priority", SPOT, id="low priority is spot"),
        pytest.param(
            "azurerm_orchestrated_virtual_machine_scale_set", 'priority = "Spot"', "main", SPOT, id="all of a set"
        ),
    ],
)
def test_how_machines_are_bought(native: str, body: str, name: str, bought: Any) -> None:
    assert group(native, body, name).purchase == bought


@pytest.mark.parametrize(
    ("kind", "count", "model"),
    [
        pytest.param("NC96-A100", 4, "a100-80gb", id="cores say how many"),
        pytest.param("Consumption-GPU-NC24-A100", 1, "a100-80gb", id="without machines of one's own"),
        pytest.param("NC8as-T4", 1, "t4", id="another model"),
    ],
)
def test_profiles_of_container_apps(kind: str, count: int, model: str) -> None:
    body = f'workload_profile {{\n name = "p"\n workload_profile_type = "{kind}"\n}}'
    (device,) = group("azurerm_container_app_environment", body, "p").accelerators
    assert (device.count, device.model) == (count, model)


def test_a_profile_with_gpus_that_nobody_knows_is_not_one_without() -> None:
    body = 'workload_profile {\n name = "p"\n workload_profile_type = "Consumption-GPU-ND1-B300"\n}'
    (device,) = group("azurerm_container_app_environment", body, "p").accelerators
    assert isinstance(device.count, Unknown)


def test_spark_with_gpus_has_some_number_of_them() -> None:
    (device,) = group("azurerm_synapse_spark_pool", 'node_size_family = "HardwareAcceleratedGPU"').accelerators
    assert isinstance(device.count, Unknown)
    assert group("azurerm_synapse_spark_pool", 'node_size_family = "MemoryOptimized"').accelerators == ()


def test_a_formula_may_start_any_number_of_machines() -> None:
    most = group("azurerm_batch_pool", 'auto_scale {\n formula = "$x = 1;"\n}', "dedicated").replicas.max
    assert isinstance(most, Unknown)
    assert most.reason is Reason.REFUSED


@pytest.mark.parametrize(
    "native",
    [
        pytest.param("google_vertex_ai_custom_job", id="a type that public code made up"),
        pytest.param("azapi_update_resource", id="what changes another resource"),
        pytest.param("aws_sagemaker_nothing", id="a type of a service that is known"),
    ],
)
def test_what_is_no_type_is_not_understood(native: str) -> None:
    assert not one(native, 'machine_type = "a3-highgpu-8g"').understood


def test_a_chart_shows_what_is_set_in_either_syntax() -> None:
    block = one("helm_release", 'chart = "c"\n set {\n name = "a"\n value = "b"\n}')
    attribute = one("helm_release", 'chart = "c"\n set = [{ name = "a", value = "b" }]')
    assert [dict(each) for each in block.attributes["set"]] == [{"name": "a", "value": "b"}]
    assert [dict(each) for each in attribute.attributes["set"]] == [{"name": "a", "value": "b"}]


@pytest.mark.parametrize(
    ("sku", "reason"),
    [
        pytest.param("ProvisionedManaged", Reason.UNPRICED, id="units are paid for by the hour"),
        pytest.param("GlobalProvisionedManaged", Reason.UNPRICED, id="wherever they are"),
        pytest.param("Standard", Reason.USAGE, id="tokens by use"),
    ],
)
def test_deployments_of_models_are_never_free(sku: str, reason: Reason) -> None:
    main = f'resource "azurerm_cognitive_deployment" "x" {{\n  sku {{\n    name = "{sku}"\n  }}\n}}\n'
    found, _ = graph_of({"main.tf": main.encode()}, Settings())
    (bill,) = bills(found, Book(), Settings()).values()
    assert not bill.complete
    assert [line.reason for line in bill.lines if isinstance(line, Unpriced)] == [reason]
