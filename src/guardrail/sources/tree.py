"""
A source: paths and bytes, whatever they come from.

Paths are relative to the root, with `/`; the root is "" (or "."). Names that are not UTF-8 are kept by
surrogate escapes, so every name is a string and goes back to the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, Optional, Protocol, Union

from guardrail.errors import SourceError
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place

LIMIT: Final = 4 * 1024 * 1024
"""The largest file that is read, in bytes, unless the reader of a kind of file asks for more."""

ENTRIES: Final = 400_000
"""How many files a tree may have: listed, so many take 250 MB."""

OF_MODULES: Final = "the folder of modules"
"""Why a folder of modules outside git is not listed as part of what is judged."""

IGNORED: Final = "ignored by git"
"""Why an untracked file that matches a `.gitignore` is left out of a working tree."""

_LFS: Final = b"version https://git-lfs.github.com/spec/"
_LFS_LIMIT: Final = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What stands at a path.

    `size` in bytes and `id` (git's, of a blob or of a submodule's commit) are None where they would have to be
    read first.
    """

    kind: Literal["file", "link", "submodule"]
    size: Optional[int] = None
    id: Optional[str] = None


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of a file and their git blob id (SHA-1), the same wherever the bytes came from."""

    data: bytes
    id: str


class Tree(Protocol):
    """
    A tree of files.

    What cannot be read raises a `SourceError` with one of the codes `missing`, `not-a-file`, `not-a-directory`,
    `outside`, `link-outside`, `link-loop`, `submodule`, `lfs-pointer`, `too-large`, `unmerged`, `object-missing`,
    `unreadable`.
    """

    @property
    def label(self) -> str:
        """What people call it: `working tree`, `index`, or the commit's id."""

    def entries(self) -> Mapping[str, Entry]:
        """Return every path that is no folder, sorted; nothing of `.git`. Links are listed, not followed."""

    def left_out(self) -> Mapping[str, str]:
        """
        Return why paths are not listed: `IGNORED`, `OF_MODULES`, or what the system says.

        A folder ends in `/`, and means all of it.
        """

    def resolve(self, path: str) -> str:
        """Return the path of a file or folder after following links, also those to folders on the way."""

    def read(self, path: str, *, limit: int = LIMIT) -> Blob:
        """Return the file at a path, through links that stay inside the tree."""

    def read_each(self, paths: Iterable[str], *, limit: int = LIMIT) -> Iterator[tuple[str, Union[Blob, SourceError]]]:
        """Yield each path, in no order, with what `read` returns or raises: of thousands, each costs less than so."""

    def listdir(self, directory: str) -> tuple[str, ...]:
        """Return the names of files and folders directly inside, sorted."""

    def prefetch(self, paths: Iterable[str]) -> None:
        """Hint that these paths are read next; never fails."""

    def seek(self, words: Sequence[bytes], endings: Sequence[str]) -> None:
        """Hint that `holding` is asked next for the very same: what searches may begin while we do something else."""

    def holding(self, words: Sequence[bytes], endings: Sequence[str]) -> Optional[frozenset[str]]:
        """
        Return the files whose names end so and that hold one of these words, or may; None if that takes no less time.

        Links are none of them. Nothing that is not among them holds one.
        """


def clean(path: str) -> str:
    """Return the path without `.` and empty segments, `..` taken back as text. It may still begin with `..`."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    return "/".join(kept)


def blob_id(data: bytes) -> str:
    """Return the id that git gives to these bytes."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def identity(tree: Tree, path: str, *, limit: int = LIMIT) -> str:
    """Return what changes when the content at a path does: its blob id, or why it cannot be read."""
    entry = tree.entries().get(path)
    if entry is not None and entry.kind == "file" and entry.id is not None:
        return entry.id
    try:
        return tree.read(path, limit=limit).id
    except SourceError as error:
        return refusal(error)


def resolution(tree: Tree, path: str) -> str:
    """Return where a path leads, or why it leads nowhere."""
    try:
        return tree.resolve(path)
    except SourceError as error:
        return refusal(error)


def refusal(error: SourceError) -> str:
    """Return what an answer that is an error is told apart by."""
    return f"!{error.code} {error.content}"


def attempted(tree: Tree, path: str, limit: int) -> Union[Blob, SourceError]:
    """Return what reading gives, an error too."""
    try:
        return tree.read(path, limit=limit)
    except SourceError as error:
        return error


def unread(error: SourceError, path: str) -> Diagnostic:
    """Return what to say of a file that a unit needs and that could not be read."""
    missing_object = error.code == "object-missing"  # the clone lacks it: nothing is said about the file
    return Diagnostic(
        "error", error.code, error.message, Place(path), error.hint, unread=not missing_object, content=error.content
    )


def checked(path: str, data: bytes, known_id: Optional[str] = None) -> Blob:
    """Return the blob of these bytes, unless they only stand for others that Git LFS keeps."""
    identity = known_id or blob_id(data)
    if is_pointer(data):
        raise SourceError(
            f"{shown(path)} is a Git LFS pointer; its content is not in the repository",
            code="lfs-pointer",
            content=identity,
            hint="keep files that guardrail judges out of Git LFS, or fetch them first with `git lfs pull`",
        )
    return Blob(data, identity)


def is_pointer(data: bytes) -> bool:
    """Whether these bytes only stand for others that Git LFS keeps."""
    return data.startswith(_LFS) and len(data) < _LFS_LIMIT


def too_large(path: str, size: int, limit: int, content: str) -> SourceError:
    """Return the error for a file that is not read for its size."""
    return SourceError(
        f"{shown(path)} has {size:,} bytes; at most {limit:,} are read",
        code="too-large",
        content=content,
        hint="split the file, or leave it out with `exclude` in guardrail.yaml",
    )


def too_many() -> SourceError:
    """Return the error for a tree of more files than are listed."""
    return SourceError(
        f"there are more than {ENTRIES:,} files",
        code="too-many-files",
        hint="judge a folder outside of the repository that holds what is to be judged",
    )


def shown(path: str) -> str:
    """Return a path as text that is safe to print: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path) or "."
