"""Which directory of the tree the source of a module call means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from guardrail.frontends.terraform.addresses import is_local
from guardrail.frontends.terraform.fetched import Folder
from guardrail.sources.tree import clean


def directory_of(source: str, caller: str, modules: Mapping[str, str]) -> Optional[str]:
    """
    Return what a source means in the directory of its caller, None for what is not in the tree.

    A path may still lead out of it. `modules` are the sources that the configuration maps to directories; `//folder`
    leads further into one of them.
    """
    if is_local(source):
        return clean(f"{caller}/{source}")
    package, folder = _parts(source)
    for key, rest in ((source, ""), (package, folder)):
        if key in modules:
            return clean(f"{modules[key]}/{rest}")
    return None


def directories_of(source: str, caller: str, modules: Mapping[str, str], fetched: Optional[Folder]) -> tuple[str, ...]:
    """Return all directories that a source may mean: of what was fetched, only the evaluation can tell the version."""
    found = directory_of(source, caller, modules)
    if found is None:
        return () if fetched is None else fetched.directories(source)
    return () if crosses(source, caller, found, fetched) else (found,)


def crosses(source: str, caller: str, target: str, fetched: Optional[Folder]) -> bool:
    """Whether a path leads into the folder of modules, or out of it."""
    return is_local(source) and fetched is not None and fetched.holds(caller) != fetched.holds(target)


def _parts(source: str) -> tuple[str, str]:
    """Return the package and the folder inside it. The `//` of `https://` separates nothing."""
    scheme = source.find("://")
    at = source.find("//", scheme + 3 if scheme >= 0 else 0)
    return (source, "") if at < 0 else (source[:at], source[at + 2 :].partition("?")[0])
