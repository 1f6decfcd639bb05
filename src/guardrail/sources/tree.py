"""
A source: paths and bytes, whatever they come from.

Paths are relative to the root, with `/`; the root is "" (or "."). Names that are not UTF-8 are kept by
surrogate escapes, so every name is a string and goes back to the same bytes.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, Optional, Protocol, Union

from guardrail.errors import SourceError
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place

LIMIT: Final = 4 * 1024 * 1024
"""The largest file that is read, in bytes, unless the reader of a kind of file asks for more."""

HOPS: Final = 8
"""How many links in a row are followed."""

TARGET_LIMIT: Final = 4096
"""The longest target of a link, in bytes (PATH_MAX)."""

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


def _in_order(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the entries sorted by path, as git and folders are listed in the first place."""
    paths = list(entries)
    ordered = sorted(paths)
    return dict(entries) if paths == ordered else {path: entries[path] for path in ordered}


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
