"""Every type of pools in manifests, and of what launches their machines, that is understood."""

from __future__ import annotations

from typing import Final

from guardrail.catalog.kind import Kind
from guardrail.catalog.kubernetes.pools import capi, classes, eksctl, gke, karpenter

KINDS: Final[tuple[Kind, ...]] = (
    *capi.KINDS,
    *classes.KINDS,
    *eksctl.KINDS,
    *gke.KINDS,
    *karpenter.KINDS,
)
