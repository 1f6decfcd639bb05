"""What runs models and data jobs without machines of its own: Bedrock, Glue, and capacity bought ahead."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.words import REGION, filled
from guardrail.catalog.convert import minutes, whole
from guardrail.catalog.kind import Always, ByUsage, First, From, GroupSpec, Kind, NoRows, at
from guardrail.catalog.rows import free, metered
from guardrail.model.resource import ON_DEMAND
from guardrail.model.value import Reason, Unknown

_DOCS: Final = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/"
_BEDROCK: Final = "https://aws.amazon.com/bedrock/pricing/"

THROUGHPUT: Final = Kind(
    type="aws_bedrock_provisioned_model_throughput",
    category="ml.endpoint",
    source=_BEDROCK,
    names=("provisioned_model_name",),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            name="units",
            min=at("model_units", convert=whole),
            max=at("model_units", convert=whole),
            purchase=Always(ON_DEMAND),
        ),
    ),
    lines=(NoRows(name="model units"),),
)

_TWO_DAYS: Final = 2880
"""Minutes that a job may run where nothing is stated: https://docs.aws.amazon.com/glue/latest/webapi/API_Job.html"""

_WORKERS: Final = First((at("number_of_workers", convert=filled), at("max_capacity", convert=lambda dpu: -(-dpu // 1))))


def _timeout(command: Optional[Any], seconds: Optional[int]) -> Optional[int]:
    """Return after how long a job is stopped; what streams is not, unless it says so."""
    if seconds is not None:
        return seconds
    return None if command == "gluestreaming" else _TWO_DAYS * 60


GLUE_JOB: Final = Kind(
    type="aws_glue_job",
    category="workload.batch",
    source=f"{_DOCS}glue_job",
    labels="tags",
    region=REGION,
    groups=(GroupSpec(name="workers", min=First((_WORKERS, Always(1))), max=First((_WORKERS, Always(1)))),),
    lifetime={
        "max_runtime_seconds": From((at("command", 0, "name"), at("timeout", convert=minutes)), _timeout),
        "max_retries": at("max_retries", convert=whole),
    },
    lines=(ByUsage(name="processing hours"),),
)

_OFFERED: Final = Unknown(Reason.COMPUTED, note="the offering that is bought decides on the machines")

CAPACITY_BLOCK: Final = Kind(
    type="aws_ec2_capacity_block_reservation",
    category="compute.reservation",
    source="https://aws.amazon.com/ec2/capacityblocks/pricing/",
    names=(),
    labels="tags",
    region=REGION,
    groups=(
        GroupSpec(
            machine_types=Always(_OFFERED), min=Always(_OFFERED), max=Always(_OFFERED), purchase=Always(ON_DEMAND)
        ),
    ),
    lines=(NoRows(name="capacity that is paid for ahead"),),
)

_TAGGED: Final = Kind(type="", category="other", source="", labels="tags", region=REGION)
_PLAIN: Final = Kind(type="", category="other", source="", region=REGION)

KINDS: Final[tuple[Kind, ...]] = (
    THROUGHPUT,
    GLUE_JOB,
    CAPACITY_BLOCK,
    *free(
        _TAGGED,
        _BEDROCK,
        "aws_bedrock_inference_profile aws_bedrock_guardrail aws_bedrockagent_prompt",
    ),
    *free(
        _PLAIN,
        _BEDROCK,
        "aws_bedrock_guardrail_version aws_bedrock_model_invocation_logging_configuration "
        "aws_bedrockagent_agent_action_group aws_bedrockagent_agent_knowledge_base_association "
        "aws_bedrockagent_data_source",
    ),
    *metered(_TAGGED, _BEDROCK, "aws_bedrock_custom_model", "tokens of training, and storage", "ml.model"),
    *metered(
        _TAGGED,
        _BEDROCK,
        "aws_bedrockagent_agent aws_bedrockagent_agent_alias aws_bedrockagent_flow aws_bedrockagent_knowledge_base",
        "tokens",
    ),
    *free(
        _PLAIN,
        "https://aws.amazon.com/glue/pricing/",
        "aws_glue_catalog_database aws_glue_catalog_table aws_glue_connection aws_glue_trigger aws_glue_workflow "
        "aws_glue_security_configuration aws_glue_registry aws_glue_schema aws_glue_classifier",
    ),
    *free(_TAGGED, "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/", "aws_budgets_budget"),
    *free(
        _PLAIN,
        "https://docs.aws.amazon.com/servicequotas/latest/userguide/intro.html",
        "aws_servicequotas_service_quota",
    ),
)
