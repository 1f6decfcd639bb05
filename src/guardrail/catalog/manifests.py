"""
Terraform types whose instances are objects of Kubernetes: which object each makes, and where it is written.

The objects are judged as what they are (`frontends.inside`). The Terraform resource itself costs nothing, unless what
it makes cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.kind import From, GroupSpec, Kind, NoRows, at
from guardrail.catalog.rows import free
from guardrail.model.dataclass import dataclass
from guardrail.model.value import Reason, Unknown

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/"
_KUBECTL: Final = "https://registry.terraform.io/providers/gavinbunney/kubectl/latest/docs/resources/kubectl_manifest"
_HELM: Final = "https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release"


@dataclass(frozen=True, slots=True)
class Typed:
    """A type of the Kubernetes provider that is one kind of object, its fields in blocks and in snake case."""

    api_version: str
    kind: str


def _typed(api_version: str, kind: str, *names: str) -> dict[str, Typed]:
    return {f"kubernetes_{name}": Typed(api_version, kind) for name in names}


TYPED: Final[Mapping[str, Typed]] = {
    **_typed("apps/v1", "Deployment", "deployment", "deployment_v1"),
    **_typed("apps/v1", "StatefulSet", "stateful_set", "stateful_set_v1"),
    **_typed("apps/v1", "DaemonSet", "daemonset", "daemon_set_v1"),
    **_typed("v1", "ReplicationController", "replication_controller", "replication_controller_v1"),
    **_typed("v1", "Pod", "pod", "pod_v1"),
    **_typed("batch/v1", "Job", "job", "job_v1"),
    **_typed("batch/v1beta1", "CronJob", "cron_job"),
    **_typed("batch/v1", "CronJob", "cron_job_v1"),
    **_typed("autoscaling/v1", "HorizontalPodAutoscaler", "horizontal_pod_autoscaler", "horizontal_pod_autoscaler_v1"),
    **_typed("autoscaling/v2", "HorizontalPodAutoscaler", "horizontal_pod_autoscaler_v2"),
    **_typed("autoscaling/v2beta2", "HorizontalPodAutoscaler", "horizontal_pod_autoscaler_v2beta2"),
    **_typed("v1", "Namespace", "namespace", "namespace_v1"),
    **_typed("v1", "ResourceQuota", "resource_quota", "resource_quota_v1"),
    **_typed("v1", "LimitRange", "limit_range", "limit_range_v1"),
    **_typed("v1", "PersistentVolume", "persistent_volume", "persistent_volume_v1"),
    **_typed("v1", "PersistentVolumeClaim", "persistent_volume_claim", "persistent_volume_claim_v1"),
    **_typed("storage.k8s.io/v1", "StorageClass", "storage_class", "storage_class_v1"),
    **_typed("v1", "Service", "service", "service_v1"),
    **_typed("networking.k8s.io/v1", "Ingress", "ingress", "ingress_v1"),
    **_typed("scheduling.k8s.io/v1", "PriorityClass", "priority_class", "priority_class_v1"),
    **_typed("policy/v1", "PodDisruptionBudget", "pod_disruption_budget", "pod_disruption_budget_v1"),
}
"""The object that each type is."""

OBJECT: Final[Mapping[str, str]] = {"kubernetes_manifest": "manifest"}
"""Types that hold a whole object in an attribute."""

TEXT: Final[Mapping[str, str]] = {"kubectl_manifest": "yaml_body"}
"""Types that hold the text of objects in an attribute."""

CHARTS: Final = frozenset({"helm_release"})
"""Types that install a chart."""

HOLDERS: Final = frozenset({*TYPED, *OBJECT, *TEXT})
"""Types in which objects are written."""

_NOWHERE: Final = Kind(type="", category="other", source="", names=(), worldwide=True)


def _holder(native: str, source: str, *bodies: str) -> Kind:
    """Return a type that costs nothing, unless what is written in one of its attributes is not known."""
    lines = tuple(NoRows(name="what the manifest makes", when=From((at(body),), lambda _: False)) for body in bodies)
    return Kind(type=native, category="other", source=source, names=(), worldwide=True, lines=lines)


def _chart(repository: Optional[Any], chart: Optional[Any]) -> Unknown:
    """Return what stands for the pods of a chart, whose templates nobody rendered."""
    where = f" of {repository}" if isinstance(repository, str) else ""
    name = chart if isinstance(chart, str) else "a chart"
    return Unknown(Reason.MODULE, note=f"the chart {name}{where} is not rendered, so nobody knows what it runs")


_RENDERED: Final = From((at("repository"), at("chart")), _chart)


class Rendered(str):
    """What a release states of its manifest once its objects are judged. Nobody can write it."""

    __slots__ = ()


RENDERED: Final = Rendered("rendered: its objects are resources of their own")

RELEASE: Final = Kind(
    type="helm_release",
    category="workload.service",
    source=_HELM,
    worldwide=True,
    groups=(GroupSpec(when=_RENDERED),),
    lines=(
        NoRows(name="what the chart makes", when=From((at("manifest"),), lambda one: not isinstance(one, Rendered))),
    ),
)

KINDS: Final[tuple[Kind, ...]] = (
    RELEASE,
    *(_holder(native, f"{_DOCS}{native.removeprefix('kubernetes_')}") for native in TYPED),
    *(_holder(native, f"{_DOCS}manifest", body) for native, body in OBJECT.items()),
    *(_holder(native, _KUBECTL, body) for native, body in TEXT.items()),
    *free(
        _NOWHERE,
        f"{_DOCS}config_map_v1",
        "kubernetes_annotations kubernetes_api_service kubernetes_api_service_v1 "
        "kubernetes_certificate_signing_request kubernetes_certificate_signing_request_v1 "
        "kubernetes_cluster_role kubernetes_cluster_role_binding kubernetes_cluster_role_binding_v1 "
        "kubernetes_cluster_role_v1 kubernetes_config_map kubernetes_config_map_v1 "
        "kubernetes_config_map_v1_data kubernetes_csi_driver kubernetes_csi_driver_v1 "
        "kubernetes_default_service_account kubernetes_default_service_account_v1 "
        "kubernetes_endpoint_slice_v1 kubernetes_endpoints kubernetes_endpoints_v1 kubernetes_env "
        "kubernetes_ingress_class kubernetes_ingress_class_v1 kubernetes_labels "
        "kubernetes_mutating_webhook_configuration kubernetes_mutating_webhook_configuration_v1 "
        "kubernetes_network_policy kubernetes_network_policy_v1 kubernetes_node_taint "
        "kubernetes_pod_security_policy kubernetes_pod_security_policy_v1beta1 kubernetes_role "
        "kubernetes_role_binding kubernetes_role_binding_v1 kubernetes_role_v1 "
        "kubernetes_runtime_class_v1 kubernetes_secret kubernetes_secret_v1 kubernetes_secret_v1_data "
        "kubernetes_service_account kubernetes_service_account_v1 kubernetes_token_request_v1 "
        "kubernetes_validating_webhook_configuration kubernetes_validating_webhook_configuration_v1",
    ),
    *free(_NOWHERE, _KUBECTL, "kubectl_server_version"),
    *free(_NOWHERE, _HELM, "helm_repository"),
)
