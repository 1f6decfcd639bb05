"""
Which modules the roots of a tree call, and those call in turn.

A module that was fetched is read like one of the tree: its calls have their keys below its own, and a path in it means
another folder of the same package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Final, Optional, Union

from guardrail.errors import SourceError
from guardrail.fetch.errors import FetchError
from guardrail.fetch.names import folder_name
from guardrail.fetch.packages import Package, Packages, below, source_of
from guardrail.frontends.terraform.addresses import RegistryAddress, RemoteAddress, canonical, is_local, shown_address
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.calls import NESTING
from guardrail.frontends.terraform.configuration import Reader
from guardrail.frontends.terraform.declarations import Declaration
from guardrail.frontends.terraform.lock import Lock, Locked, digest
from guardrail.frontends.terraform.sources import directory_of
from guardrail.frontends.terraform.syntax.nodes import Literal
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.sources.listed import MemoryTree
from guardrail.sources.tree import Tree, checked, clean

MOST: Final = 1_000
"""How many packages one run fetches."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A module for one call: its key, source and version, its package and the folder in it."""

    key: str
    source: str
    locked: Locked
    folder: str


@dataclass(slots=True)
class Collection:
    """What was found. `packages` are the files by lock entry; `failures` say why calls have no module, by message."""

    modules: list[Fetched] = field(default_factory=list)
    packages: dict[Locked, Package] = field(default_factory=dict)
    failures: dict[str, FetchError] = field(default_factory=dict)


Told = Callable[[str], None]
"""Is told of each package before it is fetched."""


class Collector:
    """Follows calls. What a lock has stays at its version, and must have its digest, unless it is to be renewed."""

    def __init__(self, packages: Packages, lock: Lock, mapped: Mapping[str, str], told_of: Told) -> None:
        self.found = Collection()
        self._packages = packages
        self._lock = lock
        self._mapped = mapped
        self._told = told_of
        self._cache = SyntaxCache()
        self._own: Tree = MemoryTree({})
        self._done: dict[tuple[str, str], tuple[Locked, Tree]] = {}
        self._failed: dict[tuple[str, str], FetchError] = {}

    def root(self, tree: Tree, directory: str) -> None:
        """Follow the calls of a root."""
        self._own = tree
        self._follow(tree, directory, (), ())

    def _follow(self, tree: Tree, directory: str, key: tuple[str, ...], lineage: tuple[tuple[int, str], ...]) -> None:
        here = (id(tree), directory)
        if here in lineage or len(lineage) > NESTING:
            return  # it contains itself: a check says so
        for name, call in self._calls(tree, directory):
            source, version = _text(call, "source"), _text(call, "version")
            if source is None:
                why = f'the source of module "{name}" is no plain text, so that it cannot be fetched'
                self._fail(call, FetchError(why))
                continue
            target = directory_of(source, directory, self._mapped)
            if target is None:
                self._remote(call, (*key, name), source, version, (*lineage, here))
            else:
                self._follow(tree if is_local(source) else self._own, target, (*key, name), (*lineage, here))

    def _calls(self, tree: Tree, directory: str) -> Iterator[tuple[str, Declaration]]:
        said: list[Diagnostic] = []
        try:
            declarations = Reader(tree, self._cache, said.append).declarations(directory)
        except SourceError:
            return  # not there, or outside: a check says so
        yield from sorted(declarations.modules.items())

    def _remote(
        self,
        call: Declaration,
        key: tuple[str, ...],
        source: str,
        version: Optional[str],
        lineage: tuple[tuple[int, str], ...],
    ) -> None:
        try:
            locked, tree, folder = self._package(source, version)
            if folder:
                below(self.found.packages[locked].files, folder, shown_address(source))
        except FetchError as error:
            self._fail(call, error)
            return
        self.found.modules.append(Fetched(".".join(key), canonical(source), locked, folder))
        self._follow(tree, clean(f"{folder_name(locked)}/{folder}"), key, lineage)

    def _package(self, source: str, stated: Optional[str]) -> tuple[Locked, Tree, str]:
        """Return the lock entry of a source, its files, and the folder that the source means in them."""
        address = source_of(source)
        package = address.package
        version = ""
        if isinstance(address, RegistryAddress):
            there = [one.version for one in self._lock.values() if one.source == package]
            version = self._packages.registries.choose(address, stated, there)
        elif stated:
            raise FetchError(f"{shown_address(package)}: only modules of a registry have a version")
        known = (package, version)
        if known in self._failed:
            raise self._failed[known]
        if known not in self._done:
            try:
                self._done[known] = self._fetched(address, package, version)
            except FetchError as error:
                self._failed[known] = error
                raise
        locked, tree = self._done[known]
        return locked, tree, address.folder

    def _fetched(
        self, address: Union[RegistryAddress, RemoteAddress], package: str, version: str
    ) -> tuple[Locked, Tree]:
        if len(self._done) >= MOST:
            raise FetchError(f"more than {MOST:,} packages are called")
        shown = f"{shown_address(package)} {version}".rstrip()
        self._told(shown)
        before = self._lock.get((package, version))
        if isinstance(address, RegistryAddress):
            got = self._packages.of_registry(address, version)
        else:
            got = self._packages.remote(address, before.commit if before else "")
        files = got.files
        made = digest(files, lambda path: checked(path, files[path]))
        if before is not None and before.digest != made:
            raise FetchError(
                f"{shown} is not what it was: its files have {made}, and the lock says {before.digest}",
                hint="find out who changed it, and why; --upgrade takes what is there now",
            )
        locked = Locked(package, version, got.commit, made)
        self.found.packages[locked] = got
        folder = folder_name(locked)
        return locked, MemoryTree({f"{folder}/{path}": data for path, data in files.items()})

    def _fail(self, call: Declaration, error: FetchError) -> None:
        argument = call.argument("source")
        node = argument or call.block
        place = call.file_of("source").place(node.start, node.end)
        failure = FetchError(error.message, place=place, hint=error.hint)
        self.found.failures.setdefault(str(failure), failure)


def _text(call: Declaration, name: str) -> Optional[str]:
    argument = call.argument(name)
    if argument is None or not isinstance(argument.value, Literal) or not isinstance(argument.value.value, str):
        return None
    return argument.value.value
