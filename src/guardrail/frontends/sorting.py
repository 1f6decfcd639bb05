"""
Which files are looked at, and as what: all that paths tell.

Two trees that have the same paths have all of this in common, whatever is in their files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from guardrail.config.load import FILE
from guardrail.config.settings import Settings
from guardrail.frontends.rendering.package import CONTROLS
from guardrail.frontends.selection import select
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.sources.tree import Entry, Tree

DOCUMENTS: Final = (".yaml", ".yml", ".json", ".YAML", ".YML", ".JSON", ".Yaml", ".Yml", ".Json")
"""How files end that may be manifests, templates or requests: who is given one by name takes it in any case."""

TERRAFORM: Final = (".tf", ".tofu", ".tf.json", ".tofu.json")
VALUES: Final = (".tfvars", ".tfvars.json")
OTHERS: Final[Mapping[str, str]] = {
    "terragrunt.hcl": "Terragrunt configuration: not judged by this version",
    "terragrunt.stack.hcl": "Terragrunt configuration: not judged by this version",
}
"""Files of these names are known and not judged."""

OF_STACKS: Final = (".tfcomponent.hcl", ".tfdeploy.hcl", ".tfstack.hcl")
"""How files of Terraform Stacks end. They are not judged either."""

BICEP: Final = ".bicep"
"""How a template of Azure in its own language ends. It counts as the JSON that it compiles to."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """
    The files of a selection, in order, and what they are by their names.

    `documents` may be manifests, `controls` belong to charts and overlays, `folders` have Terraform files in them,
    `special` are links and submodules. `excluded` was not looked at.
    """

    files: tuple[str, ...]
    excluded: tuple[Skipped, ...]
    documents: tuple[str, ...]
    controls: tuple[str, ...]
    folders: tuple[str, ...]
    values: tuple[str, ...]
    others: tuple[str, ...]
    special: tuple[str, ...]


NOTHING: Final = Sorted((), (), (), (), (), (), (), ())


@dataclass(slots=True)
class Sorting:
    """Sorts the files of trees, and remembers the last one: base mostly has the paths of head."""

    _entries: Mapping[str, Entry] = field(default_factory=dict)
    _rest: object = None
    _found: Sorted = NOTHING

    def sort(self, tree: Tree, settings: Settings, asked: tuple[str, ...], apart: frozenset[str]) -> Sorted:
        """Return the files at and below the real paths that were asked for, less those that are kept `apart`."""
        entries = tree.entries()
        special = {path: entry.kind for path, entry in entries.items() if entry.kind != "file"}
        rest = (settings, asked, apart, special, dict(tree.left_out()))
        if rest != self._rest or entries.keys() != self._entries.keys():
            selection = select(tree, settings, asked)
            files = tuple(path for path in selection.files if path not in apart) if apart else selection.files
            self._found = _sorted(files, selection.excluded, special)
            self._rest, self._entries = rest, entries
        return self._found


def _sorted(files: tuple[str, ...], excluded: tuple[Skipped, ...], special: Mapping[str, str]) -> Sorted:
    documents: list[str] = []
    controls: list[str] = []
    folders: dict[str, None] = {}
    values: list[str] = []
    others: list[str] = []
    for path in files:
        if path.endswith(TERRAFORM):
            folders[path.rpartition("/")[0]] = None
        elif path.endswith(VALUES):
            values.append(path)
        elif path.endswith(DOCUMENTS) and path != FILE:
            documents.append(path)
        elif path.endswith(_OTHERS) and other(path):
            others.append(path)
        if path.endswith(_CONTROLS) and path.rpartition("/")[2] in CONTROLS:
            controls.append(path)
    return Sorted(
        files=files,
        excluded=excluded,
        documents=tuple(documents),
        controls=tuple(controls),
        folders=tuple(sorted(folders)),
        values=tuple(values),
        others=tuple(others),
        special=tuple(path for path in files if path in special) if special else (),
    )


def other(path: str) -> str:
    """Return what is known of a file by its name and why it is not judged; empty for what is judged or not known."""
    if path.endswith(BICEP):
        return "Bicep: not judged by this version; judge what `az bicep build` makes of it"
    stacks = "Terraform Stacks configuration: not judged by this version"
    return stacks if path.endswith(OF_STACKS) else OTHERS.get(path.rpartition("/")[2], "")


_OTHERS: Final = (*OTHERS, *OF_STACKS, BICEP)
_CONTROLS: Final = tuple(CONTROLS)
