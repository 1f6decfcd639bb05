"""What charts and overlays have in common: files that are input of a tool, and what a tool makes a unit of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Optional

from guardrail.frontends.unit import Renderer
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, identity

CHART: Final = "Chart.yaml"
KUSTOMIZATIONS: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
CONTROLS: Final = frozenset({CHART, *KUSTOMIZATIONS})
"""The names of files without which there is neither chart nor overlay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """
    What a tool renders into the manifests of one unit.

    `files` is everything in the tree that this rests on, sorted; `directory` is "" for the root. `stack` tells apart
    what is rendered with other values (`charts/x@values-prod`), and `var_files` are those, relative to the directory.
    """

    renderer: Renderer
    directory: str
    files: tuple[str, ...]
    stack: str = ""
    var_files: tuple[str, ...] = ()
    environment: Optional[str] = None


@dataclass(frozen=True, slots=True)
class Packages:
    """
    What belongs to charts and overlays.

    `files` are no manifests by themselves, `skipped` is what to say of what is not rendered. `doubtful` is what to say
    of files if they are nothing else.
    """

    files: frozenset[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()
    rendered: tuple[Package, ...] = ()
    doubtful: tuple[Skipped, ...] = ()


NO_PACKAGES: Final = Packages()


def content_of(tree: Tree, paths: Iterable[str]) -> str:
    """Return what changes when one of these files does."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0{identity(tree, path)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
