"""`guardrail modules fetch`, from paths to a folder and a lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import field
from pathlib import Path
from typing import Optional

from guardrail.config.trust import settings_of
from guardrail.errors import SourceError
from guardrail.fetch.collect import Collection, Collector
from guardrail.fetch.git import Git
from guardrail.fetch.http import Web
from guardrail.fetch.packages import Packages
from guardrail.fetch.store import store
from guardrail.frontends.discover import discover
from guardrail.frontends.terraform.addresses import REGISTRY
from guardrail.frontends.terraform.lock import FILE as LOCK
from guardrail.frontends.terraform.lock import Lock, Locked, lock_text, read_lock
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.sources.git import Repository
from guardrail.sources.locate import Root, root_of
from guardrail.sources.overlay import STANDS_FOR
from guardrail.sources.tree import Tree
from guardrail.sources.worktree import worktree


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    What to fetch: the modules that the roots of some paths call, and those of a base revision, if one is named.

    `folder` is where they go, None for the usual place. `registry` is the host of sources that name none. `tokens` are
    those of registries by host, `environ` is what git inherits. `told` hears of each package before it is fetched.
    """

    told: Callable[[str], None]
    paths: tuple[Path, ...] = ()
    base: Optional[str] = None
    folder: Optional[Path] = None
    upgrade: bool = False
    registry: str = REGISTRY
    insecure: frozenset[str] = frozenset()
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What was fetched, where it is, and how many roots were looked at."""

    found: Collection
    folder: Path
    roots: int


def fetch(wanted: Wanted) -> Done:
    """Fetch what is wanted, and write it. What cannot be fetched is among the failures; the rest is written."""
    root = root_of([str(path) for path in wanted.paths], Path.cwd())
    lock_file = root.directory / LOCK
    before = _lock(lock_file)
    web = Web(wanted.insecure, wanted.tokens)
    packages = Packages(web, Git(wanted.environ, wanted.insecure), wanted.registry)
    with ExitStack() as stack:
        trees = _trees(wanted, root, stack)
        settings = settings_of(trees[0])
        collector = Collector(packages, {} if wanted.upgrade else before, settings.modules, wanted.told)
        roots = 0
        for index, tree in enumerate(trees):
            units = discover(tree, settings, root.paths if any(root.paths) else (), demand=index == 0).units
            directories = sorted({unit.directory for unit in units if unit.format == "terraform"})
            roots += len(directories) if index == 0 else 0
            for directory in directories:
                collector.root(tree, "" if directory == ROOT else directory)
    folder = wanted.folder or root.directory / STANDS_FOR
    store(collector.found, folder)
    whole = not any(root.paths) and not collector.found.failures
    _write_lock(lock_file, before, list(collector.found.packages), whole=whole)
    return Done(collector.found, folder, roots)


def _trees(wanted: Wanted, root: Root, stack: ExitStack) -> Sequence[Tree]:
    """Return the files on disk, and those of the base if one is named."""
    head = worktree(root, keep=root.paths)
    if wanted.base is None:
        return (head,)
    repository = stack.enter_context(Repository(root))
    commit = repository.merge_base(repository.resolve(wanted.base), repository.resolve("HEAD"))
    return (head, repository.tree(commit))


def _lock(file: Path) -> Lock:
    try:
        return read_lock(file.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}", code="unreadable") from error


def _write_lock(file: Path, before: Lock, packages: Sequence[Locked], *, whole: bool) -> None:
    """Write the lock. What it has of modules that were not looked for now stays, unless everything was looked for."""
    kept = {} if whole else dict(before)
    kept.update({(one.source, one.version): one for one in packages})
    if not kept and not before:
        return
    try:
        file.write_bytes(lock_text(kept.values()))
    except OSError as error:
        raise SourceError(f"{file} cannot be written: {error.strerror}", code="unreadable") from error
