"""
An author who makes an old resource worse from far away, so that what is found of it looks as if it had been there.

Base has a machine, or pods, without the tag that is demanded: an existing finding, which blocks nothing. Every change
that alters what the resource is makes that finding a new one, wherever it is written.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  required-tags: {params: {keys: [team]}}
  cost-increase: {level: off}
  cost-worst-case: {level: off}
"""
PROVIDER = 'provider "aws" {\n  region = "us-east-1"\n}\n'
MACHINE = 'resource "aws_instance" "a" {\n  ami           = "ami-1"\n  instance_type = TYPE\n}\n'


def machine(kind: str, more: str = "") -> str:
    return MACHINE.replace("TYPE", f"{kind}\n{more}")


def compared(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> Told:
    """Judge the change from `base` to `head`, by the rules of base."""
    repository.commit({"guardrail.yaml": CONFIG, **base})
    repository.propose(head)
    return repository.judge()


def untagged(told: Told) -> Mapping[str, tuple[bool, bool]]:
    """Return (introduced, whether it blocks) of what is found without its tag, by address."""
    return {one["resource"]: (one["introduced"], one["blocking"]) for one in told.of("required-tags")}


ROOT = {"infra/main.tf": PROVIDER}
BIG, SMALL = '"p5.48xlarge"', '"t3.micro"'


def local(kind: str) -> str:
    return f"locals {{\n  size = {kind}\n}}\n"


def variable(kind: str) -> str:
    return f'variable "size" {{\n  default = {kind}\n}}\n'


def outputs(kind: str) -> str:
    return f'output "size" {{\n  value = {kind}\n}}\n'


TEMPLATE = 'resource "aws_launch_template" "t" {\n  name          = "t"\n  instance_type = TYPE\n}\n'
GROUP = """\
resource "aws_autoscaling_group" "a" {
  min_size = 1
  max_size = 2

  launch_template {
    id = aws_launch_template.t.id
  }
}
"""
NIGHT = """\
resource "aws_autoscaling_schedule" "n" {
  scheduled_action_name  = "n"
  autoscaling_group_name = "group"
  recurrence             = "0 0 * * *"
  max_size               = MAX
}
"""
CALL = 'module "m" {\n  source = "./m"\n  size   = SIZE\n}\n'
INNER = 'variable "size" {}\n\n'

FAR = [
    pytest.param(
        {"infra/a.tf": machine("local.size"), "infra/l.tf": local(SMALL)}, {"infra/l.tf": local(BIG)}, id="a local"
    ),
    pytest.param(
        {"infra/a.tf": machine("var.size"), "infra/v.tf": variable(SMALL)},
        {"infra/v.tf": variable(BIG)},
        id="a default",
    ),
    pytest.param(
        {"infra/a.tf": machine("var.size"), "infra/v.tf": variable(SMALL)},
        {"infra/terraform.tfvars": f"size = {BIG}\n"},
        id="a file of values that is new",
    ),
    pytest.param(
        {"infra/a.tf": machine("var.size"), "infra/v.tf": variable(SMALL)},
        {"infra/x.auto.tfvars.json": f'{{"size": {BIG}}}\n'},
        id="a file of values in JSON",
    ),
    pytest.param(
        {"infra/a.tf": machine(SMALL)},
        {"infra/z_override.tf": f'resource "aws_instance" "a" {{\n  instance_type = {BIG}\n}}\n'},
        id="a file that overrides",
    ),
    pytest.param(
        {
            "infra/a.tf": machine("module.m.size"),
            "infra/m.tf": CALL.replace("SIZE", "1"),
            "infra/m/m.tf": INNER + outputs(SMALL),
        },
        {"infra/m/m.tf": INNER + outputs(BIG)},
        id="what a module gives",
    ),
    pytest.param(
        {
            "infra/a.tf": machine('jsondecode(file("${path.module}/a.json"))["size"]'),
            "infra/a.json": '{"size": "t3.micro"}',
        },
        {"infra/a.json": '{"size": "p5.48xlarge"}'},
        id="a file that is read",
    ),
    pytest.param(
        {
            "infra/a.tf": machine('lookup(local.sizes, terraform.workspace, "t3.micro")'),
            "infra/l.tf": "locals {\n  sizes = {}\n}\n",
        },
        {"infra/l.tf": f"locals {{\n  sizes = {{ default = {BIG} }}\n}}\n"},
        id="a map that is looked into",
    ),
    pytest.param(
        {"infra/a.tf": machine(SMALL)},
        {"infra/main.tf": PROVIDER.replace("us-east-1", "eu-west-1")},
        id="the region of its provider",
    ),
    pytest.param(
        {
            "infra/a.tf": machine(SMALL),
            "infra/main.tf": PROVIDER.replace("}\n", '  default_tags {\n    tags = { owner = "a" }\n  }\n}\n'),
        },
        {"infra/main.tf": PROVIDER},
        id="a tag that its provider gave",
    ),
    pytest.param(
        {"infra/a.tf": GROUP, "infra/t.tf": TEMPLATE.replace("TYPE", SMALL)},
        {"infra/t.tf": TEMPLATE.replace("TYPE", BIG)},
        id="its launch template",
    ),
    pytest.param(
        {
            "infra/a.tf": GROUP.replace("{\n  min", '{\n  name = "group"\n  min'),
            "infra/t.tf": TEMPLATE.replace("TYPE", SMALL),
        },
        {"infra/n.tf": NIGHT.replace("MAX", "90")},
        id="a schedule that scales it",
    ),
]


@pytest.mark.parametrize(("base", "head"), FAR)
def test_what_makes_a_machine_worse_from_elsewhere_is_new(
    repository: Repository, base: Mapping[str, str], head: Mapping[str, str]
) -> None:
    told = compared(repository, {**ROOT, **base}, head)
    (found,) = [one for address, one in untagged(told).items() if address.endswith((".a", "group.a"))]
    assert (found, told.code) == ((True, True), 1)


@pytest.mark.parametrize(("base", "head"), FAR)
def test_a_comment_in_the_same_place_is_not(
    repository: Repository, base: Mapping[str, str], head: Mapping[str, str]
) -> None:
    files = {**ROOT, **base}
    touched = {name: "# why\n" + files[name] for name in head if name in files and not name.endswith(".json")}
    told = compared(repository, files, {**touched, "infra/why.tf": "# why\n"})
    assert set(untagged(told).values()) == {(False, False)}
    assert told.code == 0


def test_inside_a_module_too(repository: Repository) -> None:
    inner = INNER + machine("var.size")
    base = {**ROOT, "infra/m.tf": CALL.replace("SIZE", SMALL), "infra/m/m.tf": inner}
    told = compared(repository, base, {"infra/m.tf": CALL.replace("SIZE", BIG)})
    assert untagged(told) == {"infra//module.m.aws_instance.a": (True, True)}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ml}
spec: {replicas: 2, template: {spec: {volumes: [{ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}],
  containers: [{name: a, image: b}]}}}
"""
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml, labels: {LABELS}}\n"
LIMITS = """\
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: ml}
spec: {limits: [{type: Container, default: {memory: MEMORY}}]}
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: ml}
spec: {maxReplicas: MAX, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
"""
CLASS = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: fast}\nparameters: {type: TYPE}\n"

AROUND = [
    pytest.param(
        NAMESPACE.replace("LABELS", "owner: a"), NAMESPACE.replace("LABELS", "a: b"), id="labels of a namespace"
    ),
    pytest.param(LIMITS.replace("MEMORY", "1Gi"), LIMITS.replace("MEMORY", "900Gi"), id="the defaults of a namespace"),
    pytest.param(SCALER.replace("MAX", "3"), SCALER.replace("MAX", "9"), id="the bounds of an autoscaler"),
    pytest.param(CLASS.replace("TYPE", "gp3"), CLASS.replace("TYPE", "io2"), id="the class of a volume"),
]


@pytest.mark.parametrize("folder", ["k8s", "elsewhere"])
@pytest.mark.parametrize(("before", "after"), AROUND)
def test_what_makes_pods_worse_from_elsewhere_is_new(
    repository: Repository, folder: str, before: str, after: str
) -> None:
    told = compared(repository, {"k8s/web.yaml": DEPLOYMENT, f"{folder}/x.yaml": before}, {f"{folder}/x.yaml": after})
    assert untagged(told)["k8s//apps/Deployment/ml/web"] == (True, True)
    assert told.code == 1


@pytest.mark.parametrize("folder", ["k8s", "elsewhere"])
@pytest.mark.parametrize(("before", "_"), AROUND)
def test_a_comment_around_them_is_not(repository: Repository, folder: str, before: str, _: str) -> None:
    base = {"k8s/web.yaml": DEPLOYMENT, f"{folder}/x.yaml": before}
    told = compared(repository, base, {f"{folder}/x.yaml": f"# why\n{before}"})
    assert untagged(told)["k8s//apps/Deployment/ml/web"] == (False, False)
    assert told.code == 0


MOVED = "moved {\n  from = aws_instance.FROM\n  to   = aws_instance.TO\n}\n"


@pytest.mark.parametrize(
    ("base", "head", "introduced"),
    [
        pytest.param(
            machine(SMALL),
            machine(SMALL).replace('"a"', '"b"') + MOVED.replace("FROM", "a").replace("TO", "b"),
            {"infra//aws_instance.b": (False, False)},
            id="a move alone is nothing",
        ),
        pytest.param(
            machine(SMALL),
            machine(BIG).replace('"a"', '"b"') + MOVED.replace("FROM", "a").replace("TO", "b"),
            {"infra//aws_instance.b": (True, True)},
            id="what grows on the way is new",
        ),
        pytest.param(
            machine(SMALL) + machine(BIG).replace('"a"', '"b"'),
            machine(BIG) + machine(BIG).replace('"a"', '"b"') + MOVED.replace("FROM", "b").replace("TO", "a"),
            {"infra//aws_instance.a": (True, True), "infra//aws_instance.b": (False, False)},
            id="a move onto what is there ties nothing",
        ),
        pytest.param(
            machine(SMALL, "  count = 1\n"),
            machine(SMALL, "  count = 3\n"),
            {f"infra//aws_instance.a[{index}]": (index > 0, index > 0) for index in range(3)},
            id="more of the same are new",
        ),
        pytest.param(
            machine(SMALL),
            'variable "n" {}\n' + machine(SMALL, "  count = var.n\n"),
            {"infra//aws_instance.a[?]": (True, True)},
            id="known, then of unknown number",
        ),
        pytest.param(
            'variable "n" {}\n' + machine(SMALL, "  count = var.n\n"),
            'variable "n" {}\n' + machine(SMALL, "  count = var.n * 2\n"),
            {"infra//aws_instance.a[?]": (True, True)},
            id="of unknown number, then of twice as many",
        ),
        pytest.param(
            'variable "n" {\n  default = false\n}\n' + machine(SMALL, "  count = var.n ? 1 : 0\n"),
            'variable "n" {\n  default = true\n}\n' + machine(SMALL, "  count = var.n ? 1 : 0\n"),
            {"infra//aws_instance.a[0]": (True, True)},
            id="what a switch turns on",
        ),
    ],
)
def test_what_moves_or_is_counted_otherwise(
    repository: Repository, base: str, head: str, introduced: Mapping[str, tuple[bool, bool]]
) -> None:
    told = compared(repository, {**ROOT, "infra/a.tf": base}, {"infra/a.tf": head})
    assert untagged(told) == introduced


def test_an_address_that_becomes_another_type_is_a_change(repository: Repository) -> None:
    spot = machine(SMALL).replace("aws_instance", "aws_spot_instance_request")
    moved = "moved {\n  from = aws_instance.a\n  to   = aws_spot_instance_request.a\n}\n"
    told = compared(repository, {**ROOT, "infra/a.tf": machine(SMALL)}, {"infra/a.tf": spot + moved})
    assert untagged(told) == {"infra//aws_spot_instance_request.a": (True, True)}


def test_one_of_two_objects_of_one_name_is_swapped(repository: Repository) -> None:
    small, large = DEPLOYMENT, DEPLOYMENT.replace("replicas: 2", "replicas: 15")
    told = compared(repository, {"k8s/web.yaml": f"{small}---\n{large}"}, {"k8s/web.yaml": f"{large}---\n{large}"})
    assert sorted(untagged(told).values()) == [(False, False), (True, True)]


PRICED = """\
resource "aws_ebs_volume" "a" {
  availability_zone = "us-east-1a"
  size              = 500
  type              = "gp3"
}
"""


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        pytest.param(PRICED, True, id="all of it is priced"),
        pytest.param(PRICED + machine('"x99.mega"'), False, id="some is not priced"),
        pytest.param(PRICED + 'variable "s" {}\n' + machine("var.s"), False, id="some is not known"),
    ],
)
def test_a_folder_that_is_renamed_comes_to_nothing(repository: Repository, text: str, complete: bool) -> None:
    repository.commit({"guardrail.yaml": CONFIG, "infra/a/main.tf": PROVIDER + text})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.git("mv", "infra/a", "infra/b")
    repository.commit()
    cost = repository.judge().report["cost"]
    assert [cost["delta"][bound] for bound in ("min", "expected", "max")] == ["0.00"] * 3
    assert cost["delta"]["complete"] is complete


def test_folders_that_trade_places_are_changes(repository: Repository) -> None:
    base = {"a/main.tf": PROVIDER + machine(SMALL), "b/main.tf": PROVIDER + machine(BIG)}
    told = compared(repository, base, {"a/main.tf": base["b/main.tf"], "b/main.tf": base["a/main.tf"]})
    assert untagged(told) == {f"{one}//aws_instance.a": (True, True) for one in ("a", "b")}
    assert [told.report["cost"]["delta"][bound] for bound in ("min", "expected", "max")] == ["0.00"] * 3
