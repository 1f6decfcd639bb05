"""The charts of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guardrail.config.settings import Settings
from guardrail.frontends.formats import NOT_YET
from guardrail.frontends.rendering.package import CHART, Packages, content_of
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree

_OF_CHART: Final = ("templates", "crds", "charts")
"""The folders of a chart whose files are no manifests, or are installed with it."""


def charts(tree: Tree, paths: Sequence[str], settings: Settings, tools: Tools) -> Packages:
    """Return which of these paths belong to a chart, and what is to be said of those."""
    del settings, tools
    folders = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == CHART}
    of_chart: dict[str, list[str]] = {}
    for path in paths:
        chart = _chart_of(path, folders)
        if chart is not None:
            of_chart.setdefault(chart, []).append(path)
    skipped = tuple(_chart(tree, chart, files) for chart, files in sorted(of_chart.items()))
    return Packages(frozenset(path for files in of_chart.values() for path in files), skipped)


def _chart_of(path: str, charts: set[str]) -> str | None:
    """Return the outermost chart that a file is part of. What else lies in its folder is not."""
    parts = path.split("/")
    for depth in range(len(parts)):
        folder = "/".join(parts[:depth])
        if folder in charts and _is_of_chart(parts[depth:]):
            return folder
    return None


def _is_of_chart(parts: list[str]) -> bool:
    if len(parts) > 1:
        return parts[0] in _OF_CHART
    name = parts[0]
    return name in (CHART, "Chart.lock", "requirements.yaml", "values.schema.json") or (
        name.startswith("values") and name.endswith((".yaml", ".yml"))
    )


def _chart(tree: Tree, chart: str, files: list[str]) -> Skipped:
    return Skipped(f"{chart or '.'}/", f"Helm chart: {NOT_YET}", content_of(tree, files))
