"""
The charts of a tree, and with which values each is a unit.

A chart with its own values is one, unless values for other places lie beside it: then each of those files is, since
the chart's own values are part of all of them. Stacks of the configuration say it exactly. A library has nothing to
deploy, and a chart inside the `charts` folder of another is part of that one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Final, Optional

from guardrail.config.settings import Settings
from guardrail.errors import SourceError
from guardrail.frontends.rendering.helm.layout import Files, layout, metadata, read_by
from guardrail.frontends.rendering.package import CHART, Package, Packages, content_of
from guardrail.frontends.rendering.tool import Tools
from guardrail.frontends.unit import rows_of
from guardrail.model.address import ROOT
from guardrail.model.report import Skipped
from guardrail.sources.overlay import own
from guardrail.sources.tree import Tree, clean, shown

_OF_CHART: Final = ("templates", "crds", "charts")
"""The folders of a chart whose files are no manifests, or are installed with it."""

_CONTROLS: Final = (CHART, "Chart.lock", "requirements.yaml", "values.schema.json")
_OWN: Final = "values.yaml"
_VALUES: Final = re.compile(r"(?:.+[-_.])?values(?:[-_.].+)?\.ya?ml\Z", re.IGNORECASE)
_API: Final = re.compile(rb"""^["']?apiVersion["']?\s*:""", re.MULTILINE)
_KIND: Final = re.compile(rb"""^["']?kind["']?\s*:""", re.MULTILINE)
_DOCUMENTS: Final = (".yaml", ".yml", ".json")
_FOLDER_OF_VALUES: Final = "values"

_KEY: Final = re.compile(rb"""^["']?([\w.-]+)["']?[ \t]*:""", re.MULTILINE)
_NAMED: Final = re.compile(rb"\.Values\.(\w+)")
_KEY_OF_JSON: Final = re.compile(rb'[{,]\s*"([\w.-]+)"\s*:')
_LARGEST: Final = 1 << 20
"""Bytes of what is looked at as values."""

_NOT_USED: Final = "values of a Helm chart that nothing says is installed with them:"
_STATE: Final = "name them as `var_files` of a stack of the chart in guardrail.yaml, or leave them out with `exclude`"

LIBRARY: Final = "Helm library chart: there is nothing in it to deploy, it is part of the charts that use it"
ABSENT: Final = (
    "Helm chart: it takes the program `helm` to judge it, and there is none on the search path"
    " (https://helm.sh/docs/intro/install)"
)


def charts(
    tree: Tree, paths: Sequence[str], settings: Settings, tools: Tools, kept: frozenset[str] = frozenset()
) -> Packages:
    """
    Return which of these paths belong to a chart, and what is rendered of those.

    `kept` are folders of charts that are a unit with their own values, whatever lies beside them.
    """
    folders = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == CHART}
    of_chart: dict[str, list[str]] = {}
    for path in paths:
        chart = _chart_of(path, folders)
        if chart is not None and not _is_manifest(tree, path, chart):
            of_chart.setdefault(chart, []).append(path)
    taken = frozenset(path for several in of_chart.values() for path in several)
    if tools.helm() is None:
        skipped = (Skipped(f"{chart or '.'}/", ABSENT, content_of(tree, those)) for chart, those in of_chart.items())
        return Packages(taken, tuple(sorted(skipped, key=lambda one: one.file)))
    files = Files(own(tree))
    libraries = {chart for chart in of_chart if metadata(tree, _joined(chart, CHART)).get("type") == "library"}
    deployed = sorted({*of_chart, *(kept & folders)} - libraries)
    read = (path for chart in deployed for path in read_by(files, chart, _others(paths, chart, taken)))
    apart = frozenset(path for chart in libraries for path in of_chart[chart] if _stands_alone(path))
    rendered = tuple(package for chart in deployed for package in _packages(files, chart, settings, kept))
    claimed = taken.union(read) - apart
    return Packages(
        claimed,
        tuple(Skipped(f"{chart or '.'}/", LIBRARY) for chart in sorted(libraries)),
        rendered,
        tuple(Skipped(path, why, content_of(tree, [path])) for path, why in _unused(files, paths, rendered)),
    )


def _unused(files: Files, paths: Sequence[str], rendered: Sequence[Package]) -> Iterator[tuple[str, str]]:
    """
    Yield what looks like values of a chart and is none of those that it is rendered with, with what to say of it.

    A script may install a chart with whatever it likes: with what is called like values anywhere, and with any
    document beside the chart, if it sets what the chart takes.
    """
    charts = sorted({one.directory for one in rendered})
    used = {clean(f"{one.directory}/{name}") for one in rendered for name in one.var_files}
    takes = {chart: _taken(files, chart) for chart in charts}
    for path in paths if charts else ():
        folder, _, name = path.rpartition("/")
        if path in used or not name.lower().endswith(_DOCUMENTS) or _is_deployed(path, charts):
            continue
        above = next((chart for chart in _above(folder) if chart in takes), None)
        if above is None and _VALUES.match(name) is None:
            continue
        sets = _keys(files.tree, path)
        of = next((chart for chart in ([above] if above is not None else charts) if sets & takes[chart]), None)
        if of is not None:
            yield path, f"{_NOT_USED} {shown(of or '.')}; {_STATE}"


def _is_deployed(path: str, charts: Collection[str]) -> bool:
    """Whether a file is the chart's own: a template, or the values that are always part of it."""
    chart = _chart_of(path, charts)
    inner = path if not chart else path[len(chart) + 1 :]
    return chart is not None and (inner.partition("/")[0] in _OF_CHART or inner in (*_CONTROLS, _OWN))


def _above(folder: str) -> Iterator[str]:
    """Yield a folder and those around it."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _taken(files: Files, chart: str) -> frozenset[bytes]:
    """Return the first keys of the values that a chart takes: those that it states, and those that templates name."""
    named: set[bytes] = set()
    for path in files.below(_joined(chart, "templates")):
        with suppress(SourceError):
            named.update(_NAMED.findall(files.tree.read(path).data))
    return _keys(files.tree, _joined(chart, _OWN)).union(named)


def _keys(tree: Tree, path: str) -> frozenset[bytes]:
    """Return what stands at the left of a document, as far as it is a mapping; nothing of a manifest."""
    try:
        text = tree.read(path, limit=_LARGEST).data
    except SourceError:
        return frozenset()
    found = frozenset(_KEY.findall(text) or _KEY_OF_JSON.findall(text))
    return frozenset() if {b"apiVersion", b"kind"} <= found else found


def _stands_alone(path: str) -> bool:
    """Whether a file of a library is none that others include."""
    return "/templates/" in f"/{path}" and not path.rpartition("/")[2].startswith("_")


def _is_manifest(tree: Tree, path: str, chart: str) -> bool:
    """Whether what is called like values is a manifest."""
    name = path[len(chart) + 1 :] if chart else path
    if name == _OWN or not (_VALUES.match(name) or name.startswith(f"{_FOLDER_OF_VALUES}/")):
        return False
    try:
        text = tree.read(path).data
    except SourceError:
        return False
    return _API.search(text) is not None and _KIND.search(text) is not None


def _others(paths: Iterable[str], chart: str, taken: Collection[str]) -> Iterator[str]:
    start = f"{chart}/" if chart else ""
    return (path for path in paths if path.startswith(start) and path not in taken and path.endswith(_DOCUMENTS))


def _packages(files: Files, chart: str, settings: Settings, kept: Collection[str]) -> Iterator[Package]:
    """Yield what is rendered of one chart."""
    seen = sorted(set(layout(files, chart).values()))
    rows = rows_of(settings, chart or ROOT, seen)
    stacks = {stack.name: stack for row in reversed(rows) for stack in row.stacks}
    if stacks:
        for name, stack in sorted(stacks.items()):
            yield _package(chart, seen, name, stack.var_files, stack.environment)
        return
    beside = sorted(_beside(files, chart))
    for values in beside:
        yield _package(chart, seen, values.rpartition(".")[0], (values,))
    if not beside or chart in kept:
        yield _package(chart, seen, "", ())


def _package(
    chart: str, seen: Iterable[str], stack: str, values: tuple[str, ...], environment: Optional[str] = None
) -> Package:
    rests_on = sorted({*seen, *(clean(f"{chart}/{one}") for one in values)})
    return Package(
        renderer="helm",
        directory=chart,
        files=tuple(rests_on),
        stack=stack,
        var_files=values,
        environment=environment,
    )


def _beside(files: Files, chart: str) -> Iterator[str]:
    """Yield the files of values that lie beside those of a chart, relative to it."""
    start = len(chart) + 1 if chart else 0
    for path in files.below(chart):
        folder, _, name = path[start:].rpartition("/")
        beside = not folder and name != _OWN and _VALUES.match(name) is not None
        inside = folder == _FOLDER_OF_VALUES and name.endswith((".yaml", ".yml"))
        if (beside or inside) and not _is_manifest(files.tree, path, chart):
            yield path[start:]


def _chart_of(path: str, charts: Collection[str]) -> Optional[str]:
    """Return the outermost chart that a file is part of. What else lies in its folder is not."""
    parts = path.split("/")
    for depth in range(len(parts)):
        folder = "/".join(parts[:depth])
        if folder in charts and _is_of_chart(parts[depth:]):
            return folder
    return None


def _is_of_chart(parts: Sequence[str]) -> bool:
    if len(parts) > 1:
        return parts[0] in _OF_CHART or (parts[0] == _FOLDER_OF_VALUES and len(parts) == 2)  # noqa: PLR2004 - in it
    return parts[0] in _CONTROLS or _VALUES.match(parts[0]) is not None


def _joined(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
