"""From trees to their graphs: units, frontends, edges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, Optional

from guardrail.config.settings import Settings
from guardrail.errors import SourceError
from guardrail.frontends.budget import Budget
from guardrail.frontends.discover import Discovery, discover
from guardrail.frontends.known import Known
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.readers import SPECS, begin, read
from guardrail.frontends.rendering.ahead import AHEAD, Begun
from guardrail.frontends.touched import Surroundings, folders_of, touched
from guardrail.frontends.unit import Unit
from guardrail.graph.build import build
from guardrail.graph.neighbours import NO_MATTER, Wanted, makes_clusters, wanted
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.model.graph import Graph
from guardrail.run.as_written import lost, referred_to, taken_in
from guardrail.run.beside import NOTHING, Beside
from guardrail.run.claimed import HELD, Claims, claims
from guardrail.run.plans import NO_PLANS, Plans
from guardrail.run.reading import Reading
from guardrail.sources.tree import Tree
from guardrail.sources.watched import Watched

Told = Callable[[int, int], None]
"""Is told how many units of how many are read."""

_NOTHING: Final = Discovery(units=(), skipped=(), excluded=(), diagnostics=())


@dataclass(frozen=True, slots=True)
class Scan:
    """
    A tree, read: its units, and the graph of all that they create.

    `untouched` are the names of units that are the same at base and head, and were not read.
    """

    discovery: Discovery
    graph: Graph
    untouched: tuple[str, ...] = ()


def scan(tree: Tree, settings: Settings, paths: Sequence[str], *, progress: Told, beside: Beside = NOTHING) -> Scan:
    """Read a tree whole, or what of it was asked for."""
    tree = beside.seen(tree)
    known = Known(fetched=beside.fetched, given=beside.given, tools=beside.tools)
    found = discover(tree, settings, paths, known=known)
    side = _Side(tree, found, settings, known, progress)
    side.read(side.units)
    return side.scan()


def scan_planned(
    tree: Tree, settings: Settings, paths: Sequence[str], *, progress: Told, beside: Beside
) -> tuple[Scan, Optional[Scan]]:
    """Read what plans stand for: what will be, and what is, if they all tell it. Nothing else can be compared."""
    tree, plans = beside.seen(tree), beside.plans
    known = Known(fetched=beside.fetched, given=beside.given, apart=plans.files, tools=beside.tools)
    asked = plans.paths(paths)
    found = _NOTHING if not asked else discover(tree, settings, asked, demand=False, known=known)
    found = plans.only(plans.stand_in(found, tree, settings), paths)
    ours = _Side(tree, found, settings, known, progress, plans=plans)
    ours.read(ours.units)
    if not plans.compares:
        return ours.scan(), None
    theirs = _Side(tree, found, settings, known, progress, after=ours, plans=plans)
    theirs.read(theirs.units)
    return ours.scan(), theirs.scan()


def scan_change(
    head: Tree,
    base: Tree,
    settings: Settings,
    paths: Sequence[str],
    *,
    whole: bool,
    progress: tuple[Told, Told],
    beside: Beside = NOTHING,
) -> tuple[Scan, Scan]:
    """
    Read head and base; unless `whole`, only what the change may have made a difference to.

    That is every unit that rests on other bytes than before, and every unit with resources that may be linked with
    those. A unit of base that rests on the same bytes is not read again: it is the very same object on both sides.
    """
    head, base = beside.seen(head), beside.seen(base)
    plans = beside.plans
    known = Known(compares=not whole, fetched=beside.fetched, given=beside.given, apart=plans.files, tools=beside.tools)
    found = discover(head, settings, paths, known=known)
    known.given = known.given.settled(found.units)
    own, other = known.budget, Budget()
    known.spend(other)
    before = discover(base, settings, paths, demand=False, known=known)
    known.spend(own)
    added = frozenset(referred_to(head, base, found))
    known.kept = added.union(_roots_that_stay(head, found, before))
    if known.kept:
        found = discover(head, settings, paths, known=known)
    written = tuple(taken_in(head, base, found, before))
    overlays = tuple(
        unit
        for unit in found.units
        if unit.renderer == "kustomize" and ("" if unit.directory == ROOT else unit.directory) in added
    )
    found = plans.stand_in(replace(found, units=(*found.units, *written)) if written else found, head, settings)
    ours = _Side(head, found, settings, known, progress[0], plans=plans)
    known.spend(other)
    before = plans.settled(before, found.units)
    theirs = _Side(base, before, settings, known, progress[1], after=ours, plans=plans)
    if whole:
        ours.read(ours.units)
        theirs.read(theirs.units)
        return _scans(ours, theirs, (*overlays, *written))
    around = Surroundings(head, base, known)
    names = touched(found.units, before.units, around) | plans.names
    while names:
        parsed = ours.read(names)
        _seek(parsed, around)
        parsed += theirs.read(names)
        asked = wanted(resource for one in parsed for resource in one.resources)
        unread = tuple(ours.unread())
        names = frozenset((*_linked(asked, unread, around), *_sharing(parsed, unread), *_opened(ours, theirs, names)))
    return _scans(ours, theirs, (*overlays, *written))


def _scans(ours: _Side, theirs: _Side, written: Iterable[Unit]) -> tuple[Scan, Scan]:
    """
    Return what was read of head and of base. What was counted as a manifest at base is not claimed at head.

    Manifests `written` that something is rendered of now count as they are where that is less.
    """
    aside = frozenset(unit.name for unit in written)
    for name in sorted(aside & ours.readings.keys()):
        ours.keep(lost(ours.readings[name], ours.readings.values(), theirs.tree, aside))
    before = theirs.claims()
    return ours.scan(ours.claims().since(before, theirs.readings.values())), theirs.scan(before)


def _roots_that_stay(head: Tree, found: Discovery, before: Discovery) -> Iterator[str]:
    """
    Yield the folders that were roots and are none any more because the change calls them.

    They are judged as roots all the same: a call with other arguments, or no times, would else make what they deploy
    vanish, and what is called for the first time would cost nothing more than before. So are overlays and charts that
    the change takes into others, and charts to which it adds values for other places.
    """
    are = {unit.directory for unit in found.units}
    plain = {unit.directory for unit in found.units if unit.renderer == "helm" and not unit.var_files}
    for unit in before.units:
        lost = unit.directory not in (plain if unit.renderer == "helm" and not unit.var_files else are)
        if (unit.format == "terraform" or unit.renderer is not None) and lost:
            folder = "" if unit.directory == ROOT else unit.directory
            try:
                head.listdir(folder)
            except SourceError:
                continue
            yield folder


def _seek(parsed: Iterable[Parsed], around: Surroundings) -> None:
    """Let the search begin for what may be linked with the head of what was read, while its base is read."""
    asked = wanted(resource for one in parsed for resource in one.resources)
    around.seek(() if asked.clusters else asked.types.keys())


def _linked(asked: Wanted, units: Iterable[Unit], around: Surroundings) -> Iterator[str]:
    """Yield the names of the units that may hold something that is linked with what was read."""
    left = tuple(units)
    may = any(unit.format == "terraform" for unit in left) and (asked.clusters or around.knows(asked.types.keys()))
    for unit in left:
        of_terraform = unit.format == "terraform" and may
        in_a_cluster = unit.format not in ("terraform", *SPECS) and asked.clusters
        if unit.renderer is not None and in_a_cluster and not asked.runs:  # rendering takes more than a look
            in_a_cluster = around.may_concern(unit, asked.namespaces)
        of_specs = unit.format in SPECS and asked.specs
        if asked.anything or in_a_cluster or of_specs or (of_terraform and _may_link(asked, unit, around)):
            yield unit.name


def _sharing(parsed: Iterable[Parsed], units: Iterable[Unit]) -> Iterator[str]:
    """Yield the names of the units that rest, too, on what could not be read: it may have been so for them before."""
    told = (one.place.file for part in parsed for one in part.diagnostics if one.unread and one.place)
    broken = {file.rpartition("/")[0] for file in told}
    for unit in units if broken else ():
        if unit.format == "terraform" and not broken.isdisjoint(folders_of(unit)):
            yield unit.name


def _opened(ours: _Side, theirs: _Side, names: Iterable[str]) -> Iterator[str]:
    """Yield the names of units that are not read, a file of which units of these names have read: it may be theirs."""
    readings = [side.readings[name] for side in (ours, theirs) for name in names if name in side.readings]
    files = {file for one in readings if one.unit.format == "terraform" for file in one.tree.contents()}
    return (unit.name for unit in ours.unread() if unit.format in HELD and not files.isdisjoint(unit.files))


def _may_link(asked: Wanted, unit: Unit, around: Surroundings) -> bool:
    seen = around.mentions(unit)
    if not seen.clear or (asked.clusters and makes_clusters(seen.types, seen.sources)):
        return True
    needed = [asked.types[type_] for type_ in seen.types & asked.types.keys()]
    return NO_MATTER in needed or (bool(needed) and around.says(unit, frozenset().union(*needed)))


class _Side:
    """One of the two trees while its units are read. `after` is the other one, of which readings are taken over."""

    def __init__(
        self,
        tree: Tree,
        found: Discovery,
        settings: Settings,
        known: Known,
        progress: Told,
        after: Optional[_Side] = None,
        plans: Plans = NO_PLANS,
    ) -> None:
        self.tree = tree
        self._found = found
        self._settings = settings
        self._known = known
        self._budget = known.budget
        self._progress = progress
        self._after = after
        self._plans = plans
        self._begun: dict[str, tuple[Watched, Optional[Begun]]] = {}
        self.readings: dict[str, Reading] = {}
        self.units: Mapping[str, Unit] = {unit.name: unit for unit in found.units}

    def unread(self) -> Iterator[Unit]:
        """Yield the units that were not read yet."""
        return (unit for name, unit in self.units.items() if name not in self.readings)

    def read(self, names: Iterable[str]) -> list[Parsed]:
        """Read some units, those of them that this side has."""
        wanted = sorted(self.units.keys() & frozenset(names))
        rendered = (unit for name in wanted if (unit := self.units[name]).renderer is not None)
        for index, name in enumerate(wanted):
            self._progress(index, len(wanted))
            for unit in islice(rendered, max(AHEAD - len(self._begun), 0)):
                if self._taken_over(unit) is None:
                    self._begun[unit.name] = self._begin(unit)
            self.readings[name] = self._reading(self.units[name])
        return [self.readings[name].parsed for name in wanted]

    def keep(self, reading: Reading) -> None:
        """Have less of a unit that was read; of one without resources nothing."""
        name = reading.unit.name
        if reading.parsed.resources:
            self.readings[name] = reading
        else:
            del self.readings[name]
            self.units = {one: unit for one, unit in self.units.items() if one != name}

    def claims(self) -> Claims:
        """Return what Terraform roots make of the manifests among what was read."""
        return claims(self.readings.values(), self._settings)

    def scan(self, claimed: Optional[Claims] = None) -> Scan:
        """Return what was read as one graph, without what is claimed of manifests: that is in it already."""
        claimed = self.claims() if claimed is None else claimed
        units = tuple(unit for unit in self._found.units if unit.name in self.readings)
        graph = build([claimed.rest(self.readings[unit.name].parsed) for unit in units], units, self._settings)
        found = replace(self._found, units=units, skipped=(*self._found.skipped, *claimed.skipped()))
        return Scan(found, graph, tuple(unit.name for unit in self.unread()))

    def _reading(self, unit: Unit) -> Reading:
        if unit.format == "terraform-plan":
            parsed = self._plans.parsed(unit, self.tree, self._known, self._settings, head=self._after is None)
            return Reading(unit, Watched(self.tree), parsed)
        before = self._taken_over(unit)
        if before is not None:
            return before
        prepared = self._begun.pop(unit.name, None)
        watched, begun = prepared or self._begin(unit)
        self._known.spend(self._budget)
        return Reading(unit, watched, read(watched, unit, self._settings, self._known, self._budget, begun))

    def _taken_over(self, unit: Unit) -> Optional[Reading]:
        """Return the reading of the other side, if it holds here too."""
        before = self._after.readings.get(unit.name) if self._after else None
        return before if before is not None and before.unit == unit and before.tree.same(self.tree) else None

    def _begin(self, unit: Unit) -> tuple[Watched, Optional[Begun]]:
        """Return the tree that a unit is read from, and what runs already for it."""
        watched = Watched(self.tree)
        return watched, begin(watched, unit, self._known)
