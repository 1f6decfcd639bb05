"""
YAML and JSON text as documents: plain values, with the place of each on request.

`read` is the front door. Bad input never raises: what can be read of a file is read, and a diagnostic with its line
says what cannot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import lru_cache
from typing import Final, Literal, Optional

from guardrail.frontends.budget import PARTS, weight
from guardrail.frontends.documents import jsontext
from guardrail.frontends.documents.events import Tags, build
from guardrail.frontends.documents.nodes import find, yaml_nodes
from guardrail.frontends.documents.stream import (
    DOCUMENT,
    VALUES,
    Built,
    Problem,
    Refused,
    Stream,
    too_deep,
    too_many,
)
from guardrail.frontends.lines import Lines
from guardrail.model.dataclass import dataclass
from guardrail.model.finding import Diagnostic
from guardrail.model.pattern import pattern
from guardrail.model.place import Place, Step
from guardrail.model.value import Value
from guardrail.yaml_events import broken

LARGEST: Final = 32 * 1024 * 1024
"""Characters of one document, or of one JSON file, that are read. Kubernetes takes 3 MiB."""

LIMITS: Final = ("limit-values", "limit-run")
"""Codes of diagnostics that say that a file has too many values, or that too few were left for it."""

REFUSED: Final = 100
"""Documents of one file that are refused one by one; after so many the rest of the file is."""

Shorten = Callable[[str], Optional[str]]
"""Cuts off the end of a document's text that nobody asks about, such as the schemas of a CRD; None leaves it whole."""


@dataclass(frozen=True, slots=True)
class Document:
    """
    One document that is not empty.

    `number` counts from 1 within the file. `text` is the stretch of the file that it was read from, `part` which of
    the documents in that stretch it is, `lines` how many lines stand before. `foreign` says that tags of another
    tool occur (CloudFormation's `!Ref`).
    """

    number: int
    value: Value
    text: str = field(repr=False)
    syntax: Literal["yaml", "json"] = "yaml"
    part: int = 0
    lines: int = 0
    foreign: bool = False

    def place(self, file: str, pointer: str = "") -> Place:
        """Return where the value at a pointer is written, with its key, else its nearest ancestor."""
        roots = yaml_nodes(self.text) if self.syntax == "yaml" else jsontext.nodes(self.text)
        if self.part >= len(roots):
            return Place(file, self.lines + 1)
        node, exact = find(roots[self.part], pointer)
        end = node.end if exact else node.value + 1  # of an ancestor only its beginning: the rest is about others
        return _place(file, self.text, self.lines, node.start, max(end, node.start + 1))

    def before(self, file: str, pointer: str) -> tuple[Step, ...]:
        """Return the lines that led to the line of a value, the nearest first. What is written stands by itself."""
        del file, pointer
        return ()


@dataclass(frozen=True, slots=True)
class Documents:
    """What one file holds, in order, and what could not be read of it. `values` is how many it counts as."""

    documents: tuple[Document, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    values: int = 0


def read(
    data: bytes,
    file: str,
    *,
    content: str = "",
    shorten: Optional[Shorten] = None,
    most: int = VALUES,
    tags: Optional[Tags] = None,
) -> Documents:
    """
    Read the documents of a YAML or JSON file. `content` is its blob id, for diagnostics.

    `most` is how many values are read; less than `VALUES` where other files have taken theirs. `tags` says what tags of
    the tool make of values whose file it is; then text is what it says, and no placeholder.

    Text that begins with a brace is JSON if it can be read as such, as kubectl has it; else it is YAML.
    """
    reading = _Reading(file, content, shorten, min(most, VALUES), tags)
    text, fault = _decoded(data)
    if fault:
        reading.refuse("encoding", fault, Place(file, data.count(b"\n", 0, _bad_byte(data)) + 1))
        return reading.documents()
    if text.lstrip()[:1] == "{" or file.endswith(".json"):
        reading.json(text)
    else:
        reading.stretches(text)
    return reading.documents()


def chunks(text: str) -> Iterator[tuple[str, int]]:
    """
    Yield the stretches between `---` lines, with the number of lines before each.

    `---` at the start of a line ends a document wherever it stands, even in quotes, so that a break in one stretch
    says nothing about the next. Directives belong to what follows them: a text with some is one stretch.
    """
    if text.startswith("%") or "\n%" in text:
        yield text, 0
        return
    start = lines = 0
    for found in _MARKER.finditer(text):
        chunk = text[start : found.start() + 1]
        yield chunk, lines
        lines += chunk.count("\n")
        start = found.start() + 1
    yield text[start:], lines


_MARKER: Final = re.compile(r"\n---(?=\s|\Z)")
"""Begins with what can be searched for: `^` would be tried at every character, which takes ten times as long."""
_TEMPLATE: Final = pattern(r"\{\{[^\n]{0,400}?\}\}|\{%[^\n]{0,400}?%\}|\$\{[A-Za-z_][^}\n]{0,200}\}")
_STAND_IN: Final = pattern("\ue000([\ue001-\uf8ff])\ue000*")
_STAND_INS: Final = 0xF8FF - 0xE001


class _Reading:
    """What was read of one file so far."""

    def __init__(
        self, file: str, content: str, shorten: Optional[Shorten], most: int, tags: Optional[Tags] = None
    ) -> None:
        self.most = self.left = most
        self.tags = tags
        self.file = file
        self.content = content
        self.shorten = shorten
        self.found: list[Document] = []
        self.diagnostics: list[Diagnostic] = []

    def documents(self) -> Documents:
        return Documents(tuple(self.found), tuple(self.diagnostics), self.most - max(self.left, 0))

    def json(self, text: str) -> None:
        """Read a JSON text; what is none is read as YAML where the other reader would, and else refused."""
        if self._too_large(text, 0):
            return
        stream = Stream(self.most, self.left)
        refused = None
        try:
            jsontext.build(text, stream, literal=self.tags is not None)
        except Refused as error:
            refused = error
        if refused is not None and refused.code == "json-syntax" and not stream.built:
            before = len(self.diagnostics)
            self.stretches(text)
            if self.found:
                return
            if not self.file.endswith(".json"):
                return
            del self.diagnostics[before:]
        self.left = stream.left
        if refused is not None and refused.code == "json-syntax" and _MARKER.match(text, refused.index - 1):
            self._keep(stream, text[: refused.index], 0, "json")
            self.stretches(text[refused.index :], text.count("\n", 0, refused.index))
            return
        self._keep(stream, text, 0, "json")
        if refused is not None:
            self.refuse(refused.code, refused.message, _place(self.file, text, 0, refused.index, refused.index + 1))

    def stretches(self, text: str, before: int = 0) -> None:
        """Read YAML, stretch by stretch; so many lines stand before it."""
        for chunk, inside in chunks(text):
            lines = before + inside
            if len(self.diagnostics) > REFUSED:
                message = f"more than {REFUSED} things are wrong with this file; the rest of it is not read"
                self.refuse("limit-problems", message, Place(self.file, lines + 1))
                return
            if self.diagnostics and self.diagnostics[-1].code in LIMITS:
                return
            self.yaml(chunk, lines)

    def yaml(self, text: str, lines: int) -> None:
        """Read one stretch of YAML; one that parses only without its `{{ … }}` or `${…}` without them."""
        if self.shorten is not None:
            text = self.shorten(text) or text
        if self._too_large(text, lines):
            return
        stream, problem = _attempt(text, Stream(self.most, self.left), tags=self.tags)
        if problem is not None and problem.code not in LIMITS and _TEMPLATE.search(text):
            calm, restore = _without_templates(text)
            second, still = _attempt(calm, Stream(self.most, self.left), restore, self.tags)
            if still is None:
                stream, text, problem = second, calm, None
            else:
                message = "holds template syntax; it can be judged once its own tool has rendered it"
                problem = Problem("template", message, still.index)
        self.left = stream.left
        self._keep(stream, text, lines, "yaml")
        if problem is not None:
            self.refuse(problem.code, problem.message, _place(self.file, text, lines, problem.index, problem.index + 1))

    def refuse(self, code: str, message: str, place: Place) -> None:
        """Say that a document, or the file, is not read; where it is too much, nothing is left for what follows."""
        self.left = -1 if code in LIMITS else self.left
        hint = PARTS if code == "limit-run" else "YAML is indented by spaces" if "'\\t'" in message else ""
        self.diagnostics.append(Diagnostic("error", code, message, place, hint=hint, unread=True, content=self.content))

    def _too_large(self, text: str, lines: int) -> bool:
        self.left -= DOCUMENT + weight(text)
        if self.left < 0:
            over = too_many(0, self.most)
            self.refuse(over.code, over.message, Place(self.file, lines + 1))
            return True
        if len(text) <= LARGEST:
            return False
        self.refuse("limit-size", f"a document of more than {LARGEST >> 20} MiB", Place(self.file, lines + 1))
        return True

    def _keep(self, stream: Stream, text: str, lines: int, syntax: Literal["yaml", "json"]) -> None:
        for part, built in enumerate(stream.built):
            number = len(self.found) + 1
            self.found.append(Document(number, built.value, text, syntax, part, lines, built.foreign))
        for problem in stream.problems:
            place = _place(self.file, text, lines, problem.index, problem.index + 1)
            self.diagnostics.append(Diagnostic("warning", problem.code, problem.message, place, content=self.content))


def _attempt(
    text: str, stream: Stream, restore: Optional[Callable[[str], str]] = None, tags: Optional[Tags] = None
) -> tuple[Stream, Optional[Problem]]:
    """Read a stretch; return what it holds, and what broke it off."""
    from yaml import YAMLError

    try:
        build(text, stream, restore, tags)
    except Refused as refused:
        return stream, Problem(refused.code, refused.message, refused.index)
    except YAMLError as error:
        said = broken(error)
        if said.too_deep:
            deep = too_deep(said.index)
            return stream, Problem(deep.code, deep.message, deep.index)
        return stream, Problem("yaml-syntax", f"not YAML: {said.message}", said.index)
    return stream, None


def _without_templates(text: str) -> tuple[str, Callable[[str], str]]:
    """Put a stand-in of the same length for each template expression; return also what puts them back."""
    taken: list[str] = []

    def stand_in(found: re.Match[str]) -> str:
        if len(taken) >= _STAND_INS:
            return found.group()
        taken.append(found.group())
        return "\ue000" + chr(0xE000 + len(taken)) + "\ue000" * (len(found.group()) - 2)

    calm = _TEMPLATE.sub(stand_in, text)

    def restore(scalar: str) -> str:
        return _STAND_IN.sub(lambda found: taken[ord(found.group(1)) - 0xE001], scalar)

    return calm, restore


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text of a file and, if it has none that can be read, why."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding), ""
    except UnicodeDecodeError as error:
        return "", f"not {error.encoding.upper()}: {error.reason}"


def _bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _place(file: str, text: str, lines: int, start: int, end: int) -> Place:
    """Return the place of a stretch of code points, the end exclusive."""
    end = min(end, len(text))
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    starts = _lines(text)
    (first, column), (last, end_column) = starts.position(start), starts.position(end)
    return Place(file, lines + first, column, lines + last, end_column)


_lines = lru_cache(maxsize=64)(Lines)


__all__ = ["LIMITS", "VALUES", "Built", "Document", "Documents", "Shorten", "Tags", "chunks", "read"]
