"""What a control file says of a value: its patches, and its rows for replicas, images, names, namespaces, labels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.frontends.rendering.kustomize.closure import Folder
from guardrail.frontends.rendering.kustomize.trail import trail
from guardrail.model.dataclass import dataclass
from guardrail.model.path import escaped, pointer, segments
from guardrail.model.pattern import pattern
from guardrail.model.place import Place
from guardrail.model.value import ABSENT, Value, lookup

Documents = Callable[[str], tuple[Document, ...]]
"""The documents of a file."""


@dataclass(frozen=True, slots=True)
class Set:
    """A line that sets a value. `text` says what it is."""

    place: Place
    text: str
    value: Value


def rows(folder: Folder, printed: Value, source: Value, path: str) -> Iterator[Set]:
    """Yield the rows of a control file that set the value at a pointer, in the order in which they are looked at."""
    keys = segments(path)
    value = lookup(printed, keys)
    for at, text, set_to in _rows(folder.control.said, printed, source, keys, value):
        yield Set(folder.control.place(folder.file, at), text, set_to)


_Row = tuple[str, str, Value]


def _rows(said: Mapping[str, Any], printed: Value, source: Value, keys: Sequence[str], value: Value) -> Iterator[_Row]:
    yield from _replacements(said, keys, value)
    last = keys[-1] if keys else ""
    if last == "image" and isinstance(value, str):
        yield from _images(said, value)
    if last == "replicas":
        yield from _replicas(said, {_name(printed), _name(source)})
    yield from _labels(said, keys)
    if last == "namespace" and isinstance(said.get("namespace"), str):
        yield "/namespace", "the namespace", said["namespace"]
    if tuple(keys) == ("metadata", "name") and isinstance(value, str):
        for key in ("namePrefix", "nameSuffix"):
            if _text(said, key) and _text(said, key) in value:
                yield f"/{key}", "a part of the name", value


def _replacements(said: Mapping[str, Any], keys: Sequence[str], value: Value) -> Iterator[_Row]:
    for index, row in _listed(said, "replacements"):
        for number, target in _listed(row, "targets"):
            for which, text in _listed(target, "fieldPaths"):
                if isinstance(text, str) and _fits(text, keys):
                    yield f"/replacements/{index}/targets/{number}/fieldPaths/{which}", "a replacement", value


def _images(said: Mapping[str, Any], value: str) -> Iterator[_Row]:
    for index, row in _listed(said, "images"):
        name = _text(row, "newName") or _text(row, "name")
        if name and value.startswith(name) and value[len(name) : len(name) + 1] in ("", ":", "@"):
            yield f"/images/{index}", "a row of images", value


def _replicas(said: Mapping[str, Any], names: Collection[str]) -> Iterator[_Row]:
    for index, row in _listed(said, "replicas"):
        if isinstance(row, Mapping) and row.get("name") in names:
            yield f"/replicas/{index}/count", "a row of replicas", row.get("count", ABSENT)


def _labels(said: Mapping[str, Any], keys: Sequence[str]) -> Iterator[_Row]:
    """Yield the rows for labels and annotations."""
    above, key = ("", "", *keys)[-2:]
    if above == "annotations":
        notes = said.get("commonAnnotations")
        if isinstance(notes, Mapping) and key in notes:
            yield f"/commonAnnotations/{escaped(key)}", "an annotation", notes[key]
    if above in ("labels", "matchLabels", "selector"):
        for index, row in _listed(said, "labels"):
            pairs = row.get("pairs") if isinstance(row, Mapping) else None
            if isinstance(pairs, Mapping) and key in pairs:
                yield f"/labels/{index}/pairs/{escaped(key)}", "a label", pairs[key]
        common = said.get("commonLabels")
        if isinstance(common, Mapping) and key in common:
            yield f"/commonLabels/{escaped(key)}", "a label", common[key]


def patched(folder: Folder, held: Documents, printed: Value, source: Value, path: str) -> Iterator[Set]:
    """Yield the patches of a folder that set the value at a pointer, the last one first."""
    said = folder.control.said
    for key in ("patchesJson6902", "patches", "patchesStrategicMerge"):
        for index, row in reversed([*_listed(said, key)]):
            target = row.get("target") if isinstance(row, Mapping) else None
            if isinstance(target, Mapping) and not _may_mean(target, printed, source):
                continue
            at = f"/{key}/{index}"
            for patch in reversed([*_patches(folder, held, row, at)]):
                yield from _set_by(patch, printed, source, path, targeted=isinstance(target, Mapping))


@dataclass(frozen=True, slots=True)
class _Patch:
    """One document of a patch. Inside a control file it begins after so many lines, and is no longer than that."""

    file: str
    document: Document
    within: Optional[Place] = None

    def place(self, path: str) -> Place:
        found = self.document.place(self.file, path)
        if self.within is None:
            return found
        outer = self.within
        if outer.end_line <= outer.line:
            return outer
        line = min(outer.line + found.line, outer.end_line)
        return Place(self.file, line, 1, max(line, min(outer.line + found.end_line, outer.end_line)), 1)


def _patches(folder: Folder, held: Documents, row: Value, at: str) -> Iterator[_Patch]:
    """Yield the documents of one row: of the file that it names, or of its own text."""
    for one in folder.named:
        place = pointer(one.reference.at)
        if one.kind == "file" and one.path and place in (at, f"{at}/path"):
            yield from (_Patch(one.path, document) for document in held(one.path))
            return
    text, where = (row, at) if isinstance(row, str) else (_text(row, "patch"), f"{at}/patch")
    if text:
        outer = folder.control.place(folder.file, where)
        for document in _inline(text):
            yield _Patch(folder.file, document, outer)


_VALUES: Final = 20_000


@lru_cache(maxsize=256)
def _inline(text: str) -> tuple[Document, ...]:
    return documents.read(text.encode("utf-8", "surrogateescape"), "kustomization.yaml", most=_VALUES).documents


def _set_by(patch: _Patch, printed: Value, source: Value, path: str, *, targeted: bool) -> Iterator[Set]:
    value, keys = patch.document.value, segments(path)
    if isinstance(value, tuple):
        yield from _operations(patch, value, keys, printed)
    elif isinstance(value, dict) and (targeted or _is_for(value, printed, source)):
        at, exact = trail(value, printed, keys)
        if exact:
            yield Set(patch.place(pointer(at)), "a patch", lookup(value, at))


def _operations(patch: _Patch, operations: Sequence[Value], keys: Sequence[str], printed: Value) -> Iterator[Set]:
    """Yield the operations of a JSON patch that set the value, the last one first."""
    for index in reversed(range(len(operations))):
        one = operations[index]
        if not isinstance(one, Mapping) or one.get("op") not in ("add", "replace"):
            continue
        written = _text(one, "path")
        own = segments(written) if written.startswith("/") else ()
        if not own or len(own) > len(keys) or not all(map(_alike, own, keys)):
            continue
        inner = lookup(printed, keys[: len(own)])
        at, exact = trail(one.get("value"), inner, keys[len(own) :])
        if exact:
            yield Set(patch.place(f"/{index}/value{pointer(at)}"), "a patch", lookup(one.get("value"), at))


def _alike(written: str, key: str) -> bool:
    """Whether a segment of an operation may mean a key. The places of list elements change."""
    return written == key or (key.isdecimal() and (written == "-" or written.isdecimal()))


_SEGMENT: Final = pattern(r"\[([^\]]*)\]|([^.\[\]]+)")


def _fits(written: str, keys: Sequence[str]) -> bool:
    """Whether a path with dots means a pointer, whatever elements of lists are called. `[a.b/c]` is a key with dots."""
    found = [quoted or plain for quoted, plain in _SEGMENT.findall(written)]
    names = [text for text in found if "=" not in text and not text.isdecimal() and text not in ("*", "-")]
    return names == [key for key in keys if not key.isdecimal()]


def _may_mean(target: Mapping[str, Value], printed: Value, source: Value) -> bool:
    """Whether a selector may mean an object: by its kind, and by its name where that is no pattern."""
    kind, name = _text(target, "kind"), _text(target, "name")
    if kind and kind.isalnum() and lookup(printed, ("kind",)) != kind:
        return False
    plain = name and name.replace("-", "").isalnum()
    return not plain or name in (_name(printed), _name(source))


def _is_for(patch: Mapping[str, Value], printed: Value, source: Value) -> bool:
    """Whether a patch names an object, by the name that it had or has."""
    return patch.get("kind") == lookup(printed, ("kind",)) and _name(patch) in (_name(printed), _name(source))


def _listed(value: Value, key: str) -> Iterator[tuple[int, Value]]:
    found = value.get(key) if isinstance(value, Mapping) else None
    yield from enumerate(found if isinstance(found, (list, tuple)) else ())


def _text(value: Value, key: str) -> str:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""


def _name(value: Value) -> str:
    found = lookup(value, ("metadata", "name"))
    return found if isinstance(found, str) else ""
