"""An author who writes what no cloud would take, or what reads cheaper than it is. It blocks, or is judged as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from .repositories import Repository
from .test_evasions import judged

GOOGLE = """\
resource "google_compute_instance" "NAME" {
  name         = "NAME"
  zone         = "europe-west4-a"
  machine_type = "n1-standard-8"
  labels       = { team = "ml" }

  boot_disk {
    initialize_params {
      image = "debian"
      size  = 10
    }
  }
BODY
}
"""
TEMPLATE = """\
resource "aws_launch_template" "x" {
  name     = "x"
  image_id = "ami-1"
  tags     = { team = "ml" }
BODY
}
"""
GROUP = """\
resource "aws_autoscaling_group" "x" {
  name     = "x"
  min_size = 1
  max_size = 1
BODY

  tag {
    key                 = "team"
    value               = "ml"
    propagate_at_launch = HANDED
  }
}
"""
LAUNCHED = """
  launch_template {
    id = aws_launch_template.x.id
  }
"""
NEEDS = """
  instance_requirements {
    vcpu_count { min = 96 }
    memory_mib { min = 8192 }
MORE
  }
"""
POOL = """\
resource "aws_eks_node_group" "x" {
  cluster_name    = "x"
  node_group_name = "x"
  node_role_arn   = "arn"
  subnet_ids      = ["subnet-1"]
  instance_types  = TYPES
  tags            = { team = "ml" }

  scaling_config {
    min_size     = 0
    desired_size = DESIRED
    max_size     = MAX
  }
}
"""


def google(body: str, name: str = "x") -> str:
    return GOOGLE.replace("NAME", name).replace("BODY", body)


def guests(count: str, model: str = "nvidia-tesla-t4") -> str:
    return f'  guest_accelerator {{\n    type  = "{model}"\n    count = {count}\n  }}'


def pool(types: str, desired: str = "1", most: str = "1") -> str:
    return POOL.replace("TYPES", types).replace("DESIRED", desired).replace("MAX", most)


def group(template: str = '  instance_type = "t3.micro"', handed: str = "true", body: str = LAUNCHED) -> str:
    return TEMPLATE.replace("BODY", template) + GROUP.replace("BODY", body).replace("HANDED", handed)


def pod(selector: Mapping[str, str], values: Sequence[str] = (), key: str = "cloud.google.com/gke-accelerator") -> str:
    required = {"nodeSelectorTerms": [{"matchExpressions": [{"key": key, "operator": "In", "values": list(values)}]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}} if values else {}
    limits = {"limits": {"nvidia.com/gpu": 1}}
    spec = {
        "nodeSelector": selector,
        "affinity": affinity,
        "containers": [{"name": "a", "image": "a", "resources": limits}],
    }
    meta = {"name": "a", "namespace": "ml", "labels": {"team": "ml"}}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec})


T4, H100 = "nvidia-tesla-t4", "nvidia-h100-80gb"
GKE = "cloud.google.com/gke-accelerator"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ml, labels: {team: ml}}
spec:
  replicas: 20
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, team: ml}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: ml, labels: {team: ml}}
spec: {minReplicas: 500, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
FLEET = """
resource "aws_ec2_fleet" "x" {
  launch_template_config {
    launch_template_specification {
      launch_template_id = aws_launch_template.x.id
      version            = "1"
    }
    override {
      instance_type = "p5.48xlarge"
    }
  }
  target_capacity_specification {
    default_target_capacity_type = "spot"
    total_target_capacity        = 4
  }
}
"""

BESIDE = """\
data "aws_ssm_parameter" "x" {
  name = "x"
}

"""
CAPITALS = """\
provider "aws" {
  alias  = "x"
  region = "EU-WEST-1"
}

resource "aws_ebs_volume" "x" {
  provider = aws.x
  size     = 9
  tags     = { team = "ml" }
}
"""
TAGGED = """\
  instance_type = "t3.micro"
  tag_specifications {
    resource_type = "instance"
    tags          = { team = "ml" }
  }
"""
PLAIN = '  instance_type = "t3.micro"'

CASES = [
    pytest.param("tf", google(guests("-80")), "gpu-count-limit", id="fewer accelerators than none"),
    pytest.param("tf", google(guests('"-80"')), "gpu-count-limit", id="fewer than none, as text"),
    pytest.param("tf", google(guests("0.5")), "gpu-count-limit", id="half an accelerator"),
    pytest.param("tf", google(guests("1e400")), "gpu-count-limit", id="more accelerators than there are"),
    pytest.param(
        "tf",
        google(guests("4", f"projects/p/zones/z/acceleratorTypes/{H100}")),
        "gpu-family-allowlist",
        id="a model by its path",
    ),
    pytest.param("tf", pool('["g4dn.xlarge"]', "20", "1"), "gpu-count-limit", id="more machines than the upper bound"),
    pytest.param("tf", pool('["g4dn.xlarge"]', "1", "-1"), "gpu-count-limit", id="an upper bound below none"),
    pytest.param("tf", pool('["P5.48XLARGE"]'), "gpu-family-allowlist", id="a machine in capitals"),
    pytest.param("tf", pool('["p5.48xlarge "]'), "gpu-family-allowlist", id="a machine with a blank"),
    pytest.param("tf", pool('["p6-b300.48xlarge"]'), "gpu-family-allowlist", id="a machine of the newest family"),
    pytest.param("tf", pool('["p9.48xlarge"]'), "gpu-family-allowlist", id="a machine that no table knows"),
    pytest.param(
        "tf",
        BESIDE + pool('["p5.48xlarge", data.aws_ssm_parameter.x.value]'),
        "gpu-family-allowlist",
        id="a machine beside one that is not known",
    ),
    pytest.param("tf", group(NEEDS.replace("MORE", "")), "gpu-family-allowlist", id="whatever has so many vCPU"),
    pytest.param(
        "tf",
        group(NEEDS.replace("MORE", '    accelerator_names = ["h100"]')),
        "gpu-family-allowlist",
        id="whatever has an H100",
    ),
    pytest.param(
        "tf",
        group(NEEDS.replace("MORE", '    allowed_instance_types = ["p5.*"]')),
        "gpu-family-allowlist",
        id="any of a family",
    ),
    pytest.param("tf", group(handed="false"), "required-tags", id="a tag that no machine gets"),
    pytest.param(
        "tf", group(handed="true").replace('"ml"\n    prop', '"  "\n    prop'), "required-tags", id="a tag of blanks"
    ),
    pytest.param("tf", TEMPLATE.replace("BODY", PLAIN) + FLEET, "gpu-family-allowlist", id="a fleet"),
    pytest.param("tf", CAPITALS, "region-restriction", id="a region in capitals"),
    pytest.param("yaml", pod({}, [T4, H100]), "gpu-family-allowlist", id="one model or another"),
    pytest.param(
        "yaml", pod({GKE: T4}, [H100]), "gpu-family-allowlist", id="one model by selector and another by affinity"
    ),
    pytest.param(
        "yaml",
        pod({GKE: T4, "node.kubernetes.io/instance-type": "a3-highgpu-8g"}),
        "gpu-family-allowlist",
        id="a model and a machine of another",
    ),
    pytest.param("yaml", DEPLOYMENT, "max-replicas", id="an autoscaler whose bounds are crossed"),
]


@pytest.mark.parametrize(("format_", "text", "policy"), CASES)
def test_it_blocks(repository: Repository, format_: str, text: str, policy: str) -> None:
    head = {"infra/change.tf": text} if format_ == "tf" else {"k8s/change.yaml": text}
    told = judged(repository, {}, head)
    assert told.code == 1
    assert policy in told.blocking


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        pytest.param("tf", google(guests("1")), id="one accelerator"),
        pytest.param("tf", google(guests('"1"')), id="a number as text"),
        pytest.param("tf", google(guests("1")).replace("europe-west4-a", "EUROPE-WEST4-A"), id="a zone in capitals"),
        pytest.param("tf", pool('["g4dn.xlarge"]', "1", "2"), id="bounds in order"),
        pytest.param("tf", group(), id="a tag that machines get"),
        pytest.param(
            "tf",
            group(TAGGED, "false"),
            id="a tag that the template gives",
        ),
        pytest.param("yaml", pod({GKE: T4}, [T4, H100]), id="one model of two"),
    ],
)
def test_what_is_meant_well_passes(repository: Repository, format_: str, text: str) -> None:
    head = {"infra/change.tf": text} if format_ == "tf" else {"k8s/change.yaml": text}
    told = judged(repository, {}, head)
    assert (told.code, told.blocking) == (0, set())


def test_nothing_is_taken_off_the_bill(repository: Repository) -> None:
    """A negative number once paid for another machine: the total fell, and the change passed."""
    paid = google("").replace("n1-standard-8", "n1-standard-96")
    told = judged(repository, {"infra/paid.tf": paid}, {"infra/change.tf": google(guests("-80"), "y")})
    cost: Mapping[str, Any] = told.report["cost"]
    assert told.code == 1
    assert float(cost["delta"]["expected"]) >= 0
    assert all(float(line["quantity"]) >= 0 for one in cost["resources"] for line in one["lines"])
    (place,) = [(one["file"], one["line"]) for one in told.report["diagnostics"] if one["code"] == "value-refused"]
    assert place == ("infra/change.tf", 13)


def test_the_worst_case_is_never_below_what_is_expected(repository: Repository) -> None:
    told = judged(repository, {}, {"infra/change.tf": pool('["g4dn.xlarge"]', "20", "1")})
    assert told.code == 1
    head = told.report["cost"]["head"]
    assert float(head["expected"]) <= float(head["max"])
    refused = [one["line"] for one in told.report["diagnostics"] if one["code"] == "value-refused"]
    assert refused == [11, 12], "both of the numbers that contradict each other"
