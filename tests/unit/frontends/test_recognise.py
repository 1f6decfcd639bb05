from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.frontends import documents
from guardrail.frontends.formats import of_kubernetes
from guardrail.frontends.recognise import KUBERNETES, NOTHING, Recognised, recognise

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
CRD = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n"


def recognised(text: str, path: str = "k8s/a.yaml") -> Recognised:
    return recognise(text.encode(), path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(POD, id="an object"),
        pytest.param("# licence\n---\n" + POD, id="after a comment and a marker"),
        pytest.param("a: 1\n---\n" + POD, id="in the second document"),
        pytest.param("---\n" + CRD + "---\n" + POD, id="beside a definition of a type"),
        pytest.param("apiVersion: v1\nkind: List\nitems:\n- " + POD.replace("\n", "\n  "), id="a list"),
        pytest.param('{"apiVersion": "v1", "kind": "Pod"}', id="flow style"),
        pytest.param('"apiVersion": v1\n"kind": Pod\n', id="quoted keys"),
        pytest.param("'kind': Pod\napiVersion: v1\n", id="keys quoted otherwise"),
        pytest.param('"\\x61piVersion": v1\n"\\x6bind": Pod\n', id="keys in disguise"),
        pytest.param("? apiVersion\n: v1\n? kind\n: Pod\n", id="explicit keys"),
        pytest.param("  apiVersion: v1\n  kind: Pod\n", id="indented as a whole"),
        pytest.param("x: &x {kind: Pod}\n<<: *x\napiVersion: v1\n", id="by a merge key"),
        pytest.param("apiVersion:\n  v1\nkind: >-\n  Pod\n", id="values on lines of their own"),
        pytest.param("apiVersion: &v v1\nkind: !!str Pod\n", id="with anchors and tags"),
        pytest.param("kind: CustomResourceDefinition\nkind: Pod\napiVersion: v1\n", id="a key twice"),
        pytest.param(CRD + '"kind": Pod\n', id="a key twice, once in quotes"),
        pytest.param("a: 1\u2028apiVersion: v1\u2028kind: Pod\n", id="lines that end in a separator"),
        pytest.param("a: 1\rapiVersion: v1\rkind: Pod\r", id="old line ends"),
        pytest.param(POD.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param("\ufeff" + POD, id="a byte-order mark"),
        pytest.param("kind: {{ .Kind }}\napiVersion: {{ .Version }}\n", id="what a template fills in"),
        pytest.param(POD + "spec: [\n", id="broken, and somebody has to say so"),
        pytest.param("%YAML 1.1\n---\n" + POD, id="after a directive"),
        pytest.param('--- {"kind": Pod, "apiVersion": v1}\n', id="on the line of the marker"),
        pytest.param("!!binary YXBpVmVyc2lvbg==: v1\n!!binary a2luZA==: Pod\n", id="keys in base64"),
        pytest.param("!<tag:yaml.org,2002:%62inary> YXBpVmVyc2lvbg==: v1\nkind: Pod\n", id="by another name of it"),
        pytest.param(
            "%TAG !e! tag:yaml.org,2002:bin\n---\n!e!ary YXBpVmVyc2lvbg==: v1\nkind: Pod\n", id="and by parts"
        ),
        pytest.param("!!merge <<: {apiVersion: v1, kind: Pod}\n", id="by a merge key with its tag"),
        pytest.param('"\\x61piVersion": v1\n"\\x6bind": Pod\n---\na: [\n', id="in disguise before what is broken"),
        pytest.param('"\\x61piVersion": v1\n"\\x6bind": Pod\nx: [\n', id="broken, and in disguise"),
        pytest.param('? "api\\\n  Version"\n: v1\n? "ki\\\n  nd"\n: Pod\n', id="keys over two lines"),
        pytest.param(
            "!!binary YXBpVmVyc2lvbg==: v1\n!!binary a2luZA==: Pod\nx: " + "[" * 200 + "]" * 200,
            id="in disguise, and deeper than is read",
        ),
    ],
)
def test_a_manifest_is_recognised_however_it_is_written(text: str) -> None:
    assert recognised(text) == KUBERNETES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_a_manifest_in_characters_of_several_bytes(encoding: str) -> None:
    assert recognise(POD.encode(encoding), "a.yaml") == KUBERNETES


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing at all"),
        pytest.param("# kind: Pod\n# apiVersion: v1\n", id="comments"),
        pytest.param("on: push\njobs: {a: {}}\n", id="a workflow"),
        pytest.param("spec:\n  apiVersion: v1\n  kind: Pod\n", id="an object below a key"),
        pytest.param("- apiVersion: v1\n  kind: Pod\n", id="a list of objects is none"),
        pytest.param("kind: Pod\n---\napiVersion: v1\n", id="halves in two documents"),
        pytest.param("text: |\n  apiVersion: v1\n  kind: Pod\n", id="an object in a text"),
        pytest.param("a: [\n", id="broken, and nothing known"),
        pytest.param("spec: {replicaCount: 1}\nmodel: a\n", id="a spec of something else"),
        pytest.param("machine_type: a\nreplica_count: 2\nmodel: b\n", id="a training config of somebody"),
        pytest.param("index: a\nname: b\nruntime_version: 3\n", id="a configuration of something else"),
        pytest.param("{{ x }}: [\n", id="a template of something else"),
        pytest.param('"key with spaces": 1\n', id="keys of any kind"),
    ],
)
def test_what_is_nothing(text: str) -> None:
    assert recognised(text) == Recognised("nothing", NOTHING)


@pytest.mark.parametrize(
    ("text", "format", "reason"),
    [
        pytest.param(CRD, "nothing", "only definitions", id="definitions of types"),
        pytest.param(f"{CRD}---\n{CRD}", "nothing", "only definitions", id="several of them"),
        pytest.param("apiVersion: v1\nkind: Config\ncontexts: []\n", "nothing", "kubeconfig", id="credentials"),
        pytest.param("apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n", "nothing", "local", id="a local cluster"),
        pytest.param("apiVersion: skaffold/v4beta6\nkind: Config\n", "nothing", "Skaffold", id="Skaffold"),
        pytest.param("apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n", "kubernetes", "", id="eksctl"),
        pytest.param(
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n", "unsupported", "Kustomize",
            id="Kustomize",
        ),
        pytest.param("StartAt: A\nStates: {}\n", "unsupported", "Step Functions", id="a state machine"),
        pytest.param("Version: '2020-12-01'\nSteps: []\n", "sagemaker", "", id="a SageMaker pipeline"),
        pytest.param("SchemaVersion: '1.0'\nSageMaker: {}\n", "sagemaker", "", id="defaults of the SDK"),
        pytest.param(
            "StartAt: A\nStates: {A: {Resource: 'arn:aws:states:::sagemaker:createModel'}}\n", "sagemaker", "",
            id="a state machine that sends requests to SageMaker",
        ),
        pytest.param("platforms: {}\n", "unsupported", "platform of a pipeline", id="a platform alone"),
        pytest.param(
            "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n", "azureml", "",
            id="Azure ML",
        ),
        pytest.param("type: amlcompute\nsize: x\n", "azureml", "", id="Azure ML without its schema"),
        pytest.param("type:\n  amlcompute\nsize: x\n", "azureml", "", id="its type on a line of its own"),
        pytest.param('type: "aml\\x63ompute"\nsize: x\n', "azureml", "", id="its type in disguise"),
        pytest.param("type: !!str amlcompute\nsize: x\n", "azureml", "", id="its type with a tag"),
        pytest.param(
            "type: amlcompute\nx: 'a\ntype: b'\nsize: x\n", "azureml", "", id="a text with a line like another type",
        ),
        pytest.param(
            "Parameters: {A: 'x\nOther: y'}\n", "cloudformation", "", id="parameters with a line like another key",
        ),
        pytest.param(
            "service: a\nprovider: {name: aws}\nresources: {Resources: {A: {Type: AWS::EC2::Instance}}}\n",
            "unsupported", "Serverless Framework", id="a template inside of something else",
        ),
        pytest.param(
            "resources:\n  A:\n    Type: AWS::EC2::Instance\n", "unsupported", "in another case",
            id="no template to AWS",
        ),
        pytest.param("$schema: https://azuremlschemas.azureedge.net/l/a.json\n\ta: [", "azureml", "", id="broken"),
        pytest.param("blueprint_name: a\ndeployment_groups: []\n", "unsupported", "Cluster Toolkit", id="a blueprint"),
    ],
)  # fmt: skip
def test_what_is_known_and_not_judged_is_told(text: str, format: str, reason: str) -> None:  # noqa: A002
    found = recognised(text)
    assert found.format == format
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        pytest.param("TrainingJobName: a\nResourceConfig: {}\n", ["sagemaker"], id="a SageMaker request"),
        pytest.param("AWSTemplateFormatVersion: 2010-09-09\n", ["cloudformation"], id="CloudFormation"),
        pytest.param(
            "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Name: !Ref X\n", ["cloudformation"],
            id="CloudFormation without its version",
        ),
        pytest.param(
            "Resources:\n  A: {Type: &t AWS::EC2::Instance}\n", ["cloudformation"], id="a type with an anchor",
        ),
        pytest.param(
            "Resources:\n  A:\n    ? Type\n    : AWS::EC2::Instance\n", ["cloudformation"], id="a type with a sign",
        ),
        pytest.param(
            'Resources: {A: {Type: "\\x41WS::EC2::Instance"}}\n', ["cloudformation"], id="a type in disguise",
        ),
        pytest.param("pipelineSpec: {}\n", ["pipeline"], id="a Vertex AI pipeline"),
        pytest.param(
            "format_version: a\nplanned_values: {}\nvalues: {}\nplatforms: {}\ndeploymentSpec: {}\nroot: {}\n",
            ["pipeline"], id="with keys of other things beside its own",
        ),
        pytest.param(
            'createPipelineJobRequest: {pipelineJob: {"\\U00000070ipelineSpec": {}}}\n', ["pipeline"],
            id="a schedule of a pipeline in disguise",
        ),
        pytest.param("deploymentSpec: {}\nroot: {}\n---\nplatforms: {}\n", ["pipeline"], id="a Kubeflow pipeline"),
        pytest.param('{"deployment_spec": {}, "root": {}}', ["pipeline"], id="a pipeline in snake case"),
        pytest.param(
            "cron: x\ncreatePipelineJobRequest:\n  pipelineJob:\n    pipelineSpec: {}\n", ["pipeline"],
            id="a schedule of a pipeline",
        ),
        pytest.param("workerPoolSpecs: []\n", ["vertex"], id="a file for gcloud"),
        pytest.param("jobSpec:\n  workerPoolSpecs: []\n", ["vertex"], id="a Vertex AI job"),
        pytest.param("spec:\n  worker_pool_specs: []\n", ["vertex"], id="a Vertex AI job as tools launch it"),
        pytest.param("trial_job_spec: {worker_pool_specs: []}\n", ["vertex"], id="a Vertex AI tuning job"),
        pytest.param("dedicatedResources: {machineSpec: {}}\n", ["vertex"], id="a Vertex AI deployment"),
        pytest.param("automaticResources: {minReplicaCount: 1}\n", ["vertex"], id="an automatic deployment"),
        pytest.param("resourcePoolSpecs: {machineSpec: {}}\n", ["vertex"], id="a persistent resource"),
        pytest.param("gceSetup: {machineType: a}\n", ["vertex"], id="a Workbench instance"),
        pytest.param("trainingInput: {scaleTier: BASIC}\n", ["vertex"], id="an AI Platform job"),
        pytest.param('"\\x77orkerPoolSpecs": []\nworkerPoolSpecs: []\n', ["vertex"], id="keys in disguise"),
        pytest.param(
            '{"deployed\\u004dodel": {"shared\\u0052esources": "a"}}', ["vertex"], id="all words in disguise",
        ),
        pytest.param("workerPoolSpecs: [machineSpec: {\n", ["vertex"], id="broken, and somebody has to say so"),
        pytest.param(
            f"{POD}---\nTrainingJobName: a\nResourceConfig: {{}}\n", ["kubernetes", "sagemaker"],
            id="a request behind a manifest",
        ),
    ],
)  # fmt: skip
def test_what_is_judged(text: str, formats: list[str]) -> None:
    assert list(recognised(text).formats) == formats


@pytest.mark.parametrize(
    ("value", "format", "reason"),
    [
        pytest.param({"apiVersion": "v1", "kind": "Pod"}, "kubernetes", "", id="a manifest"),
        pytest.param({"format_version": "1.2", "resource_changes": []}, "unsupported", "Terraform plan", id="a plan"),
        pytest.param({"format_version": "1.0", "values": {}}, "unsupported", "Terraform state", id="a shown state"),
        pytest.param(
            {"version": 4, "terraform_version": "1.9", "resources": []}, "unsupported", "Terraform state", id="a state"
        ),
        pytest.param({"Parameters": {"A": "1"}, "Tags": {}}, "cloudformation", "", id="parameters"),
        pytest.param({"Parameters": {}, "Other": {}}, "nothing", NOTHING, id="something with parameters"),
        pytest.param(
            {"EndpointConfigName": "a", "ProductionVariants": []}, "sagemaker", "", id="a SageMaker request"
        ),
        pytest.param({"InstanceType": "m5.large"}, "nothing", NOTHING, id="one member alone is no request"),
        pytest.param(
            {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"},
            "unsupported", "ARM template", id="an ARM template",
        ),
        pytest.param({"name": "x", "dependencies": {}}, "nothing", NOTHING, id="a package"),
        pytest.param([1, 2], "nothing", NOTHING, id="a list"),
        pytest.param("x", "nothing", NOTHING, id="a text"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("padding", [0, 1024 * 1024])
def test_json(value: object, format: str, reason: str, padding: int) -> None:  # noqa: A002
    found = recognise(json.dumps(value).encode() + b" " * padding, "a.json")
    assert found.format == format
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "format"),
    [
        pytest.param('{"apiVersion": "v1", "kind": "Pod",}', "kubernetes", id="a comma too many in a manifest"),
        pytest.param('{"apiVersion": "v1"}{"kind": "Pod"}', "kubernetes", id="several texts"),
        pytest.param('{"\\u0061piVersion": "v1", "\\u006bind": "Pod"}', "kubernetes", id="keys in disguise"),
        pytest.param("{// comment\n}", "nothing", id="JSON with comments"),
        pytest.param('// comment\n{"apiVersion": "v1", "kind": "Pod"}', "kubernetes", id="a manifest with comments"),
        pytest.param(
            '// a\n{"$schema": "x/deploymentTemplate.json#", "type": "Microsoft.MachineLearningServices/workspaces"}',
            "azureml",
            id="a template of Azure with comments",
        ),
        pytest.param('# a\n{"\\u0061piVersion": "v1", "\\u006bind": "Pod"}', "kubernetes", id="YAML by its comment"),
        pytest.param('{"\\u0061piVersion": "v1", "\\u006bind": "Pod",}', "kubernetes", id="YAML by its comma"),
        pytest.param('{"a": 1}\n{"\\u0061piVersion": "v1", "\\u006bind": "Pod"}', "kubernetes", id="the second text"),
        pytest.param('{"apiVersion": "v1", "kind": "Pod", "x": ' + "[" * 100_000, "kubernetes", id="nested deeply"),
        pytest.param("[" * 100_000, "nothing", id="nothing but brackets"),
        pytest.param("1" * 10_000, "nothing", id="a very long number"),
    ],
)
def test_json_that_is_not_quite_json(text: str, format: str) -> None:  # noqa: A002
    assert recognise(text.encode(), "a.json").format == format


@pytest.mark.parametrize(
    ("text", "file", "format"),
    [
        pytest.param('{"command": [' + ",".join("1" * 100) + "]}", "a.json", "unread", id="JSON that may be known"),
        pytest.param('{"apiVersion": 1, "kind": [' + ",".join("1" * 100) + "]}", "a.json", "kubernetes", id="objects"),
        pytest.param("? command\n: [" + "1, " * 100 + "]\n", "a.yaml", "unread", id="YAML that may be known"),
        pytest.param("? nothing\n: [" + "1, " * 100 + "]\n", "a.yaml", "nothing", id="YAML without any known word"),
    ],
)
def test_what_has_too_many_values_is_not_taken_for_nothing(text: str, file: str, format: str) -> None:  # noqa: A002
    found = recognise(text.encode(), file, most=50)
    assert found.format == format
    assert format != "unread" or found.reason


LINES = st.sampled_from(
    [
        "apiVersion: v1", "kind: Pod", "kind: List", "apiVersion:", "kind:", "  kind: Pod", "  apiVersion: v1", "---",
        "...", "--- # x", "a: 1", "a:", "- a", "- kind: Pod", "  - b", "# kind: Pod", "", "'kind': Pod",
        '"apiVersion": v1', "? kind", ": Pod", "<<: *x", "x: &x {kind: Pod}", "b: |", "c: >", 'd: "e', 'f"',
        "{apiVersion: v1, kind: Pod}", "kind: !!str Pod", "kind: &k Pod", "kind: *k",
        "--- {kind: Pod, apiVersion: v1}", "kind : Pod", "\tkind: Pod", "kind:Pod", "kind: 'Pod' # x",
        'kind: "P\\x6fd"', "%YAML 1.2", "!!binary YXBpVmVyc2lvbg==: v1", "!!merge <<: {kind: Pod}",
        "kind: {{ x }}", "  apiVersion: v1\n  kind: Pod",
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_manifest_is_passed_over(lines: list[str], end: str) -> None:
    """Whatever the parser takes for an object is recognised; the glance may only say too much."""
    data = end.join(lines).encode()
    read = documents.read(data, "a.yaml")
    objects = [
        one.value
        for one in read.documents
        if isinstance(one.value, dict) and of_kubernetes({k: str(v) for k, v in one.value.items() if v is not None})
    ]
    if objects and all(isinstance(one["kind"], str) and isinstance(one["apiVersion"], str) for one in objects):
        assert recognise(data, "a.yaml") == KUBERNETES


@given(st.binary(max_size=200), st.sampled_from(["a.yaml", "a.json"]))
def test_nothing_is_raised(data: bytes, path: str) -> None:
    recognise(data, path)
