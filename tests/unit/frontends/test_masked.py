"""What of an object is not shown: environment, secrets by the names of their keys, secrets in texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from guardrail.frontends.masked import masked
from guardrail.frontends.secrecy import MASK, redacted
from guardrail.model.value import OpenMap, Reason, Unknown, Value

SECRET = "correct-horse"  # noqa: S105 - what must not be seen

CLOUDS: dict[str, Value] = {
    "CloudFormation, code of a function": {"Code": {"ZipFile": f"key = '{SECRET}'"}},
    "CloudFormation, code in a template of SAM": {"InlineCode": SECRET},
    "CloudFormation, a password under another name": {"BrokerPassword": SECRET, "Users": ({"Password": SECRET},)},
    "CloudFormation, a database": {"MasterUserPassword": SECRET, "MasterUsername": "admin"},
    "CloudFormation, a token": {"AuthToken": SECRET, "AuthenticationDetails": {"OAuthToken": SECRET}},
    "CloudFormation, variables of a service": {"RuntimeEnvironmentVariables": ({"Name": "A", "Value": SECRET},)},
    "CloudFormation, variables of a function": {"Environment": {"Variables": {"A": SECRET}}},
    "CloudFormation, options of an environment": {
        "OptionSettings": ({"Namespace": "a", "OptionName": "b", "Value": SECRET},)
    },
    "CloudFormation, data for a machine": {"UserData": SECRET},
    "CloudFormation, a script of a notebook": {"OnStart": ({"Content": SECRET},)},
    "ARM, a password": {"osProfile": {"adminPassword": SECRET, "customData": SECRET}},
    "ARM, settings of an application": {"siteConfig": {"appSettings": ({"name": "A", "value": SECRET},)}},
    "ARM, connection strings": {"connectionStrings": ({"name": "A", "connectionString": SECRET},)},
    "ARM, an extension": {"protectedSettings": {"commandToExecute": SECRET, "storageAccountKey": SECRET}},
    "ARM, what a storage account is opened by": {"value": f"DefaultEndpointsProtocol=https;AccountKey={SECRET};A=b"},
    "SageMaker, variables": {"Environment": {"HF_TOKEN": SECRET}},
    "SageMaker, a parameter of training": {"HyperParameters": {"hf_token": SECRET, "epochs": "3"}},
    "SageMaker, arguments": {"ContainerArguments": ("--wandb-api-key", SECRET, "--gpus", "8")},
    "SageMaker, an argument by itself": {"ContainerEntrypoint": (f"--password={SECRET}",)},
    "Vertex, variables": {"env": ({"name": "A", "value": SECRET},)},
    "Vertex, parameters of a pipeline": {"runtimeConfig": {"parameterValues": {"db_password": SECRET}}},
    "Vertex, metadata of a machine": {"metadata": {"startup-script": SECRET, "user-data": SECRET, "ssh-keys": SECRET}},
    "Azure ML, variables": {"environment_variables": {"A": SECRET}},
    "Azure ML, credentials": {
        "credentials": {"sas_token": SECRET, "account_key": SECRET, "client_secret": SECRET, "pat": SECRET}
    },
    "Azure ML, a command": {"command": f"python train.py --api-key {SECRET} --gpus 8"},
    "Azure ML, inputs": {"inputs": {"openai_api_key": SECRET}},
    "Kubernetes, variables": {"env": ({"name": "A", "value": SECRET},)},
    "Kubernetes, variables under names of charts": {"extraEnvVars": {"A": SECRET}, "workerEnv": {"A": SECRET}},
    "Kubernetes, variables of Ray": {"runtime_env": {"env_vars": {"A": SECRET}}, "runtimeEnvYAML": SECRET},
    "Kubernetes, a secret inside": {"kind": "Secret", "stringData": {"a": SECRET}},
    "Kubernetes, parameters of a workflow": {"parameters": ({"name": "hf-token", "value": SECRET},)},
    "Kubernetes, a configuration": {"data": {"DB_PASSWORD": SECRET, "a.properties": f"db.password={SECRET}\na=b"}},
    "Kubernetes, a script": {"args": (f"export API_KEY='{SECRET}' && run",)},
    "Kubernetes, a document in an argument": {"args": (f'{{"env": {{"A": "{SECRET}"}}}}',)},
    "an address": {"url": f"postgres://admin:{SECRET}@db/x"},
    "a signed address": {"url": f"https://x.blob.core.windows.net/y?sv=1&sig={SECRET}&se=2"},
    "a header": {"headers": {"X": f"Bearer {SECRET}-and-some-more"}},
    "a private key": {"a": f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----"},
    "a list of secrets": {"api_keys": (SECRET,)},
    "what is not known of a secret": {
        "password": Unknown(Reason.TEMPLATE, prefix=SECRET, written=SECRET),
        "url": Unknown(Reason.TEMPLATE, prefix=f"a://b:{SECRET}@c", written=f"token={SECRET}"),
    },
}


@pytest.mark.parametrize("value", CLOUDS.values(), ids=CLOUDS)
def test_it_is_not_shown(value: Value) -> None:
    shown = masked(value)
    assert SECRET in repr(value)
    assert SECRET not in repr(shown)
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"max_tokens": 8, "token": 8, "secret": None, "password": True}, id="what is no text"),
        pytest.param({"secretName": "a", "tokenPath": "b", "KeyName": "c"}, id="names of secrets"),
        pytest.param({"SecretArn": "arn:aws:secretsmanager:us-east-1:1:secret:name"}, id="addresses of secrets"),
        pytest.param({"computeEnvironment": "a", "compute_environment": "b"}, id="environments of another kind"),
        pytest.param({"tags": {"token": "a", "env": "prod"}, "labels": {"secret": "b"}}, id="labels"),
        pytest.param({"image": "registry.io/secret:1.2", "url": "https://a.b/c"}, id="images and plain addresses"),
        pytest.param({"tolerations": ({"key": "nvidia.com/gpu", "value": "present"},)}, id="pairs of other things"),
        pytest.param({"args": ("--tokens", "8", "--tensor-parallel-size=8")}, id="other arguments"),
        pytest.param({"args": ("--token", "--tensor-parallel-size=8")}, id="a flag after a flag"),
        pytest.param({"InstanceType": "ml.p4d.24xlarge", "command": "train --gpus 8"}, id="what asks for machines"),
        pytest.param(OpenMap({"a": "b"}, Unknown(Reason.TEMPLATE)), id="an open mapping"),
    ],
)
def test_all_else_is(value: Value) -> None:
    assert masked(value) is value


@pytest.mark.parametrize(
    "inside",
    [
        {"token": SECRET, "gpus": 8},
        {"token": 'a"b\\', "gpus": 8},
        {"token": None, "password": 5, "secret": ["a"], "credentials": {"a": 1}, "gpus": 8},
        {"a": "--token abc", "b": "token=abc", "c": "password: abc", "d": "token: 'abc", "gpus": 8},
        {"a": "-----BEGIN PRIVATE KEY-----\nabc", "b": "x://y:z@", "c": "?sig=a\\", "gpus": 8},
        {"a": 'token="abc"', "b": "bearer aaaaaaaaaaaaaaaaaaaaaaaaaa\\", "gpus": 8},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_json_in_a_text_can_be_read_after_it(inside: dict[str, Any], indent: int) -> None:
    """Definitions of pipelines are such texts: a job in one must not vanish by a secret beside it."""
    assert json.loads(redacted(json.dumps(inside, indent=indent)))["gpus"] == inside["gpus"]
    assert json.loads(redacted(json.dumps(inside, indent=indent, separators=(",", ":"))))["gpus"] == inside["gpus"]


def test_names_and_where_variables_are_from_stay() -> None:
    variables = ({"name": "A", "value": "b"}, {"name": "C", "valueFrom": {"secretKeyRef": {"name": "d", "key": "e"}}})
    assert masked({"env": variables}) == {"env": ({"name": "A", "value": MASK}, variables[1])}
