"""
The folder that `--modules` names: `modules.json`, and a folder for each module that was fetched.

The layout is that of `.terraform/modules`, so that what `terraform init` made can be used, too. A record counts for a
call with the same source whose constraint its version meets; of several that do, the one that was made for this very
call, else the newest: one folder serves all roots, and both sides of a comparison.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Final, Optional, Union

from guardrail.errors import SourceError, UsageError
from guardrail.frontends.terraform.addresses import canonical, is_local, package_of, shown_address
from guardrail.frontends.terraform.lock import FILE as LOCK
from guardrail.frontends.terraform.lock import Lock, digest_of
from guardrail.frontends.terraform.versions import allows, constraint, version
from guardrail.model.dataclass import dataclass
from guardrail.model.place import Place
from guardrail.sources.tree import Tree, clean, shown

INDEX: Final = "modules.json"

_WHERE_TERRAFORM_PUTS_THEM: Final = ".terraform/modules/"
_HINT: Final = "name a folder that `guardrail modules fetch` or `terraform init` wrote"


@dataclass(frozen=True, slots=True)
class Record:
    """One module: the call that it was fetched for (`eks.kms`), where it came from, and its directory in the tree."""

    key: str
    source: str
    version: str
    directory: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a module is not in the folder; `broken` if it is there and must not be used."""

    why: str
    broken: bool = False


@dataclass(slots=True)
class Folder:
    """The modules that were fetched. `tree` has their files, with paths that begin with `name`."""

    tree: Tree
    name: str
    lock: Optional[Lock] = None
    _records: dict[str, list[Record]] = field(default_factory=dict)
    _refused: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in _records(self.tree, self.name):
            self._records.setdefault(record.source, []).append(record)

    def holds(self, path: str) -> bool:
        """Whether a path is in the folder."""
        return path.startswith(f"{self.name}/") or path == self.name

    def directories(self, source: str) -> tuple[str, ...]:
        """Return the directories that a source may mean, of all versions."""
        return tuple(sorted({record.directory for record in self._records.get(canonical(source), ())}))

    def find(self, key: str, source: str, stated: Optional[str]) -> Union[str, Missing]:
        """Return the directory of a module for a call with this key, source and version constraint."""
        found = self._records.get(canonical(source), [])
        if not found:
            return Missing("it is not in the folder of modules")
        terms = constraint(stated)
        if terms is None:
            return Missing(f'"{stated}" is no constraint of versions', broken=True)
        fitting = [record for record in found if _fits(record, stated, terms)]
        if not fitting:
            there = ", ".join(sorted({record.version or "one without version" for record in found}))
            return Missing(f'the folder of modules has {there}, and the call wants "{stated}"')
        record = max(fitting, key=lambda one: (one.key == key, _rank(one), one.directory))
        refusal = self._refusal(record)
        return Missing(refusal, broken=True) if refusal else record.directory

    def _refusal(self, record: Record) -> str:
        """Return why the files of a record must not be used; empty if they are what the lock says."""
        if self.lock is None:
            return ""
        top = record.directory[len(self.name) + 1 :].partition("/")[0]
        package = (package_of(record.source), record.version, top)
        known = self._refused.get(package)
        if known is None:
            known = self._refused[package] = self._compared(package[0], record.version, f"{self.name}/{top}")
        return known

    def _compared(self, package: str, version_: str, folder: str) -> str:
        locked = (self.lock or {}).get((package, version_))
        what = f"{shown_address(package)} {version_}".rstrip()
        if locked is None:
            return f"{LOCK} says nothing of {what}; run `guardrail modules fetch`"
        if digest_of(self.tree, folder) != locked.digest:
            return f"the files in {shown(folder)} are not those that {LOCK} has for {what}; fetch it again"
        return ""


def _fits(record: Record, stated: Optional[str], terms: Any) -> bool:
    if not stated:
        return True
    one = version(record.version)
    return one is not None and allows(terms, one)


def _rank(record: Record) -> tuple[bool, Any]:
    one = version(record.version)
    return (one is not None, one or ())


def _records(tree: Tree, name: str) -> Iterator[Record]:
    """Yield what the index says of modules that are no local paths. What is wrong with it is a `UsageError`."""
    path = f"{name}/{INDEX}"
    try:
        said: Any = json.loads(tree.read(path).data.decode("utf-8"))
    except SourceError as error:
        raise UsageError(f"the folder of modules has no index: {error.message}", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, "it is no JSON") from error
    rows = said.get("Modules") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        raise _wrong(path, "it has no list `Modules`")
    for row in rows:
        key, source, version_, directory = _texts(row, path)
        if source and not is_local(source):
            yield Record(key, canonical(source), version_, f"{name}/{_inside(directory, path)}")


def _texts(row: Any, path: str) -> tuple[str, str, str, str]:
    if isinstance(row, dict):
        key, source, stated, directory = (row.get(name, "") for name in ("Key", "Source", "Version", "Dir"))
        if isinstance(key, str) and isinstance(source, str) and isinstance(stated, str) and isinstance(directory, str):
            return key, source, stated, directory
    raise _wrong(path, "an entry is not made of texts")


def _inside(directory: str, path: str) -> str:
    """Return the directory of a record from the folder on; one that leads out of it is refused."""
    inside = directory.removeprefix("./").removeprefix(_WHERE_TERRAFORM_PUTS_THEM)
    found = clean(inside)
    if inside.startswith("/") or "\\" in inside or ":" in inside or found.startswith("..") or not found:
        raise _wrong(path, f'the directory "{shown(directory)}" is not inside of the folder')
    return found


def _wrong(path: str, why: str) -> UsageError:
    return UsageError(f"the folder of modules cannot be used: {why}", place=Place(path), hint=_HINT)
