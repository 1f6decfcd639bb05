"""
Which modules the files of a directory call, as far as their text tells.

What was found in a file is kept by its content, so that base and head share it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.sorting import TERRAFORM
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.configuration import Reader, configuration_files
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.glance import MANY, NO_CALLS, SOUGHT, Sources, calls_in, may_read
from guardrail.frontends.terraform.syntax.nodes import Literal
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Blob, Tree

_OVERRIDE: Final = re.compile(r"(?:^|_)override\.(?:tf|tofu)(?:\.json)?$")

_PLAIN: Final = (".tf", ".tofu")
"""How files end that are not JSON."""

KEPT: Final = 64 * 1024 * 1024
"""Bytes of texts that are kept while two trees are compared."""

Content = str
"""What tells a file apart: its id, and whether it is read as JSON."""


def content(identity: str, path: str) -> Content:
    """Return what tells a file of that id apart."""
    return f"{identity} JSON" if path.endswith(".json") else identity


def content_at(tree: Tree, path: str) -> Content:
    """Return what tells the file apart that is at a path, or that a link leads to; nothing if it is not known yet."""
    entry = tree.entries().get(path)
    if entry is not None and entry.kind == "link":
        try:
            entry = tree.entries().get(tree.resolve(path))
        except SourceError:
            return ""
    if entry is None or entry.id is None or entry.kind != "file":
        return ""
    return content(entry.id, path)


def contents_at(tree: Tree, paths: Iterable[str]) -> list[tuple[str, Content]]:
    """Return each path with what tells its file apart: `content_at` of many, most of which are plain files."""
    entry_at = tree.entries().get
    return [
        (
            path,
            entry.id
            if (entry := entry_at(path)) is not None and entry.kind == "file" and entry.id and path.endswith(_PLAIN)
            else content_at(tree, path),
        )
        for path in paths
    ]


@dataclass(slots=True)
class Calls:
    """
    Finds module calls; what was found in a file is kept by its content, so that base and head share it.

    `computed` are directories with a call whose source is an expression: only the evaluation can tell what it means;
    `lost` are the paths by directory that calls mean and no folder was found at. Where two trees are to be compared,
    the texts are kept as long as there is `room`; `reading` are the files with functions that may read others. `passed`
    are the files of trees, by path, that were not opened, since they hold no word of either.
    """

    syntax: SyntaxCache = field(default_factory=SyntaxCache)
    known: dict[Content, Optional[Sources]] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    lost: dict[str, set[str]] = field(default_factory=dict)
    compares: bool = False
    fetched: Optional[Folder] = None
    texts: dict[Content, bytes] = field(default_factory=dict)
    passed: list[tuple[Tree, dict[str, Content]]] = field(default_factory=list)
    room: int = KEPT
    reading: set[str] = field(default_factory=set)
    _directories: dict[str, tuple[list[tuple[str, Content]], tuple[str, ...]]] = field(default_factory=dict)

    def look(self, tree: Tree, directories: Iterable[str]) -> Mapping[str, Iterable[str]]:
        """Return the sources that the calls in each directory have, as far as they are plain texts."""
        found = {directory: contents_at(tree, _configuration(tree, directory)) for directory in directories}
        unknown = {path: key for files in found.values() for path, key in files if key not in self.known}
        if len(unknown) >= MANY:
            self._pass_over(tree, unknown)
        while unknown:
            for path, blob in self.syntax.read_some(tree, tuple(unknown)):
                known = unknown.pop(path)
                if isinstance(blob, Blob):
                    key = known or content_at(tree, path) or content(blob.id, path)
                    self._take(key, blob.data, json=path.endswith(".json"))
        return {directory: self._sources(tree, directory, files) for directory, files in found.items()}

    def _pass_over(self, tree: Tree, unknown: dict[str, Content]) -> None:
        """Take the files that call and read nothing, by a search that opens none of them, from those to be opened."""
        holders = tree.holding(SOUGHT, TERRAFORM)
        if holders is None:
            return
        entries = tree.entries()
        passed = {
            path: key for path, key in unknown.items() if path not in holders and key and entries[path].kind == "file"
        }
        self.known.update(dict.fromkeys(passed.values(), NO_CALLS))
        self.passed.append((tree, passed))
        for path in passed:
            del unknown[path]

    def sources(self, tree: Tree, directory: str) -> Iterable[str]:
        """Return the same of one directory."""
        return self.look(tree, [directory])[directory]

    def _sources(self, tree: Tree, directory: str, files: list[tuple[str, Content]]) -> Iterable[str]:
        known = self._directories.get(directory)
        if known is not None and known[0] == files:
            return known[1]
        of_file = self.known
        sources = {path: of_file[key] if key in of_file else self.plain_sources(tree, path) for path, key in files}
        calls = any(one is not NO_CALLS for one in sources.values())
        found = tuple(self._together(tree, directory, sources)) if calls else ()
        read = files if all(key for _, key in files) else contents_at(tree, [path for path, _ in files])
        if all(key for _, key in read):
            self._directories[directory] = read, found
        return found

    def plain_sources(self, tree: Tree, path: str) -> Optional[Sources]:
        """Return the calls of a file, None where its lines do not tell. One that cannot be read has none."""
        key = content_at(tree, path)
        if key not in self.known:
            try:
                blob = self.syntax.read(tree, path)
            except SourceError:
                return NO_CALLS
            key = key or content_at(tree, path) or content(blob.id, path)
            self._take(key, blob.data, json=path.endswith(".json"))
        return self.known[key]

    def _together(self, tree: Tree, directory: str, files: Mapping[str, Optional[Sources]]) -> Iterable[str]:
        """Return the sources of the files of a directory."""
        found: dict[str, str] = {}
        unclear = False
        for path, of_file in files.items():
            if of_file:
                unclear = unclear or not of_file.keys().isdisjoint(found) or _OVERRIDE.search(path) is not None
                found.update(of_file)
            unclear = unclear or of_file is None
        return self._evaluated(tree, directory) if unclear else found.values()

    def _take(self, key: Content, data: bytes, *, json: bool) -> None:
        if key in self.known:
            return
        self.known[key] = calls_in(data, json=json) if json or b"module" in data else NO_CALLS
        if self.compares:
            self.room -= len(data)
            if self.room >= 0:
                self.texts[key] = data
            if may_read(data, json=json):
                self.reading.add(key)

    def _evaluated(self, tree: Tree, directory: str) -> Iterable[str]:
        """Return the sources as the evaluator would read them: override files and second declarations heeded."""
        declarations = Reader(tree, self.syntax, lambda _: None).declarations(directory)
        arguments = [one.argument("source") for one in declarations.modules.values()]
        stated = [argument.value for argument in arguments if argument is not None]
        plain = [node.value for node in stated if isinstance(node, Literal) and isinstance(node.value, str)]
        if len(plain) < len(stated):
            self.computed.add(directory)
        return plain


def _configuration(tree: Tree, directory: str) -> list[str]:
    """Return the paths of the files of a directory that make up a module."""
    prefix = f"{directory}/" if directory else ""
    return [prefix + name for name in configuration_files(tree.listdir(directory))]
