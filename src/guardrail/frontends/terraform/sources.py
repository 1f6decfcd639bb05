"""Which directory of the tree the source of a module call means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from guardrail.frontends.terraform.addresses import is_local, split
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
    if source in modules:
        return clean(modules[source])
    package, folder, _ = split(source)
    return clean(f"{modules[package]}/{folder}") if folder and package in modules else None


def directories_of(source: str, caller: str, modules: Mapping[str, str], fetched: Optional[Folder]) -> tuple[str, ...]:
    """Return all directories that a source may mean: of what was fetched, only the evaluation can tell the version."""
    found = directory_of(source, caller, modules)
    if found is None:
        return () if fetched is None else fetched.directories(source)
    return () if crosses(source, caller, found, fetched) else (found,)


def crosses(source: str, caller: str, target: str, fetched: Optional[Folder]) -> bool:
    """Whether a path leads into the folder of modules, or out of it."""
    return is_local(source) and fetched is not None and fetched.holds(caller) != fetched.holds(target)
