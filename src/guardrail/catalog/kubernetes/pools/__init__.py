"""Pools of nodes that are declared in manifests, and what launches their machines."""

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
"""Every type of these that is understood."""
