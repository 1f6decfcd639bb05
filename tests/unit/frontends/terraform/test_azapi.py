"""`azapi_resource` is what it sends: facts, places and lines are those of its body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guardrail.model.value import OpenMap, Reason, Unknown

COMPUTE = "Microsoft.MachineLearningServices/workspaces/computes"
VARIABLES = '\nvariable "n" {}\nvariable "size" { type = string }\n'


def _resource(body: str, native: str = f"{COMPUTE}@2024-04-01") -> str:
    return f'resource "azapi_resource" "c" {{\n  type = "{native}"\n  name = "c"\n  body = {body}\n}}\n{VARIABLES}'


def _compute(properties: str) -> str:
    return f'{{\n    properties = {{\n      computeType = "AmlCompute"\n      properties = {properties}\n    }}\n  }}'


SCALE = "{\n        vmSize = %s\n        scaleSettings = { minNodeCount = 0, maxNodeCount = %s }\n      }"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param(_compute(SCALE % ('"Standard_NC24ads_A100_v4"', 6)), 9, id="an object"),
        pytest.param(f"jsonencode({_compute(SCALE % ('var.size', 6))})", 4, id="a text with a gap"),
    ],
)
def test_facts_and_places(read_root: Callable[..., Any], body: str, line: int) -> None:
    one = read_root({"main.tf": _resource(body)}).resources["azapi_resource.c"]
    assert one.type == f"{COMPUTE}:AmlCompute"
    assert one.groups["main"].replicas.max == 6
    (origin,) = one.origins["/groups/main/replicas/max"]
    assert one.native.place(origin.path).line == line
    assert one.native.place("").line == 1


def test_what_is_not_known_is_so_in_its_place(read_root: Callable[..., Any]) -> None:
    body = f"jsonencode({_compute(SCALE % ('var.size', 'var.n'))})"
    group = read_root({"main.tf": _resource(body)}).resources["azapi_resource.c"].groups["main"]
    assert isinstance(group.replicas.max, Unknown)
    assert isinstance(group.machine_types, Unknown)
    assert group.replicas.min == 0


@pytest.mark.parametrize(
    ("main", "type_"),
    [
        pytest.param(_resource("var.n"), "azapi_resource", id="a body that nobody knows, of a form that it tells"),
        pytest.param(_resource("{}", "Microsoft.Nobody/knows@1"), "azapi_resource", id="a type that nobody declared"),
        pytest.param(_resource("{}").replace(f'"{COMPUTE}@2024-04-01"', "var.size"), "azapi_resource", id="no type"),
        pytest.param(
            _resource("var.n", "microsoft.machinelearningservices/WORKSPACES@1"),
            "Microsoft.MachineLearningServices/workspaces",
            id="the case of a type does not count",
        ),
    ],
)
def test_types(read_root: Callable[..., Any], main: str, type_: str) -> None:
    one = read_root({"main.tf": main}).resources["azapi_resource.c"]
    assert one.type == type_
    assert one.understood is (type_ != "azapi_resource")


def test_a_body_that_nobody_knows_may_say_anything(read_root: Callable[..., Any]) -> None:
    main = _resource("var.n", "Microsoft.MachineLearningServices/workspaces@1")
    one = read_root({"main.tf": main}).resources["azapi_resource.c"]
    assert isinstance(one.attributes, OpenMap)
    assert one.attributes.rest.reason is Reason.VARIABLE
    assert one.name == "c"


def test_text_that_is_no_json_says_nothing(read_root: Callable[..., Any]) -> None:
    one = read_root({"main.tf": _resource('"{"')}).resources["azapi_resource.c"]
    assert one.type == "azapi_resource"
