"""
What lies beside the units and may be deployed all the same: values that no unit uses, submodules, links to folders.

Each is listed with what changes when it does, so that a change to it is no silent pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from guardrail.config.settings import Settings
from guardrail.errors import SourceError
from guardrail.frontends.rendering.package import content_of
from guardrail.frontends.sorting import DOCUMENTS, TERRAFORM, VALUES, Sorted
from guardrail.frontends.unit import Unit, environment_of, rows_of
from guardrail.model.report import Skipped
from guardrail.sources.tree import Tree, clean, shown

_INPUT: Final = (*TERRAFORM, *DOCUMENTS)

_UNUSED: Final = (
    "values of variables that no unit uses: state it under `units` in guardrail.yaml, as a stack with these var_files"
)


def aside(tree: Tree, found: Sorted, units: Sequence[Unit], settings: Settings) -> Iterator[Skipped]:
    """Yield what is not judged of these files though somebody may deploy it."""
    if found.values:
        yield from _values(tree, found.values, units)
    entries = tree.entries()
    looked_at = set(found.files) if found.special else set()
    for path in found.special:
        if entries[path].kind == "submodule":
            yield Skipped(path, "a submodule: what is in it is not part of this tree", entries[path].id or "submodule")
        elif not path.endswith((*_INPUT, *VALUES)):  # a link to a file is read where it stands
            yield from _link(tree, path, looked_at, settings)


def _values(tree: Tree, files: Iterable[str], units: Sequence[Unit]) -> Iterator[Skipped]:
    used = {path for unit in units for path in unit.files}
    used |= {clean(f"{unit.directory}/{name}") for unit in units for name in unit.var_files}
    for path in files:
        if path not in used:
            yield Skipped(path, _UNUSED, content_of(tree, [path]))


def _link(tree: Tree, path: str, looked_at: set[str], settings: Settings) -> Iterator[Skipped]:
    """
    Yield a link to a folder whose content is not judged as it would be where the link stands.

    Folders are judged under their own name. One that is left out is not judged at all, and the name that the link has
    may stand for another environment.
    """
    try:
        target = tree.resolve(path)
    except SourceError as error:
        if error.code == "link-outside":
            yield Skipped(path, "a link that leads out of the tree", error.content or "outside")
        return
    there = [file for file in tree.entries() if file.startswith(f"{target}/") and file.endswith(_INPUT)]
    if not there:
        return
    if looked_at.isdisjoint(there):
        yield Skipped(path, f"a link to {shown(target)}, which is left out", f"link to {target}")
    elif _stated(settings, path, [path + file[len(target) :] for file in there]) != _stated(settings, target, there):
        reason = f"a link to {shown(target)}, which is judged there, by rules that are not those of this place"
        yield Skipped(path, reason, f"link to {target}")


def _stated(settings: Settings, directory: str, files: Sequence[str]) -> object:
    """Return all that the configuration states about a unit there."""
    return environment_of(settings, directory, files), rows_of(settings, directory, files)
