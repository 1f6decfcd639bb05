"""Revisions and the index of a repository, read as objects: no checkout, no filter, no hook, nothing written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType, TracebackType
from typing import Final, Optional, Union

from guardrail.errors import SourceError
from guardrail.sources import revision, tree
from guardrail.sources.command import BOUNDED, Git, Running
from guardrail.sources.layout import TARGET_LIMIT
from guardrail.sources.listed import Listed
from guardrail.sources.listing import changed, committed, staged
from guardrail.sources.locate import Root
from guardrail.sources.objects import MANY, Objects
from guardrail.sources.tree import LIMIT, Blob, Entry, attempted, checked, is_pointer, shown, too_large

LISTING: Final = 128 * 1024 * 1024
"""Bytes of a listing of all files of a commit."""

_SHA1: Final = 40

_MEMORY: Final = 256 * 1024 * 1024
"""Bytes that a search may take: it holds one file whole."""

_SEARCH: Final = (
    "--files-with-matches", "--null", "--text", "--fixed-strings", "--full-name", "--no-color", "--no-textconv",
    "--no-recurse-submodules", "--threads=1",
)  # fmt: skip

_DIFFERENCES: Final = ("-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-relative", "--ignore-submodules=none")
"""All that differs, whatever the repository's configuration would have left out or told otherwise."""


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
        self.objects = Objects(self.git)
        self._entries: dict[str, Entry] = {}
        self._trees: dict[str, GitTree] = {}
        self._near: list[tuple[GitTree, Mapping[str, Entry], tuple[str, ...]]] = []

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process that reads objects, and what was begun and nobody waited for."""
        self.objects.close()
        self.git.close()

    def resolve(self, name: str) -> str:
        """Return the id of the commit that a name means, or say in the error which fetch helps."""
        return revision.resolve(self.git, self.objects, name)

    def merge_base(self, one: str, other: str) -> str:
        """Return the id of the best common ancestor of two commits (ids), the first that git lists."""
        return revision.merge_base(self.git, one, other)

    def tree(self, commit: str, near: Optional[tree.Tree] = None) -> GitTree:
        """
        Return the files of a commit, by its full id.

        If much of another tree of this repository is the same, listing what differs from it takes less time.
        """
        if commit not in self._trees:
            entries = next(
                (self._changed(before, command, commit) for one, before, command in self._near if one is near), None
            )
            self._trees[commit] = self._whole(commit) if entries is None else self._made(commit, entries)
        return self._trees[commit]

    def stands_on(self, made: GitTree, staged: Mapping[str, Entry]) -> None:
        """Note that the entries of a tree are near to these, which are those of the index."""
        self._near.append((made, staged, ("diff-index", "--cached", "-R")))

    def _whole(self, commit: str) -> GitTree:
        listed = self.git.listing("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit, most=LISTING)
        if len(listed.stdout) > LISTING or listed.stdout.count(b"\0") > tree.ENTRIES:
            raise tree.too_many()
        if listed.code:
            raise SourceError(
                f"the files of commit {commit} cannot be listed: {listed.stderr}",
                code="object-missing",
                hint=revision.refetch_hint(self.git),
            )
        found = committed(listed.stdout, self._entries)
        made = self._made(commit, found.entries)
        if found.regular:
            self._near.append((made, found.entries, ("diff-tree", commit)))
        return made

    def _changed(
        self, before: Mapping[str, Entry], command: tuple[str, ...], commit: str
    ) -> Optional[dict[str, Entry]]:
        """Return the entries of a commit by those of another tree, None if they are better listed."""
        name, *known = command
        listed = self.git.listing(name, *_DIFFERENCES, *known, "--end-of-options", commit, most=LISTING)
        if listed.code or len(listed.stdout) > LISTING:
            return None
        entries = changed(before, listed.stdout)
        return entries if len(entries) <= tree.ENTRIES else None

    def _made(self, commit: str, entries: Mapping[str, Entry]) -> GitTree:
        return GitTree(commit, entries, self.objects, self.git, commit=commit)

    def index(self) -> GitTree:
        """Return the files that are staged. A file with conflicts is listed, and cannot be read."""
        listed = self.git.output("ls-files", "--stage", "-z", index=True)
        if listed.count(b"\0") > tree.ENTRIES:
            raise tree.too_many()
        return GitTree("index", staged(listed).entries, self.objects, self.git, hooked=True)


class GitTree(Listed):
    """
    A tree whose files are objects of a repository: those of a commit, or of the index if it is of none.

    `hooked`: that is the index which a hook got.
    """

    def __init__(
        self,
        label: str,
        entries: Mapping[str, Entry],
        objects: Objects,
        git: Git,
        left_out: Mapping[str, str] = MappingProxyType({}),
        *,
        commit: Optional[str] = None,
        hooked: bool = False,
    ) -> None:
        super().__init__(label, entries, left_out)
        self._commit = commit
        self._hooked = hooked
        self._objects = objects
        self._git = git
        self._searches: dict[tuple[frozenset[bytes], tuple[str, ...]], Running] = {}

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """See `Tree`."""
        meant = frozenset(words), tuple(endings)
        if not BOUNDED or len(self._entries) < MANY or meant in self._searches:
            return
        sought = [part for word in words for part in ("-e", os.fsdecode(word))]
        places = [f":(top,glob)**/*{ending}" for ending in endings]
        where = (*sought, self._commit or "--cached", "--", *places)
        running = self._git.begin("grep", *_SEARCH, *where, most=LISTING, memory=_MEMORY, index=self._hooked)
        self._searches[meant] = running

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """See `Tree`: git searches thousands of objects in a third of the time that handing them over takes."""
        self.seek(words, endings)
        running = self._searches.pop((frozenset(words), tuple(endings)), None)
        if running is None:
            return None
        listed = running.output()
        if listed.code not in (0, 1) or listed.stderr or len(listed.stdout) > LISTING:
            return None
        begins = len(f"{self._commit}:") if self._commit else 0
        found = (path[begins:] for path in listed.stdout.decode("utf-8", "surrogateescape").split("\0"))
        return frozenset(found).union(path for path, entry in self._entries.items() if entry.id is None)

    def prefetch(self, paths: Iterable[str]) -> None:
        """See `Tree`: one exchange for many files instead of one for each."""
        self._objects.prefetch(filter(None, map(self._identity, paths)), LIMIT)

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """See `Tree`."""
        plain: dict[str, str] = {}
        singly: list[str] = []  # links, and what has the content of another one, which is at hand then
        for path in paths:
            entry = self._entries.get(path)
            identity = entry.id if entry is not None and entry.kind == "file" else None
            if identity is None or identity in plain or len(identity) != _SHA1:
                singly.append(path)
            else:
                plain[identity] = path
        for identity, data in self._objects.each(plain, limit):
            path = plain[identity]
            yield path, attempted(self, path, limit) if data is None or is_pointer(data) else Blob(data, identity)
        for path in singly:
            yield path, attempted(self, path, limit)

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
