"""Whether Terraform installs charts of the tree: told before anything of charts or of Kubernetes is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Optional

from guardrail.catalog.manifests import CHARTS
from guardrail.frontends.rendering.package import CHART
from guardrail.frontends.rendering.tool import Tools
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.resource import Resource
from guardrail.sources.tree import Tree, clean

if TYPE_CHECKING:
    from guardrail.frontends.inside.releases import Charts

_ELSEWHERE: Final = ("/", "oci:")


def folder_of(release: Resource, directory: str, tree: Tree) -> Optional[str]:
    """Return the folder of the chart that a release installs, None if that is not in the tree."""
    chart, repository = release.attributes.get("chart"), release.attributes.get("repository")
    if not isinstance(chart, str) or repository not in (None, "") or chart.startswith(_ELSEWHERE):
        return None
    folder = clean(f"{'' if directory == ROOT else directory}/{chart}")
    path = f"{folder}/{CHART}" if folder else CHART
    return folder if not folder.startswith("..") and path in tree.entries() else None


def charts_of(resources: Iterable[Resource], unit: Unit, tree: Tree, tools: Tools) -> Optional[Charts]:
    """Return what renders the charts that are installed, None if none of them is in the tree, or Helm is not here."""
    installed = {
        one.address: (folder, one.attributes)
        for one in resources
        if one.type in CHARTS and (folder := folder_of(one, unit.directory, tree)) is not None
    }
    tool = tools.helm() if installed else None
    if tool is None:
        return None
    from guardrail.frontends.inside.releases import Charts

    return Charts(tree, tool, installed)
