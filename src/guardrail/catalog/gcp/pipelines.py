"""
Pipelines of Kubeflow and Vertex AI: the pipeline, its steps, and what starts it.

https://cloud.google.com/vertex-ai/docs/pipelines/introduction
"""

from __future__ import annotations

from typing import Final, Optional

from guardrail.catalog.convert import stated, whole
from guardrail.catalog.gcp.machine_specs import ACCOUNT, API, IN_PIPELINE, REGION
from guardrail.catalog.gcp.words import filled
from guardrail.catalog.kind import AcceleratorSpec, ByUsage, First, From, GroupSpec, Kind, at
from guardrail.catalog.spelling import Spelling
from guardrail.model.resource import Link

CONNECTOR: Final = "aiplatform.cnrm.cloud.google.com/"
_PROJECT: Final = {"project": "/metadata/annotations/cnrm.cloud.google.com~1project-id"}
_SPEC: Final = "https://www.kubeflow.org/docs/components/pipelines/concepts/ir-yaml/"
_VERBATIM: Final = frozenset({"labels", "platform.pod_metadata.labels", "platform.node_selector.labels"})

PIPELINE: Final = Kind(
    type="pipeline/Pipeline",
    category="ml.pipeline",
    source=_SPEC,
    names=(),
    spellings=(Spelling(type="pipeline/Pipeline", case="camel"),),
)

PIPELINE_JOB: Final = Kind(
    type="vertex/PipelineJob",
    category="ml.pipeline",
    source=f"{API}projects.locations.pipelineJobs",
    names=("display_name",),
    labels="labels",
    region=REGION,
    account=ACCOUNT,
    lifetime={"schedule": at("schedule")},
    links=(Link(kind="contains", at="/pipeline_of", types=("vertex/Schedule",), reverse=True),),
    lines=(ByUsage(name="fee for each run"),),
    spellings=(
        Spelling(type="vertex/PipelineJob", case="camel", verbatim=_VERBATIM),
        Spelling(type=f"{CONNECTOR}VertexAIPipelineJob", case="camel", body="/spec", beside=_PROJECT),
    ),
)

SCHEDULE: Final = Kind(
    type="vertex/Schedule",
    category="other",
    source=f"{API}projects.locations.schedules",
    names=("display_name",),
    region=REGION,
    account=ACCOUNT,
    lifetime={"expires_at": at("end_time", convert=stated)},
    spellings=(
        Spelling(type="vertex/Schedule", case="camel"),
        Spelling(type=f"{CONNECTOR}VertexAISchedule", case="camel", body="/spec", beside=_PROJECT),
    ),
)

_ACCELERATOR: Final = ("container", "resources", "accelerator")


def _larger(one: Optional[int], other: Optional[int]) -> Optional[int]:
    """Return the larger of two counts: both spellings say the same, where either is read by somebody."""
    told = [count for count in (one, other) if count is not None]
    return max(told) if told else None


STEP: Final = Kind(
    type="pipeline/Step",
    category="ml.processing",
    source=_SPEC,
    labels_from=at("platform", "pod_metadata", "labels"),
    region=REGION,
    groups=(
        GroupSpec(
            accelerators=AcceleratorSpec(
                model=First(
                    (at(*_ACCELERATOR, "resource_type", convert=stated), at(*_ACCELERATOR, "type", convert=stated))
                ),
                count=From(
                    (at(*_ACCELERATOR, "resource_count", convert=whole), at(*_ACCELERATOR, "count", convert=whole)),
                    _larger,
                ),
            ),
        ),
    ),
    lifetime={
        "max_retries": at("task", "retry_policy", "max_retry_count", convert=filled),
        "max_runtime_seconds": at("platform", "active_deadline_seconds", convert=filled),
        "schedule": at("schedule"),
    },
    links=IN_PIPELINE,
    lines=(ByUsage(name="machine that runs the step"),),
    spellings=(Spelling(type="pipeline/Step", case="camel", verbatim=_VERBATIM),),
)

KINDS: Final = (PIPELINE, PIPELINE_JOB, SCHEDULE, STEP)
