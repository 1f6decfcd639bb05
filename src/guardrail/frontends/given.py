"""Variable files that a run was given: for one Terraform root, after those that Terraform and its stacks have."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Optional

from guardrail.errors import SourceError, UsageError
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Tree, shown

_SHOWN: Final = 3
_HINT: Final = "name the root in PATHS; a stack in guardrail.yaml names the var_files of each of several roots"


@dataclass(frozen=True, slots=True)
class Given:
    """Paths in the tree, the last wins; and the unit or the directory that they are for, None for the only root."""

    files: tuple[str, ...] = ()
    root: Optional[str] = None

    def settled(self, units: Sequence[Unit]) -> Given:
        """Return what holds for the other side of a comparison: the same directory, whatever else is there."""
        found = self._directories(units)
        return replace(self, root=found[0]) if self.files and found else self

    def _directories(self, units: Sequence[Unit]) -> list[str]:
        roots = (unit for unit in units if unit.format == "terraform")
        return sorted({unit.directory for unit in roots if self.root in (None, unit.name, unit.directory)})

    def to(self, tree: Tree, units: tuple[Unit, ...], *, demand: bool) -> tuple[Unit, ...]:
        """Return the units, with these files. With `demand` there must be one root, and the files must be there."""
        if not self.files:
            return units
        directories = self._directories(units)
        if demand:
            self._check(tree, directories)
        return tuple(
            replace(unit, var_files=(*unit.var_files, *(_from(unit.directory, path) for path in self.files)))
            if unit.format == "terraform" and unit.directory in directories
            else unit
            for unit in units
        )

    def _check(self, tree: Tree, directories: Sequence[str]) -> None:
        if not directories:
            raise UsageError("--var-file gives values to a Terraform root, and there is none here", hint=_HINT)
        if len(directories) > 1:
            more = " and others" if len(directories) > _SHOWN else ""
            named = ", ".join(map(shown, directories[:_SHOWN])) + more
            raise UsageError(f"--var-file is for one Terraform root, and here are several: {named}", hint=_HINT)
        for path in self.files:
            try:
                tree.read(path)
            except SourceError as error:  # noqa: PERF203 - there are few
                raise UsageError(f"--var-file: {error.message}", hint=error.hint) from error


def _from(directory: str, path: str) -> str:
    """Return a path from a directory on."""
    return posixpath.relpath(f"/{path}", "/" if directory == ROOT else f"/{directory}")
