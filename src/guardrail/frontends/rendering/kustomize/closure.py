"""What an overlay consists of: all that its control file names, and what those name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, Optional

from guardrail.errors import SourceError
from guardrail.frontends import documents
from guardrail.frontends.rendering.kustomize.control import Control, Reference, Role, control
from guardrail.frontends.rendering.package import KUSTOMIZATIONS
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Tree, clean, shown

Kind = Literal["file", "folder", "inline", "missing", "remote", "outside", "program", "chart"]
"""What is behind a reference. The last four, and what is missing, are not rendered."""

LEFT_OUT: Final[Mapping[Kind, str]] = {
    "remote": "lies outside of the repository, and nothing is fetched",
    "outside": "leads out of the repository",
    "program": "is a program of its own, which is not run",
    "chart": "is rendered by Helm, which Kustomize is not let call",
    "missing": "is not in the repository",
}

FOLDERS: Final = 500
"""Folders of one overlay; the largest public one that was tried has 60."""

_REMOTE: Final = re.compile(r"://|^git@|^git::|^gh:|^(?:github|gitlab|bitbucket)\.[a-z]+[/:]|[?&](?:ref|version)=")

_BUILT_IN: Final = frozenset({
    "AnnotationsTransformer", "ConfigMapGenerator", "ImageTagTransformer", "LabelTransformer", "NamespaceTransformer",
    "PatchJson6902Transformer", "PatchStrategicMergeTransformer", "PatchTransformer", "PrefixSuffixTransformer",
    "PrefixTransformer", "ReplacementTransformer", "ReplicaCountTransformer", "SecretGenerator", "SuffixTransformer",
    "ValueAddTransformer",
})  # fmt: skip
"""Plugins that are part of the tool. The one for charts calls Helm."""

_NAMING: Final = frozenset({"path", "paths", "files", "envs", "env"})
"""Keys by which plugins name files."""


@dataclass(frozen=True, slots=True)
class Named:
    """A reference, and what is there: `path` is the file, or the real folder."""

    reference: Reference
    kind: Kind
    path: str = ""

    @property
    def left_out(self) -> bool:
        """Whether it is not rendered. What becomes content and is not there is empty instead."""
        return self.kind in LEFT_OUT and (self.kind != "missing" or self.reference.role != "data")


@dataclass(frozen=True, slots=True)
class Folder:
    """
    A folder with a control file, and what that names. `problem` says why the tool would refuse it.

    There may be more control files than one, `others`; then none of them counts.
    """

    path: str
    file: str
    control: Control
    named: tuple[Named, ...] = ()
    problem: str = ""
    others: tuple[str, ...] = ()

    def folders(self) -> Iterator[str]:
        """Yield the folders that it takes in; components first, as they are applied last."""
        for role in ("component", "resource"):
            for one in self.named:
                if one.kind == "folder" and one.reference.role == role:
                    yield one.path

    def left_out(self) -> Iterator[Named]:
        """Yield what it names and is not rendered."""
        return (one for one in self.named if one.left_out)


@dataclass(frozen=True, slots=True)
class Closure:
    """All folders of an overlay, its own first; those that are applied later stand before those that are so before."""

    folders: tuple[Folder, ...]

    @property
    def controls(self) -> frozenset[str]:
        """The control files."""
        return frozenset(file for folder in self.folders for file in (folder.file, *folder.others))

    def below(self, folder: Folder) -> frozenset[str]:
        """Return the files of a folder and of those that it takes in."""
        folders = {one.path: one for one in self.folders}
        found: dict[str, Folder] = {}
        waiting = [folder.path]
        while waiting:
            one = folders.get(waiting.pop())
            if one is not None and one.path not in found:
                found[one.path] = one
                waiting.extend(one.folders())
        return frozenset(
            file for one in found.values() for file in (one.file, *(each.path for each in one.named if each.path))
        )

    def files(self, *roles: Role) -> frozenset[str]:
        """Return the files that are named so."""
        return frozenset(
            one.path
            for folder in self.folders
            for one in folder.named
            if one.kind == "file" and one.reference.role in roles
        )

    @property
    def problem(self) -> str:
        """Why the tool would refuse it."""
        if len(self.folders) >= FOLDERS:
            return f"it takes in more than {FOLDERS} folders"
        told = next((folder for folder in self.folders if folder.problem), None)
        return "" if told is None else f"{shown(told.file)}: {told.problem}"

    @property
    def plain(self) -> bool:
        """Whether all that is deployed is deployed as it is written."""
        return not self.problem and all(
            folder.control.plain
            and all(one.kind != "missing" and (one.kind != "file" or _is_manifest(one.path)) for one in folder.named)
            for folder in self.folders
        )


def _is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml", ".json"))


class Walk:
    """Finds what is named in a tree; each folder is looked at once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folders: dict[str, Optional[Folder]] = {}
        self._closures: dict[str, Closure] = {}

    def folder(self, path: str) -> Optional[Folder]:
        """Return a real folder with a control file, None for one without."""
        if path not in self._folders:
            self._folders[path] = self._looked_at(path)
        return self._folders[path]

    def closure(self, path: str) -> Closure:
        """Return all that a folder takes in."""
        if path not in self._closures:
            found: dict[str, Folder] = {}
            waiting = [path]
            while waiting and len(found) < FOLDERS:
                folder = self.folder(waiting.pop())
                if folder is not None and folder.path not in found:
                    found[folder.path] = folder
                    waiting.extend(reversed([*folder.folders()]))
            self._closures[path] = Closure(tuple(found.values()))
        return self._closures[path]

    def _looked_at(self, path: str) -> Optional[Folder]:
        try:
            names = self._tree.listdir(path)
        except SourceError:
            return None
        own = [f"{path}/{name}" if path else name for name in KUSTOMIZATIONS if name in names]
        if not own:
            return None
        if len(own) > 1:
            several = " and ".join(shown(file) for file in own)
            problem = f"there are several control files: {several}"
            return Folder(path, own[0], Control({}), problem=problem, others=tuple(own[1:]))
        try:
            said = control(self._tree.read(own[0]).data)
        except SourceError as error:
            return Folder(path, own[0], Control({}), problem=error.message)
        named = tuple(self._named(path, reference) for reference in said.references)
        return Folder(path, own[0], said, named, said.problem)

    def _named(self, folder: str, reference: Reference) -> Named:
        """Return what is behind a reference, as the tool looks for it: a file, a folder, then the text itself."""
        text = reference.text
        if reference.role == "chart":
            return Named(reference, "chart")
        if "\n" in text:
            return self._inline(reference)
        if text.startswith("/"):
            return Named(reference, "outside")
        path = clean(f"{folder}/{text}")
        if path.startswith(".."):
            return Named(reference, "remote" if _REMOTE.search(text) else "outside")
        try:
            self._tree.listdir(path)
            return self._of_folder(reference, path)
        except SourceError as error:
            if error.code in ("link-outside", "submodule"):
                return Named(reference, "outside")
            if error.code == "not-a-directory" and self._is_file(path):
                return self._of_file(reference, path)
        if text.lstrip()[:1] in ("{", "["):
            return self._inline(reference)
        return Named(reference, "remote" if _REMOTE.search(text) else "missing")

    def _is_file(self, path: str) -> bool:
        """Whether this is a file itself: below a file there is nothing."""
        try:
            return bool(self._tree.resolve(path))
        except SourceError:
            return False

    def _of_folder(self, reference: Reference, path: str) -> Named:
        if reference.role == "plugin":
            return Named(reference, "program")
        return Named(
            reference, "folder" if reference.role in ("resource", "component") else "missing", self._real(path)
        )

    def _of_file(self, reference: Reference, path: str) -> Named:
        if reference.role == "plugin":
            try:
                if not _is_built_in(self._tree.read(path).data):
                    return Named(reference, "program", path)
            except SourceError:
                return Named(reference, "program", path)
        return Named(reference, "file", path)

    def _inline(self, reference: Reference) -> Named:
        if reference.role == "plugin" and not _is_built_in(reference.text.encode("utf-8", "surrogateescape")):
            return Named(reference, "program")
        return Named(reference, "inline")

    def _real(self, path: str) -> str:
        try:
            return self._tree.resolve(path)
        except SourceError:
            return path


def _is_built_in(data: bytes) -> bool:
    """Whether plugins are part of the tool, and name no files."""
    read = documents.read(data, "plugin.yaml", most=20_000)
    return not read.diagnostics and all(
        isinstance(one.value, dict)
        and one.value.get("apiVersion") == "builtin"
        and one.value.get("kind") in _BUILT_IN
        and _NAMING.isdisjoint(map(str.lower, one.value))
        and not any(isinstance(each, Mapping) and "path" in each for each in _members(one.value.get("replacements")))
        for one in read.documents
    )


def _members(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else ()
