"""
A folder of fetched modules, seen as if it lay in the tree that is judged.

Its files have paths below one name, which no file of the tree may have. Nothing of the tree leads into the folder (a
link in a repository means what is in the repository), and nothing of the folder leads out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import chain, groupby
from pathlib import Path
from typing import Final, Optional, Union

from guardrail.errors import SourceError, UsageError
from guardrail.sources.locate import Root
from guardrail.sources.tree import LIMIT, Blob, Entry, Tree, clean
from guardrail.sources.worktree import WorkTree, worktree

STANDS_FOR: Final = ".guardrail/modules"
"""The name of a folder that is not inside the root; and where `guardrail modules fetch` writes."""


def place_in(root: Root, folder: Path) -> str:
    """Return the name of a folder in the tree at a root: its path, or `STANDS_FOR` if it is elsewhere."""
    try:
        inside = Path(os.path.realpath(folder)).relative_to(os.path.realpath(root.directory)).as_posix()
    except ValueError:
        return STANDS_FOR
    if inside == ".":
        raise UsageError("the folder of modules is what is to be judged", hint="name the folder with modules.json")
    return inside


def mount(folder: Path, name: str) -> WorkTree:
    """List a folder under a name."""
    directory = Path(os.path.realpath(folder))
    if not directory.is_dir():
        hint = "`guardrail modules fetch` writes one"
        raise SourceError(f"{folder} is not a folder", code="missing", hint=hint)
    listed = worktree(Root(directory, None, bare=False, paths=("",)))
    return _Mounted(directory, name, listed)


class _Mounted(WorkTree):
    """A folder whose paths begin with a name. What its links say is followed among these paths only."""

    def __init__(self, directory: Path, name: str, listed: WorkTree) -> None:
        entries = {f"{name}/{path}": entry for path, entry in listed.entries().items()}
        left_out = {f"{name}/{path}": reason for path, reason in listed.left_out().items()}
        super().__init__(directory, entries, left_out)
        self._name = name

    def _inside(self, path: str) -> str:
        return path[len(self._name) + 1 :]


class Overlay:
    """A tree with a folder of modules in it. Both sides of a comparison have the same one."""

    def __init__(self, own: Tree, folder: Tree, name: str) -> None:
        self.own = own
        self._folder = folder
        self._name = name
        self._entries = _Both(own.entries(), folder.entries())

    @property
    def label(self) -> str:
        """See `Tree`."""
        return self.own.label

    def fetched(self, path: str) -> bool:
        """Whether a clean path is in the folder of modules."""
        return path.startswith(f"{self._name}/") or path == self._name

    def entries(self) -> Mapping[str, Entry]:
        """See `Tree`."""
        return self._entries

    def left_out(self) -> Mapping[str, str]:
        """See `Tree`."""
        return self.own.left_out()

    def resolve(self, path: str) -> str:
        """See `Tree`."""
        return self._of(path).resolve(path)

    def read(self, path: str, *, limit: int = LIMIT) -> Blob:
        """See `Tree`."""
        return self._of(path).read(path, limit=limit)

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """See `Tree`."""
        by_side = groupby(paths, key=self._of)
        return chain.from_iterable(side.read_each(tuple(part), limit=limit) for side, part in by_side)

    def listdir(self, directory: str) -> tuple[str, ...]:
        """See `Tree`."""
        return self._of(directory).listdir(directory)

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`."""
        self.own.prefetch(path for path in paths if not self.fetched(path))

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """See `Tree`."""
        self.own.seek(words, endings)

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """See `Tree`. The files of the folder may hold any."""
        found = self.own.holding(words, endings)
        return None if found is None else found.union(self._folder.entries())

    def _of(self, path: str) -> Tree:
        return self._folder if self.fetched(clean(path)) else self.own


class _Both(Mapping[str, Entry]):
    """The entries of two trees that have no path in common. A view: what one of them learns of a file shows here."""

    def __init__(self, one: Mapping[str, Entry], other: Mapping[str, Entry]) -> None:
        self._one = one
        self._other = other

    def __getitem__(self, path: str) -> Entry:
        found = self._one.get(path)
        return self._other[path] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return merge(self._one, self._other)

    def __len__(self) -> int:
        return len(self._one) + len(self._other)


def own(tree: Tree) -> Tree:
    """Return a tree without the modules that were fetched for it."""
    return tree.own if isinstance(tree, Overlay) else tree
