"""Plans that a run was given, and the units that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Optional

from guardrail.config.settings import Settings
from guardrail.errors import SourceError, UsageError, did_you_mean
from guardrail.frontends.discover import Discovery
from guardrail.frontends.known import Known
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.readers import with_objects
from guardrail.frontends.unit import Unit, stated_unit
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.run.request import Request
from guardrail.sources.locate import Root
from guardrail.sources.tree import Tree, shown

if TYPE_CHECKING:
    from guardrail.frontends.terraform.plan.document import Plan
    from guardrail.frontends.terraform.plan.read import Sides

_NAME: Final = "say which root the plan is of: --plan ROOT=FILE, with a unit as reports name it"
_ALONE: Final = "no plan stands for it; with --base it is judged too"


@dataclass(frozen=True, slots=True)
class Given:
    """
    A plan that a run was given.

    `root` is the unit or the directory that it stands for, None where that was not said; then a root in `folder`, the
    one that the file lies in, is meant if there is one. `file` is its name in the tree, else as it was given.
    """

    plan: Plan
    file: str
    root: Optional[str]
    folder: Optional[str]


def given_plans(request: Request, root: Root) -> tuple[Given, ...]:
    """Read the plans of a run. Raises a `UsageError` for one that cannot be read, and for two of one root."""
    found = tuple(_given(request, root, named, path) for named, path in request.plans)
    named = [one.root for one in found if one.root is not None]
    twice = next((one for one in named if named.count(one) > 1), None)
    if twice is not None:
        raise UsageError(f"there are two plans of {shown(twice)}", hint=_NAME)
    if len(found) > 1 and len(named) < len(found):
        raise UsageError("of several plans each must name its root", hint=_NAME)
    return found


def _given(request: Request, root: Root, named: Optional[str], path: Path) -> Given:
    from guardrail.frontends.terraform.plan.document import load
    from guardrail.frontends.terraform.plan.text import BYTES, SHOW
    from guardrail.sources.single import single

    where = root.place_of(request.working.absolute() / path)
    file = where or path.name
    plan = load(single(request.working / path, BYTES, SHOW), where or path.as_posix())
    folder = None if where is None else where.rpartition("/")[0] or ROOT
    if named is None and request.root is not None and request.root != file:  # the unit of an address that is asked for
        return Given(plan, file, request.root, None)
    if named is None and request.paths and request.root is None:
        if len(request.paths) > 1:
            raise UsageError("there are several PATHS, and the plan is of one of them", hint=_NAME)
        named = str(request.paths[0])
    if named is None:
        return Given(plan, file, None, folder)
    directory = root.place_of(request.working.absolute() / named)
    if directory is None:
        raise UsageError(f"{named} is outside of {root.directory}", hint=_NAME)
    return Given(plan, file, directory or ROOT, None)


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of a run. What each says is read once, for both sides of a comparison."""

    given: tuple[Given, ...] = ()
    _of: dict[str, Given] = field(default_factory=dict)
    _sides: dict[str, Sides] = field(default_factory=dict)

    @property
    def files(self) -> frozenset[str]:
        """The files that are no input besides."""
        return frozenset(one.file for one in self.given)

    def paths(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Return where to look for units if there is no base: where the plans are of, unless PATHS say it."""
        if asked:
            return tuple(asked)
        return tuple(dict.fromkeys(_directory(one.root or one.folder) for one in self.given if one.root or one.folder))

    def stand_in(self, found: Discovery, tree: Tree, settings: Settings) -> Discovery:
        """Return the units with those that plans stand for in place of their sources."""
        units = {unit.name: unit for unit in found.units}
        for one in self.given:
            meant = _meant(one, found.units, tree)
            unit = meant or _sourceless(one, settings)
            name = unit.name
            units[name] = replace(unit, format="terraform-plan")
            self._of[name] = one
        return replace(found, units=tuple(units[name] for name in sorted(units)))

    def settled(self, found: Discovery, head: Sequence[Unit]) -> Discovery:
        """Return the units of base, with the plans standing for the same units as in head."""
        planned = {unit.name: unit for unit in head if unit.name in self._of}
        units = {**{unit.name: unit for unit in found.units}, **planned}
        return replace(found, units=tuple(units[name] for name in sorted(units)))

    def only(self, found: Discovery, paths: Sequence[str]) -> Discovery:
        """Return what is compared without a base: the units that plans stand for. The others are listed."""
        for path in paths:
            if not any(_below(unit.directory, path) for unit in found.units if unit.name in self._of):
                raise UsageError(f"{shown(path)}: {_ALONE}", hint="add --base REF, or judge it by itself")
        left = [unit for unit in found.units if unit.name not in self._of]
        skipped = (*found.skipped, *(Skipped(f"{unit.directory}/", _ALONE) for unit in left))
        units = tuple(unit for unit in found.units if unit.name in self._of)
        return replace(found, units=units, skipped=tuple(sorted(skipped, key=lambda one: one.file)))

    @property
    def names(self) -> frozenset[str]:
        """The names of the units that plans stand for."""
        return frozenset(self._of)

    @property
    def compares(self) -> bool:
        """Whether every plan says what there is already."""
        return all(one.plan.compares for one in self.given)

    def parsed(self, unit: Unit, tree: Tree, known: Known, settings: Settings, *, head: bool) -> Parsed:
        """Return one side of what a plan says. The head comes first, as its files are where the lines are."""
        sides = self._sides.get(unit.name)
        if sides is None:
            sides = self._sides[unit.name] = _read(self._of[unit.name].plan, unit, tree, known, settings)
        return sides.head if head else sides.base or Parsed()


NO_PLANS: Final = Plans()


def _read(plan: Plan, unit: Unit, tree: Tree, known: Known, settings: Settings) -> Sides:
    from guardrail.frontends.terraform.plan.join import Source
    from guardrail.frontends.terraform.plan.read import Sides, read

    source = None
    if unit.files:
        try:
            source = Source(tree, unit, known.calls.syntax, settings.modules, plan, known.budget, known.fetched)
        except SourceError:
            source = None  # the plan is judged all the same, and named in place of lines
    sides = read(plan, unit, source, known.budget)
    head, base = (
        side if side is None else with_objects(side, unit, settings, known.budget, tree, known)
        for side in (sides.head, sides.base)
    )
    return Sides(head or Parsed(), base)


def _directory(root: Optional[str]) -> str:
    """Return the directory of a unit's name, which may have the name of a stack behind it."""
    return "" if root in (None, ROOT) else str(root).rpartition("@")[0] or str(root)


def _below(directory: str, path: str) -> bool:
    return path in ("", ROOT, directory) or directory.startswith(f"{path}/")


def _meant(given: Given, units: Sequence[Unit], tree: Tree) -> Optional[Unit]:
    """Return the Terraform unit that a plan is of, None where there is only a folder, or nothing was said."""
    roots = [unit for unit in units if unit.format == "terraform"]
    if given.root is None:
        here = [unit for unit in roots if unit.directory == given.folder]
        return here[0] if len(here) == 1 else None
    by_name = [unit for unit in roots if unit.name == given.root]
    meant = by_name or [unit for unit in roots if unit.directory == given.root]
    if len(meant) > 1:
        several = ", ".join(shown(unit.name) for unit in meant)
        raise UsageError(f"{shown(given.root)} is the root of several units: {several}", hint=_NAME)
    if meant:
        return meant[0]
    names = [unit.name for unit in roots]
    below = next((name for name in names if _below(name, given.root) and name != ROOT), None)
    if below is not None:
        raise UsageError(f"{shown(given.root)} is no Terraform root, and holds {shown(below)}", hint=_NAME)
    if given.root != ROOT and not _is_folder(tree, given.root):
        message = f"{shown(given.root)} is no Terraform root of the {tree.label}{did_you_mean(given.root, names)}"
        raise UsageError(message, hint=_NAME)
    return None


def _is_folder(tree: Tree, path: str) -> bool:
    try:
        tree.listdir(path)
    except SourceError:
        return False
    return True


def _sourceless(given: Given, settings: Settings) -> Unit:
    """Return the unit of a plan whose source is not at hand: it is called by the root that was named, or the file."""
    if given.root is None:
        folder = given.file.rpartition("/")[0] or ROOT
        return replace(stated_unit(settings, given.file, "terraform-plan", folder, (given.file,)), files=())
    inside = f"{given.root}/{given.file.rpartition('/')[2]}"
    return replace(stated_unit(settings, given.root, "terraform-plan", given.root, (inside,)), files=())
