"""A tree with other bytes in some of its files: what a repository would be after an edit, without writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional, Union

from guardrail.errors import SourceError
from guardrail.sources.tree import LIMIT, Blob, Entry, Tree, attempted, checked, too_large


class Replaced:
    """
    Passes everything on to a tree, but for the files that have other bytes.

    These are named by the paths that they stand at, links followed (`Tree.resolve`), and are there already: nothing
    is added and nothing is taken away.
    """

    def __init__(self, tree: Tree, files: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._files = {path: checked(path, data) for path, data in files.items()}
        replaced = {path: Entry("file", len(blob.data), blob.id) for path, blob in self._files.items()}
        self._entries = _Entries(tree.entries(), replaced)

    @property
    def label(self) -> str:
        """See `Tree`."""
        return self._tree.label

    def entries(self) -> Mapping[str, Entry]:
        """See `Tree`."""
        return self._entries

    def left_out(self) -> Mapping[str, str]:
        """See `Tree`."""
        return self._tree.left_out()

    def resolve(self, path: str) -> str:
        """See `Tree`."""
        return self._tree.resolve(path)

    def read(self, path: str, *, limit: int = LIMIT) -> Blob:
        """See `Tree`."""
        found = self._files.get(path) or self._files.get(self._tree.resolve(path))
        if found is None:
            return self._tree.read(path, limit=limit)
        if len(found.data) > limit:
            raise too_large(path, len(found.data), limit, found.id)
        return found

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """See `Tree`."""
        for path in paths:
            yield path, attempted(self, path, limit)

    def listdir(self, directory: str) -> tuple[str, ...]:
        """See `Tree`."""
        return self._tree.listdir(directory)

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`."""
        self._tree.prefetch(paths)

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """See `Tree`."""
        self._tree.seek(words, endings)

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """See `Tree`. What was put in place may hold any."""
        found = self._tree.holding(words, endings)
        return None if found is None else found.union(self._files)


class _Entries(Mapping[str, Entry]):
    """The entries of a tree, a few of them others: a view, since a tree may have hundreds of thousands."""

    def __init__(self, own: Mapping[str, Entry], replaced: Mapping[str, Entry]) -> None:
        self._own = own
        self._replaced = replaced

    def __getitem__(self, path: str) -> Entry:
        found = self._replaced.get(path)
        return self._own[path] if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)
