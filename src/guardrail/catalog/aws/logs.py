"""CloudWatch: log groups and alarms."""

from __future__ import annotations

from typing import Any, Final, Optional

from guardrail.catalog.aws.words import REGION
from guardrail.catalog.convert import days
from guardrail.catalog.kind import ByUsage, Kind, at


def _retention(value: Any) -> Optional[int]:
    """Return the seconds that logs are kept; 0 days keeps them for ever, which is no retention."""
    return days(value) or None


GROUP: Final = Kind(
    type="aws_cloudwatch_log_group",
    category="logs",
    source="https://aws.amazon.com/cloudwatch/pricing/",
    labels="tags",
    region=REGION,
    facts={"retention_seconds": at("retention_in_days", convert=_retention)},
    lines=(ByUsage(name="logs ingested"), ByUsage(name="logs stored")),
)

KINDS: Final = (GROUP,)
