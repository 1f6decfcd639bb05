"""The files on disk: what git tracks and what is new, without what it ignores. Nothing outside the root is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1
from pathlib import Path
from types import MappingProxyType
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.sources import tree
from guardrail.sources.command import Git
from guardrail.sources.listed import Listed
from guardrail.sources.locate import Root
from guardrail.sources.tree import IGNORED, Blob, Entry, checked, shown, too_large

_HASHED: Final = 256 * 1024 * 1024
"""The id of a file that is too large to read is worked out up to this size, so that base may have the same."""

_CHUNK: Final = 1024 * 1024

_FLAGS: Final = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)
"""Links are followed by name only, inside the tree; a pipe that stands where a file was must not make us wait."""

_ENTRIES: Final = {"file": Entry("file"), "link": Entry("link")}


def worktree(root: Root, *, keep: Iterable[str] = (), without: Mapping[str, str] = MappingProxyType({})) -> WorkTree:
    """
    List the files below a root.

    Left out is what git ignores *and does not track*: git itself is asked, so a `.gitignore` cannot hide a file
    that a commit holds. Where git cannot be asked, nothing is ignored. `keep` are paths that were asked for by
    name: what is ignored at or around one of them is listed all the same. `without` are folders (ending in `/`) that
    are left out too, and why.
    """
    ignored, submodules = _git_says(root)
    named = tuple(path.rstrip("/") for path in keep if path)
    left_out = {path: IGNORED for path in ignored if path.rstrip("/") not in named} | dict(without)
    walk = Walk(root, left_out)
    entries = dict(walk.below(""))
    for path in named:
        if any(path.startswith(folder) for folder in left_out if folder.endswith("/")):
            entries.update(walk.at(path))
    for path, identity in submodules:
        if walk.is_empty(path):
            entries[path] = Entry("submodule", None, identity)
    return WorkTree(root.directory, entries, {**left_out, **walk.problems})


class WorkTree(Listed):
    """A working tree as it was when it was listed; files are read when they are asked for."""

    def __init__(self, directory: Path, entries: dict[str, Entry], left_out: dict[str, str]) -> None:
        super().__init__("working tree", entries, left_out)
        self._directory = os.fsencode(directory)

    def _content(self, path: str, limit: int) -> Blob:
        blob = content_at(self._directory, self._inside(path), limit, path)
        self._entries[path] = Entry("file", len(blob.data), blob.id)  # from now on it is known without reading
        return blob

    def _target(self, path: str) -> bytes:
        return target_at(self._directory, self._inside(path), path)

    def _inside(self, path: str) -> str:
        """Return where a file stands below the directory."""
        return path


def content_at(directory: bytes, path: str, limit: int, called: str = "") -> Blob:
    """Return the file that stands at a path below a directory. Errors call it by the name that it has in its tree."""
    name = called or path
    try:
        descriptor = os.open(directory + b"/" + encoded(path), _FLAGS)
    except OSError as error:
        raise _unreadable(name, error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError(f"{shown(name)} is no regular file", code="not-a-file")
        if status.st_size > limit:
            raise too_large(name, status.st_size, limit, _streamed_id(descriptor, status.st_size))
        return checked(name, _all(descriptor, status.st_size))
    except OSError as error:
        raise _unreadable(name, error) from error
    finally:
        os.close(descriptor)


def target_at(directory: bytes, path: str, called: str = "") -> bytes:
    """Return the text of the link that stands at a path below a directory."""
    try:
        return os.readlink(directory + b"/" + encoded(path))  # noqa: PTH115  (bytes: the name may be no text)
    except OSError as error:
        raise _unreadable(called or path, error) from error


class Walk:
    """Lists folders without following links. `problems` are folders that the system does not let us list."""

    def __init__(self, root: Root, left_out: dict[str, str]) -> None:
        self._root = root
        self._directory = os.fsencode(root.directory)
        self._left_out = left_out
        self._number = 0
        self._folders: dict[str, bool] = {}  # whether it is one, and no link
        self._tracked: Optional[frozenset[str]] = None
        self.problems: dict[str, str] = {}

    def at(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Yield what is at a path, or below it if that is a folder. What lies behind a link is not at the path."""
        if not self._is_below_folders(path):
            return
        try:
            mode = os.lstat(self._directory + b"/" + encoded(path)).st_mode
        except OSError:
            return
        if stat.S_ISDIR(mode):
            yield from self.below(path)
        elif stat.S_ISLNK(mode) or stat.S_ISREG(mode):
            yield path, Entry("link" if stat.S_ISLNK(mode) else "file")

    def below(self, start: str) -> Iterator[tuple[str, Entry]]:
        """Yield what is below a folder. Sockets, pipes and devices are nobody's input."""
        pending = [start]
        while pending:
            folder = pending.pop()
            found = self._scanned(folder)
            if folder and self._is_another_repository(folder, found):
                yield folder, Entry("submodule")
                continue
            prefix = f"{folder}/" if folder else ""
            for name, kind in found:
                path = prefix + name
                if path in self._left_out or name.lower() == ".git":
                    continue
                if kind != "folder":
                    yield path, _ENTRIES[kind]
                elif f"{path}/" not in self._left_out:
                    pending.append(path)

    def is_empty(self, path: str) -> bool:
        """Whether nothing is at a path, nor below it, but another repository."""
        return all(entry.kind == "submodule" for _, entry in self.at(path))

    def _is_below_folders(self, path: str) -> bool:
        """Whether what stands above a path are folders all the way."""
        above = path.rpartition("/")[0]
        if not above:
            return True
        if above not in self._folders:
            try:
                mode = os.lstat(self._directory + b"/" + encoded(above)).st_mode
            except OSError:
                return False
            self._folders[above] = stat.S_ISDIR(mode) and self._is_below_folders(above)
        return self._folders[above]

    def _is_another_repository(self, folder: str, found: Iterable[tuple[str, str]]) -> bool:
        """Whether a folder belongs to another repository, whether or not this one knows it. git tracks none of that."""
        if self._root.git_dir is None or all(name.lower() != ".git" for name, _ in found):
            return False
        if self._tracked is None:
            self._tracked = frozenset(_tracked_folders(self._root))
        return folder not in self._tracked

    def _scanned(self, folder: str) -> list[tuple[str, str]]:
        """Return (name, kind) of what is directly inside."""
        try:
            with os.scandir(self._directory + b"/" + encoded(folder)) as found:
                inside = [(decoded(entry.name), _kind(entry)) for entry in found]
        except OSError as error:
            self.problems[f"{folder}/"] = f"cannot be listed: {error.strerror}"
            return []
        self._number += len(inside)
        if self._number > tree.ENTRIES:
            raise tree.too_many()
        return [(name, kind) for name, kind in inside if kind]


def _kind(entry: os.DirEntry[bytes]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_file(follow_symlinks=False):
        return "file"
    return "folder" if entry.is_dir(follow_symlinks=False) else ""


def _git_says(root: Root) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the paths that git ignores and does not track (folders end in `/`), and its submodules with their ids."""
    if root.git_dir is None or root.bare:
        return (), ()
    git = Git(root.directory, root.git_dir, bare=False)
    try:
        listed = git.output("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
        ignored = tuple(decoded(name) for name in listed.split(b"\0") if name)
        if not (root.directory / ".gitmodules").is_file():
            return ignored, ()
        staged = git.output("ls-files", "-z", "--stage")
    except SourceError:  # no git, or a broken repository: the files are there all the same
        return (), ()
    modules = (record.partition(b"\t") for record in staged.split(b"\0") if record.startswith(b"160000 "))
    return ignored, tuple((decoded(name), told.split(b" ")[1].decode("ascii")) for told, _, name in modules)


def _tracked_folders(root: Root) -> Iterator[str]:
    """Yield the folders in which git tracks files: those are this repository's, whatever else is in the folder."""
    if root.git_dir is None or root.bare:
        return
    try:
        listed = Git(root.directory, root.git_dir, bare=False).output("ls-files", "-z")
    except SourceError:  # as above
        return
    for folder in {decoded(name).rpartition("/")[0] for name in listed.split(b"\0")}:
        above = folder
        while above:
            yield above
            above = above.rpartition("/")[0]


def _all(descriptor: int, size: int) -> bytes:
    """Return a whole file of so many bytes. What is written to it in the meantime is not ours to read."""
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _streamed_id(descriptor: int, size: int) -> str:
    """Return the blob id of a file that is not kept in memory; none if even that takes too long."""
    if size > _HASHED:
        return ""
    digest = sha1(b"blob %d\0" % size, usedforsecurity=False)
    while chunk := os.read(descriptor, _CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _unreadable(path: str, error: OSError) -> SourceError:
    code = "missing" if isinstance(error, FileNotFoundError) else "unreadable"
    return SourceError(f"{shown(path)} cannot be read: {error.strerror}", code=code)


def encoded(path: str) -> bytes:
    """Return a path as the system has it."""
    return path.encode("utf-8", "surrogateescape")


def decoded(name: bytes) -> str:
    """Return a name of the system as a path."""
    return name.decode("utf-8", "surrogateescape")
