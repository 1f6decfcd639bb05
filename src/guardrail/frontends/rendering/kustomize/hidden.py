"""
What an overlay names and does not print: manifests that somebody might apply by themselves.

Whoever names a manifest as a patch that fits nothing, or has the tool drop an object of it, would take it out of what
is judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from guardrail.frontends.documents import Document
from guardrail.frontends.rendering.kustomize.closure import Closure
from guardrail.frontends.rendering.kustomize.lines import Printed, Sources
from guardrail.model.finding import Diagnostic
from guardrail.model.pattern import pattern
from guardrail.model.place import Place
from guardrail.model.value import Value, lookup
from guardrail.patterns import PatternError, compiled
from guardrail.sources.tree import blob_id

_KIND: Final = pattern(rb"^kind:\s", re.MULTILINE)
_HINT: Final = "if somebody applies it by itself, take it out of the overlay; if nobody does, delete it"
_RUNS: Final = ("containers", "initContainers")


def unprinted(closure: Closure, sources: Sources, printed: Sequence[Printed]) -> Iterator[Diagnostic]:
    """
    Yield what is not printed of what an overlay names.

    Of a resource that is a warning: an overlay may delete it. A whole workload that stands where a patch should, and
    changes nothing, is input that nobody judges; unless it may be for what is left out, which is told by itself.
    """
    numbers = Counter(one.origin_file for one in printed if not one.generator)
    for file in sorted(closure.files("resource")):
        written = len(_KIND.findall(sources.text(file)))
        if numbers[file] < written:
            missing = written - numbers[file]
            message = f"{missing} of its {written} objects are not in what the overlay deploys, and are not judged"
            yield Diagnostic("warning", "not-deployed", message, Place(file), _HINT)
    lacks = any(one.left_out for folder in closure.folders for one in folder.named)
    for file, targets in sorted(_patches(closure).items()) if not lacks else ():
        for document in sources.documents(file):
            if _is_workload(document.value) and not any(_fits(document, target, printed) for target in targets):
                message = "it patches nothing, and holds a workload that might be applied by itself"
                content = blob_id(sources.text(file))
                place = document.place(file)
                yield Diagnostic("error", "unused-patch", message, place, _HINT, unread=True, content=content)


_Target = Mapping[str, Value]


def _patches(closure: Closure) -> Mapping[str, list[_Target]]:
    """Return the files of patches with the selectors by which they are used; of none, an empty one."""
    found: dict[str, list[_Target]] = {}
    for folder in closure.folders:
        for one in folder.named:
            if one.kind == "file" and one.reference.role == "patch":
                row = folder.control.item(one.reference)
                target = row.get("target") if isinstance(row, dict) else None
                found.setdefault(one.path, []).append(target if isinstance(target, dict) else {})
    return found


def _is_workload(value: Value) -> bool:
    """Whether an object runs something by itself: each of its kinds of pods has containers with images."""
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("apiVersion", "kind")):
        return False
    return isinstance(lookup(value, ("metadata", "name")), str) and any(_images(value.get("spec"), 0))


_DEEP: Final = 12


def _images(value: Value, depth: int) -> Iterator[bool]:
    if isinstance(value, Mapping) and depth < _DEEP:
        for key, member in value.items():
            if key in _RUNS and isinstance(member, tuple):
                yield any(isinstance(one, Mapping) and one.get("image") for one in member)
            yield from _images(member, depth + 1)
    elif isinstance(value, tuple) and depth < _DEEP:
        for member in value:
            yield from _images(member, depth + 1)


def _fits(patch: Document, target: _Target, printed: Sequence[Printed]) -> bool:
    """Whether a patch is for any of the objects that are printed, by the names that they had or have."""
    for one in printed:
        if target:
            if _selects(target, one):
                return True
        elif lookup(patch.value, ("kind",)) == lookup(one.value, ("kind",)) and _named(patch.value) in one.names:
            return True
    return False


def _selects(target: _Target, one: Printed) -> bool:
    kind, name = target.get("kind"), target.get("name")
    if isinstance(kind, str) and kind and not _matches(kind, [str(lookup(one.value, ("kind",)))]):
        return False
    if isinstance(name, str) and name and not _matches(name, one.names):
        return False
    return all(_has(one.value, side, target.get(f"{side[:-1]}Selector")) for side in ("labels", "annotations"))


def _matches(written: str, texts: Iterable[str]) -> bool:
    try:
        found = compiled(written)
    except PatternError:
        return False
    return any(found.fullmatch(text) is not None for text in texts)


def _has(value: Value, side: str, selector: Value) -> bool:
    """Whether labels are what a selector says; one that says more than `key=value` selects nothing for certain."""
    if not isinstance(selector, str) or not selector:
        return True
    pairs = (part.partition("=") for part in selector.replace("==", "=").split(","))
    return all(equals and lookup(value, ("metadata", side, key.strip())) == text.strip() for key, equals, text in pairs)


def _named(value: Value) -> Value:
    return lookup(value, ("metadata", "name"))
