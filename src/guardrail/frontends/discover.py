"""
From a tree to its units: what is deployed together, and what is read by whom.

- A Terraform root (see `terraform.roots`) is a unit; with stacks in the configuration, each stack is one
  (`infra/app@staging`).
- The manifests directly inside a directory are a unit.
- A Kustomize overlay that no other refers to is a unit, and a Helm chart with each set of its values.
- Any other file that is judged (a request of a cloud API, a template) is a unit, named by its path.

The others are named by their directory, the root of the tree is `.`; beside a Terraform root, manifests are named
`infra/app@kubernetes`, so that names are unique. A directory that has such a name itself gives way.

What is known and not judged (charts, overlays, plans) is listed as skipped with its reason, and
so is every YAML or JSON file that is nothing. Input that cannot be read is a diagnostic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final, Optional

from guardrail.config.globs import glob
from guardrail.config.meaning import MANIFESTS
from guardrail.config.settings import Settings
from guardrail.errors import SourceError, UsageError
from guardrail.frontends.aside import aside
from guardrail.frontends.budget import DIAGNOSTICS, PARTS
from guardrail.frontends.known import Folders, Known
from guardrail.frontends.packages import packages
from guardrail.frontends.rendering.package import NO_PACKAGES, Package, Packages, content_of
from guardrail.frontends.selection import asked_for
from guardrail.frontends.sorting import DOCUMENTS, NOTHING, TERRAFORM, Sorted, other
from guardrail.frontends.unit import MOST_TOGETHER, TOGETHER, Unit, below, own_files, rows_of, stated_unit
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.place import Place
from guardrail.model.report import Skipped
from guardrail.model.resource import Format
from guardrail.sources.overlay import own
from guardrail.sources.tree import IGNORED, OF_MODULES, Tree, shown

_NAME: Final = "name files or folders with Terraform (.tf, .tofu) or Kubernetes manifests (.yaml, .json) in them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """
    What a tree holds.

    `skipped` are files that were looked at and belong to no unit, `excluded` the folders and files that were not
    looked at.
    """

    units: tuple[Unit, ...]
    skipped: tuple[Skipped, ...]
    excluded: tuple[Skipped, ...]
    diagnostics: tuple[Diagnostic, ...]


def discover(
    tree: Tree, settings: Settings, paths: Sequence[str] = (), *, demand: bool = True, known: Optional[Known] = None
) -> Discovery:
    """
    Return the units of a tree, or of some paths of it.

    With `demand`, paths that hold no input at all are a `UsageError`: nothing would be judged. (A base need not have
    what the head adds.)
    """
    known = known or Known()
    asked = asked_for(own(tree), paths, demand=demand)
    found = known.sorting.sort(own(tree), settings, asked, known.apart)
    if found.folders:
        known.seek(tree, found)
    finding = _Finding(tree, settings, known, found)
    finding.look()
    units = tuple(sorted(_distinct(finding.units()), key=attrgetter("name")))
    units = known.given.to(tree, units, demand=demand)
    finding.skipped += aside(tree, found, units, settings)
    if paths and demand and not units and not any(told.unread for told in finding.diagnostics):
        raise UsageError(_nothing(paths, (*finding.skipped, *found.excluded)), hint=_NAME)
    finding.diagnostics = _some(finding.diagnostics)
    finding.diagnostics += _unlisted(tree, asked)
    if "" in asked:
        finding.diagnostics += _unused(settings, units)
    return Discovery(
        units=units,
        skipped=tuple(sorted(finding.skipped, key=lambda skipped: skipped.file)),
        excluded=found.excluded,
        diagnostics=tuple(sorted(finding.diagnostics, key=lambda told: (told.place or Place(""), told.code))),
    )


class _Finding:
    """One pass over the files of a selection."""

    def __init__(self, tree: Tree, settings: Settings, known: Known, found: Sorted = NOTHING) -> None:
        self.tree = tree
        self.settings = settings
        self.known = known
        self.found = found
        self.manifests: dict[str, list[str]] = {}
        self.specs: list[tuple[Format, str]] = []
        self.rendered: tuple[Package, ...] = ()
        self.skipped: list[Skipped] = []
        self.diagnostics: list[Diagnostic] = []

    def look(self) -> None:
        """Look into documents, and say what is not judged."""
        packed = NO_PACKAGES
        if self.found.controls:
            known = self.known
            packed = packages(self.tree, self.found.files, self.settings, known.tools, known.kept)
        self.skipped += packed.skipped
        self.rendered = packed.rendered
        unpacked = [path for path in self.found.documents if path not in packed.files]
        if unpacked:
            self._documents(unpacked)
        self._doubt(packed)
        for path in self.found.others:
            self.skipped.append(Skipped(path, other(path), content_of(self.tree, [path])))
        for path in self.found.special:
            self._special(path, self.tree.entries()[path].kind)

    def _documents(self, paths: Sequence[str]) -> None:
        """Look into YAML and JSON files. What tells formats apart is not imported where there are none."""
        from guardrail.frontends.looking import look_into

        looked = look_into(self.tree, self.known, paths)
        self.manifests, self.specs = looked.manifests, looked.specs
        self.skipped += looked.skipped
        self.diagnostics += looked.diagnostics

    def _doubt(self, packed: Packages) -> None:
        """Say of files that are nothing else what may be meant by them."""
        nothing = {one.file for one in self.skipped} | packed.files
        doubtful = {one.file: one for one in packed.doubtful if one.file in nothing}
        if doubtful:
            self.skipped = [one for one in self.skipped if one.file not in doubtful]
            self.skipped += doubtful.values()

    def _special(self, path: str, kind: str) -> None:
        """Say of submodules and of links that they are not followed, where that is so."""
        if kind == "link" and path.endswith((*DOCUMENTS, *TERRAFORM)):
            return
        try:
            self.tree.resolve(path)
        except SourceError as error:
            if error.code in ("submodule", "link-outside", "link-loop"):
                told = Diagnostic("warning", error.code, error.message, Place(path), error.hint, content=error.content)
                self.diagnostics.append(told)

    def units(self) -> Iterator[Unit]:
        """Yield the units of what was found."""
        of_terraform = self._roots() if self.found.folders else {}
        for directory, (files, modules) in of_terraform.items():
            known = self.known.units.get(directory, ())
            if not known or known[0].files != files or known[0].modules != modules:
                known = self.known.units[directory] = tuple(self._stacks(directory or ROOT, files, modules))
            yield from known
        for package in self.rendered:
            yield self._package(package, of_terraform)
        taken = of_terraform.keys() | {package.directory for package in self.rendered}
        for directory, found in self.manifests.items():
            place = directory or ROOT
            name = f"{place}@{MANIFESTS}" if directory in taken else place
            yield stated_unit(self.settings, name, "kubernetes", place, sorted(found))
        together: dict[tuple[Format, str], list[str]] = {}
        for form, path in self.specs:
            if form in TOGETHER:
                together.setdefault((form, path.rpartition("/")[0]), []).append(path)
        for form, path in self.specs:
            folder = path.rpartition("/")[0]
            unit = stated_unit(self.settings, path, form, folder or ROOT, [path])
            beside = together.get((form, folder), [])
            rests = len(beside) <= MOST_TOGETHER and sorted(one for one in beside if one != path)
            yield replace(unit, files=(path, *rests)) if rests else unit

    def _package(self, package: Package, roots: Collection[str]) -> Unit:
        """Return the unit of what a tool renders. Where a Terraform root has its folder's name, it gives way."""
        place = package.directory or ROOT
        stack = package.stack or (package.renderer if package.directory in roots else "")
        name = f"{place}@{stack}" if stack else place
        unit = stated_unit(self.settings, name, "kubernetes", place, below(place, package.files))
        return replace(
            unit,
            files=package.files,
            renderer=package.renderer,
            var_files=package.var_files,
            environment=package.environment or unit.environment,
        )

    def _roots(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Return the Terraform roots, each with its files and the local modules that it calls."""
        from guardrail.frontends.terraform.roots import roots

        if self.known.folders.sorted is not self.found:
            self.known.folders = self._folders()
        folders = self.known.folders
        named = folders.named | self.known.kept
        found = roots(self.tree, folders.files, calls=self.known.calls, modules=self.settings.modules, named=named)
        return {directory: (folders.files[directory], called) for directory, called in found.items()}

    def _folders(self) -> Folders:
        """Return the folders of Terraform files, as far as paths tell."""
        from guardrail.frontends.terraform.configuration import configuration_files
        from guardrail.frontends.terraform.inputs import automatic_files

        entries = self.tree.entries()
        modules = {}
        for directory in self.found.folders:
            prefix = f"{directory}/" if directory else ""
            names = self.tree.listdir(directory)
            own = configuration_files(names)
            if not all(prefix + name in entries for name in own):  # folders may be named like files
                names = tuple(name for name in names if prefix + name in entries)
                own = configuration_files(names)
            if own:
                values = [path for name in automatic_files(names) if (path := prefix + name) in entries]
                modules[directory] = tuple(sorted([*[prefix + name for name in own], *values]))
        rows = modules.items() if self.settings.units else ()
        named = (one for one, files in rows if any(row.stacks for row in rows_of(self.settings, one or ROOT, files)))
        return Folders(self.found, modules, frozenset(named))

    def _stacks(self, directory: str, files: Sequence[str], modules: tuple[str, ...]) -> Iterator[Unit]:
        """Yield the unit of a Terraform root, or one for each of its stacks."""
        rows = rows_of(self.settings, directory, files)
        stacks = {stack.name: stack for row in reversed(rows) for stack in row.stacks}
        if not stacks:
            yield stated_unit(self.settings, directory, "terraform", directory, files, modules)
        for name, stack in sorted(stacks.items()):
            unit = stated_unit(self.settings, f"{directory}@{name}", "terraform", directory, files, modules)
            environment = stack.environment or unit.environment
            yield replace(unit, environment=environment, var_files=stack.var_files, workspace=stack.workspace)


def _distinct(units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the units, each with a name of its own: authors choose what their directories are called."""
    taken: set[str] = set()
    for unit in sorted(units, key=lambda unit: (unit.name == unit.directory, unit.name, unit.format)):
        name = unit.name
        while name in taken:
            name = f"{name}@{unit.format}"
        taken.add(name)
        yield unit if name == unit.name else replace(unit, name=name)


def _some(told: list[Diagnostic]) -> list[Diagnostic]:
    """Return what is said of files; of more than `DIAGNOSTICS` those first in order, and one error for the others."""
    if len(told) <= DIAGNOSTICS:
        return told
    ordered = sorted(told, key=lambda one: (one.place or Place(""), one.code))
    kept, more = ordered[:DIAGNOSTICS], ordered[DIAGNOSTICS:]
    message = f"{len(more):,} more files cannot be read than are told"
    return [*kept, Diagnostic("error", "limit-diagnostics", message, more[0].place, PARTS)]


def _unlisted(tree: Tree, asked: Sequence[str]) -> list[Diagnostic]:
    """Return an error for each folder that was asked for and that the system does not let us see."""
    hint = "let guardrail read the folder, or have git ignore it"
    return [
        Diagnostic("error", "unlisted", f"{shown(path)} {reason}", Place(path), hint)
        for path, reason in tree.left_out().items()
        if reason not in (IGNORED, OF_MODULES) and any(_overlap(path, one) for one in asked)
    ]


def _overlap(folder: str, asked: str) -> bool:
    """Whether a folder (ending in `/`) lies below what was asked for, or around it."""
    return asked == "" or folder.startswith(f"{asked}/") or asked.startswith(folder)


def _unused(settings: Settings, units: Sequence[Unit]) -> list[Diagnostic]:
    """Return a warning for each row of `units` in the configuration that means nothing here."""
    return [
        Diagnostic(
            "warning",
            "config-unused",
            f"`units` states something about {row.path}, which no unit here is",
            Place(settings.file or ""),
            "a unit is meant by its directory, or by a glob that matches all of its files",
        )
        for row in settings.units
        if not any(glob(row.path).covers(unit.directory, own_files(unit)) for unit in units)
    ]


def _nothing(paths: Sequence[str], left: Sequence[Skipped]) -> str:
    """Return why there is nothing to judge."""
    named = ", ".join(shown(path) for path in paths)
    if not left:
        return f"there is no input in {named}"
    return f"there is no input to judge in {named}; for instance {shown(left[0].file)}: {left[0].reason}"
