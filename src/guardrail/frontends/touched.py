"""
Which units a change may have touched, told without reading them.

A unit rests on its own files, on the local modules that it calls, on its variable files and on what its functions
read. One of which all that is the same at base and head is the same on both sides: it adds nothing to a delta, and
what is wrong with it was wrong before. Whatever the text does not tell for certain counts as touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends.disguise import disguised
from guardrail.frontends.known import Known
from guardrail.frontends.rendering.package import CHART
from guardrail.frontends.sorting import DOCUMENTS, TERRAFORM, VALUES
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.dataclass import dataclass
from guardrail.model.pattern import pattern
from guardrail.sources.tree import Entry, Tree, clean, identity, resolution

_TERRAFORM: Final = (*TERRAFORM, *VALUES)

_NAMING: Final = frozenset({"azureml"})
"""Formats of single files that name others: what those say belongs to them."""

_RELEASE: Final = "helm_release"
"""The type of what installs a chart, which may be one of the tree."""

_NAMES: Final = pattern(rb"component|trial|job|param|\\|!|%TAG|\0")
"""The keys below which other files are named, or what may hide one."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """The resource types and the sources of modules that files speak of; all of them if `clear`."""

    types: frozenset[str]
    sources: frozenset[str]
    clear: bool


_POOLS: Final = pattern(
    rb"(?i)node_?(?:pool|group|class|claim)|agent_?pool|provisioner|compute_?class|machine_?(?:deployment|pool|set)"
    rb"|kind[\"']?\s*:\s*[\"']?\w*cluster(?:config)?\b|kind[\"']?\s*:[^\n]*\{\{|\\[ux]"
)
"""What is written wherever objects are clusters or machines of one, or what may hide it."""


class Surroundings:
    """
    Two trees side by side: what of them differs, and what the text of the Terraform files of head says.

    `known` is what was found in both, with the texts of their Terraform files.
    """

    def __init__(self, head: Tree, base: Tree, known: Known) -> None:
        self._trees = (head, base)
        self._known = known
        self._suspects = frozenset(_suspects(head.entries(), base.entries()))
        self._another = _by_folder({one for path in self._suspects for one in _up(path) if one.endswith(_TERRAFORM)})
        self._reading: Optional[Mapping[str, list[str]]] = None
        self._declared: dict[str, Optional[frozenset[str]]] = {}
        self._parts_differ: Optional[bool] = None
        self._of_charts: Optional[bool] = None
        self._sought = frozenset[bytes]()

    def touches(self, unit: Unit) -> bool:
        """Whether the change may make a difference to a unit that both sides have, stated in the same way."""
        if unit.format != "terraform":
            return any(map(self._differs, unit.files)) or (unit.format in _NAMING and self._may_name_changed(unit))
        folders = folders_of(unit)
        return (
            any(map(self._is_touched, folders))
            or any(self._differs(clean(f"{folders[0]}/{name}")) for name in unit.var_files)
            or (self._charts_differ() and self._installs_charts(unit))
        )

    def _charts_differ(self) -> bool:
        """Whether anything of a chart, or that a chart may take in, is different now."""
        if self._of_charts is None:
            trees = self._trees
            self._of_charts = any(
                self._differs(path)
                for path in self._suspects
                if any(f"{above}/{CHART}" in tree.entries() for above in _up(path) for tree in trees)
                or any(CHART in tree.entries() for tree in trees)
            )
        return self._of_charts

    def _installs_charts(self, unit: Unit) -> bool:
        """Whether a Terraform unit may install a chart."""
        seen = self.mentions(unit)
        return not seen.clear or _RELEASE in seen.types

    def _may_name_changed(self, unit: Unit) -> bool:
        """Whether a unit names other files, and one that it may name, or one that those may, is different now."""
        texts = [self._text(path) for path in unit.files]
        if any(text is None for text in texts):
            return True
        naming = [text for text in texts if text is not None and _NAMES.search(text)]
        if not naming:
            return False
        if self._parts_differ is None:
            self._parts_differ = any(self._differs(path) for path in self._suspects if path.endswith(DOCUMENTS))
        if any(map(disguised, naming)):
            return any(map(self._differs, self._suspects))
        return self._parts_differ or any(
            path.rpartition("/")[2].encode(errors="surrogateescape") in text and self._differs(path)
            for text in naming
            for path in self._suspects
        )

    def _is_touched(self, folder: str) -> bool:
        """Whether a folder has other Terraform files than before, or calls or reads what may be different now."""
        return (
            any(map(self._differs, self._another.get(folder, ())))
            or folder in self._known.calls.computed
            or any(map(self._is_elsewhere, self._known.calls.lost.get(folder, ())))
            or any(map(self._reads_changed, self._readers().get(folder, ())))
        )

    def _is_elsewhere(self, path: str) -> bool:
        """Whether a path leads elsewhere than before, or nowhere for another reason."""
        ours, theirs = (resolution(tree, path) for tree in self._trees)
        return ours != theirs

    def seek(self, types: Collection[str]) -> None:
        """Let a search begin for what `knows` will be asked for, of these types and maybe of more."""
        from guardrail.frontends.terraform.glance import HIDING

        self._sought = frozenset(type_.encode() for type_ in types)
        for tree, _ in self._known.calls.passed if types else ():
            tree.seek((*self._sought, *HIDING), TERRAFORM)

    def knows(self, types: Collection[str]) -> bool:
        """Whether any file at all may declare a resource of one of these types."""
        from guardrail.frontends.terraform.glance import hides, may_hide

        calls = self._known.calls
        words = tuple(type_.encode() for type_ in types)
        texts = {**calls.texts, **self._passed(words)}
        everything = b"\n".join(texts.values())  # searched at once in a tenth of the time
        if calls.room < 0 or any(word in everything for word in words):
            return True
        return may_hide(everything) and any(hides(text, json=key.endswith("JSON")) for key, text in texts.items())

    def _passed(self, words: Sequence[bytes]) -> Mapping[str, bytes]:
        """Return the texts of the files that were not opened yet and may hold one of these words, or hide it."""
        found: dict[str, bytes] = {}
        for tree, passed in self._known.calls.passed:
            holders = self._holders(tree, frozenset(words))
            for path in passed if holders is None else holders & passed.keys():
                with suppress(SourceError):  # whoever needs the file says so
                    found[passed[path]] = tree.read(path).data
        return found

    def _holders(self, tree: Tree, words: frozenset[bytes]) -> Optional[frozenset[str]]:
        """Return what `Tree.holding` says; what a search was begun for is not sought again."""
        from guardrail.frontends.terraform.glance import HIDING

        begun = self._sought if self._sought <= words else frozenset()
        found = frozenset[str]()
        for part in [part for part in (begun, words - begun) if part] or [words]:
            held = tree.holding((*part, *HIDING), TERRAFORM)
            if held is None:
                return None
            found |= held
        return found

    def mentions(self, unit: Unit) -> Mentions:
        """Return what the files of a Terraform unit, and of the modules that it calls, speak of."""
        types: set[str] = set()
        sources: set[str] = set()
        clear = True
        for path in self._declaring(unit):
            declared, called = self._types(path), self._known.calls.plain_sources(self._trees[0], path)
            clear = clear and declared is not None and called is not None
            types.update(declared or ())
            sources.update((called or {}).values())
        return Mentions(frozenset(types), frozenset(sources), clear=clear)

    def may_concern(self, unit: Unit, namespaces: Iterable[str]) -> bool:
        """Whether what is rendered may have a cluster or its machines in it, or be in one of these namespaces."""
        names = [name.encode() for name in namespaces]
        for text in map(self._text, unit.files):
            if text is None or _POOLS.search(text) is not None or any(name in text for name in names):
                return True
        return False

    def says(self, unit: Unit, words: Iterable[str]) -> bool:
        """Whether one of these words is written anywhere in the files that a Terraform unit is made from."""
        sought = [word.encode() for word in words]
        texts = map(self._text, self._declaring(unit))
        return any(text is None or any(word in text for word in sought) for text in texts)

    def _types(self, path: str) -> Optional[frozenset[str]]:
        """Return the types that a file may declare resources of, None where its text does not tell."""
        from guardrail.frontends.terraform.glance import declared

        key = self._content(path)
        if key not in self._declared:
            text = self._text(path)
            self._declared[key] = None if text is None else declared(text, json=path.endswith(".json"))
        return self._declared[key]

    def _text(self, path: str) -> Optional[bytes]:
        """Return the text of a Terraform file, None where it cannot be read."""
        text = self._known.calls.texts.get(self._content(path))
        if text is None:
            try:
                return self._trees[0].read(path).data
            except SourceError:
                return None
        return text

    def _content(self, path: str) -> str:
        """Return what tells a file apart, or the one that a link leads to."""
        from guardrail.frontends.terraform.called import content_at

        return content_at(self._trees[0], path) or f"at {path}"

    def _declaring(self, unit: Unit) -> Iterator[str]:
        from guardrail.frontends.terraform.configuration import configuration_files

        head = self._trees[0]
        for folder in folders_of(unit):
            for name in configuration_files(head.listdir(folder)):
                path = f"{folder}/{name}" if folder else name
                if path in head.entries():
                    yield path

    def _readers(self) -> Mapping[str, list[str]]:
        """Return the files by folder that may have functions which read others."""
        if self._reading is None:
            reading = self._known.calls.reading
            files = self._trees[0].entries() if reading else ()
            self._reading = _by_folder(
                path for path in files if path.endswith(_TERRAFORM) and self._content(path) in reading
            )
        return self._reading

    def _reads_changed(self, path: str) -> bool:
        """Whether functions in a file read what is different now, or may do so."""
        from guardrail.frontends.terraform.glance import may_read_files, reads

        text = self._text(path)
        found = None if text is None else reads(text, json=path.endswith(".json"))
        if found is None:
            return True
        folder = path.rpartition("/")[0]
        for name, template in found:
            target = clean(f"{folder}/{name}")
            try:
                if self._differs(target) or (template and may_read_files(self._trees[0].read(target).data)):
                    return True
            except SourceError:
                return True
        return False

    def _differs(self, path: str) -> bool:
        """Whether a file, or the one that a link leads to, is not the same on both sides. A folder may not be."""
        head, base = self._trees
        ours, theirs = head.entries().get(path), base.entries().get(path)
        if ours is None or theirs is None or ours.kind != theirs.kind:
            return True
        if ours.kind != "link":
            return path in self._suspects and identity(head, path) != identity(base, path)
        if self._is_elsewhere(path):
            return True
        try:
            return self._differs(head.resolve(path))
        except SourceError:
            return False  # it leads nowhere, as before


def touched(units: Iterable[Unit], before: Iterable[Unit], around: Surroundings) -> frozenset[str]:
    """Return the names of the units, of either side, that the change may make a difference to."""
    head, base = ({unit.name: unit for unit in side} for side in (units, before))
    only_one = head.keys() ^ base.keys()
    differ = {name for name in head.keys() & base.keys() if head[name] != base[name] or around.touches(head[name])}
    return frozenset(only_one | differ)


def _suspects(head: Mapping[str, Entry], base: Mapping[str, Entry]) -> Iterator[str]:
    """Yield the paths at which there may not be the same file on both sides: links, and what was not read yet too."""
    for path, ours in head.items():
        theirs = base.get(path)
        if theirs is None or ours.id is None or ours.id != theirs.id or ours.kind != "file" or theirs.kind != "file":
            yield path
    for path in base:
        if path not in head:
            yield path


def _up(path: str) -> Iterator[str]:
    """Yield a path and the folders above it: a folder that is named like a file is listed, and cannot be read."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def folders_of(unit: Unit) -> tuple[str, ...]:
    """Return the folders that a Terraform unit is made from, its own first."""
    return ("" if unit.directory == ROOT else unit.directory, *unit.modules)


def _by_folder(paths: Iterable[str]) -> Mapping[str, list[str]]:
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    return folders
