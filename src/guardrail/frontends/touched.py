"""
Which units a change may have touched, told without reading them.

A unit rests on its own files, on the local modules that it calls, on its variable files and on what its functions
read. One of which all that is the same at base and head is the same on both sides: it adds nothing to a delta, and
what is wrong with it was wrong before. Whatever the text does not tell for certain counts as touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from guardrail.errors import SourceError
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.sources.tree import Tree, clean, identity

if TYPE_CHECKING:
    from guardrail.frontends.discover import Known, Unit

_TERRAFORM: Final = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")
_VALUES: Final = (".tfvars", ".tfvars.json")


@dataclass(frozen=True, slots=True)
class Mentions:
    """The resource types and the sources of modules that files speak of; all of them if `clear`."""

    types: frozenset[str]
    sources: frozenset[str]
    clear: bool


class Surroundings:
    """Two trees side by side: what of them differs, looked at folder by folder when a unit asks for it."""

    def __init__(self, head: Tree, base: Tree, known: Known) -> None:
        self.trees = (head, base)
        self.known = known
        self._files = _by_folder(head)
        self._before = _by_folder(base)
        self._another: dict[str, bool] = {}
        self._reading: dict[str, bool] = {}

    def touches(self, unit: Unit) -> bool:
        """Whether the change may make a difference to a unit that both sides have, stated in the same way."""
        if unit.format != "terraform":
            return any(map(self._differs, unit.files))
        folder = "" if unit.directory == ROOT else unit.directory
        folders = (folder, *unit.modules)
        named = (clean(f"{folder}/{name}") for name in unit.var_files)
        return (
            any(map(self._is_another, folders))
            or any(map(self._differs, named))
            or any(map(self._reads_changed, folders))
        )

    def _is_another(self, folder: str) -> bool:
        """Whether a folder has other Terraform files than before, or others of that name."""
        known = self._another.get(folder)
        if known is None:
            names = self._files.get(folder, [])
            another = names != self._before.get(folder, []) or any(map(self._differs, names))
            known = self._another[folder] = another
        return known

    def knows(self, types: Collection[str]) -> bool:
        """Whether any file at all may declare a resource of one of these types."""
        seen = self.known.calls.glances.values()
        return any(one.types is None or not one.types.isdisjoint(types) for one in seen)

    def mentions(self, unit: Unit) -> Mentions:
        """Return what the files of a Terraform unit, and of the modules that it calls, speak of."""
        head, calls = self.trees[0], self.known.calls
        types: set[str] = set()
        sources: set[str] = set()
        clear = True
        for path in self._declaring(unit):
            seen, called = calls.glance(head, path), calls.plain_sources(head, path)
            clear = clear and seen.types is not None and called is not None
            types.update(seen.types or ())
            sources.update((called or {}).values())
        return Mentions(frozenset(types), frozenset(sources), clear=clear)

    def says(self, unit: Unit, words: Iterable[str]) -> bool:
        """Whether one of these words is written anywhere in the files that a Terraform unit is made from."""
        sought = [word.encode() for word in words]
        texts = (self.trees[0].read(path).data for path in self._declaring(unit))
        try:
            return any(word in text for text in texts for word in sought)
        except SourceError:
            return True

    def _declaring(self, unit: Unit) -> Iterator[str]:
        folder = "" if unit.directory == ROOT else unit.directory
        return (path for one in (folder, *unit.modules) for path in self._files.get(one, ()) if _declares(path))

    def _reads_changed(self, folder: str) -> bool:
        """Whether functions in the files of a folder read what is different now, or may do so."""
        known = self._reading.get(folder)
        if known is None:
            known = self._reading[folder] = any(
                self._reads(path) for path in self._files.get(folder, ()) if _declares(path)
            )
        return known

    def _reads(self, path: str) -> bool:
        reads = self.known.calls.glance(self.trees[0], path).reads
        if reads is None:
            return True
        folder = path.rpartition("/")[0]
        return any(
            self._differs(target) or self._reads_on(target) for target in (clean(f"{folder}/{to}") for to in reads)
        )

    def _differs(self, path: str) -> bool:
        """Whether a file is not the same on both sides. What a link leads to may be, and is not looked for."""
        head, base = self.trees
        ours, theirs = head.entries().get(path), base.entries().get(path)
        if ours is None or theirs is None or ours.kind != "file" or theirs.kind != "file":
            return True
        if ours.id is not None and ours.id == theirs.id:
            return False
        return identity(head, path) != identity(base, path)

    def _reads_on(self, path: str) -> bool:
        """Whether a file, taken as a template, may read others, or is reached through links that may differ."""
        from guardrail.frontends.terraform.glance import may_read_files

        try:
            head, base = self.trees
            return head.resolve(path) != base.resolve(path) or may_read_files(head.read(path).data)
        except SourceError:
            return True


def touched(units: Iterable[Unit], before: Iterable[Unit], around: Surroundings) -> frozenset[str]:
    """Return the names of the units, of either side, that the change may make a difference to."""
    head, base = ({unit.name: unit for unit in side} for side in (units, before))
    only_one = head.keys() ^ base.keys()
    differ = {name for name in head.keys() & base.keys() if head[name] != base[name] or around.touches(head[name])}
    return frozenset(only_one | differ)


def _by_folder(tree: Tree) -> Mapping[str, list[str]]:
    """Return the Terraform files of each folder, sorted."""
    folders: dict[str, list[str]] = {}
    for path in tree.entries():
        if path.endswith(_TERRAFORM):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
    return folders


def _declares(path: str) -> bool:
    return not path.endswith(_VALUES)
