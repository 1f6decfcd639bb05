"""A tree that remembers what was asked of it, so that the answer need not be worked out again for another tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Optional, TypeVar, Union

from guardrail.errors import SourceError
from guardrail.sources.tree import LIMIT, Blob, Entry, Tree, attempted, identity, refusal, resolution

Answer = TypeVar("Answer")


class Watched:
    """
    Passes everything on to a tree, and notes every answer.

    `same(other)` says whether another tree would have answered alike: then whatever was made of these answers
    holds for it too. Files are told apart by their blob ids, so nothing is read a second time.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._reads: dict[tuple[str, int], str] = {}
        self._listings: dict[str, object] = {}
        self._resolved: dict[str, str] = {}
        self._depends_on_all = False

    @property
    def label(self) -> str:
        """See `Tree`."""
        return self._tree.label

    def entries(self) -> Mapping[str, Entry]:
        """See `Tree`. Whoever looks at every path depends on every path, and on no other tree."""
        self._depends_on_all = True
        return self._tree.entries()

    def left_out(self) -> Mapping[str, str]:
        """See `Tree`."""
        self._depends_on_all = True
        return self._tree.left_out()

    def resolve(self, path: str) -> str:
        """See `Tree`."""
        return _noted(self._resolved, path, lambda: self._tree.resolve(path), str)

    def read(self, path: str, *, limit: int = LIMIT) -> Blob:
        """See `Tree`."""
        return _noted(self._reads, (path, limit), lambda: self._tree.read(path, limit=limit), lambda blob: blob.id)

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """See `Tree`."""
        for path in paths:
            yield path, attempted(self, path, limit)

    def listdir(self, directory: str) -> tuple[str, ...]:
        """See `Tree`."""
        return _noted(self._listings, directory, lambda: self._tree.listdir(directory), lambda names: names)

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`."""
        self._tree.prefetch(paths)

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """See `Tree`."""
        self._tree.seek(words, endings)

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """See `Tree`. Whoever asks of every file depends on every path."""
        self._depends_on_all = True
        return self._tree.holding(words, endings)

    def contents(self) -> Mapping[str, str]:
        """Return the id of the content of every file that was read, or why it could not be, by path."""
        return {path: content for (path, _), content in self._reads.items()}

    def same(self, other: Tree) -> bool:
        """Whether another tree gives the same answers to all that was asked."""
        if self._depends_on_all:
            return False
        return (
            all(_listing(other, directory) == names for directory, names in self._listings.items())
            and all(resolution(other, path) == found for path, found in self._resolved.items())
            and all(identity(other, path, limit=limit) == noted for (path, limit), noted in self._reads.items())
        )


def contents(tree: Tree) -> Mapping[str, str]:
    """Return the id of the content of every file that was read of a tree; none of one that nobody watches."""
    return tree.contents() if isinstance(tree, Watched) else {}


Key = TypeVar("Key")
Note = TypeVar("Note")


def _noted(notes: dict[Key, Note], key: Key, ask: Callable[[], Answer], note: Callable[[Answer], Note]) -> Answer:
    try:
        answer = ask()
    except SourceError as error:
        notes[key] = refusal(error)  # type: ignore[assignment]  # a refusal is an answer too, told apart by its mark
        raise
    notes[key] = note(answer)
    return answer


def _listing(tree: Tree, directory: str) -> object:
    try:
        return tree.listdir(directory)
    except SourceError as error:
        return refusal(error)
