"""
The files on disk next to a revision: what git knows to be unchanged is read from objects, only the rest from disk.

Whoever compares a working tree with a commit needs the id of every file. git keeps what it saw of each when it was
written or added (size, times, inode) and tells which differ; a file whose times are too fresh to say it reads itself.
So nothing is taken for unchanged that somebody touched, and thousands of files need not be opened. That is left alone
where git may hold something else to be the content than what stands on disk: where attributes ask for filters or
encodings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.model.pattern import pattern
from guardrail.sources import tree
from guardrail.sources.git import LISTING, GitTree, Repository
from guardrail.sources.listing import Staged, in_index
from guardrail.sources.locate import Root, shared_dir
from guardrail.sources.tree import IGNORED, Blob, Entry, Tree
from guardrail.sources.worktree import Walk, content_at, decoded, target_at, worktree

_CONVERTS: Final = pattern(rb"filter|ident|encoding|\[attr\]", re.IGNORECASE)
"""Attributes by which what stands on disk is another text than what git keeps, and macros, which may set them."""

_ATTRIBUTES: Final = ".gitattributes"

_STATUS: Final = (
    "status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching", "--ignore-submodules=all",
    "--no-renames", "--no-ahead-behind",
)  # fmt: skip
_STRICT: Final = (
    "core.checkStat=default", "core.trustctime=true", "core.ignoreStat=false", "core.preloadIndex=true",
    "core.symlinks=true", "core.untrackedCache=false",
)  # fmt: skip
"""What is looked at of a file on disk, whatever the repository's configuration says."""


def checkout(repository: Repository, root: Root, *, keep: Iterable[str] = (), without: Mapping[str, str]) -> Tree:
    """List the files below a root, as `worktree` does, with the ids of those that git knows to be unchanged."""
    named = tuple(keep)
    found = _listed(repository, root, tuple(path.rstrip("/") for path in named if path), without)
    return worktree(root, keep=named, without=without) if found is None else found


def _listed(
    repository: Repository, root: Root, named: tuple[str, ...], without: Mapping[str, str]
) -> Optional[Checkout]:
    """Return the working tree by what git says, None where that may not be what stands on disk."""
    git = repository.git
    if root.bare or _converts(shared_dir(git.git_dir), "info/attributes"):
        return None
    before = _stamp(git.git_dir)
    status = git.begin(*_STATUS, settings=_STRICT, most=LISTING)  # reads what stands on disk while we read the index
    index = git.run("ls-files", "-v", "--stage", "-z")
    staged = in_index(index.stdout) if index.stdout.count(b"\0") <= tree.ENTRIES else None
    told = status.output()
    if told.code or told.stderr or len(told.stdout) > LISTING or index.code or staged is None:
        return None
    if before != _stamp(git.git_dir):  # the two may have seen another index
        return None
    changed, ignored = _changed(told.stdout)
    walk = Walk(root, {})
    entries = _on_disk(staged, changed, walk)
    passed = _with_folders(ignored, {*entries, *staged.entries})
    left_out = {path: IGNORED for path in passed if path.rstrip("/") not in named} | dict(without)
    for path in named:
        if any(path.startswith(folder) for folder in left_out if folder.endswith("/")):
            entries.update(walk.at(path))
    folders = tuple(folder for folder in without if folder.endswith("/"))
    if without:
        entries = {path: one for path, one in entries.items() if path not in without and not path.startswith(folders)}
    if walk.problems or any(_converts(root.directory, path) for path in _attributes(entries, ignored)):
        return None
    if not all(path in entries for path in staged.entries if path.endswith(_ATTRIBUTES)):
        return None  # git goes by those in the index then
    made = Checkout(entries, left_out, repository, root.directory)
    if staged.regular:
        repository.stands_on(made, {path: one for path, one in staged.entries.items() if changed.get(path) != "A"})
    return made


def _stamp(git_dir: Path) -> Optional[tuple[int, ...]]:
    """Return what changes whenever git writes its index: it puts another file in its place."""
    try:
        found = (git_dir / "index").stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _on_disk(staged: Staged, changed: Mapping[str, str], walk: Walk) -> dict[str, Entry]:
    """Return what stands on disk: what the index has, without ids where that is not certain, and what is new."""
    entries = dict(staged.entries)
    for path in {*staged.doubtful, *changed}:
        entries.pop(path.rstrip("/"), None)
        if path.endswith("/"):
            entries[path.rstrip("/")] = Entry("submodule")  # another repository
        else:
            entries.update(walk.at(path))
    for path in [path for path, entry in entries.items() if entry.kind == "submodule"]:
        if not walk.is_empty(path):  # somebody put files where another repository should be
            del entries[path]
            entries.update(walk.at(path))
    return entries


def _attributes(entries: Iterable[str], ignored: Iterable[str]) -> Iterator[str]:
    """Yield the files that git takes attributes from. It does not matter to it that one is ignored."""
    yield from (path for path in entries if path.endswith(_ATTRIBUTES))
    for path in ignored:
        if path.endswith("/"):
            yield path + _ATTRIBUTES
        elif path.endswith(_ATTRIBUTES):
            yield path


def _with_folders(ignored: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return what is ignored, and the folders in which there is nothing of others: those can be passed over whole."""
    found = set(ignored)
    above = {folder for path in found for folder in _above(path)}
    if above:
        above.difference_update(folder for path in others for folder in _above(path))
    return sorted(found | above)


def _above(path: str) -> Iterable[str]:
    """Yield the folders that a path lies in, with their slash, the innermost first."""
    folder = path.rstrip("/").rpartition("/")[0]
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]


def _changed(status: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the paths at which the disk may differ from the index, each with git's letter, and those it ignores."""
    changed: dict[str, str] = {}
    ignored: list[str] = []
    for record in status.split(b"\0"):
        marks, path = record[:2].decode("ascii", "replace"), decoded(record[3:])
        if marks == "!!":
            ignored.append(path)
        elif marks[1:].strip() or "U" in marks:
            changed[path] = marks[1]
    return changed, tuple(ignored)


def _converts(directory: Path, path: str) -> bool:
    """Whether a file of attributes may ask git to keep something else than what stands on disk."""
    try:
        return _CONVERTS.search(content_at(os.fsencode(directory), path, tree.LIMIT).data) is not None
    except SourceError as error:
        return error.code != "missing"


class Checkout(GitTree):
    """A working tree as it was when it was listed. Files without an id are read from disk when they are asked for."""

    def __init__(
        self, entries: Mapping[str, Entry], left_out: Mapping[str, str], repository: Repository, directory: Path
    ) -> None:
        super().__init__("working tree", entries, repository.objects, repository.git, left_out)
        self._directory = os.fsencode(directory)

    def _content(self, path: str, limit: int) -> Blob:
        if self._entries[path].id is not None:
            try:
                return super()._content(path, limit)
            except SourceError as error:
                if error.code != "object-missing":  # a clone that lacks it has the file all the same
                    raise
        blob = content_at(self._directory, path, limit)
        self._entries[path] = Entry("file", len(blob.data), blob.id)
        return blob

    def _target(self, path: str) -> bytes:
        return target_at(self._directory, path)
