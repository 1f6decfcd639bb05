"""What an author of training jobs leaves to other objects, or writes where nobody looks for it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .repositories import Repository, Told

CONFIG = """\
version: 1
policies:
  gpu-count-limit: {params: {max_per_resource: 8}}
"""
JOB = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: tune, namespace: ml}
spec: {runtimeRef: {name: torch}, trainer: {TRAINER}}
"""
RUNTIME = """\
apiVersion: trainer.kubeflow.org/v1alpha1
kind: ClusterTrainingRuntime
metadata: {name: torch}
spec:
  mlPolicy: {numNodes: NODES}
  template:
    spec:
      replicatedJobs:
        - name: node
          template:
            metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}}
            spec:
              template: {spec: {containers: [{name: node, image: a, resources: {limits: {nvidia.com/gpu: GPUS}}}]}}
"""
ADDRESS = "jobs//trainer.kubeflow.org/TrainJob/ml/tune"


def job(trainer: str = "") -> str:
    return JOB.replace("TRAINER", trainer)


def runtime(nodes: int, gpus: int) -> str:
    return RUNTIME.replace("NODES", str(nodes)).replace("GPUS", str(gpus))


def judged(repository: Repository, base: Mapping[str, str], head: Mapping[str, str]) -> Told:
    repository.commit({"guardrail.yaml": CONFIG, **base})
    repository.propose(head)
    return repository.judge()


def found(told: Told) -> set[tuple[str, str, bool]]:
    """Return (resource, status, whether it blocks) of what is found about resources."""
    several = (one for one in told.of("gpu-count-limit") if one["resource"])
    return {(one["resource"], one["status"], one["blocking"]) for one in several}


@pytest.mark.parametrize("folder", ["jobs", "runtimes", "cluster/runtimes"])
def test_a_runtime_grows_under_a_job_that_does_not_change(repository: Repository, folder: str) -> None:
    base = {"jobs/tune.yaml": job(), f"{folder}/torch.yaml": runtime(2, 4)}
    told = judged(repository, base, {f"{folder}/torch.yaml": runtime(2, 8)})
    assert told.code == 1
    assert found(told) == {(ADDRESS, "deny", True)}


def test_a_job_asks_for_more_of_a_runtime_that_does_not_change(repository: Repository) -> None:
    base = {"jobs/tune.yaml": job(), "runtimes/torch.yaml": runtime(1, 8)}
    told = judged(repository, base, {"jobs/tune.yaml": job("numNodes: 4")})
    assert found(told) == {(ADDRESS, "deny", True)}


def test_a_job_whose_resources_state_none_takes_those_of_the_runtime(repository: Repository) -> None:
    base = {"runtimes/torch.yaml": runtime(2, 8)}
    told = judged(repository, base, {"jobs/tune.yaml": job("resourcesPerNode: {requests: {cpu: 1}}")})
    assert found(told) == {(ADDRESS, "deny", True)}


def test_a_finding_leads_to_the_line_of_the_runtime(repository: Repository) -> None:
    told = judged(repository, {"jobs/tune.yaml": job()}, {"runtimes/torch.yaml": runtime(2, 8)})
    (one,) = [finding for finding in told.of("gpu-count-limit") if finding["status"] == "deny"]
    assert one["location"]["file"] == "runtimes/torch.yaml"


def test_two_runtimes_of_one_name_are_no_way_around(repository: Repository) -> None:
    twice = f"{runtime(2, 8)}---\n{runtime(2, 8)}"
    told = judged(repository, {"jobs/a.yaml": job()}, {"jobs/b.yaml": twice})
    assert found(told) == {(ADDRESS, "undetermined", True)}


def test_a_runtime_that_is_nowhere_is_no_number(repository: Repository) -> None:
    told = judged(repository, {}, {"jobs/tune.yaml": job()})
    assert found(told) == {(ADDRESS, "undetermined", False)}


WORKFLOW = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: run, namespace: ml}
spec:
  entrypoint: main
  templates:
    - {name: main, BODY}
"""
TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: shared, namespace: ml}
spec:
  templates:
    - {name: train, container: {image: a, resources: {limits: {nvidia.com/gpu: GPUS}}}}
"""
RUN = "jobs//argoproj.io/Workflow/ml/run"
CALL = "steps: [[{name: a, templateRef: {name: shared, template: train}}]]"


def test_a_template_grows_under_a_workflow_that_does_not_change(repository: Repository) -> None:
    base = {"jobs/run.yaml": WORKFLOW.replace("BODY", CALL), "templates/shared.yaml": TEMPLATE.replace("GPUS", "1")}
    told = judged(repository, base, {"templates/shared.yaml": TEMPLATE.replace("GPUS", "16")})
    assert found(told) == {(RUN, "deny", True)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "steps: [[{name: a, inline: {container: {resources: {limits: {nvidia.com/gpu: 16}}}}}]]", id="in line"
        ),
        pytest.param("container: {}, sidecars: [{name: b, resources: {limits: {nvidia.com/gpu: 16}}}]", id="a sidecar"),
        pytest.param(
            "container: {}, initContainers: [{name: b, resources: {limits: {nvidia.com/gpu: 16}}}]", id="a start"
        ),
        pytest.param(
            "container: {}, podSpecPatch: "
            """'{"containers":[{"name":"main","resources":{"limits":{"nvidia.com/gpu":16}}}]}'""",
            id="JSON in a string of YAML",
        ),
        pytest.param(
            "resource: {action: create, manifest: '{apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: b, "
            "resources: {limits: {nvidia.com/gpu: 16}}}]}}'}",
            id="an object in a string",
        ),
    ],
)
def test_devices_of_a_workflow_count_wherever_they_are_written(repository: Repository, body: str) -> None:
    told = judged(repository, {"jobs/keep.yaml": "a: 1\n"}, {"jobs/run.yaml": WORKFLOW.replace("BODY", body)})
    assert found(told) == {(RUN, "deny", True)}


def test_a_fan_out_that_an_earlier_step_decides_is_no_small_number(repository: Repository) -> None:
    body = "steps: [[{name: a, withParam: '{{x}}', inline: {container: {resources: {limits: {nvidia.com/gpu: 1}}}}}]]"
    told = judged(repository, {"jobs/keep.yaml": "a: 1\n"}, {"jobs/run.yaml": WORKFLOW.replace("BODY", body)})
    assert found(told) == {(RUN, "deny", True)}


SPARK = """\
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: run, namespace: ml}
spec:
  driver: {}
  executor: {instances: 1}
  CONF
"""


@pytest.mark.parametrize(
    "conf",
    [
        pytest.param('sparkConf: {spark.executor.resource.gpu.amount: "16"}', id="in the configuration"),
        pytest.param(
            'sparkConf: {spark.driver.resource.gpu.amount: "16", spark.driver.resource.gpu.vendor: amd.com}',
            id="of the driver, by another vendor",
        ),
    ],
)
def test_devices_of_spark_count_in_its_configuration(repository: Repository, conf: str) -> None:
    told = judged(repository, {"jobs/keep.yaml": "a: 1\n"}, {"jobs/run.yaml": SPARK.replace("CONF", conf)})
    assert found(told) == {("jobs//sparkoperator.k8s.io/SparkApplication/ml/run", "deny", True)}
