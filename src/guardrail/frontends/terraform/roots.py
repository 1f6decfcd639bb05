"""
Which directories of Terraform files are roots.

A root is a directory that no other one that is judged calls as a local module. Calls count only from directories that
are judged themselves: a module that only an example calls would else be looked at by nobody. A directory that can
only be meant as a root (it has a backend, or variable files that only a root reads) is one even if it is called, and
where directories call each other in a circle, one of them is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from guardrail.errors import SourceError
from guardrail.frontends.terraform.called import Calls
from guardrail.frontends.terraform.configuration import configuration_files
from guardrail.frontends.terraform.inputs import automatic_files
from guardrail.frontends.terraform.sources import directories_of
from guardrail.sources.tree import Blob, Tree

_BACKEND: Final = re.compile(rb"\b(?:backend|cloud)\b")


def roots(
    tree: Tree, directories: Iterable[str], *, calls: Calls, modules: Mapping[str, str], named: Iterable[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """
    Return those of the judged directories that are roots, each with the local modules that it calls, and they call.

    `modules` are the sources that the configuration maps to directories, `named` what it names as a root by itself.
    """
    judged = frozenset(directories)
    looked = calls.look(tree, sorted(judged))
    called = {one: frozenset(_called(tree, one, sources, calls, modules)) for one, sources in looked.items()}
    targets = {target for directory, found in called.items() for target in found if target != directory}
    chosen = {one for one in judged if one not in targets or one in named or is_root(tree, one, calls)}

    def of_judged(directory: str) -> Iterable[str]:
        return called.get(directory, ())

    def of_any(directory: str) -> Iterable[str]:
        """Look into a module in a folder that is not judged, too."""
        if directory not in called:
            called[directory] = frozenset(_called(tree, directory, calls.sources(tree, directory), calls, modules))
        return called[directory]

    reached = _reached(chosen, of_judged)
    for directory in sorted(judged):  # a circle is entered somewhere
        if directory not in reached:
            chosen.add(directory)
            reached |= _reached([directory], of_judged)
    return {root: tuple(sorted(_reached([root], of_any) - {root})) for root in sorted(chosen)}


def is_root(tree: Tree, directory: str, calls: Calls) -> bool:
    """Whether a directory has what only a root has: a backend, a cloud block, variable files that are read unasked."""
    names = tree.listdir(directory)
    if automatic_files(names):
        return True
    for name in configuration_files(names):
        path = f"{directory}/{name}" if directory else name
        try:
            blob = calls.syntax.read(tree, path)
        except SourceError:
            continue
        if _BACKEND.search(blob.data) and _has_backend(blob, path, calls):
            return True
    return False


def _has_backend(blob: Blob, path: str, calls: Calls) -> bool:
    try:
        file = calls.syntax.file(blob, path)
    except UnicodeDecodeError:
        return False
    return any(
        inner.type in ("backend", "cloud")
        for block in file.body.blocks
        if block.type == "terraform"
        for inner in block.body.blocks
    )


def _called(
    tree: Tree, directory: str, sources: Iterable[str], calls: Calls, modules: Mapping[str, str]
) -> Iterator[str]:
    for source in sources:
        for target in directories_of(source, directory, modules, calls.fetched):
            try:
                real = tree.resolve(target)
                tree.listdir(real)
            except SourceError:  # the evaluation of the caller says so
                calls.lost.setdefault(directory, set()).add(target)
                continue
            yield real


def _reached(start: Iterable[str], called: Callable[[str], Iterable[str]]) -> set[str]:
    """Return what these directories call, and so on, and themselves."""
    reached: set[str] = set()
    pending = list(start)
    while pending:
        directory = pending.pop()
        if directory not in reached:
            reached.add(directory)
            pending.extend(called(directory))
    return reached
