"""What trees whose paths are all known have in common, and one that is given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Optional, Union

from guardrail.errors import SourceError
from guardrail.sources.layout import Layout
from guardrail.sources.tree import LIMIT, Blob, Entry, attempted, blob_id, checked, too_large


class Listed(ABC):
    """What trees have in common once their paths are known. Subclasses say how the bytes at a real path are got."""

    def __init__(
        self, label: str, entries: Mapping[str, Entry], left_out: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.label = label
        self._entries = _in_order(entries)
        self._left_out = dict(sorted(left_out.items()))
        self._layout = Layout(self._entries, self._target)

    def entries(self) -> Mapping[str, Entry]:
        """See `Tree`."""
        return self._entries

    def left_out(self) -> Mapping[str, str]:
        """See `Tree`."""
        return self._left_out

    def resolve(self, path: str) -> str:
        """See `Tree`."""
        return self._layout.resolve(path)

    def listdir(self, directory: str) -> tuple[str, ...]:
        """See `Tree`."""
        return self._layout.listdir(directory)

    def read(self, path: str, *, limit: int = LIMIT) -> Blob:
        """See `Tree`."""
        entry = self._entries.get(path)
        return self._content(path if entry is not None and entry.kind == "file" else self._layout.file(path), limit)

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """See `Tree`."""
        for path in paths:
            yield path, attempted(self, path, limit)

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`."""
        del paths  # one by one is as fast, unless a subclass knows better

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """See `Tree`."""
        del words, endings

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """See `Tree`."""
        del words, endings
        return None

    @abstractmethod
    def _content(self, path: str, limit: int) -> Blob:
        """Return the file that stands at this very path."""

    @abstractmethod
    def _target(self, path: str) -> bytes:
        """Return the text of the link that stands at this very path."""


class MemoryTree(Listed):
    """A tree that is given: for tests, and for pieces of input that have no file. `links` is path → target."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        links: Optional[Mapping[str, str]] = None,
        submodules: Iterable[str] = (),
        label: str = "memory",
    ) -> None:
        self._files = dict(files)
        self._targets = {path: to.encode("utf-8", "surrogateescape") for path, to in (links or {}).items()}
        entries = {path: Entry("file", len(data), blob_id(data)) for path, data in files.items()}
        entries |= {path: Entry("link", len(text), blob_id(text)) for path, text in self._targets.items()}
        entries |= dict.fromkeys(submodules, Entry("submodule"))
        super().__init__(label, entries)

    def _content(self, path: str, limit: int) -> Blob:
        data = self._files[path]
        if len(data) > limit:
            raise too_large(path, len(data), limit, blob_id(data))
        return checked(path, data)

    def _target(self, path: str) -> bytes:
        return self._targets[path]


def _in_order(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the entries sorted by path, as git and folders are listed in the first place."""
    paths = list(entries)
    ordered = sorted(paths)
    return dict(entries) if paths == ordered else {path: entries[path] for path in ordered}
