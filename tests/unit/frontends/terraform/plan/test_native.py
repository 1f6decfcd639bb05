"""What stands behind the resources of a plan: lines, references, secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import planned
import plans
import pytest
from plans import block, change, constant, refers

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform.plan.document import load
from guardrail.frontends.terraform.plan.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.place import SENSITIVE, UNSAID
from guardrail.model.resource import ALL, Resource

FILES = {
    "main.tf": """\
variable "size" {
  default = "t3.micro"
}
variable "key" {
  sensitive = true
  default   = "k"
}
locals {
  size = var.size
}
resource "aws_instance" "a" {
  count         = 2
  ami           = "a"
  instance_type = local.size
  key_name      = var.key
  subnet_id     = local.subnet
}
module "m" {
  source   = "./m"
  for_each = toset(["x"])
  size     = var.size
}
""",
    "m/main.tf": """\
variable "size" {}
resource "aws_instance" "b" {
  instance_type = var.size
}
""",
    "prod.auto.tfvars": 'size = "m5.large"\n',
}
BLOCKS = [
    block(
        "aws_instance.a",
        {
            "ami": constant("a"),
            "instance_type": refers("local.size"),
            "key_name": refers("var.key"),
            "subnet_id": refers("aws_subnet.s[0].id", "aws_subnet.s[0]", "aws_subnet.s", "data.aws_x.y.id"),
            "network_interface": [{"subnet_id": refers("aws_subnet.t.id", "aws_subnet.t")}],
        },
        count_expression=constant(2),
    )
]
CALLS = {
    "variables": {"size": {}, "key": {"sensitive": True}},
    "module_calls": {
        "m": {
            "expressions": {"size": refers("var.size"), "to": refers("aws_vpc.v.id", "aws_vpc.v")},
            "for_each_expression": constant(["x"]),
            "module": {
                "outputs": {"net": {"expression": refers("aws_subnet.inner.id", "aws_subnet.inner")}},
                "resources": [
                    block("aws_instance.b", {"instance_type": refers("var.size"), "subnet_id": refers("var.to")}),
                    block(
                        "aws_instance.c",
                        {"subnet_id": refers("each.value"), "ami": refers("each.key")},
                        for_each_expression=refers("aws_subnet.all"),
                    ),
                ],
            },
        }
    },
}
VARIABLES = {"size": {"value": "p4d.24xlarge"}, "key": {"value": "secret"}}


def resources(*changes: Any, files: Optional[Mapping[str, str]] = None, **more: Any) -> dict[str, Resource]:
    told = {"blocks": BLOCKS, "root": CALLS, "variables": VARIABLES, **more}
    plan = plans.plan(*changes, **{**told, "root": {**CALLS, **told["root"]}})
    unit = Unit(name="prod", format="terraform-plan", directory=".", files=tuple(files or ()))
    found = planned.by_plan(plan, files or {}, unit, name="out/plan.json").head.resources
    return {one.address.partition("//")[2]: one for one in found}


MACHINE = {"ami": "a", "instance_type": "p4d.24xlarge", "key_name": "secret"}


def steps(resource: Resource, path: str) -> list[tuple[str, str, object]]:
    return [(str(one.place), one.text, one.value) for one in resource.native.trace(path)]


def test_lines_are_those_of_the_files_and_values_those_of_the_plan() -> None:
    found = resources(change("aws_instance.a[1]", MACHINE), files=FILES)["aws_instance.a[1]"]
    assert str(found.native.place("/instance_type")) == "main.tf:14:3"
    assert steps(found, "/instance_type") == [
        ("main.tf:14:3", "instance_type = local.size", "p4d.24xlarge"),
        ("main.tf:9:3", "size = var.size", "p4d.24xlarge"),
        ("out/plan.json", 'size = "p4d.24xlarge"', "p4d.24xlarge"),
    ]


@pytest.mark.parametrize(
    ("value", "line"), [(True, "size = true"), (1e-7, "size = 0.0000001"), ("x" * 99, "size = …"), ([], "size = …")]
)
def test_a_value_of_the_plan_is_a_line_as_a_file_has_it(value: Any, line: str) -> None:
    found = resources(change("aws_instance.a[1]", MACHINE), files=FILES, variables={"size": {"value": value}})
    assert steps(found["aws_instance.a[1]"], "/instance_type")[-1][:2] == ("out/plan.json", line)


def test_a_variable_file_that_says_the_same_is_where_it_is_written() -> None:
    told = {"size": {"value": "m5.large"}}
    found = resources(change("aws_instance.a[1]", {"instance_type": "m5.large"}), files=FILES, variables=told)
    assert steps(found["aws_instance.a[1]"], "/instance_type")[-1] == (
        "prod.auto.tfvars:1:1",
        'size = "m5.large"',
        "m5.large",
    )


def test_values_of_lines_that_come_to_something_else_are_not_told() -> None:
    told = {"size": {"value": "t3.nano"}}
    found = resources(change("aws_instance.a[0]", MACHINE), files=FILES, variables=told)["aws_instance.a[0]"]
    assert [value for _, _, value in steps(found, "/instance_type")] == ["p4d.24xlarge", UNSAID, UNSAID]


def test_an_instance_that_the_files_do_not_have() -> None:
    found = resources(change('aws_instance.a["z"]', MACHINE), files=FILES)['aws_instance.a["z"]']
    assert str(found.native.place("/instance_type")) == "main.tf:14:3"


def test_a_module_that_the_files_call_otherwise() -> None:
    found = resources(change('module.m["z"].aws_instance.b', MACHINE), files=FILES)['module.m["z"].aws_instance.b']
    assert str(found.native.place("/instance_type")) == "m/main.tf:3:3"


def test_a_block_that_the_files_do_not_have_is_in_the_plan() -> None:
    found = resources(change("aws_instance.z", MACHINE), files=FILES)["aws_instance.z"]
    assert str(found.native.place("/ami")) == "out/plan.json"
    assert steps(found, "/ami") == [("out/plan.json", "ami", "a")]


def test_without_files_the_plan_tells_what_it_knows() -> None:
    found = resources(change('module.m["x"].aws_instance.b', MACHINE))['module.m["x"].aws_instance.b']
    assert str(found.native.place("/instance_type")) == "out/plan.json"
    assert steps(found, "/instance_type") == [
        ("out/plan.json", "instance_type", "p4d.24xlarge"),
        ("out/plan.json", 'module.m["x"].var.size', UNSAID),
        ("out/plan.json", "var.size", "p4d.24xlarge"),
    ]
    assert steps(found, "/instance_type/0")[0][1] == "instance_type", "a fact may be a list of what is one value"
    assert steps(found, "/nothing") == []


def test_what_is_marked_is_not_shown() -> None:
    mask = {"after_sensitive": {"key_name": True, "tags": {"a": True}, "disk": [{"b": True}]}}
    told = {**MACHINE, "tags": {"a": "x", "b": "y"}, "disk": [{"b": 1}]}
    found = resources(change("aws_instance.a[0]", told, inside=mask))["aws_instance.a[0]"].native
    hidden = [path for path in ("/key_name", "/tags", "/tags/a", "/disk/0/b", "/disk") if found.sensitive(path)]
    assert hidden == ["/key_name", "/tags", "/tags/a", "/disk/0/b", "/disk"]
    assert not any(found.sensitive(path) for path in ("/ami", "/tags/b", "/disk/1", "/disk/0/c"))
    assert [one.value for one in found.trace("/key_name")] == [UNSAID, UNSAID]


@pytest.mark.parametrize("files", [None, FILES], ids=["by the plan", "by the files"])
def test_a_secret_is_in_no_line(files: Optional[Mapping[str, str]]) -> None:
    mask = {"after_sensitive": {"key_name": True}}
    found = resources(change("aws_instance.a[0]", MACHINE, inside=mask), files=files)["aws_instance.a[0]"]
    assert steps(found, "/key_name")
    assert "secret" not in str(steps(found, "/key_name"))


def test_a_secret_that_only_the_provider_marks_is_in_no_line() -> None:
    files = {**FILES, "main.tf": FILES["main.tf"].replace("var.key", '"hush"')}
    mask = {"after_sensitive": {"key_name": True}}
    found = resources(change("aws_instance.a[0]", {**MACHINE, "key_name": "hush"}, inside=mask), files=files)
    assert steps(found["aws_instance.a[0]"], "/key_name") == [("main.tf:15:3", "key_name = (sensitive)", UNSAID)]


def test_a_secret_variable_is_not_shown_in_an_older_plan() -> None:
    found = resources(change("aws_instance.a[0]", {"instance_type": "x"}), blocks=[
        block("aws_instance.a", {"instance_type": refers("var.key")})
    ])["aws_instance.a[0]"]  # fmt: skip
    assert steps(found, "/instance_type")[1] == ("out/plan.json", "var.key", SENSITIVE)


def test_a_tag_of_the_provider_is_a_secret_too() -> None:
    mask = {"after_sensitive": {"tags_all": {"a": True}}}
    told = change("aws_instance.a[0]", {"tags_all": {"a": "x"}}, inside=mask)
    assert resources(told)["aws_instance.a[0]"].native.sensitive("/tags/a")


@pytest.mark.parametrize("merged", ["effective_labels", "terraform_labels"])
def test_a_label_of_the_provider_is_a_secret_too(merged: str) -> None:
    told = change("google_compute_instance.a", {merged: {"a": "x"}}, inside={"after_sensitive": {merged: {"a": True}}})
    native = resources(told)["google_compute_instance.a"].native
    assert (native.sensitive("/labels/a"), native.sensitive("/labels/b")) == (True, False)


@pytest.mark.parametrize(
    ("address", "path", "expected"),
    [
        pytest.param("aws_instance.a[0]", "/ami", (), id="a constant"),
        pytest.param("aws_instance.a[0]", "/subnet_id", ("aws_subnet.s[0]",), id="the longest, and no data source"),
        pytest.param("aws_instance.a[0]", "/network_interface/0/subnet_id", ("aws_subnet.t",), id="in a nested block"),
        pytest.param("aws_instance.a[0]", "/network_interface/7/subnet_id", ("aws_subnet.t",), id="one of a set"),
        pytest.param("aws_instance.a[0]", "/nothing", (), id="what is not set"),
        pytest.param('module.m["x"].aws_instance.b', "/subnet_id", ("aws_vpc.v",), id="through an argument"),
        pytest.param(
            'module.m["x"].aws_instance.c["k"]', "/subnet_id", ('module.m["x"].aws_subnet.all',), id="by each.value"
        ),
        pytest.param('module.m["x"].aws_instance.c["k"]', "/ami", (), id="not by each.key"),
    ],
)
def test_references(address: str, path: str, expected: tuple[str, ...]) -> None:
    assert resources(change(address, MACHINE))[address].native.referents(path) == expected


@pytest.mark.parametrize("text", ['module.m["x"].net', "module.m.net"])
def test_outputs_are_followed(text: str) -> None:
    blocks = [block("aws_instance.a", {"subnet_id": refers(text, "module.m")})]
    found = resources(change("aws_instance.a", MACHINE), change('module.m["x"].aws_instance.b', {}), blocks=blocks)
    assert found["aws_instance.a"].native.referents("/subnet_id") == ('module.m["x"].aws_subnet.inner',)


def test_locals_are_followed_in_the_files() -> None:
    text = FILES["main.tf"] + 'resource "aws_subnet" "u" {}\nlocals {\n  subnet = aws_subnet.u.id\n}\n'
    blocks = [block("aws_instance.a", {"subnet_id": refers("local.subnet")})]
    for files, expected in ((None, ()), ({**FILES, "main.tf": text}, ("aws_subnet.u",))):
        found = resources(change("aws_instance.a[0]", MACHINE), files=files, blocks=blocks)["aws_instance.a[0]"]
        assert found.native.referents("/subnet_id") == expected


def test_references_in_a_circle_end() -> None:
    inner = {"outputs": {"o": {"expression": refers("var.i")}}, "resources": []}
    calls = {"n": {"expressions": {"i": refers("module.n.o")}, "module": inner}}
    blocks = [block("aws_instance.a", {"ami": refers("module.n.o")})]
    told = resources(
        change("aws_instance.a", MACHINE), change("module.n.x_y.z", {}), blocks=blocks, root={"module_calls": calls}
    )
    assert told["aws_instance.a"].native.referents("/ami") == ()


def test_what_is_known_on_both_sides_is_the_same_basis() -> None:
    before = {"ami": "a", "instance_type": "t3.micro"}
    told = change("aws_instance.a", {"ami": "a"}, before=before, unknown={"instance_type": True})
    blocks = [block("aws_instance.a", {"ami": constant("a"), "instance_type": refers("x.y.id")})]
    plan = load(plans.plan(told, blocks=blocks), "plan.json")
    found = read(plan, Unit(name="p", format="terraform-plan", directory=".", files=()), None, Budget())
    assert found.base is not None
    after, was = found.head.resources[0].native, found.base.resources[0].native
    assert after.same_basis("/ami", was)
    assert not after.same_basis("/instance_type", was)
    assert not after.same_basis(ALL, was)
    assert not after.same_basis("/ami", resources(change("aws_instance.a", MACHINE))["aws_instance.a"].native)
