"""The graph as policies see it: what `guardrail graph` prints is `input` in Rego."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guardrail.report.writing import written


def render(document: Mapping[str, Any]) -> str:
    """Return the document of `policy.document` as JSON, keys sorted; the shape is `data/schemas/input.schema.json`."""
    return written(document, sort=True)
