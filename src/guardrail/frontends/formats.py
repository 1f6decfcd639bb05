"""
What a document is, by its top-level keys (first match wins), and what is said of those that are not judged.

Everything here is input of somebody's: it is listed with a reason, and never taken for a Kubernetes object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, NamedTuple, Optional

from guardrail.catalog.spelling import snake
from guardrail.frontends.disguise import DISGUISES, disguised, undisguised
from guardrail.model.pattern import pattern
from guardrail.model.resource import Format

Top = Mapping[str, Optional[str]]
"""The top-level keys of a document with their texts; None where the value is no text."""

NOT_YET: Final = "not judged by this version"

# API groups of files that look like Kubernetes objects and are read by other programs.
_CLIENTS: Final[Mapping[str, str]] = {
    "kustomize.config.k8s.io": f"Kustomize control file: {NOT_YET}",
    "builtin": f"Kustomize plugin: {NOT_YET}",
    "blueprints.cloud.google.com": "blueprint metadata: creates nothing",
    "backstage.io": "Backstage catalogue: creates nothing",
    "skaffold": "Skaffold configuration: creates nothing by itself",
    "kind.x-k8s.io": "configuration of a local kind cluster: creates nothing in a cloud",
    "k3d.io": "configuration of a local k3d cluster: creates nothing in a cloud",
    "ctlptl.dev": "configuration of a local cluster: creates nothing in a cloud",
    "kubeadm.k8s.io": "configuration of kubeadm: creates nothing by itself",
    "kubelet.config.k8s.io": "configuration of the kubelet: creates nothing by itself",
    "kubeproxy.config.k8s.io": "configuration of kube-proxy: creates nothing by itself",
    "kubescheduler.config.k8s.io": "configuration of the scheduler: creates nothing by itself",
    "apiserver.config.k8s.io": "configuration of the API server: creates nothing by itself",
    "apiserver.k8s.io": "configuration of the API server: creates nothing by itself",
    "audit.k8s.io": "audit policy of the API server: creates nothing by itself",
    "client.authentication.k8s.io": "credentials of a client: creates nothing",
    "config.kueue.x-k8s.io": "configuration of the Kueue controller: creates nothing by itself",
    "controller-runtime.sigs.k8s.io": "configuration of a controller: creates nothing by itself",
}
_CRD: Final = "only definitions of custom resources: they run nothing"
_KUBECONFIG: Final = "kubeconfig: credentials of a client"

_MACHINE_LEARNING: Final = pattern(rb"(?i)Microsoft\.MachineLearningServices/")
_AWS_TYPE: Final = pattern(rb"""\bType["']?\s*:\s*["']?(?:AWS|Alexa|Custom)::""")
_OF_AWS: Final = b"AWS::"
_TO_SAGEMAKER: Final = b":sagemaker:"
_DATE: Final = pattern(r"\d{4}-\d{2}-\d{2}")


def of_kubernetes(top: Top) -> bool:
    """Whether a document is made like a Kubernetes object."""
    return bool(top.get("apiVersion")) and bool(top.get("kind"))


def not_for_a_cluster(top: Top) -> str:
    """Return what an object is that is made like those of Kubernetes and read by another program, else nothing."""
    group, slash, _ = (top.get("apiVersion") or "").rpartition("/")
    kind = top.get("kind") or ""
    if group == "apiextensions.k8s.io" and kind == "CustomResourceDefinition":
        return _CRD
    if not slash and kind == "Config" and "contexts" in top:
        return _KUBECONFIG
    return _CLIENTS.get(group, _CLIENTS.get(top.get("apiVersion") or "", ""))


_Test = Callable[[Top, bytes], bool]


class Known(NamedTuple):
    """
    What a document is.

    `what` is its name for people and `judged` the format that it is read as; where that is None, `why` this version
    does not judge it.
    """

    what: str
    test: _Test
    judged: Optional[Format] = None
    why: str = NOT_YET

    @property
    def reason(self) -> str:
        """Why it is not judged."""
        return f"{self.what}: {self.why}"


def known(top: Top, data: bytes) -> Optional[Known]:
    """
    Return what a document is that is not made like an object of Kubernetes, None if it is none that is known.

    Keys that tell of something else beside those of what is judged take nothing away from it.
    """
    found = [one for one in _FORMATS if one.test(top, data)]
    return next((one for one in found if one.judged is not None), found[0] if found else None)


def broken(data: bytes) -> tuple[Format, ...]:
    """Return the formats that a file which cannot be read may be of: its words say so, and somebody may mean it."""
    data = undisguised(data)
    return tuple(dict.fromkeys(found for found, words in _BROKEN if all(word in data for word in words)))


def _is_plan(top: Top, _: bytes) -> bool:
    return "format_version" in top and ("planned_values" in top or "resource_changes" in top)


def _is_state(top: Top, _: bytes) -> bool:
    return ("format_version" in top and "values" in top) or {"version", "terraform_version", "resources"} <= top.keys()


def _is_cloudformation(top: Top, data: bytes) -> bool:
    return "AWSTemplateFormatVersion" in top or ("Resources" in top and (_OF_AWS in data or disguised(data)))


def _is_serverless(top: Top, data: bytes) -> bool:
    return {"service", "provider"} <= top.keys() and ("resources" in top or "functions" in top) and _OF_AWS in data


def _is_in_another_case(top: Top, data: bytes) -> bool:
    return any(key.lower() == "resources" for key in top) and _AWS_TYPE.search(data) is not None


LISTED_PARAMETER: Final = "ParameterKey"
"""A member of each element, where parameters of CloudFormation are written as the command line takes them: a list."""


def _is_stack_configuration(top: Top, _: bytes) -> bool:
    return LISTED_PARAMETER in top or {"Parameters"} <= top.keys() <= {"Parameters", "Tags", "StackPolicy"}


def _starts_jobs(top: Top, data: bytes) -> bool:
    """Whether it is a state machine that sends requests to SageMaker, or one in which that cannot be told by words."""
    return {"StartAt", "States"} <= top.keys() and (_TO_SAGEMAKER in data or disguised(data))


def _is_pipeline(top: Top, data: bytes) -> bool:
    keys = {snake(key) for key in top}
    if keys >= {"deployment_spec", "root"} or "pipeline_spec" in keys:
        return True
    held = keys & {"pipeline_job", "create_pipeline_job_request"}
    return bool(held) and (b"pipelineSpec" in data or b"pipeline_spec" in data or disguised(data))


def _is_azure_template(top: Top, _: bytes) -> bool:
    return "deploymenttemplate" in (top.get("$schema") or "").lower()


def _is_machine_learning(top: Top, data: bytes) -> bool:
    return _is_azure_template(top, data) and _MACHINE_LEARNING.search(data) is not None


def _with(*keys: str) -> _Test:
    """Return the test for documents that have all of these keys."""
    wanted = frozenset(keys)
    return lambda top, _: wanted <= top.keys()


def _either(*keys: str) -> _Test:
    """Return the test for documents that have one of these keys."""
    wanted = frozenset(keys)
    return lambda top, _: bool(wanted & top.keys())


def _asked(function: str, may: Callable[[str], bool]) -> _Test:
    """
    Return a test of a front end, which is imported for a document that may pass it: one of its keys says so.

    Otherwise each workflow of a repository would load all of them.
    """
    module, _, name = function.rpartition(".")
    return lambda top, data: any(map(may, top)) and getattr(import_module(module), name)(top, data)


_OF_AZURE_ML: Final = frozenset({"$schema", "type", "endpoint_name", "trigger", "command"})
_OF_VERTEX: Final = frozenset({"spec", "tpu", "bigtable", "endpoint", "featurestore"})
"""One of these is a key of every document of theirs; of Vertex, where none has several words."""


def _has_words(key: str) -> bool:
    """Whether a key may be of several words, or is written as those of AWS are."""
    return "_" in key or not key.islower()


_FORMATS: Final = (
    Known("Terraform plan", _is_plan, why="judge it with --plan, or the root that it was made from"),
    Known("Terraform state", _is_state, why="it records what exists, and may hold secrets"),
    Known("CloudFormation template", _is_cloudformation, "cloudformation"),
    Known("CloudFormation parameters", _is_stack_configuration, "cloudformation"),
    Known("Step Functions state machine", _starts_jobs, "sagemaker"),
    Known("Step Functions state machine", _with("StartAt", "States"), why="it sends nothing to SageMaker"),
    Known(
        "SageMaker pipeline", lambda top, _: "Steps" in top and bool(_DATE.match(top.get("Version") or "")), "sagemaker"
    ),
    Known("defaults of the SageMaker SDK", _with("SchemaVersion", "SageMaker"), "sagemaker"),
    Known("Azure ML", _asked("guardrail.frontends.azureml.kinds.is_azure_ml", _OF_AZURE_ML.__contains__), "azureml"),
    Known("SageMaker request", _asked("guardrail.frontends.sagemaker.operations.is_body", _has_words), "sagemaker"),
    Known("Kubeflow or Vertex AI pipeline", _is_pipeline, "pipeline"),
    Known(
        "platform of a pipeline", lambda top, _: top.keys() == {"platforms"}, why="it belongs to the pipeline before it"
    ),
    Known(
        "request of Vertex AI",
        _asked("guardrail.frontends.vertex.bodies.may_be", lambda key: key in _OF_VERTEX or _has_words(key)),
        "vertex",
    ),
    Known("ARM template", _is_machine_learning, "azureml"),
    Known("ARM template", _is_azure_template),
    Known("Serverless Framework configuration", _is_serverless),
    Known(
        "CloudFormation template", _is_in_another_case, why="`Resources` is written in another case, which AWS refuses"
    ),
    Known("Cluster Toolkit blueprint", _with("blueprint_name", "deployment_groups")),
)
"""What is known beside objects of Kubernetes; the first that fits. `readers` says who reads what is judged."""

_BROKEN: Final[tuple[tuple[Format, tuple[bytes, ...]], ...]] = (
    ("kubernetes", (b"apiVersion", b"kind")),
    ("cloudformation", (b"AWSTemplateFormatVersion",)),
    ("cloudformation", (b"Resources", b"AWS::", b"Properties")),
    ("sagemaker", (b"TrainingJobName", b"ResourceConfig")),
    ("sagemaker", (b"AlgorithmSpecification", b"ResourceConfig")),
    ("sagemaker", (b"ProcessingResources", b"InstanceType")),
    ("sagemaker", (b"TransformResources", b"InstanceType")),
    ("sagemaker", (b"ProductionVariants", b"InstanceType")),
    ("sagemaker", (b"ClusterName", b"InstanceGroups")),
    ("sagemaker", (b"StartAt", b":sagemaker:create")),
    ("pipeline", (b"deploymentSpec", b"executors")),
    ("vertex", (b"workerPoolSpecs", b"machineSpec")),
    ("vertex", (b"worker_pool_specs", b"machine_spec")),
    ("azureml", (b"$schema", b"azureml")),
    ("azureml", (b"eploymentTemplate", b"Microsoft.MachineLearningServices/")),
)

MARKS: Final = (
    tuple(
        b"""
    apiVersion format_version terraform_version AWSTemplateFormatVersion AWS:: Parameters ParameterKey StartAt Steps
    SageMaker JobName ConfigName EndpointName ModelName InstanceName DomainName DomainId ClusterName
    ComputeQuota PipelineName ScheduleName ServerName GroupName ComponentName ipelineSpec pipeline_spec
    deploymentSpec deployment_spec ipelineJob pipeline_job
    platforms orkerPoolSpecs worker_pool_specs rialJobSpec trial_job_spec eployedModel deployed_model edicatedResources
    utomaticResources dedicated_resources automatic_resources esourcePool resource_pool gceSetup gce_setup
    rainingInput training_input rainingTask training_task achineSpec machine_spec achineType machine_type
    nlineServing online_serving untimeTemplate runtime_template untimeVersion runtime_version odeSpec node_spec
    ackageSpec package_spec
    QuotaConfig PlanName ScalableDimension lgorithmSpecification roductionVariants rocessingResources
    ransformResources trainingInput azureml eploymentTemplate blueprint_name endpoint_name amlcompute
    computeinstance command sweep pipeline automl finetuning distillation spark parallel managed kubernetes
    resource_id create_job create_monitor import_data
    """.split()
    )
    + DISGUISES
)
"""One of these is in whatever is recognised, the last where a key is disguised: other files need no parsing."""
