"""
Archives, unpacked in memory: what is in them is hostile until it has been looked at.

Nothing is written before all of it is known to be files with plain names. A link that leads to a file of the archive
becomes a copy of it; one that leads elsewhere, and every other kind of entry, refuses the archive.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import IO, Final, Optional, Union

from guardrail.fetch.errors import FetchError
from guardrail.frontends.terraform.lock import LARGEST
from guardrail.sources.tree import shown

FILES: Final = 20_000
"""How many entries an archive may have."""

BYTES: Final = 256 * 1024 * 1024
"""How many bytes an archive may have when it is unpacked."""

_CHUNK: Final = 1024 * 1024
_NAME: Final = 255
_PATH: Final = 1024
_HOPS: Final = 8

Files = Mapping[str, bytes]
"""Contents by path."""

_Packed = Union[gzip.GzipFile, bz2.BZ2File, lzma.LZMAFile]

_OPENERS: Final[Mapping[bytes, Callable[[io.BytesIO], _Packed]]] = {
    b"\x1f\x8b": lambda packed: gzip.GzipFile(fileobj=packed),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}


def unpack(data: bytes, what: str) -> Files:
    """Return the files of an archive (zip or tar, the latter also packed). `what` is how messages call it."""
    unpacked = _Unpacked(what)
    try:
        if data.startswith(b"PK"):
            _zip(data, unpacked)
        else:
            _tar(_plain(data, what), unpacked)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise FetchError(f"{what} is no archive that can be unpacked: {error}") from error
    except (NotImplementedError, RuntimeError, ValueError, UnicodeError, OverflowError, struct.error) as error:
        raise FetchError(f"{what} is packed in a way that is not understood: {error}") from error
    return unpacked.settled()


def _plain(data: bytes, what: str) -> bytes:
    """Return a tar without the packing around it."""
    opener = next((opener for mark, opener in _OPENERS.items() if data.startswith(mark)), None)
    if opener is None:
        return data
    made = io.BytesIO()
    with opener(io.BytesIO(data)) as stream:
        while chunk := stream.read(_CHUNK):
            if made.tell() + len(chunk) > BYTES:
                raise FetchError(f"{what} unpacks to more than {BYTES:,} bytes")
            made.write(chunk)
    return made.getvalue()


def _tar(data: bytes, into: _Unpacked) -> None:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            if entry.isdir():
                into.folder(entry.name)
            elif entry.issym() or entry.islnk():
                into.link(entry.name, entry.linkname, hard=entry.islnk())
            elif entry.isreg() and not entry.issparse():
                content = archive.extractfile(entry)
                into.file(entry.name, entry.size, content)
            else:
                raise FetchError(f"{into.what} holds {shown(entry.name)}, which is no file")


def _zip(data: bytes, into: _Unpacked) -> None:
    if data.count(b"PK\1\2") > 2 * FILES:  # the list of them is made at once
        raise FetchError(f"{into.what} holds more than {FILES:,} files")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if entry.is_dir():
                into.folder(entry.filename)
            elif kind == stat.S_IFLNK:
                with archive.open(entry) as content:
                    into.link(entry.filename, content.read(_PATH + 1).decode("utf-8"))
            elif kind in (0, stat.S_IFREG):
                with archive.open(entry) as content:
                    into.file(entry.filename, entry.file_size, content)
            else:
                raise FetchError(f"{into.what} holds {shown(entry.filename)}, which is no file")


class _Unpacked:
    """What was found so far."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._files: dict[str, bytes] = {}
        self._links: dict[str, str] = {}
        self._entries = 0
        self._bytes = 0

    def folder(self, name: str) -> None:
        """Look at the name of a folder; empty ones are not kept."""
        self._path(name.rstrip("/"))

    def file(self, name: str, size: int, content: Optional[IO[bytes]]) -> None:
        """Take a file. What it says of its size is not believed, only held against the limit."""
        path = self._path(name)
        if path is None or content is None:
            return
        left = min(LARGEST, BYTES - self._bytes)
        data = content.read(left + 1) if size <= left else b""
        if size > left or len(data) > left:
            raise FetchError(
                f"{self.what} unpacks to more than {BYTES:,} bytes, or {shown(name)} to more than {LARGEST:,}"
            )
        self._new(path)
        self._bytes += len(data)
        self._files[path] = data

    def link(self, name: str, target: str, *, hard: bool = False) -> None:
        """Take a link: `target` is a path from the link, of a hard one from the top."""
        path = self._path(name)
        if path is None:
            return
        start = "" if hard else posixpath.dirname(path)
        leads = posixpath.normpath(posixpath.join(start, target))
        if target.startswith("/") or "\\" in target or ":" in target or "\0" in target or leads.split("/")[0] == "..":
            raise FetchError(f"{self.what} holds a link that leads out of it: {shown(name)}")
        self._new(path)
        self._links[path] = leads

    def _new(self, path: str) -> None:
        if path in self._files or path in self._links:
            raise FetchError(f"{self.what} holds {shown(path)} twice")

    def _path(self, name: str) -> Optional[str]:
        """Return the path of an entry, None for one that is not kept. One that leads elsewhere is refused."""
        self._entries += 1
        if self._entries > FILES:
            raise FetchError(f"{self.what} holds more than {FILES:,} files")
        parts = name.removeprefix("./").split("/")
        if name in ("", ".", "pax_global_header"):
            return None
        unusable = any(
            part in ("", ".", "..") or len(part.encode("utf-8", "surrogateescape")) > _NAME or part.endswith((".", " "))
            for part in parts
        )
        if (
            unusable
            or len(name) > _PATH
            or any(character in "\\:" or not character.isprintable() for character in name)
        ):
            raise FetchError(f"{self.what} holds a path that is refused: {shown(name)}")
        return None if any(part.lower() == ".git" for part in parts) else "/".join(parts)

    def settled(self) -> Files:
        """Return the files, links to them included as copies. A link to a folder, or to nothing, is left out."""
        files = dict(self._files)
        for path in self._links:
            target = path
            for _ in range(_HOPS):
                target = self._links.get(target, target)
            data = self._files.get(target)
            if data is not None:
                self._bytes += len(data)
                if self._bytes > BYTES:
                    raise FetchError(f"{self.what} unpacks to more than {BYTES:,} bytes")
                files[path] = data
        for path in files:
            above = path
            while above := above.rpartition("/")[0]:
                if above in files or above in self._links:
                    raise FetchError(f"{self.what} holds {shown(above)} as a file and as a folder")
        return files
