"""An author who wants machines merged without anybody noticing. Every way that was found stays closed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  required-tags: {params: {keys: [team]}}
  gpu-family-allowlist: {params: {allow: [t4]}}
  region-restriction: {params: {allow: {aws: [eu-west-1], gcp: [europe-west4]}}}
"""
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n\n'
MACHINE = """\
resource "aws_instance" "NAME" {
  ami           = "ami-1"
  instance_type = TYPE
  tags          = { team = "ml" }
}
"""
GPU = '"g5.48xlarge"'
VARIABLE = 'variable "size" {}\n\n'


def machine(kind: str = GPU, name: str = "gpu") -> str:
    return MACHINE.replace("NAME", name).replace("TYPE", kind)


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> Told:
    """Judge the change from `base` to `head`, by the rules of base."""
    repository.commit({"guardrail.yaml": CONFIG, "infra/main.tf": PROVIDER, **base})
    repository.propose(head)
    return repository.judge()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("lower(var.size)", "upper(var.size)", id="another function of it"),
        pytest.param('lookup({ a = "t3.micro" }, var.size)', f"lookup({{ a = {GPU} }}, var.size)", id="another map"),
        pytest.param('"t3.micro"\n  count = var.size', '"t3.micro"\n  count = var.size * 1000', id="many times it"),
    ],
)
def test_what_is_unknown_already_hides_no_change(repository: Repository, before: str, after: str) -> None:
    told = judged(
        repository,
        {"infra/gpu.tf": VARIABLE + machine(before)},
        {"infra/gpu.tf": VARIABLE + machine(after)},
    )
    assert told.code == 1
    assert "cost-worst-case" in told.blocking or "gpu-family-allowlist" in told.blocking


def test_a_comment_beside_what_is_unknown_still_passes(repository: Repository) -> None:
    unknown = VARIABLE + machine("upper(var.size)\n  count = var.size")
    told = judged(repository, {"infra/gpu.tf": unknown}, {"infra/gpu.tf": "# why\n" + unknown})
    assert (told.code, told.blocking, told.report["cost"]["delta"]["complete"]) == (0, set(), True)


def test_taking_count_away_moves_the_instance_and_ends(repository: Repository) -> None:
    moved = "\nmoved {\n  from = aws_instance.gpu[0]\n  to   = aws_instance.gpu\n}\n"
    told = judged(
        repository,
        {"infra/gpu.tf": machine(f"{GPU}\n  count = 1")},
        {"infra/gpu.tf": machine() + moved},
    )
    assert (told.code, told.blocking, told.report["cost"]["delta"]["expected"]) == (0, set(), "0.00")


ASIDE = [
    pytest.param({"infra/prod.tfvars": "size = " + GPU + "\n"}, {}, 3, id="values that only -var-file names"),
    pytest.param({"infra/gpu.tf": machine(), "infra/gpu.tofu": ""}, {}, 1, id="a file that OpenTofu would not read"),
    pytest.param({"vendor/live/main.tf": machine()}, {"live": "vendor/live"}, 3, id="a link to what is left out"),
    pytest.param({}, {"live": "../elsewhere"}, 3, id="a link out of the repository"),
    pytest.param({}, {"infra/gpu.tf": "/elsewhere/gpu.tf"}, 1, id="a file that is somewhere else"),
]


@pytest.mark.parametrize(("files", "links", "code"), ASIDE)
def test_what_lies_beside_is_no_silent_pass(
    repository: Repository, files: Mapping[str, str], links: Mapping[str, str], code: int
) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "infra/main.tf": PROVIDER})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.write(files)
    for name, target in links.items():
        repository.link(name, target)
    repository.commit()
    told = repository.judge()
    assert told.code == code
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "change")
    repository.git("checkout", "--quiet", "-b", "later")
    repository.commit({"infra/main.tf": "# why\n" + PROVIDER})
    assert repository.check("--base", "main", "--head", "later").code == 0, "it stops nobody who did not touch it"


def test_a_broken_link_that_leads_elsewhere_is_a_change(repository: Repository) -> None:
    repository.write({"guardrail.yaml": CONFIG, "infra/main.tf": PROVIDER})
    repository.link("infra/gpu.tf", "/elsewhere/small.tf")
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "change")
    repository.link("infra/gpu.tf", "/elsewhere/large.tf")
    repository.commit()
    told = repository.judge()
    assert (told.code, told.blocking) == (1, {"scan-incomplete"})


GPU_PODS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, namespace: ml, labels: {team: ml}}
spec:
  replicas: 2
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers: [{name: a, image: b, resources: {limits: {nvidia.com/gpu: 1}}}]
"""
NO_BOUND = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: old, namespace: ml, labels: {team: ml}}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: old}}
"""


def test_what_has_no_bound_already_hides_no_more(repository: Repository) -> None:
    config = "version: 1\npolicies:\n  gpu-count-limit: {params: {max_per_unit: 8}}\n"
    old = {"guardrail.yaml": config, "k8s/old.yaml": GPU_PODS.replace("NAME", "old"), "k8s/hpa.yaml": NO_BOUND}
    told = judged(repository, old, {f"k8s/{name}.yaml": GPU_PODS.replace("NAME", name) for name in "abcdefgh"})
    assert told.code == 1
    assert "gpu-count-limit" in told.blocking


def test_what_a_link_in_a_chart_leads_to_is_part_of_it(repository: Repository) -> None:
    repository.write({"guardrail.yaml": CONFIG, "chart/Chart.yaml": "name: c\n", "shared/values.yaml": "a: 1\n"})
    repository.link("chart/values.yaml", "../shared/values.yaml")
    repository.commit()
    assert repository.check("--base", "main").code == 0, "the files on disk are those of the commit"
    repository.propose({"shared/values.yaml": "a: 2\n"})
    told = repository.judge()
    assert [one["code"] for one in told.report["diagnostics"] if one["level"] == "error"] == ["not-judged"]
