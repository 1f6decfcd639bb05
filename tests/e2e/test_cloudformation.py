"""Templates of CloudFormation through the front door: what a change to one, or to its parameters, comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .repositories import Repository

TEMPLATE = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Machine: {Type: String}
  Count: {Type: Number, Default: 1}
Resources:
  Configuration:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - {VariantName: all, ModelName: chat, InstanceType: !Ref Machine, InitialInstanceCount: !Ref Count}
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties: {EndpointConfigName: !GetAtt Configuration.EndpointConfigName}
"""
CONFIGURATION = "version: 1\nunits: [{path: '**', region: us-east-1}]\n"


def parameters(machine: str, count: str) -> str:
    return '{"Parameters": {"Machine": "%s", "Count": "%s"}, "Tags": {}}\n' % (machine, count)  # noqa: UP031


FILES = {
    "guardrail.yaml": CONFIGURATION,
    "deploy/template.yaml": TEMPLATE,
    "deploy/prod.json": parameters("ml.m5.large", "2"),
    "deploy/staging.json": parameters("ml.m5.large", "1"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.commit(FILES)
    return made


def groups(document: Any) -> dict[str, Any]:
    found = {}
    for address, resource in document["resources"].items():
        for group in resource.get("groups", {}).values():
            found[address] = (group.get("machine_types"), group["replicas"].get("max"))
    return found


def test_a_template_is_deployed_with_each_file_of_parameters(repository: Repository) -> None:
    found = groups(repository.document())
    assert found == {
        "deploy/prod.json//Configuration": (["ml.m5.large"], 2),
        "deploy/prod.json//Endpoint": (["ml.m5.large"], 2),
        "deploy/staging.json//Configuration": (["ml.m5.large"], 1),
        "deploy/staging.json//Endpoint": (["ml.m5.large"], 1),
    }


def test_a_template_alone_has_its_defaults(repository: Repository) -> None:
    repository.remove("deploy/prod.json", "deploy/staging.json")
    assert groups(repository.document()) == {
        "deploy/template.yaml//Configuration": (None, 1),
        "deploy/template.yaml//Endpoint": (None, 1),
    }


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        pytest.param({"deploy/prod.json": parameters("ml.p4d.24xlarge", "2")}, True, id="parameters"),
        pytest.param({"deploy/template.yaml": TEMPLATE.replace("!Ref Machine", "ml.p4d.24xlarge")}, True, id="types"),
        pytest.param(
            {"deploy/template.yaml": TEMPLATE.replace("!Ref Machine", "!If [A, ml.p4d.24xlarge, ml.m5.large]").replace(
                "Resources:", "Conditions: {A: !Equals [!Ref 'AWS::Region', us-east-1]}\nResources:"
            )}, True, id="behind a condition",
        ),
        pytest.param(
            {"deploy/template.yaml": TEMPLATE.replace("!Ref Machine", '!Join [".", [ml, p4d, 24xlarge]]')}, True,
            id="in parts",
        ),
        pytest.param(
            {"deploy/listed.json": '[{"ParameterKey": "Machine", "ParameterValue": "ml.p4d.24xlarge"}]'}, True,
            id="parameters as the command line takes them",
        ),
        pytest.param({"deploy/more.json": parameters("ml.p4d.24xlarge", "2")}, True, id="one more deployment"),
        pytest.param({"deploy/prod.json": parameters("ml.m5.large", "1")}, False, id="one machine less"),
        pytest.param({"deploy/template.yaml": TEMPLATE.replace("Resources:", "Resources: [")}, True, id="broken"),
    ],
)  # fmt: skip
def test_what_a_change_comes_to(repository: Repository, change: dict[str, str], blocks: bool) -> None:
    repository.propose(change)
    assert (repository.judge().code == 1) is blocks


def test_parameters_beside_a_template_that_needs_none_hide_nothing(repository: Repository) -> None:
    whole = TEMPLATE.replace("{Type: String}", "{Type: String, Default: ml.p4d.24xlarge}")
    repository.propose({"deploy/template.yaml": whole})
    assert repository.judge().code == 1
    assert "deploy/template.yaml//Endpoint" in groups(repository.document())


def test_a_value_is_explained_down_to_the_parameter(repository: Repository) -> None:
    told = repository.run("explain", "deploy/prod.json//Configuration", "/groups/all/machine_types").out
    assert "deploy/prod.json:1" in told
    assert "deploy/template.yaml:10" in told


def test_another_tool_s_yaml_beside_is_nobody_s_parameters(repository: Repository) -> None:
    repository.write({"deploy/other.json": '{"Parameters": {"x": 1}}\n'})
    report = repository.check().report
    assert any(one["code"] == "template-parameters" for one in report["diagnostics"])
    assert not any(one["resource"] and one["resource"].startswith("deploy/other.json") for one in report["findings"])


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            {"deploy/prod.json": '{"Parameters": {"Machine": "ml.p4d.24xlarge", "Other": "1"}}\n'},
            id="with one that the template does not have: the command line passes over it",
        ),
        pytest.param(
            {"parameters/prod.json": '{"Parameters": {"Machine": "ml.p4d.24xlarge"}}\n'}, id="in another folder"
        ),
        pytest.param(
            {"parameters/p.json": '[{"ParameterKey": "Machines", "ParameterValue": "t3.micro,p5.48xlarge"}]\n'},
            id="as a list in a text, in another folder",
        ),
    ],
)
def test_parameters_that_ask_for_accelerators_are_not_passed_over(
    repository: Repository, changed: dict[str, str]
) -> None:
    repository.propose(changed)
    assert repository.judge().code == 1


def test_templates_with_the_same_parameters_are_told_apart(repository: Repository) -> None:
    repository.write({"deploy/second.yaml": TEMPLATE})
    found = groups(repository.document())
    assert found["deploy/prod.json//Endpoint@deploy/second.yaml#1"] == (["ml.m5.large"], 2)
    assert found["deploy/prod.json//Endpoint@deploy/template.yaml#1"] == (["ml.m5.large"], 2)
    assert not any(one["code"] == "duplicate-address" for one in repository.document()["diagnostics"])


def test_parameters_in_a_crowded_folder_are_not_passed_over(repository: Repository) -> None:
    repository.commit({f"deploy/{number}.json": parameters("ml.m5.large", "1") for number in range(45)})
    repository.propose({"deploy/prod.json": parameters("ml.p4d.24xlarge", "8")})
    assert repository.judge().code == 1


@pytest.mark.parametrize(
    "written",
    [
        pytest.param('Fn::Transform: {Name: "AWS::Include", Parameters: {Location: "s3://x/y"}}\n', id="a template"),
        pytest.param(
            'Resources: {A: {Type: "AWS::SNS::Topic", Fn::Transform: {Name: "AWS::Include"}}}\n', id="a resource"
        ),
    ],
)
def test_what_is_included_from_elsewhere_is_not_passed_over(repository: Repository, written: str) -> None:
    repository.propose({"other/template.yaml": f'AWSTemplateFormatVersion: "2010-09-09"\n{written}'})
    assert repository.judge().code == 1


UNKNOWN = """AWSTemplateFormatVersion: "2010-09-09"
Parameters: {Account: {Type: String}}
Conditions: {A: !Equals [!Ref Account, a], B: !Equals [!Ref Account, b]}
Resources:
  Machine: {Type: "AWS::EC2::Instance", Condition: A, Properties: {InstanceType: !GetAtt Other.InstanceType}}
  Other: {Type: "AWS::EC2::Instance", Properties: {InstanceType: !ImportValue Small}}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("ImportValue Small", "ImportValue Large", id="an attribute of another one"),
        pytest.param("Condition: A", "Condition: B", id="its condition"),
    ],
)
def test_what_is_unknown_for_something_else_is_changed(repository: Repository, old: str, new: str) -> None:
    repository.commit({"other/template.yaml": UNKNOWN})
    repository.propose({"other/template.yaml": UNKNOWN.replace(old, new)})
    changed = repository.document("--base", "main", "--head", "change")["change"]["changed"]
    assert "other/template.yaml//Machine" in changed


def test_variables_and_passwords_are_not_shown(repository: Repository) -> None:
    repository.write({
        "other/template.yaml": """AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Other: {Type: "AWS::Foo::Bar", Properties: {Password: hush1, Environment: {Variables: {A: hush2}}}}
  Base: {Type: "AWS::RDS::DBInstance", Properties: {DBInstanceClass: db.m5.large, MasterUserPassword: hush3}}
  Machine: {Type: "AWS::EC2::Instance", Properties: {InstanceType: p4d.24xlarge, UserData: hush4}}
"""
    })  # fmt: skip
    assert "hush" not in repository.run("graph").out
