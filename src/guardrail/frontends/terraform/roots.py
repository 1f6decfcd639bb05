"""
Which directories of Terraform files are roots.

A root is a directory that no other one that is judged calls as a local module. Calls count only from directories that
are judged themselves: a module that only an example calls would else be looked at by nobody. A directory that can
only be meant as a root (it has a backend, or variable files that only a root reads) is one even if it is called, and
where directories call each other in a circle, one of them is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.configuration import Reader, configuration_files
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.glance import may_read
from guardrail.frontends.terraform.inputs import automatic_files
from guardrail.frontends.terraform.sources import directories_of
from guardrail.frontends.terraform.syntax.nodes import Literal
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Blob, Tree

_MENTION: Final = re.compile(rb"""(?<![\w.-])module(?:[ \t]+[A-Za-z_\x80-\xff]|[ \t]*(?:"|/\*))""")
_TOKEN: Final = re.compile(
    rb"""^[ \t]*(?P<header>module[ \t]*"(?P<name>[^"\\$%\n]*)"[ \t]*\{)"""
    rb"""|^[ \t]*source[ \t]*=[ \t]*"(?P<source>[^"\\$%\n\x80-\xff]*)"(?=[ \t]*(?:\r?$|\#|//))"""
    rb"""|(?<![\w.-])(?P<other>source)[ \t]*=(?!=)"""
    rb"""|(?P<open>[{\[(])|(?P<close>[}\])])"""
    rb"""|\#[^\n]*|//[^\n]*|"(?:[^"\\\n$%]|\\.|[$%](?!\{)|[$%]\{[^"{}\n]*\})*\""""
    rb"""|(?P<unclear>"|/\*|<<|\r(?!\n)|\xef\xbb\xbf|(?<![\w.-])module(?:[ \t]*"|[ \t]+[A-Za-z_\x80-\xff])[^\n{]*\{)""",
    re.MULTILINE,
)
"""What decides where blocks begin and end. Strings are taken whole if nothing in them has quotes or braces."""

_BACKEND: Final = re.compile(rb"\b(?:backend|cloud)\b")
_OVERRIDE: Final = re.compile(r"(?:^|_)override\.(?:tf|tofu)(?:\.json)?$")

_PLAIN: Final = (".tf", ".tofu")
"""How files end that are not JSON."""

_STEPS: Final = {"header": 1, "open": 1, "close": -1}

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
    return f"{entry.id} JSON" if path.endswith(".json") else entry.id


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


Sources = Mapping[str, str]
"""The sources of a file's module calls, by the name of the call."""

_NONE: Final[Sources] = {}


@dataclass(slots=True)
class Calls:
    """
    Finds module calls; what was found in a file is kept by its content, so that base and head share it.

    `computed` are directories with a call whose source is an expression: only the evaluation can tell what it means;
    `lost` are the paths by directory that calls mean and no folder was found at. Where two trees are to be compared,
    the texts are kept as long as there is `room`; `reading` are the files with functions that may read others.
    """

    syntax: SyntaxCache = field(default_factory=SyntaxCache)
    known: dict[Content, Optional[Sources]] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    lost: dict[str, set[str]] = field(default_factory=dict)
    compares: bool = False
    fetched: Optional[Folder] = None
    texts: dict[Content, bytes] = field(default_factory=dict)
    room: int = KEPT
    reading: set[str] = field(default_factory=set)
    _directories: dict[str, tuple[list[tuple[str, Content]], tuple[str, ...]]] = field(default_factory=dict)

    def look(self, tree: Tree, directories: Iterable[str]) -> Mapping[str, Iterable[str]]:
        """Return the sources that the calls in each directory have, as far as they are plain texts."""
        found = {directory: contents_at(tree, _configuration(tree, directory)) for directory in directories}
        unknown = {path: key for files in found.values() for path, key in files if key not in self.known}
        for path, blob in tree.read_each(unknown):  # of thousands, each takes a third of the time that it does singly
            if isinstance(blob, Blob):
                key = unknown[path] or content_at(tree, path) or content(blob.id, path)
                self._take(key, blob.data, json=path.endswith(".json"))
        return {directory: self._sources(tree, directory, files) for directory, files in found.items()}

    def sources(self, tree: Tree, directory: str) -> Iterable[str]:
        """Return the same of one directory."""
        return self.look(tree, [directory])[directory]

    def _sources(self, tree: Tree, directory: str, files: list[tuple[str, Content]]) -> Iterable[str]:
        known = self._directories.get(directory)
        if known is not None and known[0] == files:
            return known[1]
        found = tuple(self._together(tree, directory, {path: self.plain_sources(tree, path) for path, _ in files}))
        read = files if all(key for _, key in files) else contents_at(tree, [path for path, _ in files])
        if all(key for _, key in read):
            self._directories[directory] = read, found
        return found

    def plain_sources(self, tree: Tree, path: str) -> Optional[Sources]:
        """Return the calls of a file, None where its lines do not tell. One that cannot be read has none."""
        key = content_at(tree, path)
        if key not in self.known:
            try:
                blob = tree.read(path)
            except SourceError:
                return _NONE
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
        self.known[key] = _sources(data, json=json) if json or b"module" in data else _NONE
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


def _sources(data: bytes, *, json: bool) -> Optional[Sources]:
    """
    Return the calls of a file by a glance at its brackets, None where that is not enough: then it is parsed.

    A text that is no call (in a comment, a heredoc, a nested block) would hide a root, and a call that is overlooked a
    change to its module, so anything unclear is left to the parser; so is what it may read otherwise after an error.
    """
    if json:
        return None if b"module" in data or b"\\u" in data else {}
    if not _MENTION.search(data):
        return _NONE
    found: dict[bytes, bytes] = {}
    depth = 0
    inside = b""
    for token in _TOKEN.finditer(data):
        kind = token.lastgroup or ""
        if depth == 0:
            inside = token["name"] or b""
        depth += _STEPS.get(kind, 0)
        stated = kind in ("source", "other") and depth == 1 and inside
        if kind == "unclear" or depth < 0 or (kind == "header" and depth > 1):
            return None
        if stated and (kind == "other" or inside in found):
            return None
        if stated:
            found[inside] = token["source"]
    if depth:
        return None
    return {name.decode("utf-8", "replace"): source.decode("ascii") for name, source in found.items()}


def roots(
    tree: Tree, directories: Iterable[str], *, calls: Calls, modules: Mapping[str, str], named: Iterable[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """
    Return those of the judged directories that are roots, each with the local modules that it calls, and they call.

    `modules` are the sources that the configuration maps to directories, `named` what it names as a root by itself.
    """
    judged = frozenset(directories)
    looked = calls.look(tree, sorted(judged))
    called = {one: frozenset(_called(tree, one, sources, calls, modules)) for one, sources in looked.items()}
    targets = {target for directory, found in called.items() for target in found if target != directory}
    chosen = {one for one in judged if one not in targets or one in named or is_root(tree, one, calls)}

    def of_judged(directory: str) -> Iterable[str]:
        return called.get(directory, ())

    def of_any(directory: str) -> Iterable[str]:
        """Look into a module in a folder that is not judged, too."""
        if directory not in called:
            called[directory] = frozenset(_called(tree, directory, calls.sources(tree, directory), calls, modules))
        return called[directory]

    reached = _reached(chosen, of_judged)
    for directory in sorted(judged):  # a circle is entered somewhere
        if directory not in reached:
            chosen.add(directory)
            reached |= _reached([directory], of_judged)
    return {root: tuple(sorted(_reached([root], of_any) - {root})) for root in sorted(chosen)}


def is_root(tree: Tree, directory: str, calls: Calls) -> bool:
    """Whether a directory has what only a root has: a backend, a cloud block, variable files that are read unasked."""
    names = tree.listdir(directory)
    if automatic_files(names):
        return True
    for name in configuration_files(names):
        path = f"{directory}/{name}" if directory else name
        try:
            blob = tree.read(path)
        except SourceError:
            continue
        if _BACKEND.search(blob.data) and _has_backend(blob, path, calls):
            return True
    return False


def _has_backend(blob: Blob, path: str, calls: Calls) -> bool:
    try:
        file = calls.syntax.file(blob, path)
    except UnicodeDecodeError:
        return False
    return any(
        inner.type in ("backend", "cloud")
        for block in file.body.blocks
        if block.type == "terraform"
        for inner in block.body.blocks
    )


def _called(
    tree: Tree, directory: str, sources: Iterable[str], calls: Calls, modules: Mapping[str, str]
) -> Iterator[str]:
    for source in sources:
        for target in directories_of(source, directory, modules, calls.fetched):
            try:
                real = tree.resolve(target)
                tree.listdir(real)
            except SourceError:  # the evaluation of the caller says so
                calls.lost.setdefault(directory, set()).add(target)
                continue
            yield real


def _configuration(tree: Tree, directory: str) -> list[str]:
    """Return the paths of the files of a directory that make up a module."""
    prefix = f"{directory}/" if directory else ""
    return [prefix + name for name in configuration_files(tree.listdir(directory))]


def _reached(start: Iterable[str], called: Callable[[str], Iterable[str]]) -> set[str]:
    """Return what these directories call, and so on, and themselves."""
    reached: set[str] = set()
    pending = list(start)
    while pending:
        directory = pending.pop()
        if directory not in reached:
            reached.add(directory)
            pending.extend(called(directory))
    return reached
