"""What Helm is to see of a tree for one chart: its own files, and the charts in the tree that it depends on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from guardrail.errors import SourceError
from guardrail.frontends import documents
from guardrail.frontends.rendering.package import CHART
from guardrail.sources.tree import Tree, clean

REQUIREMENTS: Final = "requirements.yaml"
"""Where a chart of the first version of the format names its dependencies."""

_LOCAL: Final = "file://"
_DEEP: Final = 6
"""How many charts may depend on one another in the tree."""

_VALUES: Final = 20_000
"""How many values of a control file are read."""

_FILES: Final = b".Files"
_FOLDERS: Final = re.compile(rb"\"([\w.-]+)/")

_PARTS: Final = ("templates", "crds", "charts")
_OF_CHART: Final = frozenset({CHART, "Chart.lock", REQUIREMENTS, "requirements.lock", "values.yaml", ".helmignore"})


class Files:
    """The paths of a tree, by folder."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._entries = tree.entries()
        self._paths = sorted(self._entries)

    def below(self, folder: str) -> Sequence[str]:
        """Return the paths below a folder, "" for the root."""
        if not folder:
            return self._paths
        start = bisect_left(self._paths, f"{folder}/")
        return self._paths[start : bisect_left(self._paths, f"{folder}0", lo=start)]  # 0 follows /

    def is_link(self, path: str) -> bool:
        """Whether a link stands at a path."""
        return self._entries[path].kind == "link"

    def is_file(self, path: str) -> bool:
        """Whether something stands at a path that is no folder."""
        return path in self._entries


def layout(files: Files, chart: str) -> Mapping[str, str]:
    """Return what Helm is to see for the chart in a folder: the path in the tree of each file, by where it is seen."""
    seen: dict[str, str] = {}
    _place(files, chart, chart, seen, 0)
    return seen


def metadata(tree: Tree, path: str) -> Mapping[str, Any]:
    """Return what a control file says, nothing if it cannot be read: Helm says then what is wrong with it."""
    try:
        read = documents.read(tree.read(path).data, path, most=_VALUES)
    except SourceError:
        return {}
    return next((one.value for one in read.documents if isinstance(one.value, Mapping)), {})


def read_by(files: Files, chart: str, paths: Iterable[str]) -> Iterator[str]:
    """Yield those of some documents that templates of a chart read and render: by themselves they are none."""
    folder = f"{chart}/" if chart else ""
    texts = [_text(files.tree, path) for path in files.below(f"{folder}templates")]
    reads = any(_FILES in text for text in texts)
    named = {name for text in texts for name in _FOLDERS.findall(text)} if reads else set[bytes]()
    for path in paths if named else ():
        if path[len(folder) :].partition("/")[0].encode() in named and _is_template(files.tree, path):
            yield path


def _is_template(tree: Tree, path: str) -> bool:
    text = _text(tree, path)
    return b"{{" in text and any(one.code == "template" for one in documents.read(text, path, most=_VALUES).diagnostics)


def _place(files: Files, chart: str, at: str, seen: dict[str, str], depth: int) -> None:
    """Put the chart of a folder to where it is seen, with the charts of the tree that it depends on."""
    for path in _own(files, chart):
        there = at + path[len(chart) :] if chart else _joined(at, path)
        if files.is_link(path):
            seen.update(_behind(files, path, there))
        else:
            seen[there] = path
    if depth >= _DEEP:
        return
    for name, path in _local(files.tree, chart):
        place = _joined(at, f"charts/{name}")
        if files.is_file(f"{path}/{CHART}") and f"{place}/{CHART}" not in seen and path != chart:
            _place(files, path, place, seen, depth + 1)


def _own(files: Files, chart: str) -> Iterator[str]:
    """Yield the files of a chart. One at the root has all of the repository only if its templates read files."""
    below = files.below(chart)
    if chart or any(_reads_files(files.tree, path) for path in below if path.startswith("templates/")):
        yield from below
        return
    for path in below:
        first, _, rest = path.partition("/")
        if (first in _PARTS and rest) or path in _OF_CHART:
            yield path


def _reads_files(tree: Tree, path: str) -> bool:
    return _FILES in _text(tree, path)


def _text(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path).data
    except SourceError:
        return b""


def _behind(files: Files, link: str, there: str) -> Iterator[tuple[str, str]]:
    """Yield the files that a link means: one, or those of a folder."""
    try:
        target = files.tree.resolve(link)
    except SourceError:
        yield there, link  # whoever reads it says what is wrong
        return
    below = files.below(target) if target and not files.is_file(target) else ()
    if not below:
        yield there, link
    for path in below:
        if not files.is_link(path) and not there.startswith(f"{target}/"):
            yield there + path[len(target) :], path


def _local(tree: Tree, chart: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the folder of each chart in the tree that a chart says it depends on."""
    for control in (CHART, REQUIREMENTS):
        stated = metadata(tree, _joined(chart, control)).get("dependencies")
        for one in stated if isinstance(stated, (list, tuple)) else ():
            where, name = (one.get("repository"), one.get("name")) if isinstance(one, Mapping) else (None, None)
            if isinstance(where, str) and isinstance(name, str) and where.startswith(_LOCAL) and "/" not in name:
                path = clean(f"{chart}/{where[len(_LOCAL) :]}")
                if path and not path.startswith(".."):
                    yield name, path


def _joined(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
