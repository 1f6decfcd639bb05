"""What a document of Azure ML is, with and without its schema; and what only looks like one."""

from __future__ import annotations

from typing import Optional

import pytest

from guardrail.frontends.azureml.kinds import native_type

LATEST = "https://azuremlschemas.azureedge.net/latest"


@pytest.mark.parametrize(
    ("schema", "native"),
    [
        pytest.param(f"{LATEST}/commandJob.schema.json", "CommandJob", id="the usual address"),
        pytest.param(f"{LATEST}/amlCompute.schema.json ", "AmlCompute", id="with a space behind it"),
        pytest.param("https://azuremlsdk2.blob.core.windows.net/latest/sweepJob.schema.json", "SweepJob", id="a blob"),
        pytest.param(
            "https://azuremlsdk2.blob.core.windows.net/preview/0.0.1/autoMLJob.schema.json", "AutoMLJob", id="a preview"
        ),
        pytest.param("http://azureml/sdk-2-0/PipelineJob.json", "PipelineJob", id="an address that does not exist"),
        pytest.param(f"{LATEST}/autoMLForecastingJob.schema.json", "AutoMLJob", id="automated ML of one task"),
        pytest.param(f"{LATEST}/modelBatchDeployment.schema.json", "BatchDeployment", id="batches, newer"),
        pytest.param(f"{LATEST}/AzureOpenAIConnection.schema.json", "Connection", id="connections of any kind"),
        pytest.param(f"{LATEST}/teleporter.schema.json", "teleporter", id="one that nobody knows is not understood"),
    ],
)
def test_kind_by_schema(schema: str, native: str) -> None:
    assert native_type({"$schema": schema}) == f"azureml/{native}"


@pytest.mark.parametrize(
    ("top", "native"),
    [
        pytest.param({"type": "amlcompute", "name": "a"}, "AmlCompute", id="a cluster"),
        pytest.param({"type": "computeinstance", "size": "x"}, "ComputeInstance", id="an instance"),
        pytest.param({"type": "Command", "command": "x"}, "CommandJob", id="a type in capitals"),
        pytest.param({"type": "command", "command": "x", "version": "1"}, "CommandComponent", id="a definition"),
        pytest.param({"type": "command", "command": "x", "version": "1", "compute": "a"}, "CommandJob", id="a job"),
        pytest.param({"type": "sweep", "trial": None}, "SweepJob", id="a sweep"),
        pytest.param({"type": "pipeline", "jobs": None}, "PipelineJob", id="a pipeline"),
        pytest.param({"type": "pipeline", "jobs": None, "version": "1"}, "PipelineComponent", id="one to be used"),
        pytest.param({"type": "automl", "task": "x"}, "AutoMLJob", id="automated ML"),
        pytest.param({"type": "spark", "entry": None}, "SparkJob", id="Spark"),
        pytest.param({"type": "finetuning", "model": None}, "FineTuningJob", id="fine-tuning"),
        pytest.param({"type": "distillation", "student_model": "x"}, "DistillationJob", id="distillation"),
        pytest.param(
            {"command": "x", "environment": "y", "compute": "z"}, "CommandJob", id="a job without schema and type"
        ),
        pytest.param(
            {"endpoint_name": "e", "instance_type": "x"}, "ManagedOnlineDeployment", id="a deployment, one instance"
        ),
        pytest.param({"endpoint_name": "e", "compute": "c"}, "BatchDeployment", id="a deployment for batches"),
        pytest.param(
            {"endpoint_name": "e", "type": "kubernetes", "instance_type": "x"}, "KubernetesOnlineDeployment", id="pods"
        ),
        pytest.param(
            {"endpoint_name": "e", "type": "pipeline", "component": "x"}, "PipelineDeployment", id="a deployed pipeline"
        ),
        pytest.param({"type": "kubernetes", "resource_id": "x"}, "KubernetesCompute", id="an attached cluster"),
        pytest.param({"trigger": None, "create_job": "x"}, "Schedule", id="a schedule"),
        pytest.param({"trigger": None, "create_monitor": None}, "MonitorSchedule", id="a monitor"),
    ],
)
def test_kind_by_fields(top: dict[str, Optional[str]], native: str) -> None:
    assert native_type(top) == f"azureml/{native}"


@pytest.mark.parametrize(
    "top",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"on": None, "jobs": None, "name": "ci"}, id="a workflow of GitHub"),
        pytest.param({"trigger": None, "pool": None, "jobs": None}, id="a pipeline of Azure DevOps"),
        pytest.param({"kind": "pipeline", "type": "docker", "steps": None}, id="a pipeline of Drone"),
        pytest.param({"type": "kubernetes", "kind": "pipeline", "steps": None}, id="one of Drone in a cluster"),
        pytest.param({"type": "object", "properties": None}, id="a JSON schema"),
        pytest.param({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}, id="with its schema"),
        pytest.param({"command": "x", "environment": None}, id="a service of a container"),
        pytest.param({"type": "command"}, id="a type alone"),
        pytest.param({"resources": None, "run": "x", "setup": "y"}, id="a task of SkyPilot"),
    ],
)
def test_look_alikes_are_none(top: dict[str, Optional[str]]) -> None:
    assert native_type(top) is None
