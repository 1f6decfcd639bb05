"""
Objects that a Terraform root reads from a file and makes itself: they are counted there, and not a second time.

That a function reads a file claims nothing, since its author may never use it. An object is claimed where the root
surely makes one of the same kind, name and content, gaps of a template filled in, and where nothing that is configured
tells the two apart: neither a place to run nor what policies ask. Else both are counted, which is never too little.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from decimal import Decimal
from operator import attrgetter
from typing import Final

from guardrail.config.settings import Settings
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.unit import Unit
from guardrail.graph.facts import RECORDS
from guardrail.model.dataclass import dataclass
from guardrail.model.report import Skipped
from guardrail.model.resource import Resource
from guardrail.model.value import OpenMap, Reason, Unknown, Value, lookup
from guardrail.policy.parameters import layers
from guardrail.run.reading import Reading
from guardrail.sources.tree import shown

HELD: Final = ("kubernetes", "sagemaker")
"""Formats of which a resource of Terraform may hold objects: manifests, definitions of pipelines, state machines."""

_STATED: Final = ("environment", "provider", "region", "runs_per_month")
"""What the configuration states about a unit, and holds for what is in it."""

_MOST: Final = 200
"""Objects that one of a manifest is compared with."""

_CONTENT: Final = attrgetter("groups", "lifetime", "autoscaling", "storage", "facts")


@dataclass(frozen=True, slots=True)
class Claims:
    """
    By the address of each object that is claimed, the units that make it.

    `files` are the manifests that a root reads, each with the addresses of all of its objects.
    """

    makers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def since(self, base: Claims, before: Iterable[Reading]) -> Claims:
        """
        Return the claims that hold against a base, of which this was read: what was counted of a file there stays so.

        Who adds a root beside a manifest that others may apply would else move it away, and deploy it twice for
        nothing.
        """
        new = {file for file, several in self.files.items() if not base.makers.keys() >= {*several} & {*self.makers}}
        counted = {file for file, address in _of_files(before, new) if address not in base.makers}
        kept = {
            address: self.makers[address]
            for file, several in self.files.items()
            for address in several
            if address in self.makers and (address in base.makers or file not in counted)
        }
        return Claims(kept, self.files)

    def rest(self, parsed: Parsed) -> Parsed:
        """Return what was read of a unit without what is claimed of it."""
        if not any(one.address in self.makers for one in parsed.resources):
            return parsed
        return replace(parsed, resources=tuple(one for one in parsed.resources if one.address not in self.makers))

    def skipped(self) -> Iterator[Skipped]:
        """Yield the files with claimed objects, each with who makes them."""
        for file, several in self.files.items():
            claimed = [address for address in several if address in self.makers]
            if claimed:
                units = sorted({unit for address in claimed for unit in self.makers[address]})
                many = (
                    "its objects" if len(claimed) == len(several) else f"{len(claimed)} of its {len(several)} objects"
                )
                yield Skipped(file, f"made by {', '.join(map(shown, units))}, where {many} are judged")


def claims(readings: Iterable[Reading], settings: Settings) -> Claims:
    """Return what the Terraform roots among some units claim of the manifests among them."""
    read = list(readings)
    manifests = [one for one in read if one.unit.format in HELD]
    makers: dict[str, tuple[str, ...]] = {}
    files: dict[str, dict[str, None]] = {}
    for root in read if manifests else ():
        made = _made(root)
        opened = root.tree.contents().keys() if made else ()
        for manifest in manifests if made else ():
            alike = _stated_alike(manifest.unit, root.unit, settings)
            for file, resource in _in_files(manifest, opened):
                files.setdefault(file, {})[resource.address] = None
                if alike and any(_is_made(resource, one) for one in _candidates(made, resource)):
                    makers[resource.address] = (*makers.get(resource.address, ()), root.unit.name)
    for several in files.values():
        makers.update(_holders(several, makers))
    return Claims(makers, {file: tuple(files[file]) for file in sorted(files)})


def _holders(several: Iterable[str], makers: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what holds objects all of which are claimed: a pipeline is no more than its steps."""
    inside: dict[str, list[str]] = {}
    for address in several:
        if "!" in address:
            inside.setdefault(address.rpartition("!")[0], []).append(address)
    for holder, held in inside.items():
        if all(address in makers for address in held):
            yield holder, makers[held[0]]


_Made = Mapping[tuple[str, str], Sequence[Resource]]
"""Objects by type and name; those of each type under no name, too."""


def _made(root: Reading) -> _Made:
    """Return the objects of a Terraform root that are surely there."""
    found: dict[tuple[str, str], list[Resource]] = {}
    resources = root.parsed.resources if root.unit.format == "terraform" else ()
    held = [one for one in resources if "!" in one.address]
    there = {one.address for one in resources if one.multiplicity.min > 0} if held else set()
    for one in held:
        if one.address.rpartition("!")[0] in there:
            found.setdefault((one.type, one.name), []).append(one)
            found.setdefault((one.type, ""), []).append(one)
    return found


def _candidates(made: _Made, written: Resource) -> Sequence[Resource]:
    """Return what an object may have become; of one that is named by a gap not too many are looked at."""
    named = lookup(written.attributes, ("metadata", "name"))
    return made.get((written.type, "" if isinstance(named, Unknown) else written.name), ())[:_MOST]


def _of_files(readings: Iterable[Reading], files: Collection[str]) -> Iterator[tuple[str, str]]:
    for one in readings if files else ():
        if one.unit.format in HELD:
            for file, resource in _in_files(one, files):
                yield file, resource.address


def _in_files(manifest: Reading, files: Collection[str]) -> Iterator[tuple[str, Resource]]:
    """Yield the objects of a unit that are written in one of some files."""
    if any(file in files for file in manifest.unit.files):
        for one in manifest.parsed.resources:
            file = one.native.place("").file
            if file in files:
                yield file, one


def _stated_alike(manifest: Unit, root: Unit, settings: Settings) -> bool:
    """Whether all that is configured for a unit of manifests holds for what a root makes, too."""
    said = all(getattr(manifest, name) in (None, getattr(root, name)) for name in _STATED)
    return said and all(
        [*layers(settings, policy, manifest.name, manifest.environment)]
        == [*layers(settings, policy, root.name, root.environment)]
        for policy in settings.policies
    )


def _is_made(written: Resource, made: Resource) -> bool:
    """Whether an object is all that a manifest says, in the namespace and the cluster that it says."""
    if written.multiplicity.min > made.multiplicity.min:
        return False
    if written.api_version != made.api_version or written.cluster not in (None, made.cluster):
        return False
    return _fits(_nowhere(written, written), _nowhere(made, written)) and _fits(_CONTENT(written), _CONTENT(made))


def _nowhere(one: Resource, written: Resource) -> Mapping[str, Value]:
    """Return the attributes of an object, its namespace left out where the manifest leaves it to others."""
    metadata = one.attributes.get("metadata")
    left = isinstance(written.namespace, Unknown) and written.namespace.reason is Reason.ENVIRONMENT
    if not left or not isinstance(metadata, Mapping):
        return one.attributes
    return {**one.attributes, "metadata": {key: value for key, value in metadata.items() if key != "namespace"}}


def _fits(written: Value, made: Value) -> bool:
    """Whether a value may have become another one with nothing but the gaps of a template filled in."""
    if isinstance(written, Unknown):
        if written.reason is Reason.TEMPLATE:
            return not isinstance(made, str) or made.startswith(written.prefix or "")
        return isinstance(made, Unknown) and written.reason is made.reason
    if isinstance(written, str) and "${" in written:
        return isinstance(made, Unknown) or (isinstance(made, str) and _fills(_GAP.split(written), made))
    if isinstance(written, Mapping):
        if not isinstance(made, Mapping) or isinstance(written, OpenMap) != isinstance(made, OpenMap):
            return False
        return written.keys() == made.keys() and all(_fits(value, made[key]) for key, value in written.items())
    if isinstance(written, (list, tuple)):
        return isinstance(made, (list, tuple)) and len(written) == len(made) and all(map(_fits, written, made))
    if type(written) in RECORDS:
        names = [name for name, _ in RECORDS[type(written)] if name != _OF_CONTAINER]
        return type(written) is type(made) and all(_fits(getattr(written, n), getattr(made, n)) for n in names)
    numbers = type(written) in _NUMBERS and type(made) in _NUMBERS
    return (numbers or type(written) is type(made)) and bool(written == made)


_OF_CONTAINER: Final = "name"
"""The one name among facts: a container that is called by a gap is numbered there."""

_GAP: Final = re.compile(r"\$\{[^{}]*\}")
_NUMBERS: Final = (int, Decimal)


def _fills(parts: Sequence[str], text: str) -> bool:
    """Whether a text is these parts in their order, with anything between them."""
    if len(parts) == 1 or not text.startswith(parts[0]):
        return text == parts[0]
    at = len(parts[0])
    for part in parts[1:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - len(parts[-1]) >= at and text.endswith(parts[-1])
