"""The files that a tool may see: copies of some of a tree, in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from guardrail.errors import SourceError
from guardrail.frontends.budget import PARTS
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.sources.tree import Tree, clean, unread

LARGEST: Final = 64 << 20
"""Bytes of all files that one rendering sees."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder with copies of files at their paths, and what could not be copied."""

    folder: Path
    diagnostics: tuple[Diagnostic, ...] = ()

    def at(self, path: str) -> Path:
        """Return where the copy of a path of the tree is. One that leads out of the tree has none."""
        inside = clean(path)
        if inside.startswith(".."):
            raise ValueError(path)
        return self.folder / inside

    def write(self, path: str, data: bytes) -> None:
        """Write what a tool is to see at a path."""
        target = self.at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def as_it_is(path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file as what a tool is to see of it."""
    yield path, data


@contextmanager
def scratch(
    tree: Tree, paths: Iterable[str], seen: Callable[[str, bytes], Iterable[tuple[str, bytes]]] = as_it_is
) -> Iterator[Scratch]:
    """
    Copy some files of a tree to a temporary folder; `seen` says at which paths, and what of them.

    A link to a file becomes the file that it means; there are no links in the folder, so nothing in it leads out.
    What cannot be read is a diagnostic, and so is what would be too much.
    """
    with tempfile.TemporaryDirectory(prefix="guardrail-") as name:
        folder = Scratch(Path(name))
        told: list[Diagnostic] = []
        left = LARGEST
        for path, blob in tree.read_each(sorted(set(paths)), limit=LARGEST):
            if isinstance(blob, SourceError):
                told.append(unread(blob, path))
                continue
            left -= len(blob.data)
            if left < 0:
                message = f"this file and those after it are not rendered: there are over {LARGEST >> 20} MiB"
                told.append(Diagnostic("error", "limit-run", message, Place(path), PARTS, unread=True))
                break
            for place, data in seen(path, blob.data):
                folder.write(place, data)
        yield Scratch(folder.folder, tuple(told))
