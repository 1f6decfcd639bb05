"""What Kustomize makes of an overlay, as the resources of a unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from os.path import realpath
from typing import Any, Final, Optional

from guardrail.frontends.budget import Budget
from guardrail.frontends.kubernetes.read import read as read_manifests
from guardrail.frontends.parsed import Parsed
from guardrail.frontends.rendering.ahead import Rendering
from guardrail.frontends.rendering.kustomize.closure import Closure, Walk
from guardrail.frontends.rendering.kustomize.hidden import unprinted
from guardrail.frontends.rendering.kustomize.lines import Sources
from guardrail.frontends.rendering.kustomize.overlays import told_of
from guardrail.frontends.rendering.kustomize.staged import TOP, TREE, Staged
from guardrail.frontends.rendering.package import content_of
from guardrail.frontends.rendering.rendered import rendered
from guardrail.frontends.rendering.tool import Output, Tool, Tools
from guardrail.frontends.unit import Unit
from guardrail.model.address import ROOT
from guardrail.model.finding import Diagnostic
from guardrail.model.path import pointer
from guardrail.model.pattern import pattern
from guardrail.model.place import Place
from guardrail.sources.tree import Tree, shown

_FAILED: Final = "kustomize-failed"
_HINT: Final = "its manifests are judged as they are written, without what the overlay changes; see `kustomize build`"
_INNERMOST: Final = pattern(
    r"^.*(?:(?:recursed accumulation of|couldn't make target for) path '[^']*':|\berr=[\"<]|\b[Ee]rror: )\s*"
)
"""All that comes before what is wrong, with the time and the process that some versions name."""

_CRASH: Final = pattern(r"\s*(?:\[signal |\bgoroutine \d|\bruntime stack:).*$")
"""What follows where a tool crashes: addresses that differ from run to run."""

_LONGEST: Final = 400
"""Characters of what a tool complains of that are repeated."""


def prepared(tree: Tree, unit: Unit, tools: Tools) -> Rendering:
    """Copy the files of an overlay, if there is anything to be rendered."""
    closure = Walk(tree).closure("" if unit.directory == ROOT else unit.directory)
    tool = tools.kustomize()
    if closure.plain or closure.problem or tool is None:
        return _AsWritten(tree, unit, closure)
    return _Overlay(tree, unit, closure, tool)


class _AsWritten:
    """An overlay whose manifests are judged as they are written: it changes nothing, or cannot be rendered."""

    def __init__(self, tree: Tree, unit: Unit, closure: Closure) -> None:
        self.tree = tree
        self.unit = unit
        self.closure = closure

    def run(self) -> None:
        """There is nothing to run."""

    def read(self, rows: Sequence[Mapping[str, Any]], budget: Budget) -> Parsed:
        """Return what stands in the manifests."""
        return self.written(rows, budget, self.closure.problem)

    def written(self, rows: Sequence[Mapping[str, Any]], budget: Budget, problem: str) -> Parsed:
        """Return what stands in the manifests, and why they are not rendered."""
        files = tuple(sorted(self.closure.files("resource")))
        parsed = read_manifests(self.tree, replace(self.unit, files=files), rows, budget=budget)
        told = (*self._problem(problem), *self.notes(), *parsed.diagnostics)
        return replace(parsed, diagnostics=told)

    def notes(self) -> Iterator[Diagnostic]:
        """Yield what the overlay names and is not rendered."""
        for folder in self.closure.folders:
            for told in folder.control.told:
                yield replace(told, place=replace(told.place or Place(folder.file), file=folder.file))
            for one in folder.left_out():
                place = folder.control.place(folder.file, pointer(one.reference.at))
                yield Diagnostic("warning", "not-rendered", f"{told_of(one)}: it is left out", place)

    def _problem(self, problem: str) -> Iterator[Diagnostic]:
        if problem:
            content = content_of(self.tree, self.unit.files)
            yield Diagnostic("error", _FAILED, problem, self._blamed(problem), _HINT, unread=True, content=content)

    def _blamed(self, problem: str) -> Place:
        """Return the control file that a complaint names, else that of the overlay."""
        folders = self.closure.folders
        named = (one for one in folders if f"{one.file}:" in problem or (one.path and f"{one.path}'" in problem))
        folder = next(named, folders[0] if folders else None)
        return Place(folder.file if folder else self.unit.files[0])


class _Overlay(_AsWritten):
    """An overlay that the tool renders."""

    def __init__(self, tree: Tree, unit: Unit, closure: Closure, tool: Tool) -> None:
        super().__init__(tree, unit, closure)
        self.tool = tool
        self.staged = Staged(tree, closure)
        self.output: Optional[Output] = None

    def run(self) -> None:
        """Render; if definitions were cut too short for their patches, once more with whole ones."""
        self.output = self.tool.run((TOP,), self.staged.folder)
        if self.output.code and not self.output.ended and self.staged.uncut():
            self.output = self.tool.run((TOP,), self.staged.folder)

    def read(self, rows: Sequence[Mapping[str, Any]], budget: Budget) -> Parsed:
        """Return what was printed as resources; if nothing could be, what stands in the manifests."""
        output, folder = self.output, str(self.staged.folder)
        self.staged.close()
        if output is None:
            raise AssertionError("it runs before it is read")
        if output.code or output.ended:
            return self.written(rows, budget, self.complaint(output, folder))
        main = self.closure.folders[0].file
        sources = Sources(self.closure, self.staged, main)
        parsed = rendered(output.stdout, main, self.unit, rows, budget, sources)
        hidden = unprinted(self.closure, sources, sources.printed)
        told = (*self.staged.diagnostics, *self.notes(), *parsed.diagnostics, *hidden)
        return replace(parsed, diagnostics=told)

    def complaint(self, output: Output, folder: str) -> str:
        """Return why a rendering failed, in the tool's words, with the paths of the repository."""
        if output.ended:
            return f"{self.tool.name} is stopped: {output.ended}"
        said = " ".join(output.stderr.split())
        for prefix in dict.fromkeys((realpath(folder), folder)):
            said = said.replace(f"{prefix}/{TREE}/", "").replace(f"{prefix}/", "").replace(prefix, "")
        said = _CRASH.sub("", said)
        said = _INNERMOST.sub("", said.replace(f"../{TREE}/", "")).rstrip('"> ').replace('\\"', '"')
        said = shown(said) if said else "it says nothing"
        return f"{self.tool.name} cannot render it: {said[:_LONGEST]}"
