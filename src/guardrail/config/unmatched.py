"""What a configuration names and a tree does not have: no mistake, since it may come, and hardly meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from guardrail.config.globs import glob
from guardrail.config.settings import Settings
from guardrail.config.text import Path
from guardrail.errors import did_you_mean
from guardrail.model.finding import Diagnostic

_COMPARED: Final = 2000
"""Among how many folders the likest one is looked for; the time is that of comparing with each."""


def unmatched(settings: Settings, tree: Collection[str]) -> tuple[Diagnostic, ...]:
    """Return a warning for each glob, folder and unit that is named and that no path of the tree lies in."""
    found = [*_globs(settings, tree), *_folders(settings, tree)]
    return tuple(
        Diagnostic("warning", "matches-nothing", message, settings.place(path), hint="correct it, or take it out")
        for path, message in found
    )


def _globs(settings: Settings, tree: Collection[str]) -> Iterator[tuple[Path, str]]:
    named: list[tuple[Path, str]] = [
        *((("exclude", str(index)), text) for index, text in enumerate(settings.exclude)),
        *((("include", str(index)), text) for index, text in enumerate(settings.include)),
        *(
            (("environments", str(number), "paths", str(index)), text)
            for number, environment in enumerate(settings.environments)
            for index, text in enumerate(environment.paths)
        ),
        *((("units", str(number), "path"), unit.path) for number, unit in enumerate(settings.units)),
    ]
    for path, text in named:
        one = glob(text)
        if text != "." and not any(one.matches(file) for file in tree):
            yield path, f'"{text}" matches no file here'


def _folders(settings: Settings, tree: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Yield modules and units whose folder is not there. A unit is named by its folder, with `@stack` after it."""
    folders = _folders_of(tree)
    alike = folders if len(folders) <= _COMPARED else ()
    for source, folder in settings.modules.items():
        if folder not in folders:
            yield ("modules", source), f'there is no folder "{folder}"{did_you_mean(folder, alike)}'
    for policy, said in settings.policies.items():
        for unit in said.units:
            folder = unit.partition("@")[0]
            if folder not in folders and folder not in tree:
                yield ("policies", policy, "units", unit), f'no unit is in "{folder}"{did_you_mean(folder, alike)}'


def _folders_of(tree: Collection[str]) -> set[str]:
    folders = {"."}
    for path in tree:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders
