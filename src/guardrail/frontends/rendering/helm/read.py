"""What Helm makes of a chart with its values, as the resources of a unit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Optional

from guardrail.frontends import documents
from guardrail.frontends.budget import Budget
from guardrail.frontends.documents import Document
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.rendering.ahead import Rendering
from guardrail.frontends.rendering.helm.command import LEFT_OUT
from guardrail.frontends.rendering.helm.differences import (
    merged,
    on_lines,
    replaced,
    settled,
    settled_name,
    without_gaps,
    without_namespace,
)
from guardrail.frontends.rendering.helm.marks import Line
from guardrail.frontends.rendering.helm.origins import Given, Printed, Settings, document_of
from guardrail.frontends.rendering.helm.printed import Piece
from guardrail.frontends.rendering.helm.render import Made, render
from guardrail.frontends.rendering.helm.staged import Staged
from guardrail.frontends.rendering.package import content_of
from guardrail.frontends.rendering.rendered import rendered
from guardrail.frontends.rendering.tool import Tool, Tools
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.finding import Diagnostic
from guardrail.model.resource import Multiplicity, Resource
from guardrail.model.value import Reason, Unknown, Value
from guardrail.sources.tree import Tree

_CHANCE: Final = Unknown(
    Reason.TEMPLATE, note="it is made by chance or by the clock: Helm renders another value each time"
)
_NAME: Final = re.compile(r"^  name: *[\"']?([^\"'\s]+)", re.MULTILINE)
"""The name of an object. One that is made by chance is the same wherever it is meant, if it is another each time."""

_MOST: Final = 200_000


def prepared(tree: Tree, unit: Unit, tools: Tools) -> Rendering:
    """Copy the files of a chart."""
    tool = tools.helm()
    if tool is None:
        raise AssertionError("without Helm no chart is a unit")
    return _Chart(tree, unit, tool)


class _Chart:
    """A chart that Helm renders."""

    def __init__(self, tree: Tree, unit: Unit, tool: Tool) -> None:
        self.tree = tree
        self.unit = unit
        self.tool = tool
        self.staged = Staged(tree, "" if unit.directory == ROOT else unit.directory, unit.var_files)
        self.made: Optional[Made] = None

    def run(self) -> None:
        """Render."""
        self.made = render(self.tool, self.staged)

    def read(self, rows: Sequence[Mapping[str, Any]], budget: Budget) -> Parsed:
        """Return what was printed as resources."""
        if self.made is None:
            raise AssertionError("it runs before it is read")
        sources = Sources(self.tree, self.staged, self.made)
        parsed = rendered(sources.text.encode("utf-8"), self.staged.main, self.unit, rows, budget, sources)
        self.staged.close()
        said = (*self.staged.diagnostics, *self.made.diagnostics)
        told = (*map(self._dated, said), *parsed.diagnostics)
        return replace(parsed, resources=tuple(map(perhaps, parsed.resources)), diagnostics=tuple(dict.fromkeys(told)))

    def _dated(self, one: Diagnostic) -> Diagnostic:
        """Return a diagnostic with what changes when its cause does."""
        if not one.unread or one.place is None or one.content:
            return one
        files = (one.place.file,) if one.code == LEFT_OUT else self.unit.files
        return replace(one, content=content_of(self.tree, files))


class Sources:
    """The pieces that a chart was printed in, and what of them is known."""

    def __init__(self, tree: Tree, staged: Staged, made: Made, given: Given = ()) -> None:
        self.pieces = made.pieces
        self.staged = staged
        self.conditions = made.conditions
        self.hidden = made.hidden
        self.names = _names(made.pieces)
        self.settings = Settings(tree, staged, given)
        texts = [f"---\n{one.text}" for one in self.pieces]
        self.text = "".join(texts)
        self.starts = [0]
        for text in texts:
            self.starts.append(self.starts[-1] + text.count("\n"))

    def __call__(self, document: Document) -> tuple[str, Document]:
        """Return the file behind a printed document, and the document with the lines of that file."""
        index = min(bisect_right(self.starts, document.lines), len(self.pieces)) - 1
        piece = self.pieces[index]
        file = self.staged.file_of(piece.source)
        printed = Printed(
            number=document.number,
            value=self._known(document, piece),
            text=document.text,
            syntax=document.syntax,
            part=document.part,
            lines=document.lines,
            foreign=document.foreign,
            piece=piece,
            archived=file in self.staged.archives,
            files=self.staged.written,
            settings=self.settings,
            starts=self.starts[index] + 1,
        )
        return file, printed

    def _known(self, document: Document, piece: Piece) -> Value:
        """Return what is known of a document."""
        value, called = document.value, frozenset(self.names.values())
        for text in piece.again:
            value = settled(value, _parsed(text), _CHANCE, self.names)
        value = without_namespace(value)
        for text in piece.elsewhere:
            why = Unknown(Reason.ENVIRONMENT, note="it depends on the cluster or the release that it is installed in")
            value = merged(value, without_namespace(_parsed(text)), why, called)
        for text, gaps in piece.unlike:
            value = without_gaps(merged(value, without_namespace(_parsed(text)), gaps[0]), gaps)
        before = document.text.count("\n", 0, 4)  # the line that begins a document
        unknown = {number: told for number, line in enumerate(piece.lines) if line and (told := self._unknown(line))}
        if unknown:
            hidden = on_lines(document.text, document.part, lambda line: unknown.get(line - before))
            value = replaced(value, hidden, called)
        return value

    def _unknown(self, line: Line) -> Optional[Unknown]:
        """Return what stands for the values on a line of a template, None where they are told."""
        for path in line.paths:
            for keys, why in self.hidden.items():
                if path[1 : 1 + len(keys)] == keys or keys[: len(path) - 1] == path[1:]:
                    return why
        return self.conditions.unknown(line)


def _names(several: Sequence[Piece]) -> Mapping[str, str]:
    """Return the names that objects have by chance, with what they are called instead."""
    found: dict[str, str] = {}
    for one in several:
        for text in one.again:
            ours, theirs = _NAME.findall(one.text), _NAME.findall(text)
            pairs = zip(ours, theirs, strict=True) if len(ours) == len(theirs) else ()
            found.update((name, settled_name(name, other)) for name, other in pairs if name != other)
    return found


def _parsed(text: str) -> Value:
    held = documents.read(text.encode("utf-8"), "", most=_MOST).documents
    return held[0].value if held else None


def perhaps(resource: Resource) -> Resource:
    """Return a resource that Helm made: with what is behind it, and perhaps not there."""
    document = document_of(resource.native)
    if document is None or not document.piece.perhaps:
        return resource
    why = document.piece.why or Unknown(Reason.ENVIRONMENT, note=f"it is {document.piece.perhaps}")
    return replace(resource, multiplicity=Multiplicity(0, resource.multiplicity.max, why))
