"""The folders and links of a tree. Links are followed as text, and never out of the tree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.sources.tree import Entry, shown

HOPS: Final = 8
"""How many links in a row are followed."""

TARGET_LIMIT: Final = 4096
"""The longest target of a link, in bytes (PATH_MAX)."""


class Layout:
    """The folders and links of a tree, worked out from its paths. `target` returns the text of the link at a path."""

    def __init__(self, entries: Mapping[str, Entry], target: Callable[[str], bytes]) -> None:
        self._entries = entries
        self._target = target
        self._children: Optional[dict[str, list[str]]] = None
        self._listings: dict[str, tuple[str, ...]] = {}

    def children(self) -> Mapping[str, list[str]]:
        """Return the names directly inside each folder, by the folder's path."""
        if self._children is None:
            children: dict[str, list[str]] = {"": []}
            for path in self._entries:
                folder, _, name = path.rpartition("/")
                while folder not in children:
                    children[folder] = [name]
                    folder, _, name = folder.rpartition("/")
                children[folder].append(name)
            self._children = children
        return self._children

    def resolve(self, path: str) -> str:
        """Return the real path of a file or folder, or raise `SourceError`."""
        entry = self._entries.get(path)
        real = path in self.children() if entry is None else entry.kind == "file"
        if real:
            return path
        targets: list[bytes] = []
        try:
            return self._walked(path, targets)
        except SourceError as error:
            if targets and not error.content:  # a link that leads nowhere changes when it leads elsewhere
                error.content = hashlib.sha256(b"\0".join(targets)).hexdigest()
            raise

    def _walked(self, path: str, targets: list[bytes]) -> str:
        """Return the real path, and take note of what the links on the way say."""
        real: list[str] = []
        pending = path.split("/")[::-1]
        while pending:
            segment = pending.pop()
            if segment in ("", "."):
                continue
            if segment == "..":
                if not real:
                    raise _outside(path, by_link=bool(targets))
                real.pop()
                continue
            at = "/".join((*real, segment))
            if not self._is_link(at, path):
                real.append(segment)
                continue
            targets.append(self._target(at))
            if len(targets) > HOPS:
                raise SourceError(
                    f"{shown(path)} leads through more than {HOPS} links, or in a circle",
                    code="link-loop",
                    hint="replace the link by the file that it should lead to",
                )
            pending.extend(_followed(targets[-1], path)[::-1])
        return "/".join(real)

    def listdir(self, directory: str) -> tuple[str, ...]:
        """Return the sorted names directly inside a folder, or raise `SourceError`."""
        if directory not in self._listings:
            names = self.children().get(self.resolve(directory))
            if names is None:
                raise SourceError(f"{shown(directory)} is not a folder", code="not-a-directory")
            self._listings[directory] = tuple(sorted(set(names)))  # a tree made by hand may have a name twice
        return self._listings[directory]

    def file(self, path: str) -> str:
        """Return the real path of a file, or raise `SourceError`."""
        real = self.resolve(path)
        if real not in self._entries:
            raise SourceError(f"{shown(path)} is a folder", code="not-a-file")
        return real

    def _is_link(self, at: str, asked: str) -> bool:
        """Whether a link stands here; a folder or file does not. Anything else is an error."""
        entry = self._entries.get(at)
        if entry is None and at not in self.children():
            raise SourceError(f"{shown(asked)} is not there", code="missing")
        if entry is not None and entry.kind == "submodule":
            raise SourceError(
                f"{shown(at)} is a submodule; what is in it is not read",
                code="submodule",
                content=entry.id or "",
                hint="judge the submodule's repository by itself",
            )
        return entry is not None and entry.kind == "link"


def _followed(target: bytes, asked: str) -> list[str]:
    """Return the steps that a link says."""
    if target.startswith((b"/", b"\\")) or target[1:2] == b":" or len(target) > TARGET_LIMIT or b"\0" in target:
        raise _outside(asked, by_link=True)
    return target.decode("utf-8", "surrogateescape").split("/")


def _outside(path: str, *, by_link: bool) -> SourceError:
    if not by_link:
        return SourceError(f"{shown(path)} is outside of the tree", code="outside")
    return SourceError(
        f"{shown(path)} is a link that leads out of the tree",
        code="link-outside",
        hint="replace the link by the file that it should lead to",
    )
