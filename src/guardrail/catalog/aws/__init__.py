"""Types of Amazon Web Services."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.aws import ec2
from guardrail.catalog.kind import Kind

KINDS: Final[tuple[Kind, ...]] = (*ec2.KINDS,)
"""Every type of the provider that is understood."""
