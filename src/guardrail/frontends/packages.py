"""Files that belong to a Helm chart or a Kustomize overlay: input of their tools, and no manifests by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from guardrail.errors import SourceError
from guardrail.frontends.formats import NOT_YET
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, clean, identity

CHART: Final = "Chart.yaml"
KUSTOMIZATIONS: Final = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
CONTROLS: Final = frozenset({CHART, *KUSTOMIZATIONS})
"""The names of files without which there is neither chart nor overlay."""

_OF_CHART: Final = ("templates", "crds", "charts")
"""The folders of a chart whose files are no manifests, or are installed with it."""

_VALUES: Final = 20_000
"""How many values of a control file are read."""

_PATCHES: Final = ("patches", "patchesStrategicMerge", "patchesJson6902", "replacements")
_PLUGINS: Final = ("transformers", "generators", "validators", "configurations", "crds")


@dataclass(frozen=True, slots=True)
class Packages:
    """What belongs to charts and overlays: the files, and what to say of them."""

    files: frozenset[str]
    skipped: tuple[Skipped, ...]


NO_PACKAGES: Final = Packages(frozenset(), ())


def packages(tree: Tree, paths: Iterable[str]) -> Packages:
    """Return which of these paths belong to a chart or an overlay."""
    given = tuple(paths)
    charts = {path.rpartition("/")[0] for path in given if path.rpartition("/")[2] == CHART}
    of_chart: dict[str, list[str]] = {}
    for path in given if charts else ():
        chart = _chart_of(path, charts)
        if chart is not None:
            of_chart.setdefault(chart, []).append(path)
    skipped = [_chart(tree, chart, files) for chart, files in sorted(of_chart.items())]
    taken = {path for files in of_chart.values() for path in files}
    controls = [path for path in given if path.rpartition("/")[2] in KUSTOMIZATIONS and path not in taken]
    for path, reason in _of_overlays(tree, controls, frozenset(given) - taken):
        taken.add(path)
        skipped.append(Skipped(path, reason, content_of(tree, [path])))
    return Packages(frozenset(taken), tuple(skipped))


def content_of(tree: Tree, paths: Iterable[str]) -> str:
    """Return what changes when one of these files does."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path}\0{identity(tree, path)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


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
