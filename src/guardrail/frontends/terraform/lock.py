"""
`guardrail.modules.lock`: which version of each module was fetched, and what its files were.

It is made to be committed: whoever fetches later gets the same bytes or an error, and a check reads a module only if
its files are those of the lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Optional

from guardrail.errors import SourceError, UsageError
from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place
from guardrail.sources.tree import Blob, Tree

FILE: Final = "guardrail.modules.lock"
"""Where the lock is, from the root of the repository."""

VERSION: Final = 1
_AGAIN: Final = "write it anew with `guardrail modules fetch`"
_FIELDS: Final = ("source", "version", "commit", "digest")


@dataclass(frozen=True, slots=True, order=True)
class Locked:
    """A package: its source without a folder, the version (of a registry) or commit, and the digest of its files."""

    source: str
    version: str
    commit: str
    digest: str


Lock = Mapping[tuple[str, str], Locked]
"""What is locked, by source and version ("" without one)."""


def read_lock(data: bytes, file: str = FILE) -> Lock:
    """Return what a lock says, or raise a `UsageError`: nothing is read by a lock that is half understood."""
    try:
        said: Any = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _wrong(file, "it is no JSON") from error
    if not isinstance(said, dict) or said.get("version") != VERSION or not isinstance(said.get("modules"), list):
        raise _wrong(file, f"it is no lock of version {VERSION}")
    found: dict[tuple[str, str], Locked] = {}
    for row in said["modules"]:
        locked = _locked(row)
        if locked is None:
            raise _wrong(file, "a module in it has no source or no digest")
        if found.setdefault((locked.source, locked.version), locked) != locked:
            raise _wrong(file, f"{locked.source} stands there twice")
    return found


def _locked(row: Any) -> Optional[Locked]:
    """Return what a row says, None if it does not say it all."""
    source, version, commit, made = (row.get(name, "") if isinstance(row, dict) else None for name in _FIELDS)
    if isinstance(source, str) and isinstance(version, str) and isinstance(commit, str) and isinstance(made, str):
        return Locked(source, version, commit, made) if source and made else None
    return None


def _wrong(file: str, why: str) -> UsageError:
    return UsageError(f"the lock of modules cannot be used: {why}", place=Place(file), hint=_AGAIN)


def lock_text(locked: Iterable[Locked]) -> bytes:
    """Return the lock of these packages, the same bytes for the same packages."""
    rows = [{name: value for name in _FIELDS if (value := getattr(one, name))} for one in sorted(frozenset(locked))]
    return (json.dumps({"version": VERSION, "modules": rows}, indent=2) + "\n").encode()


def locks(*trees: Optional[Tree]) -> Optional[Lock]:
    """Return what the locks of some trees say, the first of them first; None where none of them has one."""
    said: Optional[dict[tuple[str, str], Locked]] = None
    for tree in trees:
        if tree is not None and FILE in tree.entries():
            said = {**read_lock(tree.read(FILE).data), **(said or {})}
    return said


LARGEST: Final = 64 * 1024 * 1024
"""Bytes of the largest file that a package may hold."""


def digest(paths: Iterable[str], read: Callable[[str], Blob]) -> str:
    """Return the digest of a package: of paths and contents, whatever their order and dates are."""
    made = hashlib.sha256()
    for path in sorted(paths):
        try:
            content = hashlib.sha256(read(path).data).hexdigest()
        except SourceError as error:  # what stands for another file is not read, and told apart all the same
            content = f"{error.code} {error.content}"
        made.update(f"{path}\0{content}\0".encode("utf-8", "surrogateescape"))
    return f"sha256:{made.hexdigest()}"


def digest_of(tree: Tree, folder: str) -> str:
    """Return the digest of the files in a folder of a tree."""
    prefix = f"{folder}/"
    inside = [path[len(prefix) :] for path in tree.entries() if path.startswith(prefix)]
    return digest(inside, lambda path: tree.read(prefix + path, limit=LARGEST))
