"""GPUs of Azure ML that somebody wants merged unseen: by a file beside, a parameter, a step, a component."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  gpu-family-allowlist: {params: {allow: [t4]}}
"""
SCHEMA = "$schema: https://azuremlschemas.azureedge.net/latest"
STEP = "command: python train.py\nenvironment: azureml:torch@latest\n"
COMPONENT = f"{SCHEMA}/commandComponent.schema.json\ntype: command\nname: train\nversion: 1\n{STEP}"
PIPELINE = (
    f"{SCHEMA}/pipelineJob.schema.json\ntype: pipeline\nname: p\njobs:\n"
    "  train:\n    type: command\n    component: ./parts/train.yml\n    compute: azureml:serverless\n"
)
SMALL = COMPONENT + "resources: {instance_type: Standard_NC4as_T4_v3}\n"
LARGE = SMALL.replace("Standard_NC4as_T4_v3", "STANDARD_nd96ISR_h100_V5")
JOB = f"{SCHEMA}/commandJob.schema.json\nname: j\n{STEP}compute: azureml:gpu\n"
CLUSTER = f"{SCHEMA}/amlCompute.schema.json\nname: gpu\ntype: amlcompute\nsize: Standard_NC4as_T4_v3\n"
TEMPLATE = """\
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "parameters": {"size": {"type": "string", "defaultValue": "Standard_NC4as_T4_v3"}},
  "resources": [{
    "type": "Microsoft.MachineLearningServices/workspaces/computes", "name": "w/gpu",
    "properties": {"computeType": "AmlCompute", "properties": {"vmSize": "[parameters('size')]"}}
  }]
}
"""
PARAMETERS = """\
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  "parameters": {"size": {"value": "Standard_ND96isr_H100_v5"}}
}
"""


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> Told:
    repository.commit({"guardrail.yaml": CONFIG, **base})
    repository.propose(head)
    return repository.judge()


@pytest.mark.parametrize(
    ("base", "head", "address"),
    [
        pytest.param(
            {"ml/p.yml": PIPELINE, "ml/parts/train.yml": SMALL},
            {"ml/parts/train.yml": LARGE},
            "ml/p.yml//azureml/PipelineJob/p/train",
            id="in a component that a step names",
        ),
        pytest.param(
            {"ml/p.yml": PIPELINE.replace("train.yml", "train"), "ml/parts/train": SMALL},
            {"ml/parts/train": LARGE},
            "ml/p.yml//azureml/PipelineJob/p/train",
            id="in a component without an ending",
        ),
        pytest.param(
            {"ml/j.yml": JOB, "ml/gpu.yml": CLUSTER},
            {"ml/gpu.yml": CLUSTER.replace("NC4as_T4_v3", "ND96isr_H100_v5")},
            "ml/j.yml//azureml/CommandJob/j",
            id="in the cluster of another file",
        ),
        pytest.param(
            {"infra/main.json": TEMPLATE},
            {"infra/main.parameters.json": PARAMETERS},
            "infra/main.json//Microsoft.MachineLearningServices/workspaces/computes:AmlCompute/w/gpu",
            id="in a file of parameters beside a template",
        ),
    ],
)
def test_machines_that_stand_elsewhere_are_seen(
    repository: Repository, base: Mapping[str, str], head: Mapping[str, str], address: str
) -> None:
    told = judged(repository, base, head)
    found = {one["resource"]: one["status"] for one in told.of("gpu-family-allowlist") if one["introduced"]}
    assert address in found
    assert told.code == 1


def test_what_is_harmless_passes(repository: Repository) -> None:
    told = judged(
        repository, {"ml/p.yml": PIPELINE, "ml/parts/train.yml": SMALL}, {"ml/parts/train.yml": SMALL + "# x\n"}
    )
    assert not told.of("gpu-family-allowlist")


def test_a_broken_document_blocks(repository: Repository) -> None:
    told = judged(repository, {"ml/j.yml": JOB}, {"ml/j.yml": f"{JOB}\tresources: [\n"})
    assert "scan-incomplete" in told.blocking
