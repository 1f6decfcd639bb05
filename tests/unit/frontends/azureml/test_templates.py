"""Templates of Azure's resource manager: their resources, parameters, copies and what is inside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from guardrail.frontends.azureml.read import read
from guardrail.frontends.budget import Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.model.resource import Multiplicity
from guardrail.model.value import Reason, Unknown
from guardrail.sources.listed import MemoryTree

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
COMPUTES = "Microsoft.MachineLearningServices/workspaces/computes"


def cluster(size: Any, **more: Any) -> dict[str, Any]:
    properties = {"computeType": "AmlCompute", "properties": {"vmSize": size, "scaleSettings": {"maxNodeCount": 2}}}
    return {"type": COMPUTES, "apiVersion": "2024-04-01", "name": "w/gpu", "properties": properties, **more}


def parsed(*resources: Any, beside: Mapping[str, Any] = {}, **template: Any) -> Parsed:
    document = {"$schema": SCHEMA, "contentVersion": "1.0.0.0", **template, "resources": list(resources)}
    files = {"main.json": document, **beside}
    tree = MemoryTree({name: json.dumps(one).encode() for name, one in files.items()})
    return read(tree, Unit(name="main.json", format="azureml", directory=".", files=("main.json",)), Budget())


def given(**values: Any) -> dict[str, Any]:
    schema = SCHEMA.replace("deploymentTemplate", "deploymentParameters")
    return {"$schema": schema, "parameters": {name: {"value": value} for name, value in values.items()}}


def machines(found: Parsed) -> Any:
    (resource,) = found.resources
    assert not isinstance(resource.groups, Unknown)
    types = resource.groups["main"].machine_types
    return (types.reason, types.one_of) if isinstance(types, Unknown) else types


SIZE = {"size": {"type": "string", "defaultValue": "Standard_NC6s_v3"}}


@pytest.mark.parametrize(
    ("size", "template", "told"),
    [
        pytest.param("[parameters('size')]", {"parameters": SIZE}, ("Standard_NC6s_v3",), id="the default"),
        pytest.param("[Parameters('SIZE')]", {"parameters": SIZE}, ("Standard_NC6s_v3",), id="in any case"),
        pytest.param(
            "[variables('s')]",
            {"variables": {"s": "[concat('Standard_', variables('n'))]", "n": "NC6s_v3"}},
            ("Standard_NC6s_v3",),
            id="a variable of a variable",
        ),
        pytest.param(
            "[variables('sizes')[parameters('env')].gpu]",
            {
                "variables": {"sizes": {"prod": {"gpu": "Standard_NC24s_v3"}}},
                "parameters": {"env": {"type": "string", "defaultValue": "prod"}},
            },
            ("Standard_NC24s_v3",),
            id="a member of a variable",
        ),
        pytest.param("[format('Standard_{0}_{1}', 'NC6s', 'v3')]", {}, ("Standard_NC6s_v3",), id="a format"),
        pytest.param(
            "[if(equals(parameters('size'), 'x'), 'a', 'Standard_NC6s_v3')]",
            {"parameters": SIZE},
            ("Standard_NC6s_v3",),
            id="a condition that is known",
        ),
        pytest.param(
            "[if(parameters('big'), 'Standard_NC24s_v3', 'Standard_NC6s_v3')]",
            {"parameters": {"big": {"type": "bool"}}},
            (Reason.VARIABLE, (("Standard_NC24s_v3",), ("Standard_NC6s_v3",))),
            id="one of two",
        ),
        pytest.param(
            "[parameters('size')]",
            {"parameters": {"size": {"type": "string", "allowedValues": ["Standard_NC6s_v3", "Standard_NC24s_v3"]}}},
            (Reason.VARIABLE, (("Standard_NC6s_v3",), ("Standard_NC24s_v3",))),
            id="one of those allowed",
        ),
        pytest.param("[parameters('nope')]", {}, (Reason.VARIABLE, None), id="a parameter that is not declared"),
        pytest.param("[reference('x').size]", {}, (Reason.COMPUTED, None), id="what another resource says"),
        pytest.param("[resourceGroup().tags.size]", {}, (Reason.ENVIRONMENT, None), id="where it is deployed"),
        pytest.param("[dateTimeAdd('x', 'y')]", {}, (Reason.REFUSED, None), id="a function that is not worked out"),
        pytest.param("[concat('a'", {}, ("[concat('a'",), id="no expression without its end"),
        pytest.param("[concat('a']", {}, (Reason.REFUSED, None), id="an expression that breaks off"),
        pytest.param("[variables('a')]", {"variables": {"a": "[variables('a')]"}}, (Reason.ERROR, None), id="a circle"),
        pytest.param("[" + "concat(" * 60 + "'a'" + ")" * 60 + "]", {}, (Reason.REFUSED, None), id="too deep"),
    ],
)
def test_sizes(size: str, template: dict[str, Any], told: Any) -> None:
    assert machines(parsed(cluster(size), **template)) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param(
            "main.parameters.json", (Reason.VARIABLE, (("Standard_NC6s_v3",), ("Standard_ND96isr_H100_v5",))), id="used"
        ),
        pytest.param("other.json", ("Standard_NC6s_v3",), id="not if it is no such file"),
    ],
)
def test_a_file_of_parameters_beside_is_another_candidate(name: str, told: Any) -> None:
    beside = {name: given(size="Standard_ND96isr_H100_v5")}
    assert machines(parsed(cluster("[parameters('size')]"), parameters=SIZE, beside=beside)) == told


@pytest.mark.parametrize(
    ("more", "copies"),
    [
        pytest.param({"copy": {"name": "c", "count": 3}}, Multiplicity(3, 3), id="copies"),
        pytest.param({"condition": True}, Multiplicity(1, 1), id="a condition that holds"),
    ],
)
def test_copies(more: dict[str, Any], copies: Multiplicity) -> None:
    (resource,) = parsed(cluster("Standard_NC6s_v3", **more)).resources
    assert resource.multiplicity == copies


def test_what_may_not_be_there_says_why() -> None:
    template = {"parameters": {"on": {"type": "bool"}}}
    (resource,) = parsed(cluster("Standard_NC6s_v3", condition="[parameters('on')]"), **template).resources
    assert (resource.multiplicity.min, resource.multiplicity.max) == (0, 1)
    assert resource.multiplicity.why is not None
    assert resource.multiplicity.why.reason is Reason.VARIABLE


def test_what_is_not_there_is_left_out() -> None:
    assert parsed(cluster("x", condition=False), cluster("y", existing=True)).resources == ()


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        pytest.param("inner", ("Standard_NC24s_v3",), id="with parameters of its own, as Bicep has it"),
        pytest.param("outer", ("Standard_NC6s_v3",), id="with those around it"),
    ],
)
def test_a_template_inside_a_deployment(scope: str, told: Any) -> None:
    inside = {"$schema": SCHEMA, "parameters": SIZE, "resources": {"gpu": cluster("[parameters('size')]")}}
    deployment = {
        "type": "Microsoft.Resources/deployments",
        "name": "module",
        "properties": {
            "expressionEvaluationOptions": {"scope": scope},
            "parameters": {"size": {"value": "Standard_NC24s_v3"}},
            "template": inside,
        },
    }
    found = parsed(deployment, parameters=SIZE)
    assert machines(found) == told
    assert found.resources[0].native.place("/properties/properties/vmSize").line == 1


def test_a_template_that_is_elsewhere_is_not_understood() -> None:
    linked = {
        "type": "Microsoft.Resources/deployments",
        "name": "x",
        "properties": {"templateLink": {"uri": "https://x"}},
    }
    (resource,) = parsed(linked).resources
    assert not resource.understood


def test_settings_of_the_monitor_bound_a_deployment() -> None:
    deployments = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
    blue = {
        "type": deployments,
        "name": "w/chat/blue",
        "sku": {"name": "Default", "capacity": 2},
        "properties": {"endpointComputeType": "Managed", "instanceType": "Standard_NC6s_v3"},
    }
    capacity = {"minimum": "1", "maximum": "[variables('most')]", "default": "2"}
    scaling = {
        "type": "Microsoft.Insights/autoscalesettings",
        "name": "scale",
        "properties": {
            "targetResourceUri": f"[resourceId('{deployments}', 'w', 'chat', 'blue')]",
            "profiles": [{"name": "usual", "capacity": capacity}],
        },
    }
    found = build([parsed(blue, scaling, variables={"most": "10"})])
    group = found.resources[f"main.json//{deployments}:Managed/w/chat/blue"].groups["main"]  # type: ignore[index]
    assert (group.replicas.min, group.replicas.desired, group.replicas.max) == (1, 2, 10)
    (edge,) = found.edges["main.json//Microsoft.Insights/autoscaleSettings/scale"]
    assert edge.kind == "scales"


def test_secret_parameters_are_not_kept() -> None:
    secret = {"key": {"type": "secureString", "defaultValue": "hunter2"}}
    (resource,) = parsed(cluster("Standard_NC6s_v3", tags={"x": "[parameters('key')]"}), parameters=secret).resources
    assert "hunter2" not in repr(resource.attributes)


def test_others_are_there_and_not_understood() -> None:
    (resource,) = parsed({"type": "Microsoft.Storage/storageAccounts", "name": "a", "tags": {"team": "x"}}).resources
    assert (resource.type, resource.understood, resource.labels) == (
        "Microsoft.Storage/storageAccounts",
        False,
        {"team": "x"},
    )


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"vmSize": "VMSIZE", "maxNodeCount": "maxnodecount"}, id="what asks for machines"),
        pytest.param({"properties": "Properties", "computeType": "COMPUTETYPE"}, id="what is around it"),
        pytest.param({"type": "Type", "name": "NAME"}, id="what it is"),
        pytest.param({"resources": "Resources", "scaleSettings": "ScaleSettings"}, id="where it is"),
    ],
)
def test_members_mean_the_same_in_any_case(written: dict[str, str]) -> None:
    document = json.dumps({"$schema": SCHEMA, "resources": [cluster("Standard_ND96asr_v4")]})
    for name, other in written.items():
        document = document.replace(f'"{name}"', f'"{other}"')
    unit = Unit(name="main.json", format="azureml", directory=".", files=("main.json",))
    found = read(MemoryTree({"main.json": document.encode()}), unit, Budget())
    assert machines(found) == ("Standard_ND96asr_v4",)
    assert found.resources[0].name == "gpu"


def test_a_member_in_two_cases_is_not_known() -> None:
    twice = cluster("Standard_ND96asr_v4")
    twice["properties"]["properties"]["VMSize"] = "Standard_DS3_v2"
    assert machines(parsed(twice)) == (Reason.ERROR, None)


def test_names_of_tags_stay_as_they_are() -> None:
    (resource,) = parsed(cluster("Standard_DS3_v2", tags={"Name": "a", "TYPE": "b"})).resources
    assert resource.labels == {"Name": "a", "TYPE": "b"}
