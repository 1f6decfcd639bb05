"""Revisions and the index of a repository, read as objects: no checkout, no filter, no hook, nothing written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Literal, Optional

from guardrail.errors import SourceError
from guardrail.sources import revision, tree
from guardrail.sources.command import Git
from guardrail.sources.locate import Root
from guardrail.sources.objects import Objects
from guardrail.sources.tree import LIMIT, TARGET_LIMIT, Blob, Entry, Listed, checked, shown, too_large

_KINDS: Final[Mapping[bytes, Literal["file", "link", "submodule"]]] = {
    b"100644": "file",
    b"100755": "file",
    b"100664": "file",  # written by very old versions of git
    b"120000": "link",
    b"160000": "submodule",
}
LISTING: Final = 128 * 1024 * 1024
"""Bytes of a listing of all files of a commit."""

_SHA1: Final = 40
_UNUSABLE: Final = re.compile(rb"(?:\A|/)(?:\.\.?|\.git)?(?:/|\Z)", re.IGNORECASE)
"""What no path in a working tree has. A tree made by hand can say `..` or `.git`; git would not."""

_SUSPECT: Final = tuple(
    re.compile(pattern, re.IGNORECASE) for pattern in (rb"\.(?<=[\t/]\.)(?:\.|git)?[/\0]", rb"/[/\0]", rb"\t/")
)
"""The same anywhere in a listing, where each path stands between a tab and a zero: each is sought by its first sign."""


class Repository(AbstractContextManager["Repository"]):
    """
    A repository at a root that `locate` found. Close it, or use it in a `with`, to end its reader.

    `environ` is what git inherits (less every `GIT_*`) and where the name of the index is looked up that a hook got.
    """

    def __init__(self, root: Root, *, environ: Optional[Mapping[str, str]] = None) -> None:
        if root.git_dir is None:
            raise SourceError(
                f"{root.directory} is not in a git repository",
                code="no-repository",
                hint="run guardrail inside the repository, or without a revision",
            )
        self.git = Git(root.directory, root.git_dir, bare=root.bare, environ=environ)
        self._objects = Objects(self.git)
        self._entries: dict[bytes, Entry] = {}

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads objects."""
        self._objects.close()

    def resolve(self, name: str) -> str:
        """Return the id of the commit that a name means, or say in the error which fetch helps."""
        return revision.resolve(self.git, self._objects, name)

    def merge_base(self, one: str, other: str) -> str:
        """Return the id of the best common ancestor of two commits (ids), the first that git lists."""
        return revision.merge_base(self.git, one, other)

    def tree(self, commit: str) -> GitTree:
        """Return the files of a commit, by its full id."""
        listed = self.git.listing("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, most=LISTING)
        if len(listed.stdout) > LISTING or listed.stdout.count(b"\0") > tree.ENTRIES:
            raise tree.too_many()
        if listed.code:
            raise SourceError(
                f"the files of commit {commit} cannot be listed: {listed.stderr}",
                code="object-missing",
                hint=revision.refetch_hint(self.git),
            )
        return GitTree(commit, _listed(listed.stdout, _committed, self._entries), self._objects, self.git)

    def index(self) -> GitTree:
        """Return the files that are staged. A file with conflicts is listed, and cannot be read."""
        listed = self.git.output("ls-files", "--stage", "-z", index=True)
        if listed.count(b"\0") > tree.ENTRIES:
            raise tree.too_many()
        return GitTree("index", _listed(listed, _staged, {}), self._objects, self.git)


class GitTree(Listed):
    """A tree whose files are objects of a repository."""

    def __init__(self, label: str, entries: Mapping[str, Entry], objects: Objects, git: Git) -> None:
        super().__init__(label, entries)
        self._objects = objects
        self._git = git

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`: one exchange for many files instead of one for each."""
        self._objects.prefetch(filter(None, map(self._identity, paths)), LIMIT)

    def _identity(self, path: str) -> Optional[str]:
        entry = self._entries.get(path)
        if entry is not None and entry.kind == "file":
            return entry.id
        try:
            return self._entries[self._layout.file(path)].id
        except SourceError:
            return None  # reading it will say why

    def _content(self, path: str, limit: int) -> Blob:
        identity = self._entries[path].id
        if identity is None:
            raise SourceError(
                f"{shown(path)} has conflicts that are not resolved",
                code="unmerged",
                hint="resolve them and `git add` the file",
            )
        content = self._objects.read(identity, limit)
        if not isinstance(content, bytes):
            raise self._unread(path, identity) if content is None else too_large(path, content.size, limit, identity)
        return checked(path, content, identity if len(identity) == _SHA1 else None)

    def _target(self, path: str) -> bytes:
        identity = self._entries[path].id
        content = self._objects.read(identity, TARGET_LIMIT + 1) if identity else b""
        if content is None:
            raise self._unread(path, identity or "")
        return content if isinstance(content, bytes) else b"/"  # a text that long leads nowhere

    def _unread(self, path: str, identity: str) -> SourceError:
        return SourceError(
            f"{shown(path)} is not in this clone: object {identity} is missing",
            code="object-missing",
            content=identity,
            hint=revision.refetch_hint(self._git),
        )


def _listed(output: bytes, entry: Callable[[bytes], Entry], known: dict[bytes, Entry]) -> dict[str, Entry]:
    r"""
    Return the entries of a listing with `-z`: `<description>\t<path>\0`.

    Two trees have most of them in common: `known` are those that were listed before, by their description.
    """
    suspect = any(one.search(output) for one in _SUSPECT)
    found: dict[str, Entry] = {}
    for record in output.split(b"\0"):
        description, _, name = record.partition(b"\t")
        if not name or (suspect and _UNUSABLE.search(name)):
            continue
        if description not in known:
            known[description] = entry(description)
        found[name.decode("utf-8", "surrogateescape")] = known[description]
    return found


def _committed(description: bytes) -> Entry:
    """Return the entry of `<mode> <type> <id>`, by `ls-tree`."""
    mode, _, identity = description.split(b" ")
    return Entry(_KINDS.get(mode, "file"), None, identity.decode("ascii"))


def _staged(description: bytes) -> Entry:
    """Return the entry of `<mode> <id> <stage>`, by `ls-files`; a file with conflicts has no content."""
    mode, identity, stage = description.split(b" ")
    return Entry(_KINDS.get(mode, "file"), None, identity.decode("ascii") if stage == b"0" else None)
