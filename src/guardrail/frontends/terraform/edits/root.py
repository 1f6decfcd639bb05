"""
Edits of a root: found where the value is written, made, and tried before they are returned.

Trying is reading the root once more with the edit in it: the value must be what was asked for, no resource may appear
or vanish, and nothing may go wrong that did not before. What else changes is told with the edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from itertools import islice
from typing import Final, Optional, Union

from guardrail.errors import SourceError
from guardrail.frontends.budget import Budget
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.terraform.cache import SyntaxCache
from guardrail.frontends.terraform.edits.also import also
from guardrail.frontends.terraform.edits.edit import Edit, Refusal, applied
from guardrail.frontends.terraform.edits.find import Found, added, assigned, removed, value_at
from guardrail.frontends.terraform.edits.spelled import Plain
from guardrail.frontends.terraform.fetched import Folder
from guardrail.frontends.terraform.meter import deep
from guardrail.frontends.terraform.native import Written
from guardrail.frontends.terraform.provenance.alike import alike
from guardrail.frontends.terraform.read import read
from guardrail.frontends.unit import Unit
from guardrail.model.dataclass import dataclass
from guardrail.model.path import segments
from guardrail.model.place import Place
from guardrail.model.resource import Resource
from guardrail.model.value import ABSENT, Value, lookup
from guardrail.sources.replaced import Replaced
from guardrail.sources.tree import Tree

ALSO: Final = 1_000
"""How much is told of what else an edit changes."""

_COUNTS: Final = frozenset({"count", "for_each"})


@dataclass(frozen=True, slots=True)
class Root:
    """
    A unit of Terraform as it is, which is what edits are made for and compared with.

    `modules` and `fetched` are what the unit is read with; no file of fetched modules is edited.
    """

    tree: Tree
    unit: Unit
    modules: Mapping[str, str] = field(default_factory=dict)
    fetched: Optional[Folder] = None
    _cache: SyntaxCache = field(default_factory=SyntaxCache, repr=False)
    _parsed: list[Parsed] = field(default_factory=list, repr=False)

    def parsed(self) -> Parsed:
        """Return what the unit is, read once."""
        if not self._parsed:
            self._parsed.append(self.reread(self.tree))
        return self._parsed[0]

    def reread(self, tree: Tree) -> Parsed:
        """Return what the unit would be in another tree; what is the same there is not parsed again."""
        self._cache.budget = Budget()
        return read(tree, self.unit, self._cache, self.modules, Budget(), self.fetched)

    def resource(self, address: str) -> Optional[Resource]:
        """Return the resource at an address."""
        return next((each for each in self.parsed().resources if each.address == address), None)


def assign(root: Root, address: str, path: str, value: Plain) -> Union[Edit, Refusal]:
    """
    Return the edit that gives a value to a native attribute, where its present value is written.

    `address` is as reports print it and `path` a pointer below `/attributes` without that word: `/tags/team`.
    `graph.trace.natives` leads to it from the path of a fact. The value is exact: no float is one.
    """
    return _tried(root, address, path, lambda native: assigned(native, segments(path), value), value)


def add(root: Root, address: str, path: str, value: Plain) -> Union[Edit, Refusal]:
    """
    Return the edit that adds what is not there: an argument of a block, or an entry of the object at an attribute.

    What is missing above it is added as an object: `/tags/team` where there are no tags adds `tags = { team = … }`.
    """
    return _tried(root, address, path, lambda native: added(native, segments(path), value), value)


def remove(root: Root, address: str, path: str) -> Union[Edit, Refusal]:
    """Return the edit that takes away the argument of a block, or the entry of an object, with its line."""
    return _tried(root, address, path, lambda native: removed(native, segments(path)), ABSENT)


def _tried(
    root: Root,
    address: str,
    path: str,
    find: Callable[[Written], Union[Found, Refusal]],
    value: object,
) -> Union[Edit, Refusal]:
    resource = root.resource(address)
    native = None if resource is None else resource.native
    if not isinstance(native, Written):
        return Refusal("missing", f"the unit has no resource {address}")
    with deep():
        return _looked_at(root, address, path, native.module.program.cells.demand(lambda: find(native)), value)


def _looked_at(
    root: Root, address: str, path: str, found: Union[Found, Refusal], value: object
) -> Union[Edit, Refusal]:
    """Return what was found as an edit that was tried."""
    if isinstance(found, Refusal):
        return found
    edit = _edit(root, found)
    if isinstance(edit, Refusal):
        return edit
    data = root.tree.read(edit.file).data
    after = root.reread(Replaced(root.tree, {edit.file: applied(data, [edit])}))
    refusal = _wrong(root.parsed(), after, edit.place, address if segments(path)[0] in _COUNTS else "")
    if refusal is not None:
        return refusal
    if not _came_true(root.parsed(), after, address, segments(path), value):
        message = f"written at {edit.place}, it would have no effect, or another one: something else has a say"
        return Refusal("without-effect", message, edit.place)
    asked = (address, ("attributes", *segments(path)))
    return replace(edit, also=tuple(islice(also(root.parsed(), after, asked), ALSO)))


def _edit(root: Root, found: Found) -> Union[Edit, Refusal]:
    """Return what was found as an edit of the bytes of a file of the repository."""
    file, piece = found.file, found.piece
    place = file.place(piece.start, piece.end)
    try:
        path = root.tree.resolve(file.path)
        entry = root.tree.entries().get(path)
    except SourceError as error:
        return Refusal("outside", error.message, place)
    if entry is None or entry.kind != "file" or (root.fetched is not None and root.fetched.holds(path)):
        return Refusal("outside", f"{file.path} is not a file of the repository: a module that was fetched", place)
    start = len(file.text[: piece.start].encode())
    old = file.text[piece.start : piece.end].encode()
    return Edit(
        file=path,
        start=start,
        end=start + len(old),
        old=old,
        new=piece.new.encode(),
        place=replace(place, file=path),
        says=found.says,
    )


def _wrong(before: Parsed, after: Parsed, place: Place, counted: str) -> Optional[Refusal]:
    """Return what speaks against an edit as a whole. `counted` is one whose number may change, if it stays."""
    said = Counter((each.code, each.message) for each in before.diagnostics)
    for each in after.diagnostics:
        said[each.code, each.message] -= 1
        if each.level != "info" and said[each.code, each.message] < 0:
            return Refusal("error", f"the configuration would be in error: {each.message}", place)
    olds, news = ({each.address for each in parsed.resources} for parsed in (before, after))
    if olds != news and counted not in news:
        which = min(olds ^ news)
        return Refusal("instances", f"resources would appear or vanish: {which} is one of them", place)
    return None


def _came_true(before: Parsed, after: Parsed, address: str, path: tuple[str, ...], value: object) -> bool:
    """Whether what is asked for is there; if it is that nothing should be there, whether it is another value."""
    now = _value(after, address, path)
    if value is ABSENT:
        return not alike(now, _value(before, address, path))
    return alike(now, _as_evaluated(value))


def _value(parsed: Parsed, address: str, path: tuple[str, ...]) -> Value:
    resource = next(each for each in parsed.resources if each.address == address)
    found = lookup(resource.attributes, path)
    if (found is ABSENT or found is None) and isinstance(resource.native, Written):
        return value_at(resource.native, path)  # a setting that is no attribute, or a tag that the provider sets
    return found


def _as_evaluated(value: object) -> Value:
    """Return a plain value as evaluation gives it: lists are tuples there."""
    if isinstance(value, Mapping):
        return {name: _as_evaluated(each) for name, each in value.items()}
    return tuple(map(_as_evaluated, value)) if isinstance(value, (list, tuple)) else value
