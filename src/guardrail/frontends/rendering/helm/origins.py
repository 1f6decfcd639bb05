"""Where what Helm printed is written: the line of a template, and the line of the values that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Final, Optional

from guardrail.errors import SourceError
from guardrail.frontends import documents
from guardrail.frontends.documents import Document
from guardrail.frontends.rendering.helm.actions import EACH, Path
from guardrail.frontends.rendering.helm.marks import Line
from guardrail.frontends.rendering.helm.printed import Piece
from guardrail.frontends.rendering.helm.staged import FOLDER, Staged
from guardrail.model.dataclass import dataclass
from guardrail.model.path import pointer as joined
from guardrail.model.path import segments
from guardrail.model.place import UNSAID, Place, Step
from guardrail.model.resource import Native
from guardrail.model.value import ABSENT, Unknown, Value, lookup
from guardrail.sources.tree import Tree

_OWN: Final = "values.yaml"
_MOST: Final = 200_000
_DEFAULTS: Final = ("default", "coalesce", "ternary", "if ", "eq ")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that a chart is given: its line in a file of values."""

    place: Place
    path: tuple[str, ...]
    value: Value


Given = Sequence[tuple[Value, Place]]
"""Values that are given beside files, the strongest first, with where."""


class Settings:
    """The files of values of one chart, the strongest first, with those of the charts inside of it."""

    def __init__(self, tree: Tree, staged: Staged, given: Given = ()) -> None:
        self._tree = tree
        self._given = given
        self._staged = staged
        self._read: dict[str, Optional[Document]] = {}

    def find(self, source: str, path: Sequence[str]) -> Optional[Setting]:
        """Return what sets a value of the chart that a template belongs to, None if nothing does."""
        parts = source.split("/")
        inside: list[str] = []
        index = 1
        while parts[index : index + 1] == ["charts"] and index + 2 < len(parts):
            inside.append(parts[index + 1])
            index += 2
        for depth in range(len(inside) + 1):
            shared = path[:1] == ("global",)
            keys = tuple(path) if shared else (*inside[depth:], *path)
            for told, place in self._given if depth == 0 else ():
                value = lookup(told, keys)
                if value is not ABSENT:
                    return Setting(place, keys, value)
            for file in self._files("/".join(parts[: 1 + 2 * depth]), outermost=depth == 0):
                found = self._in(file, keys)
                if found is not None:
                    return found
        return None

    def _files(self, chart: str, *, outermost: bool) -> Iterator[str]:
        if outermost:
            yield from reversed(self._staged.values)
            own = f"{FOLDER}/{_OWN}"
        else:
            template = self._staged.copy_of(f"{chart}/Chart.yaml")
            own = f"{template.rpartition('/')[0]}/{_OWN}" if template else ""
        if own in self._staged.written and self._staged.written[own] not in self._staged.archives:
            yield self._staged.written[own]

    def _in(self, file: str, keys: tuple[str, ...]) -> Optional[Setting]:
        document = self._document(file)
        if document is None:
            return None
        value = lookup(document.value, keys)
        if value is ABSENT:
            return None
        return Setting(document.place(file, joined(keys)), keys, value)

    def _document(self, file: str) -> Optional[Document]:
        if file not in self._read:
            try:
                held = documents.read(self._tree.read(file).data, file, most=_MOST).documents
            except SourceError:
                held = ()
            self._read[file] = held[0] if held else None
        return self._read[file]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed(Document):
    """A document that Helm printed. Its lines are those of the templates that it comes from."""

    piece: Piece = field(repr=False)
    archived: bool = False
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Optional[Settings] = field(default=None, repr=False)
    starts: int = 0

    def place(self, file: str, pointer: str = "") -> Place:
        """Return the line of a template that printed the value at a pointer, else its nearest ancestor."""
        if self.archived:
            return Place(file)
        line = self._nearest(pointer)
        if line is None:
            return Place(file, 1)
        return Place(self.files.get(line.file, file), line.number)

    def before(self, file: str, pointer: str) -> tuple[Step, ...]:
        """Return the lines of the values that a template shows as the value at a pointer."""
        del file
        value = lookup(self.value, segments(pointer))
        said = UNSAID if value is ABSENT or isinstance(value, (Mapping, tuple, Unknown)) else value
        found = (Step(one.place, ".".join(one.path), said) for one in self._settings(pointer))
        return tuple(dict.fromkeys(found))

    def _settings(self, pointer: str) -> Iterator[Setting]:
        """Yield what sets the value at a pointer."""
        line = self.line(pointer)
        if line is None or self.settings is None:
            return
        rest = self._rest(pointer, line)
        value = lookup(self.value, segments(pointer))
        weak = any(word in one.code for one in line.printing for word in _DEFAULTS)
        for path in line.paths:
            for found in self._set(line, path, rest, value):
                if _same(found.value, value) or (len(line.paths) == 1 and not weak and not rest and EACH not in path):
                    yield found

    def _set(self, line: Line, path: Path, rest: tuple[str, ...], value: Value) -> Iterator[Setting]:
        """Yield what may set a value that a template names; of the elements of a list those that are the same."""
        keys = (*path[1:], *rest)
        if self.settings is None:
            return
        if EACH not in keys:
            found = self.settings.find(self.piece.source, keys)
            if found is not None:
                yield found
            return
        at = keys.index(EACH)
        of = self.settings.find(self.piece.source, keys[:at])
        if of is None or not isinstance(of.value, (tuple, Mapping)):
            return
        names = [str(index) for index in range(len(of.value))] if isinstance(of.value, tuple) else list(of.value)
        several = [
            one
            for name in names
            for one in self._set(line, ("Values", *keys[:at], name, *keys[at + 1 :]), (), value)
            if _same(one.value, value)
        ]
        if len(several) == 1:
            yield several[0]

    def line(self, pointer: str) -> Optional[Line]:
        """Return the line of a template that printed the value at a pointer, None where that is not told."""
        return self._at(self._number(pointer))

    def _number(self, pointer: str) -> int:
        """Return the line of the text in which the value at a pointer begins, from 0."""
        return Document.place(self, "", pointer).line - 1 - self.starts

    def _at(self, number: int) -> Optional[Line]:
        lines = self.piece.lines
        if not 0 <= number < len(lines):
            return None
        if lines[number] is not None:
            return lines[number]
        following = next((line for line in lines[number + 1 :] if line is not None), None)
        # what prints several lines has its mark behind the last
        return following if following is not None and following.paths and _dumps(following) else None

    def _nearest(self, pointer: str) -> Optional[Line]:
        while True:
            found = self.line(pointer)
            if found is not None:
                return found
            if not pointer:
                return next((line for line in self.piece.lines if line is not None), None)
            pointer = pointer.rpartition("/")[0]

    def _rest(self, pointer: str, line: Line) -> tuple[str, ...]:
        """Return the keys of a value below what a line prints as a whole."""
        keys = segments(pointer)
        top = len(keys)
        while top > 1 and self.line(joined(keys[: top - 1])) is line:
            top -= 1
        if not _dumps(line):
            return ()
        own = line.key is not None and keys and str(keys[top - 1]) == line.key
        return tuple(str(key) for key in keys[top if own else top - 1 :])


def _dumps(line: Line) -> bool:
    """Whether a line of a template may print several."""
    return any("indent" in one.code or "toYaml" in one.code or "tpl" in one.code for one in line.printing)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return isinstance(one, Unknown) and isinstance(other, Unknown) and one.written == other.written
    if isinstance(one, (Mapping, tuple)) or isinstance(other, (Mapping, tuple)):
        return bool(one == other)
    return _text(one) == _text(other)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def document_of(native: Native) -> Optional[Printed]:
    """Return the document behind a resource, None if Helm did not print it."""
    found = getattr(getattr(native, "object", native), "document", None)
    return found if isinstance(found, Printed) else None
