"""Azure Machine Learning: jobs that do one thing, pipelines of them, and the definitions of their steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from guardrail.catalog.azure.azureml import (
    ON_COMPUTE,
    ON_MACHINES,
    REGION,
    SCHEDULE,
    SERVERLESS_JOB,
    TIER,
    YAML,
    bought,
    count,
    in_templates,
    instances,
    lasting,
    machine,
    most,
    timeout,
)
from guardrail.catalog.azure.words import size
from guardrail.catalog.convert import ConversionError, flag, texts, whole
from guardrail.catalog.kind import (
    ONCE,
    Always,
    ByUsage,
    Fact,
    First,
    From,
    GroupSpec,
    Kind,
    MachineHours,
    NoRows,
    at,
)
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import Category
from guardrail.model.value import Reason, Unknown, Value


def _job(native: str, category: Category, page: str, spellings: tuple[Spelling, ...] = ()) -> Kind:
    """Return a job of machines that all do the same."""
    one = count("resources")
    many = From((one, at("resources", "max_instance_count", convert=whole)), most)
    return Kind(
        type=f"azureml/{native}",
        category=category,
        source=f"{YAML}{page}",
        labels="tags",
        region=REGION,
        groups=(
            GroupSpec(
                when=ON_MACHINES,
                machine_types=machine(size("resources", "instance_type")),
                min=instances(one, ONCE),
                max=instances(many, ONCE),
                purchase=bought(TIER),
            ),
        ),
        lifetime={"max_runtime_seconds": timeout(), "schedule": SCHEDULE},
        links=ON_COMPUTE,
        lines=SERVERLESS_JOB,
        spellings=spellings,
    )


def _named(compute: Optional[Any], machines: Optional[Any]) -> bool:
    return compute is not None or machines not in (None, (), "")


_ASKED: Final = (at("compute"), First((at("resources", "instance_types"), at("resources", "instance_type"))))


def _tuned(native: str, spellings: tuple[Spelling, ...] = ()) -> Kind:
    """Return a job that trains a model of the catalogue: on machines where it names some, else paid by its tokens."""
    return Kind(
        type=f"azureml/{native}",
        category="ml.training",
        source="https://learn.microsoft.com/azure/machine-learning/how-to-use-foundation-models",
        labels="tags",
        groups=(
            GroupSpec(
                when=From(_ASKED, _named),
                machine_types=machine(
                    at("resources", "instance_types", convert=texts), size("resources", "instance_type")
                ),
                min=count("resources"),
                max=count("resources"),
                purchase=bought(TIER),
            ),
        ),
        lifetime={"max_runtime_seconds": at("limits", "timeout", convert=lasting)},
        links=ON_COMPUTE,
        lines=(
            MachineHours(service="azureml-compute-cluster"),
            ByUsage(name="tokens that are trained on", when=From(_ASKED, lambda *told: not _named(*told))),
        ),
        spellings=spellings,
    )


def _conf(short: str, long: str) -> Fact:
    """Return a setting of Spark, by the name that Azure ML has for it or by Spark's own."""
    return First((at("conf", short), at("conf", long), at(short)))


_EXECUTORS: Final = _conf("executor_instances", "spark.executor.instances")
_DYNAMIC: Final = _conf("dynamic_allocation_enabled", "spark.dynamicAllocation.enabled")
_FEWEST: Final = _conf("dynamic_allocation_min_executors", "spark.dynamicAllocation.minExecutors")
_MOST: Final = _conf("dynamic_allocation_max_executors", "spark.dynamicAllocation.maxExecutors")
_UNSAID: Final = Unknown(Reason.ENVIRONMENT, note="the settings of Spark elsewhere say how many executors")


def _executors(dynamic: Optional[Any], bound: Optional[Any], stated: Optional[Any]) -> Value:
    """Return a bound of the executors: that of dynamic allocation where it is on, else the number that is stated."""
    told = bound if dynamic is not None and flag(dynamic) else stated
    return _UNSAID if told is None else whole(told)


_SPARK_MACHINE: Final = machine(size("resources", "instance_type"))

SPARK: Final = Kind(
    type="azureml/SparkJob",
    category="ml.processing",
    source=f"{YAML}job-spark",
    labels="tags",
    groups=(
        GroupSpec(name="driver", machine_types=_SPARK_MACHINE, purchase=bought(TIER)),
        GroupSpec(
            name="executors",
            machine_types=_SPARK_MACHINE,
            min=From((_DYNAMIC, _FEWEST, _EXECUTORS), _executors),
            max=From((_DYNAMIC, _MOST, _EXECUTORS), _executors),
            purchase=bought(TIER),
        ),
    ),
    lifetime={"max_runtime_seconds": timeout(), "schedule": SCHEDULE},
    links=ON_COMPUTE,
    lines=(NoRows(name="vCores of Spark"),),
    spellings=in_templates("Spark"),
)


def _is_at_hand(jobs: Optional[Any]) -> Value:
    """Return False: what is known of the steps are resources of their own. What is no step is in error."""
    if jobs is not None and not isinstance(jobs, Mapping):
        raise ConversionError("not steps by name")
    for step in (jobs or {}).values():
        if isinstance(step, Unknown):
            return step
        if not isinstance(step, Mapping):
            raise ConversionError("not a step")
    return False


_LOST: Final = From((at("jobs"),), _is_at_hand)
"""Not known where the steps are not: they stand in a component that is registered somewhere."""


def _pipeline(native: str, page: str, *, template: bool = False) -> Kind:
    """Return a pipeline. Its steps are resources of their own, and have its costs; it runs nowhere itself."""
    return Kind(
        type=f"azureml/{native}",
        category="ml.runtime" if template else "ml.pipeline",
        source=f"{YAML}{page}",
        labels="tags",
        groups=(GroupSpec(when=_LOST),),
        lifetime={} if template else {"schedule": SCHEDULE},
        lines=() if template else (NoRows(name="steps that are not at hand", when=_LOST),),
        template=template,
        worldwide=True,
    )


def _component(native: str, page: str) -> Kind:
    """Return the definition of a step: it runs where a pipeline uses it."""
    return Kind(
        type=f"azureml/{native}",
        category="ml.runtime",
        source=f"{YAML}{page}",
        labels="tags",
        groups=(
            GroupSpec(
                machine_types=size("resources", "instance_type"),
                min=count("resources"),
                max=count("resources"),
            ),
        ),
        template=True,
        worldwide=True,
    )


_IN_TEMPLATE: Final = in_templates("Pipeline")
_NOT_READ: Final = Unknown(Reason.REFUSED, note="the steps of a pipeline in a template are not read")

PIPELINE_IN_TEMPLATE: Final = Kind(
    type=_IN_TEMPLATE[0].type,
    category="ml.pipeline",
    source="https://learn.microsoft.com/azure/templates/microsoft.machinelearningservices/workspaces/jobs",
    labels="tags",
    groups=(GroupSpec(when=Always(_NOT_READ)),),
    lines=(NoRows(name="the steps"),),
    worldwide=True,
    spellings=_IN_TEMPLATE,
)

KINDS: Final = (
    PIPELINE_IN_TEMPLATE,
    _job("CommandJob", "ml.training", "job-command", in_templates("Command")),
    _job("ParallelJob", "ml.processing", "job-parallel"),
    _job("ImportJob", "ml.processing", "job-pipeline"),
    _job("DataTransferJob", "ml.processing", "job-pipeline"),
    _tuned("FineTuningJob", in_templates("FineTuning")),
    _tuned("DistillationJob"),
    SPARK,
    _pipeline("PipelineJob", "job-pipeline"),
    _pipeline("PipelineDeployment", "deployment-batch"),
    _pipeline("PipelineComponent", "component-pipeline", template=True),
    _component("CommandComponent", "component-command"),
    _component("ParallelComponent", "job-parallel"),
    _component("SparkComponent", "component-spark"),
    _component("ImportComponent", "job-pipeline"),
    _component("DataTransferComponent", "job-pipeline"),
    _component("AutoMLComponent", "job-pipeline"),
    _component("SweepComponent", "job-sweep"),
)
