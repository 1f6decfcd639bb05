"""What the nodes that a pod may run on say of its accelerators, and of its region."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Optional

import pytest

from guardrail.frontends.kubernetes.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

GKE = "cloud.google.com/gke-accelerator"
TYPE = "node.kubernetes.io/instance-type"
KARPENTER = "karpenter.k8s.aws/instance-gpu-name"
REGION = "topology.kubernetes.io/region"

Terms = Sequence[Mapping[str, Sequence[str]]]


def pod(selector: Mapping[str, str] = {}, terms: Terms = (), gpu: str = "nvidia.com/gpu") -> Mapping[str, Any]:
    """Return a pod that asks for eight devices on nodes with these labels; of the terms any one has to hold."""
    asked = [
        {"matchExpressions": [{"key": key, "operator": "In", "values": list(values)} for key, values in term.items()]}
        for term in terms
    ]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": asked}}
    container = {"name": "a", "image": "a", "resources": {"limits": {gpu: 8}}}
    spec = {
        "nodeSelector": selector,
        "affinity": {"nodeAffinity": required if asked else {}},
        "containers": [container],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "ml"}, "spec": spec}


def described(document: Mapping[str, Any], **unit: Any) -> Resource:
    text = json.dumps(document)
    stated: dict[str, Any] = {"name": "k8s", "format": "kubernetes", "directory": "k8s", **unit}
    parsed = read(MemoryTree({"k8s/a.json": text.encode()}), Unit(files=("k8s/a.json",), **stated))
    (resource,) = parsed.resources
    return resource


CASES = [
    pytest.param(pod({GKE: "nvidia-tesla-t4"}), ["t4"], None, id="one model"),
    pytest.param(
        pod(terms=[{GKE: ["nvidia-tesla-t4", "nvidia-h100-80gb"]}]), ["t4", "h100"], Reason.REFUSED, id="any of two"
    ),
    pytest.param(
        pod(terms=[{GKE: ["nvidia-tesla-t4"]}, {GKE: ["nvidia-h100-80gb"]}]),
        ["t4", "h100"],
        Reason.REFUSED,
        id="any of two terms",
    ),
    pytest.param(
        pod({GKE: "nvidia-tesla-t4"}, [{GKE: ["nvidia-h100-80gb"]}]),
        ["h100", "t4"],
        Reason.REFUSED,
        id="a selector and an affinity that contradict each other",
    ),
    pytest.param(
        pod({GKE: "nvidia-h100-80gb"}, [{GKE: ["nvidia-tesla-t4", "nvidia-h100-80gb"]}]),
        ["h100"],
        None,
        id="a selector that says which of an affinity",
    ),
    pytest.param(
        pod({GKE: "nvidia-tesla-t4", TYPE: "a3-highgpu-8g"}), ["t4", "h100"], Reason.REFUSED, id="a model and a machine"
    ),
    pytest.param(
        pod({"accelerator": "nvidia-tesla-t4", TYPE: "p5.48xlarge"}),
        ["t4", "h100"],
        Reason.REFUSED,
        id="a label of one's own",
    ),
    pytest.param(pod({"accelerator": "fast", TYPE: "p5.48xlarge"}), ["h100"], None, id="a label that says nothing"),
    pytest.param(pod({KARPENTER: "a100", TYPE: "p4d.24xlarge"}), ["a100"], None, id="one model by two names"),
    pytest.param(pod({GKE: "nvidia-b999"}), None, Reason.REFUSED, id="a model in no row"),
    pytest.param(
        pod(terms=[{TYPE: ["g4dn.xlarge", "p5.48xlarge"]}]), ["t4", "h100"], Reason.REFUSED, id="any of two machines"
    ),
    pytest.param(
        pod(terms=[{TYPE: ["g4dn.xlarge", "p9.48xlarge"]}]), None, Reason.REFUSED, id="a machine beside one in no row"
    ),
    pytest.param(pod({TYPE: "p9.48xlarge"}), None, Reason.ENVIRONMENT, id="a machine in no row"),
    pytest.param(pod({TYPE: "n1-standard-8"}), None, Reason.ENVIRONMENT, id="a machine that any can be added to"),
    pytest.param(pod(), None, Reason.ENVIRONMENT, id="any node"),
    pytest.param(
        pod(gpu="nvidia.com/mig-1g.10gb"), ["a100", "h100"], Reason.ENVIRONMENT, id="a slice of several models"
    ),
    pytest.param(
        pod({GKE: "nvidia-h100-80gb"}, gpu="nvidia.com/mig-1g.10gb"),
        ["h100"],
        None,
        id="a slice of a model that is named",
    ),
    pytest.param(
        pod({GKE: "nvidia-tesla-t4"}, gpu="nvidia.com/mig-1g.6gb"),
        ["a30", "t4"],
        Reason.REFUSED,
        id="a slice it cannot be",
    ),
]


@pytest.mark.parametrize(("document", "families", "reason"), CASES)
def test_families(document: Mapping[str, Any], families: Optional[list[str]], reason: Optional[Reason]) -> None:
    groups = described(document).groups
    assert not isinstance(groups, Unknown)
    devices = groups["main"].accelerators
    assert not isinstance(devices, Unknown)
    (device,) = devices
    told = device.family
    if isinstance(told, Unknown):
        assert (told.reason, told.one_of and list(told.one_of)) == (reason, families)
    else:
        assert ([told], None) == (families, reason)


@pytest.mark.parametrize(
    ("document", "region"),
    [
        pytest.param(pod({REGION: "us-east-1"}), "us-east-1", id="one region"),
        pytest.param(pod(), "eu-west-1", id="that of the unit, where none is asked for"),
        pytest.param(
            pod(terms=[{REGION: ["eu-west-1", "us-east-1"]}]),
            ["eu-west-1", "us-east-1"],
            id="any of two is not the unit's",
        ),
        pytest.param(
            pod({REGION: "eu-west-1"}, [{REGION: ["us-east-1"]}]),
            ["us-east-1", "eu-west-1"],
            id="two at once are either",
        ),
    ],
)
def test_region(document: Mapping[str, Any], region: Any) -> None:
    told = described(document, region="eu-west-1").region
    if isinstance(told, Unknown):
        assert (told.reason, list(told.one_of or ())) == (Reason.REFUSED, region)
    else:
        assert told == region


def test_groups_in_several_regions_are_not_in_the_region_of_the_unit() -> None:
    def group(name: str, region: str) -> Mapping[str, Any]:
        return {"groupName": name, "template": {"spec": pod({REGION: region})["spec"]}}

    spec = {
        "headGroupSpec": {"template": {"spec": pod({REGION: "eu-west-1"})["spec"]}},
        "workerGroupSpecs": [group("far", "us-east-1")],
    }
    cluster = {
        "apiVersion": "ray.io/v1",
        "kind": "RayCluster",
        "metadata": {"name": "a", "namespace": "ml"},
        "spec": spec,
    }
    told = described(cluster, region="eu-west-1").region
    assert isinstance(told, Unknown)
    assert told.one_of == ("eu-west-1", "us-east-1")
