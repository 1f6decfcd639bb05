"""The overlays of a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from guardrail.errors import SourceError
from guardrail.frontends.formats import NOT_YET
from guardrail.frontends.rendering.package import KUSTOMIZATIONS, Packages, content_of
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, clean

_VALUES: Final = 20_000
"""How many values of a control file are read."""

_PATCHES: Final = ("patches", "patchesStrategicMerge", "patchesJson6902", "replacements")
_PLUGINS: Final = ("transformers", "generators", "validators", "configurations", "crds")


def overlays(tree: Tree, paths: Sequence[str], tools: Tools, kept: frozenset[str]) -> Packages:
    """Return which of these paths belong to an overlay, and what is to be said of those."""
    del tools, kept
    controls = [path for path in paths if path.rpartition("/")[2] in KUSTOMIZATIONS]
    found = dict(_of_overlays(tree, controls, frozenset(paths)))
    skipped = (Skipped(path, reason, content_of(tree, [path])) for path, reason in found.items())
    return Packages(frozenset(found), tuple(skipped))


def _of_overlays(tree: Tree, controls: Iterable[str], given: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the files that overlays consist of, less what one of them deploys as it is, with what they are."""
    named: dict[str, str] = {}
    deployed: set[str] = set()
    for control in sorted(controls):
        yield control, f"Kustomize control file: {NOT_YET}; the manifests that it names are judged as they are written"
        folder = control.rpartition("/")[0]
        for value in _values(tree, control):
            deployed.update(_joined(folder, item) for item in _texts(value, "resources"))
            for key, what in (*((key, "patch") for key in _PATCHES), *((key, "plugin") for key in _PLUGINS)):
                for item in _texts(value, key):
                    named.setdefault(_joined(folder, item), f"Kustomize {what} of {folder or '.'}: {NOT_YET}")
    for path in sorted(named.keys() - deployed):
        if path in given and path.rpartition("/")[2] not in KUSTOMIZATIONS:
            yield path, named[path]


def _values(tree: Tree, control: str) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of a control file. One that is broken names nothing: its files count as manifests."""
    from guardrail.frontends import documents

    try:
        read = documents.read(tree.read(control).data, control, most=_VALUES)
    except SourceError:
        return
    for document in read.documents:
        if isinstance(document.value, Mapping):
            yield document.value


def _texts(value: Mapping[str, Any], key: str) -> Iterator[str]:
    """Yield the paths that a list of a control file holds, as texts or below `path`."""
    items = value.get(key)
    for item in items if isinstance(items, (list, tuple)) else ():
        path = item.get("path") if isinstance(item, Mapping) else item
        if isinstance(path, str) and "\n" not in path:
            yield path


def _joined(folder: str, path: str) -> str:
    return clean(f"{folder}/{path}")
