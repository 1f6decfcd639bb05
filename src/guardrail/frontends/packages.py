"""Files that belong to a Helm chart or a Kustomize overlay: input of their tools, and no manifests by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from guardrail.config.settings import Settings
from guardrail.frontends.rendering.package import CHART, KUSTOMIZATIONS, NO_PACKAGES, Packages
from guardrail.frontends.rendering.tool import Tools
from guardrail.sources.tree import Tree


def packages(
    tree: Tree, paths: Iterable[str], settings: Settings, tools: Tools, kept: frozenset[str] = frozenset()
) -> Packages:
    """
    Return which of these paths belong to a chart or an overlay, and what is rendered of those.

    `kept` are folders that are overlays of their own, whatever refers to them.
    """
    given = tuple(paths)
    names = {path.rpartition("/")[2] for path in given}
    of_charts = of_overlays = NO_PACKAGES
    if CHART in names:
        from guardrail.frontends.rendering.helm.charts import charts

        of_charts = charts(tree, given, settings, tools, kept)
    if not names.isdisjoint(KUSTOMIZATIONS):
        from guardrail.frontends.rendering.kustomize.overlays import overlays

        of_overlays = overlays(tree, [path for path in given if path not in of_charts.files], tools, kept)
    return Packages(
        of_charts.files | of_overlays.files,
        (*of_charts.skipped, *of_overlays.skipped),
        (*of_charts.rendered, *of_overlays.rendered),
        of_charts.doubtful,
    )
