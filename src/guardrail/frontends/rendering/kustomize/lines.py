"""
From an object that the tool printed to the lines of the repository.

The tool says which file an object comes from. Which line a value has is found by the value: the last patch, or row of
a control file, that sets it to what it is; else the line of the source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.frontends.kubernetes.shorten import shorten
from guardrail.frontends.rendering.kustomize.closure import Closure, Folder
from guardrail.frontends.rendering.kustomize.settings import Set, patched, rows
from guardrail.frontends.rendering.kustomize.staged import Staged
from guardrail.frontends.rendering.kustomize.trail import trail
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer, segments
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.value import ABSENT, Unknown, Value, lookup

_NOTES: Final = frozenset({"config.kubernetes.io/origin", "alpha.config.kubernetes.io/transformations"})
_ORIGIN: Final = "config.kubernetes.io/origin"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an object is written: a document and the pointer to it in there. One that is generated has none."""

    file: str
    document: Optional[Document]
    base: str = ""


class Sources:
    """Finds the file behind each document that was printed."""

    def __init__(self, closure: Closure, staged: Staged, main: str) -> None:
        self.closure = closure
        self._main = main
        self._origins = staged.origins
        self._texts = staged.texts
        self._documents: dict[str, tuple[Document, ...]] = {}
        self.printed: list[Printed] = []
        self._reach: dict[str, frozenset[str]] = {}
        self._found: dict[int, Origin] = {}

    def __call__(self, document: Document) -> tuple[str, Document]:
        """Return the file that an object comes from, and the object without the notes about that."""
        value, note = _without_notes(document.value)
        said = _said(note)
        path = said.get("path") or said.get("configuredIn") or ""
        file = self._origins.get(path.removeprefix("../"), self._main)
        made = Printed(
            number=document.number,
            value=value,
            text=document.text,
            syntax=document.syntax,
            part=document.part,
            lines=document.lines,
            foreign=document.foreign,
            sources=self,
            origin_file=file,
            generator=_generator(said),
        )
        self.printed.append(made)
        return file, made

    def origin(self, printed: Printed) -> Origin:
        """Return where an object is written."""
        if printed.number not in self._found:
            file = printed.origin_file
            document, base = (None, "") if printed.generator else _like(self.documents(file), printed.value)
            self._found[printed.number] = Origin(file, document, base)
        return self._found[printed.number]

    def generator(self, printed: Printed) -> Place:
        """Return where an object is generated that is written nowhere."""
        file = printed.origin_file
        folder = next((one for one in self.closure.folders if one.file == file), None)
        return Place(file) if folder is None else folder.control.place(file, f"/{printed.generator}")

    def text(self, file: str) -> bytes:
        """Return what the tool saw of a file."""
        return self._texts.get(file, b"")

    def documents(self, file: str) -> tuple[Document, ...]:
        """Return the documents of a file that the tool saw."""
        if file not in self._documents:
            self._documents[file] = documents.read(self.text(file), file, shorten=shorten).documents
        return self._documents[file]

    def source_name(self, printed: Printed) -> str:
        """Return what an object is called where it is written."""
        origin = self.origin(printed)
        return "" if origin.document is None else _name(lookup(origin.document.value, segments(origin.base)))

    def setters(self, printed: Printed, path: str) -> Iterator[Set]:
        """Yield what sets the value at a pointer, the last one first."""
        origin = self.origin(printed)
        source = lookup(origin.document.value, segments(origin.base)) if origin.document is not None else None
        for folder in self.closure.folders:
            if self._reaches(folder, origin.file):
                yield from rows(folder, printed.value, source, path)
                yield from patched(folder, self.documents, printed.value, source, path)

    def _reaches(self, folder: Folder, file: str) -> bool:
        """Whether what a folder changes may be an object of a file. A component changes those of others."""
        if folder.control.component:
            return True
        if folder.path not in self._reach:
            self._reach[folder.path] = self.closure.below(folder)
        return file in self._reach[folder.path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed(Document):
    """
    An object that was printed: its lines are those of the repository.

    `generator` is the list of the control file that it is made by, if it is written nowhere.
    """

    sources: Sources = field(repr=False, compare=False)
    origin_file: str
    generator: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What it is called, and was when it was written."""
        return frozenset((_name(self.value), self.sources.source_name(self))) - {""}

    def place(self, file: str, pointer: str = "") -> Place:
        """Return where the value at a pointer is set, else where its nearest ancestor is written."""
        del file
        value = lookup(self.value, segments(pointer)) if pointer else ABSENT
        for one in self.sources.setters(self, pointer) if pointer else ():
            if one.value == value and one.value is not ABSENT:
                return one.place
        return self._source(pointer)[0]

    def before(self, file: str, pointer: str) -> tuple[Step, ...]:
        """Return the lines that said something else of the value at a pointer, or said it before, the last first."""
        del file
        own = self.place("", pointer)
        steps = [Step(one.place, one.text, _plain(one.value)) for one in self.sources.setters(self, pointer)]
        place, value, exact = self._source(pointer)
        if exact:
            steps.append(Step(place, "as it is written", _plain(value)))
        after = next((index for index, step in enumerate(steps) if step.place == own), -1)
        return tuple(steps[after + 1 :])

    def _source(self, path: str) -> tuple[Place, Value, bool]:
        """Return where the source of an object has the value at a pointer, what it is there, and whether it is."""
        if self.generator:
            return self.sources.generator(self), ABSENT, False
        origin = self.sources.origin(self)
        if origin.document is None:
            return Place(origin.file), ABSENT, False
        source = lookup(origin.document.value, segments(origin.base))
        at, exact = trail(source, self.value, segments(path))
        value = lookup(source, at) if exact else ABSENT
        return origin.document.place(origin.file, origin.base + pointer(at)), value, exact


def _plain(value: Value) -> object:
    """Return a value that can be shown in a line: no collections, which may hold what must not be shown."""
    return UNSAID if value is ABSENT or isinstance(value, (Mapping, tuple, list, Unknown)) else value


def _without_notes(value: Value) -> tuple[Value, str]:
    metadata = value.get("metadata") if isinstance(value, dict) else None
    notes = metadata.get("annotations") if isinstance(metadata, dict) else None
    if not isinstance(value, dict) or not isinstance(metadata, dict) or not isinstance(notes, dict):
        return value, ""
    said = notes.get(_ORIGIN)
    rest = {key: note for key, note in notes.items() if key not in _NOTES}
    if rest:
        metadata = {**metadata, "annotations": rest}
    else:
        metadata = {key: member for key, member in metadata.items() if key != "annotations"}
    return {**value, "metadata": metadata}, said if isinstance(said, str) else ""


def _said(note: str) -> Mapping[str, str]:
    """Return what the tool says of an origin: lines of `key: value`."""
    rows = (line.partition(":") for line in note.splitlines())
    return {key.strip(): value.strip().strip("'\"") for key, _, value in rows if value.strip()}


def _generator(said: Mapping[str, str]) -> str:
    kinds = {"ConfigMapGenerator": "configMapGenerator", "SecretGenerator": "secretGenerator"}
    return kinds.get(said.get("kind", ""), "generators") if "configuredIn" in said else ""


def _like(several: tuple[Document, ...], printed: Value) -> tuple[Optional[Document], str]:
    """Return the object among those of a file that became another one, which may have a longer name by now."""
    best: tuple[int, Optional[Document], str] = (0, None, "")
    kind, name = _kind(printed), _name(printed)
    for document in several:
        for base, value in _objects(document.value, "", 0):
            if _kind(value) != kind:
                continue
            own = _name(value)
            score = 2 * len(own) + 3 if own == name else 2 * len(own) + 2 if own and own in name else 1
            if score > best[0]:
                best = (score, document, base)
    return best[1], best[2]


def _objects(value: Value, base: str, depth: int) -> Iterator[tuple[str, Value]]:
    items = value.get("items") if isinstance(value, dict) else None
    if isinstance(items, tuple) and depth < _DEEP:
        for index, item in enumerate(items):
            yield from _objects(item, f"{base}/items/{index}", depth + 1)
    yield base, value


_DEEP: Final = 8


def _kind(value: Value) -> tuple[Any, Any]:
    return (value.get("apiVersion"), value.get("kind")) if isinstance(value, dict) else (None, None)


def _name(value: Value) -> str:
    name = lookup(value, ("metadata", "name"))
    return name if isinstance(name, str) else ""
