"""
Kinds that are understood and cost nothing by themselves: configuration, permissions, routes, policies, definitions.

What a controller makes of some of them (a dashboard, a certificate) is not in the manifest and not counted.
"""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kubernetes.workload import Workload

_API: Final = "https://kubernetes.io/docs/reference/kubernetes-api/"

_DEVICES: Final = "https://github.com/NVIDIA/k8s-dra-driver-gpu"
_KYVERNO: Final = "https://kyverno.io/docs/policy-types/cluster-policy/"

_NAMESPACED: Final = (
    ("core", "ConfigMap Endpoints Event ServiceAccount", _API),
    ("apps", "ControllerRevision", _API),
    ("rbac.authorization.k8s.io", "Role RoleBinding", _API),
    ("networking.k8s.io", "NetworkPolicy", _API),
    ("policy", "PodDisruptionBudget", _API),
    ("discovery.k8s.io", "EndpointSlice", _API),
    ("coordination.k8s.io", "Lease", _API),
    ("resource.k8s.io", "PodSchedulingContext ResourceClaim ResourceClaimTemplate", _API),
    ("gpu.resource.nvidia.com", "GpuClaimParameters MigDeviceClaimParameters", _DEVICES),
    ("resource.nvidia.com", "ComputeDomain", _DEVICES),
    ("kyverno.io", "Policy", _KYVERNO),
    ("cert-manager.io", "Certificate CertificateRequest Issuer", "https://cert-manager.io/docs/reference/api-docs/"),
    (
        "monitoring.coreos.com",
        "PodMonitor PrometheusRule ServiceMonitor Probe AlertmanagerConfig ScrapeConfig",
        "https://prometheus-operator.dev/docs/api-reference/api/",
    ),
    ("monitoring.googleapis.com", "PodMonitoring", "https://cloud.google.com/stackdriver/docs/managed-prometheus"),
    ("gateway.networking.k8s.io", "HTTPRoute GRPCRoute TCPRoute TLSRoute ReferenceGrant", "https://gateway-api.sigs.k8s.io/"),
    (
        "networking.istio.io",
        "DestinationRule EnvoyFilter ServiceEntry Sidecar VirtualService",
        "https://istio.io/latest/docs/reference/config/networking/",
    ),
    ("security.istio.io", "AuthorizationPolicy PeerAuthentication RequestAuthentication", "https://istio.io/latest/docs/reference/config/security/"),
    ("telemetry.istio.io", "Telemetry", "https://istio.io/latest/docs/reference/config/telemetry/"),
    ("external-secrets.io", "ExternalSecret SecretStore", "https://external-secrets.io/latest/api/spec/"),
    ("bitnami.com", "SealedSecret", "https://github.com/bitnami-labs/sealed-secrets"),
    ("keda.sh", "TriggerAuthentication", "https://keda.sh/docs/latest/concepts/authentication/"),
    ("scheduling.volcano.sh", "PodGroup", "https://volcano.sh/en/docs/podgroup/"),
    ("scheduling.incubator.k8s.io", "PodGroup", "https://volcano.sh/en/docs/podgroup/"),
    ("scheduling.run.ai", "PodGroup", "https://github.com/NVIDIA/KAI-Scheduler"),
    ("scheduling.x-k8s.io", "PodGroup", "https://scheduler-plugins.sigs.k8s.io/docs/plugins/coscheduling/"),
    ("kubeflow.org", "PodDefault", "https://www.kubeflow.org/docs/components/notebooks/"),
    (
        "serving.kserve.io",
        "LocalModelNamespaceCache",
        "https://kserve.github.io/website/docs/reference/crd-api",
    ),
    ("mlops.seldon.io", "Pipeline Experiment", "https://docs.seldon.ai/seldon-core-2/user-guide/kubernetes-resources"),
    ("nvidia.com", "DynamoModel DynamoGraphDeploymentScalingAdapter", "https://docs.nvidia.com/dynamo/latest/kubernetes/api-reference.html"),
    ("production-stack.vllm.ai", "LoraAdapter", "https://docs.vllm.ai/projects/production-stack/en/latest/use_cases/crd.html"),
    ("model.aibrix.ai", "ModelAdapter", "https://aibrix.readthedocs.io/latest/features/lora-dynamic-loading.html"),
    (
        "inference.sagemaker.aws.amazon.com",
        "SageMakerEndpointRegistration BedrockEndpointRegistration",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-model-deployment-deploy-js.html",
    ),
    ("networking.serving.volcano.sh", "ModelRoute ModelServer", "https://docs.vllm.ai/en/latest/deployment/integrations/kthena/"),
    ("inference.networking.k8s.io", "InferencePool", "https://gateway-api-inference-extension.sigs.k8s.io/"),
    ("serving.knative.dev", "Route DomainMapping", "https://knative.dev/docs/serving/reference/serving-api/"),
    ("inference.networking.x-k8s.io", "InferencePool InferenceModel InferenceObjective", "https://gateway-api-inference-extension.sigs.k8s.io/"),
    ("eventing.knative.dev", "Trigger", "https://knative.dev/docs/eventing/"),
    ("argoproj.io", "AppProject", "https://argo-cd.readthedocs.io/en/stable/"),
)  # fmt: skip

_CLUSTER_SCOPED: Final = (
    ("core", "Node", _API),
    ("rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding", _API),
    ("apiextensions.k8s.io", "CustomResourceDefinition", _API),
    ("apiregistration.k8s.io", "APIService", _API),
    (
        "admissionregistration.k8s.io",
        (
            "MutatingWebhookConfiguration ValidatingWebhookConfiguration ValidatingAdmissionPolicy "
            "ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding"
        ),
        _API,
    ),
    ("scheduling.k8s.io", "PriorityClass", _API),
    ("resource.k8s.io", "DeviceClass DeviceTaintRule ResourceClass ResourceSlice", _API),
    ("gpu.resource.nvidia.com", "DeviceClassParameters", _DEVICES),
    ("kyverno.io", "ClusterPolicy", _KYVERNO),
    ("nvidia.com", "ClusterPolicy", "https://docs.nvidia.com/datacenter/cloud-native/gpu-operator/latest/overview.html"),
    ("templates.gatekeeper.sh", "ConstraintTemplate", "https://open-policy-agent.github.io/gatekeeper/website/docs/"),
    ("node.k8s.io", "RuntimeClass", _API),
    ("storage.k8s.io", "CSIDriver CSINode VolumeAttachment VolumeAttributesClass", _API),
    ("networking.k8s.io", "IngressClass", _API),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema PriorityLevelConfiguration", _API),
    ("cert-manager.io", "ClusterIssuer", "https://cert-manager.io/docs/reference/api-docs/"),
    ("gateway.networking.k8s.io", "GatewayClass", "https://gateway-api.sigs.k8s.io/"),
    ("external-secrets.io", "ClusterSecretStore", "https://external-secrets.io/latest/api/spec/"),
    ("networking.internal.knative.dev", "ClusterDomainClaim", "https://knative.dev/docs/serving/"),
    ("keda.sh", "ClusterTriggerAuthentication", "https://keda.sh/docs/latest/concepts/authentication/"),
    (
        "kueue.x-k8s.io",
        (
            "AdmissionCheck MultiKueueCluster MultiKueueConfig ProvisioningRequestConfig ResourceFlavor Topology "
            "WorkloadPriorityClass"
        ),
        "https://kueue.sigs.k8s.io/docs/reference/kueue.v1beta1/",
    ),
    ("topology.volcano.sh", "HyperNode", "https://volcano.sh/en/docs/network_topology_aware_scheduling/"),
    ("serving.kserve.io", "ClusterStorageContainer LocalModelCache LocalModelNode LocalModelNodeGroup", "https://kserve.github.io/website/docs/reference/crd-api"),
)  # fmt: skip

_HIDDEN: Final = {"apiextensions.k8s.io/CustomResourceDefinition": ("/spec", "/status")}
"""Schemas are long, and nothing is asked about them."""

WORKLOADS: Final = tuple(
    Workload(type=f"{group}/{kind}", source=source, cluster_scoped=scoped, hidden=_HIDDEN.get(f"{group}/{kind}", ()))
    for scoped, rows in ((False, _NAMESPACED), (True, _CLUSTER_SCOPED))
    for group, kinds, source in rows
    for kind in kinds.split()
)

NOT_OBJECTS: Final = frozenset(
    {
        "kustomize.config.k8s.io",
        "kind.x-k8s.io",
        "kubeadm.k8s.io",
        "kubelet.config.k8s.io",
        "kubeproxy.config.k8s.io",
        "kubescheduler.config.k8s.io",
        "apiserver.config.k8s.io",
        "audit.k8s.io",
        "client.authentication.k8s.io",
        "config.kueue.x-k8s.io",
        "controller-runtime.sigs.k8s.io",
        "blueprints.cloud.google.com",
        "ctlptl.dev",
        "skaffold",
        "tilt.dev",
    }
)
"""API groups of files that are shaped like objects but configure a program; nobody applies them to a cluster."""
