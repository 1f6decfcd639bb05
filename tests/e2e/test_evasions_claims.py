"""An author who changes what a pod claims, and not the pod."""

from __future__ import annotations

import pytest

from .repositories import Repository

CONFIG = """\
version: 1
policies:
  gpu-count-limit: {params: {max_per_resource: 8, max_per_unit: 64, max_per_namespace: 64}}
  gpu-family-allowlist: {params: {allow: [t4]}}
"""
TEMPLATE = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: gpus, namespace: ml}
spec: {spec: {devices: {requests: [{name: a, exactly: {deviceClassName: team, count: 2}}]}}}
"""
CLASS = """\
apiVersion: resource.k8s.io/v1
kind: DeviceClass
metadata: {name: team}
spec:
  selectors:
    - cel:
        expression: device.driver == "gpu.nvidia.com" && device.attributes["gpu.nvidia.com"].productName == "Tesla T4"
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: serve, namespace: ml}
spec:
  replicas: 2
  template:
    spec:
      resourceClaims: [{name: a, resourceClaimTemplateName: gpus}]
      containers: [{name: main, image: example/serve:1}]
"""
RUNTIME = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: fast}\nhandler: fast\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: ml}
spec:
  runtimeClassName: fast
  nodeSelector: {cloud.google.com/gke-accelerator: nvidia-tesla-t4}
  containers: [{name: main, image: example/train:1, resources: {limits: {nvidia.com/gpu: 1}}}]
"""
BASE = {"class.yaml": CLASS, "claim.yaml": TEMPLATE, "serve.yaml": DEPLOYMENT, "runtime.yaml": RUNTIME, "pod.yaml": POD}


@pytest.mark.parametrize("folders", [("k8s",), ("k8s/shared", "k8s/serve")], ids=["one folder", "two folders"])
@pytest.mark.parametrize(
    ("file", "old", "new", "policy"),
    [
        pytest.param("claim.yaml", "count: 2", "count: 64", "gpu-count-limit", id="how many"),
        pytest.param("claim.yaml", "count: 2", "allocationMode: All", "gpu-count-limit", id="all of them"),
        pytest.param("class.yaml", "Tesla T4", "NVIDIA H100 80GB HBM3", "gpu-family-allowlist", id="of which model"),
        pytest.param("class.yaml", 'gpu.nvidia.com" &&', 'x.example.com" &&', "gpu-count-limit", id="whose"),
    ],
)  # fmt: skip
def test_what_a_claim_means_now_is_what_the_change_brings(
    repository: Repository, folders: tuple[str, ...], file: str, old: str, new: str, policy: str
) -> None:
    def placed(name: str) -> str:
        return f"{folders[-1] if name in ('serve.yaml', 'pod.yaml') else folders[0]}/{name}"

    repository.commit({"guardrail.yaml": CONFIG, **{placed(name): text for name, text in BASE.items()}})
    assert old in BASE[file]
    repository.propose({placed(file): BASE[file].replace(old, new)})
    told = repository.judge()
    found = [one for one in told.of(policy) if one["introduced"] and "serve" in (one["resource"] or one["subject"])]
    assert found, told.report["findings"]


def test_a_change_that_means_the_same_brings_nothing(repository: Repository) -> None:
    repository.commit({"guardrail.yaml": CONFIG, **{f"k8s/{name}": text for name, text in BASE.items()}})
    repository.propose({"k8s/claim.yaml": "# two of them\n" + TEMPLATE})
    told = repository.judge()
    assert told.code == 0
    assert [one for one in told.report["findings"] if one["introduced"]] == []


def test_a_class_in_another_folder_lends_its_devices_the_name_of_a_resource(repository: Repository) -> None:
    pod = POD.replace("nvidia.com/gpu: 1", "example.com/fast: 4")
    lending = CLASS.replace("spec:\n", "spec:\n  extendedResourceName: example.com/fast\n")
    repository.write({"k8s/shared/class.yaml": lending, "k8s/serve/pod.yaml": pod})
    resource = repository.document()["resources"]["k8s/serve//core/Pod/ml/one"]
    assert [one["count"] for one in resource["groups"]["main"]["accelerators"]] == [4]


def test_a_runtime_in_another_folder_says_which_node(repository: Repository) -> None:
    runtime = RUNTIME + "scheduling: {nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}}\n"
    pod = POD.replace("  nodeSelector: {cloud.google.com/gke-accelerator: nvidia-tesla-t4}\n", "")
    repository.write({"k8s/shared/runtime.yaml": runtime, "k8s/serve/pod.yaml": pod})
    resource = repository.document()["resources"]["k8s/serve//core/Pod/ml/one"]
    assert [one["family"] for one in resource["groups"]["main"]["accelerators"]] == ["l4"]


CLAIM = """\
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: gpus, namespace: ml}
spec: {devices: {requests: [{name: a, exactly: {deviceClassName: gpu.nvidia.com, count: 8}}]}}
"""


def test_a_claim_in_another_folder_counts_once_for_those_who_name_it(repository: Repository) -> None:
    named = "resourceClaims: [{name: a, resourceClaimName: gpus}]"
    deployment = DEPLOYMENT.replace("resourceClaims: [{name: a, resourceClaimTemplateName: gpus}]", named)
    pod = POD.replace("  runtimeClassName: fast\n", f"  {named}\n").replace("limits: {nvidia.com/gpu: 1}", "")
    repository.write({"k8s/shared/claim.yaml": CLAIM, "k8s/serve/pod.yaml": pod, "k8s/serve/serve.yaml": deployment})
    total = repository.document()["accelerators"]["total"]["total"]
    assert sum(one["max"] for one in total.values()) == 8
