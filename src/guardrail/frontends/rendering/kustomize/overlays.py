"""The overlays of a tree: which are units, and which files are no manifests because they belong to one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from guardrail.errors import SourceError
from guardrail.frontends.formats import NOT_YET
from guardrail.frontends.rendering.kustomize.closure import LEFT_OUT, Closure, Folder, Named, Walk
from guardrail.frontends.rendering.kustomize.control import Role
from guardrail.frontends.rendering.package import KUSTOMIZATIONS, Package, Packages, content_of
from guardrail.frontends.rendering.tool import Tools
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, shown

OVERLAYS: Final = 1000
"""How many overlays of a tree are rendered."""

_ABSENT: Final = (
    "it takes the program `kustomize` or `kubectl` to judge it, and neither is on this machine"
    " (https://kubectl.docs.kubernetes.io/installation/kustomize)"
)
_AS_WRITTEN: Final = "the manifests that it names are judged as they are written"

_WHAT: Final[Mapping[Role, str]] = {"patch": "patch", "plugin": "plugin", "other": "configuration"}
"""Files that are part of an overlay and no manifests."""


def overlays(tree: Tree, paths: Sequence[str], tools: Tools, kept: frozenset[str]) -> Packages:
    """
    Return the overlays among these paths that nobody else refers to, or that are `kept`, and what belongs to them.

    An overlay that changes nothing needs no tool. Where there is none for another one, its manifests count as they
    are written.
    """
    walk = Walk(tree)
    own = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in KUSTOMIZATIONS}
    folders = {path: folder for path in sorted(own) if (folder := walk.folder(path)) is not None}
    tops = [walk.closure(path) for path in _tops(folders, kept)]
    rendered = [one for one in tops if one.plain or tools.kustomize() is not None][:OVERLAYS]
    of_units = _Claimed(tree, rendered)
    given = frozenset(paths)
    skipped = [*_left_out(tree, rendered)]
    taken = {path: path for path in of_units.files & given}
    for file, reason in _not_rendered(folders.values(), of_units, tools):
        if file in given:
            taken[file] = file
            skipped.append(Skipped(file, reason, content_of(tree, [file])))
    return Packages(frozenset(taken), tuple(skipped), tuple(map(of_units.package, rendered)))


def _tops(folders: Mapping[str, Folder], kept: frozenset[str]) -> Iterator[str]:
    """Yield the overlays that stand for themselves. A component is nothing without those who name it."""
    named = {other for path, folder in folders.items() for other in folder.folders() if other != path}
    for path, folder in folders.items():
        if path in kept or (path not in named and not folder.control.component):
            yield path


class _Claimed:
    """The files that overlays consist of, by their real paths."""

    def __init__(self, tree: Tree, closures: Iterable[Closure]) -> None:
        self._tree = tree
        self.controls: set[str] = set()
        claimed: set[str] = set()
        for closure in closures:
            self.controls |= closure.controls
            claimed |= closure.files("resource", "patch", "plugin")
        self.files = frozenset((*self.controls, *self._real(claimed)))

    def package(self, closure: Closure) -> Package:
        """Return what is rendered."""
        every = closure.files("resource", "component", "patch", "plugin", "data", "other")
        programs = {one.path for folder in closure.folders for one in folder.left_out() if one.path}
        files = {*closure.controls, *self._real(every | programs)}
        return Package(renderer="kustomize", directory=closure.folders[0].path, files=tuple(sorted(files)))

    def _real(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield the paths, and where links at them lead."""
        for path in paths:
            yield path
            with suppress(SourceError):
                yield self._tree.resolve(path)


def _not_rendered(folders: Iterable[Folder], of_units: _Claimed, tools: Tools) -> Iterator[tuple[str, str]]:
    """
    Yield the files of overlays that no unit takes in, and why they are not judged.

    What one of those deploys as it is is no patch, whoever says so.
    """
    left = [folder for folder in folders if folder.file not in of_units.controls]
    deployed = {one.path for folder in left for one in folder.named if one.reference.role == "resource"}
    named: dict[str, str] = {}
    for folder in left:
        why = _ABSENT if tools.kustomize() is None and not folder.control.component else NOT_YET
        for file in (folder.file, *folder.others):
            yield file, f"Kustomize control file: {why}; {_AS_WRITTEN}"
        for one in folder.named:
            what = _WHAT.get(one.reference.role)
            if what is not None and one.kind in ("file", "program") and one.path:
                named.setdefault(one.path, f"Kustomize {what} of {shown(folder.path)}: {why}")
    for path in sorted(named.keys() - deployed - of_units.files):
        yield path, named[path]


def _left_out(tree: Tree, closures: Iterable[Closure]) -> Iterator[Skipped]:
    """Yield what units are rendered without, for each control file that names some of it."""
    folders = {folder.file: folder for closure in closures for folder in closure.folders}
    for file, folder in sorted(folders.items()):
        left = tuple(folder.left_out())
        if left:
            digest = hashlib.sha256()
            for one in left:
                said = json.dumps(folder.control.item(one.reference), sort_keys=True)
                content = content_of(tree, [one.path]) if one.path else ""
                digest.update(f"{said}\0{content}\0".encode("utf-8", "surrogateescape"))
            yield Skipped(file, "rendered without " + "; ".join(map(told_of, left)), digest.hexdigest())


def told_of(one: Named) -> str:
    """Return what is left out of a rendering, and why."""
    text = one.reference.text
    what = one.path or ("what is written in it" if "\n" in text else text[:_SHOWN])
    return f"{shown(what)}, which {LEFT_OUT[one.kind]}"


_SHOWN: Final = 200
"""Characters of a reference that are repeated."""
