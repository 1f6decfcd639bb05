"""What is deployed together, and what the configuration states about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, Optional, TypeVar

from guardrail.config.globs import glob
from guardrail.config.settings import Settings, UnitSettings
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.model.resource import Format

Renderer = Literal["helm", "kustomize"]
"""What makes manifests of the files of a unit that are none yet."""

TOGETHER: Final[frozenset[Format]] = frozenset({"cloudformation"})
"""Formats of which files in a folder complete each other: parameters are those of a template beside them."""

MOST_TOGETHER: Final = 40
"""Files of such a format in one folder that are looked at together; of more, each is by itself."""

_Said = TypeVar("_Said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """
    What is deployed together.

    `directory` is "." for the root; `files` are the paths directly claimed, sorted: of Terraform those of the root
    itself, not of the modules that it calls; `modules` are the directories of those that are in the tree, at any depth.
    `var_files` are relative to the directory, the last wins. Of a chart or an overlay, which `renderer` makes manifests
    of, `files` are all that this rests on, and `var_files` the values.
    """

    name: str
    format: Format
    directory: str
    files: tuple[str, ...]
    modules: tuple[str, ...] = ()
    environment: Optional[str] = None
    provider: Optional[str] = None
    region: Optional[str] = None
    cluster: Optional[str] = None
    var_files: tuple[str, ...] = ()
    workspace: Optional[str] = None
    runs_per_month: Optional[int] = None
    renderer: Optional[Renderer] = None


def own_files(unit: Unit) -> tuple[str, ...]:
    """Return the files by which the configuration means a unit: what an overlay takes in from elsewhere is none."""
    return unit.files if unit.renderer is None else below(unit.directory, unit.files)


def below(directory: str, files: Iterable[str]) -> tuple[str, ...]:
    """Return the files of a directory, at any depth."""
    return tuple(file for file in files if directory == ROOT or file.startswith(f"{directory}/"))


def rows_of(settings: Settings, directory: str, files: Sequence[str]) -> list[UnitSettings]:
    """Return what the configuration states about a unit. Of each thing the first row that states it counts."""
    return [row for row in settings.units if glob(row.path).covers(directory, files)]


def environment_of(settings: Settings, directory: str, files: Sequence[str]) -> Optional[str]:
    """Return the first environment with a glob that means a unit."""
    for environment in settings.environments:
        if any(glob(text).covers(directory, files) for text in environment.paths):
            return environment.name
    return None


def stated_unit(
    settings: Settings, name: str, form: Format, directory: str, files: Sequence[str], modules: tuple[str, ...] = ()
) -> Unit:
    """Return a unit with what the configuration states about it."""
    rows = rows_of(settings, directory, files)
    return Unit(
        name=name,
        format=form,
        directory=directory,
        files=tuple(files),
        modules=modules,
        environment=_first(row.environment for row in rows) or environment_of(settings, directory, files),
        provider=_first(row.provider for row in rows),
        region=_first(row.region for row in rows),
        cluster=_first(row.cluster for row in rows),
        runs_per_month=_first(row.runs_per_month for row in rows),
    )


def _first(values: Iterable[Optional[_Said]]) -> Optional[_Said]:
    return next((value for value in values if value is not None), None)
