"""From changes to what will be and what is: actions, regions, tags, and what there is to say of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

import planned
import plans
import pytest
from plans import block, change, constant, refers

from guardrail.frontends.budget import Budget
from guardrail.frontends.terraform.plan.read import Sides
from guardrail.frontends.unit import Unit
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Reason, Unknown

OLD: Mapping[str, Any] = {"ami": "a", "instance_type": "t3.micro"}
NEW: Mapping[str, Any] = {"ami": "a", "instance_type": "p4d.24xlarge"}


def sides(
    *changes: Any, files: Optional[Mapping[str, str]] = None, budget: Optional[Budget] = None, **more: Any
) -> Sides:
    unit = Unit(name="prod", format="terraform-plan", directory=".", files=tuple(files or ()))
    return planned.by_plan(plans.plan(*changes, **more), files or {}, unit, budget=budget)


def machines(found: Any) -> dict[str, Any]:
    return {one.address: one.groups["main"].machine_types for one in found.resources}


def only(found: Sides) -> Resource:
    (resource,) = found.head.resources
    return resource


A: Final = "prod//aws_instance.a"
X: Final = "prod//aws_instance.x"
WAS: Final = ("t3.micro",)
WILL: Final = ("p4d.24xlarge",)


@pytest.mark.parametrize(
    ("told", "head", "base"),
    [
        pytest.param({"after": NEW}, {A: WILL}, {}, id="create"),
        pytest.param({"after": NEW, "before": OLD}, {A: WILL}, {A: WAS}, id="update"),
        pytest.param({"before": OLD}, {}, {A: WAS}, id="delete"),
        pytest.param({"after": NEW, "before": OLD, "actions": ["delete", "create"]}, {A: WILL}, {A: WAS}, id="replace"),
        pytest.param(
            {"after": NEW, "before": OLD, "actions": ["create", "delete"]}, {A: WILL}, {A: WAS}, id="replace, new first"
        ),
        pytest.param({"after": OLD, "before": OLD, "actions": ["no-op"]}, {A: WAS}, {A: WAS}, id="no-op"),
        pytest.param({"before": OLD, "actions": ["forget"]}, {A: WAS}, {A: WAS}, id="forget: it goes on to be there"),
        pytest.param(
            {"after": NEW, "before": OLD, "actions": ["create", "forget"]},
            {A: WILL},
            {A: WAS},
            id="replace by forgetting",
        ),
        pytest.param(
            {"after": OLD, "before": OLD, "actions": ["no-op"], "previous_address": "aws_instance.x"},
            {A: WAS},
            {X: WAS},
            id="moved",
        ),
        pytest.param(
            {"after": OLD, "before": OLD, "actions": ["no-op"], "inside": {"importing": {"id": "i-1"}}},
            {A: WAS},
            {},
            id="imported: it is new here",
        ),
        pytest.param({"before": OLD, "deposed": "00ab"}, {}, {f"{A}!deposed:00ab": WAS}, id="deposed"),
    ],
)
def test_what_will_be_and_what_is(told: dict[str, Any], head: Any, base: Any) -> None:
    found = sides(change("aws_instance.a", **told))
    assert machines(found.head) == head
    assert machines(found.base) == base


def test_what_is_left_alone_is_the_same_object() -> None:
    found = sides(change("aws_instance.a", OLD, before=OLD, actions=["no-op"]))
    assert found.base is not None
    assert found.head.resources[0] is found.base.resources[0]


def test_what_moved_is_known_by_both_addresses() -> None:
    found = sides(change("aws_instance.a", NEW, before=OLD, previous_address="aws_instance.x"))
    assert found.head.moved == {X: A}


def test_an_unknown_number() -> None:
    told = [{"reason": "instance_count_unknown", "resource_change": change("aws_instance.a[*]", NEW)}]
    resource = only(sides(deferred_changes=told))
    assert resource.address == "prod//aws_instance.a[?]"
    assert (resource.multiplicity.min, str(resource.multiplicity.max)) == (0, "unbounded")
    assert resource.multiplicity.why is not None
    assert resource.multiplicity.why.reason is Reason.COMPUTED


# Regions


def aws(region: Any = None, **more: Any) -> dict[str, Any]:
    expressions = {} if region is None else {"region": region}
    return {"name": "aws", "expressions": {**expressions, **more}}


MODULE = {"module_calls": {"m": {"module": {"resources": [block("aws_instance.a", {}, "m:aws")]}}}}


@pytest.mark.parametrize(
    ("providers", "provider", "region"),
    [
        pytest.param({"aws": aws(constant("eu-west-1"))}, "aws", "eu-west-1", id="a constant"),
        pytest.param({"aws": aws(refers("var.r"))}, "aws", None, id="an expression"),
        pytest.param({"aws": aws()}, "aws", None, id="not stated"),
        pytest.param({"aws": {"name": "aws"}}, "aws", None, id="no block"),
        pytest.param({}, "aws", None, id="no provider"),
        pytest.param({"aws.us": aws(constant("us-east-2"))}, "aws.us", "us-east-2", id="an alias"),
        pytest.param({"aws": aws(constant("eu-west-1"))}, "aws.us", None, id="an alias that is not there"),
        pytest.param({"aws": [aws(constant("eu-west-1"))]}, "aws", None, id="of another shape"),
        pytest.param({"aws": aws(constant(5))}, "aws", None, id="no text"),
    ],
)
def test_region_of_the_provider(providers: Any, provider: str, region: Optional[str]) -> None:
    found = only(
        sides(change("aws_instance.a", NEW), providers=providers, blocks=[block("aws_instance.a", {}, provider)])
    )
    assert isinstance(found.region, Unknown) if region is None else found.region == region


@pytest.mark.parametrize(
    ("providers", "region"),
    [
        pytest.param({"aws": aws(constant("eu-west-1"))}, "eu-west-1", id="the one of the root is inherited"),
        pytest.param(
            {"aws": aws(constant("eu-west-1")), "m:aws": aws(constant("us-east-2"))}, "us-east-2", id="one of its own"
        ),
        pytest.param(
            {
                "aws": {**aws(constant("eu-west-1")), "full_name": "registry.terraform.io/hashicorp/aws"},
                "m:aws": {"name": "aws", "full_name": "example.com/other/aws"},
            },
            None,
            id="another provider of that name",
        ),
        pytest.param(
            {"aws": aws(constant("eu-west-1")), "aws.us": {**aws(constant("us-east-2")), "alias": "us"}},
            None,
            id="any of two may be passed",
        ),
    ],
)  # fmt: skip
def test_region_in_a_module_of_older_versions(providers: Any, region: Optional[str]) -> None:
    found = only(sides(change("module.m.aws_instance.a", NEW), providers=providers, root=MODULE))
    assert isinstance(found.region, Unknown) if region is None else found.region == region


def test_region_by_the_name_that_a_resource_has() -> None:
    named = {**OLD, "arn": "arn:aws:ec2:eu-central-1:1:instance/i-1"}
    found = sides(change("aws_instance.a", named, before=named, actions=["no-op"]), providers={})
    assert only(found).region == "eu-central-1"


ROOT = {
    "main.tf": 'variable "r" {\n  default = "eu-west-1"\n}\nprovider "aws" {\n  region = "${var.r}"\n'
    '  default_tags {\n    tags = { team = var.r }\n  }\n}\nresource "aws_instance" "a" {\n  ami = "a"\n}\n'
}


def test_settings_that_only_the_files_tell_have_the_values_of_the_plan() -> None:
    expressions = aws(refers("var.r"), default_tags=[{"tags": refers("var.r")}])
    found = only(
        sides(
            change("aws_instance.a", NEW),
            files=ROOT,
            providers={"aws": expressions},
            variables={"r": {"value": "us-west-2"}},
            blocks=[block("aws_instance.a", {})],
        )
    )
    assert found.region == "us-west-2"
    assert found.labels == {"team": "us-west-2"}


# Tags

TEAM = {"team": "ml"}
DEFAULTS = {"aws": aws(constant("us-east-1"), default_tags=[{"tags": constant({"env": "prod"})}])}


@pytest.mark.parametrize(
    ("after", "unknown", "labels"),
    [
        pytest.param({"tags": TEAM, "tags_all": {**TEAM, "x": "y"}}, {}, {**TEAM, "x": "y"}, id="all of them"),
        pytest.param({"tags": TEAM}, {"tags_all": True}, {**TEAM, "env": "prod"}, id="merged here"),
        pytest.param({"tags": {"env": "dev"}}, {"tags_all": True}, {"env": "dev"}, id="its own count more"),
        pytest.param({}, {"tags_all": True}, {"env": "prod"}, id="only those of the provider"),
    ],
)
def test_tags_in_effect(after: Any, unknown: Any, labels: Any) -> None:
    blocks = [block("aws_instance.a", {"tags": refers("var.t")})]
    found = only(sides(change("aws_instance.a", after, unknown=unknown), providers=DEFAULTS, blocks=blocks))
    assert found.labels == labels
    assert not isinstance(found.labels, OpenMap)


def test_a_tag_that_is_not_known_yet() -> None:
    told = change("aws_instance.a", {"tags_all": TEAM}, unknown={"tags": {"id": True}, "tags_all": {"id": True}})
    labels = only(sides(told, blocks=[block("aws_instance.a", {"tags": refers("x.y.id")})])).labels
    assert isinstance(labels, Mapping)
    assert labels["team"] == "ml"
    assert isinstance(labels["id"], Unknown)


@pytest.mark.parametrize(
    ("providers", "unknown"),
    [
        pytest.param(
            {"aws": aws(default_tags=[{"tags": refers("local.t")}])}, {"tags_all": True}, id="of an expression"
        ),
        pytest.param({"aws": aws(default_tags=refers("local.t"))}, {"tags_all": True}, id="of another shape"),
        pytest.param({"aws": aws()}, {"tags_all": True}, id="of a dynamic block"),
        pytest.param(DEFAULTS, {"tags": True, "tags_all": True}, id="its own are not known"),
    ],
)
def test_tags_that_may_be_there(providers: Any, unknown: Any) -> None:
    blocks = [block("aws_instance.a", {"tags": refers("var.t")})]
    after = {} if "tags" in unknown else {"tags": TEAM}
    labels = only(sides(change("aws_instance.a", after, unknown=unknown), providers=providers, blocks=blocks)).labels
    assert isinstance(labels, OpenMap)
    assert labels == after.get("tags", {})


@pytest.mark.parametrize("own", [{"tags": TEAM}, {}], ids=["some of its own", "none of its own"])
def test_tags_of_planned_values_may_be_others(own: Mapping[str, Any]) -> None:
    about = {"address": "aws_instance.a", "mode": "managed", "type": "aws_instance", "name": "a", "values": own}
    values = {"root_module": {"resources": [about]}}
    blocks = [block("aws_instance.a", {"tags": refers("var.t")})]
    labels = only(sides(resource_changes=None, planned_values=values, providers=DEFAULTS, blocks=blocks)).labels
    assert isinstance(labels, OpenMap)
    assert labels == own.get("tags", {})


def test_tags_of_a_provider_that_are_not_all_known() -> None:
    merged = 'merge(var.t, { env = "prod" })'
    provider = f'provider "aws" {{\n  default_tags {{\n    tags = {merged}\n  }}\n}}\n'
    files = {"main.tf": f'variable "t" {{}}\n{provider}resource "aws_instance" "a" {{}}\n'}
    told = change("aws_instance.a", {"tags": TEAM}, unknown={"tags_all": True})
    providers = {"aws": aws(default_tags=[{"tags": refers("var.t")}])}
    labels = only(sides(told, files=files, providers=providers, blocks=[block("aws_instance.a", {})])).labels
    assert isinstance(labels, OpenMap)
    assert labels == {"team": "ml", "env": "prod"}


def test_no_tags_at_all() -> None:
    blocks = [block("aws_instance.a", {})]
    labels = only(sides(change("aws_instance.a", {}, unknown={"tags_all": True}), blocks=blocks)).labels
    assert labels == {}
    assert not isinstance(labels, OpenMap)


def test_labels_of_google() -> None:
    after = {"labels": {"team": "ml"}, "effective_labels": {"team": "ml", "goog-x": "true"}, "machine_type": "n1"}
    assert only(sides(change("google_compute_instance.a", after))).labels == {"team": "ml", "goog-x": "true"}


# What there is to say


@pytest.mark.parametrize(
    ("told", "level", "code", "message"),
    [
        pytest.param({"errored": True}, "error", "plan-errored", "could not finish", id="planning failed"),
        pytest.param({"complete": False}, "warning", "plan-incomplete", "-target", id="a part only"),
        pytest.param({"resource_drift": [{}, {}]}, "info", "plan-drift", "2 resources were changed", id="drift"),
    ],
)
def test_what_is_said_of_a_plan(told: Any, level: str, code: str, message: str) -> None:
    (one,) = sides(change("aws_instance.a", NEW), **told).head.diagnostics
    assert (one.level, one.code, str(one.place)) == (level, code, "plan.json")
    assert message in one.message


def test_what_is_forgotten_is_said() -> None:
    told = [change(f"aws_instance.{name}", before=OLD, actions=["forget"]) for name in "abc"]
    (one,) = sides(*told).head.diagnostics
    assert one.code == "plan-forgets"
    assert one.message.startswith("3 resources, for instance aws_instance.a, are forgotten")


def test_a_plan_of_other_files_is_said() -> None:
    told = [change("aws_instance.a", NEW), change("aws_instance.z", NEW), change("module.far.aws_instance.y", NEW)]
    (one,) = sides(*told, files=ROOT).head.diagnostics
    assert one.code == "plan-source"
    assert "aws_instance.z is not in the files of prod" in one.message


def test_more_than_are_judged() -> None:
    budget = Budget(resources=2, spare=1)
    told = [change(f"aws_instance.a{index}", NEW) for index in range(9)]
    found = sides(*told, budget=budget)
    assert [one.code for one in found.head.diagnostics] == ["limit-resources"]
    assert found.head.diagnostics[0].level == "error"
    assert (len(found.head.resources), budget.resources) == (2, 0)
    again = sides(*told, budget=budget)
    assert [one.code for one in again.head.diagnostics] == ["limit-resources"]
    assert len(again.head.resources) == 1, "of the reserve"


def test_the_files_beside_a_plan_take_of_the_steps_that_all_roots_have() -> None:
    counted = "locals {\n  all = [for i in range(900) : i + i]\n}\n"
    region = 'provider "aws" {\n  region = "eu-west-${length(local.all) / 900}"\n}\n'
    files = {"main.tf": f'{counted}{region}resource "aws_instance" "a" {{\n  ami = "a"\n}}\n'}
    budget = Budget(steps=20_000, reserve=0)
    assert only(sides(change("aws_instance.a", NEW), files=files, budget=budget)).region == "eu-west-1"
    assert 14_000 < budget.steps < 15_000
    budget = Budget(steps=1_000, reserve=0)
    region_of = only(sides(change("aws_instance.a", NEW), files=files, budget=budget)).region
    assert isinstance(region_of, Unknown)
    assert (region_of.reason, region_of.note) == (Reason.REFUSED, "evaluation stopped after 500 steps")
    assert budget.steps == 400


@pytest.mark.parametrize(
    "root",
    [
        {"resources": 1},
        {"resources": [1, None, {"address": 3}]},
        {"resources": [{"address": "aws_instance.a", "expressions": 1, "provider_config_key": []}]},
        {"resources": [{"address": "aws_instance.a", "expressions": {"ami": [[{"references": [1]}]]}}]},
        {"module_calls": []},
        {"variables": 3},
    ],
)
def test_a_configuration_of_any_shape_tells_less(root: Any) -> None:
    found = only(sides(change("aws_instance.a", NEW, unknown={"tags": [True]}), root=root, providers={"aws": 3}))
    assert found.groups["main"].machine_types == ("p4d.24xlarge",)  # type: ignore[index]
    assert found.native.trace("/ami")
    assert found.native.referents("/ami") == ()
